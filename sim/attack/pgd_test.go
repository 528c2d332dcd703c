package attack_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/attack"
)

// TestProperties checks, on random models, images and attacks, that the result
// keeps to ball and range and does not depend on how the batch is split.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 4).Draw(t, "images")
		m := &toy{
			inputs:  rapid.IntRange(1, 12).Draw(t, "inputs"),
			classes: rapid.IntRange(2, 4).Draw(t, "classes"),
			sigma:   rapid.SampledFrom([]float32{0, .5}).Draw(t, "sigma"),
			curve:   rapid.Float32Range(-1, 1).Draw(t, "curve"),
		}
		weights := m.inputs * m.classes
		m.weight = rapid.SliceOfN(rapid.Float32Range(-2, 2), weights, weights).Draw(t, "weight")
		m.bias = make([]float32, m.classes)
		pixel := rapid.OneOf(rapid.SampledFrom([]float32{0, 1, math.SmallestNonzeroFloat32}), rapid.Float32Range(0, 1))
		b := attack.Batch{
			X:  rapid.SliceOfN(pixel, n*m.inputs, n*m.inputs).Draw(t, "pixels"),
			ID: rapid.SliceOfN(rapid.Uint32(), n, n).Draw(t, "names"),
		}
		labels := rapid.SliceOfN(rapid.Uint8Range(0, uint8(m.classes-1)), n, n).Draw(t, "labels")
		p := attack.PGD{
			Norm:        rapid.SampledFrom([]attack.Norm{attack.Linf, attack.L2}).Draw(t, "norm"),
			Epsilon:     rapid.OneOf(rapid.Just[float32](0), rapid.Float32Range(0, .3), rapid.Float32Range(0, 3)).Draw(t, "epsilon"),
			Steps:       rapid.IntRange(1, 4).Draw(t, "steps"),
			Step:        rapid.Float32Range(0, 1).Draw(t, "step"),
			Restarts:    rapid.IntRange(1, 3).Draw(t, "restarts"),
			RandomStart: rapid.Bool().Draw(t, "random start"),
			Draws:       attack.Draws{From: rapid.Uint32Range(0, 1000).Draw(t, "from"), N: rapid.IntRange(1, 3).Draw(t, "draws")},
			Select:      rapid.IntRange(1, 3).Draw(t, "select"),
			Loss:        rapid.SampledFrom([]attack.Loss{attack.CrossEntropyOfMean{}, attack.MeanCrossEntropy{}}).Draw(t, "loss"),
			Seed:        rapid.Uint64().Draw(t, "seed"),
		}
		original := slices.Clone(b.X)
		adv := make([]float32, len(b.X))
		if err := p.Perturb(t.Context(), adv, m, b, labels); err != nil {
			t.Fatal(err)
		}
		if err := attack.VerifyBatch(b, adv, p.Norm, p.Epsilon); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(original, b.X) {
			t.Fatal("the images themselves were changed")
		}
		one := make([]float32, m.inputs)
		for i := range n {
			part := attack.Batch{X: b.X[i*m.inputs : (i+1)*m.inputs], ID: b.ID[i : i+1]}
			if err := p.Perturb(t.Context(), one, m, part, labels[i:i+1]); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(one, adv[i*m.inputs:(i+1)*m.inputs]) {
				t.Fatalf("image %d alone gives %v, in the batch %v", i, one, adv[i*m.inputs:(i+1)*m.inputs])
			}
		}
	})
}

func TestLinearClosedFormLinf(t *testing.T) {
	const inputs, eps = 20, .25
	m := linear(inputs)
	m.weight[3], m.weight[inputs+3] = .5, .5 // no slope in pixel 3
	b := attack.Batch{X: numbers(2, 2*inputs, 0, 1), ID: []uint32{7, 8}}
	labels := []uint8{0, 1}
	for name, p := range map[string]attack.PGD{
		"FGSM": attack.NewFGSM(attack.Linf, eps, attack.Draws{N: 1}),
		"BIM":  attack.NewBIM(attack.Linf, eps, attack.Draws{N: 1}),
		// A start at the far side is 2 eps away: 60 of 1/30.
		"PGD": func() attack.PGD {
			p := attack.NewPGD(attack.Linf, eps, attack.Draws{N: 1}, 3)
			p.Steps = 62
			return p
		}(),
	} {
		adv := perturb(t, p, m, b, labels)
		for i, label := range labels {
			for j, g := range uphill(m, label) {
				x := b.X[i*inputs+j]
				got, want := adv[i*inputs+j], x
				switch {
				case j == 3:
					if p.RandomStart {
						continue
					}
				case g > 0:
					want = min(x+eps, 1)
				default:
					want = max(x-eps, 0)
				}
				// Ten steps of a rounded .2 eps reach the ball's wall, which is exact.
				if got != want {
					t.Errorf("%s: image %d pixel %d: %v, want %v", name, i, j, got, want)
				}
			}
		}
	}
}

func TestLinearClosedFormL2(t *testing.T) {
	const inputs, eps = 20, .3 // inside [0, 1]: pixels within .4 and .6
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, 2*inputs, .4, .6), ID: []uint32{7, 8}}
	labels := []uint8{0, 1}
	for name, p := range map[string]attack.PGD{
		"FGSM": attack.NewFGSM(attack.L2, eps, attack.Draws{N: 1}),
		"BIM":  attack.NewBIM(attack.L2, eps, attack.Draws{N: 1}),
		"PGD": func() attack.PGD {
			p := attack.NewPGD(attack.L2, eps, attack.Draws{N: 1}, 3)
			// On the sphere a step of s eps divides the part across the
			// gradient by about 1+s: 1.2^-100 is below 2^-24.
			p.Steps, p.Step = 110, .2*eps
			return p
		}(),
	} {
		adv := perturb(t, p, m, b, labels)
		for i, label := range labels {
			g := uphill(m, label)
			norm := length(g)
			for j := range g {
				want := float64(b.X[i*inputs+j]) + eps*float64(g[j])/norm
				// Float32 pixels below 1, rounded once or, at the fixed point, thrice.
				if got := float64(adv[i*inputs+j]); math.Abs(got-want) > 4e-7 {
					t.Errorf("%s: image %d pixel %d: %v, want %v", name, i, j, got, want)
				}
			}
		}
	}
}

// TestZeroGradient checks that nothing moves where there is no slope.
func TestZeroGradient(t *testing.T) {
	m := &toy{inputs: 3, classes: 2, weight: make([]float32, 6), bias: []float32{1, 2}}
	b := attack.Batch{X: []float32{0, .3, 1}, ID: []uint32{1}}
	for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
		if adv := perturb(t, attack.NewBIM(norm, .5, attack.Draws{N: 1}), m, b, []uint8{0}); !slices.Equal(adv, b.X) {
			t.Errorf("%v: moved to %v", norm, adv)
		}
	}
}

// TestGradientAveragesNoise: on a linear model with normal noise of deviation
// sigma on each weight, a loss linear in the logits of two classes has the
// gradient g + e, e normal with variance 2 sigma^2/N in each of d inputs. So
// |e|^2 < (2 sigma^2/N)(d + 2 sqrt(dt) + 2t) but with probability exp(-t)
// (Laurent and Massart 2000), and |e|^2 > (2 sigma^2/N)(d - 2 sqrt(dt)) likewise.
// One L2 step shows the gradient's direction, which is off by at most 2|e|/|g|.
func TestGradientAveragesNoise(t *testing.T) {
	const inputs, sigma, eps, unlikely = 400, .5, .1, 20
	m := linear(inputs)
	m.sigma = sigma
	b := attack.Batch{X: numbers(2, inputs, .4, .6), ID: []uint32{9}}
	g := uphill(m, 0)
	norm := length(g)
	off := func(n int) float64 {
		p := attack.NewFGSM(attack.L2, eps, attack.Draws{From: 100, N: n})
		p.Loss = margin{}
		adv := perturb(t, p, m, b, []uint8{0})
		var sum float64
		for j := range g {
			d := (float64(adv[j])-float64(b.X[j]))/eps - float64(g[j])/norm
			sum += d * d
		}
		return math.Sqrt(sum)
	}
	for _, n := range []int{1, 16, 256} {
		bound := 2 / norm * math.Sqrt(2*sigma*sigma/float64(n)*(inputs+2*math.Sqrt(inputs*unlikely)+2*unlikely))
		// Pixels are rounded by 2^-25, which division by eps enlarges.
		bound += math.Sqrt(inputs) / eps / (1 << 25)
		if got := off(n); got > bound {
			t.Errorf("%d draws: direction off by %v, above %v", n, got, bound)
		} else if n == 1 && got < bound/8 {
			t.Errorf("one draw: direction off by only %v: is there noise at all?", got)
		}
	}
	if few, many := off(1), off(256); many > few/4 {
		t.Errorf("256 draws are off by %v, one by %v: nothing was averaged", many, few)
	}
}

// TestLossGrowsWithEpsilon: on a linear model a larger ball holds a loss at
// least as high, up to the rounding of a sum of 30 products.
func TestLossGrowsWithEpsilon(t *testing.T) {
	const inputs = 30
	m := linear(inputs)
	for _, c := range []struct {
		norm   attack.Norm
		lo, hi float32
	}{{attack.Linf, 0, 1}, {attack.L2, .4, .6}} {
		b := attack.Batch{X: numbers(4, 3*inputs, c.lo, c.hi), ID: []uint32{1, 2, 3}}
		labels := []uint8{0, 1, 0}
		last := lossOf(m, b, labels, attack.Draws{N: 1})
		first := slices.Clone(last)
		for eps := float32(0); eps < .4; eps += .04 {
			adv := perturb(t, attack.NewBIM(c.norm, eps, attack.Draws{N: 1}), m, b, labels)
			now := lossOf(m, attack.Batch{X: adv, ID: b.ID}, labels, attack.Draws{N: 1})
			for i := range now {
				if now[i] < last[i]-1e-5 {
					t.Errorf("%v: image %d: loss %v at epsilon %v, below %v before", c.norm, i, now[i], eps, last[i])
				}
			}
			last = now
		}
		for i := range last {
			if !(last[i] > first[i]+.05) {
				t.Errorf("%v: image %d: loss only %v, from %v", c.norm, i, last[i], first[i])
			}
		}
	}
}
