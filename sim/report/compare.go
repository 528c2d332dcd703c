package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"murmur/sim/compare"
	"murmur/sim/measure"
)

// Bounds of a comparison.
const (
	mostDifferent = 16 // cells it lists
	nameWidth     = 32 // columns of an arm with what it learned from, at most
)

// Compare writes a comparison in lines of width columns, 80 if it is 0: the settings that differ, what each arm does
// otherwise, and the cells that differ most. All of them are in JSON and CSV. The error is that of w.
func Compare(w io.Writer, c *compare.Comparison, width int) error {
	c = Escaped(c)
	if width == 0 {
		width = minWidth
	}
	width = max(width, narrowest)
	var parts []string
	for _, s := range []struct {
		letter string
		side   compare.Side
	}{{"A", c.A}, {"B", c.B}} {
		line := fmt.Sprintf("%s: %s (%s), %s test images, %s", s.side.Folder, s.side.Scenario, s.side.Size, count(s.side.Images), seedsOf(s.side.Seeds))
		parts = append(parts, s.letter+"  "+strings.ReplaceAll(text.WrapSoft(line, width-3), "\n", "\n   "))
	}
	parts = append(parts, "", settingsThatDiffer(c, width), "", text.WrapSoft(howCompared(c), width), "", armsCompared(c), "")
	if list := differing(c); len(list) > 0 {
		parts = append(parts, cellsCompared(list), "")
	}
	parts = append(parts, text.WrapSoft(CountedCells(&c.Count), width))
	for _, only := range []struct {
		letter string
		list   []string
	}{{"A", c.OnlyA}, {"B", c.OnlyB}} {
		if n := len(only.list); n > 0 {
			more := ""
			if n > 6 {
				more = fmt.Sprintf(" and %d more", n-6)
			}
			parts = append(parts, text.WrapSoft(fmt.Sprintf("In %s alone: %s%s.", only.letter, strings.Join(only.list[:min(n, 6)], "; "), more), width))
		}
	}
	_, err := io.WriteString(w, trimmed(strings.Join(parts, "\n"))+"\n")
	return err
}

func seedsOf(n int) string {
	if n == 1 {
		return "1 seed"
	}
	return count(n) + " seeds"
}

func settingsThatDiffer(c *compare.Comparison, width int) string {
	if len(c.Settings) == 0 {
		return "No setting differs."
	}
	each := (width - 2*gap) / 3
	t := newTable(column{width: each}, column{width: each}, column{width: each})
	t.AppendHeader(table.Row{"setting that differs", "A", "B"})
	for _, d := range c.Settings {
		row := table.Row{d.Key, d.A, d.B}
		for i, v := range row {
			if s := v.(string); s == "" {
				row[i] = dash
			} else if len(s) > 3*each {
				row[i] = s[:3*each-1] + "…"
			}
		}
		t.AppendRow(row)
	}
	return t.Render()
}

// trimmed is a text without spaces at the ends of its lines.
func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// howCompared says what the numbers of a comparison are.
func howCompared(c *compare.Comparison) string {
	if c.Unpaired != "" {
		return fmt.Sprintf("B less A in points of accuracy, of means and not image by image: %s. ± is the half-width of the 95 %% interval, which is wide for that reason.", c.Unpaired)
	}
	s := fmt.Sprintf("B less A in points of accuracy, image by image, on the %s images and %s that both have. ± is the half-width of the 95 %% interval", count(c.Images), seedsOf(c.Seeds))
	if c.Seeds == 1 {
		return s + "; with one seed it covers images alone."
	}
	return s + " over seeds and images."
}

// armsCompared has a row for each arm: on clean images, under the change that it learned from, and how its cells fared.
func armsCompared(c *compare.Comparison) string {
	t := newTable(column{width: nameWidth}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{right: true})
	t.AppendHeader(table.Row{"arm", "clean ", "where it\nlearned ", "cells", "better", "worse"})
	for i := range c.Arms {
		a := &c.Arms[i]
		row := table.Row{a.Name(), dash + " ", dash + " ", len(a.Cells), 0, 0}
		better, worse := 0, 0
		for j := range a.Cells {
			k := &a.Cells[j]
			d := pointsMarked(&k.Difference)
			if k.Perturbation == measure.Clean {
				row[1] = d
			} else if k.Perturbation == a.Source && k.Strength == *a.SourceStrength {
				row[2] = d
			}
			if k.Difference.Lo > 0 {
				better++
			} else if k.Difference.Hi < 0 {
				worse++
			}
		}
		row[4], row[5] = better, worse
		t.AppendRow(row)
	}
	return t.Render()
}

// pointsMarked is a difference in points with its half-width, marked where the interval excludes 0.
func pointsMarked(d *measure.Paired) string {
	mark := " "
	if better(d) {
		mark = "+"
	} else if worse(d) {
		mark = "-"
	}
	return signed(d.Mean) + " " + plusMinus(d.Mean, d.Lo, d.Hi) + mark
}

// differs is a cell of an arm.
type differs struct {
	arm  *compare.Arm
	cell *compare.Cell
}

// differing lists the cells whose intervals exclude 0, the furthest from it first.
func differing(c *compare.Comparison) (list []differs) {
	for i := range c.Arms {
		for j := range c.Arms[i].Cells {
			if k := &c.Arms[i].Cells[j]; k.Difference.Lo > 0 || k.Difference.Hi < 0 {
				list = append(list, differs{&c.Arms[i], k})
			}
		}
	}
	clear := func(d differs) float64 { return max(d.cell.Difference.Lo, -d.cell.Difference.Hi) }
	slices.SortStableFunc(list, func(a, b differs) int {
		return cmp.Or(cmp.Compare(clear(b), clear(a)), cmp.Compare(math.Abs(b.cell.Difference.Mean), math.Abs(a.cell.Difference.Mean)))
	})
	return list
}

func cellsCompared(list []differs) string {
	t := newTable(column{width: nameWidth}, column{width: 20}, column{right: true}, column{right: true}, column{right: true})
	t.AppendHeader(table.Row{"what differs most", "under", "A %", "B %", "B less A "})
	for _, d := range list[:min(len(list), mostDifferent)] {
		t.AppendRow(table.Row{d.arm.Name(), d.cell.Under(), percent(d.cell.A), percent(d.cell.B), pointsMarked(&d.cell.Difference)})
	}
	s := t.Render()
	if more := len(list) - mostDifferent; more > 0 {
		s += fmt.Sprintf("\nand %s more", count(more))
	}
	return s
}

// CountedCells says how many cells differ clearly.
func CountedCells(n *compare.Count) string {
	are, cells := "are", "cells"
	if n.BetterTogether == 1 {
		are = "is"
	}
	if n.Cells == 1 {
		cells = "cell"
	}
	return fmt.Sprintf("Of %s %s %s %s clearly better in B and %s clearly worse, by intervals that hold for all of them together; taken one by one %s and %s, but then one in twenty is by chance alone.",
		count(n.Cells), cells, count(n.BetterTogether), are, count(n.WorseTogether), count(n.Better), count(n.Worse))
}
