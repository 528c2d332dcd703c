package attack_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"murmur/sim/attack"
)

// broken returns NaN logits or an infinite gradient for image 5.
type broken struct {
	attack.Model
	pull bool
}

func (m broken) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	m.Model.Logits(dst, b, draws)
	if i := slices.Index(b.ID, 5); i >= 0 && !m.pull {
		dst[i*len(dst)/len(b.ID)+1] = float32(math.NaN())
	}
}

func (m broken) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	m.Model.Pull(dst, b, g, draws)
	if i := slices.Index(b.ID, 5); i >= 0 {
		dst[i*len(dst)/len(b.ID)+2] = float32(math.Inf(1))
	}
}

func TestErrors(t *testing.T) {
	good := linear(3)
	for _, c := range []struct {
		name   string
		model  attack.Model
		x      []float32
		labels []uint8
		want   []string
	}{
		{"above 1", good, []float32{0, 0, 0, 0, 1.5, 0}, []uint8{0, 0}, []string{"image 5", "pixel 1", "1.5", "[0, 1]"}},
		{"NaN", good, []float32{0, 0, 0, 0, 0, float32(math.NaN())}, []uint8{0, 0}, []string{"image 5", "pixel 2", "NaN"}},
		{"label", good, make([]float32, 6), []uint8{0, 2}, []string{"image 5", "label is 2", "below 2"}},
		{"logit", broken{good, false}, make([]float32, 6), []uint8{0, 0}, []string{"image 5", "logit", "NaN"}},
		{"gradient", broken{good, true}, make([]float32, 6), []uint8{0, 0}, []string{"image 5", "gradient", "Inf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := attack.NewBIM(attack.Linf, .1, attack.Draws{N: 2})
			err := p.Perturb(t.Context(), make([]float32, 6), c.model, attack.Batch{X: c.x, ID: []uint32{4, 5}}, c.labels)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestPerturbPanics(t *testing.T) {
	for name, change := range map[string]func(p *attack.PGD){
		"epsilon":  func(p *attack.PGD) { p.Epsilon = -1 },
		"NaN step": func(p *attack.PGD) { p.Step = float32(math.NaN()) },
		"steps":    func(p *attack.PGD) { p.Steps = 0 },
		"restarts": func(p *attack.PGD) { p.Restarts = 0 },
		"draws":    func(p *attack.PGD) { p.Draws.N = 0 },
		"select":   func(p *attack.PGD) { p.Restarts, p.Select = 2, 0 },
		"loss":     func(p *attack.PGD) { p.Loss = nil },
		"overflow": func(p *attack.PGD) { p.Draws.From = math.MaxUint32 },
		"norm":     func(p *attack.PGD) { p.Norm = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			p := attack.NewBIM(attack.Linf, .1, attack.Draws{N: 1})
			change(&p)
			mustPanic(t, func() {
				_ = p.Perturb(t.Context(), make([]float32, 3), linear(3), attack.Batch{X: make([]float32, 3), ID: []uint32{1}}, []uint8{0})
			})
		})
	}
	mustPanic(t, func() {
		p := attack.NewBIM(attack.Linf, .1, attack.Draws{N: 1})
		_ = p.Perturb(t.Context(), make([]float32, 2), linear(3), attack.Batch{X: make([]float32, 3), ID: []uint32{1}}, []uint8{0})
	})
}

func TestVerify(t *testing.T) {
	x := []float32{0, .5, 1, .5}
	for _, c := range []struct {
		name string
		adv  []float32
		norm attack.Norm
		eps  float32
		want string
	}{
		{"inside", []float32{.09, .41, .91, .59}, attack.Linf, .1, ""},
		{"a rounding outside", []float32{0, .5, 1, .6}, attack.Linf, .1, ""},
		{"outside", []float32{0, .5, 1, .60001}, attack.Linf, .1, "pixel 3"},
		{"above 1", []float32{0, .5, 1.0000001, .5}, attack.Linf, .1, "pixel 2"},
		{"below 0", []float32{-1e-9, .5, 1, .5}, attack.L2, .1, "pixel 0"},
		{"NaN", []float32{0, float32(math.NaN()), 1, .5}, attack.L2, .1, "pixel 1"},
		{"inside, L2", []float32{.05, .45, .95, .55}, attack.L2, .1, ""},
		{"outside, L2", []float32{.06, .44, .94, .56}, attack.L2, .1, "L2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := attack.Verify(x, c.adv, c.norm, c.eps)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
	b := attack.Batch{X: []float32{0, .5, 1, .5}, ID: []uint32{4, 9}}
	if err := attack.VerifyBatch(b, []float32{0, .5, 1, .7}, attack.Linf, .1); err == nil || !strings.Contains(err.Error(), "image 9") {
		t.Errorf("error %v, want one that names image 9", err)
	}
	mustPanic(t, func() { _ = attack.Verify(x, x[:3], attack.Linf, .1) })
}
