package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

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
				if err := replace(dir, files...); err != nil {
					return &status{exitBroken, err}
				}
				if err := tidy(dir, files); err != nil {
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

// pageFiles are the page of a run and its figures.
func pageFiles(r page.Run) ([]record.File, error) {
	files, err := makePage(r)
	if err != nil {
		return nil, err
	}
	list := make([]record.File, len(files))
	for i, f := range files {
		list[i] = record.File{Name: f.Name, Data: f.Data}
	}
	return list, nil
}

// replace writes files of a folder. All are written beside their places before the first takes its own, so that a disk
// that is full costs none of those that were there.
func replace(dir string, files ...record.File) error {
	partial := func(f record.File) string { return filepath.Join(dir, f.Name) + ".partial" }
	for i, f := range files {
		err := os.MkdirAll(filepath.Dir(partial(f)), 0o777)
		if err == nil {
			err = os.WriteFile(partial(f), f.Data, 0o666)
		}
		if err != nil {
			for _, g := range files[:i+1] {
				os.Remove(partial(g)) // what cannot be written may not be there
			}
			return err
		}
	}
	for _, f := range files {
		if err := os.Rename(partial(f), filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes the figures of an older page, which are no longer among the files of a run.
func tidy(dir string, files []record.File) error {
	there, err := os.ReadDir(filepath.Join(dir, "figures"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range there {
		figure := slices.Contains([]string{".svg", ".png", ".csv"}, filepath.Ext(e.Name()))
		if name := "figures/" + e.Name(); figure && !slices.ContainsFunc(files, func(f record.File) bool { return f.Name == name }) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	return err
}
