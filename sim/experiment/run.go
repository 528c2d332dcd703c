package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/sim/scenario"
)

// run is an experiment under way.
type run struct {
	*Experiment
	progress Progress
	seeds    []*seedRun
	phases   []Phase
}

// seedRun is one seed: its arms, and what came of it.
type seedRun struct {
	seed    uint64
	lessons []*lesson
	arms    []*armRun
	seedOutcome
	done bool  // the outcome is whole
	err  error // why it is not, where it is not an arm's fault
}

// Run runs the experiment. What the store holds of it is not made again. If the context ends early, or some of it breaks,
// it returns what was finished together with the error; the outcome is nil if nothing was. An arm that breaks, because it
// diverges, costs itself alone.
func (e *Experiment) Run(ctx context.Context, p Progress) (*Outcome, error) {
	r := &run{Experiment: e, progress: p}
	for i := range e.Seeds {
		r.seeds = append(r.seeds, r.takeUp(e.Seed+uint64(i)))
	}
	var err error
	for _, s := range r.seeds {
		if s.whole() {
			continue
		}
		if err = guarded(func() error { return r.live(ctx, s) }); err == nil {
			continue
		}
		if ctx.Err() != nil || errors.Is(err, ErrStore) {
			break
		}
		s.err, err = err, nil
	}
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause
	} else if err == nil {
		err = r.broken()
	}
	if !r.anything() {
		return nil, err
	}
	return r.outcome(), err
}

// takeUp lists the arms of a seed and takes from the store what was finished of it.
func (r *run) takeUp(seed uint64) *seedRun {
	w := r.world(seed, nil)
	s := &seedRun{seed: seed, lessons: w.lessons()}
	s.arms = w.arms(s.lessons)
	s.done = r.Experiment.load(s.name(), &s.seedOutcome)
	for i, a := range s.arms {
		a.done = r.Experiment.load(s.nameOf(i), &a.armOutcome)
		for k := range a.Strikes {
			a.Strikes[k].level = a.attacks[k]
		}
	}
	return s
}

// name and nameOf are what a seed's outcome and its arms' are kept under.
func (s *seedRun) name() string        { return fmt.Sprintf("seed%d", s.seed) }
func (s *seedRun) nameOf(i int) string { return fmt.Sprintf("seed%d-arm%02d", s.seed, i) }

// armsDone reports whether all arms of a seed are finished.
func (s *seedRun) armsDone() bool {
	for _, a := range s.arms {
		if !a.done {
			return false
		}
	}
	return true
}

// whole reports whether nothing of a seed is left to do.
func (s *seedRun) whole() bool { return s.done && s.armsDone() }

// anything reports whether there is a result: the arm none of some seed.
func (r *run) anything() bool {
	for _, s := range r.seeds {
		if s.arms[0].done {
			return true
		}
	}
	return false
}

// broken is an error of all that broke; nil if nothing did.
func (r *run) broken() error {
	const most = 8
	var list []error
	more := 0
	for _, s := range r.seeds {
		for _, err := range s.errors() {
			if len(list) < most {
				list = append(list, err)
			} else {
				more++
			}
		}
	}
	if more > 0 {
		list = append(list, fmt.Errorf("and %d more", more))
	}
	return errors.Join(list...)
}

// errors are why a seed is not whole.
func (s *seedRun) errors() (list []error) {
	if s.err != nil {
		list = append(list, s.err)
	}
	for _, a := range s.arms {
		if a.err != nil {
			list = append(list, a.err)
		}
	}
	return list
}

// timed runs a phase and notes how long it took.
func (r *run) timed(name string, f func() error) error {
	start := time.Now()
	err := f()
	r.phases = append(r.phases, Phase{name, time.Since(start).Seconds()})
	return err
}

// live lives a seed: it learns its features, looks at all pictures, and runs the arms that are not done. Its error is not
// an arm's, which are noted with the arms.
func (r *run) live(ctx context.Context, s *seedRun) error {
	label := r.label(s.seed)
	w := r.world(s.seed, prefixed{r.progress, label})
	var err error
	if w.train, err = w.shuffle(ctx, r.train); err != nil {
		return r.seedError(s, err)
	}
	if err := r.timed(label+"features", func() error { return w.learn(ctx) }); err != nil {
		return r.seedError(s, fmt.Errorf("features: %w%s", err, diverged(err, "features.rate", w.Features.Rate)))
	}
	err = r.timed(label+"responses", func() error {
		w.progress.Start("responses", len(w.layers)*(r.train.Len()+r.test.Len()*(1+len(r.cells))))
		return w.responses(ctx)
	})
	if err != nil {
		return r.seedError(s, err)
	}
	var outcome seedOutcome
	for _, l := range w.layers {
		outcome.Trajectory = append(outcome.Trajectory, l.eyes.Trajectory())
		outcome.Silent = append(outcome.Silent, l.silent())
		if outcome.Features = append(outcome.Features, l.features); s.seed != r.Seed {
			outcome.Features = nil
		}
	}
	if !s.done {
		s.seedOutcome = outcome
	}
	if err := r.timed(label+"arms", func() error { return r.arms(ctx, w, s) }); err != nil || s.done {
		return err
	}
	if s.seed == r.Seed && s.arms[0].done {
		if s.Covariances = covariances(s.lessons); s.Covariances != nil {
			s.CovarianceArrays = covarianceArrays(s.lessons)
		}
		if s.Examples, s.ExampleArrays, err = w.examples(ctx, s.arms); err != nil {
			return r.seedError(s, err)
		}
	}
	for _, y := range s.lessons {
		s.Trajectory = append(s.Trajectory, y.trajectory...)
	}
	if s.armsDone() {
		err = r.save(s.name(), &s.seedOutcome)
		s.done = err == nil
	}
	return err
}

// arms runs the arms of a seed that are not done, and notes what broke. Without none, nothing can be compared and the
// others are left.
func (r *run) arms(ctx context.Context, w *world, s *seedRun) error {
	w.progress.Start("arms", w.armTrials(s.arms))
	w.base = s.arms[0] // attacks that structure is learned from are made against it
	if err := r.arm(ctx, w, s, 0); err != nil || !w.base.done {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(side()) // one arm waits while another computes
	for i := range s.arms[1:] {
		g.Go(func() error { return r.arm(ctx, w, s, 1+i) })
	}
	return g.Wait()
}

// arm runs an arm to its end and keeps what it gave. What breaks in it is noted; an error is one that ends the run.
func (r *run) arm(ctx context.Context, w *world, s *seedRun, i int) error {
	a := s.arms[i]
	err := guarded(func() error { return w.arm(ctx, a) })
	if cause := context.Cause(ctx); cause != nil { // what was finished by then may rest on half of something
		if err != nil {
			return cause
		}
	}
	if err != nil {
		a.err = r.seedError(s, err)
		return nil
	}
	if a.done {
		return nil
	}
	err = r.save(s.nameOf(i), &a.armOutcome)
	a.done = err == nil
	return err
}

// guarded calls f and turns a panic into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, there := p.(*panicked); !there {
				p = &panicked{p, debug.Stack()}
			}
			err = p.(*panicked)
		}
	}()
	return f()
}

// panicked is a panic, and where it was.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// seedError adds the seed to an error where there are several.
func (r *run) seedError(s *seedRun, err error) error {
	if r.Seeds == 1 {
		return err
	}
	return fmt.Errorf("seed %d: %w", s.seed, err)
}

func (r *run) label(seed uint64) string {
	if r.Seeds == 1 {
		return ""
	}
	return fmt.Sprintf("seed %d of %d: ", seed-r.Seed+1, r.Seeds)
}

// armError names the arm, and the rule and the rate that may have made it diverge.
func (w *world) armError(a *armRun, err error) error {
	name := a.arm.String()
	if a.lesson != nil {
		name += " of " + a.lesson.Name
	}
	key, rate := "readout.rate", w.Readout.Rate
	if unit := (*network.UnitError)(nil); errors.As(err, &unit) && unit.Population != circuit.ReadoutName {
		switch a.arm.Rule() {
		case scenario.GHA:
			key, rate = "noise.gha.rate", w.Noise.GHA.Rate
		case scenario.Imprint:
			key, rate = "noise.imprint.rate", w.Noise.Imprint.Rate
		}
	}
	return fmt.Errorf("arm %s: %w%s", name, err, diverged(err, key, rate))
}

// diverged says at which rate a unit that broke was learning; nothing where no unit did.
func diverged(err error, key string, rate float64) string {
	if unit := (*network.UnitError)(nil); !errors.As(err, &unit) || strings.HasPrefix(unit.Err.Error(), "panic") {
		return ""
	}
	return fmt.Sprintf(" (it diverges if %s, here %v, is too high)", key, rate)
}

// trajectory is the SHA-256 of all trajectories of a run, seeds and arms in order.
func (r *run) trajectory() string {
	h := sha256.New()
	for _, s := range r.seeds {
		for _, t := range s.Trajectory {
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
