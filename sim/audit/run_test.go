package audit_test

import (
	"testing"

	"murmur/sim/attack"
	"murmur/sim/audit"
	"murmur/sim/measure"
)

// full returns an audit with attacks of every role; twin is the network without noise.
func full(m attack.Model, noisy bool, twin attack.Model) audit.Audit {
	a := claim(m, noisy)
	eps := a.PGD.Epsilon
	at := audit.Attempt{Norm: attack.Linf, Epsilon: eps}
	add := func(name string, role audit.Role, by attack.Attack) {
		at.Name, at.Role = name, role
		a.Others = append(a.Others, audit.Member{Attempt: at, Attack: by})
	}
	square := attack.NewSquare(attack.Linf, eps, 6, a.PGD.Draws, 1)
	square.Queries, square.Rescale = 100, true
	add("square", audit.BlackBox, square)
	noise := attack.NewRandomNoise(attack.Linf, eps, a.PGD.Draws, 1)
	noise.Tries = 50
	add("noise", audit.Random, noise)
	add("twin", audit.Transfer, attack.Transfer{Attack: a.PGD, From: twin})
	return a
}

// TestHealthy: nothing is found in a model that does as it says.
func TestHealthy(t *testing.T) {
	for _, c := range []struct {
		name          string
		linear, noisy bool
	}{{"linear", true, false}, {"tanh", false, false}, {"linear with noise", true, true}, {"tanh with noise", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			var sigma float32
			if c.noisy {
				sigma = .3
			}
			a := full(healthy(c.linear, sigma), c.noisy, healthy(c.linear, 0))
			// Who climbs the cross-entropy alone misses an image that squares find.
			margin := a.PGD
			margin.Loss, margin.Restarts = attack.MarginOfMean{}, 5
			a.Others = append(a.Others, audit.Member{Attack: margin,
				Attempt: audit.Attempt{Name: "pgd-margin", Role: audit.Iterative, Norm: margin.Norm, Epsilon: margin.Epsilon}})
			r, err := a.Run()
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range r.Checks {
				if k.Status != audit.Pass {
					t.Errorf("%s %s: %s", k.Status, k.Name, k.Detail)
				} else {
					t.Logf("%s: %s", k.Name, k.Detail)
				}
			}
			// The claim is worth a test: attacks break some images and leave others.
			for _, o := range r.Study.Outcomes {
				left := 0
				for _, right := range o.Correct {
					if right {
						left++
					}
				}
				if o.Name == "pgd" && o.Epsilon == .05 && (left == 0 || left > 110) {
					t.Errorf("pgd leaves %d", left)
				}
			}
		})
	}
}

// TestBroken: attacks give a broken defence away, besides the flags.
func TestBroken(t *testing.T) {
	quiet, noisy := healthy(false, 0), healthy(false, .3)
	for _, c := range []struct {
		name  string
		model attack.Model
		noisy bool
		want  []string // fail at least
	}{
		{"saturated softmax", scaled(quiet, 1e4), false, []string{"zero-gradients", "high-epsilon-reaches-chance", "unbounded-reaches-zero", "transfer-not-stronger"}},
		{"stairs", stairs(quiet, .25), false, []string{"zero-gradients", "high-epsilon-reaches-chance", "unbounded-reaches-zero", "black-box-not-stronger-than-white-box", "transfer-not-stronger"}},
		{"fixed seed", fixedSeed(noisy), true, []string{"noise-is-fresh"}},
		{"softmax output", probabilities(quiet), false, []string{"softmax-output"}},
		{"ignores its input", deaf(0), true, []string{"zero-gradients", "input-is-used"}},
		{"gradient of another sign", opposite(quiet), false, []string{"gradient-agrees", "attack-never-helps", "high-epsilon-reaches-chance", "unbounded-reaches-zero", "random-noise-weaker", "black-box-not-stronger-than-white-box", "transfer-not-stronger"}},
		{"gradient of another sign, with noise", opposite(noisy), true, []string{"gradient-agrees", "high-epsilon-reaches-chance", "unbounded-reaches-zero", "black-box-not-stronger-than-white-box", "transfer-not-stronger"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := full(c.model, c.noisy, quiet).Run()
			if err != nil {
				t.Fatal(err)
			}
			by := map[string]measure.Check{}
			for _, k := range r.Checks {
				by[k.Name] = k
				if k.Status != audit.Pass {
					t.Logf("%s %s: %s", k.Status, k.Name, k.Detail)
				}
			}
			for _, name := range c.want {
				if by[name].Status != audit.Fail {
					t.Errorf("%s does not fail: %+v", name, by[name])
				}
			}
		})
	}
}
