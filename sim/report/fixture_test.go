package report

import "murmur/sim/measure"

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
		for _, eps := range []float64{.02, .04} {
			c := measure.Cell{Perturbation: "pgd-linf", Strength: eps, Value: eps, Unit: "epsilon"}
			x := .6 - 3*eps
			if source != "" {
				c.Gain = &measure.Paired{Mean: .05, Lo: .002, Hi: .098}
				x += .05
			}
			c.Accuracy = measure.Estimate{Mean: x, Lo: x - .121, Hi: x + .121, Seeds: 3}
			c.Decisions = &measure.Decisions{One: measure.Estimate{Mean: x - .04}, Vote: measure.Estimate{Mean: x - .01}}
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

// laboratory is a result with every table of the robustness lab.
func laboratory() *measure.Result {
	r := fixture()
	pair := func(x float64) measure.Paired { return measure.Paired{Mean: x, Lo: x - .02, Hi: x + .02} }
	for i := range r.Arms {
		a := &r.Arms[i]
		x := .01 * float64(i)
		a.Abstaining = &measure.Abstain{AURC: .05 + x/10}
		a.Corruption = &measure.Corrupt{Modifications: 6, Error: estimate(.3 + x), MCE: ptr(pair(1 + x)), RelativeMCE: ptr(pair(1.1 + x))}
		a.Failures = &measure.Failure{Shared: ptr(.3), AUC: ptr(.7)}
		switch i {
		case 0:
			a.Corruption.RelativeMCE, a.Failures = nil, nil
		case 3:
			a.Training = "augmentation"
			a.Activity = &measure.ActivityCertificate{Samples: 1000, Alpha: .001, Images: 200, Right: 150, Covered: 3, Radius: 1.98, Length: ptr(19.3)}
		case 4:
			a.SourceImages = ptr(128)
			a.Activity = &measure.ActivityCertificate{Samples: 1000, Alpha: .001, Images: 200, Right: 140, Radius: 1.7}
			a.Cells = append(a.Cells, measure.Cell{Perturbation: "deepfool-l2", Strength: 1, Value: .5, Unit: "1", Accuracy: estimate(.4),
				Decisions: &measure.Decisions{}, Distance: &measure.Distance{Mean: ptr(.667), Found: 80}})
		}
		if i < 3 {
			a.Certificates = []measure.Certificate{{Sigma: .25, Samples: 1000, Alpha: .001, Images: 200, Abstained: 8, AverageRadius: .412,
				Points: []measure.CertifiedPoint{{Radius: 0, Accuracy: .8}, {Radius: .25, Accuracy: .7}, {Radius: .5, Accuracy: .58}, {Radius: .75, Accuracy: 0}}}}
		}
	}
	m := measure.Transfer{Arm: "hebbian", Rule: "gha", Variant: "hubs=16", Comparisons: 144, Mismatched: 132, Worse: 40, Better: 3}
	for i := range 12 {
		name := worlds[i%len(worlds)].name
		if i >= len(worlds) {
			name = "paper/" + name
		}
		m.Sources, m.Perturbations = append(m.Sources, name), append(m.Perturbations, name)
		var row []measure.TransferCell
		for j := range 12 {
			row = append(row, measure.TransferCell{Paired: pair(.03 - .011*float64((i-j)*(i-j))/4), Matched: i == j})
		}
		m.Gains = append(m.Gains, row)
		c := measure.Covariance{Source: name, Strength: 5, Trace: 30.2 + float64(i), EffectiveRank: 20.1, Spectrum: []float64{.2, .1, .05}}
		for j := range 12 {
			c.Alignment = append(c.Alignment, 1-.05*float64(max(i-j, j-i)))
		}
		r.Summary.Covariances = append(r.Summary.Covariances, c)
	}
	m.Perturbations = append(m.Perturbations, "gaussian_noise 0.1")
	for i := range m.Gains {
		m.Gains[i] = append(m.Gains[i], measure.TransferCell{Paired: pair(-1)})
	}
	r.Summary.Transfer = []measure.Transfer{m}
	r.Checks = append(r.Checks, measure.Check{Name: "more-restarts-do-not-help", Status: "fail", Detail: "one image", Accepted: true})
	return r
}

// paperResult is a result beside the paper's table.
func paperResult() *measure.Result {
	r := fixture()
	cell := func(arm string, here float64, paper *float64) measure.PaperCell {
		return measure.PaperCell{Arm: arm, Here: ptr(estimate(here)), Paper: paper}
	}
	r.Summary.Paper = &measure.PaperTable{
		Rows: []measure.PaperRow{
			{Modification: "gaussian_noise", Strength: 5, Diagonal: "agree", None: "disagree", Cells: []measure.PaperCell{
				cell("full", .67, ptr(.72)), cell("diagonal", .71, ptr(.59)), cell("identity", .7, ptr(.46)), cell("none", .77, ptr(.41)), cell("gha hubs=16", .68, nil)}},
			{Modification: "autopgd", Strength: .001, Diagonal: "silent", None: "undecided", Cells: []measure.PaperCell{
				cell("full", 0, ptr(.85)), cell("diagonal", 1, ptr(.85)), {Arm: "identity", Paper: ptr(.85)}, cell("none", .77, ptr(.89)), cell("gha hubs=16", .67, nil)}},
		},
		Diagonal: measure.SignCount{Agree: 1, Silent: 1}, None: measure.SignCount{Disagree: 1, Undecided: 1},
	}
	return r
}
