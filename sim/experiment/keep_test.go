package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"murmur/network/circuit"
	"murmur/sim/measure"
)

// shelf is a store that remembers, until it is full or somebody stops it.
type shelf struct {
	mu      sync.Mutex
	saved   map[string][]measure.Array
	broken  map[string]error // what Load says of a name
	dropped []string
	after   int // saves that there is room for
	full    error
	then    func() // called when room is out
}

func newShelf() *shelf {
	return &shelf{saved: map[string][]measure.Array{}, broken: map[string]error{}, after: math.MaxInt}
}

func (s *shelf) Save(name string, arrays []measure.Array) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.after--; s.after < 0 {
		if s.then != nil {
			s.then()
		}
		if s.full != nil {
			return s.full
		}
	}
	s.saved[name] = arrays
	return nil
}

func (s *shelf) Load(name string) ([]measure.Array, error) { return s.saved[name], s.broken[name] }

func (s *shelf) Drop(name string, why error) {
	s.dropped = append(s.dropped, fmt.Sprintf("%s: %v", name, why))
	delete(s.saved, name)
}

// TestFlatten: what is kept of an arm comes back as it was, be it NaN, nil or empty.
func TestFlatten(t *testing.T) {
	three := 3.0
	want := armOutcome{
		Correct: [][]uint8{{1, 0}, {}, nil, {1}}, Confidence: [][]float32{{float32(math.NaN()), 1e-40}},
		Strikes:      []strike{{Correct: []uint8{1}, Single: []float64{1. / 3}, Vote: []uint8{0}, Distance: []float64{}}},
		Audits:       []measure.Check{{Name: "a", Status: Pass, Detail: "b"}},
		Certificates: []measure.Certificate{{Sigma: .25, Points: []measure.CertifiedPoint{{Radius: 1, Accuracy: .5}}}},
		Activity:     &measure.ActivityCertificate{},
		Power:        math.Inf(1), Alignment: math.NaN(), Units: 3, Goroutines: 4, Trajectory: [32]byte{1, 2, 255},
		Couplings: circuit.Couplings{Hubs: 2, L: [][]float32{{1, 2}, {3, 4}}, Self: []float32{1, 2}},
		Readout:   []float32{1, float32(math.Copysign(0, -1))}, Bias: []float32{},
	}
	var got armOutcome
	arrays, err := flatten(&want)
	if err == nil {
		err = unflatten(arrays, &got)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmp.AllowUnexported(strike{}), cmpopts.IgnoreFields(strike{}, "level")); err != nil || d != "" {
		t.Errorf("%v: %s", err, d)
	}
	if !math.Signbit(float64(got.Readout[1])) {
		t.Error("-0 is 0")
	}
	seed := seedOutcome{Trajectory: [][32]byte{{7}}, Features: [][]float32{{1}, nil}, Covariances: []measure.Covariance{{Source: "rotate", Spectrum: []float64{three}}},
		ExampleArrays: []measure.Array{{Name: "example00", Shape: []int{1, 2}, Data: []uint8{1, 2}}, {Name: "example01", Shape: []int{0, 2}, Data: []uint8{}}}}
	var again seedOutcome
	if arrays, err = flatten(&seed); err == nil {
		err = unflatten(arrays, &again)
	}
	if d := cmp.Diff(seed, again); err != nil || d != "" {
		t.Errorf("%v: %s", err, d)
	}
	for i := range arrays { // whatever is missing or of another kind is an error, not a panic
		spoiled := append([]measure.Array(nil), arrays...)
		spoiled[i].Data = []float64{1}
		unflatten(spoiled, &again)
	}
}

// outcomeOf is all that a run writes of an outcome.
func outcomeOf(t *testing.T, o *Outcome) string {
	t.Helper()
	return asJSON(t, []any{o.Result, o.Archives})
}

// TestResumeGivesTheSame: wherever a run ends, between any two things that it saves, another goes on from there to the
// same result; what was saved is not made again.
func TestResumeGivesTheSame(t *testing.T) {
	set := []string{"seeds=2", "thresholds=[]", "sources.0.arms=[diagonal, gha hubs=3]", "attack.images=3", "attack.arms=[none, diagonal]"}
	whole := newShelf()
	e := newTiny(t, set...)
	e.Store = whole
	o, err := e.Run(context.Background(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	want := outcomeOf(t, o)
	if n := len(whole.saved); n != 8 {
		t.Fatalf("%d parts are saved, want 2 x (3 arms and the seed)", n)
	}
	stop := errors.New("no space left")
	for after := range 8 {
		s := newShelf()
		s.after, s.full = after, stop
		ctx, cancel := context.WithCancelCause(context.Background())
		if after%2 == 1 { // it is interrupted and saves what it has in hand, or the disk is full
			s.full, s.then = nil, func() { cancel(stop) }
		}
		first := newTiny(t, set...)
		first.Store = s
		o, err := first.Run(ctx, quiet{})
		if !errors.Is(err, stop) && after%2 == 0 || (o == nil) != (len(s.saved) == 0) {
			t.Errorf("after %d: outcome %v, error %v", after, o != nil, err)
		}
		again := newTiny(t, set...)
		kept := len(s.saved)
		made := &shelf{saved: s.saved, after: math.MaxInt}
		again.Store = made
		if o, err = again.Run(context.Background(), quiet{}); err != nil {
			t.Fatal(err)
		}
		if got := outcomeOf(t, o); got != want {
			t.Errorf("after %d parts the resumed run differs", after)
		}
		if n := math.MaxInt - made.after; n != 8-kept {
			t.Errorf("after %d parts %d are made, want %d", kept, n, 8-kept)
		}
		cancel(nil)
	}

	// A run of which nothing is left to do does nothing.
	e = newTiny(t, set...)
	e.Store = whole
	busy := &breaker{in: "features", stop: func() { t.Error("it learns features") }}
	if o, err = e.Run(context.Background(), busy); err != nil || outcomeOf(t, o) != want {
		t.Errorf("a whole run is taken up with %v", err)
	}

	// What is broken is made again, with a word, and nothing else is.
	whole.broken["seed8-arm02"] = errors.New("bits have flipped")
	whole.saved["seed7-arm01"] = whole.saved["seed7-arm01"][:3]
	e = newTiny(t, set...)
	e.Store = whole
	if o, err = e.Run(context.Background(), quiet{}); err != nil || outcomeOf(t, o) != want {
		t.Errorf("a broken run is taken up with %v", err)
	}
	if said := strings.Join(whole.dropped, "\n"); said != "seed7-arm01: nothing says what it holds\nseed8-arm02: bits have flipped" {
		t.Errorf("it says %s", said)
	}
}

// TestPanic: what panics in an arm, on whatever goroutine, is that arm's error, with the place.
func TestPanic(t *testing.T) {
	err := guarded(func() error {
		each(100, func(i int) {
			if i == 57 {
				panic("no such image")
			}
		})
		return nil
	})
	if err == nil || !strings.HasPrefix(err.Error(), "panic: no such image\n") || !strings.Contains(err.Error(), "keep_test.go") {
		t.Errorf("error %v", err)
	}
	if reflect.TypeOf(err) != reflect.TypeFor[*panicked]() {
		t.Errorf("error %T", err)
	}
}
