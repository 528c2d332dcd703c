package experiment

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"murmur/sim/attack"
	"murmur/sim/scenario"
)

// TestAttackDrawsAreNeverJudged: no draw that an attack climbs on is one that judges, in any arm.
func TestAttackDrawsAreNeverJudged(t *testing.T) {
	t.Parallel()
	r := lived(t)
	w := outside(r)
	for _, spelling := range []string{"identity", "imprint radius=1", "gha hubs=3", "oracle"} {
		a := armOf(t, r, spelling)
		seen := map[[2]float32]bool{} // two classes of one draw on one image
		classes, judged, draws := len(a.Bias), w.test.Len(), w.Noise.Draws
		for k := range draws {
			for m := range judged {
				seen[[2]float32{a.Noise[k*classes*judged+m], a.Noise[(k*classes+1)*judged+m]}] = true
			}
		}
		if len(seen) != draws*judged {
			t.Errorf("%s: %d different draws judge, want %d", spelling, len(seen), draws*judged)
		}
		l := w.model(a).law
		for m := range judged {
			for k := range uint32(8) {
				for _, number := range []uint32{k, certifyDraws + k, activityDraws + k} {
					z := make([]float32, classes)
					if l.add(z, uint32(m), number); seen[[2]float32{z[0], z[1]}] {
						t.Errorf("%s: draw %d of image %d attacks and judges", spelling, number, m)
					}
				}
			}
		}
	}
	stages := []int{stageExperience, stageTeach, stageJudge}
	for i, s := range stages {
		if slices.Contains(stages[:i], s) {
			t.Fatalf("stage %d serves twice", s)
		}
	}
}

// TestReservedDraws: whatever the preset, no attack asks for draws that judge it in an audit or that certify.
func TestReservedDraws(t *testing.T) {
	t.Parallel()
	for _, p := range attack.Presets() {
		e := newTiny(t, "attack={preset: "+p.Name+", linf: [0.1]}", "noise.draws=100", "thresholds=[]")
		w := e.world(e.Seed, quiet{})
		m := &model{law: &law{}}
		judging := w.judging(m)
		if judging.N != 100 || judging.From+uint32(judging.N) > certifyDraws {
			t.Errorf("an audit judges by the draws %+v, certificates begin at %d", judging, certifyDraws)
		}
		for _, k := range attack.Kinds() {
			o := w.options(m, nil, .1)
			o.Width = 28
			if r := k.New(o).Reserved(); r.Overlaps(judging) || uint64(r.From)+uint64(r.N) > uint64(judging.From) {
				t.Errorf("%s, %s: the attack asks for the draws %+v, which judge: %+v", p.Name, k.Name, r, judging)
			}
		}
	}
}

// TestOptions: attacks know the decision, whether there is noise, and the twin without it.
func TestOptions(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]attack.Decision{scenario.MeanOfDraws: attack.MeanSoftmax, scenario.SumOfLogits: attack.SumOfLogits, scenario.VoteOfDraws: attack.Vote} {
		r := lived(t, "readout.decision="+decision, "sources.0.arms=[oracle, oracle when=learning]", "attack.arms=[]", "attack.restarts=4")
		w := outside(r)
		for _, tt := range []struct {
			arm   string
			noisy bool
		}{{"none", false}, {"oracle", true}, {"oracle when=learning", false}} {
			a := armOf(t, r, tt.arm)
			twin := w.newModel(a, a.Readout, a.Bias, false)
			o := w.options(w.model(a), twin, .3)
			if o.Decision != want || o.Noisy != tt.noisy || o.Steps != 3 || o.Restarts != 4 || o.Draws != 2 || o.Queries != 1000 || o.Epsilon != .3 || o.Width != 28 || o.Seed != r.Seed {
				t.Errorf("%s, %s: %+v", tt.arm, decision, o)
			}
			if o.Twin != attack.Model(twin) || twin.stochastic() {
				t.Errorf("%s: the twin has noise or is none", tt.arm)
			}
		}
	}
}

// TestAttackBites: with a ball that leaves nothing of a picture, no arm is right more often than a guess, and an attack
// moves no picture out of its ball (VerifyBatch would end the run).
func TestAttackBites(t *testing.T) {
	t.Parallel()
	r := lived(t, "attack={linf: [0.5], l2: [8], steps: 5, draws: 2, images: 50, audit: 0, arms: [gha hubs=3, oracle]}", "perturbations=[pgd-linf, pgd-l2]")
	attacked := 0
	for _, a := range r.seeds[0].arms {
		for _, s := range a.Strikes {
			attacked++
			if right := bytes.Count(s.Correct, []byte{1}); right > 5 || len(s.Correct) != 50 {
				t.Errorf("%s is right on %d of %d under %s", a.arm, right, len(s.Correct), s.level.Name)
			}
		}
	}
	if attacked != 6 {
		t.Errorf("%d attacks were measured, want 6", attacked)
	}
}

// TestEveryAttackRuns as a perturbation, on arms with and without noise, at each of its epsilons.
func TestEveryAttackRuns(t *testing.T) {
	t.Parallel()
	var names []string
	levels := 0
	for _, k := range attack.Kinds() {
		if strings.HasPrefix(k.Name, "paper/") { // in TestPaperTable
			continue
		}
		names = append(names, k.Name)
		levels += 2
		if k.Bound == attack.Grid {
			levels--
		}
	}
	r := lived(t, "perturbations=["+strings.Join(names, ", ")+"]", "sources.0.arms=[oracle]", "attack={linf: [0.05, 0.2], l2: [0.5, 2], images: 2, steps: 2, restarts: 1, draws: 1, queries: 20, audit: 0}")
	for _, a := range r.seeds[0].arms {
		if len(a.Strikes) != levels {
			t.Errorf("%s met %d attacks, want %d", a.arm, len(a.Strikes), levels)
		}
		for _, s := range a.Strikes {
			if nearest := s.level.Attack.Bound == attack.Nearest; len(s.Correct) != 2 || (s.Distance != nil) != nearest {
				t.Errorf("%s under %s: %d images, distances %v", a.arm, s.level.Name, len(s.Correct), s.Distance)
			}
		}
	}
	asJSON(t, r.outcome().Result) // which knows no NaN
}

// TestNearestBeyondEpsilon: what an attack without a budget found counts at the epsilons that reach it, and else the
// image as it was.
func TestNearestBeyondEpsilon(t *testing.T) {
	t.Parallel()
	r := lived(t, "perturbations=[fab-linf, deepfool-l2]", "attack={linf: [0.02, 0.1, 0.3], l2: [0.5, 4], images: 15, steps: 8, draws: 1, audit: 0}", "sources.0.arms=[oracle]")
	w := outside(r)
	broken, beyond := 0, 0
	for _, a := range r.seeds[0].arms {
		m := w.model(a)
		found := map[string][]float32{}
		for i, s := range a.Strikes {
			if i > 0 && a.Strikes[i-1].level.Name == s.level.Name && !slices.Equal(a.Strikes[i-1].Distance, s.Distance) {
				t.Errorf("%s under %s: another epsilon, another distance", a.arm, s.level.Name)
			}
			adv := found[s.level.Name]
			if adv == nil {
				var err error
				if adv, err = w.attacked(t.Context(), m, nil, w.test.Pixels[:15*w.test.Size()], w.test.Labels[:15], s.level, 0); err != nil {
					t.Fatal(err)
				}
				found[s.level.Name] = adv
			}
			there := w.decideOn(a, m, adv, 15)
			for k, d := range s.Distance {
				if want := s.level.Attack.Norm.Distance(w.test.Image(k), adv[k*w.test.Size():(k+1)*w.test.Size()]); d != want {
					t.Fatalf("%s under %s: image %d is %v away, want %v", a.arm, s.level.Name, k, d, want)
				}
				want := a.Correct[0][k]
				if d <= s.level.Value() {
					want = there.correct[k]
				}
				if s.Correct[k] != want {
					t.Errorf("%s under %s at %v: image %d, %v away, counts %d, want %d", a.arm, s.level.Name, s.level.Value(), k, d, s.Correct[k], want)
				}
				if a.Correct[0][k] > s.Correct[k] {
					broken++
				}
				if d > s.level.Value() {
					beyond++
				}
			}
		}
	}
	if broken == 0 || beyond == 0 {
		t.Errorf("%d images were broken, %d were beyond reach", broken, beyond)
	}
}

// TestCleanEndOfACurve: at an epsilon of 0 an attack leaves the pictures, and the rest of the curve as it is.
func TestCleanEndOfACurve(t *testing.T) {
	set := []string{"perturbations=[fgsm-linf, pgd-linf, worst-linf, deepfool-l2]", "attack={steps: 3, draws: 2, images: 20, arms: [diagonal], audit: 10}", "seeds=1"}
	curve := lived(t, append(set, "attack.linf=[0, 0.05]", "attack.l2=[0, 1]")...)
	plain := lived(t, append(set, "attack.linf=[0.05]", "attack.l2=[1]")...)
	for k, a := range curve.seeds[0].arms {
		without := plain.seeds[0].arms[k].Strikes
		for _, s := range a.Strikes {
			if s.level.Value() == 0 {
				if clean := a.Correct[0][:len(s.Correct)]; !slices.Equal(s.Correct, clean) {
					t.Errorf("%s: %s at 0 leaves %v, clean %v", a.arm, s.level.Name, s.Correct, clean)
				}
				continue
			}
			if !slices.Equal(s.Correct, without[0].Correct) {
				t.Errorf("%s: %s at %v leaves %v beside the clean end, %v without", a.arm, s.level.Name, s.level.Value(), s.Correct, without[0].Correct)
			}
			without = without[1:]
		}
	}
}

// waning is a context that ends when it has been looked at a number of times.
type waning struct {
	context.Context
	looks *int
}

func (w waning) Err() error {
	if *w.looks--; *w.looks < 0 {
		return context.Canceled
	}
	return nil
}

// TestAttacksAndAuditsEndWithTheirContext in the middle, whatever is left to do.
func TestAttacksAndAuditsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	r := lived(t, "perturbations=[square-linf]", "attack={linf: [0.05], draws: 2, images: 4, queries: 20, audit: 4}", "sources.0.arms=[oracle]")
	w := outside(r)
	w.Attack.Queries = 1 << 20 // hours
	a := armOf(t, r, "oracle")
	m, twin := w.model(a), w.newModel(a, a.Readout, a.Bias, false)
	for name, do := range map[string]func(ctx context.Context) error{
		"attack": func(ctx context.Context) error {
			_, err := w.attacked(ctx, m, twin, w.test.Pixels[:4*w.test.Size()], w.test.Labels[:4], w.attacks[0], 0)
			return err
		},
		"audit": func(ctx context.Context) error { return w.audit(ctx, a, m, twin) },
	} {
		looks := 100
		if err := do(waning{context.Background(), &looks}); !errors.Is(err, context.Canceled) || looks < -1 {
			t.Errorf("%s: error %v, the context was looked at %d times after its end", name, err, -looks-1)
		}
	}
}

// TestFewClasses: an attack whose loss needs more classes than there are is named, alone or as one of the worst.
func TestFewClasses(t *testing.T) {
	t.Parallel()
	for preset, want := range map[string]string{"standard": "apgd-dlr-l2", "thorough": "apgd-dlr-l2, apgd-dlr-linf"} {
		e := newTiny(t, "perturbations=[pgd-linf, apgd-dlr-l2, worst-linf]", "attack={preset: "+preset+"}", "thresholds=[]")
		w := e.world(e.Seed, quiet{})
		a := &armRun{attacks: e.attacks}
		if c, ok := w.fewClasses(a); ok {
			t.Errorf("%s: with ten classes %+v", preset, c)
		}
		few := *w.train
		few.Classes = 2
		w.train = &few
		if c, ok := w.fewClasses(a); !ok || c.Status != Warn || !strings.HasPrefix(c.Detail, want+":") {
			t.Errorf("%s: with two classes %+v, want a warning of %s", preset, c, want)
		}
	}
}

// TestWorstCase: what counts of a worst case is never above a member, and one that is weaker than a member beyond chance
// is a fault.
func TestWorstCase(t *testing.T) {
	level := scenario.Level{Perturbation: scenario.Perturbation{Name: "worst-linf", Values: []float64{.1}}, Strength: 1}
	left := func(right, of int) strike {
		s := strike{level: level, Correct: make([]uint8, of)}
		for i := range right {
			s.Correct[i] = 1
		}
		return s
	}
	for _, c := range []struct {
		name            string
		worst, a, b, of int
		noisy           bool
		counts          int
		status          string
	}{
		{"below all", 20, 21, 30, 100, true, 20, Pass},
		{"above one by luck", 21, 20, 30, 100, true, 20, Pass},
		{"above one without noise", 21, 20, 30, 100, false, 20, Fail},
		{"far above one", 60, 20, 30, 100, true, 20, Fail},
	} {
		var w worstCase
		w.add("a", left(c.a, c.of))
		w.add("b", left(c.b, c.of))
		s := w.settle(left(c.worst, c.of))
		if got := bytes.Count(s.Correct, []byte{1}); got != c.counts || s.level.Name != "worst-linf" {
			t.Errorf("%s: %d are left of %s, want %d", c.name, got, s.level.Name, c.counts)
		}
		if check, ok := w.check(c.noisy); !ok || check.Status != c.status || !strings.Contains(check.Detail, "its members a ") {
			t.Errorf("%s: %+v, want %s", c.name, check, c.status)
		}
	}
	var alone worstCase
	if s := alone.settle(left(3, 5)); bytes.Count(s.Correct, []byte{1}) != 3 {
		t.Error("an attack without members is not judged as it was")
	}
	if _, ok := alone.check(true); ok {
		t.Error("a check without a worst case")
	}
}
