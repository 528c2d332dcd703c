package page

import (
	"fmt"
	"slices"

	"murmur/sim/measure"
)

// decisions is what one draw alone, the mean and the vote decide under attacks, and how far attacks had to go.
func (p *page) decisions() *table {
	t := &table{Caption: "Decisions on attacked images, accuracy in %",
		Note: "One draw decides by a single draw of the noise, deployed is the decision that the scenario deploys, vote takes the majority of draws; the draws are new to the attack. Distance: mean length of what it took, where an attack seeks the nearest image.",
		Head: []string{"arm", "attack", "one draw", "deployed", "vote", "distance"}}
	if len(p.result.Arms) > mostArms {
		return t
	}
	t.Groups = nil
	var g group
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		for j := range a.Cells {
			c := &a.Cells[j]
			if c.Decisions == nil {
				continue
			}
			path := fmt.Sprintf("arms.%d.cells.%d.", i, j)
			distance := cell{Text: dash}
			if c.Distance != nil && c.Distance.Mean != nil {
				distance = cell{Text: fixed(*c.Distance.Mean, 3), Path: path + "distance.mean", Scale: 1}
			}
			g.Rows = append(g.Rows, row{named(a), []cell{word(say(c.Perturbation) + " " + size(*c)), accuracy(c.Decisions.One, nil, path+"decisions.one"),
				accuracy(c.Accuracy, c.Gain, path+"accuracy"), accuracy(c.Decisions.Vote, nil, path+"decisions.vote"), distance}})
		}
	}
	if len(g.Rows) > 0 {
		t.Groups = []group{g}
	}
	return t
}

// certificates is certified accuracy by randomised smoothing.
func (p *page) certificates() *table {
	t := &table{Caption: "Certified accuracy in % within an L2 radius", Head: []string{"arm", "σ", "0", "0.25", "0.5", "0.75", "mean radius", "abstains %", "images"}}
	var g group
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		for _, c := range a.Certificates {
			cells := []cell{figures(number(c.Sigma))}
			for _, radius := range []float64{0, .25, .5, .75} {
				s := dash
				for _, q := range c.Points {
					if q.Radius == radius {
						s = percent(q.Accuracy)
					}
				}
				cells = append(cells, figures(s))
			}
			abstains := dash
			if c.Images > 0 {
				abstains = percent(float64(c.Abstained) / float64(c.Images))
			}
			g.Rows = append(g.Rows, row{named(a), append(cells, figures(fixed(c.AverageRadius, 3)), figures(abstains), figures(count(c.Images)))})
		}
	}
	if len(g.Rows) > 0 {
		t.Groups = []group{g}
	}
	return t
}

// activity is certificates about the units' activity.
func (p *page) activity() *table {
	t := &table{Caption: "Certificates about the units' activity",
		Note: "Right: certified and right under the units' own noise. Covered: besides, the change that the arm's source makes to the activity lies within the certificate. Radius and change in standard deviations of the noise (mean, median). " +
			"This bounds no change of the image.",
		Head: []string{"arm", "right %", "covered %", "radius", "change"}}
	var g group
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if c := a.Activity; c != nil && c.Images > 0 {
			n := float64(c.Images)
			change := "infinite"
			if c.Length != nil {
				change = fixed(*c.Length, 2)
			}
			g.Rows = append(g.Rows, row{named(a), []cell{figures(percent(float64(c.Right) / n)), figures(percent(float64(c.Covered) / n)), figures(fixed(c.Radius, 2)), figures(change)}})
		}
	}
	if len(g.Rows) > 0 {
		t.Groups = []group{g}
	}
	return t
}

// totals is what is measured of every arm under all modifications together.
func (p *page) totals() *table {
	t := &table{Caption: "Under all modifications together",
		Note: "Error: mean over modifications and strengths, %. mCE and relative mCE: errors, and errors added, over those of no noise (1 is as good, below 1 better). AURC: area under risk against coverage on clean images, smaller is better. " +
			"Shared: share of the variance of errors that the image explains. Foretold: how well the clean confidence foretells a failure (AUC; 0.5 not at all, 1 fully).",
		Head: []string{"arm", "error %", "mCE", "relative mCE", "AURC", "shared", "foretold"}}
	if len(p.result.Arms) > mostArms {
		return t
	}
	t.Groups = p.grouped(func(a indexed) []cell {
		if a.Corruption == nil && a.Abstaining == nil && a.Failures == nil {
			return nil
		}
		cells := make([]cell, 6)
		for i := range cells {
			cells[i].Text = dash
		}
		path := fmt.Sprintf("arms.%d.", a.Index)
		if c := a.Corruption; c != nil {
			cells[0] = accuracy(c.Error, nil, path+"corruption.error")
			cells[1], cells[2] = ratio(c.MCE, path+"corruption.mce"), ratio(c.RelativeMCE, path+"corruption.relative_mce")
		}
		if a.Abstaining != nil {
			cells[3] = cell{Text: fixed(a.Abstaining.AURC, 3), Path: path + "abstaining.aurc", Scale: 1}
		}
		if f := a.Failures; f != nil {
			cells[4].Text, cells[5].Text = maybe(f.Shared, 2), maybe(f.AUC, 2)
		}
		return cells
	})
	return t
}

// ratio is a cell of an error relative to that of no noise: below 1 is better.
func ratio(v *measure.Paired, path string) cell {
	if v == nil {
		return cell{Text: dash}
	}
	return cell{Text: fixed(v.Mean, 2), Sub: "±" + fixed(max(v.Hi-v.Mean, v.Mean-v.Lo), 2), Path: path + ".mean", Scale: 1,
		Mark: mark(&measure.Paired{Lo: 1 - v.Hi, Hi: 1 - v.Lo})}
}

// classes is the clean accuracy of every arm class by class.
func (p *page) classes() *table {
	t := &table{Caption: "Accuracy on clean images in %, class by class", Note: "The deeper the tint, the more are right.", Head: []string{"arm"}}
	if len(p.result.Arms) == 0 || len(p.result.Arms) > mostArms {
		return t
	}
	for _, c := range p.result.Arms[0].Classes {
		t.Head = append(t.Head, p.className(c.Class))
	}
	if len(t.Head) < 2 || len(t.Head) > 21 {
		return t
	}
	t.Groups = p.grouped(func(a indexed) (cells []cell) {
		for k, c := range a.Classes {
			cells = append(cells, cell{Text: percent(c.Accuracy.Mean), Shade: shade(c.Accuracy.Mean * c.Accuracy.Mean),
				Path: fmt.Sprintf("arms.%d.classes.%d.accuracy.mean", a.Index, k), Scale: 100})
		}
		return cells
	})
	return t
}

// estimated is an accuracy alone, or a dash.
func estimated(e *measure.Estimate, path string) cell {
	if e == nil {
		return cell{Text: dash}
	}
	return cell{Text: percent(e.Mean), Path: path, Scale: 100}
}

// paper sets this run beside the paper's table.
func (p *page) paper(m *measure.PaperTable) *table {
	t := &table{Caption: "Accuracy in % under the change that structure was learned from: here, and below it in the paper",
		Head: []string{"change", "strength"}}
	signs := map[string]string{"agree": "= agree", "disagree": "✗ disagree", "undecided": "? undecided", "silent": "0 silent"}
	var g group
	for i, r := range m.Rows {
		if i == 0 {
			for _, c := range r.Cells {
				t.Head = append(t.Head, c.Arm)
			}
			t.Head = append(t.Head, "full less diagonal", "full less none")
			for _, d := range m.Doses {
				at := " at " + number(d.Power)
				t.Head = append(t.Head, "full"+at, "diagonal"+at, "full less diagonal"+at, "full less none"+at)
			}
		}
		cells := []cell{figures(number(r.Strength))}
		for j, c := range r.Cells {
			k := cell{Text: dash, Sub: dash}
			if c.Here != nil {
				k.Text, k.Path, k.Scale = percent(c.Here.Mean), fmt.Sprintf("summary.paper.rows.%d.cells.%d.here.mean", i, j), 100
			}
			if c.Paper != nil {
				k.Sub = percent(*c.Paper)
			}
			cells = append(cells, k)
		}
		verdict := func(sign string) cell {
			k := word(signs[sign])
			switch sign {
			case "agree":
				k.Shade = shade(.6)
			case "disagree":
				k.Shade = shade(-.6)
			}
			return k
		}
		cells = append(cells, verdict(r.Diagonal), verdict(r.None))
		for _, d := range m.Doses {
			j := slices.IndexFunc(r.Doses, func(e measure.PaperDoseRow) bool { return e.Power == d.Power })
			if j < 0 {
				cells = append(cells, cell{Text: dash}, cell{Text: dash}, cell{Text: dash}, cell{Text: dash})
				continue
			}
			e := r.Doses[j]
			path := fmt.Sprintf("summary.paper.rows.%d.doses.%d.", i, j)
			cells = append(cells, estimated(e.Full, path+"full.mean"), estimated(e.Diagonal, path+"diagonal.mean"), verdict(e.LessDiagonal), verdict(e.LessNone))
		}
		g.Rows = append(g.Rows, row{say(r.Modification), cells})
	}
	if len(g.Rows) > 0 {
		t.Groups = []group{g}
	}
	return t
}
