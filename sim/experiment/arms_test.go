package experiment

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"murmur/sim/measure"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// decisions lists what every arm of a run decided right, under every cell and attack.
func decisions(r *run) map[string][][]uint8 {
	list := map[string][][]uint8{}
	for _, a := range r.seeds[0].arms {
		list[a.arm.String()] = slices.Clone(a.Correct)
		for _, s := range a.Strikes {
			list[a.arm.String()] = append(list[a.arm.String()], s.Correct)
		}
	}
	return list
}

// TestWithoutPowerEveryArmIsNone: arms share features, stimuli, order and draws, so that with no power none is left to
// tell them apart.
func TestWithoutPowerEveryArmIsNone(t *testing.T) {
	r := lived(t, "noise.power=0")
	none := r.seeds[0].arms[0]
	for _, a := range r.seeds[0].arms {
		if diff := cmp.Diff(none.Correct, a.Correct); diff != "" {
			t.Errorf("%s without power differs from none:\n%s", a.arm, diff)
		}
		for _, s := range a.Strikes {
			if !slices.Equal(s.Correct, none.Strikes[0].Correct) {
				t.Errorf("%s without power differs from none under attack", a.arm)
			}
		}
		if !slices.Equal(a.Readout, none.Readout) || !slices.Equal(a.Bias, none.Bias) {
			t.Errorf("%s without power learns another readout than none", a.arm)
		}
	}
	for _, a := range r.outcome().Result.Arms {
		if a.Alignment != nil {
			t.Errorf("%s without power has an alignment of %v", a.Arm, *a.Alignment)
		}
	}
	asJSON(t, r.outcome().Result) // which knows no NaN
}

// TestNothingToLearnFrom: a source that changes nothing leaves numbers missing, not wrong.
func TestNothingToLearnFrom(t *testing.T) {
	e := newTiny(t, "seeds=1", "attack.arms=[]", "sources.0.arms=[shuffled, oracle]",
		`thresholds=[{name: aligned, metric: alignment, source: rotate, arm: oracle, limit: ">= 0"}]`)
	black := *e.train // whatever the angle
	black.Pixels = make([]float32, len(e.train.Pixels))
	e.train = &black
	o, err := e.Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	asJSON(t, o.Result)
	if th := o.Result.Thresholds[0]; th.Value != nil || th.Pass {
		t.Errorf("an alignment with nothing passes as %+v", th)
	}
	if c := checkOf(t, o, "arms-learned"); c.Status != Warn || !strings.Contains(c.Detail, "shuffled of rotate, oracle of rotate") {
		t.Errorf("arms that found nothing to make noise of pass as %+v", c)
	}
}

// TestArmsLearned: an arm whose couplings never moved, or that makes no noise, fails the run by name; one whose source
// gives nothing to learn from warns.
func TestArmsLearned(t *testing.T) {
	t.Parallel()
	const arms = "sources.0.arms=[identity, diagonal, shuffled, imprint radius=1, gha hubs=3, oracle]"
	for _, tt := range []struct {
		name, set, status string
		says              []string
	}{
		{"as it should be", "noise.draws=2", Pass, nil},
		{"couplings that do not move", "noise.gha.rate=0.000000000000000000000001", Fail,
			[]string{"gha hubs=3 of rotate: the units deviated and the couplings stayed at their start: noise.gha.rate 1e-24 moves none"}},
		{"noise that rounds to nothing", "noise.power=0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001", Fail,
			[]string{"identity of rotate: its couplings make no noise where a power of 1e-100 was asked for", "gha hubs=3", "oracle"}},
		{"no noise, as asked", "noise.power=0", Pass, nil},
		{"one image, whose change is its own mean", "sources.0.images=1", Warn, []string{"diagonal of rotate, shuffled of rotate, imprint radius=1 of rotate, gha hubs=3 of rotate, oracle of rotate"}},
	} {
		o := runTiny(t, "seeds=1", "attack.arms=[]", "thresholds=[]", "perturbations=[rotate]", arms, tt.set)
		c := checkOf(t, o, "arms-learned")
		if c.Status != tt.status {
			t.Errorf("%s: %+v", tt.name, c)
		}
		for _, s := range tt.says {
			if !strings.Contains(c.Detail, s) {
				t.Errorf("%s: %q does not say %q", tt.name, c.Detail, s)
			}
		}
	}
}

// checkOf returns a check of an outcome.
func checkOf(t testing.TB, o *Outcome, name string) measure.Check {
	t.Helper()
	i := slices.IndexFunc(o.Result.Checks, func(c measure.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no check %s", name)
	}
	return o.Result.Checks[i]
}

// TestRelativePower: the power of noise as a multiple of the variance of the activity it is added to.
func TestRelativePower(t *testing.T) {
	t.Parallel()
	r := lived(t, "seeds=1", "sources.0.arms=[identity power=0.5, oracle]", "attack.arms=[]")
	w := outside(r)
	clean := looked(w, w.train.Pixels)
	var variance float64 // as E[x^2] - E[x]^2, another way round
	for i := range w.layers[0].Len() {
		var sum, squares float64
		for _, v := range clean.Values[i*clean.Trials : (i+1)*clean.Trials] {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		n := float64(clean.Trials)
		variance += (squares/n - sum/n*sum/n) / float64(w.layers[0].Len())
	}
	for _, a := range r.outcome().Result.Arms {
		if got, want := *a.TraceRelative, *a.Trace/variance; !(math.Abs(got-want) <= 1e-6*want) {
			t.Errorf("%s %s: %v times the variance, want %v", a.Arm, a.Variant, got, want)
		}
	}
}

// TestProbeLanes move no decision.
func TestProbeLanes(t *testing.T) {
	want := decisions(lived(t))
	for _, lanes := range []string{"7", "64", "1000"} {
		if diff := cmp.Diff(want, decisions(lived(t, "lanes.probe="+lanes))); diff != "" {
			t.Errorf("%s probe lanes move decisions:\n%s", lanes, diff)
		}
	}
}

func TestNoiseWhen(t *testing.T) {
	runs := map[string]map[string][][]uint8{}
	readout := map[string][]float32{}
	for _, when := range []string{scenario.Both, scenario.Learning, scenario.Testing} {
		r := lived(t, "noise.when="+when, "noise.power=0.5")
		runs[when] = decisions(r)
		for _, a := range r.seeds[0].arms {
			if a.arm.Kind() == scenario.Oracle {
				readout[when] = a.Readout
			}
			if a.arm.Kind() != scenario.None && math.Abs(a.Power-.5) > 1e-4*.5 {
				t.Errorf("%s, noise when %s: power %v", a.arm, when, a.Power)
			}
			noisy := slices.ContainsFunc(a.Noise, func(v float32) bool { return v != 0 })
			if want := when != scenario.Learning && a.arm.Kind() != scenario.None; noisy != want {
				t.Errorf("%s, noise when %s: noise while judging is %v", a.arm, when, noisy)
			}
		}
		if diff := cmp.Diff(runs[scenario.Both]["none"], runs[when]["none"]); diff != "" {
			t.Errorf("noise when %s moves the arm none", when)
		}
	}
	if !slices.Equal(readout[scenario.Both], readout[scenario.Learning]) {
		t.Error("noise at the test moves what the readout learned before")
	}
	if slices.Equal(readout[scenario.Both], readout[scenario.Testing]) {
		t.Error("noise while learning moves nothing")
	}
	for _, when := range []string{scenario.Learning, scenario.Testing} {
		if cmp.Equal(runs[scenario.Both]["oracle"], runs[when]["oracle"]) {
			t.Errorf("noise when %s decides as noise at both times", when)
		}
	}
}

func TestEqualTrace(t *testing.T) {
	for _, power := range []float64{.001, .1, 3} {
		e := newTiny(t, "seeds=1")
		e.Noise.Power = power
		o, err := e.Run(t.Context(), quiet{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range o.Result.Arms {
			want := power
			if a.Arm == scenario.None {
				want = 0
			}
			if math.Abs(*a.Trace-want) > 1e-4*want {
				t.Errorf("power %v: %s %s %s has a trace of %v", power, a.Arm, a.Rule, a.Variant, *a.Trace)
			}
		}
		for _, c := range o.Result.Checks {
			if c.Name == "equal-trace" && c.Status != Pass {
				t.Errorf("power %v: %+v", power, c)
			}
		}
	}
}

// TestNoiseHasItsPower: what the readout gets of a noisy arm's draws has the variance that the couplings say.
func TestNoiseHasItsPower(t *testing.T) {
	r := lived(t, "noise.draws=40")
	for _, a := range r.seeds[0].arms {
		if a.arm.Kind() == scenario.None {
			continue
		}
		units, classes, judged := len(a.Couplings.Self), len(a.Bias), r.test.Len()
		for c := range 2 {
			w := a.Readout[c*units:][:units]
			sources := map[int32]float64{} // the weight with which a source reaches the readout unit
			var want float64
			for i, row := range a.Couplings.L {
				own := float64(w[i]) * float64(a.Couplings.Self[i])
				if a.Couplings.Hubs > 0 || len(row) == 0 {
					want += own * own
				} else {
					sources[int32(i)] += own
				}
				for j, v := range row {
					source := int32(j)
					if a.Couplings.Hubs == 0 {
						source = a.Couplings.Sources[i][j]
					}
					sources[source] += float64(w[i]) * float64(v)
				}
			}
			for _, s := range sources {
				want += s * s
			}
			var got float64
			for k := range r.Noise.Draws {
				for _, v := range a.Noise[(k*classes+c)*judged:][:judged] {
					got += float64(v) * float64(v) / float64(r.Noise.Draws*judged)
				}
			}
			// A variance of n normals strays by sqrt(2/n) of itself; five times that is never seen.
			if math.Abs(got/want-1) > 5*math.Sqrt(2/float64(r.Noise.Draws*judged)) {
				t.Errorf("%s: readout unit %d gets noise of the power %v, its couplings say %v", a.arm, c, got, want)
			}
		}
	}
}

func TestJudgedOnValidation(t *testing.T) {
	train, test, err := stimulus.Embedded("mnist")
	if err != nil {
		t.Fatal(err)
	}
	e := newTiny(t, "data.judge_on=validation")
	if e.train.Len() != 300 || e.test.Len() != 100 {
		t.Fatalf("%d images to learn from, %d to judge on", e.train.Len(), e.test.Len())
	}
	for i := range e.train.Len() {
		if !slices.Equal(e.train.Image(i), train.Image(i)) || e.train.Labels[i] != train.Labels[i] {
			t.Fatalf("image %d to learn from is not training image %d", i, i)
		}
	}
	for i := range e.test.Len() {
		if !slices.Equal(e.test.Image(i), train.Image(300+i)) || e.test.Labels[i] != train.Labels[300+i] {
			t.Fatalf("image %d to judge on is not training image %d", i, 300+i)
		}
		if slices.Equal(e.test.Image(i), test.Image(i)) {
			t.Fatalf("image %d to judge on is a test image", i)
		}
	}
	o, err := e.Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	if d := o.Result.Data; d.Set != "mnist" || d.Width != 28 || d.Height != 28 || d.Classes != 10 || d.Train != 300 || d.Test != 100 || d.Draws != 3 {
		t.Errorf("%+v", o.Result.Data)
	}
}

func TestResultOfTiny(t *testing.T) {
	o := runTiny(t)
	res := o.Result
	asJSON(t, res) // which knows no NaN
	e := newTiny(t)
	if len(res.Arms) != 8 || len(e.cells) != 4 {
		t.Fatalf("%d arms, %d cells", len(res.Arms), len(e.cells))
	}
	for i, a := range res.Arms {
		cells := 4
		if i == 0 || a.Arm == scenario.Diagonal || a.Variant == "hubs=3" || a.Arm == scenario.Oracle {
			cells++ // the attack
		}
		if len(a.Cells) != cells {
			t.Errorf("%s %s: %d cells, want %d", a.Arm, a.Variant, len(a.Cells), cells)
		}
		if a.Clean.Seeds != 2 {
			t.Errorf("%s: %d seeds", a.Arm, a.Clean.Seeds)
		}
		if none := a.Arm == scenario.None; none != (a.Alignment == nil) || none != (a.CleanCost == nil) || none != (a.Source == "") ||
			none != (a.SourceStrength == nil) {
			t.Errorf("%s: %+v", a.Arm, a)
		}
		if a.Arm == scenario.Oracle && *a.Alignment < .95 {
			t.Errorf("the oracle's alignment is %v", *a.Alignment)
		}
		for _, c := range a.Cells {
			if (a.Arm == scenario.None) != (c.Gain == nil) {
				t.Errorf("%s under %s: gain %v", a.Arm, c.Perturbation, c.Gain)
			}
			if c.Gain != nil && math.Abs(c.Accuracy.Mean-cellOf(res.Arms[0], c).Accuracy.Mean-c.Gain.Mean) > 1e-12 {
				t.Errorf("%s under %s: gain %v, accuracies %v and %v", a.Arm, c.Perturbation, c.Gain.Mean, c.Accuracy.Mean, cellOf(res.Arms[0], c).Accuracy.Mean)
			}
		}
	}
	if len(res.Summary.RecoveredGain) != 6 {
		t.Errorf("%d recovered gains, want 6: every arm but none and the oracle", len(res.Summary.RecoveredGain))
	}
	if len(res.Thresholds) != 1 || res.Thresholds[0].Value == nil || !res.Thresholds[0].Pass {
		t.Errorf("thresholds %+v", res.Thresholds)
	}
	names := map[string]bool{}
	for _, p := range o.Phases {
		names[p.Name] = true
	}
	for _, want := range []string{"seed 1 of 2: features", "seed 2 of 2: arms"} {
		if !names[want] {
			t.Errorf("no phase %q in %v", want, o.Phases)
		}
	}
}

// TestModifiedStreams: a stronger change is the same change, further on; training and test images share no stream.
func TestModifiedStreams(t *testing.T) {
	e := newTiny(t, "perturbations=[gaussian_noise]", "thresholds=[]")
	w := e.world(1, quiet{})
	m := *e.cells[0].Modification
	level := func(value float64) scenario.Level {
		return scenario.Level{Perturbation: scenario.Perturbation{Name: m.Name, Values: []float64{value}, Modification: &m}, Strength: 1}
	}
	weak, again := sure(w.modified(context.Background(), e.test, 100, level(.2), testTrials)), sure(w.modified(context.Background(), e.test, 100, level(.2), testTrials))
	if !slices.Equal(weak, again) {
		t.Error("the same change twice differs")
	}
	if slices.Equal(weak, sure(w.modified(context.Background(), e.test, 100, level(.2), 0))) {
		t.Error("training and test images share streams")
	}
	if slices.Equal(weak, sure(e.world(2, quiet{}).modified(context.Background(), e.test, 100, level(.2), testTrials))) {
		t.Error("seeds share streams")
	}
	dark := &stimulus.Set{Width: 4, Height: 4, Classes: 2, Labels: []uint8{0}, Pixels: make([]float32, 16)}
	for i := range dark.Pixels {
		dark.Pixels[i] = .5
	}
	little, more := sure(w.modified(context.Background(), dark, 1, level(.1), 0)), sure(w.modified(context.Background(), dark, 1, level(.2), 0))
	for i := range little {
		if (little[i]-.5)*(more[i]-.5) < 0 || math.Abs(float64(more[i]-.5)) < math.Abs(float64(little[i]-.5)) {
			t.Fatalf("pixel %d moves from .5 to %v, and by a stronger change to %v", i, little[i], more[i])
		}
	}
}
