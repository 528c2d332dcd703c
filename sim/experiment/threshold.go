package experiment

import (
	"math"
	"slices"
	"sort"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// threshold measures a threshold on the result. What was not measured passes no limit.
func (t *tables) threshold(th scenario.Threshold, res *measure.Result) measure.Threshold {
	m := measure.Threshold{Name: th.Name, Limit: th.Limit.String()}
	if v, ok := t.metric(th, res); ok {
		m.Value, m.Pass = &v, th.Limit.Holds(v)
	}
	return m
}

func (t *tables) metric(th scenario.Threshold, res *measure.Result) (float64, bool) {
	switch th.Metric {
	case scenario.CleanCost:
		if th.Arm.IsZero() {
			return t.largestCost(th.Source, res)
		}
	case scenario.RecoveredGrowth:
		return t.growth(th.Source)
	case scenario.PaperAgreement:
		return agreement(res)
	case scenario.MismatchedWorse:
		return mismatched(res)
	}
	y, _ := t.Lesson(th.Source) // the scenario was checked; the arm none has no source
	if th.Metric == scenario.RecoveredGain {
		g, _ := t.recoveredOf(th.Arm, y)
		return value(g.Mean)
	}
	i := 0
	if th.Arm.Kind() != scenario.None {
		i = t.standing(th.Arm, y)
	}
	a, ok := t.reported(i, res)
	switch {
	case !ok:
		return 0, false
	case th.Metric == scenario.Clean:
		return a.Clean.Mean, true
	case th.Metric == scenario.CleanCost:
		return a.CleanCost.Mean, true
	case th.Metric == scenario.Alignment:
		return value(a.Alignment)
	}
	name, strength := y.Name, y.Strength
	if th.Metric == scenario.Accuracy {
		name, strength = th.Perturbation, th.Strength
	}
	k := slices.IndexFunc(a.Cells, func(c measure.Cell) bool { return c.Perturbation == name && c.Strength == float64(strength) })
	switch {
	case k < 0:
		return 0, false
	case th.Metric == scenario.Accuracy:
		return a.Cells[k].Accuracy.Mean, true
	case a.Cells[k].Gain == nil:
		return 0, false
	case th.Metric == scenario.GainLo:
		return a.Cells[k].Gain.Lo, true
	}
	return a.Cells[k].Gain.Mean, true
}

// reported returns what the result says of the i-th arm, which is left out if it was not finished.
func (t *tables) reported(i int, res *measure.Result) (measure.Arm, bool) {
	if len(t.finished(i)) == 0 {
		return measure.Arm{}, false
	}
	place := 0
	for before := range i {
		if len(t.finished(before)) > 0 {
			place++
		}
	}
	return res.Arms[place], true
}

// value is a number that may be missing.
func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// largestCost is the largest clean cost of the arms that stand for a source, or of all where none is named.
func (t *tables) largestCost(source string, res *measure.Result) (cost float64, ok bool) {
	named := func(y scenario.Lesson) bool { return source == "" || y.Name == source }
	for i, a := range t.seeds[0].arms {
		m, done := t.reported(i, res)
		if done && slices.ContainsFunc(a.sources, named) && (!ok || m.CleanCost.Mean > cost) {
			cost, ok = m.CleanCost.Mean, true
		}
	}
	return cost, ok
}

// growth is the smallest step of the recovered gain from one imprint radius to the next larger.
func (t *tables) growth(source string) (float64, bool) {
	type point struct {
		radius int
		mean   float64
	}
	var points []point
	y, _ := t.Lesson(source)
	for _, a := range y.Arms {
		radius := a.Radius()
		if radius < 0 {
			radius = math.MaxInt
		}
		if g, ok := t.recoveredOf(a, y); ok && a.Rule() == scenario.Imprint && g.Mean != nil {
			points = append(points, point{radius, *g.Mean})
		}
	}
	if len(points) < 2 {
		return 0, false
	}
	sort.Slice(points, func(i, j int) bool { return points[i].radius < points[j].radius })
	least := math.Inf(1)
	for i := 1; i < len(points); i++ {
		least = min(least, points[i].mean-points[i-1].mean)
	}
	return least, true
}

// agreement is the share of signs that agree with the paper's among those that both decide.
func agreement(res *measure.Result) (float64, bool) {
	if res.Summary.Paper == nil {
		return 0, false
	}
	p := res.Summary.Paper
	agree, all := p.Diagonal.Agree+p.None.Agree, p.Diagonal.Disagree+p.None.Disagree
	all += agree
	return float64(agree) / float64(max(all, 1)), all > 0
}

// mismatched is the share of mismatched transfers that are clearly worse than no noise.
func mismatched(res *measure.Result) (float64, bool) {
	worse, all := 0, 0
	for _, m := range res.Summary.Transfer {
		worse += m.Worse
		all += m.Mismatched
	}
	return float64(worse) / float64(max(all, 1)), all > 0
}
