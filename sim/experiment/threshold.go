package experiment

import (
	"errors"
	"math"
	"slices"
	"sort"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// errUnmeasured is why a threshold has no value whose arm was not finished, or not measured where it is asked for.
var errUnmeasured = errors.New(measure.Unmeasured)

// metrics are what thresholds measure, each with what works it out of a result: a number, or the reason why there is
// none. They are those that a scenario may name, by a test.
var metrics = map[string]func(*tables, scenario.Threshold, *measure.Result) (float64, error){
	scenario.Gain:            ofGain(func(g *measure.Paired) float64 { return g.Mean }),
	scenario.GainLo:          ofGain(func(g *measure.Paired) float64 { return g.Lo }),
	scenario.RecoveredGain:   (*tables).recoveredGain,
	scenario.RecoveredGrowth: (*tables).growth,
	scenario.Alignment:       ofArm(func(a measure.Arm) (float64, error) { return value(a.Alignment) }),
	scenario.Clean:           ofArm(func(a measure.Arm) (float64, error) { return a.Clean.Mean, nil }),
	scenario.CleanCost:       (*tables).largestCost,
	scenario.Accuracy: ofCell(func(th scenario.Threshold, _ scenario.Lesson) (string, int) { return th.Perturbation, th.Strength },
		func(c measure.Cell) (float64, error) { return c.Accuracy.Mean, nil }),
	scenario.PaperAgreement:  agreement,
	scenario.MismatchedWorse: mismatched,
}

// threshold measures a threshold on the result. What has no value passes no limit, and says why.
func (t *tables) threshold(th scenario.Threshold, res *measure.Result) measure.Threshold {
	m := measure.Threshold{Name: th.Name, Metric: th.Metric, Limit: th.Limit.String()}
	v, err := metrics[th.Metric](t, th, res)
	if err != nil {
		m.Reason = err.Error()
		return m
	}
	m.Value, m.Pass = &v, th.Limit.Holds(v)
	return m
}

// ofArm measures the arm that a threshold names.
func ofArm(number func(measure.Arm) (float64, error)) func(*tables, scenario.Threshold, *measure.Result) (float64, error) {
	return func(t *tables, th scenario.Threshold, res *measure.Result) (float64, error) {
		i := 0
		if th.Arm.Kind() != scenario.None { // which has no source
			y, _ := t.Lesson(th.Source) // the scenario was checked
			i = t.standing(th.Arm, y)
		}
		a, ok := t.reported(i, res)
		if !ok {
			return 0, errUnmeasured
		}
		return number(a)
	}
}

// ofCell measures the arm that a threshold names under a perturbation at a strength.
func ofCell(place func(scenario.Threshold, scenario.Lesson) (string, int), number func(measure.Cell) (float64, error)) func(*tables, scenario.Threshold, *measure.Result) (float64, error) {
	return func(t *tables, th scenario.Threshold, res *measure.Result) (float64, error) {
		y, _ := t.Lesson(th.Source)
		name, strength := place(th, y)
		return ofArm(func(a measure.Arm) (float64, error) {
			k := slices.IndexFunc(a.Cells, func(c measure.Cell) bool { return c.Perturbation == name && c.Strength == float64(strength) })
			if k < 0 {
				return 0, errUnmeasured
			}
			return number(a.Cells[k])
		})(t, th, res)
	}
}

// ofGain measures the gain of the arm that a threshold names under what its source is.
func ofGain(number func(*measure.Paired) float64) func(*tables, scenario.Threshold, *measure.Result) (float64, error) {
	return ofCell(func(_ scenario.Threshold, y scenario.Lesson) (string, int) { return y.Name, y.Strength },
		func(c measure.Cell) (float64, error) {
			if c.Gain == nil {
				return 0, errUnmeasured
			}
			return number(c.Gain), nil
		})
}

func (t *tables) recoveredGain(th scenario.Threshold, _ *measure.Result) (float64, error) {
	y, _ := t.Lesson(th.Source)
	g, ok := t.recoveredOf(th.Arm, y)
	return ratio(g, ok)
}

// ratio is the mean of a recovered gain, or the reason why there is none.
func ratio(g measure.RecoveredGain, measured bool) (float64, error) {
	switch {
	case !measured:
		return 0, errUnmeasured
	case g.Mean == nil:
		return 0, errors.New(g.Reason)
	}
	return *g.Mean, nil
}

// reported returns what the result says of the i-th arm, which is left out if it was not finished.
func (t *tables) reported(i int, res *measure.Result) (measure.Arm, bool) {
	place := t.place(i)
	if place < 0 {
		return measure.Arm{}, false
	}
	return res.Arms[place], true
}

// value is a number that may be missing.
func value(v *float64) (float64, error) {
	if v == nil {
		return 0, errUnmeasured
	}
	return *v, nil
}

// largestCost is the clean cost of the arm that a threshold names; where it names none, the largest of the arms that
// stand for its source, or of all.
func (t *tables) largestCost(th scenario.Threshold, res *measure.Result) (float64, error) {
	if !th.Arm.IsZero() {
		return ofArm(func(a measure.Arm) (float64, error) { return a.CleanCost.Mean, nil })(t, th, res)
	}
	cost, err := 0., errUnmeasured
	named := func(y scenario.Lesson) bool { return th.Source == "" || y.Name == th.Source }
	for i, a := range t.seeds[0].arms {
		m, done := t.reported(i, res)
		if done && slices.ContainsFunc(a.sources, named) && (err != nil || m.CleanCost.Mean > cost) {
			cost, err = m.CleanCost.Mean, nil
		}
	}
	return cost, err
}

// growth is the smallest step of the recovered gain from one imprint radius to the next larger.
func (t *tables) growth(th scenario.Threshold, _ *measure.Result) (float64, error) {
	type point struct {
		radius int
		mean   float64
	}
	var points []point
	y, _ := t.Lesson(th.Source)
	for _, a := range y.Arms {
		if a.Rule() != scenario.Imprint {
			continue
		}
		radius := a.Radius()
		if radius < 0 {
			radius = math.MaxInt
		}
		g, ok := t.recoveredOf(a, y)
		mean, err := ratio(g, ok)
		if err != nil {
			return 0, err
		}
		points = append(points, point{radius, mean})
	}
	if len(points) < 2 {
		return 0, errUnmeasured
	}
	sort.Slice(points, func(i, j int) bool { return points[i].radius < points[j].radius })
	least := math.Inf(1)
	for i := 1; i < len(points); i++ {
		least = min(least, points[i].mean-points[i-1].mean)
	}
	return least, nil
}

// agreement is the share of signs that agree with the paper's among those that both decide.
func agreement(_ *tables, _ scenario.Threshold, res *measure.Result) (float64, error) {
	if res.Summary.Paper == nil {
		return 0, errUnmeasured
	}
	p := res.Summary.Paper
	agree, all := p.Diagonal.Agree+p.None.Agree, p.Diagonal.Disagree+p.None.Disagree
	all += agree
	return shareOf(agree, all, "of no sign do this run and the paper both decide")
}

// mismatched is the share of mismatched transfers that are clearly worse than no noise.
func mismatched(_ *tables, _ scenario.Threshold, res *measure.Result) (float64, error) {
	worse, all := 0, 0
	for _, m := range res.Summary.Transfer {
		worse += m.Worse
		all += m.Mismatched
	}
	return shareOf(worse, all, "there is no mismatched transfer")
}

// shareOf is a share of some, or why there is none.
func shareOf(part, all int, none string) (float64, error) {
	if all == 0 {
		return 0, errors.New(none)
	}
	return float64(part) / float64(all), nil
}
