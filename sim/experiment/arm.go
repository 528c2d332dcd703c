package experiment

import (
	"context"
	"crypto/sha256"
	"slices"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/scenario"
)

// Slots of an arm's memory.
const (
	slotClean    = iota // training images as they are
	slotModified        // the same, as the arm's source changes them
	slotTaught          // training images that the readout is trained on beside the clean ones, unless those are slotModified
	slotTest            // test images as they are; their perturbed versions follow
)

// armRun is one arm of one seed: what it is, and what came of it.
type armRun struct {
	arm    scenario.Arm
	lesson *lesson // nil of none
	// sources are what it stands for: its lesson and, if it takes nothing from it, all others that list it.
	sources []scenario.Lesson

	levels, attacks []scenario.Level // what it is judged under beside clean images, and attacked with

	armOutcome
	done bool  // the outcome is whole
	err  error // why it never will be
}

// at returns the index of a level among what an arm was judged under, 0 being clean, or -1.
func (a *armRun) at(l scenario.Level) int {
	i := slices.IndexFunc(a.levels, l.Is)
	if i < 0 {
		return -1
	}
	return i + 1
}

// everywhere reports whether an arm is measured under everything, and not under its own source alone.
func (a *armRun) everywhere(w *world) bool {
	return a.lesson == nil || w.Everywhere(a.arm, a.lesson.Lesson)
}

// source is the name of an arm's source, "" of none.
func (a *armRun) source() string {
	if a.lesson == nil {
		return ""
	}
	return a.lesson.Name
}

// arm runs one arm to its end: learning, judging, attacks.
func (w *world) arm(ctx context.Context, a *armRun) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if a.lesson != nil {
		defer a.lesson.done()
		if err := a.lesson.prepare(ctx, w); err != nil {
			return w.armError(a, err)
		}
	}
	if a.done { // by a run before
		return nil
	}
	noisy := w.noisy(a)
	memory := []circuit.Memory{noisy.clean, {}, {}, noisy.judge}
	if a.lesson != nil {
		memory[slotModified] = a.lesson.modified[w.layerOf(a.arm)]
	}
	for i, c := range w.cells {
		if a.at(c) > 0 {
			memory = append(memory, noisy.seen[i])
		}
	}
	switch a.arm.Training() {
	case scenario.GaussianInput:
		noisy, err := w.noisyImages(ctx)
		if err != nil {
			return err
		}
		m, err := w.see(ctx, w.twins(), noisy, w.train.Len())
		if err != nil {
			return w.armError(a, err)
		}
		memory[slotTaught] = m[w.layerOf(a.arm)]
	case scenario.AdversarialTraining:
		memory[slotTaught] = circuit.Memory{Trials: w.train.Len(), Values: slices.Clone(noisy.clean.Values)}
	}
	if err := w.live(ctx, a, memory); err != nil {
		return w.armError(a, err)
	}
	if err := w.besiege(ctx, a); err != nil {
		return w.armError(a, err)
	}
	if a.arm.Noisy() {
		s, err := a.lesson.structure(ctx, w, w.layerOf(a.arm))
		if err != nil {
			return err
		}
		if a.Alignment, err = s.alignment(ctx, a.Couplings); err != nil {
			return err
		}
	}
	return nil
}

// noiseRule translates the arm of a scenario.
func (e *Experiment) noiseRule(a scenario.Arm) circuit.NoiseRule {
	switch a.Kind() {
	case scenario.Identity:
		return circuit.NoiseRule{Kind: circuit.Identity}
	case scenario.Diagonal:
		return circuit.NoiseRule{Kind: circuit.Diagonal}
	case scenario.Oracle, scenario.Shuffled:
		return circuit.NoiseRule{Kind: circuit.Given, Hubs: min(e.Noise.Oracle.Components, e.sheetOf(a).Len())}
	case scenario.Hebbian:
		if a.Rule() == scenario.GHA {
			return circuit.NoiseRule{Kind: circuit.GHA, Hubs: a.Hubs(),
				Rate: float32(e.Noise.GHA.Rate), Halving: float32(e.Noise.GHA.Halving)}
		}
		r := circuit.NoiseRule{Kind: circuit.Imprint, Radius: a.Radius(), Rate: float32(e.Noise.Imprint.Rate)}
		if a.Radius() < 0 {
			r.Radius = topology.All
		}
		return r
	}
	return circuit.NoiseRule{Kind: circuit.None}
}

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

// live wires an arm, lets it learn its noise and its readout, and judges it.
func (w *world) live(ctx context.Context, r *armRun, memory []circuit.Memory) error {
	rule := w.noiseRule(r.arm)
	draws := w.draws(rule)
	power, when := w.Power(r.arm), w.When(r.arm)
	perEpoch := len(batches(w.train.Len(), w.Lanes.Learn))
	a := circuit.NewArm(w.noisy(r).Sheet, circuit.Lanes(w.Lanes), rule, circuit.ReadoutRule{Classes: w.train.Classes,
		Rate: float32(w.Readout.Rate), Bias: w.Readout.Bias, Batches: w.Readout.Epochs * perEpoch, Draws: draws}, memory, w.above(r), w.seed, w.runtime())
	r.Units, r.Goroutines = a.Size()
	if w.viewer != nil {
		w.viewer.wired(a)
	}
	switch r.arm.Kind() {
	case scenario.Oracle, scenario.Shuffled:
		y, err := r.lesson.structure(ctx, w, w.layerOf(r.arm))
		if err != nil {
			return err
		}
		r.Deviated, r.Learned = y.norm > 0, y.norm > 0
		if r.arm.Kind() == scenario.Oracle {
			a.SetCouplings(y.couplings, y.private)
		} else {
			a.SetCouplings(y.shuffled(w.seed))
		}
	}
	err := a.Run(ctx, func(step func(network.Tick) error) error {
		start := a.Door().Digest()
		if err := w.experience(ctx, step, a, rule, r); err != nil {
			return err
		}
		r.Variance = w.noisy(r).variance
		r.Deviated, r.Learned = w.learned(r, a.Door(), start)
		if w.viewer != nil {
			power = w.viewer.teaching(power)
		}
		a.SetPower(power)
		r.Couplings = a.Door().Couplings()
		r.Power = r.Couplings.Power()
		if when == scenario.Testing {
			a.SetPower(0)
		}
		if err := w.teach(ctx, step, a, rule, r, memory[slotTaught]); err != nil {
			return err
		}
		switch when {
		case scenario.Testing:
			a.SetPower(power)
		case scenario.Learning:
			a.SetPower(0)
		}
		r.Readout, r.Bias = a.Door().Readout()
		if w.viewer != nil {
			return w.viewer.probe(step, a, rule, draws)
		}
		if w.above(r) != nil {
			return w.judgedBelow(step, a, rule, r, draws)
		}
		if rule.Kind != circuit.None {
			r.Noise = make([]float32, draws*w.train.Classes*w.test.Len())
		}
		return w.judged(step, a, rule, r, draws)
	})
	r.Trajectory = a.Trajectory()
	return err
}

// learned reports whether what an arm learned from deviated at all, and whether its couplings are elsewhere than at their
// start, whose digest is passed. Of an arm that does not learn the couplings themselves both are the same.
func (w *world) learned(r *armRun, d circuit.Door, start [sha256.Size]byte) (deviated, moved bool) {
	positive := func(v float32) bool { return v > 0 }
	switch r.arm.Kind() {
	case scenario.Oracle, scenario.Shuffled: // what was asked of their source
		return r.Deviated, r.Learned
	case scenario.Diagonal:
		deviated = slices.ContainsFunc(d.DeviationPower(), positive)
		return deviated, deviated
	case scenario.Hebbian:
		return slices.ContainsFunc(d.DeviationPower(), positive), d.Digest() != start
	}
	return true, true // there is nothing to learn
}

// experience shows pairs of glimpses, clean then modified, to an arm whose couplings learn.
func (w *world) experience(ctx context.Context, step step, a *circuit.Arm, rule circuit.NoiseRule, r *armRun) error {
	seen, marks := 0, w.marks(rule, r.lesson)
	for pass := range w.passes(rule) {
		list := w.pass(r.lesson.images, stageExperience, pass)
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
			w.notice(glimpse{image: b.first, modified: true})
			w.progress.Advance(b.n)
			seen += 2 * b.n
			if marks[pass*len(list)+i+1] {
				p, err := w.curvePoint(ctx, seen, a.Door().Couplings(), r)
				if err != nil {
					return err
				}
				r.Curve = append(r.Curve, p)
			}
		}
	}
	return nil
}

// shown is a batch of training images in one of the slots.
type shown struct {
	batch
	slot int
}

// syllabus returns what an epoch shows: every batch of clean images or, where an arm trains on changed ones too, every
// second of them changed. There may be fewer changed images than clean ones; they come round again.
func (w *world) syllabus(epoch int, r *armRun) []shown {
	pass := w.pass(w.train.Len(), stageTeach, epoch)
	slot, images := slotTaught, w.train.Len()
	if r.arm.Training() == scenario.Augmentation {
		slot, images = slotModified, r.lesson.images
	}
	var changed []batch
	if r.arm.Training() != "" {
		changed = w.pass(images, stageTeach, epoch)
	}
	list := make([]shown, len(pass))
	position := 0
	for i, b := range pass {
		list[i] = shown{b, slotClean}
		if len(changed) > 0 && (i+epoch)%2 == 1 {
			list[i] = shown{changed[i%len(changed)], slot}
		}
		list[i].position = position
		position += list[i].n
	}
	return list
}

// teach shows the training images with their labels; the noise is as the experimenter set it. taught is what an arm
// that trains on attacked images will see of them.
func (w *world) teach(ctx context.Context, step step, a *circuit.Arm, rule circuit.NoiseRule, r *armRun, taught circuit.Memory) error {
	for epoch := range w.Readout.Epochs {
		if r.arm.Training() == scenario.AdversarialTraining && epoch > 0 {
			if err := w.attackTraining(ctx, a, r, taught); err != nil {
				return err
			}
		}
		list := w.syllabus(epoch, r)
		draw := func(b shown) network.Draw {
			return network.Draw{Stage: stageTeach, Number: uint32(epoch), First: uint32(b.position)}
		}
		for i, b := range list {
			if rule.Kind != circuit.None && (i == 0 || list[i-1].n != b.n) { // nobody emitted for this batch yet
				if err := step(network.Tick{Open: circuit.Emit, Lanes: b.n, Draw: draw(b)}); err != nil {
					return err
				}
			}
			w.label(a, b.batch)
			t := network.Tick{Lanes: b.n, Learn: true, First: b.first, Slot: b.slot, Open: circuit.Remember | circuit.Express | circuit.Act}
			if rule.Kind != circuit.None && i+1 < len(list) && list[i+1].n == b.n {
				t.Open |= circuit.Emit
				t.Draw = draw(list[i+1])
			}
			opens := []network.Process{t.Open, circuit.Integrate, circuit.Decide}
			if w.above(r) != nil {
				opens = []network.Process{t.Open, circuit.Sense, circuit.Respond, circuit.Integrate, circuit.Decide}
			}
			for _, open := range opens {
				t.Open = open
				t.Learn = !open.Has(circuit.Sense | circuit.Respond) // the sheet above has learned what it will
				if err := step(t); err != nil {
					return err
				}
			}
			w.notice(glimpse{image: b.first, modified: b.slot != slotClean})
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

// judged measures an arm on the test images and everything it is judged under, plasticity off. The noise of an image and
// a draw is the same under all of them, so it is drawn once.
func (w *world) judged(step step, a *circuit.Arm, rule circuit.NoiseRule, r *armRun, draws int) error {
	slots, images, classes := 1+len(r.levels), w.test.Len(), w.train.Classes
	for range slots {
		r.Correct = append(r.Correct, make([]uint8, images))
		r.Decided = append(r.Decided, make([]uint8, images))
		r.Confidence = append(r.Confidence, make([]float32, images))
	}
	decisions := make([]float32, classes*w.Lanes.Probe)
	for _, b := range batches(images, w.Lanes.Probe) {
		for _, part := range batches(b.n, w.Lanes.Learn) {
			from := network.Draw{Stage: stageJudge, First: uint32(b.first + part.first)}
			if err := w.draw(step, rule, from, draws, part); err != nil {
				return err
			}
		}
		if r.Noise != nil {
			for k := range draws {
				a.Door().NoisePotentials(decisions, k, b.n)
				for c := range classes {
					copy(r.Noise[(k*classes+c)*images+b.first:], decisions[c*b.n:(c+1)*b.n])
				}
			}
		}
		// Three ticks from a slot to its decision, and three slots under way at any time.
		for i := range slots + 2 {
			t := network.Tick{Lanes: b.n, First: b.first, Slot: slotTest + i}
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
				return err
			}
			if i < 2 {
				continue
			}
			a.Decisions(decisions, b.n)
			w.count(r, i-2, decisions, b)
		}
		w.progress.Advance(b.n)
	}
	return nil
}

// judgedBelow is judged for an arm whose noise reaches the readout through another sheet: it is lived draw by draw.
func (w *world) judgedBelow(step step, a *circuit.Arm, rule circuit.NoiseRule, r *armRun, draws int) error {
	slots, images, classes := 1+len(r.levels), w.test.Len(), w.train.Classes
	decisions := make([]float32, classes*w.Lanes.Learn)
	for range slots {
		r.Correct = append(r.Correct, make([]uint8, images))
		r.Decided = append(r.Decided, make([]uint8, images))
		r.Confidence = append(r.Confidence, make([]float32, images))
	}
	for _, b := range batches(images, min(w.Lanes.Learn, w.Lanes.Probe)) {
		for slot := range slots {
			for k := range draws {
				t := network.Tick{Lanes: b.n, First: b.first, Draw: network.Draw{Stage: stageJudge, Number: uint32(k), First: uint32(b.first)}}
				for _, open := range []network.Process{circuit.Emit, circuit.Remember | circuit.Express | circuit.Act,
					circuit.Sense, circuit.Respond, circuit.Integrate, circuit.Tally} {
					t.Open, t.Slot = open, slotTest+slot
					if open == circuit.Tally {
						t.Slot = k
					}
					if err := step(t); err != nil {
						return err
					}
				}
			}
			a.Decisions(decisions, b.n)
			w.count(r, slot, decisions, b)
		}
		w.progress.Advance(b.n)
	}
	return nil
}

// count notes decisions, [class][lane], on a batch of test images.
func (w *world) count(r *armRun, slot int, decisions []float32, b batch) {
	for l := range b.n {
		class := best(decisions, w.train.Classes, b.n, l)
		r.Decided[slot][b.first+l] = uint8(class)
		r.Confidence[slot][b.first+l] = decisions[class*b.n+l]
		if class == int(w.test.Labels[b.first+l]) {
			r.Correct[slot][b.first+l] = 1
		}
	}
}

// draw makes n noise draws, from the one that is passed on, for a part of a batch, and lets the readout keep what each
// gives it.
func (w *world) draw(step step, rule circuit.NoiseRule, from network.Draw, n int, part batch) error {
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
			t.Slot = k - 2
		}
		if err := step(t); err != nil {
			return err
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
