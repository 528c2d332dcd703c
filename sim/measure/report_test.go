package measure

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRiskCoverageByHand(t *testing.T) {
	a := RiskCoverage([]float64{.5, .9, .7, .5}, []uint8{1, 1, 0, 0})
	want := []CoveragePoint{{.25, 1, .9}, {.5, .5, .7}, {.75, 2. / 3, .5}, {1, .5, .5}} // the tie at .5: the first image first
	if !slices.Equal(a.Points, want) {
		t.Errorf("points %v, want %v", a.Points, want)
	}
	if w := (0 + .5 + 1./3 + .5) / 4; math.Abs(a.AURC-w) > 1e-12 {
		t.Errorf("AURC %v, want %v", a.AURC, w)
	}
	if w := (1./3 + .5) / 4; math.Abs(a.Best-w) > 1e-12 {
		t.Errorf("best AURC %v, want %v", a.Best, w)
	}
	mustPanic(t, "NaN", func() { RiskCoverage([]float64{math.NaN()}, []uint8{0}) })
	mustPanic(t, "lengths", func() { RiskCoverage([]float64{1}, nil) })
	mustPanic(t, "no images", func() { RiskCoverage(nil, nil) })
}

func TestRiskCoverageProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		correct := rapid.SliceOfN(rapid.Uint8Range(0, 1), 1, 30).Draw(t, "correct")
		confidence := rapid.SliceOfN(rapid.Float64Range(0, 1), len(correct), len(correct)).Draw(t, "confidence")
		a := RiskCoverage(confidence, correct)
		last := a.Points[len(correct)-1]
		var right float64
		perfect := make([]float64, len(correct))
		for m, c := range correct {
			right += float64(c)
			perfect[m] = float64(c)
		}
		if last.Coverage != 1 || math.Abs(last.Accuracy-right/float64(len(correct))) > 1e-12 || last.Confidence != slices.Min(confidence) {
			t.Fatalf("all answered: %+v", last)
		}
		if a.Best > a.AURC+1e-12 || a.AURC < 0 || a.AURC > 1 {
			t.Fatalf("AURC %v, best %v", a.AURC, a.Best)
		}
		if b := RiskCoverage(perfect, correct); math.Abs(b.AURC-a.Best) > 1e-12 || b.Best != a.Best {
			t.Fatalf("a perfect confidence has AURC %v, best is %v", b.AURC, a.Best)
		}
		for k, p := range a.Points {
			if math.Abs(p.Coverage*float64(len(correct))-float64(k+1)) > 1e-9 || k > 0 && p.Confidence > a.Points[k-1].Confidence {
				t.Fatalf("point %d out of order: %v", k, a.Points)
			}
		}
	})
}

// A confidence that says nothing has the error rate as its area, over all orders of the images.
func TestRiskCoverageOfRandomConfidence(t *testing.T) {
	const trials, images, errors = 2000, 40, 10
	r := newNormals(900)
	var sum, squares float64
	for range trials {
		confidence, correct := make([]float64, images), make([]uint8, images)
		for m := range correct {
			confidence[m] = r.next()
			if m >= errors {
				correct[m] = 1
			}
		}
		a := RiskCoverage(confidence, correct).AURC
		sum += a / trials
		squares += a * a / trials
	}
	if sd := math.Sqrt((squares - sum*sum) / trials); math.Abs(sum-float64(errors)/images) > 4*sd {
		t.Errorf("AURC %.4f on the mean, the error rate is %v", sum, float64(errors)/images)
	}
}

func TestDistances(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		distances    []float64
		found        int
		mean, median float64 // -1: none
	}{
		{[]float64{3, 0, 1}, 3, 4. / 3, 1},
		{[]float64{4, 1, 2, 0}, 4, 1.75, 1.5},
		{[]float64{1, inf, 2}, 2, 1.5, 2},
		{[]float64{1, inf, inf, 2}, 2, 1.5, -1},
		{[]float64{inf, inf, 2}, 1, 2, -1},
		{[]float64{inf}, 0, -1, -1},
		{nil, 0, -1, -1},
	} {
		r := Distances(c.distances)
		value := func(v *float64) float64 {
			if v == nil {
				return -1
			}
			return *v
		}
		if r.Images != len(c.distances) || r.Found != c.found || math.Abs(value(r.Mean)-c.mean) > 1e-12 || value(r.Median) != c.median {
			t.Errorf("%v: %d of %d found, mean %v, median %v", c.distances, r.Found, r.Images, value(r.Mean), value(r.Median))
		}
	}
	for name, d := range map[string]float64{"negative": -1, "NaN": math.NaN()} {
		mustPanic(t, name, func() { Distances([]float64{1, d}) })
		mustPanic(t, name, func() { SecurityCurve([]float64{1, d}, nil) })
	}
	mustPanic(t, "no images", func() { SecurityCurve(nil, nil) })
}

func TestSecurityCurve(t *testing.T) {
	d := []float64{0, .1, .3, math.Inf(1)}
	got := SecurityCurve(d, []float64{0, .05, .1, .3, 9})
	if want := []float64{.75, .75, .5, .25, .25}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "distances")
		if r := Distances(d); len(d)%2 == 1 { // half of the images are no nearer than the median
			if half := SecurityCurve(d, []float64{*r.Median})[0]; half > .5 {
				t.Fatalf("%v of the images are beyond the median", half)
			}
		}
		const step = 1. / 512
		var area, last float64 = 0, 1
		for e := step / 2; e < 1; e += step {
			a := SecurityCurve(d, []float64{e})[0]
			if a > last {
				t.Fatalf("accuracy rises to %v at %v", a, e)
			}
			area, last = area+a*step, a
		}
		if mean := *Distances(d).Mean; math.Abs(area-mean) > step {
			t.Fatalf("the area is %v, the mean distance %v", area, mean)
		}
	})
}

func TestSigns(t *testing.T) {
	ours := []Paired{{.2, .1, .3}, {-.2, -.3, -.1}, {.2, .1, .3}, {.2, -.1, .5}, {.2, 0, .4}, {.2, .1, .3}}
	verdicts, a := Signs(ours, []float64{.5, -.1, -.1, .4, .4, 0})
	want := []Verdict{Agree, Agree, Disagree, Undecided, Undecided, Silent}
	if !slices.Equal(verdicts, want) || a != (Agreement{Agree: 2, Disagree: 1, Undecided: 2, Silent: 1}) {
		t.Errorf("%v, %+v", verdicts, a)
	}
	for v, name := range map[Verdict]string{Agree: "agree", Disagree: "disagree", Undecided: "undecided", Silent: "silent"} {
		if v.String() != name {
			t.Errorf("%d is called %q, want %q", v, v, name)
		}
	}
	mustPanic(t, "lengths", func() { Signs(ours, nil) })
}

// A share of the oracle's gain belongs to the arm that learned from as many images: the same rule from fewer has another.
func TestRecoveredGainIsOfOneArm(t *testing.T) {
	few, strength := 128, 5.
	all := Arm{Arm: "hebbian", Rule: "gha", Variant: "hubs=16", Source: "rotate", SourceStrength: &strength}
	part := all
	part.SourceImages = &few
	g := RecoveredGain{Source: "rotate", Strength: 5, Arm: "hebbian", Rule: "gha", Variant: "hubs=16"}
	h := g
	h.Images = &few
	if !g.Of(&all) || g.Of(&part) || !h.Of(&part) || h.Of(&all) {
		t.Error("shares of arms from different numbers of images are mixed up")
	}
	trained := all
	trained.Training = "augmentation"
	if g.Of(&trained) {
		t.Error("an arm that is trained otherwise has this one's share")
	}
}
