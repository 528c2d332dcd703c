package experiment

import (
	"slices"
	"strconv"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// paper sets every source that the paper has too beside the paper's table; nil where there is none.
func (t *tables) paper() *measure.PaperTable {
	p := &measure.PaperTable{}
	var lessDiagonal, lessNone []measure.Paired
	var theirDiagonal, theirNone []float64
	var done []*lesson
	for _, a := range t.seeds[0].arms {
		if a.lesson == nil || slices.Contains(done, a.lesson) {
			continue
		}
		done = append(done, a.lesson)
		published, ok := published(a.lesson.Level)
		full := t.of(a.lesson, scenario.Oracle)
		diagonal := t.of(a.lesson, scenario.Diagonal)
		if !ok || full < 0 || diagonal < 0 {
			continue
		}
		seeds := t.finished(full)
		seeds = seeds[:min(len(seeds), len(t.finished(diagonal)))]
		if len(seeds) == 0 {
			continue
		}
		l := a.lesson.Level
		row := measure.PaperRow{Modification: published.Modification, Strength: published.Strength}
		shown := []int{full, diagonal, t.anyOf(scenario.Identity), 0}
		for k, i := range shown {
			row.Cells = append(row.Cells, measure.PaperCell{Arm: measure.PaperArms[k], Here: t.estimate(i, l), Paper: &published.Means[k]})
		}
		for i, b := range t.seeds[0].arms {
			if b.lesson == a.lesson && !slices.Contains(shown, i) && b.arm.Kind() != scenario.Identity {
				row.Cells = append(row.Cells, measure.PaperCell{Arm: b.arm.String(), Here: t.estimate(i, l)})
			}
		}
		x := t.under(full, l, seeds)
		lessDiagonal = append(lessDiagonal, x.Paired(t.under(diagonal, l, seeds)))
		lessNone = append(lessNone, x.Paired(t.under(0, l, seeds)))
		theirDiagonal = append(theirDiagonal, rounded(published.Means[0]-published.Means[1]))
		theirNone = append(theirNone, rounded(published.Means[0]-published.Means[3]))
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		return nil
	}
	verdicts, agreement := measure.Signs(lessDiagonal, theirDiagonal)
	p.Diagonal = measure.SignCount(agreement)
	for i, v := range verdicts {
		p.Rows[i].Diagonal = v.String()
	}
	verdicts, agreement = measure.Signs(lessNone, theirNone)
	p.None = measure.SignCount(agreement)
	for i, v := range verdicts {
		p.Rows[i].None = v.String()
	}
	return p
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

// of returns the index of a plain arm of a source, or -1.
func (t *tables) of(y *lesson, kind string) int {
	return slices.IndexFunc(t.seeds[0].arms, func(a *armRun) bool { return a.lesson == y && a.arm.String() == kind })
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
