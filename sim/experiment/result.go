package experiment

import (
	"fmt"
	"math"
	"slices"

	"murmur/network/circuit"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// outcome turns what the seeds gave into a result. An arm counts the seeds in which it and none were finished.
func (r *run) outcome() *Outcome {
	res := &measure.Result{
		Schema: measure.Schema, Scenario: r.Name, Size: r.Size, Seed: r.Scenario.Seed, Trajectory: r.trajectory(),
		Data: r.data(),
		Arms: []measure.Arm{}, Thresholds: []measure.Threshold{}, Checks: []measure.Check{},
		Summary: measure.Summary{RecoveredGain: []measure.RecoveredGain{}},
	}
	t := r.tables()
	for i := range r.seeds[0].arms {
		seeds := t.finished(i)
		if len(seeds) == 0 {
			continue
		}
		a := t.seeds[seeds[0]].arms[i]
		res.Network.Units = max(res.Network.Units, a.Units)
		res.Network.Goroutines = max(res.Network.Goroutines, a.Goroutines)
		res.Arms = append(res.Arms, t.arm(i, seeds))
	}
	res.Summary.RecoveredGain = t.recovered()
	res.Summary.Transfer = t.transfers()
	res.Summary.Paper = t.paper()
	res.Summary.Covariances = t.seeds[0].Covariances
	res.Summary.Examples = t.examples()
	for _, th := range r.Thresholds {
		res.Thresholds = append(res.Thresholds, t.threshold(th, res))
	}
	res.Summary.Intervals = intervals(len(t.finished(0)))
	res.Checks = t.checks(res)
	return &Outcome{Result: res, Seeds: t.bySeed(), Curves: t.curves(), Decisions: t.outcomes(), Archives: r.archives(), Phases: r.phases}
}

// intervals says what the intervals of a run cover.
func intervals(seeds int) string {
	if seeds == 1 {
		return "95 %, over images alone: there is one seed, and nothing says how another network would fare"
	}
	return fmt.Sprintf("95 %%, over %d seeds and the images", seeds)
}

// tables reads samples out of a run, or out of one seed of it.
type tables struct {
	*run
	effects []string // of each of the cells
	only    []int    // the seeds that count; nil for all
	gains   int      // that the result holds: the family that intervals for all of them together are widened for
}

func (r *run) tables() *tables {
	t := &tables{run: r, effects: r.effects()}
	none := t.seeds[0].arms[0]
	for i, a := range t.seeds[0].arms {
		if i == 0 || len(t.finished(i)) == 0 {
			continue
		}
		for _, l := range slices.Concat(a.levels, a.attacks) {
			if none.at(l) > 0 || none.struck(l) >= 0 {
				t.gains++
			}
		}
	}
	return t
}

// finished lists the seeds in which the i-th arm and none are done.
func (t *tables) finished(i int) (seeds []int) {
	for s, sr := range t.seeds {
		if sr.arms[i].done && sr.arms[0].done && (t.only == nil || slices.Contains(t.only, s)) {
			seeds = append(seeds, s)
		}
	}
	return seeds
}

// place is that of the i-th arm in the result, which leaves out what was not finished, or -1.
func (t *tables) place(i int) int {
	if len(t.finished(i)) == 0 {
		return -1
	}
	place := 0
	for before := range i {
		if len(t.finished(before)) > 0 {
			place++
		}
	}
	return place
}

// examples are those of the first seed, with their arms counted as they are in the result.
func (t *tables) examples() []measure.Example {
	list := slices.Clone(t.seeds[0].Examples)
	for i, e := range list {
		list[i].Decisions = slices.Clone(e.Decisions)
		for k, d := range e.Decisions {
			list[i].Decisions[k].Arm = t.place(d.Arm)
		}
	}
	return list
}

// sample is the i-th arm at place c of what it was judged under: 0 is clean, then the modifications.
func (t *tables) sample(i, c int, seeds []int) measure.Sample {
	return measure.Right(t.decided(i, c, seeds))
}

func (t *tables) decided(i, c int, seeds []int) (rows [][]uint8) {
	for _, s := range seeds {
		rows = append(rows, t.seeds[s].arms[i].Correct[c])
	}
	return rows
}

// under is the i-th arm under a level, or nil where it was not measured.
func (t *tables) under(i int, l scenario.Level, seeds []int) measure.Sample {
	a := t.seeds[0].arms[i]
	if l.Attack != nil {
		if k := a.struck(l); k >= 0 {
			return t.attacked(i, k, seeds)
		}
		return nil
	}
	if c := a.at(l); c > 0 {
		return t.sample(i, c, seeds)
	}
	return nil
}

// struck returns the index of a level among what an arm was attacked with, or -1.
func (a *armRun) struck(l scenario.Level) int {
	return slices.IndexFunc(a.attacks, l.Is)
}

// attacked is the i-th arm under the k-th of its attacks.
func (t *tables) attacked(i, k int, seeds []int) measure.Sample {
	var rows [][]uint8
	for _, s := range seeds {
		rows = append(rows, t.seeds[s].arms[i].Strikes[k].Correct)
	}
	return measure.Right(rows)
}

func (t *tables) arm(i int, seeds []int) measure.Arm {
	m := t.bare(i, seeds)
	t.numbers(i, seeds, &m)
	return m
}

// bare is an arm with the numbers that tables hold.
func (t *tables) bare(i int, seeds []int) measure.Arm {
	a := t.seeds[seeds[0]].arms[i]
	clean := t.sample(i, 0, seeds)
	m := measure.Arm{Name: a.arm.String(), Arm: a.arm.Kind(), Rule: a.arm.Rule(), Variant: a.arm.Variant(), Training: a.arm.Training(), Clean: clean.Accuracy(), CleanBalanced: t.balanced(clean), Cells: []measure.Cell{}}
	var power, alignment, couplings float64
	for _, s := range seeds {
		power += t.seeds[s].arms[i].Power / float64(len(seeds))
		alignment += t.seeds[s].arms[i].Alignment / float64(len(seeds))
		couplings += float64(t.seeds[s].arms[i].Couplings.Count()) / float64(len(seeds))
	}
	count := int(math.Round(couplings))
	m.Trace, m.NoiseCouplings = &power, &count
	m.Hears = hearing(a.Couplings)
	m.TraceRelative = t.relative(i, seeds)
	if y := a.lesson; y != nil {
		strength := float64(y.Strength)
		m.Source, m.SourceStrength = y.Name, &strength
		if y.Images > 0 {
			m.SourceImages = &y.Images
		}
		if a.arm.Noisy() && !math.IsNaN(alignment) { // without deviations nothing is aligned
			m.Alignment = &alignment
		}
		cost := t.sample(0, 0, seeds).Paired(clean)
		m.CleanCost = &cost
	}
	for _, l := range a.levels {
		m.Cells = append(m.Cells, t.cell(i, l, seeds))
	}
	for k, l := range a.attacks {
		c := t.cell(i, l, seeds)
		c.Decisions = t.decisions(i, k, seeds)
		c.Distance = distance(t.seeds[seeds[0]].arms[i], k)
		m.Cells = append(m.Cells, c)
	}
	return m
}

// hearing says how many sources the units of couplings hear.
func hearing(c circuit.Couplings) *measure.Hearing {
	if len(c.Self) == 0 {
		return nil
	}
	sources := 0
	for _, row := range c.L {
		if sources += len(row); c.Hubs > 0 || len(row) == 0 { // among neighbours the unit itself is counted
			sources++
		}
	}
	return &measure.Hearing{Units: len(c.Self), Sources: float64(sources) / float64(len(c.Self)), Hubs: c.Hubs}
}

// relative is the power of the i-th arm as a multiple of the variance of the activity that its noise is added to; nil
// where nothing is active.
func (t *tables) relative(i int, seeds []int) *float64 {
	var mean float64
	for _, s := range seeds {
		a := t.seeds[s].arms[i]
		if a.Variance == 0 {
			return nil
		}
		mean += a.Power / a.Variance / float64(len(seeds))
	}
	return &mean
}

// cell is the accuracy of the i-th arm under a level and, for all arms but none, the gain over none where that was
// measured.
func (t *tables) cell(i int, l scenario.Level, seeds []int) measure.Cell {
	c := measure.Cell{Perturbation: l.Name, Strength: float64(l.Strength), Value: l.Value(), Unit: l.Unit, StandIn: standIn(l)}
	x := t.under(i, l, seeds)
	c.Accuracy, c.Balanced = x.Accuracy(), t.balanced(x)
	if k := slices.IndexFunc(t.cells, l.Is); k >= 0 {
		c.Note = t.effects[k]
	}
	if none := t.under(0, l, seeds); i > 0 && none != nil {
		gain, p := x.Paired(none), measure.McNemar(x, none).Images.P()
		together := x.PairedAt(none, 1-.05/float64(t.gains))
		c.Gain, c.Together, c.P = &gain, &together, &p
	}
	return c
}

// standing returns the index of the run of an arm that stands for a source, or -1.
func (t *tables) standing(arm scenario.Arm, y scenario.Lesson) int {
	return slices.IndexFunc(t.seeds[0].arms, func(a *armRun) bool {
		return a.arm == arm && slices.ContainsFunc(a.sources, y.Same)
	})
}

// recovered lists the recovered gain of every arm but none and the oracle, where its source has an oracle.
func (t *tables) recovered() []measure.RecoveredGain {
	list := []measure.RecoveredGain{}
	for _, a := range t.seeds[0].arms {
		if a.lesson == nil {
			continue
		}
		if g, ok := t.recoveredOf(a.arm, a.lesson.Lesson); ok {
			list = append(list, g)
		}
	}
	return list
}

// recoveredOf is the recovered gain of an arm under what a source is, and whether that is measured.
func (t *tables) recoveredOf(a scenario.Arm, y scenario.Lesson) (measure.RecoveredGain, bool) {
	g := measure.RecoveredGain{Name: a.String(), Source: y.Name, Strength: float64(y.Strength),
		Arm: a.Kind(), Rule: a.Rule(), Variant: a.Variant(), Training: a.Training()}
	if y.Images > 0 {
		g.Images = &y.Images
	}
	i, o := t.standing(a, y), t.standing(a.Oracle(), y)
	if i < 0 || o < 0 || i == o {
		return g, false
	}
	seeds := t.finished(i)
	if len(seeds) == 0 || len(t.finished(o)) < len(seeds) {
		return g, false
	}
	arm, none, oracle := t.under(i, y.Level, seeds), t.under(0, y.Level, seeds), t.under(o, y.Level, seeds)
	if arm == nil || none == nil || oracle == nil {
		return g, false
	}
	p, err := measure.Recovered(arm, none, oracle)
	if err != nil {
		g.Reason = err.Error()
		return g, true
	}
	g.Mean, g.Lo, g.Hi = &p.Mean, &p.Lo, &p.Hi
	return g, true
}
