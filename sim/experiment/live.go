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

// Live is one arm of a scenario's first seed, to be watched and poked: it learns its features, its noise and its
// readout, and is then probed with test images, clean and perturbed, for as long as it may.
type Live struct {
	*Experiment
	// Moments is how many moments the run lasts; 0 for ever.
	Moments uint64

	chosen    armRun
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
	right        [2]recent
	decisions    []int
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

// recent is a mean over the last batches, about.
type recent struct{ mean, weight float64 }

func (r *recent) add(x float64) {
	const keep = .9
	r.weight = float64(keep*r.weight) + 1
	r.mean += (x - r.mean) / r.weight
}

// errOver ends a live run that has lasted as long as it should.
var errOver = errors.New("the live run is over")

// NewLive prepares an arm of a scenario to be watched. An empty spelling is the first arm with a local rule, or else the
// first that is not none.
func NewLive(e *Experiment, spelling string) (*Live, error) {
	l := &Live{Experiment: e, silent: map[int]bool{}, pokes: []measure.Poke{}}
	if n := l.Sheet.Second.Columns; n > 0 {
		return nil, fmt.Errorf("sheet.second.columns: must be 0, not %d: a live view shows one sheet", n)
	}
	for _, y := range (&world{Experiment: e, seed: e.Seed, train: e.train}).lessons() {
		for _, a := range y.Arms {
			named := spelling != "" && a.String() == spelling
			first := spelling == "" && a.Noisy() && (l.chosen.lesson == nil || a.Kind() == scenario.Hebbian && l.chosen.arm.Kind() != scenario.Hebbian)
			if y.Attack == nil && l.chosen.arm.String() != spelling && named || first && y.Attack == nil {
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

// Source returns the name of what the arm learns from.
func (l *Live) Source() string { return l.chosen.lesson.Name }

// Layout returns what stays the same.
func (l *Live) Layout() measure.Layout {
	m := measure.Layout{Scenario: l.Name, Arm: l.chosen.arm.String(), Seed: l.Seed, Columns: l.Sheet.Columns, Units: l.Sheet.Units,
		Width: l.test.Width, Height: l.test.Height, Classes: l.train.Classes, Power: l.Power(l.chosen.arm)}
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
	w.train, w.viewer, l.world = w.shuffle(l.train), l, w
	a := l.chosen
	a.lesson.left = 2 // it stays
	w.meet(&a)
	err := func() error {
		if err := w.learn(ctx); err != nil {
			return err
		}
		l.Start("responses", 0)
		if err := w.responses(ctx); err != nil {
			return err
		}
		if err := a.lesson.prepare(ctx, w); err != nil {
			return err
		}
		return w.arm(ctx, &a)
	}()
	r := Recording{Arm: a.arm.String(), Source: a.lesson.Name, Moments: l.moment, Pokes: l.pokes}
	h := sha256.New()
	for _, layer := range w.layers {
		t := layer.eyes.Trajectory()
		h.Write(t[:])
	}
	h.Write(a.Trajectory[:])
	r.Trajectory = "sha256:" + hex.EncodeToString(h.Sum(nil))
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errOver) || errors.Is(cause, context.Canceled)) {
		err = nil
	} else if err != nil && cause != nil {
		err = cause
	}
	return r, err
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
		if l.network != nil {
			l.network.Silence(p.Units, p.Kind == measure.PokeSilence)
		}
	case measure.PokePower:
		if l.power = p.Power; l.learned {
			l.network.SetPower(p.Power)
			l.noise.settled = false
		}
	case measure.PokePerturb:
		l.level, l.right[1] = l.find(p), recent{}
	}
	return nil
}

// wired is told of the network before it runs.
func (l *Live) wired(a *circuit.Arm) {
	l.network = a
	l.Start("noise", l.world.passes(a.Rule)*l.chosen.lesson.images)
	var list []int
	for i, silent := range l.silent {
		if silent {
			list = append(list, i)
		}
	}
	a.Silence(list, true)
}

// probe shows test images, clean and perturbed, for ever.
func (l *Live) probe(step step, a *circuit.Arm, rule circuit.NoiseRule, draws int) error {
	w := l.world
	l.Start("probe", 0)
	classes := w.train.Classes
	decisions := make([]float32, classes*w.Lanes.Learn)
	l.decisions = make([]int, 2)
	list := batches(w.test.Len(), min(w.Lanes.Learn, w.Lanes.Probe))
	for k := 0; ; k = (k + 1) % len(list) {
		b := list[k]
		if err := w.draw(step, rule, network.Draw{Stage: stageJudge, First: uint32(b.first)}, draws, batch{n: b.n}); err != nil {
			return err
		}
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
				if class == int(w.test.Labels[b.first+i]) {
					right++
				}
				if i == 0 {
					l.decisions[side] = class
				}
			}
			l.right[side].add(float64(right) / float64(b.n))
		}
		l.now = glimpse{test: true, image: b.first, modified: true}
		w.progress.Advance(b.n)
	}
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
	case "readout":
		l.accuracy(&f)
	case "probe":
		f.Decisions = slices.Clone(l.decisions)
		clean, modified := l.right[0].mean, l.right[1].mean
		f.Accuracy, f.AccuracyModified = &clean, &modified
	}
	return f
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
	if n.aligned {
		return nil
	}
	if n.looks++; !l.learned && n.looks%alignEvery != 0 {
		return nil
	}
	v := l.chosen.lesson.structure(l.world, 0).alignment(c)
	if math.IsNaN(v) { // there is no noise
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

// Correlations returns the correlation of a unit's noise with that of every unit, as of the last whole frame; nil where there
// is no noise yet. Any goroutine may ask.
func (l *Live) Correlations(unit int) []float32 {
	l.lock.Lock()
	c := l.couplings
	l.lock.Unlock()
	if unit < 0 || unit >= len(c.Self) {
		return nil
	}
	powers := c.RowPowers()
	weights := map[int32]float32{} // of the sources that the unit hears
	source := func(i, j int) int32 {
		if c.Hubs > 0 {
			return int32(j)
		}
		return c.Sources[i][j]
	}
	for j, v := range c.L[unit] {
		weights[source(unit, j)] = v
	}
	out := make([]float32, len(c.Self))
	for i, row := range c.L {
		var sum float32
		for j, v := range row {
			sum += float32(v * weights[source(i, j)])
		}
		if i == unit {
			sum += float32(c.Self[i] * c.Self[i])
		}
		if norm := float64(powers[i]) * float64(powers[unit]); norm > 0 {
			out[i] = float32(float64(sum) / math.Sqrt(norm))
		}
	}
	return out
}

// pixelBytes turns pixels from 0 to 1 into bytes.
func pixelBytes(x []float32) []uint8 {
	b := make([]uint8, len(x))
	for i, v := range x {
		b[i] = uint8(math.Round(float64(255 * v)))
	}
	return b
}
