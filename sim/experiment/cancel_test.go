package experiment

import (
	"context"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// breaker is a Progress that ends a run after a number of trials.
type breaker struct {
	mu     sync.Mutex
	trials int // so far
	after  int
	in     string // counted only in phases whose name ends so
	phase  string
	stop   func()
	at     time.Time // when it stopped the run
}

func (b *breaker) Start(phase string, _ int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phase = phase
}

func (b *breaker) Advance(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.HasSuffix(b.phase, b.in) {
		return
	}
	b.trials += n
	if b.trials > b.after && b.at.IsZero() && b.stop != nil {
		b.at = time.Now()
		b.stop()
	}
}

// broken runs the tiny scenario until the breaker stops it.
func broken(t *testing.T, b *breaker, set ...string) (*Outcome, error) {
	t.Helper()
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.stop = cancel
	o, err := newTiny(t, set...).Run(ctx, b)
	if b.at.IsZero() {
		t.Fatalf("the run ended after %d trials, before it was to be stopped", b.trials)
	}
	// A tick of this scenario takes milliseconds; what remains is for slow machines and race detectors.
	if late := time.Since(b.at); late > 5*time.Second {
		t.Errorf("the run ended %v after it was stopped", late)
	}
	return o, err
}

func completeness(t *testing.T, res *measure.Result) measure.Check {
	t.Helper()
	for _, c := range res.Checks {
		if c.Name == "complete" {
			return c
		}
	}
	t.Fatal("no check says whether the run is complete")
	return measure.Check{}
}

func TestCancelAnywhere(t *testing.T) {
	whole := &breaker{}
	e := newTiny(t)
	if _, err := e.Run(context.Background(), whole); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, share := range []float64{0, .05, .3, .45, .6, .75, .85} {
		b := &breaker{after: int(share * float64(whole.trials))}
		o, err := broken(t, b)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after %.0f %%: error %v", 100*share, err)
		}
		if o == nil {
			continue
		}
		kept++
		if c := completeness(t, o.Result); c.Status != Fail || !strings.Contains(c.Detail, "interrupted") {
			t.Errorf("stopped after %.0f %%: %+v", 100*share, c)
		}
		if o.Result.Arms[0].Arm != scenario.None {
			t.Errorf("stopped after %.0f %%: the first arm is %s", 100*share, o.Result.Arms[0].Arm)
		}
		asJSON(t, o.Result) // which knows no NaN
	}
	if kept < 3 {
		t.Errorf("only %d of 7 runs kept what they had", kept)
	}
}

// TestCancelAfterTheFirstArm: on one processor arms come one after another, so it is known which are finished.
func TestCancelAfterTheFirstArm(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := newTiny(t, "seeds=1").world(7, nil)
	o, err := broken(t, &breaker{in: "arms", after: w.armTrials(w.arms(nil)) - 1}, "seeds=1")
	if !errors.Is(err, context.Canceled) || o == nil {
		t.Fatalf("outcome %v, error %v", o, err)
	}
	if len(o.Result.Arms) != 1 || o.Result.Arms[0].Arm != scenario.None {
		t.Errorf("%d arms are kept, want none alone", len(o.Result.Arms))
	}
	if c := completeness(t, o.Result); c.Status != Fail || c.Detail != "the run was interrupted: 1 of 8 arms were finished" {
		t.Errorf("%+v", c)
	}
	if th := o.Result.Thresholds[0]; th.Pass || th.Value != nil {
		t.Errorf("a threshold on an arm that was not finished passes: %+v", th)
	}
	whole := runTiny(t, "seeds=1")
	if got, want := asJSON(t, o.Result.Arms[0]), asJSON(t, whole.Result.Arms[0]); got != want {
		t.Errorf("what is kept differs from the whole run: %s, want %s", got, want)
	}

	o, err = broken(t, &breaker{in: "arms", after: 0}, "seeds=1")
	if o != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("stopped before any arm was finished: outcome %v, error %v", o, err)
	}
}

// TestCancelInTheSecondSeed keeps the first, and says of each arm how many seeds it counts.
func TestCancelInTheSecondSeed(t *testing.T) {
	o, err := broken(t, &breaker{in: "2 of 2: features", after: 0})
	if !errors.Is(err, context.Canceled) || o == nil {
		t.Fatalf("outcome %v, error %v", o, err)
	}
	first := runTiny(t, "seeds=1")
	if got, want := asJSON(t, o.Result.Arms), asJSON(t, first.Result.Arms); got != want {
		t.Errorf("arms %s, want those of one seed, %s", got, want)
	}
	if c := completeness(t, o.Result); c.Detail != "the run was interrupted: 8 of 16 arms were finished" {
		t.Errorf("%+v", c)
	}
}

// TestCancelledBefore: a run that is not to start does not.
func TestCancelledBefore(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("somebody said no")
	cancel(why)
	if o, err := newTiny(t).Run(ctx, quiet{}); o != nil || !errors.Is(err, why) {
		t.Errorf("outcome %v, error %v", o, err)
	}
}

// TestDivergence costs one arm: the error names the arm, the unit, the tick, the field and the rate, and all other arms
// are as without it.
func TestDivergence(t *testing.T) {
	defer goleak.VerifyNone(t)
	diverging := []string{"noise.gha.rate=50", "noise.gha.halving=1e6", "noise.gha.passes=50", "seeds=2"}
	o, err := newTiny(t, diverging...).Run(context.Background(), quiet{})
	if o == nil || err == nil || errors.Is(err, context.Canceled) {
		t.Fatalf("outcome %v, error %v", o != nil, err)
	}
	said := regexp.MustCompile(`^seed 7: arm gha hubs=3 of rotate: unit (hidden|hub) \d+, tick \d+.*: .* is (NaN|\+Inf|-Inf).*` +
		`\(it diverges if noise.gha.rate, here 50, is too high\)\nseed 8: arm gha hubs=3`)
	if !said.MatchString(err.Error()) {
		t.Errorf("error %q, want one like %q", err, said)
	}
	whole := runTiny(t, "seeds=2")
	if c := completeness(t, o.Result); c.Status != Fail || !strings.HasPrefix(c.Detail, "14 of 16 arms were finished: seed 7: arm gha hubs=3 of rotate: unit ") ||
		!strings.HasSuffix(c.Detail, "; and 1 more broke") {
		t.Errorf("%+v", c)
	}
	accuracies := func(arms []measure.Arm) (list [][]measure.Estimate) {
		for _, a := range arms {
			if a.Rule == scenario.GHA {
				continue
			}
			row := []measure.Estimate{a.Clean}
			for _, c := range a.Cells {
				row = append(row, c.Accuracy)
			}
			list = append(list, row)
		}
		return list
	}
	if d := cmp.Diff(accuracies(whole.Result.Arms), accuracies(o.Result.Arms)); d != "" || len(o.Result.Arms) != len(whole.Result.Arms)-1 {
		t.Errorf("the other arms differ: %s", d)
	}
}
