package experiment

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"murmur/sim/measure"
)

// watcher is a conductor with a score: pokes by moment.
type watcher struct {
	score   map[uint64][]measure.Poke
	frames  []measure.Frame
	blind   bool
	every   int // how many frames there are to a whole one; 0 is 1
	moments int
}

func (w *watcher) Next(_ context.Context, moment uint64) ([]measure.Poke, error) {
	return w.score[moment], nil
}
func (w *watcher) Wants() (frame, whole bool) {
	w.moments++
	return !w.blind, w.every == 0 || w.moments%w.every == 0
}
func (w *watcher) Show(f measure.Frame) { w.frames = append(w.frames, f) }

func liveTiny(t *testing.T, moments uint64, c Conductor, set ...string) Recording {
	t.Helper()
	return liveArm(t, "gha hubs=3", moments, c, set...)
}

func liveArm(t *testing.T, arm string, moments uint64, c Conductor, set ...string) Recording {
	t.Helper()
	l, err := NewLive(newTiny(t, set...), arm)
	if err != nil {
		t.Fatal(err)
	}
	l.Moments = moments
	r, err := l.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLiveGoesThroughItsPhases(t *testing.T) {
	w := &watcher{}
	r := liveTiny(t, 80, w)
	if r.Moments != 80 || len(w.frames) != 80 {
		t.Fatalf("%d moments, %d frames, want 80", r.Moments, len(w.frames))
	}
	phases := map[string]int{}
	for _, f := range w.frames {
		phases[f.Phase]++
	}
	for _, phase := range []string{"features", "responses", "baseline", "noise", "readout", "probe"} {
		if phases[phase] == 0 {
			t.Errorf("no frame of phase %s: %v", phase, phases)
		}
	}
	last := w.frames[len(w.frames)-1]
	if last.Accuracy == nil || last.AccuracyModified == nil || len(last.Modified) != 784 || len(last.Decisions) != 2 || last.Power < .09 || last.Baseline.AccuracyModified == nil || len(last.Baseline.Decisions) != 2 {
		t.Errorf("the last frame lacks something: %+v", last)
	}
}

// A poked run with the same pokes is the same run, whether somebody looks or not; with others it is another.
func TestLiveRepeats(t *testing.T) {
	score := map[uint64][]measure.Poke{
		20: {{Kind: measure.PokeSilence, Units: []int{0, 1, 2, 3}}},
		60: {{Kind: measure.PokePower, Power: .5}},
		75: {{Kind: measure.PokePerturb, Perturbation: "gaussian_blur", Strength: 4}},
	}
	first := liveTiny(t, 90, &watcher{score: score})
	again := liveTiny(t, 90, &watcher{score: score, blind: true}, "runtime.units_per_goroutine=3")
	if first.Trajectory != again.Trajectory {
		t.Errorf("the same pokes gave %s and %s", first.Trajectory, again.Trajectory)
	}
	if len(first.Pokes) != 3 || first.Pokes[1].Moment != 60 {
		t.Errorf("recorded %+v", first.Pokes)
	}
	if other := liveTiny(t, 90, &watcher{}); other.Trajectory == first.Trajectory {
		t.Error("pokes changed nothing")
	}
}

// Looking at noise while it is learned, and not only now and then, moves no bit of it.
func TestLiveLooksAtNoise(t *testing.T) {
	for _, arm := range []string{"imprint radius=all", "gha hubs=3"} {
		often, seldom := &watcher{}, &watcher{every: 7}
		if a, b, c := liveArm(t, arm, 80, often), liveArm(t, arm, 80, seldom), liveArm(t, arm, 80, &watcher{blind: true}); a.Trajectory != b.Trajectory || a.Trajectory != c.Trajectory {
			t.Errorf("%s: looking made %s of %s and %s", arm, a.Trajectory, b.Trajectory, c.Trajectory)
		}
		for _, w := range []*watcher{often, seldom} {
			learned, aligned := 0, 0
			for _, f := range w.frames {
				if f.Alignment == nil {
					continue
				}
				if aligned++; f.Phase != "noise" {
					learned++
				}
			}
			last := w.frames[len(w.frames)-1]
			if learned != 1 || w == often && aligned < 2 || math.Abs(last.Power-.1) > 1e-5 {
				t.Errorf("%s: %d alignments, %d of what was learned, power %v", arm, aligned, learned, last.Power)
			}
		}
	}
}

// judged lives an arm for some passes over the test images and returns the last frame.
func judged(t *testing.T, l *Live, moments uint64) measure.Frame {
	t.Helper()
	w := &watcher{}
	l.Moments = moments
	if _, err := l.Run(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	return w.frames[len(w.frames)-1]
}

// Both arms of a live view decide as they do in a run, on the same pictures: one batch of all test images is the run's
// accuracy. A finished run that is explored shows the same couplings and the same decisions again.
func TestLiveIsTheRun(t *testing.T) {
	for _, arm := range []string{"gha hubs=3", "imprint radius=all", "imprint radius=1"} {
		e := newTiny(t, "seeds=1", "lanes.learn=100", "lanes.probe=100")
		out, err := e.Run(context.Background(), quiet{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := NewLive(e, arm)
		if err != nil {
			t.Fatal(err)
		}
		var arrays []measure.Array
		for _, a := range out.Archives {
			if a.Name != "covariance.npz" && a.Name != "examples.npz" {
				arrays = append(arrays, a.Arrays...)
			}
		}
		x, err := NewExplorer(e.Scenario, out.Result, arrays, arm)
		if err != nil {
			t.Fatal(err)
		}
		// Enough moments for the means over the last batches to be those of the one batch.
		live, again := judged(t, l, 300), judged(t, x, 300)
		for name, f := range map[string]measure.Frame{"live": live, "explored": again} {
			tolerance := 1e-9
			if name == "explored" { // couplings have their gains worked in: the last bits differ, and with them a tie
				tolerance = .0101
			}
			cells := map[string][2]float64{}
			for _, a := range out.Result.Arms {
				for _, c := range a.Cells {
					if (a.Rule != "" || a.Arm == "none") && c.Perturbation == f.Perturbation && int(c.Strength) == f.Strength {
						cells[a.Rule+" "+a.Variant] = [2]float64{a.Clean.Mean, c.Accuracy.Mean}
					}
				}
			}
			for who, got := range map[string][2]*float64{arm: {f.Accuracy, f.AccuracyModified}, " ": {f.Baseline.Accuracy, f.Baseline.AccuracyModified}} {
				want, ok := cells[who]
				if !ok || math.Abs(*got[0]-want[0]) > tolerance || math.Abs(*got[1]-want[1]) > tolerance {
					t.Errorf("%s, %s: accuracies %v and %v, the run's are %v", name, who, *got[0], *got[1], want)
				}
			}
		}
		if a, b := l.Couplings(7), x.Couplings(7); len(a) == 0 || !close32(a, b) || !close32(l.Correlations(7), x.Correlations(7)) || !close32(l.Hub(1), x.Hub(1)) {
			t.Errorf("%s: couplings of unit 7 were %v, explored %v", arm, a, b)
		}
	}
}

// close32 reports whether numbers are equal but for the last bits.
func close32(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x-y)) <= 1e-5 })
}

// A finished run whose arrays are not what they should be is refused by the array's name.
func TestExplorerRefuses(t *testing.T) {
	e := newTiny(t)
	out, err := e.Run(context.Background(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"images", "labels", "features", "arm00.readout", "arm00.bias", "couplings", "self"} {
		for what, change := range map[string]func(*measure.Array){
			"gone":  func(a *measure.Array) { a.Name += "x" },
			"shape": func(a *measure.Array) { a.Shape = append([]int{1}, a.Shape...) },
			"type":  func(a *measure.Array) { a.Data = []float64{1} },
		} {
			var arrays []measure.Array
			for _, archive := range out.Archives {
				for _, a := range archive.Arrays {
					if a.Name == name || strings.HasSuffix(a.Name, "."+name) {
						change(&a)
					}
					arrays = append(arrays, a)
				}
			}
			if _, err := NewExplorer(e.Scenario, out.Result, arrays, "gha hubs=3"); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

// A poke that cannot be done is refused by its field.
func TestLiveChecksPokes(t *testing.T) {
	l, err := NewLive(newTiny(t), "")
	if err != nil {
		t.Fatal(err)
	}
	for want, p := range map[string]measure.Poke{
		"units: none given":                  {Kind: measure.PokeSilence},
		"units: 36 is none of the 36 units":  {Kind: measure.PokeRestore, Units: []int{0, 36}},
		"power: must be above 0":             {Kind: measure.PokePower},
		"perturbation: rotate at strength 3": {Kind: measure.PokePerturb, Perturbation: "rotate", Strength: 3},
		`kind: "stop" is none of silence`:    {Kind: "stop"},
	} {
		if err := l.Check(p); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestLiveSilence(t *testing.T) {
	w := &watcher{score: map[uint64][]measure.Poke{30: {{Kind: measure.PokeSilence, Units: []int{5, 6}}}, 50: {{Kind: measure.PokeRestore, Units: []int{6}}}}}
	liveTiny(t, 60, w)
	if f := w.frames[40]; len(f.Silent) != 2 || f.Activity[5] != 0 || f.Activity[6] != 0 {
		t.Errorf("silent units are seen: %v, %v", f.Silent, f.Activity[5:7])
	}
	if f := w.frames[58]; len(f.Silent) != 1 || f.Silent[0] != 5 {
		t.Errorf("silent after restoring one: %v", f.Silent)
	}
}

// patient is a conductor that waits for ever at a moment.
type patient struct {
	watcher
	at      uint64
	reached func()
}

func (p *patient) Next(ctx context.Context, moment uint64) ([]measure.Poke, error) {
	if moment < p.at {
		return nil, nil
	}
	p.reached()
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

// A run that its conductor keeps waiting ends all the same when its context does.
func TestLiveIsCancelledWhileItWaits(t *testing.T) {
	l, err := NewLive(newTiny(t), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // ends the test if nothing else does
	defer cancel()
	r, err := l.Run(ctx, &patient{at: 5, reached: cancel})
	if err != nil || r.Moments != 5 {
		t.Errorf("%d moments, %v", r.Moments, err)
	}
}

// What a live view cannot show is refused by the name of its key.
func TestLiveRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		arm string
		set []string
	}{
		"sheet.second.columns: must be 0, not 2: a live view shows one sheet":     {"", []string{"sheet.second={columns: 2, units: 3, field: 2}"}},
		"sources: no modification in tiny has an arm with noise":                  {"", []string{"sources=[]", "thresholds=[]", "attack.arms=[]"}},
		`no source of tiny that is a modification has the arm "gha hubs=1000000"`: {"gha hubs=1000000", nil},
	} {
		if _, err := NewLive(newTiny(t, c.set...), c.arm); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
