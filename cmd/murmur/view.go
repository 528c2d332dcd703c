package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"murmur/neuron/kernel"
	"murmur/sim/experiment"
	"murmur/sim/measure"
	"murmur/sim/record"
	"murmur/sim/scenario"
	"murmur/sim/view"
)

// recordingFile is what a live run leaves beside its scenario.
const recordingFile = "recording.json"

func viewCommand() *cli.Command {
	return &cli.Command{
		Name: "view", Usage: "live one arm beside the network without noise in a browser, to be watched and poked; look at a finished run; live a recorded one again", ArgsUsage: scenarioArg + "|DIR",
		Flags: []cli.Flag{setFlag, seedFlag, kernelFlag,
			&cli.StringFlag{Name: "arm", Usage: "the `ARM`, such as \"gha hubs=16\"", DefaultText: "the last with a local rule"},
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:0", Usage: "the address of the page, `HOST:PORT`; port 0 is any that is free"},
			&cli.BoolFlag{Name: "allow-remote", Usage: "let other machines reach the page and control the run, by this machine's IP address, its own name or the HOST of --listen"},
			&cli.Uint64Flag{Name: "moments", Usage: "end after `N` moments", DefaultText: "when it is interrupted"},
			&cli.Float64Flag{Name: "speed", Usage: "`MOMENTS` a second at the start, 0 as many as there can be", DefaultText: "20, or 0 with --moments and in a replay"},
			&cli.StringFlag{Name: "out", Usage: "keep what repeats the run in a `FOLDER`; it must be new or empty"},
		},
		Action: viewLive,
	}
}

// recorded is what is viewed: a live run that is to be lived again, a finished run, or a scenario.
type recorded struct {
	*experiment.Recording
	result   *measure.Result // of a finished run
	scenario string          // the file
	name     string          // of the recording
}

// recordingIn reads the recording of a folder, or the result of a finished run; a file is no folder.
func recordingIn(path string) (recorded, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return recorded{scenario: path}, nil // the scenario's reader says what is wrong
	}
	r := recorded{scenario: filepath.Join(path, "scenario.yaml"), name: filepath.Join(path, recordingFile)}
	file, err := os.Open(r.name)
	if errors.Is(err, os.ErrNotExist) {
		r.result, err = record.ReadResult(path)
		if _, there := os.Stat(r.scenario); errors.Is(err, os.ErrNotExist) && there == nil {
			err = nil // a scenario alone
		}
		return r, err
	}
	if err != nil {
		return r, err
	}
	defer file.Close()
	if r.Recording, err = experiment.ReadRecording(file); err != nil {
		return r, fmt.Errorf("%s: %w", r.name, err)
	}
	return r, nil
}

func viewLive(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage("view needs one scenario or run folder, not %d: murmur view FILE|NAME|DIR", c.NArg())
	}
	if speed := c.Float64("speed"); !(speed >= 0 && speed <= 1000) {
		return usage("--speed: must be from 0 to 1000 moments a second, not %v", speed)
	}
	if err := kernel.Use(c.String("kernel")); err != nil {
		return &status{exitUsage, err}
	}
	past, err := recordingIn(c.Args().First())
	if err != nil {
		return &status{exitUsage, err}
	}
	if past.Recording != nil {
		for _, name := range []string{"arm", "moments", "set", "seed"} {
			if c.IsSet(name) {
				return usage("--%s: %s is a recorded run, which is lived again as it was", name, c.Args().First())
			}
		}
	}
	s, err := scenario.Load(past.scenario, overrides(c))
	if err != nil {
		return &status{exitUsage, err}
	}
	arm, options := c.String("arm"), view.Options{Speed: c.Float64("speed")}
	moments := c.Uint64("moments")
	if past.Recording != nil {
		arm, moments = past.Arm, past.Moments
		options.Replay, options.Pokes = true, past.Pokes
	}
	if moments == 0 { // somebody will look
		options.Wait = true
		if !c.IsSet("speed") {
			options.Speed = 20
		}
	}
	var live *experiment.Live
	if past.result != nil {
		live, err = explorer(c, s, past.result)
	} else {
		live, err = learner(c, s, arm)
	}
	if err != nil {
		return refused(c, err)
	}
	live.Moments, options.Classes = moments, live.ClassNames()
	if past.Recording != nil && past.Source != live.Source() {
		return usage("%s: source: must be %s, which the arm learns from, not %q", past.name, live.Source(), past.Source)
	}
	for i, p := range options.Pokes {
		if err := live.Check(p); err != nil {
			return usage("%s: pokes.%d.%w", past.name, i, err)
		}
	}
	var folder *record.Folder
	if out := c.String("out"); out != "" {
		if folder, err = record.Open(out); err != nil {
			return placed(err)
		}
		defer folder.Close()
	}
	listener, err := view.Listen(c.String("listen"), c.Bool("allow-remote"))
	if err != nil {
		return &status{exitUsage, fmt.Errorf("--listen: %w", err)}
	}
	recording, err := serve(c, live, view.NewHub(live, options), listener)
	if err != nil {
		return &status{exitBroken, err}
	}
	if folder != nil {
		if err := keep(folder, s, recording); err != nil {
			return &status{exitBroken, err}
		}
	}
	fmt.Fprintf(c.App.Writer, "moments     %d\npokes       %d\ntrajectory\n%s\n", recording.Moments, len(recording.Pokes), recording.Trajectory)
	if folder != nil {
		fmt.Fprintf(c.App.Writer, "run folder  %s\n", relative(folder.Dir()))
	}
	if recording.Moments < moments {
		left := ""
		if past.Recording != nil {
			left = ": it was not compared with the recording"
		}
		return &status{exitInterrupted, fmt.Errorf("interrupted after %d of %d moments%s", recording.Moments, moments, left)}
	}
	if past.Recording != nil {
		if recording.Trajectory != past.Trajectory {
			return &status{exitThreshold, fmt.Errorf("this is not the run that was recorded: its trajectory was %s", past.Trajectory)}
		}
		fmt.Fprintln(c.App.Writer, "It is the run that was recorded, bit for bit.")
	}
	return nil
}

// learner is an arm of a scenario that learns.
func learner(c *cli.Context, s *scenario.Scenario, arm string) (*experiment.Live, error) {
	e, err := experiment.New(c.Context, s)
	if err != nil {
		return nil, err
	}
	return experiment.NewLive(e, arm)
}

// explorer is an arm of a finished run, as its folder holds it.
func explorer(c *cli.Context, s *scenario.Scenario, r *measure.Result) (*experiment.Live, error) {
	dir := c.Args().First()
	for _, name := range []string{"set", "seed", "out"} {
		if c.IsSet(name) {
			return nil, fmt.Errorf("--%s: %s is a finished run, which is looked at as it was; murmur view FILE learns anew", name, dir)
		}
	}
	var arrays []measure.Array
	for _, name := range []string{"images.npz", "network.npz"} {
		list, err := record.ReadArrays(filepath.Join(dir, name), nil)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, list...)
	}
	live, err := experiment.NewExplorer(s, r, arrays, c.String("arm"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return live, nil
}

// serve runs the arm and shows it until the run ends or the command is interrupted, which ends it between two moments.
func serve(c *cli.Context, live *experiment.Live, hub *view.Hub, l net.Listener) (r experiment.Recording, err error) {
	token := view.NewToken()
	address := l.Addr().String()
	names := view.Names(c.String("listen"), l)
	shown := address
	if a, ok := l.Addr().(*net.TCPAddr); ok && a.IP.IsUnspecified() && len(names) > 0 { // every interface is no address to open
		shown = net.JoinHostPort(names[0], strconv.Itoa(a.Port))
	}
	fmt.Fprintf(c.App.Writer, "watch it at http://%s/%s/\n", shown, token)
	if live.Moments == 0 {
		fmt.Fprintln(c.App.ErrWriter, "Ctrl-C ends it.")
	} else {
		fmt.Fprintf(c.App.Writer, "it ends after %d moments\n", live.Moments)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(c.Context))
	var g errgroup.Group
	g.Go(func() error { return view.Serve(serving, l, hub.Handler(token, address, names...)) })
	ended := context.AfterFunc(c.Context, hub.Close)
	r, err = live.Run(context.WithoutCancel(c.Context), hub)
	ended()
	hub.Finish()
	stop()
	return r, errors.Join(err, g.Wait())
}

// keep writes what repeats a live run.
func keep(folder *record.Folder, s *scenario.Scenario, r experiment.Recording) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	for _, f := range []record.File{{Name: "scenario.yaml", Data: s.YAML()}, {Name: recordingFile, Data: append(text, '\n')}} {
		w, err := folder.Create(f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
			err = errors.Join(err, w.Close())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return folder.Commit()
}
