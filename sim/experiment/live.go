package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// A Conductor paces a live run and looks at it. Its methods are called between moments, by the run.
type Conductor interface {
	// Next returns what to do before the given moment. It may wait; its error ends the run.
	Next(ctx context.Context, moment uint64) ([]measure.Poke, error)
	// Wants reports whether a frame should be made of the moment, and whether it should be whole: what takes long to work
	// out, the noise and its alignment, is else that of the whole frame before. A run that nobody looks at makes none.
	Wants() (frame, whole bool)
	// Show takes a frame. It must not wait: the run would.
	Show(measure.Frame)
}

// Live is one arm of a scenario's first seed, to be watched and poked, with the arm none beside it: the features are
// learned, the readout without noise, then the noise and the readout amid it, and both arms are probed with the same test
// images, clean and perturbed, for as long as it may.
type Live struct {
	*Experiment
	// Moments is how many moments the run lasts; 0 for ever.
	Moments uint64

	chosen    armRun
	baseline  baseline
	stored    *stored // what a finished run left behind; nil where the run learns
	conductor Conductor
	world     *world
	ctx       context.Context // of Run, for Advance, which is handed none
	end       context.CancelCauseFunc

	moment       uint64
	phase        string
	done, trials int
	now          glimpse
	network      *circuit.Arm
	learned      bool    // the noise has its power
	power        float64 // asked for by a poke; 0 is the scenario's
	level        int     // of the perturbation that is probed with
	seen         [2]seen // of the arm and of none
	silent       map[int]bool
	pokes        []measure.Poke
	noise        noiseSeen

	lock      sync.Mutex
	couplings circuit.Couplings // as last seen
}

// noiseSeen is the noise as last seen.
type noiseSeen struct {
	settled bool // it has not changed since
	powers  []float32
	power   float64 // their mean
	looks   int     // while it was learned
	aligned bool    // the alignment of what was learned has been worked out
}

// glimpse is what the batch under way shows in lane 0.
type glimpse struct {
	eyes     *circuit.Features // that look, while features are learned
	test     bool
	image    int
	modified bool
}

// baseline is the arm none once it has learned: it waits, and is shown what the chosen arm is shown.
type baseline struct {
	armRun
	network *circuit.Arm
	step    step
}

// seen is what an arm made of the last batches: clean, then modified.
type seen struct {
	right     [2]recent
	decisions [2]int // on lane 0
}

// recent is a mean over the last batches, about.
type recent struct{ mean, weight float64 }

func (r *recent) add(x float64) {
	const keep = .9
	r.weight = float64(keep*r.weight) + 1
	r.mean += (x - r.mean) / r.weight
}

// errOver ends a live run that has lasted as long as it should.
var errOver = errors.New("the live run is over")

// NewLive prepares an arm of a scenario to be watched. An empty spelling is the last arm with a local rule of the first
// source that has one, since scenarios list the richest last, or else the first arm with noise.
func NewLive(e *Experiment, spelling string) (*Live, error) {
	none, _ := scenario.ParseArm(scenario.None)
	l := &Live{Experiment: e, silent: map[int]bool{}, pokes: []measure.Poke{}, baseline: baseline{armRun: armRun{arm: none}}}
	if n := l.Sheet.Second.Columns; n > 0 {
		return nil, fmt.Errorf("sheet.second.columns: must be 0, not %d: a live view shows one sheet", n)
	}
	for _, y := range (&world{Experiment: e, seed: e.Seed, train: e.train}).lessons() {
		for _, a := range y.Arms {
			if y.Attack == nil && l.better(a, y, spelling) {
				l.chosen = armRun{arm: a, lesson: y}
			}
		}
	}
	if l.chosen.lesson == nil && spelling == "" {
		return nil, fmt.Errorf("sources: no modification in %s has an arm with noise, and a live view shows one", e.Name)
	}
	if l.chosen.lesson == nil {
		return nil, fmt.Errorf("no source of %s that is a modification has the arm %q", e.Name, spelling)
	}
	l.level = max(slices.IndexFunc(e.cells, l.chosen.lesson.Is), 0)
	return l, nil
}

// better reports whether an arm of a source is to be watched rather than the one chosen so far.
func (l *Live) better(a scenario.Arm, y *lesson, spelling string) bool {
	c := &l.chosen
	switch {
	case spelling != "":
		return c.lesson == nil && a.String() == spelling
	case c.lesson == nil || c.arm.Kind() != scenario.Hebbian:
		return a.Kind() == scenario.Hebbian || c.lesson == nil && a.Noisy()
	}
	return c.lesson == y && a.Kind() == scenario.Hebbian && a.Training() == ""
}

// Source returns the name of what the arm learns from.
func (l *Live) Source() string { return l.chosen.lesson.Name }

// Layout returns what stays the same.
func (l *Live) Layout() measure.Layout {
	m := measure.Layout{Scenario: l.Name, Arm: l.chosen.arm.String(), Seed: l.Seed, Columns: l.Sheet.Columns, Units: l.Sheet.Units,
		Width: l.test.Width, Height: l.test.Height, Classes: l.train.Classes, Power: l.Power(l.chosen.arm), Hubs: l.noiseHubs(), Explored: l.stored != nil}
	for _, c := range l.cells {
		m.Perturbations = append(m.Perturbations, measure.Choice{Perturbation: c.Name, Strength: c.Strength, Value: c.Value(), Unit: c.Unit})
	}
	return m
}

// Run lives the arm to its end, or until the context or the conductor ends it. What was done is recorded in any case;
// an end that was asked for is no error.
func (l *Live) Run(ctx context.Context, c Conductor) (Recording, error) {
	ctx, l.end = context.WithCancelCause(ctx)
	defer l.end(nil)
	l.ctx, l.conductor = ctx, c
	w := l.Experiment.world(l.Seed, l)
	w.viewer, l.world = l, w
	err := l.live(ctx, w)
	r := Recording{Arm: l.chosen.arm.String(), Source: l.Source(), Moments: l.moment, Pokes: l.pokes}
	h := sha256.New()
	for _, layer := range w.layers {
		t := layer.eyes.Trajectory()
		h.Write(t[:])
	}
	h.Write(l.baseline.Trajectory[:])
	h.Write(l.chosen.Trajectory[:])
	r.Trajectory = "sha256:" + hex.EncodeToString(h.Sum(nil))
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errOver) || errors.Is(cause, context.Canceled)) {
		err = nil
	} else if err != nil && cause != nil {
		err = cause
	}
	return r, err
}

// live learns all that there is to learn and probes both arms, the chosen one within the life of the other ([Live.probe]).
func (l *Live) live(ctx context.Context, w *world) error {
	if l.stored != nil {
		return l.explore(ctx, w)
	}
	var err error
	if w.train, err = w.shuffle(ctx, l.train); err != nil {
		return err
	}
	y := l.chosen.lesson
	y.left = 2                                            // it stays
	l.baseline.levels, l.chosen.levels = l.cells, l.cells // whatever may be chosen on the page
	if err := w.learn(ctx); err != nil {
		return err
	}
	l.Start("responses", 0)
	if err := w.responses(ctx); err != nil {
		return err
	}
	if err := y.prepare(ctx, w); err != nil {
		return err
	}
	return w.arm(ctx, &l.baseline.armRun)
}

// second lives the chosen arm, once the baseline waits.
func (l *Live) second() error {
	if l.stored != nil {
		return l.revive(l.ctx, &l.chosen, l.stored.ofChosen)
	}
	return l.world.arm(l.ctx, &l.chosen)
}

// Start implements [Progress].
func (l *Live) Start(phase string, trials int) {
	l.phase, l.done, l.trials, l.noise.settled = phase, 0, trials, false
}

// Advance implements [Progress]: a moment is over.
func (l *Live) Advance(trials int) {
	l.done += trials
	l.moment++
	if frame, whole := l.conductor.Wants(); frame {
		l.conductor.Show(l.frame(whole))
	}
	if l.Moments > 0 && l.moment >= l.Moments {
		l.end(errOver)
		return
	}
	pokes, err := l.conductor.Next(l.ctx, l.moment)
	if err != nil {
		l.end(err)
		return
	}
	for _, p := range pokes {
		p.Moment = l.moment
		if err := l.poke(p); err != nil {
			l.end(err)
			return
		}
		l.pokes = append(l.pokes, p)
	}
}

// Check returns an error that names the field if a poke cannot be done.
func (l *Live) Check(p measure.Poke) error {
	units := l.sheets()[0].Len()
	switch p.Kind {
	case measure.PokeSilence, measure.PokeRestore:
		if len(p.Units) == 0 {
			return errors.New("units: none given")
		}
		for _, i := range p.Units {
			if i < 0 || i >= units {
				return fmt.Errorf("units: %d is none of the %d units", i, units)
			}
		}
		return nil
	case measure.PokePower:
		if !(p.Power > 0 && p.Power <= 1e6) {
			return fmt.Errorf("power: must be above 0 and at most 1000000, not %v", p.Power)
		}
		return nil
	case measure.PokePerturb:
		if l.find(p) < 0 {
			return fmt.Errorf("perturbation: %s at strength %d is not among those of the scenario", p.Perturbation, p.Strength)
		}
		return nil
	}
	return fmt.Errorf("kind: %q is none of silence, restore, power, perturb", p.Kind)
}

func (l *Live) find(p measure.Poke) int {
	return slices.IndexFunc(l.cells, func(c scenario.Level) bool { return c.Name == p.Perturbation && c.Strength == p.Strength })
}

func (l *Live) poke(p measure.Poke) error {
	if err := l.Check(p); err != nil {
		return err
	}
	switch p.Kind {
	case measure.PokeSilence, measure.PokeRestore:
		for _, i := range p.Units {
			l.silent[i] = p.Kind == measure.PokeSilence
		}
		for _, a := range []*circuit.Arm{l.network, l.baseline.network} {
			if a != nil {
				a.Silence(p.Units, p.Kind == measure.PokeSilence)
			}
		}
	case measure.PokePower:
		if l.power = p.Power; l.learned {
			l.network.SetPower(p.Power)
			l.noise.settled = false
		}
	case measure.PokePerturb:
		l.level = l.find(p)
		for i := range l.seen {
			l.seen[i].right[1] = recent{}
		}
	}
	return nil
}

// wired is told of the network before it runs.
func (l *Live) wired(a *circuit.Arm) {
	l.network = a
	if n := l.world.passes(a.Rule) * l.chosen.lesson.images; n > 0 && l.stored == nil {
		l.Start("noise", n)
	}
	var list []int
	for i, silent := range l.silent {
		if silent {
			list = append(list, i)
		}
	}
	a.Silence(list, true)
}

// teaching is told when an arm's noise is learned and its readout begins. It returns the power of the noise, given the
// scenario's.
func (l *Live) teaching(power float64) float64 {
	n := l.Readout.Epochs * l.world.train.Len()
	if l.baseline.network == nil {
		l.Start("baseline", n)
		return power
	}
	l.learned = true
	l.Start("readout", n)
	if l.power > 0 {
		return l.power
	}
	return power
}

// probe shows test images, clean and perturbed, for ever, to the chosen arm and to none. None comes first: it stands by
// while the other lives.
func (l *Live) probe(step step, a *circuit.Arm, rule circuit.NoiseRule, draws int) error {
	if l.baseline.network == nil {
		l.baseline.step, l.baseline.network, l.network = step, a, nil
		return l.second()
	}
	w := l.world
	l.Start("probe", 0)
	list := batches(w.test.Len(), min(w.Lanes.Learn, w.Lanes.Probe))
	for k := 0; ; k = (k + 1) % len(list) {
		b := list[k]
		if err := w.draw(step, rule, network.Draw{Stage: stageJudge, First: uint32(b.first)}, draws, batch{n: b.n}); err != nil {
			return err
		}
		if err := l.judge(step, a, b, &l.seen[0]); err != nil {
			return err
		}
		if err := l.judge(l.baseline.step, l.baseline.network, b, &l.seen[1]); err != nil {
			return err
		}
		l.now = glimpse{test: true, image: b.first, modified: true}
		w.progress.Advance(b.n)
	}
}

// judge lets an arm decide on a batch of test images, clean and perturbed.
func (l *Live) judge(step step, a *circuit.Arm, b batch, s *seen) error {
	classes := l.world.train.Classes
	decisions := make([]float32, classes*b.n)
	for side, slot := range []int{slotTest, slotTest + 1 + l.level} {
		for _, open := range []network.Process{circuit.Recall, circuit.Drive, circuit.Judge} {
			if err := step(network.Tick{Open: open, Lanes: b.n, First: b.first, Slot: slot}); err != nil {
				return err
			}
		}
		a.Decisions(decisions, b.n)
		right := 0
		for i := range b.n {
			class := best(decisions, classes, b.n, i)
			if class == int(l.world.test.Labels[b.first+i]) {
				right++
			}
			if i == 0 {
				s.decisions[side] = class
			}
		}
		s.right[side].add(float64(right) / float64(b.n))
	}
	return nil
}

// alignEvery is how many looks at noise that is being learned there are to one at its alignment, which takes longest.
const alignEvery = 2

// frame makes a frame of the moment.
func (l *Live) frame(whole bool) measure.Frame {
	w := l.world
	set := w.train
	if l.now.test {
		set = w.test
	}
	f := measure.Frame{Moment: l.moment, Phase: l.phase, Done: l.done, Trials: l.trials, Label: int(set.Labels[l.now.image]),
		Clean: pixelBytes(set.Image(l.now.image)), Modified: []uint8{}, Silent: []int{}, Decisions: []int{},
		Activity: make([]float32, w.layers[0].Len()), Noise: make([]float32, w.layers[0].Len())}
	for i := range f.Activity {
		if l.silent[i] {
			f.Silent = append(f.Silent, i)
		}
	}
	if l.now.modified {
		c := l.chosen.lesson.Level
		trials := uint32(0)
		if l.now.test {
			c, trials = l.cells[l.level], testTrials
		}
		f.Perturbation, f.Strength, f.Value, f.Unit = c.Name, c.Strength, c.Value(), c.Unit
		one := make([]float32, set.Size())
		w.modify(one, set, l.now.image, c, trials)
		f.Modified = pixelBytes(one)
	}
	if l.network == nil {
		if l.now.eyes != nil {
			l.now.eyes.Responses(f.Activity, 1, 0, 1)
		}
		return f
	}
	l.network.Door().Seen(f.Activity, 0)
	if whole && !l.noise.settled {
		f.Alignment = l.look()
	}
	if l.noise.powers != nil {
		f.Noise, f.Power = l.noise.powers, l.noise.power
	}
	switch l.phase {
	case "baseline", "readout":
		l.accuracy(&f)
	case "probe":
		f.Decisions, f.Accuracy, f.AccuracyModified = l.seen[0].told()
		f.Baseline.Decisions, f.Baseline.Accuracy, f.Baseline.AccuracyModified = l.seen[1].told()
	}
	return f
}

// told is what an arm made of pictures lately, as a frame tells it.
func (s seen) told() (decisions []int, clean, modified *float64) {
	return s.decisions[:], &s.right[0].mean, &s.right[1].mean
}

// look looks at the noise anew. It returns the alignment where that was worked out: now and then while noise is learned,
// and once when it has been.
func (l *Live) look() *float64 {
	c := l.network.Door().Couplings()
	l.lock.Lock()
	l.couplings = c
	l.lock.Unlock()
	n := &l.noise
	n.settled = l.learned
	if len(c.Self) == 0 {
		return nil
	}
	n.powers, n.power = c.RowPowers(), c.Power()
	if n.aligned || l.stored != nil {
		return nil
	}
	if n.looks++; !l.learned && n.looks%alignEvery != 0 {
		return nil
	}
	s, err := l.chosen.lesson.structure(l.ctx, l.world, 0)
	if err != nil { // it is over
		return nil
	}
	v, err := s.alignment(l.ctx, c)
	if err != nil || math.IsNaN(v) { // there is no noise
		return nil
	}
	n.aligned = l.learned
	return &v
}

// accuracy is that of the batch the readout has just learned from.
func (l *Live) accuracy(f *measure.Frame) {
	lanes := l.world.Lanes.Learn
	shares := make([]float32, l.train.Classes*lanes)
	l.network.Door().Shares(shares, lanes)
	right, n := 0, min(lanes, l.world.train.Len()-l.now.image)
	for i := range n {
		if best(shares, l.train.Classes, lanes, i) == int(l.world.train.Labels[l.now.image+i]) {
			right++
		}
	}
	share := float64(right) / float64(n)
	f.Accuracy = &share
}

// pixelBytes turns pixels from 0 to 1 into bytes.
func pixelBytes(x []float32) []uint8 {
	b := make([]uint8, len(x))
	for i, v := range x {
		b[i] = uint8(math.Round(float64(255 * v)))
	}
	return b
}
