package experiment

import (
	"context"
	"iter"
	"math"

	"murmur/network/circuit"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// key tells an arm from all others of its seed.
func (a *armRun) key() measure.ArmKey {
	k := measure.ArmKey{Arm: a.arm.String()}
	if y := a.lesson; y != nil {
		k.Source, k.SourceStrength, k.SourceImages = y.Name, float64(y.Strength), y.Images
	}
	return k
}

func cellKey(l scenario.Level) measure.CellKey {
	return measure.CellKey{Perturbation: l.Name, Strength: float64(l.Strength), Value: l.Value()}
}

// each calls f with every finished arm, seed by seed, until it says no.
func (t *tables) each(f func(seed uint64, a *armRun) bool) {
	for s, sr := range t.seeds {
		for _, a := range sr.arms {
			if a.done && !f(t.Scenario.Seed+uint64(s), a) {
				return
			}
		}
	}
}

// outcomes are the decisions of all finished arms: on clean images, then under each level, then on attacked images.
func (t *tables) outcomes() iter.Seq[measure.Outcomes] {
	places := t.test.Places()
	image := make([]int32, len(places))
	for i, p := range places {
		image[i] = int32(p)
	}
	return func(yield func(measure.Outcomes) bool) {
		t.each(func(seed uint64, a *armRun) bool {
			under := func(c measure.CellKey, decided, right []uint8, confidence []float32) bool {
				n := len(right)
				return yield(measure.Outcomes{Seed: seed, Arm: a.key(), Cell: c, Image: image[:n], Class: t.test.Labels[:n],
					Decision: decided, Right: right, Confidence: confidence})
			}
			for k := range a.Correct {
				c := measure.CellKey{Perturbation: measure.Clean}
				if k > 0 {
					c = cellKey(a.levels[k-1])
				}
				if !under(c, a.Decided[k], a.Correct[k], a.Confidence[k]) {
					return false
				}
			}
			for k, s := range a.Strikes {
				if !under(cellKey(a.attacks[k]), s.Decided, s.Correct, s.Confidence) {
					return false
				}
			}
			return true
		})
	}
}

// marks are the batches of experience, counted from 1, after which the noise is looked at: about two to an octave, since
// learning slows, and the last.
func (w *world) marks(rule circuit.NoiseRule, y *lesson) map[int]bool {
	list := map[int]bool{}
	if w.viewer != nil || y == nil { // who watches looks for themselves
		return list
	}
	last := w.passes(rule) * len(batches(y.images, w.Lanes.Learn))
	for k := 1; k < last; k = max(k+1, 3*k/2) {
		list[k] = true
	}
	list[last] = true
	return list
}

// curvePoint describes couplings that are being learned. Nothing of it comes back to the network.
func (w *world) curvePoint(ctx context.Context, glimpses int, c circuit.Couplings, r *armRun) (measure.CurvePoint, error) {
	p := measure.CurvePoint{Glimpses: glimpses, Power: c.Power()}
	s, err := r.lesson.structure(ctx, w, w.layerOf(r.arm))
	if err != nil {
		return p, err
	}
	v, err := s.alignment(ctx, c)
	if !math.IsNaN(v) { // without noise nothing is aligned
		p.Alignment = &v
	}
	return p, err
}

// curves are those of the arms that learned their noise.
func (t *tables) curves() (list []measure.Curve) {
	t.each(func(seed uint64, a *armRun) bool {
		if len(a.Curve) > 0 {
			list = append(list, measure.Curve{Seed: seed, Arm: a.key(), Points: a.Curve})
		}
		return true
	})
	return list
}

// bySeed are the arms as each seed alone gave them.
func (t *tables) bySeed() (list []measure.SeedArms) {
	for s := range t.seeds {
		one := &tables{run: t.run, effects: t.effects, gains: t.gains, only: []int{s}}
		m := measure.SeedArms{Seed: t.Scenario.Seed + uint64(s), RecoveredGain: one.recovered()}
		for i := range t.seeds[0].arms {
			if seeds := one.finished(i); len(seeds) > 0 {
				m.Arms = append(m.Arms, one.bare(i, seeds))
			}
		}
		list = append(list, m)
	}
	return list
}
