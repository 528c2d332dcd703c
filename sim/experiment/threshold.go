package experiment

import (
	"math"
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
			return largestCost(res, th.Source)
		}
	case scenario.RecoveredGrowth:
		return t.growth(th.Source, res)
	case scenario.PaperAgreement:
		return agreement(res)
	case scenario.MismatchedWorse:
		return mismatched(res)
	case scenario.RecoveredGain:
		for _, g := range res.Summary.RecoveredGain {
			if g.Source == th.Source && is(g.Arm, g.Rule, g.Variant, g.Training, th.Arm) && g.Mean != nil {
				return *g.Mean, true
			}
		}
		return 0, false
	}
	for _, a := range res.Arms {
		if !is(a.Arm, a.Rule, a.Variant, a.Training, th.Arm) || a.Source != th.Source {
			continue
		}
		switch th.Metric {
		case scenario.Clean:
			return a.Clean.Mean, true
		case scenario.CleanCost:
			return a.CleanCost.Mean, true
		case scenario.Alignment:
			if a.Alignment == nil {
				return 0, false
			}
			return *a.Alignment, true
		}
		for _, c := range a.Cells {
			if th.Metric == scenario.Accuracy {
				if c.Perturbation == th.Perturbation && c.Strength == float64(th.Strength) {
					return c.Accuracy.Mean, true
				}
				continue
			}
			if c.Perturbation == a.Source && c.Strength == *a.SourceStrength && c.Gain != nil {
				if th.Metric == scenario.GainLo {
					return c.Gain.Lo, true
				}
				return c.Gain.Mean, true
			}
		}
	}
	return 0, false
}

// is reports whether a result's arm is that of a scenario.
func is(kind, rule, variant, training string, a scenario.Arm) bool {
	return kind == a.Kind() && rule == a.Rule() && variant == a.Variant() && training == a.Training()
}

func largestCost(res *measure.Result, source string) (cost float64, ok bool) {
	for _, a := range res.Arms {
		if a.CleanCost != nil && (source == "" || a.Source == source) && (!ok || a.CleanCost.Mean > cost) {
			cost, ok = a.CleanCost.Mean, true
		}
	}
	return cost, ok
}

// growth is the smallest step of the recovered gain from one imprint radius to the next larger.
func (t *tables) growth(source string, res *measure.Result) (float64, bool) {
	type point struct {
		radius int
		mean   float64
	}
	var points []point
	for _, a := range t.seeds[0].arms {
		if a.source() != source || a.arm.Rule() != scenario.Imprint {
			continue
		}
		radius := a.arm.Radius()
		if radius < 0 {
			radius = math.MaxInt
		}
		for _, g := range res.Summary.RecoveredGain {
			if g.Source == source && is(g.Arm, g.Rule, g.Variant, g.Training, a.arm) && g.Mean != nil {
				points = append(points, point{radius, *g.Mean})
			}
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
