package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"murmur/sim/record"
	"murmur/sim/report/page"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", Usage: "make the page and the figures of finished runs again, or one page over several", ArgsUsage: "DIR...",
		Flags: []cli.Flag{&cli.StringFlag{Name: "out", Usage: "write one `FILE` that shows the runs side by side, and leave their folders as they are"}},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usage("report needs a run folder: murmur report DIR...")
			}
			if c.IsSet("out") {
				return compareRuns(c)
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
				for _, f := range files {
					if err := replace(filepath.Join(dir, f.Name), f.Data); err != nil {
						return &status{exitBroken, err}
					}
				}
				fmt.Fprintln(c.App.Writer, filepath.Join(dir, files[0].Name))
			}
			return nil
		},
	}
}

// compareRuns makes one page over several runs.
func compareRuns(c *cli.Context) error {
	if c.NArg() < 2 {
		return usage("report --out shows runs side by side: murmur report DIR DIR... --out FILE")
	}
	if c.String("out") == "" {
		return usage("--out needs the name of a file")
	}
	var runs []page.Run
	for _, dir := range c.Args().Slice() {
		run, err := page.Open(dir)
		if err != nil {
			return &status{exitUsage, err}
		}
		runs = append(runs, run)
	}
	html, err := page.Compare(c.Args().Slice(), runs)
	if err != nil {
		return &status{exitBroken, err}
	}
	if err := replace(c.String("out"), html); err != nil {
		return &status{exitBroken, err}
	}
	fmt.Fprintln(c.App.Writer, c.String("out"))
	return nil
}

// pageFiles are the page of a run and its figures.
func pageFiles(r page.Run) ([]record.File, error) {
	files, err := page.Files(r)
	if err != nil {
		return nil, err
	}
	list := make([]record.File, len(files))
	for i, f := range files {
		list[i] = record.File{Name: f.Name, Data: f.Data}
	}
	return list, nil
}

// replace writes a file whole or not at all.
func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	partial := path + ".partial"
	if err := os.WriteFile(partial, data, 0o666); err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return os.Rename(partial, path)
}
