// Package report says on a terminal what a run found and, while it runs, how far it is.
//
// It reads results (package measure) and never the network. Where a number is missing it shows a dash, and it leaves out
// rows and columns of nothing else; cells where noise hurts are shown as large as the others.
package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// minWidth is the narrowest page that the tables fit on, and the usual width of a terminal.
const minWidth = 80

// Options says how a report looks.
type Options struct {
	Color bool // marks and verdicts also in colour, unless the environment forbids it (NO_COLOR)
	Width int  // of the page in columns; 0, and whatever is narrower than 80, is 80 (a screen may have 40 to 110)
	Dumb  bool // bars are made of ASCII
	// Metrics names what a threshold measures, by the threshold's name.
	Metrics map[string]string
	Rest    []string // lines at the end of a screen: where the rest lies
}

// Print writes a result for a reader: what was run, how each arm fared under the modification its noise was learned from
// and under every other perturbation, where noise hurts, the thresholds and checks, and the result in a sentence. No line
// is wider than the page. The error is that of w.
func Print(w io.Writer, r *measure.Result, o Options) error {
	p := &page{Options: Escaped(o), result: Escaped(r)}
	r = p.result
	p.Width = max(p.Width, minWidth)
	p.head()
	all := sources(r)
	switch {
	case r.Summary.Paper != nil:
		p.paper(r.Summary.Paper)
	case len(all) <= manySources:
		for _, s := range all {
			p.source(s)
		}
		p.everything()
	case len(r.Summary.Transfer) == 0:
		p.everything()
	}
	for _, m := range r.Summary.Transfer {
		p.transfer(m)
	}
	if len(all) > 0 {
		p.legend()
	}
	p.numbers()
	p.families()
	p.decisions()
	p.certificates()
	p.covariances()
	if r.Summary.Paper == nil {
		p.balance()
	}
	p.thresholds()
	p.checks()
	if r.Summary.Sentence != "" {
		p.prose("", r.Summary.Sentence)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// manySources is how many sources have tables of their own; of more the tables would hide what they show.
const manySources = 4

// page is a report under way.
type page struct {
	Options
	result *measure.Result
	out    strings.Builder
}

// block writes a title and lines below it, then an empty line.
func (p *page) block(title, body string) {
	p.put(title)
	p.put(body)
	p.out.WriteString("\n")
}

// put writes lines. Spaces at their ends fall away.
func (p *page) put(s string) {
	for line := range strings.Lines(s) {
		p.out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// prose writes sentences wrapped to the page.
func (p *page) prose(title, s string) { p.block(title, wrapped(s, p.Width)) }

// paint colours a string if the reader wants colours.
func (p *page) paint(c text.Color, s string) string {
	if !p.Color {
		return s
	}
	return c.Sprint(s)
}

func (p *page) head() {
	r := p.result
	size := ""
	if r.Size != "" {
		size = " (" + r.Size + ")"
	}
	seeds := fmt.Sprintf("seed %d", r.Seed)
	if n := seedCount(r); n > 1 {
		seeds = fmt.Sprintf("%d seeds from %d on", n, r.Seed)
	}
	set := r.Data.Set
	if set == "" {
		set = dash
	}
	p.prose("", fmt.Sprintf("%s%s: %s, %s training and %s test images, %s units, %s", r.Scenario, size, set,
		count(r.Data.Train), count(r.Data.Test), count(r.Network.Units), seeds))
}

// legend explains what the tables show.
func (p *page) legend() {
	p.prose("", "+ better and - worse than none: the 95 % interval of the paired difference excludes 0 (± is the half-width of "+
		"such an interval, "+dash+" a number that does not exist). Gain: accuracy less that of none on the same images, in points. "+
		"Recovered: share of the oracle's gain. Alignment: 1 where the noise has the covariance of the deviations."+p.aside())
	p.prose("", "none is the network without noise; identity, diagonal and shuffled are controls whose noise lacks the "+
		"structure; imprint and gha learn it by local rules; oracle computes it centrally.")
}

// aside says what else a reader of the tables must know of them.
func (p *page) aside() (s string) {
	if p.result.Data.Unbalanced {
		s += " Balanced: mean over the classes of their accuracies, under the source; classes are uneven here."
	}
	if seedCount(p.result) == 1 {
		s += " " + oneSeed
	}
	return s
}

// balance says in how many cells structure helps and where it hurts most. The controls do not count: their noise has no
// structure.
func (p *page) balance() {
	var b balance
	var worst *measure.Cell
	var of *measure.Arm
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if a.Arm != armHebbian && a.Arm != armOracle {
			continue
		}
		for j := range a.Cells {
			c := &a.Cells[j]
			if b.add(c); c.Gain != nil && (worst == nil || c.Gain.Mean < worst.Gain.Mean) {
				worst, of = c, a
			}
		}
	}
	if worst == nil {
		p.prose("", "No cell compares noise with structure to none.")
		return
	}
	p.prose("", fmt.Sprintf("Structure (local rules and oracle) helps in %d, hurts in %d and makes no clear difference in %d "+
		"of all %d cells (by intervals that hold for all cells together: %d, %d). The worst is %s learned from %s, under %s at strength %s%s, %s %% where none has %s %%: %s points %s.",
		b.helps, b.hurts, b.unclear(), b.all, b.helpsTogether, b.hurtsTogether, label(of), sourceOf(of), modification.Shown(worst.Perturbation), number(worst.Strength), inBrackets(worst),
		percentOf(worst.Accuracy), noneAt(p.result, worst), signed(worst.Gain.Mean), interval(worst.Gain.Lo, worst.Gain.Hi)))
}

func (p *page) thresholds() {
	if len(p.result.Thresholds) == 0 {
		return
	}
	const verdict, most = 4, 14
	values, limits := len("value"), len("limit")
	var rows []table.Row
	for _, h := range p.result.Thresholds {
		status, metric := "fail", p.Metrics[h.Name]
		if h.Pass {
			status = "pass"
		}
		value, limit := judged(h, metric)
		name := h.Name
		if metric != "" && !slices.Contains(strings.Fields(name), metric) {
			name += " (" + metric + ")"
		}
		if h.Reason != "" {
			name += ": " + h.Reason
		}
		rows = append(rows, table.Row{p.verdict(status), name, value, limit})
		values, limits = max(values, text.StringWidthWithoutEscSequences(value)), max(limits, text.StringWidthWithoutEscSequences(limit))
	}
	values, limits = min(values, most), min(limits, most)
	t := newTable(column{}, column{width: p.Width - verdict - values - limits - 3*gap}, column{width: values, right: true}, column{width: limits})
	t.AppendHeader(table.Row{"", "threshold", "value", "limit"})
	t.AppendRows(rows)
	p.block("", t.Render())
}

// units are those of metrics that are fractions of one; what is not among them has none.
var units = map[string]string{"gain": "points", "gain_lo": "points", "clean_cost": "points", "recovered_growth": "points", "clean": "%",
	"accuracy": "%", "recovered_gain": "%", "paper_agreement": "%", "mismatched_worse": "%"}

// judged is the value of a threshold and its limit with its unit.
func judged(h measure.Threshold, metric string) (value, limit string) {
	scale, unit := 1., ""
	limit = h.Limit
	op, spelling, _ := strings.Cut(h.Limit, " ")
	if bound, err := strconv.ParseFloat(spelling, 64); err == nil && units[metric] != "" {
		scale, unit = 100, " "+units[metric]
		limit = op + " " + number(math.Round(bound*1e8)/1e6) + unit
	}
	if h.Value == nil {
		return dash, limit
	}
	return significant(scale * *h.Value), limit
}

// checks writes what failed or warns with its evidence, and names what passed.
func (p *page) checks() {
	if len(p.result.Checks) == 0 {
		return
	}
	const verdict = 8
	t := newTable(column{width: verdict}, column{width: p.Width - verdict - gap})
	t.AppendHeader(table.Row{"", "check"})
	var passed []string
	for _, c := range p.result.Checks {
		switch s := c.Name + ": " + c.Detail; {
		case c.Status == "pass":
			passed = append(passed, c.Name)
		case c.Accepted:
			t.AppendRow(table.Row{p.paint(text.FgYellow, "ACCEPTED"), s})
		default:
			t.AppendRow(table.Row{p.verdict(c.Status), s})
		}
	}
	if len(passed) > 0 {
		t.AppendRow(table.Row{p.verdict("pass"), strings.Join(passed, ", ") + " (evidence in result.json)"})
	}
	p.block("", t.Render())
}

// verdict is a status as the reader sees it.
func (p *page) verdict(status string) string {
	s := strings.ToUpper(status)
	switch status {
	case "pass":
		return p.paint(text.FgGreen, s)
	case "warn":
		return p.paint(text.FgYellow, s)
	}
	return p.paint(text.FgRed, s)
}
