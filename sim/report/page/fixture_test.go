package page

import (
	"fmt"
	"testing"

	"murmur/neuron/random"
	"murmur/sim/measure"
)

const fixtureUnits = 30

// normals are n numbers of a normal distribution.
func normals(n int, unit uint32) []float32 {
	x := make([]float32, n)
	random.Key{Seed: 7, Purpose: random.Weights, Unit: unit}.Normals(x, 0, 0, 0)
	return x
}

func ptr[T any](v T) *T { return &v }

func estimate(mean float64) measure.Estimate {
	return measure.Estimate{Mean: mean, Lo: max(mean-.03, 0), Hi: min(mean+.03, 1), Seeds: 3}
}

// fixtureArm is an arm whose numbers follow from its place.
func fixtureArm(k int, arm, rule, variant, source string) measure.Arm {
	x := float64(k) / 20
	a := measure.Arm{Arm: arm, Rule: rule, Variant: variant, Source: source, Trace: ptr(.08), NoiseCouplings: ptr(fixtureUnits * (k + 1)), Clean: estimate(.8 - x/8),
		Classes:    []measure.Class{{Class: 0, Images: 5, Accuracy: estimate(.7)}, {Class: 1, Images: 5, Accuracy: estimate(.9)}},
		Abstaining: &measure.Abstain{AURC: .05 + x, Points: []measure.CoverageRow{{Coverage: .5, Accuracy: .95}, {Coverage: 1, Accuracy: .8}}},
		Corruption: &measure.Corrupt{Modifications: 2, Error: estimate(.4), MCE: &measure.Paired{Mean: .9, Lo: .8, Hi: .95}},
		Failures:   &measure.Failure{Shared: ptr(.3), AUC: ptr(.6)}}
	if source != "" {
		a.SourceStrength, a.Alignment, a.CleanCost = ptr(5.0), ptr(.2+x), &measure.Paired{Mean: .01, Lo: -.01, Hi: .03}
	}
	cell := func(perturbation string, strength, value float64, unit string, mean, gain float64) measure.Cell {
		c := measure.Cell{Perturbation: perturbation, Strength: strength, Value: value, Unit: unit, Accuracy: estimate(mean)}
		if k > 0 {
			c.Gain = &measure.Paired{Mean: gain, Lo: gain - .05, Hi: gain + .05}
		}
		return c
	}
	attacked := cell("pgd-linf", 1, .04, "1", .4, -.01)
	attacked.Decisions = &measure.Decisions{One: estimate(.35), Vote: estimate(.41)}
	a.Cells = []measure.Cell{cell("rotate", 1, 8, "degree", .7, 0), cell("rotate", 5, 40, "degree", .2+x, x), cell("contrast", 1, .5, "1", .6, 0), cell("contrast", 5, .05, "1", .5-x, -x), attacked}
	return a
}

// fixture is a run that has everything.
func fixture() Run {
	r := &measure.Result{Schema: measure.Schema, Scenario: "fixture", Size: "small", Seed: 1, Trajectory: "sha256:00",
		Data:    measure.Data{Set: "fashion-mnist", Width: 4, Height: 3, Classes: 10, Train: 100, Test: 50, Draws: 10},
		Network: measure.Network{Units: 33, Goroutines: 33},
		Arms: []measure.Arm{fixtureArm(0, "none", "", "", ""), fixtureArm(1, "diagonal", "", "", "rotate"), fixtureArm(2, "hebbian", "imprint", "radius=1", "rotate"),
			fixtureArm(4, "hebbian", "gha", "hubs=2", "rotate"), fixtureArm(5, "oracle", "", "", "rotate")},
		Thresholds: []measure.Threshold{{Name: "it helps", Value: ptr(.2), Limit: ">= 0.1", Pass: true}},
		Checks:     []measure.Check{{Name: "complete", Status: "pass", Detail: "all 5 arms"}, {Name: hurtsCheck, Status: "warn", Detail: "in 9 of 20 cells"}},
	}
	for _, name := range []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"} {
		r.Data.ClassImages = append(r.Data.ClassImages, measure.ClassImages{Name: name, Train: 10, Test: 5})
	}
	r.Arms[4].Certificates = []measure.Certificate{{Sigma: .25, Samples: 100, Alpha: .001, Images: 20, Abstained: 2, AverageRadius: .3, Points: []measure.CertifiedPoint{{Radius: 0, Accuracy: .7}, {Radius: .25, Accuracy: .5}}}}
	r.Arms[4].Activity = &measure.ActivityCertificate{Samples: 100, Alpha: .001, Images: 20, Right: 15, Covered: 3, Radius: 1.5}
	s := &r.Summary
	s.Sentence = "Noise helps & hurts."
	for k := 1; k < 4; k++ {
		a := r.Arms[k]
		s.RecoveredGain = append(s.RecoveredGain, measure.RecoveredGain{Source: "rotate", Strength: 5, Arm: a.Arm, Rule: a.Rule, Variant: a.Variant, Mean: ptr(float64(k) / 4), Lo: ptr(float64(k)/4 - .1), Hi: ptr(float64(k)/4 + .1)})
	}
	gain := func(mean float64, matched bool) measure.TransferCell {
		return measure.TransferCell{Paired: measure.Paired{Mean: mean, Lo: mean - .02, Hi: mean + .02}, Matched: matched}
	}
	s.Transfer = []measure.Transfer{{Arm: "oracle", Sources: []string{"rotate"}, Perturbations: []string{"rotate", "contrast"}, Gains: [][]measure.TransferCell{{gain(.25, true), gain(-.25, false)}}, Comparisons: 2, Mismatched: 1, Worse: 1}}
	s.Covariances = []measure.Covariance{{Source: "rotate", Strength: 5, Trace: 30, EffectiveRank: 4, Spectrum: []float64{.4, .2, .1}, Alignment: []float64{1}}}
	s.Paper = &measure.PaperTable{Rows: []measure.PaperRow{{Modification: "rotate", Strength: 5, Cells: []measure.PaperCell{{Arm: "full", Here: ptr(estimate(.5)), Paper: ptr(.55)}, {Arm: "none"}}, Diagonal: "agree", None: "disagree",
		Doses: []measure.PaperDoseRow{{Power: .08, Full: ptr(estimate(.4)), Diagonal: ptr(estimate(.3)), LessDiagonal: "agree", LessNone: "undecided"}}}},
		Doses: []measure.PaperDose{{Power: .08, Relative: ptr(1.4)}, {Power: 2}}}
	var pixels []uint8
	for i := range 2 * 12 {
		pixels = append(pixels, uint8(10*i))
	}
	example := func(perturbation, array string, strength, value float64) measure.Example {
		return measure.Example{Perturbation: perturbation, Strength: strength, Value: value, Unit: "degree", Array: array, Images: []int{0, 1}, Labels: []int{0, 9},
			Decisions: []measure.ExampleDecision{{Arm: 0, Classes: []int{0, 1}, Confidence: []float64{.5, .6}}, {Arm: 3, Classes: []int{0, 9}, Confidence: []float64{.7, .8}}}}
	}
	s.Examples = []measure.Example{example("clean", "example00", 0, 0), example("rotate", "example01", 5, 40)}
	return Run{Result: r, Scenario: []byte("name: fixture\nseed: 1\n"), Arrays: map[string][]measure.Array{
		networkArchive:    couplingArrays(),
		covarianceArchive: {{Name: "source00.covariance", Shape: []int{fixtureUnits, fixtureUnits}, Data: dense(hubs()).data}},
		examplesArchive:   {{Name: "example00", Shape: []int{2, 12}, Data: pixels}, {Name: "example01", Shape: []int{2, 12}, Data: pixels}},
	}}
}

// couplingArrays are those of every noisy arm of the fixture.
func couplingArrays() (list []measure.Array) {
	add := func(arm int, shape []int, values []float32, source, target []int32, self []float32) {
		prefix := fmt.Sprintf("arm%02d.", arm)
		list = append(list, measure.Array{Name: prefix + "couplings", Shape: shape, Data: values}, measure.Array{Name: prefix + "source", Shape: []int{len(source)}, Data: source},
			measure.Array{Name: prefix + "target", Shape: []int{len(target)}, Data: target}, measure.Array{Name: prefix + "self", Shape: []int{fixtureUnits}, Data: self})
	}
	add(1, []int{0}, []float32{}, []int32{}, []int32{}, normals(fixtureUnits, 1))
	var source, target []int32
	for i := range int32(fixtureUnits) {
		for _, j := range []int32{i - 1, i, i + 1} {
			if j >= 0 && j < fixtureUnits && i != 4 { // a unit that hears nobody
				source, target = append(source, j), append(target, i)
			}
		}
	}
	add(2, []int{len(source)}, normals(len(source), 2), source, target, normals(fixtureUnits, 3))
	for arm := 3; arm <= 4; arm++ {
		k := 3*arm - 7 // hubs
		add(arm, []int{fixtureUnits, k}, normals(fixtureUnits*k, uint32(arm)), []int32{}, []int32{}, normals(fixtureUnits, 5))
	}
	return list
}

func hubs() *couplings {
	r := Run{Arrays: map[string][]measure.Array{networkArchive: couplingArrays()}}
	return r.couplingsOf(3)
}

// dense is the covariance of couplings, entry by entry.
func dense(c *couplings) *square {
	full := make([]float64, c.units*c.sources)
	for i := range c.units {
		for k := c.rows[i]; k < c.rows[i+1]; k++ {
			full[i*c.sources+int(c.source[k])] += float64(c.value[k])
		}
	}
	s := &square{c.units, make([]float32, c.units*c.units)}
	for i := range c.units {
		for j := range c.units {
			var sum float64
			for k := range c.sources {
				sum += full[i*c.sources+k] * full[j*c.sources+k]
			}
			if i == j {
				sum += float64(c.self[i]) * float64(c.self[i])
			}
			s.data[i*c.units+j] = float32(sum)
		}
	}
	return s
}

func filesOf(t testing.TB, r Run) map[string][]byte {
	t.Helper()
	files, err := Files(r)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]byte{}
	for _, f := range files {
		list[f.Name] = f.Data
	}
	if len(list) != len(files) {
		t.Fatal("two files of one name")
	}
	return list
}
