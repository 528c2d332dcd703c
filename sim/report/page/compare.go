package page

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"murmur/sim/compare"
	"murmur/sim/measure"
	"murmur/sim/report"
)

// Compare makes one page over several runs: the tables of a report with a column for each run. names are those of the
// runs, such as their folders; between holds two runs against each other, nil for none. It is a pure function. Whatever
// goes wrong is an error, never a panic.
func Compare(names []string, runs []Run, between *compare.Comparison) (data []byte, err error) {
	defer caught(&err)
	p := &page{Title: "Runs side by side", Subtitle: plural(len(runs), "run") + ", called A, B, … in the tables",
		Footer: "All numbers are in the result.json of each run's folder."}
	c := &comparison{names: report.Escaped(names)}
	between = report.Escaped(between)
	for i, r := range runs {
		r = r.escaped()
		c.runs = append(c.runs, &page{run: r, result: r.Result, sources: sources(r.Result)})
		for _, s := range c.runs[i].sources {
			if !slices.Contains(c.sources, s) {
				c.sources = append(c.sources, s)
			}
		}
	}
	p.section("runs", "The runs", "", tableBlock(c.about()))
	if between != nil {
		p.differences(between)
	}
	for i := range p.Sections {
		p.Sections[i].Open = true
	}
	p.section("home", "Where each arm learned", "", figureBlock(c.home()), tableBlock(c.table("Accuracy in % on unmodified images", []measure.Cell{{Perturbation: clean}})),
		tableBlock(c.matched("Accuracy in % under the change that an arm learned from", matchedCell)),
		tableBlock(c.matched("Recovered share of the oracle's gain", recoveredCell)), tableBlock(c.matched("Alignment of the noise with the deviations", alignmentCell)))
	var blocks []block
	for _, g := range c.perturbations() {
		blocks = append(blocks, tableBlock(c.table(say(g[0].Perturbation)+": accuracy in % at every strength", g)))
	}
	p.section("accuracy", "How every arm fared", "± is the half-width of the 95 % interval. ▲ better and ▼ worse than no noise in the same run: the interval of the paired difference excludes 0. – was not measured.", blocks...)
	var html bytes.Buffer
	if err := templates.ExecuteTemplate(&html, "report", p); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return html.Bytes(), nil
}

// comparison is several runs and the sources of all.
type comparison struct {
	names   []string
	runs    []*page
	sources []source
}

// clean stands for images as they are among perturbations.
const clean = "clean"

// letter is what a run is called in the tables.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprintf("run %d", i+1)
}

func (c *comparison) about() *table {
	t := &table{Caption: "What was run, and what came out", Head: []string{"run"}}
	lines := []row{{Name: "folder"}, {Name: "scenario"}, {Name: "data, seeds"}, {Name: "trajectory"}, {Name: "result"}, {Name: "believe it?"}}
	for i, p := range c.runs {
		t.Head = append(t.Head, letter(i))
		believe := p.believe()
		for k, s := range []string{c.names[i], p.result.Scenario, p.subtitle(), p.result.Trajectory, p.result.Summary.Sentence, believe.whole()} {
			lines[k].Cells = append(lines[k].Cells, word(s))
		}
	}
	t.Groups = []group{{Rows: lines}}
	return t
}

// arm is an arm of a run with the label and the source of a row, or nil.
func armCalled(p *page, name string, s source) *indexed {
	for i := range p.result.Arms {
		if a := &p.result.Arms[i]; label(a) == name && sourceOf(a) == s {
			return &indexed{a, i}
		}
	}
	return nil
}

// grouped makes a group of rows for the arms of each source, of all runs.
func (c *comparison) grouped(cells func(name string, s source) []cell) (groups []group) {
	for _, s := range append([]source{{}}, c.sources...) {
		g := group{}
		if s.name != "" {
			g.Name = "noise learned from " + s.String()
		}
		var seen []string
		for _, p := range c.runs {
			for i := range p.result.Arms {
				a := &p.result.Arms[i]
				if name := label(a); sourceOf(a) == s && !slices.Contains(seen, name) {
					seen = append(seen, name)
					line := cells(name, s)
					if slices.ContainsFunc(line, func(k cell) bool { return k.Text != dash }) {
						g.Rows = append(g.Rows, row{name, line})
					}
				}
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// table has a column for each strength of a perturbation in each run.
func (c *comparison) table(caption string, g []measure.Cell) *table {
	t := &table{Caption: caption, Head: []string{"arm"}}
	for _, like := range g {
		for i := range c.runs {
			head := letter(i)
			if like.Perturbation != clean {
				head = number(like.Strength) + ", " + size(like) + "\n" + head
			}
			t.Head = append(t.Head, head)
		}
	}
	t.Groups = c.grouped(func(name string, s source) (cells []cell) {
		for _, like := range g {
			for _, p := range c.runs {
				k := cell{Text: dash}
				switch a := armCalled(p, name, s); {
				case a == nil:
				case like.Perturbation == clean:
					k = accuracy(a.Clean, a.Arm.CleanGain(), "")
				default:
					k = under(*a, like)
				}
				k.Path, k.Scale = "", 0 // which result.json is not told
				cells = append(cells, k)
			}
		}
		return cells
	})
	return t
}

// matched has a column for each run, of arms where they learned.
func (c *comparison) matched(caption string, of func(*page, indexed, source) cell) *table {
	t := &table{Caption: caption, Compact: true, Head: []string{"arm"}}
	for i := range c.runs {
		t.Head = append(t.Head, letter(i))
	}
	t.Groups = c.grouped(func(name string, s source) (cells []cell) {
		for _, p := range c.runs {
			k := cell{Text: dash}
			if a := armCalled(p, name, s); a != nil && s.name != "" {
				k = of(p, *a, s)
			}
			k.Path, k.Scale = "", 0
			cells = append(cells, k)
		}
		return cells
	})
	return t
}

func matchedCell(_ *page, a indexed, s source) cell {
	if m := matched(a.Arm, s); m != nil {
		return under(a, *m)
	}
	return cell{Text: dash}
}

func recoveredCell(p *page, a indexed, _ source) cell {
	g := p.recovered(a.Arm)
	if g == nil || g.Mean == nil || g.Lo == nil || g.Hi == nil {
		return cell{Text: dash}
	}
	return cell{Text: fixed(*g.Mean, 2), Sub: "±" + fixed(max(*g.Hi-*g.Mean, *g.Mean-*g.Lo), 2)}
}

func alignmentCell(_ *page, a indexed, _ source) cell { return cell{Text: maybe(a.Alignment, 2)} }

// perturbations groups what any run measured.
func (c *comparison) perturbations() [][]measure.Cell {
	whole := &measure.Result{Arms: []measure.Arm{{}}}
	for _, p := range c.runs {
		whole.Arms[0].Cells = append(whole.Arms[0].Cells, columns(p.result)...)
	}
	return perturbations(whole)
}

// home draws accuracy where arms learned, run by run. Lines join runs of one scenario.
func (c *comparison) home() *figure {
	f := &figure{Name: "runs", Title: "Accuracy under the change that arms learned from, run by run"}
	places := make([]float64, len(c.runs))
	for i := range places {
		places[i] = float64(i)
	}
	for _, s := range c.sources[:min(len(c.sources), mostSources)] {
		d := &chart{title: strings.ToUpper(s.String()[:1]) + s.String()[1:], w: 460, h: 280, labels: 150}
		d.x = at("run", func(x float64) string { return letter(int(x)) }, places...)
		var arms []indexed
		for _, p := range c.runs {
			for _, a := range armsOf(p.result, s) {
				if !slices.ContainsFunc(arms, func(b indexed) bool { return label(b.Arm) == label(a.Arm) && b.Source == a.Source }) {
					arms = append(arms, a)
				}
			}
		}
		var all []float64
		styles := looks(arms)
		for k, a := range arms {
			l := series{name: label(a.Arm), look: styles[k], dots: true, joined: true}
			before := ""
			for i, p := range c.runs {
				b := armCalled(p, label(a.Arm), sourceOf(a.Arm))
				if b == nil {
					continue
				}
				if m := matched(b.Arm, s); m != nil {
					e := m.Accuracy
					l.x, l.y, l.lo, l.hi = append(l.x, places[i]), append(l.y, e.Mean), append(l.lo, e.Lo), append(l.hi, e.Hi)
					all = append(all, e.Lo, e.Hi)
					l.apart = append(l.apart, p.result.Scenario != before)
					before = p.result.Scenario
				}
			}
			if len(l.x) > 0 {
				d.series = append(d.series, l)
			}
		}
		if len(d.series) == 0 {
			continue
		}
		d.y = linear("", 6, inPercent, all...)
		f.Panels = append(f.Panels, newPanel(d.scene(), d.alt("accuracy"), ""))
	}
	if len(f.Panels) == 0 {
		return nil
	}
	return f
}
