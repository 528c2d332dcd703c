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
	noise             []float32 // [draw][class][image], what each draw of judging gave the readout
	alignment         float64   // with the sample covariance of its source
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

// draws is how many noise draws a decision of an arm averages: without noise all are the same, and one is enough.
func (w *world) draws(rule circuit.NoiseRule) int {
	if rule.Kind == circuit.None {
		return 1
	}
	return w.Noise.Draws
}

// passes is how often an arm is shown the pairs of glimpses; 0 if it learns nothing from them.
func (w *world) passes(rule circuit.NoiseRule) int {
	switch rule.Kind {
	case circuit.Diagonal:
		return 1
	case circuit.Imprint:
		return w.Noise.Imprint.Passes
	case circuit.GHA:
		return w.Noise.GHA.Passes
	}
	return 0
}

// runArm wires an arm, lets it learn its noise and its readout, and judges it under the given number of cells.
func (w *world) runArm(ctx context.Context, r *armRun, memory []circuit.Memory, cells int, y *structure) (*circuit.Arm, error) {
	rule := w.noiseRule(r.arm)
	draws := w.draws(rule)
	perEpoch := len(batches(w.train.Len(), w.Lanes.Learn))
	a := circuit.NewArm(w.sheet, circuit.Lanes(w.Lanes), rule, circuit.ReadoutRule{Classes: w.train.Classes,
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
		if w.Noise.When == scenario.Testing {
			a.SetPower(0)
		}
		if err := w.teach(step, a, rule); err != nil {
			return err
		}
		switch w.Noise.When {
		case scenario.Testing:
			a.SetPower(w.Noise.Power)
		case scenario.Learning:
			a.SetPower(0)
		}
		r.w, r.b = a.Door().Readout()
		if rule.Kind != circuit.None {
			r.noise = make([]float32, draws*w.train.Classes*w.test.Len())
		}
		correct, err := w.judge(step, a, rule, draws, slotTest, cells, w.test.Labels, r.noise)
		r.correct = correct
		return err
	})
	return a, err
}

// experience shows pairs of glimpses, clean then modified, to an arm whose couplings learn.
func (w *world) experience(step step, rule circuit.NoiseRule) error {
	for pass := range w.passes(rule) {
		list := w.pass(stageExperience, pass)
		for i, b := range list {
			t := network.Tick{Lanes: b.n, Learn: true, First: b.first,
				Draw: network.Draw{Stage: stageExperience, Number: uint32(pass), First: uint32(b.position)}}
			glimpses := []network.Process{circuit.Remember, circuit.Remember | circuit.Compare}
			switch {
			case rule.Kind == circuit.Imprint:
				glimpses[0] |= circuit.Emit
			case rule.Kind == circuit.GHA && i > 0 && list[i-1].n == b.n: // what the hubs answered last is still due
				glimpses[0] |= circuit.Adapt
			}
			for k, open := range glimpses {
				t.Open, t.Slot, t.Continues = open, slotClean+k, k > 0
				if err := step(t); err != nil {
					return err
				}
			}
			if rule.Kind == circuit.GHA {
				t.Open = circuit.Pool
				if err := step(t); err != nil {
					return err
				}
				if i+1 == len(list) || list[i+1].n != b.n {
					t.Open = circuit.Adapt
					if err := step(t); err != nil {
						return err
					}
				}
			}
			w.progress.Advance(b.n)
		}
	}
	return nil
}

// teach shows the clean training images with their labels; the noise is as the experimenter set it.
func (w *world) teach(step step, a *circuit.Arm, rule circuit.NoiseRule) error {
	for epoch := range w.Readout.Epochs {
		pass := w.pass(stageTeach, epoch)
		draw := func(b batch) network.Draw {
			return network.Draw{Stage: stageTeach, Number: uint32(epoch), First: uint32(b.position)}
		}
		for i, b := range pass {
			if rule.Kind != circuit.None && (i == 0 || pass[i-1].n != b.n) { // nobody emitted for this batch yet
				if err := step(network.Tick{Open: circuit.Emit, Lanes: b.n, Draw: draw(b)}); err != nil {
					return err
				}
			}
			w.label(a, b)
			t := network.Tick{Lanes: b.n, Learn: true, First: b.first, Slot: slotClean, Open: circuit.Remember | circuit.Express | circuit.Act}
			if rule.Kind != circuit.None && i+1 < len(pass) && pass[i+1].n == b.n {
				t.Open |= circuit.Emit
				t.Draw = draw(pass[i+1])
			}
			for _, open := range []network.Process{t.Open, circuit.Integrate, circuit.Decide} {
				t.Open = open
				if err := step(t); err != nil {
					return err
				}
			}
			w.progress.Advance(b.n)
		}
	}
	return nil
}

// label gives the readout units their teaching signals for a batch of training images.
func (w *world) label(a *circuit.Arm, b batch) {
	for c := range w.train.Classes {
		lanes := a.Teacher.Out(c).Lanes()
		for l := range b.n {
			lanes[l] = 0
			if int(w.train.Labels[b.first+l]) == c {
				lanes[l] = 1
			}
		}
	}
	a.Teacher.Flip()
}

// judge measures an arm on the slots from first on, plasticity off: for each, which images are decided right. The
// noise of an image and a draw is the same in every slot, so it is drawn once. noise, if not nil, takes what each draw
// gave the readout, [draw][class][image].
func (w *world) judge(step step, a *circuit.Arm, rule circuit.NoiseRule, draws, first, slots int, labels []uint8, noise []float32) ([][]uint8, error) {
	correct := make([][]uint8, slots)
	for i := range correct {
		correct[i] = make([]uint8, len(labels))
	}
	decisions := make([]float32, w.train.Classes*w.Lanes.Probe)
	for _, b := range batches(len(labels), w.Lanes.Probe) {
		for _, part := range batches(b.n, w.Lanes.Learn) {
			from := network.Draw{Stage: stageJudge, First: uint32(b.first + part.first)}
			if err := w.draw(step, rule, from, draws, part, nil); err != nil {
				return nil, err
			}
		}
		if noise != nil {
			for k := range draws {
				a.Door().NoisePotentials(decisions, k, b.n)
				for c := range w.train.Classes {
					copy(noise[(k*w.train.Classes+c)*len(labels)+b.first:], decisions[c*b.n:(c+1)*b.n])
				}
			}
		}
		// Three ticks from a slot to its decision, and three slots under way at any time.
		for i := range slots + 2 {
			t := network.Tick{Lanes: b.n, First: b.first, Slot: first + i}
			if i < slots {
				t.Open |= circuit.Recall
			}
			if i > 0 && i <= slots {
				t.Open |= circuit.Drive
			}
			if i > 1 {
				t.Open |= circuit.Judge
			}
			if err := step(t); err != nil {
				return nil, err
			}
			if i < 2 {
				continue
			}
			a.Decisions(decisions, b.n)
			for l := range b.n {
				if best(decisions, w.train.Classes, b.n, l) == int(labels[b.first+l]) {
					correct[i-2][b.first+l] = 1
				}
			}
		}
		w.progress.Advance(b.n)
	}
	return correct, nil
}

// draw makes n noise draws, from the one that is passed on, for a part of a batch, and lets the readout keep what each
// gives it: in places of their own or, if kept is not nil, all in the first, kept being called after each.
func (w *world) draw(step step, rule circuit.NoiseRule, from network.Draw, n int, part batch, kept func(k int)) error {
	if rule.Kind == circuit.None {
		return nil
	}
	// A source is emitted, expressed and superposed in three ticks; three draws are under way at any time.
	for k := range n + 2 {
		t := network.Tick{Lanes: part.n, Offset: part.first, Draw: from}
		t.Draw.Number += uint32(k)
		if k < n {
			t.Open |= circuit.Emit
		}
		if k > 0 && k <= n {
			t.Open |= circuit.Express
		}
		if k > 1 {
			t.Open |= circuit.Superpose
			if kept == nil {
				t.Slot = k - 2
			}
		}
		if err := step(t); err != nil {
			return err
		}
		if k > 1 && kept != nil {
			kept(k - 2)
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
