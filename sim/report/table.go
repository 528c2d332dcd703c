package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// Widths of the tables, in columns.
const (
	gap        = 2  // between columns
	labelWidth = 20 // at most, of an arm's name
	cellWidth  = 10 // of an accuracy with its interval and mark: 63.4 ±1.4+
)

// column is how a column of a table looks.
type column struct {
	width int // at most; longer text wraps; 0 is as wide as its text
	right bool
}

// newTable returns a table without frames.
func newTable(columns ...column) table.Writer {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", gap)
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	var configs []table.ColumnConfig
	for i, c := range columns {
		k := table.ColumnConfig{Number: i + 1, WidthMax: c.width, WidthMaxEnforcer: wrapLines, VAlignHeader: text.VAlignBottom}
		if c.right {
			k.Align, k.AlignHeader = text.AlignRight, text.AlignRight
		}
		configs = append(configs, k)
	}
	t.SetColumnConfigs(configs)
	return t
}

// filled returns a table of rows without the columns, other than the first, in which no row has anything.
func filled(columns []column, header table.Row, rows []table.Row) table.Writer {
	for k := len(header) - 1; k > 0; k-- {
		if !slices.ContainsFunc(rows, func(r table.Row) bool { return !blank(r[k]) }) {
			columns, header = slices.Delete(columns, k, k+1), slices.Delete(header, k, k+1)
			for i := range rows {
				rows[i] = slices.Delete(rows[i], k, k+1)
			}
		}
	}
	t := newTable(columns...)
	t.AppendHeader(header)
	t.AppendRows(rows)
	return t
}

// blank reports whether there is no number in a cell of a table.
func blank(cell any) bool {
	s := strings.TrimSpace(fmt.Sprint(cell))
	return s == "" || s == dash
}

// glue is a space at which no line is broken. No name holds it: see Escape.
const glue = "\ue000"

// wrapped breaks a text at spaces into lines of a width. A percent sign stays with its number.
func wrapped(s string, width int) string {
	return strings.ReplaceAll(text.WrapSoft(strings.ReplaceAll(s, " %", glue+"%"), width), glue, " ")
}

// wrapLines wraps every line of its own to a width, at spaces where it can.
func wrapLines(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = text.WrapSoft(line, width)
	}
	return strings.Join(lines, "\n")
}

// title says what the arms of a source learned from.
func (s source) title() string {
	title := "learned from " + s.String()
	if s.known {
		title += " at strength " + number(s.strength)
	}
	return title
}

// source writes the tables of one source: its arms where they were learned, and at every strength of the same
// perturbation.
func (p *page) source(s source) {
	r := p.result
	title := s.title()
	var matched *measure.Cell
	numbers := 5 + 17 + 11 + 9 + 9 + 5*gap // all columns but the arm's, at their widest
	if r.Data.Unbalanced {
		numbers += 8 + gap
	}
	figure := column{right: true}
	var lines []table.Row
	arms := armsOf(r, s)
	for _, a := range arms {
		c := find(a, s.name, s.strength)
		row := table.Row{label(a), p.marked(percentOf(a.Clean), a.CleanGain()), dash, dash + " ", percentIn(recovered(r, a)), dash, dash}
		if c != nil {
			matched = c
			if known(c.Accuracy) {
				row[2] = percent(c.Accuracy.Mean) + " " + percentInterval(c.Accuracy.Lo, c.Accuracy.Hi)
			}
			row[6] = balanced(c)
			if g := c.Gain; g != nil {
				row[3] = p.marked(signed(g.Mean)+" "+plusMinus(g.Mean, g.Lo, g.Hi), g)
			}
		}
		if a.Alignment != nil {
			row[5] = Fixed(*a.Alignment, 2)
		}
		lines = append(lines, row)
	}
	if matched != nil {
		title += inBrackets(matched)
	}
	t := filled([]column{{width: p.Width - numbers}, figure, figure, figure, figure, figure, figure},
		table.Row{"arm", "clean\n% ", "matched accuracy\n% [95 % interval]", "gain over\nnone ", "recovered", "alignment", "balanced\n%"}, lines)
	p.block(text.WrapSoft(title, p.Width), t.Render())
	for _, reason := range unrecovered(r, s) {
		p.prose("", "Recovered: "+dash+", since "+reason+".")
	}

	rows := make([]row, len(arms))
	for i, a := range arms {
		rows[i] = row{label(a), a}
	}
	columns := slices.DeleteFunc(columns(r), func(c measure.Cell) bool { return c.Perturbation != s.name })
	slices.SortStableFunc(columns, byStrength)
	p.grid(fmt.Sprintf("the same arms at every strength of %s, accuracy %%", modification.Shown(s.name)), rows, columns, func(c measure.Cell) string {
		return number(c.Strength) + "\n" + short(c)
	})
}

// balanced is the balanced accuracy of a cell, of an unbalanced set.
func balanced(c *measure.Cell) string {
	if c.Balanced == nil {
		return dash
	}
	return percentOf(*c.Balanced)
}

// everything writes every arm under every perturbation at its strongest; of an attack, at every epsilon.
func (p *page) everything() {
	all := columns(p.result)
	strongest := slices.DeleteFunc(slices.Clone(all), func(c measure.Cell) bool {
		return !attack(c) && slices.ContainsFunc(all, func(d measure.Cell) bool {
			return d.Perturbation == c.Perturbation && d.Strength > c.Strength
		})
	})
	var rows []row
	for _, a := range armsOf(p.result, source{}) {
		rows = append(rows, row{label(a), a})
	}
	for _, s := range sources(p.result) {
		rows = append(rows, row{label: "from " + s.String()})
		for _, a := range p.result.Arms {
			if a.Source != "" && sourceIn(&a) == s {
				rows = append(rows, row{"  " + label(&a), &a})
			}
		}
	}
	if len(rows) > 0 && len(sources(p.result)) == 0 {
		p.prose("", fmt.Sprintf("No structure was learned. Without noise: %s %% of clean images right.", percentOf(rows[0].arm.Clean)))
	}
	heading := func(c measure.Cell) string { return columnName(modification.Shown(c.Perturbation)) + "\n" + short(c) }
	p.grid("every arm under every perturbation at its strongest, accuracy %", rows, strongest, heading)
	if p.result.Data.Unbalanced {
		p.grid("the same, balanced accuracy %: every class counts alike", inBalance(rows), strongest, heading)
	}
}

// inBalance is a grid with balanced accuracies in place of accuracies.
func inBalance(rows []row) []row {
	list := slices.Clone(rows)
	for i, r := range list {
		if r.arm == nil {
			continue
		}
		a := *r.arm
		a.Cells = slices.Clone(a.Cells)
		for j := range a.Cells {
			if c := &a.Cells[j]; c.Balanced != nil {
				c.Accuracy, c.Gain = *c.Balanced, nil // the gain is of the accuracy
			}
		}
		list[i].arm = &a
	}
	return list
}

// columnName breaks a name for the heading of a cell: at underlines, behind the family, and at the last hyphen of a long one.
func columnName(name string) string {
	family, member, ok := strings.Cut(name, "/")
	if !ok {
		return strings.ReplaceAll(name, "_", "\n")
	}
	if i := strings.LastIndex(family, "-"); len(family) > cellWidth {
		family = family[:i] + "\n" + family[i:]
	}
	return family + "\n" + strings.ReplaceAll(member, "_", "\n")
}

// row is an arm of a grid, or a heading if the arm is nil.
type row struct {
	label string
	arm   *measure.Arm
}

// grid writes accuracies of arms under perturbations, in blocks of as many columns as fit the page. An arm that
// no column of a block has a number of is left out of it.
func (p *page) grid(title string, rows []row, columns []measure.Cell, heading func(measure.Cell) string) {
	fit := (p.Width - labelWidth) / (gap + cellWidth)
	for block := range slices.Chunk(columns, fit) {
		configs := []column{{width: labelWidth}}
		header := table.Row{"arm"}
		for _, c := range block {
			configs = append(configs, column{cellWidth, true})
			// The mark's place stays free, so that headings end where numbers do.
			header = append(header, strings.ReplaceAll(heading(c), "\n", " \n")+" ")
		}
		t := newTable(configs...)
		t.AppendHeader(header)
		var above table.Row // a heading that waits for its first arm
		for _, r := range rows {
			line := table.Row{r.label}
			for _, c := range block {
				line = append(line, p.accuracy(r.arm, c))
			}
			switch {
			case r.arm == nil:
				above = line
				continue
			case !slices.ContainsFunc(line[1:], func(cell any) bool { return !blank(cell) }):
				continue
			case above != nil:
				t.AppendRow(above)
				above = nil
			}
			t.AppendRow(line)
		}
		if t.Length() == 0 {
			continue
		}
		p.block(title, t.Render()+p.footnotes(block))
		title = ""
	}
}

// footnotes says what the changes of some columns do that no network can answer for.
func (p *page) footnotes(columns []measure.Cell) string {
	under := map[string][]string{}
	var notes []string
	for _, c := range columns {
		if c.Note == "" {
			continue
		}
		if under[c.Note] == nil {
			notes = append(notes, c.Note)
		}
		under[c.Note] = append(under[c.Note], c.Perturbation+" "+short(c))
	}
	s := ""
	for _, note := range notes {
		s += "\n" + wrapped("What "+note+": "+strings.Join(under[note], ", ")+".", p.Width)
	}
	return s
}

// accuracy is a cell of a grid: the accuracy of an arm under the perturbation of c.
func (p *page) accuracy(a *measure.Arm, c measure.Cell) string {
	if a == nil {
		return ""
	}
	i := slices.IndexFunc(a.Cells, func(d measure.Cell) bool { return same(c, d) })
	if i < 0 || !known(a.Cells[i].Accuracy) {
		return dash + " "
	}
	e := a.Cells[i].Accuracy
	return p.marked(percent(e.Mean)+" "+plusMinus(e.Mean, e.Lo, e.Hi), a.Cells[i].Gain)
}

// marked adds the mark of a gain, or a space in its place.
func (p *page) marked(s string, gain *measure.Paired) string {
	switch {
	case better(gain):
		return p.paint(text.FgGreen, s+"+")
	case worse(gain):
		return p.paint(text.FgRed, s+"-")
	}
	return s + " "
}
