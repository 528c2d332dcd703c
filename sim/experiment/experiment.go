// Package experiment puts networks and stimuli together: it runs a scenario and measures what noise buys.
//
// For each seed the sheet learns its features, remembers its noise-free responses to every picture of the run, and each
// arm then gets a network of its own that learns its noise, learns its readout and is judged. Arms of a seed meet the
// same features, stimuli and draws.
package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/measure"
	"murmur/sim/modification"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// stallTime is how long a tick may take before a run counts as stuck.
const stallTime = 5 * time.Minute

// Progress is told how far a run is. Its methods may be called from several goroutines.
type Progress interface {
	// Start begins a phase of the given number of trials and ends the one before.
	Start(phase string, trials int)
	// Advance reports trials done.
	Advance(trials int)
}

// Outcome is what a run found.
type Outcome struct {
	Result   *measure.Result
	Archives []Archive // of the first seed
	Phases   []Phase
}

// Phase is how long a part of the run took.
type Phase struct {
	Name    string
	Seconds float64
}

// cell is a perturbation at a strength.
type cell struct {
	modification modification.Modification
	strength     int
}

// Experiment is a scenario with its images, ready to run.
type Experiment struct {
	*scenario.Scenario
	train, test *stimulus.Set
	cells       []cell
}

// New loads the images of a scenario and checks it against them.
func New(s *scenario.Scenario) (*Experiment, error) {
	train, test, err := images(s)
	if err != nil {
		return nil, err
	}
	for i, a := range s.Attacks {
		if a.Images > test.Len() {
			return nil, fmt.Errorf("attacks.%d.images: %d asked for, there are %d", i, a.Images, test.Len())
		}
	}
	e := &Experiment{Scenario: s, train: train, test: test}
	for _, name := range s.Perturbations {
		m, _ := modification.Lookup(name) // the scenario was checked
		for _, k := range s.Strengths {
			e.cells = append(e.cells, cell{m, k})
		}
	}
	for _, y := range s.Sources { // every source is measured at its own perturbation and strength
		if e.matched(y) < 0 {
			m, _ := modification.Lookup(y.Perturbation)
			e.cells = append(e.cells, cell{m, y.Strength})
		}
	}
	return e, nil
}

// matched returns the index of the cell of a source's own perturbation and strength, 0 being the clean images, or -1.
func (e *Experiment) matched(y scenario.Source) int {
	for c, cell := range e.cells {
		if cell.modification.Name == y.Perturbation && cell.strength == y.Strength {
			return c + 1
		}
	}
	return -1
}

// Run runs the experiment. If the context ends early it returns what was finished together with the context's error;
// the outcome is nil if nothing was.
func (e *Experiment) Run(ctx context.Context, p Progress) (*Outcome, error) {
	r := &run{Experiment: e, progress: p}
	for i := range e.Seeds {
		if err := r.seed(ctx, e.Seed+uint64(i)); err != nil {
			if ctx.Err() == nil || !r.anything() {
				return nil, err
			}
			return r.outcome(), context.Cause(ctx)
		}
	}
	return r.outcome(), nil
}

// images loads the pictures of a scenario and cuts them to the numbers it asks for.
func images(s *scenario.Scenario) (train, test *stimulus.Set, err error) {
	if s.Data.Path != "" {
		train, test, err = stimulus.Open(s.Data.Path)
	} else {
		train, test, err = stimulus.Embedded(s.Data.Set)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := s.CheckPicture(train.Width, train.Height, train.Classes); err != nil {
		return nil, nil, err
	}
	nTrain, nTest := s.Data.Train, s.Data.Test
	if s.Data.JudgeOn == scenario.ValidationImages {
		var rest *stimulus.Set
		if nTrain == 0 || nTrain >= train.Len() {
			return nil, nil, fmt.Errorf("data.train: validation judges on training images that are left out, and of %d none is; lower it", train.Len())
		}
		train, rest = stimulus.Split(train, nTrain)
		if test = rest; nTest > test.Len() {
			return nil, nil, fmt.Errorf("data.test: validation judges on training images that are left out: %d remain, not %d; lower data.train or data.test", test.Len(), nTest)
		}
	}
	if train, err = cut("train", train, nTrain); err != nil {
		return nil, nil, err
	}
	test, err = cut("test", test, nTest)
	return train, test, err
}

func cut(name string, set *stimulus.Set, n int) (*stimulus.Set, error) {
	switch {
	case n > set.Len():
		return nil, fmt.Errorf("data.%s: %d images asked for, there are %d; 0 means all", name, n, set.Len())
	case n == 0:
		return set, nil
	}
	return set.First(n), nil
}

// run is an experiment under way.
type run struct {
	*Experiment
	progress Progress
	seeds    []*seedRun
	phases   []Phase
}

// seedRun is what one seed gave.
type seedRun struct {
	arms       []*armRun
	features   []float32
	sheet      topology.Sheet
	trajectory [sha256.Size]byte // of the features
}

// anything reports whether some arm of the first seed was finished.
func (r *run) anything() bool {
	return len(r.seeds) > 0 && len(r.seeds[0].arms) > 0 && r.seeds[0].arms[0].done
}

// timed runs a phase and notes how long it took.
func (r *run) timed(name string, f func() error) error {
	start := time.Now()
	err := f()
	r.phases = append(r.phases, Phase{name, time.Since(start).Seconds()})
	return err
}

// seed runs all arms for one seed.
func (r *run) seed(ctx context.Context, seed uint64) error {
	w := r.world(seed, prefixed{r.progress, r.label(seed)})
	w.train = w.shuffle(r.train)
	eyes := circuit.NewFeatures(w.sheet, w.widest(), circuit.FeatureRule{Gain: float32(r.Features.Gain),
		Temperature: float32(r.Features.Temperature), Rate: float32(r.Features.Rate)}, seed, w.runtime())
	label := r.label(seed)
	if err := r.timed(label+"features", func() error { return w.learnFeatures(ctx, eyes) }); err != nil {
		return err
	}
	var clean circuit.Memory
	var sources, cells []circuit.Memory
	err := r.timed(label+"responses", func() (err error) {
		w.progress.Start("responses", r.train.Len()*(1+len(r.Sources))+r.test.Len()*(1+len(r.cells)))
		clean, sources, cells, err = r.responses(ctx, w, eyes)
		return err
	})
	if err != nil {
		return err
	}
	sr := &seedRun{features: eyes.Weights(), sheet: w.sheet, trajectory: eyes.Trajectory()}
	sr.arms = r.arms()
	r.seeds = append(r.seeds, sr)
	structures := make([]*structure, len(r.Sources))
	err = r.timed(label+"covariance", func() error {
		w.progress.Start("covariance of deviations", len(r.Sources))
		for i := range r.Sources {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			structures[i] = newStructure(clean, sources[i], w.sheet.Len(), w.components(), seed)
			w.progress.Advance(1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.timed(label+"arms", func() error {
		w.progress.Start("arms", w.armTrials(sr.arms))
		var g errgroup.Group
		g.SetLimit(side()) // one arm waits while another computes
		for _, a := range sr.arms {
			g.Go(func() error {
				memory := []circuit.Memory{clean, clean}
				var y *structure
				if a.source >= 0 {
					memory[slotModified], y = sources[a.source], structures[a.source]
				}
				return r.arm(ctx, w, a, append(memory, cells...), y, eyes)
			})
		}
		return g.Wait()
	})
}

func (r *run) label(seed uint64) string {
	if r.Seeds == 1 {
		return ""
	}
	return fmt.Sprintf("seed %d of %d: ", seed-r.Seed+1, r.Seeds)
}

// responses lets the sheet look at every picture of the run.
func (r *run) responses(ctx context.Context, w *world, eyes *circuit.Features) (clean circuit.Memory, sources, cells []circuit.Memory, err error) {
	if clean, err = w.respond(ctx, eyes, w.train.Pixels, w.train.Len()); err != nil {
		return
	}
	for _, y := range r.Sources {
		m, _ := modification.Lookup(y.Perturbation)
		mem, err := w.respond(ctx, eyes, w.modified(w.train, m, y.Strength, 0), r.train.Len())
		if err != nil {
			return clean, nil, nil, err
		}
		sources = append(sources, mem)
	}
	mem, err := w.respond(ctx, eyes, r.test.Pixels, r.test.Len())
	if err != nil {
		return clean, nil, nil, err
	}
	cells = append(cells, mem)
	for _, c := range r.cells {
		mem, err := w.respond(ctx, eyes, w.modified(r.test, c.modification, c.strength, testTrials), r.test.Len())
		if err != nil {
			return clean, nil, nil, err
		}
		cells = append(cells, mem)
	}
	return clean, sources, cells, nil
}

// arms lists the arms of a seed: none first, then those of each source.
func (r *run) arms() []*armRun {
	none, _ := scenario.ParseArm(scenario.None)
	arms := []*armRun{{arm: none, source: -1}}
	for i, y := range r.Sources {
		for _, a := range y.Arms {
			arms = append(arms, &armRun{arm: a, source: i})
		}
	}
	return arms
}

// armTrials counts the trials that arms advance by, for the progress.
func (w *world) armTrials(arms []*armRun) int {
	n := 0
	for _, a := range arms {
		n += (w.passes(w.noiseRule(a.arm))+w.Readout.Epochs)*w.train.Len() + w.test.Len()
		for _, k := range w.Attacks {
			if w.attacks(k, a) {
				n += 2 * k.Images
			}
		}
	}
	return n
}

// attacks reports whether an attack of the scenario is aimed at an arm.
func (w *world) attacks(k scenario.Attack, a *armRun) bool {
	if a.source >= 0 && w.Sources[a.source].Perturbation != k.Source {
		return false
	}
	return slices.Contains(k.Arms, a.arm)
}

// arm runs one arm to its end: learning, judging, attacks.
func (r *run) arm(ctx context.Context, w *world, a *armRun, memory []circuit.Memory, y *structure, eyes *circuit.Features) error {
	judged := len(memory)
	slots := map[int]int{}
	for i, k := range r.Attacks {
		if w.attacks(k, a) {
			slots[i] = len(memory)
			memory = append(memory, circuit.Memory{Trials: k.Images, Values: make([]float32, w.sheet.Len()*k.Images)})
		}
	}
	c, err := w.runArm(ctx, a, memory, judged-slotTest, y)
	if err != nil {
		return r.armError(a, err)
	}
	a.attacked = map[int][]uint8{}
	for i, k := range r.Attacks {
		slot, ok := slots[i]
		if !ok {
			continue
		}
		if a.attacked[i], err = w.attackArm(ctx, a, c, eyes, k, slot, memory[slot]); err != nil {
			return r.armError(a, err)
		}
		w.progress.Advance(k.Images)
	}
	if y != nil && len(a.couplings.Self) > 0 {
		a.alignment = y.alignment(a.couplings)
	}
	a.trajectory = append(a.trajectory, c.Trajectory())
	a.done = true
	return nil
}

// armError names the arm, and the rate where a rule that learns may have diverged.
func (r *run) armError(a *armRun, err error) error {
	var unit *network.UnitError
	if a.arm.Rule() == scenario.GHA && errors.As(err, &unit) {
		return fmt.Errorf("arm %s: %w (it diverges if noise.gha.rate, here %v, is too high)", a.arm, err, r.Noise.GHA.Rate)
	}
	return fmt.Errorf("arm %s: %w", a.arm, err)
}

// trajectory is the SHA-256 of all trajectories of a run, seeds and arms in order.
func (r *run) trajectory() string {
	h := sha256.New()
	for _, s := range r.seeds {
		h.Write(s.trajectory[:])
		for _, a := range s.arms {
			for _, t := range a.trajectory {
				h.Write(t[:])
			}
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// prefixed puts the seed before the phase.
type prefixed struct {
	Progress
	label string
}

func (p prefixed) Start(phase string, trials int) { p.Progress.Start(p.label+phase, trials) }
