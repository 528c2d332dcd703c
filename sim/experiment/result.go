package experiment

import (
	"fmt"
	"math"
	"sort"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// outcome turns what the seeds gave into a result. An arm counts the seeds in which it and none were finished.
func (r *run) outcome() *Outcome {
	res := &measure.Result{
		Schema: measure.Schema, Scenario: r.Name, Size: r.Size, Seed: r.Scenario.Seed, Trajectory: r.trajectory(),
		Data: measure.Data{Set: r.test.Name, Width: r.test.Width, Height: r.test.Height, Classes: r.train.Classes, Train: r.train.Len(), Test: r.test.Len(), Draws: r.Noise.Draws},
		Arms: []measure.Arm{}, Thresholds: []measure.Threshold{}, Checks: []measure.Check{},
		Summary: measure.Summary{RecoveredGain: []measure.RecoveredGain{}},
	}
	t := &tables{run: r}
	for i, a := range r.seeds[0].arms {
		seeds := t.finished(i)
		if len(seeds) == 0 {
			continue
		}
		res.Network.Units = max(res.Network.Units, a.units)
		res.Network.Goroutines = max(res.Network.Goroutines, a.goroutines)
		res.Arms = append(res.Arms, t.arm(i, seeds))
	}
	res.Summary.RecoveredGain = t.recovered()
	for _, th := range r.Thresholds {
		res.Thresholds = append(res.Thresholds, t.threshold(th, res))
	}
	res.Checks = t.checks(res)
	return &Outcome{Result: res, Archives: r.archives(), Phases: r.phases}
}

// tables reads samples out of a run.
type tables struct{ *run }

// finished lists the seeds in which the i-th arm and none are done.
func (t *tables) finished(i int) (seeds []int) {
	for s, sr := range t.seeds {
		if sr.arms[i].done && sr.arms[0].done {
			seeds = append(seeds, s)
		}
	}
	return seeds
}

// sample is the i-th arm under cell c: 0 is clean, then the perturbations.
func (t *tables) sample(i, c int, seeds []int) measure.Sample {
	var rows [][]uint8
	for _, s := range seeds {
		rows = append(rows, t.seeds[s].arms[i].correct[c])
	}
	return measure.Right(rows)
}

func (t *tables) attacked(i, attack int, seeds []int) measure.Sample {
	var rows [][]uint8
	for _, s := range seeds {
		rows = append(rows, t.seeds[s].arms[i].attacked[attack])
	}
	return measure.Right(rows)
}

func (t *tables) arm(i int, seeds []int) measure.Arm {
	a := t.seeds[0].arms[i]
	clean := t.sample(i, 0, seeds)
	m := measure.Arm{Arm: a.arm.Kind(), Rule: a.arm.Rule(), Variant: a.arm.Variant(), Clean: clean.Accuracy(), Cells: []measure.Cell{}}
	var power, alignment, couplings float64
	for _, s := range seeds {
		power += t.seeds[s].arms[i].power / float64(len(seeds))
		alignment += t.seeds[s].arms[i].alignment / float64(len(seeds))
		couplings += float64(t.seeds[s].arms[i].couplings.Count()) / float64(len(seeds))
	}
	count := int(math.Round(couplings))
	m.Trace, m.NoiseCouplings = &power, &count
	if a.source >= 0 {
		y := t.Sources[a.source]
		strength := float64(y.Strength)
		m.Source, m.SourceStrength = y.Perturbation, &strength
		if !math.IsNaN(alignment) { // without noise, or without deviations, nothing is aligned
			m.Alignment = &alignment
		}
		cost := t.sample(0, 0, seeds).Paired(clean)
		m.CleanCost = &cost
	}
	for c, cell := range t.cells {
		m.Cells = append(m.Cells, t.cell(i, seeds, measure.Cell{Perturbation: cell.modification.Name, Strength: float64(cell.strength),
			Value: cell.modification.Values[cell.strength-1], Unit: cell.modification.Unit},
			t.sample(i, c+1, seeds), t.sample(0, c+1, seeds)))
	}
	level := map[string]int{}
	for k, at := range t.Attacks {
		level[at.Kind]++
		if _, ok := a.attacked[k]; !ok {
			continue
		}
		cell := measure.Cell{Perturbation: at.Kind, Strength: float64(level[at.Kind]), Value: at.Epsilon, Unit: "1"}
		none := measure.Sample(nil)
		if _, ok := t.seeds[0].arms[0].attacked[k]; ok {
			none = t.attacked(0, k, seeds)
		}
		m.Cells = append(m.Cells, t.cell(i, seeds, cell, t.attacked(i, k, seeds), none))
	}
	return m
}

// cell fills in the accuracy and, for all arms but none, the gain over none where that was measured.
func (t *tables) cell(i int, seeds []int, c measure.Cell, x, none measure.Sample) measure.Cell {
	c.Accuracy = x.Accuracy()
	if i > 0 && none != nil {
		gain := x.Paired(none)
		c.Gain = &gain
	}
	return c
}

// oracle returns the index of a source's oracle among the arms, or -1.
func (t *tables) oracle(source int) int {
	for i, a := range t.seeds[0].arms {
		if a.source == source && a.arm.Kind() == scenario.Oracle {
			return i
		}
	}
	return -1
}

// recovered lists the recovered gain of every arm but none and the oracle, where its source has an oracle.
func (t *tables) recovered() []measure.RecoveredGain {
	list := []measure.RecoveredGain{}
	for i, a := range t.seeds[0].arms {
		if a.source < 0 || a.arm.Kind() == scenario.Oracle {
			continue
		}
		y := t.Sources[a.source]
		o, c := t.oracle(a.source), t.matched(y)
		seeds := t.finished(i)
		if o < 0 || c < 0 || len(seeds) == 0 || len(t.finished(o)) < len(seeds) {
			continue
		}
		g := measure.RecoveredGain{Source: y.Perturbation, Strength: float64(y.Strength),
			Arm: a.arm.Kind(), Rule: a.arm.Rule(), Variant: a.arm.Variant()}
		if p, ok := measure.Recovered(t.sample(i, c, seeds), t.sample(0, c, seeds), t.sample(o, c, seeds)); ok {
			g.Mean, g.Lo, g.Hi = &p.Mean, &p.Lo, &p.Hi
		}
		list = append(list, g)
	}
	return list
}

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
	case scenario.RecoveredGain:
		for _, g := range res.Summary.RecoveredGain {
			if g.Source == th.Source && is(g.Arm, g.Rule, g.Variant, th.Arm) && g.Mean != nil {
				return *g.Mean, true
			}
		}
		return 0, false
	}
	for _, a := range res.Arms {
		if !is(a.Arm, a.Rule, a.Variant, th.Arm) || a.Source != th.Source {
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
func is(kind, rule, variant string, a scenario.Arm) bool {
	return kind == a.Kind() && rule == a.Rule() && variant == a.Variant()
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
		if a.source < 0 || t.Sources[a.source].Perturbation != source || a.arm.Rule() != scenario.Imprint {
			continue
		}
		radius := a.arm.Radius()
		if radius < 0 {
			radius = math.MaxInt
		}
		for _, g := range res.Summary.RecoveredGain {
			if g.Source == source && is(g.Arm, g.Rule, g.Variant, a.arm) && g.Mean != nil {
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

// The statuses of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
)

// checks holds the run against what must be so if it is honest.
func (t *tables) checks(res *measure.Result) []measure.Check {
	checks := []measure.Check{t.complete()}
	if len(res.Arms) > 1 {
		checks = append(checks, equalTrace(res, t.Noise.Power))
	}
	if len(t.Attacks) > 0 {
		checks = append(checks, t.attacksDoNotHelp(res))
	}
	if len(res.Arms) > 1 {
		checks = append(checks, noiseHurts(res))
	}
	return checks
}

// complete: an interrupted run keeps what it finished, and says so.
func (t *tables) complete() measure.Check {
	done, all := 0, t.Seeds*len(t.seeds[0].arms)
	for _, sr := range t.seeds {
		for _, a := range sr.arms {
			if a.done {
				done++
			}
		}
	}
	if done < all {
		return measure.Check{Name: "complete", Status: Fail, Detail: fmt.Sprintf("the run was interrupted: %d of %d arms were finished", done, all)}
	}
	return measure.Check{Name: "complete", Status: Pass, Detail: fmt.Sprintf("all %d arms of all seeds were finished", all)}
}

// equalTrace: arms are compared at equal noise power, or not at all.
func equalTrace(res *measure.Result, power float64) measure.Check {
	c := measure.Check{Name: "equal-trace", Status: Pass, Detail: fmt.Sprintf("every noisy arm has a mean noise power of %.6g a unit", power)}
	for _, a := range res.Arms {
		if a.Arm != scenario.None && math.Abs(*a.Trace-power) > 1e-4*power {
			c.Status, c.Detail = Fail, fmt.Sprintf("%s %s %s of %s has a mean noise power of %.6g a unit instead of %.6g",
				a.Arm, a.Rule, a.Variant, a.Source, *a.Trace, power)
			return c
		}
	}
	return c
}

// attacksDoNotHelp: an attack that leaves more right than it found is broken.
func (t *tables) attacksDoNotHelp(res *measure.Result) measure.Check {
	c := measure.Check{Name: "attack-never-helps", Status: Pass, Detail: "no attack raised the accuracy of an arm on the images it was given"}
	for i, a := range t.seeds[0].arms {
		seeds := t.finished(i)
		for k := range t.Attacks {
			if _, ok := a.attacked[k]; !ok || len(seeds) == 0 {
				continue
			}
			clean := t.sample(i, 0, seeds)
			for s := range clean {
				clean[s] = clean[s][:t.Attacks[k].Images]
			}
			before, after := clean.Mean(), t.attacked(i, k, seeds).Mean()
			if after > before {
				c.Status, c.Detail = Fail, fmt.Sprintf("%s under %s: accuracy %.4f after the attack, %.4f before", a.arm, t.Attacks[k].Kind, after, before)
				return c
			}
		}
	}
	return c
}

// noiseHurts says how often noise made things worse than none. It is a warning, not a fault: it is what the reader
// must know before using the noise.
func noiseHurts(res *measure.Result) measure.Check {
	cells, worse := 0, 0
	for _, a := range res.Arms {
		for _, c := range a.Cells {
			if c.Gain != nil {
				cells++
				if c.Gain.Hi < 0 {
					worse++
				}
			}
		}
	}
	c := measure.Check{Name: "noise-hurts-nowhere", Status: Pass, Detail: fmt.Sprintf("in none of %d cells, controls included, is an arm clearly worse than no noise", cells)}
	if worse > 0 {
		c.Status, c.Detail = Warn, fmt.Sprintf("in %d of %d cells, controls included, an arm is clearly worse than no noise; they are in the tables as they are", worse, cells)
	}
	return c
}
