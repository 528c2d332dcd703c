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
	"murmur/sim/measure"
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

// Experiment is a scenario with its images, ready to run.
type Experiment struct {
	*scenario.Scenario
	train, test *stimulus.Set
	counted     stimulus.Census
	lessons     []scenario.Lesson
	cells       []scenario.Level // modifications that arms are judged under
	attacks     []scenario.Level // attacks that arms are judged under
}

// New loads the images of a scenario and checks it against them; the experiment's scenario has the numbers of images that
// were taken where that leaves them to the defaults. If the context ends first it returns the context's error.
func New(ctx context.Context, s *scenario.Scenario) (*Experiment, error) {
	train, test, err := open(ctx, s)
	if err != nil {
		return nil, err
	}
	s = s.Fit(train.Len(), test.Len())
	if train, test, err = choose(s, train, test); err != nil {
		return nil, err
	}
	for i, y := range s.Sources {
		if y.Images > train.Len() {
			return nil, fmt.Errorf("sources.%d.images: %d asked for, there are %d", i, y.Images, train.Len())
		}
	}
	return newExperiment(s, train, test), nil
}

// newExperiment puts a scenario and pictures together.
func newExperiment(s *scenario.Scenario, train, test *stimulus.Set) *Experiment {
	e := &Experiment{Scenario: s, train: train, test: test, counted: stimulus.TakeCensus(train, test), lessons: s.Lessons()}
	for _, l := range s.Levels() {
		if l.Attack != nil {
			e.attacks = append(e.attacks, l)
		} else {
			e.cells = append(e.cells, l)
		}
	}
	return e
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

// run is an experiment under way.
type run struct {
	*Experiment
	progress Progress
	seeds    []*seedRun
	phases   []Phase

	// Of the first seed.
	covariances                     []measure.Covariance
	examples                        []measure.Example
	covarianceArrays, exampleArrays []measure.Array
}

// seedRun is what one seed gave.
type seedRun struct {
	arms       []*armRun
	layers     []*layer
	silent     []int               // units of each layer that no training image makes respond
	trajectory [][sha256.Size]byte // of the features, then of what each source showed
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
	label := r.label(seed)
	if err := r.timed(label+"features", func() error { return w.learn(ctx) }); err != nil {
		return err
	}
	err := r.timed(label+"responses", func() error {
		w.progress.Start("responses", len(w.layers)*(r.train.Len()+r.test.Len()*(1+len(r.cells))))
		return w.responses(ctx)
	})
	if err != nil {
		return err
	}
	sr := &seedRun{layers: w.layers}
	for _, l := range w.layers {
		sr.trajectory = append(sr.trajectory, l.eyes.Trajectory())
		sr.silent = append(sr.silent, l.silent())
	}
	lessons := w.lessons()
	sr.arms = w.arms(lessons)
	r.seeds = append(r.seeds, sr)
	err = r.timed(label+"arms", func() error {
		w.progress.Start("arms", w.armTrials(sr.arms))
		if err := w.arm(ctx, sr.arms[0]); err != nil { // none: attacks that structure is learned from are made against it
			return err
		}
		w.base = sr.arms[0]
		var g errgroup.Group
		g.SetLimit(side()) // one arm waits while another computes
		for _, a := range sr.arms[1:] {
			g.Go(func() error { return w.arm(ctx, a) })
		}
		return g.Wait()
	})
	if err == nil && seed == r.Seed {
		if r.covariances = covariances(lessons); r.covariances != nil {
			r.covarianceArrays = covarianceArrays(lessons)
		}
		r.examples, r.exampleArrays, err = w.examples(ctx, sr.arms)
	}
	for _, y := range lessons {
		sr.trajectory = append(sr.trajectory, y.trajectory...)
	}
	for _, l := range w.layers { // the features alone are asked for again
		l.clean, l.judge, l.seen = circuit.Memory{}, circuit.Memory{}, nil
	}
	return err
}

func (r *run) label(seed uint64) string {
	if r.Seeds == 1 {
		return ""
	}
	return fmt.Sprintf("seed %d of %d: ", seed-r.Seed+1, r.Seeds)
}

// arms lists the arms of a seed: none first, then those of each source. An arm that takes nothing from its source is
// the same under all of them, and stands with the first alone.
func (w *world) arms(lessons []*lesson) []*armRun {
	none, _ := scenario.ParseArm(scenario.None)
	list := []*armRun{{arm: none}}
	for _, y := range lessons {
		for _, a := range y.Arms {
			twin := func(b *armRun) bool { return b.arm == a && b.lesson != nil && !b.lesson.Teaches(a) }
			if i := slices.IndexFunc(list, twin); i >= 0 && !y.Teaches(a) {
				list[i].sources = append(list[i].sources, y.Lesson)
				continue
			}
			list = append(list, &armRun{arm: a, lesson: y, sources: []scenario.Lesson{y.Lesson}})
			y.left++
		}
	}
	for _, a := range list {
		w.meet(a)
	}
	return list
}

// meet lists what an arm is judged under and attacked with.
func (w *world) meet(a *armRun) {
	for _, l := range w.cells {
		if w.Judged(a.arm, a.sources, l) {
			a.levels = append(a.levels, l)
		}
	}
	for _, l := range w.attacks { // those of the scenario if it is among the attacked, and those that its sources are
		if w.Judged(a.arm, a.sources, l) {
			a.attacks = append(a.attacks, l)
		}
	}
}

// armTrials counts the trials that arms advance by, for the progress.
func (w *world) armTrials(arms []*armRun) int {
	n := 0
	seen := map[*lesson]bool{}
	for _, a := range arms {
		pairs := 0
		if a.lesson != nil {
			pairs = a.lesson.images
			if !seen[a.lesson] {
				n += len(w.layers) * pairs
				seen[a.lesson] = true
			}
		}
		n += w.passes(w.noiseRule(a.arm))*pairs + w.Readout.Epochs*w.train.Len() + w.test.Len() + attackTrials*len(a.attacks)*w.struck()
		if a.arm.Training() == scenario.GaussianInput {
			n += len(w.layers) * w.train.Len()
		}
	}
	return n
}

// armError names the arm, and the rate where a rule that learns may have diverged.
func (w *world) armError(a *armRun, err error) error {
	var unit *network.UnitError
	if a.arm.Rule() == scenario.GHA && errors.As(err, &unit) {
		return fmt.Errorf("arm %s: %w (it diverges if noise.gha.rate, here %v, is too high)", a.arm, err, w.Noise.GHA.Rate)
	}
	return fmt.Errorf("arm %s: %w", a.arm, err)
}

// trajectory is the SHA-256 of all trajectories of a run, seeds and arms in order.
func (r *run) trajectory() string {
	h := sha256.New()
	for _, s := range r.seeds {
		for _, t := range s.trajectory {
			h.Write(t[:])
		}
		for _, a := range s.arms {
			h.Write(a.Trajectory[:])
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
