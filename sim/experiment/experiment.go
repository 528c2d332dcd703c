// Package experiment puts networks and stimuli together: it runs a scenario and measures what noise buys.
//
// For each seed the sheet learns its features, remembers its noise-free responses to every picture of the run, and each
// arm then gets a network of its own that learns its noise, learns its readout and is judged. Arms of a seed meet the
// same features, stimuli and draws.
package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"time"

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
	Result    *measure.Result
	Seeds     []measure.SeedArms
	Curves    []measure.Curve
	Decisions iter.Seq[measure.Outcomes] // seed by seed and arm by arm, clean images first
	Archives  []Archive                  // of the first seed
	Phases    []Phase
}

// Phase is how long a part of the run took.
type Phase struct {
	Name    string
	Seconds float64
}

// Experiment is a scenario with its images, ready to run.
type Experiment struct {
	*scenario.Scenario
	// Store, if not nil, keeps what a run finishes, and gives a run what one before it finished.
	Store Store

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
	if train, test, err = choose(ctx, s, train, test); err != nil {
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

// Fingerprint is the SHA-256 of the images and their labels.
func (e *Experiment) Fingerprint() string {
	h := sha256.New()
	for _, set := range []*stimulus.Set{e.train, e.test} {
		binary.Write(h, binary.LittleEndian, []int64{int64(set.Len()), int64(set.Width), int64(set.Height), int64(set.Classes)})
		for part := range slices.Chunk(set.Pixels, 1<<16) {
			binary.Write(h, binary.LittleEndian, part) // a hash never fails
		}
		h.Write(set.Labels)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
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
		if a.done { // by a run before
			continue
		}
		n += w.passes(w.noiseRule(a.arm))*pairs + w.Readout.Epochs*w.train.Len() + w.test.Len() + attackTrials*len(a.attacks)*w.struck()
		if a.arm.Training() == scenario.GaussianInput {
			n += len(w.layers) * w.train.Len()
		}
	}
	return n
}
