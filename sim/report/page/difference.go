package page

import (
	"fmt"
	"slices"
	"strings"

	"murmur/sim/compare"
	"murmur/sim/measure"
	"murmur/sim/report"
)

// differences are the sections of a page over two runs that hold one against the other.
func (p *page) differences(between *compare.Comparison) {
	lead := "B less A in points of accuracy, image by image. "
	switch {
	case between.Unpaired != "":
		lead = "B less A in points of accuracy, of means and not image by image: " + between.Unpaired + ". The intervals are wide for that reason. "
	case between.Seeds == 1:
		lead += fmt.Sprintf("Both judged the same %s images with one seed; intervals cover images alone. ", count(between.Images))
	default:
		lead += fmt.Sprintf("Both judged the same %s images with %d seeds. ", count(between.Images), between.Seeds)
	}
	d := &differing{between: between}
	p.section("settings", "What was set otherwise", "", tableBlock(settingsTable(between)))
	blocks := []block{tableBlock(d.table("Difference in points: every arm under every perturbation at its strongest", d.strongest()))}
	for _, g := range d.grouped() {
		if len(g) > 1 {
			blocks = append(blocks, tableBlock(d.table(say(g[0].Perturbation)+": difference in points at every strength", g)))
		}
	}
	p.section("differences", "What B does otherwise", lead+report.CountedCells(&between.Count), blocks...)
}

// settingsTable lists what was set otherwise.
func settingsTable(between *compare.Comparison) *table {
	t := &table{Caption: "Settings that differ", Compact: true, Head: []string{"setting", "A", "B"}}
	g := group{}
	for _, s := range between.Settings {
		r := row{Name: s.Key}
		for _, text := range []string{s.A, s.B} {
			if text == "" {
				text = dash
			}
			r.Cells = append(r.Cells, word(text))
		}
		g.Rows = append(g.Rows, r)
	}
	if len(g.Rows) == 0 {
		g.Rows = []row{{"none", []cell{word("the same"), word("the same")}}}
	}
	t.Groups = []group{g}
	return t
}

// differing makes tables of a comparison.
type differing struct{ between *compare.Comparison }

// columns lists what arms are under in both runs, in the order of the first.
func (d *differing) columns() (list []measure.CellKey) {
	seen := map[measure.CellKey]bool{}
	for i := range d.between.Arms {
		for j := range d.between.Arms[i].Cells {
			if k := d.between.Arms[i].Cells[j].Key(); !seen[k] {
				seen[k] = true
				list = append(list, k)
			}
		}
	}
	return list
}

// grouped puts the strengths of a perturbation together.
func (d *differing) grouped() (groups [][]measure.CellKey) {
	for _, k := range d.columns() {
		i := slices.IndexFunc(groups, func(g []measure.CellKey) bool { return g[0].Perturbation == k.Perturbation })
		if i < 0 {
			groups = append(groups, []measure.CellKey{k})
			continue
		}
		groups[i] = append(groups[i], k)
	}
	return groups
}

func (d *differing) strongest() (list []measure.CellKey) {
	for _, g := range d.grouped() {
		list = append(list, g[len(g)-1])
	}
	return list
}

// table has a column for each of the cells and a row for each arm that both runs have.
func (d *differing) table(caption string, list []measure.CellKey) *table {
	t := &table{Caption: caption, Head: []string{"arm"},
		Note: "± is the half-width of the 95 % interval of the paired difference. ▲ B better and ▼ B worse: the interval excludes 0. – was not measured in both."}
	if d.between.Unpaired != "" {
		t.Note = "± is the half-width of the 95 % interval of the difference of means. ▲ B better and ▼ B worse: the interval excludes 0. – was not measured in both."
	}
	for _, k := range list {
		head := say(k.Perturbation)
		if k.Perturbation != measure.Clean {
			head += "\n" + d.size(k)
		}
		t.Head = append(t.Head, head)
	}
	for i := range d.between.Arms {
		a := &d.between.Arms[i]
		name := ""
		if a.Source != "" {
			name = "noise learned from " + source{a.Key.Source, a.Key.SourceStrength, a.Key.SourceImages}.String()
		}
		if n := len(t.Groups); n == 0 || t.Groups[n-1].Name != name {
			t.Groups = append(t.Groups, group{Name: name})
		}
		r := row{Name: a.Arm}
		for _, k := range list {
			r.Cells = append(r.Cells, differenceCell(a, k))
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, r)
	}
	return t
}

// size is that of what arms are under, as in the tables of one run, or the strength where it is not known.
func (d *differing) size(k measure.CellKey) string {
	for i := range d.between.Arms {
		for j := range d.between.Arms[i].Cells {
			if c := &d.between.Arms[i].Cells[j]; c.Key() == k && c.Size != "" {
				return strings.Replace(c.Size, "eps", "ε", 1)
			}
		}
	}
	return number(k.Strength)
}

func differenceCell(a *compare.Arm, k measure.CellKey) cell {
	i := slices.IndexFunc(a.Cells, func(c compare.Cell) bool { return c.Key() == k })
	if i < 0 {
		return cell{Text: dash}
	}
	x := a.Cells[i].Difference
	return cell{Text: signed(x.Mean), Sub: half(x.Mean, x.Lo, x.Hi), Mark: mark(&x)}
}
