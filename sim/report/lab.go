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

// signs are the marks of how a sign compares with the paper's.
var signs = map[string]string{"agree": "=", "disagree": "X", "undecided": "?", "silent": "0"}

// mostDoses is how many doses of noise fit the page side by side; result.json has them all.
const mostDoses = 3

// paper writes this run beside the paper's table.
func (p *page) paper(t *measure.PaperTable) {
	if len(t.Doses) > 0 {
		p.doses(t)
	} else {
		p.oneDose(t)
	}
	p.prose("", "Signs of (full - diagonal) and (full - none): = as in the paper, X the other way, ? our 95 % interval includes 0, "+
		"0 the paper prints no difference. The paper's network is a trained convolutional one with noise of trace 2; compare signs, not sizes.")
	count := func(name string, c measure.SignCount) string {
		return fmt.Sprintf("%s: %d as in the paper, %d the other way, %d undecided here, %d without a sign there", name, c.Agree, c.Disagree, c.Undecided, c.Silent)
	}
	for _, d := range t.Doses {
		p.prose("", fmt.Sprintf("Power %s%s: %s. %s.", number(d.Power), timesVariance(d.Relative), count("full - diagonal", d.LessDiagonal), count("full - none", d.LessNone)))
	}
	if len(t.Doses) > 0 {
		return // which rows are the other way the table says, dose by dose
	}
	p.prose("", count("full - diagonal", t.Diagonal)+". "+count("full - none", t.None)+".")
	var other []string
	for _, r := range t.Rows {
		if r.Diagonal == "disagree" {
			other = append(other, fmt.Sprintf("%s %s (diagonal)", r.Modification, number(r.Strength)))
		}
		if r.None == "disagree" {
			other = append(other, fmt.Sprintf("%s %s (none)", r.Modification, number(r.Strength)))
		}
	}
	if len(other) > 0 {
		p.prose("", "The other way: "+strings.Join(other, ", ")+".")
	}
}

// timesVariance says a power as a multiple of the activity's variance; nothing where that is not known.
func timesVariance(relative *float64) string {
	if relative == nil {
		return ""
	}
	return fmt.Sprintf(" (%.2g times the variance of the activity)", *relative)
}

// doses writes the rows with one pair of columns for each power of noise.
func (p *page) doses(t *measure.PaperTable) {
	doses := t.Doses[:min(len(t.Doses), mostDoses)]
	columns := []column{{width: 15}, {right: true}, {right: true}, {right: true}}
	header := table.Row{"", "", "paper\nf  d  n", "\nnone"}
	for _, d := range doses {
		columns = append(columns, column{right: true})
		header = append(header, "power "+number(d.Power)+"\nf  d   ")
	}
	w := newTable(columns...)
	w.AppendHeader(header)
	here := func(e *measure.Estimate) string {
		if e == nil {
			return dash
		}
		return whole(e.Mean)
	}
	for _, r := range t.Rows {
		paper := make([]string, len(measure.PaperArms))
		none := dash
		for k, c := range r.Cells[:min(len(r.Cells), len(measure.PaperArms))] {
			if paper[k] = dash; c.Paper != nil {
				paper[k] = whole(*c.Paper)
			}
			if c.Arm == armNone {
				none = here(c.Here)
			}
		}
		row := table.Row{r.Modification, number(r.Strength), fmt.Sprintf("%2s %2s %2s", paper[0], paper[1], paper[3]), none}
		for _, d := range doses {
			cell := dash
			if i := slices.IndexFunc(r.Doses, func(e measure.PaperDoseRow) bool { return e.Power == d.Power }); i >= 0 {
				e := r.Doses[i]
				cell = fmt.Sprintf("%2s %2s %s%s", here(e.Full), here(e.Diagonal), signs[e.LessDiagonal], signs[e.LessNone])
			}
			row = append(row, cell)
		}
		w.AppendRow(row)
	}
	p.block(text.WrapSoft("accuracy % under what structure was learned from: f full, d diagonal, n none; each power with its signs", p.Width), w.Render())
}

// oneDose writes the rows with every arm of the paper, and one that it has not.
func (p *page) oneDose(t *measure.PaperTable) {
	w := newTable(column{width: 16}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{width: 9, right: true}, column{})
	header := table.Row{"", "strength", "full", "diagonal", "identity", "none"}
	extra := "" // an arm that the paper has not; result.json has them all
	for _, r := range t.Rows {
		if extra == "" && len(r.Cells) > len(measure.PaperArms) {
			extra = r.Cells[len(measure.PaperArms)].Arm
		}
	}
	header = append(header, strings.ReplaceAll(extra, " ", "\n"))
	w.AppendHeader(append(header, "signs"))
	for _, r := range t.Rows {
		row := table.Row{r.Modification, number(r.Strength)}
		for k, c := range r.Cells {
			if k >= len(measure.PaperArms) && c.Arm != extra {
				continue
			}
			here, there := dash, ""
			if c.Here != nil {
				here = whole(c.Here.Mean)
			}
			if c.Paper != nil {
				there = fmt.Sprintf(" %3s", whole(*c.Paper))
			}
			row = append(row, here+there)
		}
		for len(row) < len(measure.PaperArms)+3 {
			row = append(row, "")
		}
		w.AppendRow(append(row, signs[r.Diagonal]+" "+signs[r.None]))
	}
	p.block("accuracy % under what structure was learned from: here, then in the paper", w.Render())
}

// matrix writes rows of short cells under numbered columns, in blocks of as many columns as fit the page.
func (p *page) matrix(title, corner string, names []string, cells [][]string) {
	widest := 1
	for _, row := range cells {
		for _, c := range row {
			widest = max(widest, text.StringWidthWithoutEscSequences(c))
		}
	}
	columns := len(cells[0])
	fit := max((p.Width-matrixLabel)/(gap+widest), 1)
	for from := 0; from < columns; from += fit {
		to := min(from+fit, columns)
		configs := []column{{width: matrixLabel}}
		header := table.Row{corner}
		for k := from; k < to; k++ {
			configs = append(configs, column{right: true})
			header = append(header, fmt.Sprintf("%d ", k+1))
		}
		w := newTable(configs...)
		w.AppendHeader(header)
		for i, row := range cells {
			line := table.Row{names[i]}
			for _, c := range row[from:to] {
				line = append(line, c)
			}
			w.AppendRow(line)
		}
		p.block(text.WrapSoft(title, p.Width), w.Render())
		title = ""
	}
}

// matrixLabel is the width of the names of a matrix, at most.
const matrixLabel = 26

// transfer writes a matrix of gains in points, sources down and perturbations across.
func (p *page) transfer(m measure.Transfer) {
	names := slices.Clone(m.Sources)
	cells := make([][]string, len(m.Gains))
	for i, row := range m.Gains {
		if k := slices.Index(m.Perturbations, names[i]); k >= 0 {
			names[i] = fmt.Sprintf("%d %s", k+1, modification.Shown(names[i]))
		}
		for _, c := range row {
			s := whole(c.Mean)
			if s != "0" && c.Mean > 0 {
				s = "+" + s
			}
			cells[i] = append(cells[i], p.marked(s, &c.Paired))
		}
	}
	a := measure.Arm{Arm: m.Arm, Rule: m.Rule, Variant: m.Variant, Training: m.Training}
	p.matrix(fmt.Sprintf("what structure gains over none elsewhere: %s, points", label(&a)), "learned from", names, cells)
	var too []string
	for k, name := range m.Perturbations {
		if !slices.Contains(m.Sources, name) {
			too = append(too, fmt.Sprintf("%d %s", k+1, modification.Shown(name)))
		}
	}
	if len(too) > 0 {
		p.prose("", "Measured too: "+strings.Join(too, ", ")+".")
	}
	p.prose("", fmt.Sprintf("Of %d mismatched cells %d are worse than no noise, %d better, %d undecided. Marks hold for all %d cells together (Bonferroni).",
		m.Mismatched, m.Worse, m.Better, m.Mismatched-m.Worse-m.Better, m.Comparisons))
}

// numbers writes what is measured of every arm beside its cells.
func (p *page) numbers() {
	if len(p.result.Arms) > mostNumbers {
		return
	}
	var rows []table.Row
	errors := "mCE: errors"
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if a.Corruption == nil || a.Abstaining == nil {
			continue
		}
		ratio := func(v *measure.Paired) string {
			if v == nil {
				return dash
			}
			return Fixed(v.Mean, 2)
		}
		if a.Corruption.RelativeMCE != nil {
			errors = "mCE, relative: errors, and errors added,"
		}
		row := table.Row{named(a), percent(a.Corruption.Error.Mean), ratio(a.Corruption.MCE), ratio(a.Corruption.RelativeMCE),
			Fixed(a.Abstaining.AURC, 3), dash, dash}
		if f := a.Failures; f != nil && f.Shared != nil {
			row[5] = Fixed(*f.Shared, 2)
		}
		if f := a.Failures; f != nil && f.AUC != nil {
			row[6] = Fixed(*f.AUC, 2)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return
	}
	w := filled([]column{{width: 28}, {right: true}, {right: true}, {right: true}, {right: true}, {right: true}, {right: true}},
		table.Row{"arm", "error", "mCE", "relative", "AURC", "shared", "foretold"}, rows)
	p.block("under all modifications together", w.Render())
	p.prose("", "Error: mean over modifications and strengths, %. "+errors+" over those of none (1 is as good). "+
		"AURC: area under risk against coverage on clean images, smaller is better. Shared: share of the variance of errors that the image "+
		"explains. Foretold: how well the clean confidence foretells a failure (AUC; 0.5 not at all, 1 fully).")
}

// mostNumbers is how many arms the table of numbers lists; result.json has them all.
const mostNumbers = 40

// decisions writes, for every arm that is attacked, what one draw alone, the deployed decision and the vote are worth
// under the attack that leaves least, and how far attacks had to go that seek the nearest image of another class.
func (p *page) decisions() {
	var rows []table.Row
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if len(p.result.Arms) > mostNumbers {
			return
		}
		var worst *measure.Cell
		for j := range a.Cells {
			c := &a.Cells[j]
			switch {
			case c.Decisions == nil:
			case c.Distance == nil && (worst == nil || c.Accuracy.Mean < worst.Accuracy.Mean):
				worst = c
			case c.Distance != nil && c.Distance.Mean != nil && c.Strength == 1: // the distance is the same at every budget
				rows = append(rows, table.Row{named(a), c.Perturbation, "", "", "", Fixed(*c.Distance.Mean, 3)})
			}
		}
		if worst != nil {
			rows = append(rows, table.Row{named(a), worst.Perturbation + " " + number(worst.Value), percent(worst.Decisions.One.Mean), percent(worst.Accuracy.Mean), percent(worst.Decisions.Vote.Mean), ""})
		}
	}
	if len(rows) > 0 {
		w := filled([]column{{width: 24}, {width: 18}, {right: true}, {right: true}, {right: true}, {right: true}},
			table.Row{"arm", "attack", "one draw", "deployed", "vote", "distance"}, rows)
		p.block("under the attack that leaves least, decision by decision, accuracy %", w.Render())
	}
}

// certificates writes certified accuracies.
func (p *page) certificates() {
	w := newTable(column{width: 28}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{right: true}, column{right: true})
	rows := 0
	w.AppendHeader(table.Row{"arm", "sigma", "L2 0", "0.25", "0.5", "0.75", "radius", "abstains"})
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		for _, c := range a.Certificates {
			row := table.Row{named(a), fmt.Sprintf("%.3g", c.Sigma)}
			for _, radius := range []float64{0, .25, .5, .75} {
				s := dash
				for _, q := range c.Points {
					if q.Radius == radius {
						s = percent(q.Accuracy)
					}
				}
				row = append(row, s)
			}
			w.AppendRow(append(row, Fixed(c.AverageRadius, 3), percent(float64(c.Abstained)/float64(c.Images))))
			rows++
		}
	}
	if rows > 0 {
		p.block("certified accuracy %, by randomised smoothing at the input, within an L2 radius", w.Render())
		p.prose("", "Of the smoothed classifier (the vote under Gaussian noise on the image), not of the deployed decision. Radius: average, 0 where wrong.")
	}
	v := newTable(column{width: 34}, column{right: true}, column{right: true}, column{right: true}, column{right: true})
	v.AppendHeader(table.Row{"arm", "right", "covered", "radius", "change"})
	rows = 0
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if c := a.Activity; c != nil {
			length := "infinite"
			switch {
			case c.Right == 0:
				length = dash
			case c.Length != nil:
				length = Fixed(*c.Length, 2)
			}
			v.AppendRow(table.Row{named(a), percent(float64(c.Right) / float64(c.Images)), percent(float64(c.Covered) / float64(c.Images)), Fixed(c.Radius, 2), length})
			rows++
		}
	}
	if rows > 0 {
		p.block("activity certificates: about the units' activity, not about the image", v.Render())
		p.prose("", "Right: share of images whose class under the units' own noise is certified and right, %. Covered: share where, besides, the change "+
			"that the arm's own source makes to the activity lies within the certificate. Radius and change are in standard deviations of the noise "+
			"(mean and median). This bounds no change of the image: it says that one change of activity, the one that was measured, cannot flip the vote.")
	}
}

// covariances writes what the deviations of each source look like.
func (p *page) covariances() {
	list := p.result.Summary.Covariances
	if len(list) < 2 {
		return
	}
	w := newTable(column{width: 40}, column{right: true}, column{right: true}, column{right: true})
	w.AppendHeader(table.Row{"deviations under", "trace", "effective rank", "in 8 components"})
	var names []string
	cells := make([][]string, len(list))
	for k, c := range list {
		var top float64
		for _, v := range c.Spectrum[:min(8, len(c.Spectrum))] {
			top += v
		}
		name := fmt.Sprintf("%d %s", k+1, modification.Shown(c.Source))
		names = append(names, name)
		w.AppendRow(table.Row{name, fmt.Sprintf("%.3g", c.Trace), Fixed(c.EffectiveRank, 1), whole(top) + " %"})
		for _, v := range c.Alignment {
			cells[k] = append(cells[k], strings.TrimPrefix(Fixed(v, 1), "0"))
		}
	}
	p.block("covariances of deviations", w.Render())
	p.matrix("how well they align with one another", "", names, cells)
}

// named names an arm with its source.
func named(a *measure.Arm) string {
	if a.Source == "" {
		return label(a)
	}
	return label(a) + " of " + modification.Shown(a.Source)
}
