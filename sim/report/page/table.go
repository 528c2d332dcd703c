package page

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"murmur/sim/measure"
)

// table is a table of the page.
type table struct {
	Caption, Note string
	Compact       bool // half the width of the page is enough
	Narrow        bool // intervals stand below their numbers, so that many columns have room
	Head          []string
	Groups        []group
}

// Words tells whether a column is words, which begin on the left.
func (t *table) Words(column int) bool {
	row := t.Groups[0].Rows[0]
	return column > 0 && column <= len(row.Cells) && row.Cells[column-1].Words
}

// group is rows below a heading, which may be empty.
type group struct {
	Name string
	Rows []row
}

type row struct {
	Name  string
	Cells []cell
}

// cell shows a number or a word. Path is where in result.json the number is, for who checks the page; Scale is what the
// page multiplies it with.
type cell struct {
	Text  string
	Sub   string // smaller, such as an interval
	Mark  string // better or worse
	Path  string
	Scale int
	Shade template.CSS
	Words bool // to be read, not compared: begins on the left
}

func word(s string) cell { return cell{Text: s, Words: true} }

func figures(s string) cell { return cell{Text: s} }

// accuracy is a cell of an accuracy in percent, with its interval and whether it is better or worse than none.
func accuracy(e measure.Estimate, gain *measure.Paired, path string) cell {
	if e.Seeds == 0 {
		return cell{Text: dash}
	}
	return cell{Text: percent(e.Mean), Sub: half(e.Mean, e.Lo, e.Hi), Mark: mark(gain), Path: path + ".mean", Scale: 100}
}

// balanced adds the balanced accuracy, of an unbalanced set, to a cell of an accuracy.
func (k cell) balanced(e *measure.Estimate) cell {
	if e != nil {
		k.Sub += ", balanced " + percent(e.Mean)
	}
	return k
}

// spread says what the intervals of the tables cover.
func (p *page) spread() string {
	if p.result.Summary.Intervals == "" {
		return "over seeds and images"
	}
	_, covers, _ := strings.Cut(p.result.Summary.Intervals, ", ")
	return covers
}

// shade tints a cell, the more the larger the number from -1 to 1.
func shade(v float64) template.CSS {
	k := good
	if v < 0 {
		k = bad
	}
	if n := int(math.Round(36 * min(math.Abs(v), 1))); n > 0 {
		return template.CSS(fmt.Sprintf("background:color-mix(in srgb,var(--%s) %d%%,transparent)", k, n))
	}
	return ""
}

// under is the cell of an arm under a perturbation.
func under(a indexed, like measure.Cell) cell {
	for i := range a.Cells {
		if c := &a.Cells[i]; same(*c, like) {
			return accuracy(c.Accuracy, c.Gain, fmt.Sprintf("arms.%d.cells.%d.accuracy", a.Index, i)).balanced(c.Balanced)
		}
	}
	return cell{Text: dash}
}

// grouped makes a group of rows for the arms without a source and one for each source; line makes the cells of an arm,
// nil to leave it out.
func (p *page) grouped(line func(indexed) []cell) (groups []group) {
	add := func(name string, arms []indexed, s source) {
		g := group{Name: name}
		for _, a := range arms {
			if sourceOf(a.Arm) != s {
				continue
			}
			if cells := line(a); cells != nil {
				g.Rows = append(g.Rows, row{label(a.Arm), cells})
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	add("", armsOf(p.result, source{}), source{})
	for _, s := range p.sources {
		add("noise learned from "+s.String(), armsOf(p.result, s), s)
	}
	return groups
}

// overview is every arm under every perturbation at its strongest; of an attack, at every budget.
func (p *page) overview() *table {
	t := &table{Caption: "Accuracy in %: every arm under every perturbation at its strongest, attacks at every budget",
		Note: "± is the half-width of the 95 % interval " + p.spread() + ". ▲ better and ▼ worse than no noise: the 95 % interval of the paired difference, image by image, excludes 0. – was not measured.",
		Head: []string{"arm", "clean"}}
	var list []measure.Cell
	for _, g := range perturbations(p.result) {
		for k, c := range g {
			if adversarial(c) || k == len(g)-1 {
				list = append(list, c)
				t.Head = append(t.Head, say(c.Perturbation)+"\n"+size(c))
			}
		}
	}
	t.Narrow = len(t.Head) > 9
	t.Groups = p.grouped(func(a indexed) []cell {
		cells := []cell{accuracy(a.Clean, a.Arm.CleanGain(), fmt.Sprintf("arms.%d.clean", a.Index)).balanced(a.CleanBalanced)}
		for _, c := range list {
			cells = append(cells, under(a, c))
		}
		return cells
	})
	return t
}

// strengths is every arm under one perturbation at all strengths.
func (p *page) strengths(g []measure.Cell) *table {
	t := &table{Caption: say(g[0].Perturbation) + ": accuracy in % at every strength", Compact: len(g) <= 6, Head: []string{"arm"}}
	for _, c := range g {
		t.Head = append(t.Head, number(c.Strength)+"\n"+size(c))
		if c.Note != "" {
			t.Note += fmt.Sprintf("Strength %s %s. ", number(c.Strength), c.Note)
		}
	}
	t.Groups = p.grouped(func(a indexed) []cell {
		var cells []cell
		measured := false
		for _, c := range g {
			k := under(a, c)
			measured = measured || k.Text != dash
			cells = append(cells, k)
		}
		if !measured {
			return nil
		}
		return cells
	})
	return t
}

// atHome is the arms of a source where they were learned.
func (p *page) atHome() *table {
	t := &table{Caption: "Each arm under the change that it learned from",
		Note: "Gain: accuracy less that of no noise on the same images, in points. Recovered: share of the gain of the oracle, a controller that sees all units at once. " +
			"Alignment: 1 where the noise has the covariance of the deviations. Power: mean noise variance a unit, below it as a multiple of the variance of the noise-free activity.",
		Head: []string{"arm", "clean", "under its source", "gain", "recovered", "alignment", "power", "couplings\na unit"}}
	units := p.units()
	t.Groups = p.grouped(func(a indexed) []cell {
		if a.Source == "" {
			return nil
		}
		s := sourceOf(a.Arm)
		c := matched(a.Arm, s)
		if c == nil {
			return nil
		}
		cells := []cell{accuracy(a.Clean, a.Arm.CleanGain(), fmt.Sprintf("arms.%d.clean", a.Index)).balanced(a.CleanBalanced), under(a, *c), {Text: dash}, {Text: dash}, {Text: maybe(a.Alignment, 2)}, {Text: maybe(a.Trace, 3), Sub: times(a.TraceRelative)}, {Text: dash}}
		if c.Gain != nil {
			cells[2] = cell{Text: signed(c.Gain.Mean), Sub: half(c.Gain.Mean, c.Gain.Lo, c.Gain.Hi), Mark: mark(c.Gain)}
		}
		if g := p.recovered(a.Arm); g != nil && g.Mean != nil && g.Lo != nil && g.Hi != nil {
			cells[3] = cell{Text: fixed(100**g.Mean, 0) + " %", Sub: "±" + fixed(100*max(*g.Hi-*g.Mean, *g.Mean-*g.Lo), 0)}
		}
		if a.NoiseCouplings != nil && units > 0 {
			cells[6].Text = fixed(float64(*a.NoiseCouplings)/float64(units), 0)
		}
		return cells
	})
	return t
}

// times is a multiple, or nothing where it is not known.
func times(v *float64) string {
	if v == nil {
		return ""
	}
	return "× " + short(*v)
}

// transfer is a matrix of gains.
func (p *page) transfer(k int, m measure.Transfer) *table {
	a := measure.Arm{Arm: m.Arm, Rule: m.Rule, Variant: m.Variant, Training: m.Training}
	t := &table{Caption: label(&a) + ": gain over no noise in points",
		Note: fmt.Sprintf("Learned from the row, measured under the column at its strongest; the frame marks the same in both. Of the %d other cells %d are worse than no noise, %d better, %d undecided. Intervals hold for all %d cells together (Bonferroni).",
			m.Mismatched, m.Worse, m.Better, m.Mismatched-m.Worse-m.Better, m.Comparisons), Head: []string{"learned from"}}
	for _, name := range m.Perturbations {
		t.Head = append(t.Head, say(name))
	}
	g := group{}
	for i, gains := range m.Gains {
		r := row{Name: say(m.Sources[i])}
		for j, c := range gains {
			k := cell{Text: signed(c.Mean), Sub: half(c.Mean, c.Lo, c.Hi), Mark: mark(&c.Paired), Shade: shade(c.Mean / .3),
				Path: fmt.Sprintf("summary.transfer.%d.gains.%d.%d.mean", k, i, j), Scale: 100}
			if c.Matched {
				k.Shade += ";box-shadow:inset 0 0 0 2px var(--ink)"
			}
			r.Cells = append(r.Cells, k)
		}
		g.Rows = append(g.Rows, r)
	}
	t.Groups = []group{g}
	return t
}
