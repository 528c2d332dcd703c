package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
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
			&cli.StringFlag{Name: "progress", Value: report.ModeAuto, Usage: "`HOW` to show progress on standard error: auto, plain, json or none"},
			&cli.BoolFlag{Name: "full", Usage: "print all tables, as summary.txt in the run folder has them, and not one screen"},
			kernelFlag,
		},
		Action: runScenario,
	}
}

func runScenario(c *cli.Context) error {
	s, err := load(c)
	if err != nil {
		return err
	}
	if err := kernel.Use(c.String("kernel")); err != nil {
		return &status{exitUsage, err}
	}
	progress, err := report.NewProgress(c.String("progress"), report.NewTerminal(c.App.ErrWriter))
	if err != nil {
		return &status{exitUsage, err}
	}
	e, err := prepare(c, s)
	if err != nil {
		return err
	}
	s = e.Scenario
	folder, err := openFolder(c.String("out"), s)
	if err != nil {
		return &status{exitUsage, err}
	}
	started := time.Now()
	outcome, runErr := e.Run(c.Context, progress)
	progress.Stop()
	interrupted := errors.Is(runErr, context.Canceled)
	switch {
	case outcome == nil && interrupted:
		return &status{exitInterrupted, errors.Join(errors.New("interrupted before any arm was finished: nothing to keep"), folder.Abort())}
	case outcome == nil:
		return &status{exitBroken, errors.Join(runErr, folder.Abort())}
	}
	outcome.Result.Summary.Sentence = report.Sentence(outcome.Result)
	if interrupted {
		outcome.Result.Summary.Sentence = "The run was interrupted; this rests on the part that was finished. " + outcome.Result.Summary.Sentence
	}
	files := record.Run{Scenario: s.YAML(), Result: outcome.Result, Manifest: manifest(s, started, outcome.Phases)}
	arrays := map[string][]measure.Array{}
	for _, a := range outcome.Archives {
		files.Arrays = append(files.Arrays, record.Archive{File: a.Name, Arrays: a.Arrays})
		arrays[a.Name] = a.Arrays
	}
	text, err := summary(s, outcome.Result)
	if err != nil {
		return &status{exitBroken, errors.Join(err, folder.Abort())}
	}
	files.Files = append(files.Files, text)
	var pageErr error // is told, and costs nothing of the run
	files.Page = func(r *measure.Result) (list []record.File, _ error) {
		list, pageErr = pageFiles(page.Run{Result: r, Scenario: files.Scenario, Arrays: arrays})
		return list, nil
	}
	err = record.Write(folder, files)
	if err != nil {
		return &status{exitBroken, err}
	}
	if err := tell(c, s, outcome.Result, relative(folder.Dir())); err != nil {
		return &status{exitBroken, err}
	}
	if pageErr != nil {
		return &status{exitBroken, fmt.Errorf("the run is kept, but without its page: %w", pageErr)}
	}
	if interrupted {
		return &status{exitInterrupted, errors.New("interrupted: what was finished is kept")}
	}
	return verdict(outcome)
}

// summaryFile is the full text of a result, in its run folder.
const summaryFile = "summary.txt"

// summary is the full text of a result.
func summary(s *scenario.Scenario, r *measure.Result) (record.File, error) {
	var b bytes.Buffer
	err := report.Print(&b, r, report.Options{Metrics: metrics(s)})
	fmt.Fprintf(&b, "trajectory\n%s\n", r.Trajectory) // on a line of its own, so that 80 columns hold it
	return record.File{Name: summaryFile, Data: b.Bytes()}, err
}

// tell prints a result on one screen, or all of it.
func tell(c *cli.Context, s *scenario.Scenario, r *measure.Result, folder string) error {
	t := report.NewTerminal(c.App.Writer)
	if c.Bool("full") {
		if err := t.Print(r, metrics(s)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(t, "trajectory\n%s\nrun folder  %s\n", r.Trajectory, folder)
		return err
	}
	return t.Screen(r, metrics(s),
		"run folder  "+folder,
		"            "+summaryFile+": every table; report.html: the page, for a browser",
		"            murmur compare DIR DIR: two runs side by side")
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

// openFolder makes room for the run: at the path that was asked for, or under runs/ at the first number that is free.
func openFolder(path string, s *scenario.Scenario) (*record.Folder, error) {
	if path != "" {
		return record.Open(path)
	}
	for n := 1; ; n++ {
		path = filepath.Join("runs", fmt.Sprintf("%s-%s-%03d", s.Name, s.Size, n))
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return record.Open(path)
		} else if err != nil {
			return nil, err
		}
	}
}

func manifest(s *scenario.Scenario, started time.Time, phases []experiment.Phase) record.Manifest {
	m := record.Manifest{Seed: s.Seed, Command: os.Args, Kernel: kernel.Name(), Started: started, Finished: time.Now(),
		Versions: record.Versions{Murmur: version, Program: programHash(), Go: runtime.Version()},
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
