package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"murmur/neuron/kernel"
	"murmur/sim/experiment"
	"murmur/sim/measure"
	"murmur/sim/record"
	"murmur/sim/report"
	"murmur/sim/report/page"
	"murmur/sim/scenario"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "run a scenario, print what it found and keep it in a folder", ArgsUsage: scenarioArg,
		Flags: []cli.Flag{setFlag, seedFlag,
			&cli.StringFlag{Name: "out", Usage: "the run `FOLDER`; it must be new or empty (default: the next free number under runs/)"},
			&cli.StringFlag{Name: "resume", Usage: "go on with the run of `FOLDER`, which broke off, instead of a file"},
			&cli.StringFlag{Name: "progress", Value: report.ModeAuto, Usage: "`HOW` to show progress on standard error: auto, plain, json or none"},
			&cli.BoolFlag{Name: "full", Usage: "print all tables, as summary.txt in the run folder has them, and not one screen"},
			memoryFlag, kernelFlag,
		},
		Action: runScenario,
	}
}

func runScenario(c *cli.Context) error {
	signal.Ignore(syscall.SIGPIPE) // who reads no further must not cost the run
	if err := kernel.Use(c.String("kernel")); err != nil {
		return &status{exitUsage, err}
	}
	progress, err := report.NewProgress(c.String("progress"), report.NewTerminal(c.App.ErrWriter))
	if err != nil {
		return &status{exitUsage, err}
	}
	start := begin
	if c.IsSet("resume") {
		start = resume
	}
	j, err := start(c)
	if errors.Is(err, record.ErrComplete) {
		fmt.Fprintf(c.App.Writer, "%s: nothing is left to do\n", strings.TrimPrefix(err.Error(), "record: "))
		return nil
	}
	if err != nil {
		return err
	}
	return j.close(j.run(c, progress))
}

// job is a run that is ready to start.
type job struct {
	*scenario.Scenario
	text       []byte // of the scenario, as resolved
	experiment *experiment.Experiment
	folder     *record.Folder
}

// run runs, writes what was found, prints it, and only then draws it. A panic is an error like others.
func (j *job) run(c *cli.Context, progress *report.Progress) (err error) {
	defer recovered(&err)
	j.folder.Warn = func(text string) { fmt.Fprintf(c.App.ErrWriter, "murmur: %s\n", text) }
	j.experiment.Store = j.folder
	outcome, runErr := j.experiment.Run(c.Context, progress)
	progress.Stop()
	interrupted := errors.Is(runErr, context.Canceled)
	if outcome == nil {
		if interrupted {
			return &status{exitInterrupted, errors.New("interrupted before any arm was finished")}
		}
		return &status{exitBroken, runErr}
	}
	result := outcome.Result
	result.Summary.Sentence = report.Sentence(result)
	switch {
	case interrupted:
		result.Summary.Sentence = "The run was interrupted; this rests on the part that was finished. " + result.Summary.Sentence
		return &status{exitInterrupted, errors.Join(errors.New("interrupted"), tell(c, j.Scenario, result, ""))}
	case errors.Is(runErr, experiment.ErrStore):
		return &status{exitBroken, runErr}
	case runErr != nil:
		result.Summary.Sentence = "Part of the run broke; this rests on the rest. " + result.Summary.Sentence
	}
	files := record.Run{Scenario: j.text, Result: result, Version: version, Settings: j.Settings(),
		Seeds: outcome.Seeds, Curves: outcome.Curves, Outcomes: outcome.Decisions}
	arrays := map[string][]measure.Array{}
	for _, a := range outcome.Archives {
		files.Arrays = append(files.Arrays, record.Archive{File: a.Name, Arrays: a.Arrays})
		arrays[a.Name] = a.Arrays
	}
	text, err := summary(j.Scenario, result)
	if err != nil {
		return &status{exitBroken, err}
	}
	files.Files = append(files.Files, text)
	written, err := record.Write(j.folder, files)
	if err != nil {
		return &status{exitBroken, err}
	}
	printErr := tell(c, j.Scenario, result, relative(j.folder.Dir()))
	drawn, pageErr := pageFiles(page.Run{Result: written.Result, Scenario: files.Scenario, Arrays: arrays})
	if err := written.Finish(manifest(j.folder.Begun(), j.Seed, outcome.Phases), drawn); err != nil {
		return &status{exitBroken, err}
	}
	if pageErr != nil {
		pageErr = fmt.Errorf("the run is kept, but not all of its page could be made: %w", pageErr)
	}
	if err := errors.Join(runErr, printErr, pageErr); err != nil {
		return &status{exitBroken, err}
	}
	return verdict(outcome)
}

// summaryFile is the full text of a result, in its run folder.
const summaryFile = "summary.txt"

// summary is the full text of a result.
func summary(s *scenario.Scenario, r *measure.Result) (record.File, error) {
	var b bytes.Buffer
	err := report.Print(&b, r, report.Options{Metrics: metrics(s)})
	b.WriteString(trajectory(r))
	return record.File{Name: summaryFile, Data: b.Bytes()}, err
}

// trajectory tells the hash of a run, on a line of its own, so that 80 columns hold it.
func trajectory(r *measure.Result) string { return "trajectory\n" + r.Trajectory + "\n" }

// tell prints a result on one screen, or all of it, and where it is, if it is in a folder.
func tell(c *cli.Context, s *scenario.Scenario, r *measure.Result, folder string) error {
	t := report.NewTerminal(c.App.Writer)
	if c.Bool("full") {
		if err := t.Print(r, metrics(s)); err != nil {
			return err
		}
		if folder != "" {
			folder = "run folder  " + folder + "\n"
		}
		_, err := io.WriteString(t, trajectory(r)+folder)
		return err
	}
	rest := strings.Split(strings.TrimSuffix(trajectory(r), "\n"), "\n") // line by line, since what is printed is escaped
	if folder != "" {
		rest = append(rest, "run folder  "+folder,
			"            "+summaryFile+": every table; report.html: the page, for a browser",
			"            murmur view FOLDER, murmur compare FOLDER OTHER: look closer")
	}
	return t.Screen(r, metrics(s), rest...)
}

// close lets go of the folder of a run that ended with the error, nil included. Where something is kept to be resumed, the
// error says so.
func (j *job) close(err error) error {
	kept, closeErr := j.folder.Close()
	s := (*status)(nil)
	if !errors.As(err, &s) {
		return errors.Join(err, closeErr)
	}
	if kept {
		name, before := relative(j.folder.Dir()), ""
		if errors.Is(s.err, experiment.ErrStore) {
			before = " before"
		}
		return &status{s.code, fmt.Errorf("%w: what was finished%s is kept, go on with murmur run --resume %s", s.err, before, name)}
	}
	if s.code == exitInterrupted {
		s.err = fmt.Errorf("%w: nothing to keep", s.err)
	}
	return &status{s.code, errors.Join(s.err, closeErr)}
}

// begin prepares a run of the scenario file that the command names.
func begin(c *cli.Context) (*job, error) {
	s, err := load(c)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	e, err := prepare(c, s)
	if err != nil {
		return nil, err
	}
	if err := hold(c, e); err != nil {
		return nil, err
	}
	j := &job{Scenario: e.Scenario, text: e.Scenario.YAML(), experiment: e}
	b := record.Begun{Version: version, Program: programHash(), Data: j.experiment.Fingerprint(), Command: os.Args, Started: started}
	if j.folder, err = openFolder(c.String("out"), s, c.App.ErrWriter); err != nil {
		return nil, placed(err)
	}
	if text := short(j.folder.Dir(), e); text != "" {
		fmt.Fprintf(c.App.ErrWriter, "murmur: %s\n", text)
	}
	if err := j.folder.Begin(b, j.text); err != nil {
		return nil, j.close(&status{exitBroken, err})
	}
	return j, nil
}

// resume prepares to go on with a run that broke off: the scenario is the one it began with.
func resume(c *cli.Context) (*job, error) {
	if c.NArg() > 0 {
		return nil, usage("--resume takes the scenario from the folder: murmur run --resume FOLDER")
	}
	for _, name := range []string{"set", "seed", "out"} {
		if c.IsSet(name) {
			return nil, usage("--resume goes on with the run as it began: --%s cannot change it", name)
		}
	}
	name := c.String("resume")
	folder, text, err := record.Resume(name, time.Now())
	if err != nil {
		return nil, placed(err)
	}
	j := &job{text: text, folder: folder}
	begun := folder.Begun()
	if begun.Program != programHash() || begun.Version != version {
		return nil, j.close(usage("the run was begun by another program, murmur %s, %s: what that finished and what this one would do may differ in their bits; go on with that program, or remove the folder", begun.Version, cmp.Or(begun.Program, "which could not be read")))
	}
	if j.Scenario, err = scenario.Parse(name+": scenario.yaml", text, nil); err != nil {
		return nil, j.close(&status{exitBroken, err})
	}
	if j.experiment, err = prepare(c, j.Scenario); err != nil {
		return nil, j.close(err)
	}
	if j.experiment.Fingerprint() != begun.Data {
		return nil, j.close(usage("the images are not those that the run began with"))
	}
	if err := hold(c, j.experiment); err != nil {
		return nil, j.close(err)
	}
	return j, nil
}

// placed gives an error of a place the exit status of a command line that should name another, and any other that of a
// run that broke.
func placed(err error) error {
	if errors.Is(err, record.ErrOccupied) {
		return &status{exitUsage, err}
	}
	return &status{exitBroken, err}
}

// metrics names what each threshold of a scenario measures.
func metrics(s *scenario.Scenario) map[string]string {
	named := map[string]string{}
	for _, t := range s.Thresholds {
		named[t.Name] = t.Metric
	}
	return named
}

// verdict turns failed thresholds and checks into the exit status.
func verdict(o *experiment.Outcome) error {
	thresholds, checks := 0, 0
	for _, t := range o.Result.Thresholds {
		if !t.Pass {
			thresholds++
		}
	}
	for _, k := range o.Result.Checks {
		if k.Status == experiment.Fail && !k.Accepted {
			checks++
		}
	}
	if thresholds+checks == 0 {
		return nil
	}
	return &status{exitThreshold, fmt.Errorf("%d of %d thresholds and %d of %d checks failed",
		thresholds, len(o.Result.Thresholds), checks, len(o.Result.Checks))}
}

// openFolder takes a place for the run: the path that was asked for, or under runs/ the first number that is free. It
// names what runs that broke off left beside it.
func openFolder(path string, s *scenario.Scenario, warn io.Writer) (f *record.Folder, err error) {
	if path != "" {
		f, err = record.Open(path)
	} else {
		for n := 1; n == 1 || errors.Is(err, record.ErrOccupied); n++ {
			path = filepath.Join("runs", fmt.Sprintf("%s-%s-%03d", s.Name, s.Size, n))
			f, err = record.Open(path)
		}
	}
	if err == nil {
		for _, left := range record.Left(filepath.Dir(path)) {
			fmt.Fprintf(warn, "murmur: %v\n", left)
		}
	}
	return f, err
}

func manifest(b record.Begun, seed uint64, phases []experiment.Phase) record.Manifest {
	m := record.Manifest{Seed: seed, Command: b.Command, Kernel: kernel.Name(), Started: b.Started, Resumed: b.Resumed, Finished: time.Now(),
		Versions: record.Versions{Murmur: b.Version, Program: b.Program, Go: runtime.Version()},
		Machine:  record.Machine{GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0)}}
	for _, d := range modules() {
		m.Versions.Modules = append(m.Versions.Modules, record.Module{Path: d.Path, Version: d.Version})
	}
	for _, p := range phases {
		m.Durations = append(m.Durations, record.Phase{Name: p.Name, Seconds: p.Seconds})
	}
	return m
}

// programHash is the SHA-256 of the running program: it tells changed code from the original. It is empty where the
// program cannot be read.
func programHash() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// relative shortens a path for the reader where it lies below the working directory.
func relative(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && !filepath.IsAbs(rel) && rel[0] != '.' {
			return rel
		}
	}
	return path
}
