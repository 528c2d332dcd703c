package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v2"

	"murmur/scenarios"
	"murmur/sim/report"
	"murmur/sim/scenario"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "write a scenario to start from, its keys explained, or list murmur's own scenarios", ArgsUsage: "NAME",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Value: mainScenario, Usage: "begin with the `SCENARIO` of this name or file"},
			&cli.BoolFlag{Name: "list", Usage: "list the scenarios that run by their name, from anywhere"},
		},
		Action: func(c *cli.Context) error {
			switch {
			case c.Bool("list") && (c.NArg() > 0 || c.IsSet("from")):
				return usage("init --list takes nothing else")
			case c.Bool("list"):
				return listScenarios(c)
			case c.NArg() != 1:
				return usage("init needs one name, not %d: murmur init NAME writes NAME.yaml", c.NArg())
			}
			name := strings.TrimSuffix(c.Args().First(), ".yaml")
			begun, err := scenario.Starter(name, c.String("from"))
			if err != nil {
				return &status{exitUsage, err}
			}
			file := name + ".yaml"
			if err := create(file, begun); errors.Is(err, fs.ErrExist) {
				return usage("%s exists already", file)
			} else if err != nil {
				return &status{exitBroken, err}
			}
			_, err = fmt.Fprintf(c.App.Writer, "%s is written: murmur run %s --set size=small takes seconds\n", file, file)
			return err
		},
	}
}

// mainScenario is what a new scenario begins with.
const mainScenario = "structured-noise"

// create writes a new file; it is not left there half.
func create(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// listScenarios prints murmur's own scenarios, each with the first sentence of what it is about.
func listScenarios(c *cli.Context) error {
	const names = 24 // columns
	width := report.NewTerminal(c.App.Writer).Width
	for _, name := range scenarios.Names() {
		s, err := scenario.Load(name, nil)
		if err != nil {
			return err
		}
		about, _, _ := strings.Cut(s.About, ". ")
		lines := text.WrapSoft(strings.TrimSuffix(about, ".")+".", max(width-names, names))
		for i, line := range strings.Split(lines, "\n") {
			if i > 0 {
				name = ""
			}
			if _, err := fmt.Fprintf(c.App.Writer, "%-*s%s\n", names, name, strings.TrimRight(line, " ")); err != nil {
				return err
			}
		}
	}
	return nil
}
