package experiment

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// paper sets every source that the paper has too beside the paper's table, at every dose of noise that its full and
// diagonal arms have; nil where there is none. The first dose, of the arms that name no power of their own where there are
// any, is that of the rows themselves.
func (t *tables) paper() *measure.PaperTable {
	p := &measure.PaperTable{}
	var lessons []*lesson
	for _, a := range t.seeds[0].arms {
		if a.lesson != nil && !slices.Contains(lessons, a.lesson) {
			lessons = append(lessons, a.lesson)
		}
	}
	for _, power := range t.doses() {
		t.dose(p, lessons, power)
	}
	switch {
	case len(p.Rows) == 0:
		return nil
	case len(p.Doses) == 1: // there is nothing beside it
		p.Doses = nil
		for i := range p.Rows {
			p.Rows[i].Doses = nil
		}
	}
	slices.SortFunc(p.Doses, func(a, b measure.PaperDose) int { return cmp.Compare(a.Power, b.Power) })
	for _, r := range p.Rows {
		slices.SortFunc(r.Doses, func(a, b measure.PaperDoseRow) int { return cmp.Compare(a.Power, b.Power) })
	}
	return p
}

// doses lists the powers of the full arms, that of the scenario first.
func (t *tables) doses() (list []float64) {
	for _, a := range t.seeds[0].arms {
		if power := t.Power(a.arm); dosed(a.arm) && a.arm.Kind() == scenario.Oracle && !slices.Contains(list, power) {
			list = append(list, power)
		}
	}
	if i := slices.Index(list, t.Noise.Power); i > 0 {
		list[0], list[i] = list[i], list[0]
	}
	return list
}

// dosed reports whether an arm says nothing of itself but, at most, its power.
func dosed(a scenario.Arm) bool {
	return a.Training() == "" && (a.Variant() == "" || strings.HasPrefix(a.Variant(), "power=") && !strings.Contains(a.Variant(), " "))
}

// dose adds one dose to the table.
func (t *tables) dose(p *measure.PaperTable, lessons []*lesson, power float64) {
	var lessDiagonal, lessNone []measure.Paired
	var theirDiagonal, theirNone []float64
	var rows []int
	var relative *float64
	first := len(p.Doses) == 0
	for _, y := range lessons {
		published, ok := published(y.Level)
		full, diagonal := t.of(y, scenario.Oracle, power), t.of(y, scenario.Diagonal, power)
		if !ok || full < 0 || diagonal < 0 {
			continue
		}
		seeds := t.finished(full)
		seeds = seeds[:min(len(seeds), len(t.finished(diagonal)))]
		if len(seeds) == 0 {
			continue
		}
		i := slices.IndexFunc(p.Rows, func(r measure.PaperRow) bool {
			return r.Modification == published.Modification && r.Strength == published.Strength
		})
		switch {
		case i < 0 && !first:
			continue
		case i < 0:
			i = len(p.Rows)
			p.Rows = append(p.Rows, t.paperRow(y, published, full, diagonal))
		}
		x := t.under(full, y.Level, seeds)
		lessDiagonal = append(lessDiagonal, x.Paired(t.under(diagonal, y.Level, seeds)))
		lessNone = append(lessNone, x.Paired(t.under(0, y.Level, seeds)))
		theirDiagonal = append(theirDiagonal, rounded(published.Means[0]-published.Means[1]))
		theirNone = append(theirNone, rounded(published.Means[0]-published.Means[3]))
		p.Rows[i].Doses = append(p.Rows[i].Doses, measure.PaperDoseRow{Power: power, Full: t.estimate(full, y.Level), Diagonal: t.estimate(diagonal, y.Level)})
		rows = append(rows, i)
		if relative == nil {
			relative = t.relative(full, seeds)
		}
	}
	if len(rows) == 0 {
		return
	}
	d := measure.PaperDose{Power: power, Relative: relative}
	byDiagonal, agreement := measure.Signs(lessDiagonal, theirDiagonal)
	d.LessDiagonal = measure.SignCount(agreement)
	byNone, agreement := measure.Signs(lessNone, theirNone)
	d.LessNone = measure.SignCount(agreement)
	for k, i := range rows {
		r := &p.Rows[i]
		at := &r.Doses[len(r.Doses)-1]
		at.LessDiagonal, at.LessNone = byDiagonal[k].String(), byNone[k].String()
		if first {
			r.Diagonal, r.None = at.LessDiagonal, at.LessNone
		}
	}
	if first {
		p.Diagonal, p.None = d.LessDiagonal, d.LessNone
	}
	p.Doses = append(p.Doses, d)
}

// paperRow is a source beside the paper's row, with what arms have there that the paper has not, but for other doses.
func (t *tables) paperRow(y *lesson, published measure.Published, full, diagonal int) measure.PaperRow {
	row := measure.PaperRow{Modification: published.Modification, Strength: published.Strength}
	shown := []int{full, diagonal, t.anyOf(scenario.Identity), 0}
	for k, i := range shown {
		row.Cells = append(row.Cells, measure.PaperCell{Arm: measure.PaperArms[k], Here: t.estimate(i, y.Level), Paper: &published.Means[k]})
	}
	for i, b := range t.seeds[0].arms {
		other := dosed(b.arm) && b.arm.Rule() == "" && b.arm.Kind() != scenario.Shuffled
		if b.lesson == y && !slices.Contains(shown, i) && !other {
			row.Cells = append(row.Cells, measure.PaperCell{Arm: b.arm.String(), Here: t.estimate(i, y.Level)})
		}
	}
	return row
}

// published returns the row of the paper's table for a level. The paper counts severities, where it took them from a
// library that does, and gives scales and epsilons elsewhere.
func published(l scenario.Level) (measure.Published, bool) {
	name, ok := strings.CutPrefix(l.Name, "paper/")
	if !ok {
		return measure.Published{}, false
	}
	if len(l.Values) == 5 {
		return measure.LookupPaper(name, float64(l.Strength))
	}
	return measure.LookupPaper(name, l.Value())
}

// rounded takes away what binary fractions add to a difference of two hundredths.
func rounded(x float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 4, 64), 64)
	return v
}

// of returns the index of the arm of a source that is of a kind and a power and says nothing else, or -1.
func (t *tables) of(y *lesson, kind string, power float64) int {
	return slices.IndexFunc(t.seeds[0].arms, func(a *armRun) bool {
		return a.lesson == y && a.arm.Kind() == kind && dosed(a.arm) && t.Power(a.arm) == power
	})
}

// anyOf returns the index of the first plain arm of a kind, or -1.
func (t *tables) anyOf(kind string) int {
	return slices.IndexFunc(t.seeds[0].arms, func(a *armRun) bool { return a.arm.String() == kind })
}

// estimate is the accuracy of the i-th arm under a level, or nil.
func (t *tables) estimate(i int, l scenario.Level) *measure.Estimate {
	if i < 0 || len(t.finished(i)) == 0 {
		return nil
	}
	x := t.under(i, l, t.finished(i))
	if x == nil {
		return nil
	}
	e := x.Accuracy()
	return &e
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
