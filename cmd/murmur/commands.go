package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"murmur/network/bench"
	"murmur/neuron/kernel"
	"murmur/sim/experiment"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// version is what the next release will be called.
const version = "0.1.0"

var (
	setFlag  = &cli.StringSliceFlag{Name: "set", Usage: "override a key of the scenario: `KEY=VALUE`, may be repeated", KeepSpace: true}
	seedFlag = &cli.Uint64Flag{Name: "seed", Usage: "the first seed, `N`: short for --set seed=N", DefaultText: "the scenario's"}

	kernelFlag = &cli.StringFlag{Name: "kernel", Value: "auto", Usage: "which `KERNELS` compute: auto, generic, avx2 or avx512; moves no bit of a result"}
)

// scenarioArg is what a command takes that reads a scenario: a file, or one of murmur's own by its name.
const scenarioArg = "FILE|NAME"

// load reads the one scenario that a command names.
func load(c *cli.Context) (*scenario.Scenario, error) {
	if c.NArg() != 1 {
		return nil, usage("%s needs one scenario, not %d: murmur %s FILE|NAME", c.Command.Name, c.NArg(), c.Command.Name)
	}
	s, err := scenario.Load(c.Args().First(), overrides(c))
	if err != nil {
		return nil, &status{exitUsage, err}
	}
	return s, nil
}

// prepare loads the images of a scenario and checks it against them. The scenario of the experiment has the numbers of
// images that it found.
func prepare(c *cli.Context, s *scenario.Scenario) (*experiment.Experiment, error) {
	e, err := experiment.New(c.Context, s)
	if err != nil {
		return nil, refused(c, err)
	}
	return e, nil
}

// refused is the error of what could not begin: it was interrupted, or the scenario or the command line is wrong.
func refused(c *cli.Context, err error) error {
	if c.Context.Err() != nil {
		return &status{exitInterrupted, errors.New("interrupted while images were read: nothing to keep")}
	}
	return &status{exitUsage, err}
}

// overrides are the keys of a scenario that flags set.
func overrides(c *cli.Context) []string {
	set := c.StringSlice("set")
	if c.IsSet("seed") {
		set = append(set, fmt.Sprintf("seed=%d", c.Uint64("seed")))
	}
	return set
}

func validateCommand() *cli.Command {
	return &cli.Command{
		Name: "validate", Usage: "check scenarios and report every mistake", ArgsUsage: scenarioArg + "...", Flags: []cli.Flag{setFlag},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usage("validate needs a scenario file: murmur validate FILE...")
			}
			bad := 0
			for _, file := range c.Args().Slice() {
				s, err := scenario.Load(file, c.StringSlice("set"))
				if err == nil { // what the file says of its images is checked against them
					if _, err = prepare(c, s); err != nil {
						err = fmt.Errorf("%s: %w", file, err)
					}
				}
				if c.Context.Err() != nil {
					return err
				}
				if err != nil {
					bad++
					fmt.Fprintln(c.App.ErrWriter, err)
					continue
				}
				fmt.Fprintf(c.App.Writer, "%s: good\n", file)
			}
			if bad > 0 {
				return usage("%d of %d files have mistakes", bad, c.NArg())
			}
			return nil
		},
	}
}

func showCommand() *cli.Command {
	return &cli.Command{
		Name: "show", Usage: "print a scenario as it would run: merged, with every default", ArgsUsage: scenarioArg, Flags: []cli.Flag{setFlag, seedFlag},
		Action: func(c *cli.Context) error {
			s, err := load(c)
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(s.YAML())
			return err
		},
	}
}

func planCommand() *cli.Command {
	return &cli.Command{
		Name: "plan", Usage: "say what a run would do and need, without running it", ArgsUsage: scenarioArg, Flags: []cli.Flag{setFlag, seedFlag, memoryFlag},
		Action: func(c *cli.Context) error {
			s, err := load(c)
			if err != nil {
				return err
			}
			e, err := prepare(c, s)
			if err != nil {
				return err
			}
			if keys := scenario.Replaced(c.Args().First(), overrides(c)); len(keys) > 0 {
				fmt.Fprintf(c.App.Writer, "%-12s size %s replaces what the file says outside sizes.%s of %s\n", "note", s.Size, s.Size, strings.Join(keys, ", "))
			}
			if _, err = fmt.Fprint(c.App.Writer, e.Plan(bench.Best())); err != nil {
				return err
			}
			return affords(c, e)
		},
	}
}

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name: "schema", Usage: "print the JSON Schema (draft-07) of scenario files, for editors",
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("schema takes no file")
			}
			_, err := c.App.Writer.Write(scenario.Schema())
			return err
		},
	}
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print versions, the kernel in use and the notice of the embedded data",
		Action: func(c *cli.Context) error {
			_, err := fmt.Fprintf(c.App.Writer, "murmur %s, %s, %s/%s, kernel %s\n\n%s", version, runtime.Version(),
				runtime.GOOS, runtime.GOARCH, kernel.Name(), stimulus.Notice())
			return err
		},
	}
}

// modules lists the modules that the program was built from.
func modules() (list []debug.Module) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			list = append(list, *m)
		}
	}
	return list
}
