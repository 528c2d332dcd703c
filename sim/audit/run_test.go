package audit_test

import (
	"context"
	"math"
	"strings"
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
			// Who climbs the cross-entropy once misses images that squares find.
			margin := a.PGD
			margin.Loss, margin.Restarts = attack.Margin{}, 5
			a.Others = append(a.Others, audit.Member{Attack: margin,
				Attempt: audit.Attempt{Name: "pgd-margin", Role: audit.Iterative, Norm: margin.Norm, Epsilon: margin.Epsilon}})
			r, err := a.Run(t.Context())
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
			r, err := full(c.model, c.noisy, quiet).Run(t.Context())
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

// asked notes which draws its model is asked for.
type asked struct {
	attack.Model
	draws map[attack.Draws]bool
}

func (m asked) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	m.draws[draws] = true
	m.Model.Logits(dst, b, draws)
}

func (m asked) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	m.draws[draws] = true
	m.Model.Pull(dst, b, g, draws)
}

// TestDraws: nothing is asked but the draws that are reserved and those that judge, and these are kept apart.
func TestDraws(t *testing.T) {
	m := asked{healthy(false, .3), map[attack.Draws]bool{}}
	a := few(claim(m, true), 12)
	a.PGD.Norm, a.PGD.Epsilon, a.PGD.Step, a.PGD.Draws.From = attack.L2, .3, .05, 50
	r, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reserved := a.Reserved()
	judged := false
	for d := range m.draws {
		judged = judged || d == a.Judge
		within := d.From >= reserved.From && uint64(d.From)+uint64(d.N) <= uint64(reserved.From)+uint64(reserved.N)
		if d != a.Judge && !within {
			t.Errorf("asked for %v, reserved is %v", d, reserved)
		}
	}
	if !judged || reserved.From != 50 {
		t.Errorf("judged %v, reserved %v", judged, reserved)
	}
	if c := find(t, r.Checks, "high-epsilon-reaches-chance"); c.Status != audit.Pass || !strings.Contains(c.Detail, "l2 3 ") {
		t.Errorf("%+v", c)
	}
	a.Judge = attack.Draws{From: reserved.From + uint32(reserved.N) - 1, N: 2}
	if _, err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "Judge") {
		t.Errorf("error %v", err)
	}
	a.Judge.From++
	if _, err := a.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

// few returns an audit of the first n images.
func few(a audit.Audit, n int) audit.Audit {
	a.Batch, a.Labels = attack.Batch{X: a.Batch.X[:n*inputs], ID: a.Batch.ID[:n]}, a.Labels[:n]
	return a
}

// TestNearest: an attack without a budget counts by its distances.
func TestNearest(t *testing.T) {
	a := few(claim(healthy(true, 0), false), 20)
	a.Labels = append([]uint8{a.Labels[0] ^ 1}, a.Labels[1:]...) // the first is wrong from the start
	a.Others = []audit.Member{{Attempt: audit.Attempt{Name: "deepfool", Role: audit.BlackBox, Norm: attack.Linf, Nearest: true},
		Attack: attack.NewDeepFool(attack.Linf, attack.Draws{N: 1})}}
	r, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := r.Study.Outcomes[len(r.Study.Outcomes)-1]
	if o.Name != "deepfool" || o.Correct != nil || len(o.Distance) != 20 || o.Distance[0] != 0 {
		t.Fatalf("%+v", o)
	}
	for i, d := range o.Distance[1:] {
		if !(d > 0 && d < .5) {
			t.Errorf("image %d: distance %v", i+1, d)
		}
	}
	if c := find(t, r.Checks, "black-box-not-stronger-than-white-box"); !strings.Contains(c.Detail, "deepfool at linf 0.") {
		t.Errorf("%+v", c)
	}
}

// far leaves every ball.
type far struct{}

func (far) Reserved() attack.Draws { return attack.Draws{} }
func (far) Perturb(_ context.Context, dst []float32, _ attack.Model, _ attack.Batch, _ []uint8) error {
	for i := range dst {
		dst[i] = 1
	}
	return nil
}

// TestRunErrors: the error names the attack, and the flags are there.
func TestRunErrors(t *testing.T) {
	quiet := healthy(false, 0)
	out := few(claim(quiet, false), 5)
	out.Others = []audit.Member{{Attempt: audit.Attempt{Name: "far", Role: audit.BlackBox, Epsilon: .1}, Attack: far{}}}
	wild := few(claim(broken{quiet, nil, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
		quiet.Pull(dst, b, g, draws)
		dst[0] = float32(math.NaN())
	}}, false), 5)
	for name, a := range map[string]audit.Audit{"far at linf 0.1": out, "fgsm at linf 0.05": wild} {
		r, err := a.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
		if len(r.Checks) == 0 {
			t.Errorf("%s: no flags", name)
		}
		if name[:2] == "fg" && find(t, r.Checks, "finite-answers").Status != audit.Fail {
			t.Errorf("%+v", r.Checks)
		}
	}
}
