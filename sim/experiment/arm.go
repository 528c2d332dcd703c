package experiment

import (
	"context"
	"crypto/sha256"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/scenario"
)

// Slots of an arm's memory.
const (
	slotClean    = iota // training images as they are
	slotModified        // the same, modified by the arm's source
	slotTest            // test images as they are; their perturbed versions follow
)

// armRun is one arm of one seed: what it is, and what came of it.
type armRun struct {
	arm    scenario.Arm
	source int // index of its source in the scenario, -1 for none

	correct           [][]uint8       // [cell][image], 1 where the decision was right; cell 0 is clean
	attacked          map[int][]uint8 // [attack of the scenario][image]
	power             float64
	couplings         circuit.Couplings
	w, b              []float32
	alignment         float64 // with the sample covariance of its source
	units, goroutines int
	trajectory        [][sha256.Size]byte
	done              bool
}

// noiseRule translates the arm of a scenario.
func (w *world) noiseRule(a scenario.Arm) circuit.NoiseRule {
	switch a.Kind() {
	case scenario.Identity:
		return circuit.NoiseRule{Kind: circuit.Identity}
	case scenario.Diagonal:
		return circuit.NoiseRule{Kind: circuit.Diagonal}
	case scenario.Oracle, scenario.Shuffled:
		return circuit.NoiseRule{Kind: circuit.Given, Hubs: w.components()}
	case scenario.Hebbian:
		if a.Rule() == scenario.GHA {
			return circuit.NoiseRule{Kind: circuit.GHA, Hubs: a.Hubs(),
				Rate: float32(w.Noise.GHA.Rate), Halving: float32(w.Noise.GHA.Halving)}
		}
		r := circuit.NoiseRule{Kind: circuit.Imprint, Radius: a.Radius(), Rate: float32(w.Noise.Imprint.Rate)}
		if a.Radius() < 0 {
			r.Radius = topology.All
		}
		return r
	}
	return circuit.NoiseRule{Kind: circuit.None}
}

// components is the number of leading eigenvectors that the oracle uses.
func (w *world) components() int { return min(w.Noise.Oracle.Components, w.sheet.Len()) }

// runArm wires an arm, lets it learn its noise and its readout, and judges it under the given number of cells.
func (w *world) runArm(ctx context.Context, r *armRun, memory []circuit.Memory, cells int, y *structure) (*circuit.Arm, error) {
	rule := w.noiseRule(r.arm)
	draws := w.Noise.Draws
	if rule.Kind == circuit.None {
		draws = 1 // without noise every draw is the same
	}
	perEpoch := (w.train.Len() + w.Lanes - 1) / w.Lanes
	a := circuit.NewArm(w.sheet, w.Lanes, rule, circuit.ReadoutRule{Classes: w.train.Classes,
		Rate: float32(w.Readout.Rate), Batches: w.Readout.Epochs * perEpoch, Draws: draws}, memory, w.seed, w.runtime())
	r.units, r.goroutines = a.Size()
	switch r.arm.Kind() {
	case scenario.Oracle:
		a.SetCouplings(y.couplings, y.private)
	case scenario.Shuffled:
		a.SetCouplings(y.shuffled(w.seed))
	}
	err := a.Run(ctx, func(step func(network.Tick) error) error {
		if err := w.experience(step, rule); err != nil {
			return err
		}
		a.SetPower(w.Noise.Power)
		r.couplings = a.Door().Couplings()
		r.power = r.couplings.Power()
		if w.Noise.When == whenTesting {
			a.SetPower(0)
		}
		if err := w.teach(step, a, rule); err != nil {
			return err
		}
		a.SetPower(w.Noise.Power)
		if w.Noise.When == whenLearning {
			a.SetPower(0)
		}
		r.w, r.b = a.Door().Readout()
		correct, err := w.judge(step, a, rule, draws, slotTest, cells, w.test.Labels)
		r.correct = correct
		return err
	})
	return a, err
}

// When noise is on (scenario noise.when).
const (
	whenLearning = "learning"
	whenTesting  = "testing"
)

// experience shows pairs of glimpses, clean then modified, to an arm whose couplings learn.
func (w *world) experience(step step, rule circuit.NoiseRule) error {
	passes := 1
	first, second := circuit.Recall, circuit.Recall|circuit.Compare
	switch rule.Kind {
	case circuit.None, circuit.Identity, circuit.Given:
		return nil
	case circuit.Imprint:
		passes = w.Noise.Imprint.Passes
		first |= circuit.Emit
	case circuit.GHA:
		passes = w.Noise.GHA.Passes
	}
	for pass := range passes {
		order := w.order(stageExperience, pass)
		err := w.batches(len(order), func(lo, hi int) error {
			t := network.Tick{Lanes: hi - lo, Learn: true, Trials: order[lo:hi],
				Draw: network.Draw{Stage: stageExperience, Number: uint32(pass), First: uint32(lo)}}
			t.Open, t.Slot = first, slotClean
			if err := step(t); err != nil {
				return err
			}
			t.Open, t.Slot, t.Continues = second, slotModified, true
			if err := step(t); err != nil || rule.Kind != circuit.GHA {
				return err
			}
			t.Open = circuit.Pool
			if err := step(t); err != nil {
				return err
			}
			t.Open = circuit.Adapt
			return step(t)
		})
		if err != nil {
			return err
		}
		w.progress.Advance(len(order))
	}
	return nil
}

// teach shows the clean training images with their labels; the noise is as the experimenter set it.
func (w *world) teach(step step, a *circuit.Arm, rule circuit.NoiseRule) error {
	for epoch := range w.Readout.Epochs {
		order := w.order(stageTeach, epoch)
		err := w.batches(len(order), func(lo, hi int) error {
			for l, trial := range order[lo:hi] {
				for c := range w.train.Classes {
					var right float32
					if int(w.train.Labels[trial]) == c {
						right = 1
					}
					a.Teacher.Out(c).Lanes()[l] = right
				}
			}
			a.Teacher.Flip()
			t := network.Tick{Lanes: hi - lo, Learn: true, Trials: order[lo:hi], Slot: slotClean,
				Draw: network.Draw{Stage: stageTeach, Number: uint32(epoch), First: uint32(lo)}}
			t.Open = circuit.Recall
			if rule.Kind != circuit.None {
				t.Open |= circuit.Emit
			}
			for _, open := range []network.Process{t.Open, circuit.Express, circuit.Integrate, circuit.Decide} {
				t.Open = open
				if err := step(t); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		w.progress.Advance(len(order))
	}
	return nil
}

// judge measures an arm on the slots from first on, plasticity off: for each, which images are decided right. The
// noise of an image and a draw is the same in every slot.
func (w *world) judge(step step, a *circuit.Arm, rule circuit.NoiseRule, draws, first, slots int, labels []uint8) ([][]uint8, error) {
	correct := make([][]uint8, slots)
	for i := range correct {
		correct[i] = make([]uint8, len(labels))
	}
	decisions := make([]float32, w.train.Classes*w.Lanes)
	trials := make([]int32, len(labels))
	for i := range trials {
		trials[i] = int32(i)
	}
	err := w.batches(len(labels), func(lo, hi int) error {
		if err := w.draw(step, rule, stageJudge, 0, draws, lo, hi, nil); err != nil {
			return err
		}
		for i := range correct {
			t := network.Tick{Lanes: hi - lo, Slot: first + i, Trials: trials[lo:hi]}
			for _, t.Open = range []network.Process{circuit.Recall, circuit.Drive, circuit.Judge} {
				if err := step(t); err != nil {
					return err
				}
			}
			a.Decisions(decisions, hi-lo)
			for l := range hi - lo {
				if best(decisions, w.train.Classes, hi-lo, l) == int(labels[lo+l]) {
					correct[i][lo+l] = 1
				}
			}
		}
		w.progress.Advance(hi - lo)
		return nil
	})
	return correct, err
}

// draw makes noise draws from to from+n of a stage for the images lo to hi and lets the readout keep what each gives
// it. After each draw it calls kept, if not nil, with the draw's number.
func (w *world) draw(step step, rule circuit.NoiseRule, stage uint32, from, n, lo, hi int, kept func(draw int)) error {
	if rule.Kind == circuit.None {
		return nil
	}
	for k := range n {
		t := network.Tick{Lanes: hi - lo, Slot: k,
			Draw: network.Draw{Stage: stage, Number: uint32(from + k), First: uint32(lo)}}
		if kept != nil {
			t.Slot = 0
		}
		for _, t.Open = range []network.Process{circuit.Emit, circuit.Express, circuit.Superpose} {
			if err := step(t); err != nil {
				return err
			}
		}
		if kept != nil {
			kept(from + k)
		}
	}
	return nil
}

// best returns the class with the largest decision in a lane of [class][lane]; of equals, the first.
func best(decisions []float32, classes, lanes, lane int) int {
	top := 0
	for c := 1; c < classes; c++ {
		if decisions[c*lanes+lane] > decisions[top*lanes+lane] {
			top = c
		}
	}
	return top
}
