package audit_test

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/audit"
	"murmur/sim/measure"
)

// left returns decisions on n images of which those from..to-1 are wrong.
func left(n, from, to int) []bool {
	correct := make([]bool, n)
	for i := range correct {
		correct[i] = i < from || i >= to
	}
	return correct
}

// study returns a study of n images of four classes, each of which is right without an attack.
func study(n int, noisy bool, outcomes ...audit.Outcome) audit.Study {
	s := audit.Study{Inputs: 100, Noisy: noisy, Clean: left(n, 0, 0), Outcomes: outcomes}
	for i := range n {
		s.ID, s.Labels = append(s.ID, uint32(i)), append(s.Labels, uint8(i%4))
	}
	return s
}

// an is an outcome at Linf .1 of which images from..to-1 are wrong, of 100; the options change it.
func an(name string, role audit.Role, from, to int, options ...func(*audit.Outcome)) audit.Outcome {
	o := audit.Outcome{Attempt: audit.Attempt{Name: name, Role: role, Norm: attack.Linf, Epsilon: .1}, Correct: left(100, from, to)}
	for _, change := range options {
		change(&o)
	}
	return o
}

func at(eps float32) func(*audit.Outcome)     { return func(o *audit.Outcome) { o.Epsilon = eps } }
func of(name string) func(*audit.Outcome)     { return func(o *audit.Outcome) { o.Of = name } }
func draws(n int) func(*audit.Outcome)        { return func(o *audit.Outcome) { o.Draws = n } }
func norm(n attack.Norm) func(*audit.Outcome) { return func(o *audit.Outcome) { o.Norm = n } }

// nearest makes the outcome one of distances: d where the image was broken, none elsewhere.
func nearest(d float64) func(*audit.Outcome) {
	return func(o *audit.Outcome) {
		o.Nearest, o.Distance = true, make([]float64, len(o.Correct))
		for i, stands := range o.Correct {
			if o.Distance[i] = d; stands {
				o.Distance[i] = math.Inf(1)
			}
		}
		o.Correct = nil
	}
}

func find(t fataler, checks []measure.Check, name string) measure.Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no check %s", name)
	return measure.Check{}
}

// TestOrders: each order with decisions that keep it and decisions that break it.
func TestOrders(t *testing.T) {
	pgd := an("pgd", audit.Iterative, 0, 50)
	for _, c := range []struct {
		check    string
		noisy    bool
		outcomes []audit.Outcome
		want     string
		evidence string // within the detail
	}{
		{"attack-never-helps", false, []audit.Outcome{pgd}, audit.Pass, "pgd at linf 0.1 alone 50, of 100"},
		{"attack-never-helps", false, nil, audit.Warn, "not run"},

		{"iterative-at-least-single-step", false, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 50)}, audit.Pass, ""},
		{"iterative-at-least-single-step", false, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 1, 51)}, audit.Pass, "fgsm alone breaks 1 (image 50), pgd at linf 0.1 alone 1, of 100"},
		{"iterative-at-least-single-step", false, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 51)}, audit.Fail, "fgsm alone breaks 1 (image 50), pgd at linf 0.1 alone 0, of 100"},
		{"iterative-at-least-single-step", true, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 59)}, audit.Pass, "9 (images 50, 51, 52, 53, 54, 55, ...)"}, // 2^-9 > .001
		{"iterative-at-least-single-step", true, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 60)}, audit.Fail, "p = 0.00098"},
		{"iterative-at-least-single-step", true, []audit.Outcome{pgd, pgd, an("fgsm", audit.SingleStep, 0, 60)}, audit.Pass, ""}, // two comparisons
		{"iterative-at-least-single-step", false, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 60, at(.2))}, audit.Warn, "not run"},
		{"iterative-at-least-single-step", false, []audit.Outcome{pgd, an("fgsm", audit.SingleStep, 0, 60, norm(attack.L2))}, audit.Warn, "not run"},

		{"larger-budget-never-weaker", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 60, at(.3)), pgd, an("pgd", audit.Iterative, 0, 55, at(.2))}, audit.Pass, ""},
		{"larger-budget-never-weaker", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 54, at(.3)), pgd, an("pgd", audit.Iterative, 0, 55, at(.2))}, audit.Fail, "pgd at linf 0.2 alone breaks 1 (image 54), pgd at linf 0.3 alone 0"},
		{"larger-budget-never-weaker", false, []audit.Outcome{an("other", audit.Iterative, 0, 40, at(.3)), pgd}, audit.Warn, "not run"},

		{"high-epsilon-reaches-chance", false, []audit.Outcome{pgd}, audit.Warn, "not run"},
		{"high-epsilon-reaches-chance", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 75, at(.5))}, audit.Pass, "leave 25 of 100 right, a guess 25"},
		{"high-epsilon-reaches-chance", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 74, at(.5))}, audit.Fail, "leave 26 of 100 right"},
		{"high-epsilon-reaches-chance", true, []audit.Outcome{an("pgd", audit.Iterative, 0, 61, at(.5))}, audit.Pass, ""}, // P(X >= 39) = .0013
		{"high-epsilon-reaches-chance", true, []audit.Outcome{an("pgd", audit.Iterative, 0, 60, at(.5))}, audit.Fail, ""}, // P(X >= 40) = .0007
		{"high-epsilon-reaches-chance", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 74, at(.5)), an("fgsm", audit.SingleStep, 1, 76, at(.5))}, audit.Pass, "leave 24 of 100"},
		{"high-epsilon-reaches-chance", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 10, at(4.9), norm(attack.L2))}, audit.Warn, "not run"},
		{"high-epsilon-reaches-chance", false, []audit.Outcome{an("pgd", audit.Iterative, 0, 10, at(5), norm(attack.L2))}, audit.Fail, "l2 5"},

		{"unbounded-reaches-zero", false, []audit.Outcome{pgd}, audit.Warn, "not run"},
		{"unbounded-reaches-zero", false, []audit.Outcome{an("any", audit.Unbounded, 0, 100, at(1))}, audit.Pass, "leaves 0 of 100"},
		{"unbounded-reaches-zero", false, []audit.Outcome{an("any", audit.Unbounded, 0, 99, at(1))}, audit.Fail, "leaves 1 (image 99) of 100"},
		{"unbounded-reaches-zero", true, []audit.Outcome{an("any", audit.Unbounded, 0, 99, at(1))}, audit.Warn, "leaves 1"},
		{"unbounded-reaches-zero", true, []audit.Outcome{an("any", audit.Unbounded, 0, 60, at(1))}, audit.Fail, "leaves 40"},
		{"unbounded-reaches-zero", false, []audit.Outcome{an("deepfool", audit.Unbounded, 0, 99, nearest(7))}, audit.Fail, "leaves 1 (image 99)"},

		{"random-noise-weaker", false, []audit.Outcome{pgd, an("noise", audit.Random, 0, 5)}, audit.Pass, ""},
		{"random-noise-weaker", false, []audit.Outcome{pgd, an("noise", audit.Random, 49, 51)}, audit.Warn, "noise at linf 0.1 alone breaks 1 (image 50), gradients (pgd) alone 49"},
		{"random-noise-weaker", false, []audit.Outcome{pgd, an("noise", audit.Random, 0, 51)}, audit.Fail, ""},

		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("square", audit.BlackBox, 20, 50)}, audit.Pass, ""},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("square", audit.BlackBox, 20, 60)}, audit.Warn, "breaks 10 (images 50,"},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("square", audit.BlackBox, 20, 80)}, audit.Fail, "breaks 30 (images 50, 51, 52, 53, 54, 55, ...), gradients (pgd) alone 20"},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("apgd", audit.Iterative, 40, 80), an("square", audit.BlackBox, 20, 80)}, audit.Pass, "gradients (pgd, apgd) alone 20"},
		{"black-box-not-stronger-than-white-box", true, []audit.Outcome{pgd, an("square", audit.BlackBox, 20, 80)}, audit.Pass, "p = 0.1"}, // 30 against 20
		{"black-box-not-stronger-than-white-box", true, []audit.Outcome{pgd, an("square", audit.BlackBox, 5, 80)}, audit.Fail, ""},         // 30 against 5
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("boundary", audit.BlackBox, 0, 80, nearest(.1))}, audit.Fail, "boundary at linf 0.1 alone breaks 30"},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{pgd, an("boundary", audit.BlackBox, 0, 80, nearest(.2))}, audit.Pass, ""},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{an("fab", audit.Iterative, 0, 80, nearest(.09)), an("square", audit.BlackBox, 0, 80)}, audit.Pass, ""},
		{"black-box-not-stronger-than-white-box", false, []audit.Outcome{an("frozen", audit.FrozenNoise, 0, 80), an("square", audit.BlackBox, 0, 80)}, audit.Warn, "not run"},

		{"transfer-not-stronger", false, []audit.Outcome{pgd, an("twin", audit.Transfer, 0, 50)}, audit.Pass, ""},
		{"transfer-not-stronger", false, []audit.Outcome{pgd, an("twin", audit.Transfer, 0, 51)}, audit.Fail, ""},

		{"more-iterations-do-not-help", false, []audit.Outcome{pgd, an("long", audit.MoreIterations, 0, 50, of("pgd"))}, audit.Pass, ""},
		{"more-iterations-do-not-help", false, []audit.Outcome{pgd, an("long", audit.MoreIterations, 0, 51, of("pgd"))}, audit.Warn, "image 50"},
		{"more-iterations-do-not-help", false, []audit.Outcome{pgd, an("long", audit.MoreIterations, 0, 52, of("pgd"))}, audit.Fail, "images 50, 51"},
		{"more-iterations-do-not-help", false, []audit.Outcome{pgd, an("long", audit.MoreIterations, 0, 52, of("bim"))}, audit.Warn, "not run"},
		{"more-restarts-do-not-help", false, []audit.Outcome{pgd, an("many", audit.MoreRestarts, 2, 52, of("pgd"))}, audit.Pass, ""},
		{"more-restarts-do-not-help", false, []audit.Outcome{pgd, an("many", audit.MoreRestarts, 0, 53, of("pgd"))}, audit.Fail, ""},
		{"more-restarts-do-not-help", true, []audit.Outcome{pgd, an("many", audit.MoreRestarts, 0, 53, of("pgd"))}, audit.Pass, "p = 0.12"},

		{"eot-converged", false, []audit.Outcome{pgd}, audit.Pass, "does not apply"},
		{"eot-converged", true, []audit.Outcome{pgd}, audit.Warn, "not run"},
		{"eot-converged", true, []audit.Outcome{an("pgd", audit.Iterative, 0, 50, draws(10)), an("pgd-draws", audit.MoreDraws, 0, 20, of("pgd"), draws(1)), an("pgd-draws", audit.MoreDraws, 0, 52, of("pgd"), draws(20))},
			audit.Pass, "1 draws leave 80, 10 draws leave 50, 20 draws leave 48; 20 alone breaks 2"},
		{"eot-converged", true, []audit.Outcome{an("pgd", audit.Iterative, 0, 50, draws(10)), an("pgd-draws", audit.MoreDraws, 0, 70, of("pgd"), draws(20))}, audit.Fail, "20 alone breaks 20"},

		{"frozen-noise-is-broken", false, []audit.Outcome{pgd}, audit.Pass, "does not apply"},
		{"frozen-noise-is-broken", true, []audit.Outcome{pgd}, audit.Warn, "not run"},
		{"frozen-noise-is-broken", true, []audit.Outcome{pgd, an("still", audit.FrozenNoise, 0, 90, of("pgd"))}, audit.Pass, ""},
		{"frozen-noise-is-broken", true, []audit.Outcome{pgd, an("still", audit.FrozenNoise, 0, 20, of("pgd"))}, audit.Fail, "pgd at linf 0.1 alone breaks 30"},
	} {
		got := find(t, study(100, c.noisy, c.outcomes...).Checks(), c.check)
		if got.Status != c.want || !strings.Contains(got.Detail, c.evidence) {
			t.Errorf("noisy %v: got %+v, want %s with %q", c.noisy, got, c.want, c.evidence)
		}
	}
	helped := study(100, false, an("pgd", audit.Iterative, 0, 9))
	helped.Clean = left(100, 0, 10)
	if c := find(t, helped.Checks(), "attack-never-helps"); c.Status != audit.Fail || !strings.Contains(c.Detail, "no attack alone breaks 1 (image 9)") {
		t.Errorf("%+v", c)
	}
}

// TestTerms: names are kebab-case and unlike, and every check is there, in that order.
func TestTerms(t *testing.T) {
	var names, made []string
	for _, term := range audit.Terms() {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`).MatchString(term.Name) || term.Doc == "" || slices.Contains(names, term.Name) {
			t.Errorf("%+v", term)
		}
		names = append(names, term.Name)
	}
	for _, c := range append(claim(healthy(true, 0), false).Flags(), study(1, false).Checks()...) {
		made = append(made, c.Name)
	}
	if !slices.Equal(names, made) {
		t.Errorf("terms %q, checks %q", names, made)
	}
}

// TestOneThingTwice: two attacks that do the same fail no check: exactly the same without noise, two draws of the same
// chances with it. Here 2000 pairs are drawn, with chances of every kind; at a level of .001, 2 are expected to fail,
// and more than 10 would with a probability of 8e-6. McNemar's test is conservative, so there are fewer.
func TestOneThingTwice(t *testing.T) {
	failed := 0
	s := random.Key{Seed: 3, Purpose: random.Split}.Stream(0, 0)
	for range 2000 {
		low, high := s.Uniform(), s.Uniform()
		o := []audit.Outcome{an("pgd", audit.Iterative, 0, 0), an("square", audit.BlackBox, 0, 0)}
		for i := range 100 {
			chance := low + float32((high-low)*s.Uniform())
			for k := range o {
				o[k].Correct[i] = s.Uniform() < chance
			}
		}
		if find(t, study(100, true, o...).Checks(), "black-box-not-stronger-than-white-box").Status == audit.Fail {
			failed++
		}
	}
	if failed > 10 {
		t.Errorf("%d of 2000 pairs fail", failed)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "images")
		correct := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "correct")
		noisy := rapid.Bool().Draw(t, "noisy")
		var outcomes []audit.Outcome
		for _, role := range []audit.Role{audit.SingleStep, audit.Iterative, audit.MoreIterations, audit.MoreRestarts, audit.MoreDraws,
			audit.FrozenNoise, audit.BlackBox, audit.Random, audit.Transfer} {
			o := audit.Outcome{Attempt: audit.Attempt{Name: string(role), Role: role, Epsilon: .1}, Correct: correct}
			if role != audit.SingleStep && role != audit.Iterative {
				o.Of, o.Draws = string(audit.Iterative), 8
			}
			outcomes = append(outcomes, o)
		}
		s := study(n, noisy, outcomes...)
		s.Clean = correct
		for _, c := range s.Checks() {
			if c.Status != audit.Pass && !strings.HasPrefix(c.Detail, "not run") {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// TestMorePower: what fails still fails when the weak attack breaks one image more.
func TestMorePower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		noisy := rapid.Bool().Draw(t, "noisy")
		weak := rapid.SliceOfN(rapid.Bool(), 100, 100).Draw(t, "weak")
		strong := an("pgd", audit.Iterative, 0, rapid.IntRange(0, 100).Draw(t, "broken"))
		status := func() string {
			o := an("square", audit.BlackBox, 0, 0)
			o.Correct = weak
			return find(t, study(100, noisy, strong, o).Checks(), "black-box-not-stronger-than-white-box").Status
		}
		before := status()
		weak[rapid.IntRange(0, 99).Draw(t, "one more")] = false
		if after := status(); before == audit.Fail && after != audit.Fail {
			t.Fatalf("%s, then %s", before, after)
		}
	})
}

func TestStudyPanics(t *testing.T) {
	for name, s := range map[string]audit.Study{
		"no cases":        {},
		"decisions":       study(3, false, audit.Outcome{Attempt: audit.Attempt{Role: audit.Random}, Correct: []bool{true}}),
		"no distances":    study(100, false, an("cw", audit.Iterative, 0, 1, func(o *audit.Outcome) { o.Nearest = true })),
		"labels":          {ID: []uint32{1}, Clean: []bool{true}},
		"clean decisions": {ID: []uint32{1}, Labels: []uint8{1}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			s.Checks()
		}()
	}
}

// fataler is what testing and rapid have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}
