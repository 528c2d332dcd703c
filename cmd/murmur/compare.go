package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"murmur/sim/compare"
	"murmur/sim/record"
	"murmur/sim/report"
	"murmur/sim/report/page"
)

// Forms of a comparison.
var compareFormats = []string{"text", "json", "csv"}

// outFlag names the page over several runs.
var outFlag = &cli.StringFlag{Name: "out", Usage: "write one `FILE`, a new one: a page that shows the runs side by side"}

func compareCommand() *cli.Command {
	return &cli.Command{
		Name: "compare", Usage: "hold one finished run against another: the settings that differ, then what came out, image by image", ArgsUsage: "A B",
		Flags: []cli.Flag{&cli.StringFlag{Name: "format", Value: compareFormats[0], Usage: "`FORM` of what is printed: " + strings.Join(compareFormats, ", ")}, outFlag},
		Action: func(c *cli.Context) error {
			format := c.String("format")
			if c.NArg() != 2 {
				return usage("compare needs two run folders, not %d: murmur compare A B", c.NArg())
			}
			if !slices.Contains(compareFormats, format) {
				return usage("--format: %q is none of %s", format, strings.Join(compareFormats, ", "))
			}
			if c.IsSet("out") {
				return pageOverRuns(c)
			}
			between, err := compared(c.Args().Slice())
			if err != nil {
				return err
			}
			switch format {
			case "json":
				e := json.NewEncoder(c.App.Writer)
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				err = e.Encode(between)
			case "csv":
				err = record.WriteCSV(c.App.Writer, between.Rows())
			default:
				err = report.Compare(c.App.Writer, between, report.NewTerminal(c.App.Writer).Width)
			}
			if err != nil {
				return &status{exitBroken, err}
			}
			return nil
		},
	}
}

// compared compares two run folders.
func compared(dirs []string) (*compare.Comparison, error) {
	runs := make([]*compare.Run, 2)
	for i := range runs {
		var err error
		if runs[i], err = compare.Open(dirs[i]); err != nil {
			return nil, &status{exitUsage, err}
		}
	}
	between, err := compare.Runs(runs[0], runs[1])
	if err != nil {
		return nil, &status{exitUsage, err}
	}
	return between, nil
}

// pageOverRuns makes one page over several runs. Two whose outcomes are there are held against each other image by image.
func pageOverRuns(c *cli.Context) error {
	dirs, out := c.Args().Slice(), c.String("out")
	if len(dirs) < 2 {
		return usage("%s --out shows runs side by side: murmur %s DIR DIR --out FILE", c.Command.Name, c.Command.Name)
	}
	if out == "" {
		return usage("--out needs the name of a file")
	}
	if _, err := os.Lstat(out); err == nil {
		return usage("--out: %s exists already", out)
	}
	var runs []page.Run
	for _, dir := range dirs {
		run, err := page.Open(dir)
		if err != nil {
			return &status{exitUsage, err}
		}
		runs = append(runs, run)
	}
	var between *compare.Comparison
	if len(dirs) == 2 {
		var err error
		between, err = compared(dirs)
		if older := errors.Is(err, os.ErrNotExist) && c.Command.Name == "report"; err != nil && !older { // a run without outcomes can be shown
			return err
		}
	}
	html, err := page.Compare(dirs, runs, between)
	if err != nil {
		return &status{exitBroken, err}
	}
	if err := os.WriteFile(out, html, 0o666); err != nil {
		os.Remove(out) // half of it is of no use
		return &status{exitBroken, err}
	}
	fmt.Fprintln(c.App.Writer, out)
	return nil
}
