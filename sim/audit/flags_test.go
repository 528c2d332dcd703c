package audit_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
	"murmur/sim/audit"
)

// TestFlags: every deliberate fault is caught by its name.
func TestFlags(t *testing.T) {
	calls := 0
	quiet, noisy := healthy(false, 0), healthy(false, .1)
	for _, c := range []struct {
		name  string
		model attack.Model
		noisy bool
		want  []string // the checks that fail
	}{
		{"linear", healthy(true, 0), false, nil},
		{"tanh", quiet, false, nil},
		{"linear with noise", healthy(true, .1), true, nil},
		{"tanh with noise", noisy, true, nil},
		{"saturated softmax", scaled(quiet, 1e4), false, []string{"zero-gradients"}},
		{"stairs", stairs(quiet, .25), false, []string{"zero-gradients"}},
		{"fine stairs", stairs(quiet, .001), false, []string{"zero-gradients", "gradient-agrees"}},
		{"fixed seed", fixedSeed(noisy), true, []string{"noise-is-fresh"}},
		{"a cycle of four seeds", broken{noisy, func(dst []float32, b attack.Batch, draws attack.Draws) {
			for i := range b.ID {
				one := attack.Batch{X: b.X[i*inputs : (i+1)*inputs], ID: b.ID[i : i+1]}
				for k := range draws.N {
					noisy.Logits(dst[(i*draws.N+k)*classes:][:classes], one, attack.Draws{From: (draws.From + uint32(k)) % 4, N: 1})
				}
			}
		}, nil}, true, []string{"noise-is-fresh"}},
		{"softmax output", probabilities(quiet), false, []string{"softmax-output"}},
		{"softmax output with noise", probabilities(noisy), true, []string{"softmax-output"}},
		{"ignores its input", deaf(0), true, []string{"zero-gradients", "input-is-used"}},
		{"all but ignores its input", deaf(1e-3), true, []string{"input-is-used"}},
		{"claims no noise", noisy, false, []string{"randomness-detected"}},
		{"noise by name alone", fixedSeed(noisy), false, []string{"randomness-detected"}},
		{"a stream of noise", broken{quiet, func(dst []float32, b attack.Batch, draws attack.Draws) {
			quiet.Logits(dst, b, draws)
			calls++
			dst[0] += float32(calls)
		}, nil}, false, []string{"answers-repeat", "randomness-detected"}},
		{"depends on the batch", broken{quiet, func(dst []float32, b attack.Batch, draws attack.Draws) {
			quiet.Logits(dst, b, draws)
			for i := range dst {
				dst[i] += float32(len(b.ID)) / 1000
			}
		}, nil}, false, []string{"answers-repeat"}},
		{"gradient of another sign", opposite(quiet), false, []string{"gradient-agrees"}},
		{"gradient of one draw", broken{noisy, nil, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
			g = slices.Clone(g)
			for i := range g {
				if i/classes%draws.N > 0 {
					g[i] = 0
				}
			}
			noisy.Pull(dst, b, g, draws)
		}}, true, []string{"gradient-agrees"}},
		{"not finite", broken{quiet, nil, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
			quiet.Pull(dst, b, g, draws)
			dst[7] = float32(math.Inf(1))
		}}, false, []string{"finite-answers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			checks := claim(c.model, c.noisy).Flags()
			var failed []string
			for _, k := range checks {
				if k.Status == audit.Fail {
					failed = append(failed, k.Name)
				}
			}
			if !slices.Equal(failed, c.want) {
				t.Errorf("failed %q, want %q", failed, c.want)
			}
			for _, k := range checks {
				if k.Status != audit.Pass {
					t.Logf("%s %s: %s", k.Status, k.Name, k.Detail)
				}
				if c.want == nil && k.Status != audit.Pass {
					t.Errorf("%s %s", k.Status, k.Name)
				}
			}
		})
	}
}
