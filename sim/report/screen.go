package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// Bounds of a screen.
const (
	screenLines  = 40  // what is printed after a run fits a terminal of this height
	narrowest    = 40  // columns; of a narrower terminal the lines wrap
	widest       = 110 // longer lines are hard to read
	screenArms   = 9   // rows of its table
	screenFlaws  = 6   // lines on what failed or warns, more where there is room
	screenLists  = 4   // lines of a list of gains
	shortestBar  = 6   // columns
	longestBar   = 24
	screenLabels = 26 // columns of an arm's name, at most
)

// Screen writes the result for a reader who looks at a terminal, on no more than 40 lines of 80 columns: the result in a
// sentence; the arms that matter for the first source, whom their units hear, and what they gain; the gains elsewhere;
// what failed or warns. Options.Rest ends it. Print has the rest. The error is that of w.
func Screen(w io.Writer, r *measure.Result, o Options) error {
	p := &page{Options: Escaped(o), result: Escaped(r)}
	if p.Width == 0 {
		p.Width = minWidth
	}
	p.Width = min(max(p.Width, narrowest), widest)
	parts := []string{
		p.section(func() { p.prose("", p.result.Summary.Sentence) }),
		p.section(p.head),
		p.section(p.arms),
		p.section(p.studies),
		p.section(p.elsewhere),
		p.section(p.others),
		p.section(p.certified),
		"\n",
		p.section(func() { p.flaws(screenFlaws) }),
		p.section(p.ending),
	}
	// Long sentences and names may need more lines than there are. The gains of others go first, then the head.
	gap := func() {
		if parts[4]+parts[5]+parts[6] == "" {
			parts[7] = ""
		}
	}
	for _, spare := range []int{5, 1, 4, 6, 3} {
		if gap(); lines(parts) > screenLines {
			parts[spare] = ""
		}
	}
	gap()
	for most, room := screenFlaws, len(parts[8]) > 0; room && most < screenLines; most++ { // the lines that are left
		last := parts[8]
		parts[8] = p.section(func() { p.flaws(most) })
		if lines(parts) > screenLines {
			parts[8], room = last, false
		}
	}
	_, err := io.WriteString(w, strings.TrimSuffix(strings.Join(parts, ""), "\n"))
	return err
}

// section returns what a part of a page writes.
func (p *page) section(write func()) string {
	p.out.Reset()
	write()
	return p.out.String()
}

// ending writes the lines that the caller adds.
func (p *page) ending() {
	if len(p.Rest) > 0 {
		p.block("", wrapLines(strings.Join(p.Rest, "\n"), p.Width))
	}
}

// lines counts those of a screen, the empty line at its end not among them.
func lines(parts []string) (n int) {
	for _, s := range parts {
		n += strings.Count(s, "\n")
	}
	return n - 1
}

// arms writes the table of the first source, or how the network without noise fared where there is none.
func (p *page) arms() {
	all := sources(p.result)
	if len(all) == 0 {
		if base := none(p.result); base != nil {
			p.list("accuracy % without noise:", slices.Concat([]string{"clean " + percentOf(base.Clean)}, p.strongest(base, func(c *measure.Cell) string {
				return modification.Shown(c.Perturbation) + " " + short(*c) + " " + percentOf(c.Accuracy)
			})))
			p.out.WriteString("\n")
		}
		return
	}
	s := subject(p.result)
	list := armsOf(p.result, s)
	shown := matter(list, s)
	changed := modification.Shown(s.name)
	for _, a := range shown {
		if c := find(a, s.name, s.strength); c != nil {
			changed = modification.Shown(s.name) + " " + short(*c)
		}
	}
	columns := []column{{width: screenLabels}, {}, {right: true}, {right: true}, {}, {right: true}, {right: true}, {right: true}}
	header := table.Row{"arm", "each unit\nhears", "clean\n% ", strings.Replace(changed, " ", "\n", 1) + ", %", "", "gain over\nnone ", "recovered", "balanced\n%"}
	var rows []table.Row
	for _, a := range shown {
		row := table.Row{label(a), hears(a), p.marked(percentOf(a.Clean), a.CleanGain()), dash, "", dash + " ", percentIn(recovered(p.result, a)), dash}
		if c := find(a, s.name, s.strength); c != nil {
			row[3], row[7] = percentOf(c.Accuracy), balanced(c)
			if g := c.Gain; g != nil {
				row[5] = p.marked(signed(g.Mean)+" "+plusMinus(g.Mean, g.Lo, g.Hi), g)
			}
			if known(c.Accuracy) {
				row[barColumn] = c.Accuracy.Mean
			}
		}
		rows = append(rows, row)
	}
	note := "Gains are paired, in points; + better and - worse than none: the 95 % interval excludes 0."
	var blind []string
	for _, a := range shown {
		if slices.Contains(controls, a.Arm) && !slices.Contains(blind, a.Arm) {
			blind = append(blind, a.Arm)
		}
	}
	if len(blind) > 0 {
		note += " " + strings.Join(blind, ", ") + ": as much noise, without the structure."
	}
	if n := len(list) - len(shown); n > 0 {
		note += fmt.Sprintf(" %s more arms in the full text.", count(n))
	}
	p.block(wrapped(s.title(), p.Width)+"\n"+p.narrowed(columns, header, rows)+"\n", wrapped(note+hubsHear(shown), p.Width))
}

// matter returns the arms worth a row: of controls the best where not all have room, of local rules the best ones, and
// all the others.
func matter(list []*measure.Arm, s source) []*measure.Arm {
	there := func(a *measure.Arm) float64 {
		if c := find(a, s.name, s.strength); c != nil {
			return c.Accuracy.Mean
		}
		return -1
	}
	drop := func(kinds ...string) bool {
		worst := -1
		for i, a := range list {
			if slices.Contains(kinds, a.Arm) && (worst < 0 || there(a) < there(list[worst])) {
				worst = i
			}
		}
		last := worst < 0 || slices.IndexFunc(list, func(a *measure.Arm) bool { return a != list[worst] && slices.Contains(kinds, a.Arm) }) < 0
		if !last {
			list = slices.Delete(slices.Clone(list), worst, worst+1)
		}
		return !last
	}
	for len(list) > screenArms && (drop(controls...) || drop(armHebbian)) {
	}
	return list[:min(len(list), screenArms)]
}

// controls are the arms whose noise lacks the structure.
var controls = []string{"identity", "diagonal", "shuffled"}

// hears says in a word or two whom each unit of an arm hears.
func hears(a *measure.Arm) string {
	switch h := a.Hears; {
	case a.Arm == armNone, a.Arm == a.Training: // trained on more than clean images, without noise
		return "no noise"
	case a.Arm == armOracle:
		return "controller"
	case a.Arm == "shuffled":
		return "wrong units"
	case h == nil:
		return dash
	case h.Hubs > 0:
		return count(h.Hubs) + " hubs"
	case h.Sources > 1:
		return Fixed(h.Sources-1, 0) + " others"
	}
	return "itself"
}

// hubsHear says what a number of hubs hides.
func hubsHear(list []*measure.Arm) string {
	for _, a := range list {
		if h := a.Hears; h != nil && h.Hubs > 0 && a.Arm == armHebbian {
			return fmt.Sprintf(" A hub hears all %s units that it serves.", count(h.Units))
		}
	}
	return ""
}

// Columns of the table of a screen.
const (
	hearsColumn = iota + 1
	cleanColumn
	_
	barColumn
	_
	recoveredColumn
)

// narrowed renders a table whose bar column holds shares to be drawn as bars. Where the page has no room, the bars go
// first, then whom units hear, then what is clean.
func (p *page) narrowed(columns []column, header table.Row, rows []table.Row) string {
	render := func(bar int, without ...int) string {
		c, h := slices.Clone(columns), slices.Clone(header)
		var body []table.Row
		for _, r := range rows {
			r = slices.Clone(r)
			if share, ok := r[barColumn].(float64); ok {
				r[barColumn] = p.bar(share, bar)
			}
			body = append(body, r)
		}
		for _, k := range without { // from the right
			c, h = slices.Delete(c, k, k+1), slices.Delete(h, k, k+1)
			for i := range body {
				body[i] = slices.Delete(body[i], k, k+1)
			}
		}
		return filled(c, h, body).Render()
	}
	width := func(s string) (w int) {
		for line := range strings.Lines(s) {
			w = max(w, text.StringWidthWithoutEscSequences(strings.TrimRight(line, " \n")))
		}
		return w
	}
	bare := render(0, barColumn)
	if room := p.Width - width(bare) - gap; room >= shortestBar {
		return render(min(room, longestBar))
	}
	for _, without := range [][]int{{barColumn}, {barColumn, hearsColumn}, {barColumn, cleanColumn, hearsColumn}, {recoveredColumn, barColumn, cleanColumn, hearsColumn}} {
		if bare = render(0, without...); width(bare) <= p.Width {
			break
		}
	}
	return bare
}

// bar draws a share of a width, to an eighth of a column where the terminal has such characters.
func (p *page) bar(share float64, width int) string {
	if !(share >= 0 && share <= 1) {
		return ""
	}
	eighths := int(share*float64(8*width) + .5)
	if p.Dumb {
		return strings.Repeat("#", (eighths+4)/8)
	}
	s := strings.Repeat("█", eighths/8)
	if k := eighths % 8; k > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[k-1])
	}
	return s
}

// studies says what the tables of whole studies come to.
func (p *page) studies() {
	r := p.result
	if t := r.Summary.Paper; t != nil {
		signs := func(at string, diagonal, none measure.SignCount) {
			p.prose("", fmt.Sprintf("Signs of (full - diagonal)%s: %d as in the paper, %d the other way; of (full - none): %d and %d. The rest is not clear.",
				at, diagonal.Agree, diagonal.Disagree, none.Agree, none.Disagree))
		}
		for _, d := range t.Doses {
			signs(" at a noise power of "+number(d.Power)+timesVariance(d.Relative), d.LessDiagonal, d.LessNone)
		}
		if len(t.Doses) == 0 {
			signs("", t.Diagonal, t.None)
		}
	}
	for _, m := range r.Summary.Transfer {
		p.prose("", fmt.Sprintf("%s learned from one change and judged under another: of %d pairs %d are worse than no noise, %d better.",
			label(&measure.Arm{Arm: m.Arm, Rule: m.Rule, Variant: m.Variant, Training: m.Training}), m.Mismatched, m.Worse, m.Better))
	}
}

// flaws counts thresholds and checks, and writes those that failed or warn, the failed ones first, on so many lines.
// Thresholds on what an interrupted run had not come to have not failed.
func (p *page) flaws(most int) {
	var failed, warned []string
	passed, open := 0, 0
	unfinished := slices.ContainsFunc(p.result.Checks, func(c measure.Check) bool { return c.Name == "complete" && c.Status != "pass" })
	for _, h := range p.result.Thresholds {
		switch {
		case h.Pass:
		case unfinished && h.Value == nil && h.Reason == measure.Unmeasured:
			open++
		default:
			value, limit := judged(h, p.Metrics[h.Name])
			line := fmt.Sprintf("%s %s: %s, not %s", p.verdict("fail"), h.Name, value, limit)
			if h.Reason != "" {
				line += ", since " + h.Reason
			}
			failed = append(failed, line)
		}
	}
	held := len(p.result.Thresholds) - len(failed) - open
	for _, c := range p.result.Checks {
		switch s := p.verdict(c.Status) + " " + c.Name + ": " + c.Detail; {
		case c.Status == "pass":
			passed++
		case c.Status == "warn":
			warned = append(warned, s)
		case c.Accepted:
			warned = append(warned, p.paint(text.FgYellow, "ACCEPTED")+" "+c.Name+": "+c.Detail)
		default:
			failed = append(failed, s)
		}
	}
	if len(p.result.Thresholds)+len(p.result.Checks) == 0 {
		return
	}
	s := fmt.Sprintf("%d of %d checks pass", passed, len(p.result.Checks))
	if open > 0 {
		s = fmt.Sprintf("%d not reached yet, ", open) + s
	}
	if n := len(p.result.Thresholds); n > 0 {
		s = fmt.Sprintf("%d of %d thresholds hold, ", held, n) + s
	}
	p.put(wrapped(s, p.Width))
	list := append(failed, warned...)
	if n := len(list); n > most {
		list = append(list[:most-1], fmt.Sprintf("and %d more, in the full text", n-most+1))
	}
	all := ""
	for each := 1; each <= most; each++ { // lines of a flaw
		var b strings.Builder
		for _, flaw := range list {
			b.WriteString(told(flaw, p.Width, each) + "\n")
		}
		if s := b.String(); each == 1 || strings.Count(s, "\n") <= most {
			all = s
		}
	}
	p.put(all)
	p.out.WriteString("\n")
}

// told wraps a text to a number of lines at most; what is longer is cut.
func told(s string, width, most int) string {
	lines := strings.SplitAfter(wrapped(s, width), "\n")
	if len(lines) <= most {
		return strings.Join(lines, "")
	}
	rest := strings.Join(lines[most-1:], "")
	return strings.Join(lines[:most-1], "") + text.Snip(strings.ReplaceAll(rest, "\n", " "), width, "…")
}
