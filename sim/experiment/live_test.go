package experiment

import (
	"context"
	"math"
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
	r := liveTiny(t, 60, w)
	if r.Moments != 60 || len(w.frames) != 60 {
		t.Fatalf("%d moments, %d frames, want 60", r.Moments, len(w.frames))
	}
	phases := map[string]int{}
	for _, f := range w.frames {
		phases[f.Phase]++
	}
	for _, phase := range []string{"features", "noise", "readout", "probe"} {
		if phases[phase] == 0 {
			t.Errorf("no frame of phase %s: %v", phase, phases)
		}
	}
	last := w.frames[len(w.frames)-1]
	if last.Accuracy == nil || last.AccuracyModified == nil || len(last.Modified) != 784 || len(last.Decisions) != 2 || last.Power < .09 {
		t.Errorf("the last frame lacks something: %+v", last)
	}
}

// A poked run with the same pokes is the same run, whether somebody looks or not; with others it is another.
func TestLiveRepeats(t *testing.T) {
	score := map[uint64][]measure.Poke{
		20: {{Kind: measure.PokeSilence, Units: []int{0, 1, 2, 3}}},
		40: {{Kind: measure.PokePower, Power: .5}},
		50: {{Kind: measure.PokePerturb, Perturbation: "gaussian_blur", Strength: 4}},
	}
	first := liveTiny(t, 70, &watcher{score: score})
	again := liveTiny(t, 70, &watcher{score: score, blind: true}, "runtime.units_per_goroutine=3")
	if first.Trajectory != again.Trajectory {
		t.Errorf("the same pokes gave %s and %s", first.Trajectory, again.Trajectory)
	}
	if len(first.Pokes) != 3 || first.Pokes[1].Moment != 40 {
		t.Errorf("recorded %+v", first.Pokes)
	}
	if other := liveTiny(t, 70, &watcher{}); other.Trajectory == first.Trajectory {
		t.Error("pokes changed nothing")
	}
}

// Looking at noise while it is learned, and not only now and then, moves no bit of it.
func TestLiveLooksAtNoise(t *testing.T) {
	for _, arm := range []string{"imprint radius=all", "gha hubs=3"} {
		often, seldom := &watcher{}, &watcher{every: 7}
		if a, b, c := liveArm(t, arm, 60, often), liveArm(t, arm, 60, seldom), liveArm(t, arm, 60, &watcher{blind: true}); a.Trajectory != b.Trajectory || a.Trajectory != c.Trajectory {
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
