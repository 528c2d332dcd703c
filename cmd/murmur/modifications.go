package main

import (
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v2"

	"murmur/sim/modification"
	"murmur/sim/stimulus"
)

// sheetZoom is how many times as large a sheet shows a picture.
const sheetZoom = 2

// familyNames lists the families.
func familyNames() (names []string) {
	for _, f := range modification.Families() {
		names = append(names, f.Name)
	}
	return names
}

func modificationsCommand() *cli.Command {
	families := familyNames()
	return &cli.Command{
		Name: "modifications", Usage: "list the modifications of pictures, or draw a sheet of them",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "family", Usage: "one family, `NAME`: " + strings.Join(families, ", "), DefaultText: "all"},
			&cli.StringFlag{Name: "png", Usage: "draw a sheet, every strength of every modification, into a new `FILE`"},
			&cli.StringFlag{Name: "set", Usage: "the pictures of a sheet: `NAME`, " + strings.Join(stimulus.EmbeddedNames(), " or "), Value: "fashion-mnist"},
			&cli.IntFlag{Name: "image", Usage: "which test picture of the set is drawn, `N` from 0"},
			&cli.Uint64Flag{Name: "seed", Usage: "of what is random in a sheet, `N`", Value: 1},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("modifications takes no file: a sheet goes to --png FILE")
			}
			if c.IsSet("family") {
				if !slices.Contains(families, c.String("family")) {
					return usage("--family: no family %q: %s", c.String("family"), strings.Join(families, ", "))
				}
				families = []string{c.String("family")}
			}
			if c.IsSet("png") {
				return drawSheet(c, families)
			}
			for _, name := range []string{"set", "image", "seed"} {
				if c.IsSet(name) {
					return usage("--%s: needs --png FILE, the sheet it is for", name)
				}
			}
			for i, family := range families {
				if i > 0 {
					fmt.Fprintln(c.App.Writer)
				}
				fmt.Fprintln(c.App.Writer, familyTable(family))
			}
			return nil
		},
	}
}

// members returns a family and its modifications.
func members(name string) (f modification.Family, list []modification.Modification) {
	f, _ = modification.LookupFamily(name)
	for _, name := range f.Members {
		m, _ := modification.Lookup(name)
		list = append(list, m)
	}
	return f, list
}

// familyTable lists a family in 80 columns.
func familyTable(name string) string {
	family, list := members(name)
	t := table.NewWriter()
	style := table.StyleDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	widths := []int{22, 7, 11, 32}
	var columns []table.ColumnConfig
	for i, width := range widths {
		columns = append(columns, table.ColumnConfig{Number: i + 1, WidthMin: width, WidthMax: width, WidthMaxEnforcer: text.WrapSoft})
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(table.Row{"name", "unit", "strengths", "the value"})
	note := ""
	for _, m := range list {
		var values []string
		for _, v := range m.Values {
			values = append(values, strconv.FormatFloat(v, 'g', -1, 64))
		}
		if m.StandIn {
			note = "\n*  a stand-in: its numbers do not compare with published ones, and the mean of\n   the family leaves it out"
		}
		t.AppendRow(table.Row{strings.TrimPrefix(modification.Shown(m.Name), name+"/"), m.Unit, strings.Join(values, " "), m.Doc})
	}
	lines := strings.Split(name+": "+family.Doc+"\n"+t.Render()+note, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// drawSheet writes the sheet of some families as a PNG file.
func drawSheet(c *cli.Context, families []string) (err error) {
	if !slices.Contains(stimulus.EmbeddedNames(), c.String("set")) {
		return usage("--set: no pictures %q: %s", c.String("set"), strings.Join(stimulus.EmbeddedNames(), ", "))
	}
	_, test, err := stimulus.Embedded(c.String("set"))
	if err != nil {
		return err
	}
	n := c.Int("image")
	if n < 0 || n >= test.Len() {
		return usage("--image: no picture %d: %s has 0 to %d", n, c.String("set"), test.Len()-1)
	}
	path := c.String("png")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return usage("--png: %s exists already", path)
	case err != nil:
		return &status{exitUsage, fmt.Errorf("--png: %w", err)}
	}
	var list []modification.Modification
	for _, family := range families {
		_, of := members(family)
		list = append(list, of...)
	}
	sheet := modification.Sheet([][]float32{test.Image(n)}, test.Width, test.Height, list, c.Uint64("seed"), sheetZoom)
	err = errors.Join(png.Encode(file, sheet), file.Close())
	if err != nil {
		os.Remove(path) // half a picture helps nobody
		return fmt.Errorf("--png: %w", err)
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %d modifications, %d x %d pixels\n", path, len(list), sheet.Bounds().Dx(), sheet.Bounds().Dy())
	return err
}
