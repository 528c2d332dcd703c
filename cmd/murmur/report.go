package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"murmur/sim/record"
	"murmur/sim/report/page"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", Usage: "make the page and the figures of finished runs again, or one page over several", ArgsUsage: "DIR...",
		Flags: []cli.Flag{outFlag},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usage("report needs a run folder: murmur report DIR...")
			}
			if c.IsSet("out") {
				return pageOverRuns(c)
			}
			for _, dir := range c.Args().Slice() {
				run, err := page.Open(dir)
				if err != nil {
					return &status{exitUsage, err}
				}
				files, err := pageFiles(run)
				if err != nil {
					return &status{exitBroken, fmt.Errorf("%s: %w", dir, err)}
				}
				if err := record.Replace(dir, files, drawn); err != nil {
					return &status{exitBroken, err}
				}
				fmt.Fprintln(c.App.Writer, filepath.Join(dir, files[0].Name))
			}
			return nil
		},
	}
}

// makePage is how a page is made; a test breaks it.
var makePage = page.Files

// pageFiles are the page of a run and its figures. Those that could be made are there beside an error.
func pageFiles(r page.Run) ([]record.File, error) {
	files, err := makePage(r)
	list := make([]record.File, len(files))
	for i, f := range files {
		list[i] = record.File{Name: f.Name, Data: f.Data}
	}
	return list, err
}

// drawn reports whether a file of a run folder belongs to its page.
func drawn(name string) bool { return name == "report.html" || strings.HasPrefix(name, "figures/") }
