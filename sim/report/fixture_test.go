package report

import (
	"math"

	"murmur/sim/measure"
)

func ptr[T any](x T) *T { return &x }

// study is what a fixture varies of an arm: its name, and how many points it gains where matched and elsewhere.
type study struct {
	arm, rule, variant string
	matched, elsewhere float64
	alignment          *float64
	recovered          *float64
}

var studies = []study{
	{"identity", "", "", .002, -.004, ptr(.03), ptr(.004)},
	{"diagonal", "", "", .003, .001, ptr(.14), ptr(.01)},
	{"shuffled", "", "", -.006, -.009, ptr(.02), ptr(-.02)},
	{"hebbian", "imprint", "radius=1", .074, .006, ptr(.31), ptr(.2)},
	{"hebbian", "imprint", "radius=all", .376, -.012, ptr(.98), ptr(1.)},
	{"hebbian", "gha", "hubs=16", .374, -.021, ptr(.99), ptr(.99)},
	{"oracle", "", "", .377, -.018, ptr(1.), nil},
}

type world struct {
	name, unit string
	values     []float64
	base       float64 // accuracy without noise at strength 5
}

var worlds = []world{
	{"rotate", "degree", []float64{8, 16, 24, 32, 40}, .19},
	{"gaussian_blur", "pixel", []float64{.5, .75, 1, 1.25, 1.5}, .722},
	{"occlusion", "pixel", []float64{2, 4, 6, 8, 10}, .676},
	{"translate", "pixel", []float64{1, 2, 3, 4, 5}, .215},
	{"gaussian_noise", "1", []float64{.08, .12, .18, .26, .38}, .408},
	{"contrast", "1", []float64{.4, .3, .2, .1, .05}, .331},
}

const half = .014

func estimate(x float64) measure.Estimate {
	return measure.Estimate{Mean: x, Lo: max(0, x-half), Hi: min(1, x+half), Seeds: 3}
}

// cells measures an arm that learned from source; of "" it is none.
func cells(s study, source string) []measure.Cell {
	var all []measure.Cell
	for _, w := range worlds {
		for k, v := range w.values {
			x := w.base + float64(4-k)*(.813-w.base)/5
			c := measure.Cell{Perturbation: w.name, Strength: float64(k + 1), Value: v, Unit: w.unit}
			if source != "" {
				gain := s.elsewhere
				if source == w.name {
					gain = s.matched * (.9 - w.base) * float64(2*k-2) / 4.3
				}
				c.Gain = &measure.Paired{Mean: gain, Lo: gain - .009, Hi: gain + .009}
				x += gain
			}
			c.Accuracy = estimate(x)
			all = append(all, c)
		}
	}
	// The adversary met none, and the local arms and oracle of the first source.
	if source == "" || source == "rotate" && (s.arm == "hebbian" || s.arm == "oracle") {
		for k, eps := range []float64{.02, .04} {
			c := measure.Cell{Perturbation: "pgd-linf", Strength: float64(k + 1), Value: eps, Unit: "1"}
			x := .6 - 3*eps
			if source != "" {
				c.Gain = &measure.Paired{Mean: .05, Lo: .002, Hi: .098}
				x += .05
			}
			c.Accuracy = measure.Estimate{Mean: x, Lo: x - .121, Hi: x + .121, Seeds: 3}
			c.Decisions = &measure.Decisions{One: estimate(x - .02), Vote: estimate(x + .01)}
			all = append(all, c)
		}
	}
	return all
}

func fixture() *measure.Result {
	r := &measure.Result{Schema: measure.Schema, Scenario: "structured-noise", Size: "default", Seed: 1,
		Data:    measure.Data{Set: "fashion-mnist", Train: 8000, Test: 2000, Draws: 10},
		Network: measure.Network{Units: 1026, Goroutines: 1026},
		Arms:    []measure.Arm{{Arm: "none", Clean: estimate(.813), Cells: cells(study{}, "")}},
		Thresholds: []measure.Threshold{
			{Name: "recovered_gain rotate gha hubs=16", Value: ptr(.99), Limit: ">= 0.8", Pass: true},
			{Name: "clean_cost rotate gha hubs=16", Value: ptr(.0213), Limit: "<= 0.02"},
			{Name: "recovered_gain of an arm whose name is long enough to need another line or two", Limit: ">= 0.5"},
		},
		Checks: []measure.Check{
			{Name: "iterative-at-least-single-step", Status: "pass", Detail: "PGD with 20 steps leaves 48.1 % right, one step 52.9 %"},
			{Name: "more-draws-stronger-attack", Status: "warn", Detail: "accuracy under attack falls from 53.2 % with 8 draws to " +
				"51.0 % with 32; the attack has not converged, and what is told is what is left of the strongest"},
			{Name: "unbounded-attack-wins", Status: "fail", Detail: "3 of 400 images survive epsilon 1"},
			{Name: "no-detail", Status: "pass"},
		}}
	for _, source := range []string{"rotate", "gaussian_blur", "occlusion"} {
		for _, s := range studies {
			r.Arms = append(r.Arms, measure.Arm{Arm: s.arm, Rule: s.rule, Variant: s.variant, Source: source, SourceStrength: ptr(5.),
				Trace: ptr(.15), Alignment: s.alignment, Clean: estimate(.792),
				CleanCost: &measure.Paired{Mean: .021, Lo: .012, Hi: .03}, Cells: cells(s, source)})
			g := measure.RecoveredGain{Source: source, Strength: 5, Arm: s.arm, Rule: s.rule, Variant: s.variant}
			if s.recovered != nil && source != "occlusion" { // there the oracle's gain is not clear
				g.Mean, g.Lo, g.Hi = s.recovered, ptr(*s.recovered-.04), ptr(*s.recovered+.04)
			}
			r.Summary.RecoveredGain = append(r.Summary.RecoveredGain, g)
		}
	}
	r.Summary.Sentence = Sentence(r)
	return r
}

// numbers gives an arm all that is measured of it beside its cells.
func numbers(a *measure.Arm, i int) {
	x := float64(i)
	a.Classes = []measure.Class{{Class: 0, Images: 200, Accuracy: estimate(.7)}}
	a.Abstaining = &measure.Abstain{AURC: .06 + x/1000, Best: .02, Points: []measure.CoverageRow{{Coverage: .1, Accuracy: 1}, {Coverage: 1, Accuracy: .8}}}
	a.Corruption = &measure.Corrupt{Modifications: 6, Error: estimate(.5), MCE: &measure.Paired{Mean: 1 - x/50, Lo: .8, Hi: 1.1}, RelativeMCE: &measure.Paired{Mean: 1.25 - x/30, Lo: .7, Hi: 1.2}}
	a.Failures = &measure.Failure{Shared: ptr(.4 + x/100), AUC: ptr(.7)}
	switch i % 3 {
	case 0:
		a.Certificates = []measure.Certificate{
			{Sigma: .25, Samples: 1000, Alpha: .001, Images: 200, Abstained: 31, AverageRadius: .312,
				Points: []measure.CertifiedPoint{{Radius: 0, Accuracy: .64}, {Radius: .25, Accuracy: .52}, {Radius: .5, Accuracy: .405}, {Radius: .75, Accuracy: 0}}},
			{Sigma: .5, Samples: 1000, Alpha: .001, Images: 200, Abstained: 200, Points: []measure.CertifiedPoint{{Radius: 0}}}}
	case 1:
		a.Corruption.MCE, a.Corruption.RelativeMCE, a.Failures.AUC = nil, nil, nil
	case 2:
		a.Activity = &measure.ActivityCertificate{Samples: 1000, Alpha: .001, Images: 200, Right: 150, Covered: 60, Radius: 1.25, Length: ptr(1.75)}
		a.Failures = nil
	}
	if i%5 == 2 {
		a.Activity = &measure.ActivityCertificate{Samples: 1000, Alpha: .001, Images: 200}
	}
}

// lab is a result with everything that is measured.
func lab() *measure.Result {
	r := fixture()
	for i := range r.Arms {
		a := &r.Arms[i]
		numbers(a, i)
		if i == 0 || a.Source == "rotate" && a.Arm != "identity" {
			a.Cells = append(a.Cells,
				measure.Cell{Perturbation: "fab-linf", Strength: 1, Value: .02, Unit: "1", Accuracy: estimate(.5), Decisions: &measure.Decisions{One: estimate(.48), Vote: estimate(.5)}, Distance: &measure.Distance{Mean: ptr(.0371), Median: ptr(.041), Found: 320}},
				measure.Cell{Perturbation: "fab-linf", Strength: 2, Value: .04, Unit: "1", Accuracy: estimate(.3), Decisions: &measure.Decisions{One: estimate(.28), Vote: estimate(.3)}, Distance: &measure.Distance{Mean: ptr(.0371), Median: ptr(.041), Found: 320}},
				measure.Cell{Perturbation: "cw-l2", Strength: 1, Value: .5, Unit: "1", Accuracy: estimate(.8), Decisions: &measure.Decisions{One: estimate(.8), Vote: estimate(.8)}, Distance: &measure.Distance{}})
		}
	}
	r.Arms = append(r.Arms,
		measure.Arm{Arm: "augmentation", Training: "augmentation", Source: "rotate", SourceStrength: ptr(5.), Clean: estimate(.8), CleanCost: &measure.Paired{Mean: .01, Lo: 0, Hi: .02}, Cells: cells(studies[6], "rotate")},
		measure.Arm{Arm: "hebbian", Rule: "gha", Variant: "hubs=16 power=0.5 when=learning", Training: "augmentation", Source: "rotate", SourceStrength: ptr(5.), SourceImages: ptr(500),
			Trace: ptr(.5), Alignment: ptr(.9), Clean: estimate(.8), Cells: cells(studies[5], "rotate")})
	r.Summary.Transfer = []measure.Transfer{matrix("hebbian", 3, 6), gappy()}
	r.Summary.Covariances = spectra(3)
	r.Checks = append(r.Checks, measure.Check{Name: "random-noise-weaker", Status: "fail", Accepted: true,
		Detail: "2 of 8 arms, such as gha hubs=16 of rotate: noise-linf at linf 0.04 alone breaks 9, gradients alone 0, of 100"})
	r.Summary.Sentence = Sentence(r)
	return r
}

// name names the k-th of many sources.
func name(k int) string {
	if k < len(worlds) {
		return worlds[k].name
	}
	return []string{"mnist-c/elastic_transform", "cifar-c/jpeg_compression", "paper/perspective", "pgd-linf 0.05", "mnist-c/shear", "paper/snow",
		"rotate 3", "rotate 4", "cifar-c/gaussian_noise", "fgsm-linf 0.1", "hopskipjump-l2 0.25"}[k-len(worlds)]
}

// matrix is a transfer matrix.
func matrix(kind string, sources, perturbations int) measure.Transfer {
	m := measure.Transfer{Arm: kind, Comparisons: sources * perturbations}
	if kind == "hebbian" {
		m.Rule, m.Variant = "gha", "hubs=16"
	}
	for j := range perturbations {
		m.Perturbations = append(m.Perturbations, name(j))
	}
	for i := range sources {
		m.Sources = append(m.Sources, name(i))
		var row []measure.TransferCell
		for j := range perturbations {
			g := float64(i-j)/10 + .0004
			if i == j {
				g = .37
			} else {
				m.Mismatched++
			}
			row = append(row, measure.TransferCell{Paired: measure.Paired{Mean: g, Lo: g - .15, Hi: g + .15}, Matched: i == j})
			switch {
			case i != j && g < -.15:
				m.Worse++
			case i != j && g > .15:
				m.Better++
			}
		}
		m.Gains = append(m.Gains, row)
	}
	return m
}

// gappy is a matrix of an arm that the second of three sources lacks.
func gappy() measure.Transfer {
	m := matrix("oracle", 3, 3)
	m.Sources, m.Gains = []string{m.Sources[0], m.Sources[2]}, [][]measure.TransferCell{m.Gains[0], m.Gains[2]}
	m.Comparisons, m.Mismatched, m.Worse, m.Better = 6, 4, 1, 1
	return m
}

// spectra describes covariances of n sources.
func spectra(n int) []measure.Covariance {
	var list []measure.Covariance
	for i := range n {
		c := measure.Covariance{Source: name(i), Strength: 5, Trace: 12.5 / float64(i+1), EffectiveRank: 7.25}
		for k := range 10 {
			c.Spectrum = append(c.Spectrum, .25/float64(k+1))
		}
		for j := range n {
			c.Alignment = append(c.Alignment, 1-math.Abs(float64(i-j))/float64(n))
		}
		list = append(list, c)
	}
	return list
}

// beside is a result set beside the paper's table, with an arm that the paper has not.
func beside() *measure.Result {
	r := lab()
	t := &measure.PaperTable{Diagonal: measure.SignCount{Agree: 1, Disagree: 1, Undecided: 1, Silent: 1}, None: measure.SignCount{Agree: 3, Disagree: 1}}
	verdicts := []string{"agree", "disagree", "undecided", "silent"}
	for i, p := range []measure.Published{measure.Paper()[0], measure.Paper()[4], measure.Paper()[30], measure.Paper()[len(measure.Paper())-1]} {
		row := measure.PaperRow{Modification: p.Modification, Strength: p.Strength, Diagonal: verdicts[i], None: verdicts[min(i%2, 1)]}
		for k, arm := range measure.PaperArms {
			e := estimate(float64(k+i) / 8)
			row.Cells = append(row.Cells, measure.PaperCell{Arm: arm, Here: &e, Paper: &p.Means[k]})
		}
		if i > 0 {
			e := estimate(float64(i) / 4)
			row.Cells = append(row.Cells, measure.PaperCell{Arm: []string{"", "gha hubs=16 + adversarial-training", "gha hubs=4", "gha hubs=16 + adversarial-training"}[i], Here: &e})
		}
		t.Rows = append(t.Rows, row)
	}
	t.Rows[2].Cells[2].Here = nil
	t.Rows[3].Cells = append(t.Rows[3].Cells, measure.PaperCell{Arm: "imprint radius=1"})
	r.Summary.Paper = t
	return r
}

// dosed is a result set beside the paper's table at three powers of noise, one of which not every row has.
func dosed() *measure.Result {
	r := beside()
	t := r.Summary.Paper
	for k, power := range []float64{.08, .25, 2} {
		t.Doses = append(t.Doses, measure.PaperDose{Power: power, Relative: ptr(power / .06), LessDiagonal: measure.SignCount{Agree: 4 - k, Disagree: k}, LessNone: measure.SignCount{Undecided: 4}})
		for i := range t.Rows[k/2:] {
			full, diagonal := estimate(float64(i+1)/8+power/10), estimate(float64(i)/9)
			row := measure.PaperDoseRow{Power: power, Full: &full, Diagonal: &diagonal, LessDiagonal: []string{"agree", "disagree", "undecided"}[k], LessNone: t.Rows[i].None}
			t.Rows[k/2+i].Doses = append(t.Rows[k/2+i].Doses, row)
		}
	}
	t.Doses[2].Relative = nil
	return r
}

// many is a result of more sources than have tables of their own.
func many() *measure.Result {
	r := lab()
	for i := range 9 {
		for _, s := range studies[3:] {
			r.Arms = append(r.Arms, measure.Arm{Arm: s.arm, Rule: s.rule, Variant: s.variant, Source: name(6 + i), SourceStrength: ptr(1.), Clean: estimate(.7)})
		}
	}
	r.Summary.Transfer = []measure.Transfer{matrix("oracle", 15, 17)}
	r.Summary.Covariances = spectra(15)
	return r
}
