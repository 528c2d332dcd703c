package attack_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/attack"
)

// shift adds a constant to every pixel, or fails; it counts the images it got.
type shift struct {
	by   float32
	fail error
	got  *int
	from uint32
}

func (s shift) Reserved() attack.Draws { return attack.Draws{From: s.from, N: 1} }

func (s shift) Perturb(_ context.Context, dst []float32, _ attack.Model, b attack.Batch, _ []uint8) error {
	for j, v := range b.X {
		dst[j] = min(max(v+s.by, 0), 1)
	}
	if s.got != nil {
		*s.got += len(b.ID)
	}
	return s.fail
}

// ramp decides for class 1 where x is above .5.
var ramp = &toy{inputs: 1, classes: 2, weight: []float32{0, 1}, bias: []float32{.5, 0}}

// TestWorst: every attack is made on every image, and the result of highest margin is kept.
func TestWorst(t *testing.T) {
	var got [3]int
	w := attack.Worst{Attacks: []attack.Named{
		{Name: "weak", Attack: shift{by: .1, got: &got[0], from: 4}},
		{Name: "back", Attack: shift{by: -.1, got: &got[1], from: 9}},
		{Name: "strong", Attack: shift{by: .25, got: &got[2], from: 4}},
	}, Select: attack.Draws{From: 20, N: 2}}
	if r, want := w.Reserved(), (attack.Draws{From: 4, N: 18}); r != want {
		t.Errorf("reserved %v, want %v", r, want)
	}
	b := attack.Batch{X: []float32{.45, .3, .1}, ID: []uint32{1, 2, 3}}
	labels := []uint8{0, 0, 0}
	dst := make([]float32, 3)
	table, winner, err := w.Table(t.Context(), dst, ramp, b, labels)
	if err != nil {
		t.Fatal(err)
	}
	// .45 falls to the first already, and further to the third.
	want := []float32{b.X[0] + .25, b.X[1] + .25, b.X[2] + .25}
	if !slices.Equal(dst, want) || !slices.Equal(winner, []int{2, 2, 2}) || got != [3]int{3, 3, 3} {
		t.Errorf("images %v, want %v; winners %v; attacks saw %v images", dst, want, winner, got)
	}
	if again := run(t, w, ramp, b, labels); !slices.Equal(again, dst) {
		t.Errorf("Perturb gives %v, Table %v", again, dst)
	}
	for i, member := range []struct {
		name string
		by   float32
		errs []bool
	}{{"weak", .1, []bool{true, false, false}}, {"back", -.1, []bool{false, false, false}}, {"strong", .25, []bool{true, true, false}}} {
		m := table[i]
		if m.Name != member.name || !slices.Equal(m.Errs, member.errs) {
			t.Errorf("member %d: %s errs %v, want %s %v", i, m.Name, m.Errs, member.name, member.errs)
		}
		for j, x := range b.X {
			if m.Images[j] != max(x+member.by, 0) || (m.Loss[j] > 0) != m.Errs[j] {
				t.Errorf("%s: image %d is %v with loss %v", m.Name, j, m.Images[j], m.Loss[j])
			}
		}
	}
}

// TestWorstIsNeverAboveAMember: on the draws of selection no member errs on an image that the worst case leaves right,
// nor has a higher margin, whatever the decision and the noise.
func TestWorstIsNeverAboveAMember(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const inputs, classes = 6, 4
		n := rapid.IntRange(1, 5).Draw(rt, "images")
		name := rapid.Uint32().Draw(rt, "model")
		m := &toy{inputs: inputs, classes: classes, weight: numbers(name, classes*inputs, -1, 1), bias: make([]float32, classes),
			sigma: rapid.SampledFrom([]float32{0, .5, 2}).Draw(rt, "sigma"), curve: .5}
		b := attack.Batch{X: numbers(name+1, n*inputs, 0, 1)}
		labels := make([]uint8, n)
		for i := range labels {
			b.ID, labels[i] = append(b.ID, uint32(i)), rapid.Uint8Range(0, classes-1).Draw(rt, "label")
		}
		preset, _ := attack.LookupPreset("standard")
		k, _ := attack.LookupKind(rapid.SampledFrom([]string{"worst-linf", "worst-l2"}).Draw(rt, "attack"))
		w := k.New(attack.Options{Preset: preset.With(3, 0, 4, 0), Epsilon: .2, Noisy: m.sigma > 0, Classes: classes,
			Decision: attack.Decision(rapid.IntRange(0, 2).Draw(rt, "decision"))}).(attack.Worst)
		if m.sigma > 0 && w.Select.N < 200 {
			rt.Fatalf("%d draws choose, want at least 200", w.Select.N)
		}
		dst := make([]float32, len(b.X))
		table, winner, err := w.Table(t.Context(), dst, m, b, labels)
		if err != nil {
			rt.Fatal(err)
		}
		for i := range labels {
			for _, member := range table {
				if best := table[winner[i]]; member.Errs[i] && !best.Errs[i] || member.Errs[i] == best.Errs[i] && member.Loss[i] > best.Loss[i] {
					rt.Fatalf("image %d: %s does more than the winner, %s", i, member.Name, best.Name)
				}
			}
			if want := table[winner[i]].Images[i*inputs : (i+1)*inputs]; !slices.Equal(dst[i*inputs:(i+1)*inputs], want) {
				rt.Fatalf("image %d is not what its winner made of it", i)
			}
		}
	})
}

func TestWorstErrors(t *testing.T) {
	b := attack.Batch{X: []float32{.1}, ID: []uint32{1}}
	dst, labels := make([]float32, 1), []uint8{0}
	cause := errors.New("cause")
	w := attack.Worst{Attacks: []attack.Named{{Name: "broken", Attack: shift{fail: cause}}}, Select: attack.Draws{From: 5, N: 1}}
	if err := w.Perturb(t.Context(), dst, ramp, b, labels); !errors.Is(err, cause) || !strings.Contains(err.Error(), "broken") {
		t.Errorf("error %v", err)
	}
	mustPanic(t, func() {
		w := w
		w.Attacks = nil
		_ = w.Perturb(t.Context(), dst, ramp, b, labels)
	})
	mustPanic(t, func() {
		w := w
		w.Select.N = 0
		_ = w.Perturb(t.Context(), dst, ramp, b, labels)
	})
	mustPanic(t, func() {
		w := w
		w.Attacks = []attack.Named{{Name: "overlaps", Attack: shift{from: 5}}}
		_ = w.Perturb(t.Context(), dst, ramp, b, labels)
	})
}

func TestBounded(t *testing.T) {
	b := attack.Batch{X: []float32{.5, .9}, ID: []uint32{1, 2}}
	for _, c := range []struct {
		eps  float32
		want []float32
	}{{.25, []float32{.75, 1}}, {.2, []float32{.5, 1}}, {.05, []float32{.5, .9}}} {
		got := run(t, attack.Bounded{Attack: shift{by: .25}, Norm: attack.L2, Epsilon: c.eps}, ramp, b, []uint8{0, 0})
		if !slices.Equal(got, c.want) {
			t.Errorf("epsilon %v: %v, want %v", c.eps, got, c.want)
		}
	}
}

// TestUniversal: on a linear model one change can fool all images of a class.
func TestUniversal(t *testing.T) {
	const inputs, n = 20, 12
	m := linear(inputs)
	var b attack.Batch
	one := attack.Draws{N: 1}
	for name := uint32(10); len(b.ID) < n; name++ {
		x := attack.Batch{X: numbers(name, inputs, .3, .7), ID: []uint32{name}}
		if attack.MeanSoftmax.Decide(m, x, one)[0] == 0 {
			b.X, b.ID = append(b.X, x.X...), append(b.ID, name)
		}
	}
	labels := make([]uint8, n)
	for _, c := range []struct {
		norm attack.Norm
		eps  float32
	}{{attack.Linf, .3}, {attack.L2, 1.3}, {attack.Linf, .01}, {attack.L2, 0}} {
		u := attack.NewUniversal(c.norm, c.eps, one)
		adv := run(t, u, m, b, labels)
		if err := attack.VerifyBatch(b, adv, c.norm, c.eps); err != nil {
			t.Fatal(err)
		}
		fooled := 0
		for _, class := range attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, one) {
			fooled += class
		}
		if strong := c.eps > .1; strong != (fooled >= 10) {
			t.Errorf("%v %v: %d of %d fooled", c.norm, c.eps, fooled, n)
		}
		for i := range n { // pixels between .3 and .7 are not clipped by .3
			for j := range inputs {
				d := adv[i*inputs+j] - b.X[i*inputs+j] - (adv[j] - b.X[j])
				if c.norm == attack.Linf && (d > 1e-6 || d < -1e-6) {
					t.Fatalf("%v: images 0 and %d are changed differently", c.norm, i)
				}
			}
		}
	}
}

func TestGradientAttackPanics(t *testing.T) {
	one := attack.Draws{N: 1}
	apgd := func(change func(a *attack.APGD)) attack.Attack {
		a := attack.NewAPGD(attack.Linf, .1, one, 1)
		change(&a)
		return a
	}
	for name, a := range map[string]attack.Attack{
		"epsilon":    apgd(func(a *attack.APGD) { a.Epsilon = -1 }),
		"rho":        apgd(func(a *attack.APGD) { a.Rho = 2 }),
		"no loss":    apgd(func(a *attack.APGD) { a.Loss = nil }),
		"untargeted": apgd(func(a *attack.APGD) { a.Targets = 3 }),
		"select":     apgd(func(a *attack.APGD) { a.Restarts, a.Select = 2, 0 }),
		"overflow":   apgd(func(a *attack.APGD) { a.Draws.From = 1<<32 - 100 }),
		"norm":       apgd(func(a *attack.APGD) { a.Norm = 2 }),
		"DeepFool":   attack.DeepFool{Steps: 1, Candidates: 1, Draws: one},
		"FAB":        attack.FAB{Steps: 1, Restarts: 1, Draws: one, Beta: 2},
		"CW":         attack.CarliniWagner{Binary: 1, Steps: 1, Draws: one, Rate: .1},
		"Universal":  attack.Universal{Passes: 0, Inner: attack.NewDeepFool(attack.L2, one)},
		"Bounded":    attack.Bounded{Attack: shift{}, Epsilon: -1},
	} {
		t.Run(name, func(t *testing.T) {
			mustPanic(t, func() {
				_ = a.Perturb(t.Context(), make([]float32, 3), linear(3), attack.Batch{X: make([]float32, 3), ID: []uint32{1}}, []uint8{0})
			})
		})
	}
}

// TestGradientAttackErrors: bad data, and a model that answers with no number,
// name the image.
func TestGradientAttackErrors(t *testing.T) {
	one := attack.Draws{N: 1}
	w := attack.Worst{Attacks: []attack.Named{{Name: "bim", Attack: attack.NewBIM(attack.Linf, .1, one)}}, Select: attack.Draws{From: 1 << 20, N: 1}}
	for name, a := range map[string]attack.Attack{"APGD": attack.NewAPGD(attack.L2, .1, one, 1), "FAB": attack.NewFAB(attack.L2, one, 1),
		"DeepFool": attack.NewDeepFool(attack.L2, one), "CW": attack.NewCarliniWagner(one), "universal": attack.NewUniversal(attack.L2, .1, one), "worst": w} {
		for _, c := range []struct {
			model attack.Model
			x     []float32
			label uint8
			want  string
		}{
			{linear(3), []float32{.5, .5, .5, 0, 2, 0}, 0, "pixel 1"},
			{linear(3), []float32{.5, .5, .5, 0, 0, 0}, 2, "label is 2"},
			{broken{linear(3), false}, []float32{.5, .5, .5, 0, 0, 0}, 0, "logit"},
			{broken{linear(3), true}, []float32{.5, .5, .5, 0, 0, 0}, 0, "gradient"},
		} {
			err := a.Perturb(t.Context(), make([]float32, 6), c.model, attack.Batch{X: c.x, ID: []uint32{4, 5}}, []uint8{0, c.label})
			if err == nil || !strings.Contains(err.Error(), "image 5") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want one that says image 5 and %s", name, err, c.want)
			}
		}
	}
}
