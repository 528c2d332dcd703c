package attack_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
)

// TestSlopesFromAnswers: on a linear model both attacks must reach nearly the
// loss of the best corner, from images on and off the edge of the range.
func TestSlopesFromAnswers(t *testing.T) {
	const inputs, eps = 30, .1
	m := linear(inputs)
	spsa := attack.NewSPSA(attack.Linf, eps, 30, attack.Draws{N: 1}, 1)
	smoothed := attack.NewSmoothed(attack.Linf, eps, 128, attack.Draws{N: 1}, 1)
	smoothed.Steps, smoothed.Step = 30, .01
	for _, x := range [][]float32{numbers(2, inputs, .3, .7), make([]float32, inputs)} {
		b := attack.Batch{X: x, ID: []uint32{3}}
		for _, a := range []attack.Attack{spsa, smoothed} {
			adv := make([]float32, inputs)
			if err := a.Perturb(t.Context(), adv, m, b, []uint8{0}); err != nil {
				t.Fatal(err)
			}
			var gain, best float64
			for j, g := range uphill(m, 0) {
				gain += float64(g) * (float64(adv[j]) - float64(x[j]))
				if g > 0 || x[j] > 0 {
					best += eps * math.Abs(float64(g))
				}
			}
			if gain < .9*best {
				t.Errorf("%T from %v..: the loss rose by %v, the best is %v", a, x[0], gain, best)
			}
		}
	}
}

// TestEstimateIsUnbiased: one L2 step goes along the estimate. With k antithetic
// pairs and d inputs of a linear model the error of the estimate is |g| sqrt(d/k)
// or so; five times that bounds the angle, also where half of every pair is
// clipped.
func TestEstimateIsUnbiased(t *testing.T) {
	const inputs, samples = 40, 8000
	m := linear(inputs)
	x := numbers(2, inputs, .3, .7)
	for j := 0; j < inputs; j += 2 {
		x[j] = float32(j / 2 % 2) // 0 and 1 in turns
	}
	b := attack.Batch{X: x, ID: []uint32{3}}
	g := uphill(m, 0)
	a := attack.NewSmoothed(attack.L2, 1e-3, samples, attack.Draws{N: 1}, 1)
	a.Steps, a.Step = 1, 1e-3
	adv := make([]float32, inputs)
	if err := a.Perturb(t.Context(), adv, m, b, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	// Where the step led out of the range nothing is seen of the estimate: look at the others.
	var dot, ours, theirs float64
	for j := range g {
		if change := float64(adv[j]) - float64(x[j]); change != 0 {
			dot += change * float64(g[j])
			ours += change * change
			theirs += float64(g[j]) * float64(g[j])
		}
	}
	if sine := math.Sqrt(max(1-dot*dot/ours/theirs, 0)); dot < 0 || sine > 5*math.Sqrt(inputs/float64(samples)) {
		t.Errorf("the step is off the gradient by a sine of %v", sine)
	}
}

// stairs rounds the logits of a model to steps, as spikes and competition do:
// its gradient is 0 wherever it is defined.
type stairs struct {
	attack.Model
	step float64
}

func (m stairs) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	m.Model.Logits(dst, b, draws)
	for i, z := range dst {
		dst[i] = float32(m.step * math.Round(float64(z)/m.step))
	}
}

func (stairs) Pull(dst []float32, _ attack.Batch, _ []float32, _ attack.Draws) { clear(dst) }

// TestMaskedGradient: where the gradient is 0, ascent along it leaves every
// image as it is, and the attacks that ask for answers alone do not.
func TestMaskedGradient(t *testing.T) {
	const inputs, n, eps = 36, 40, .35
	smooth := linear(inputs)
	m := stairs{smooth, .2}
	b := attack.Batch{X: numbers(2, n*inputs, 0, 1), ID: make([]uint32, n)}
	labels := make([]uint8, n)
	one := attack.Draws{N: 1}
	for i, class := range attack.SumOfLogits.Decide(m, b, one) {
		b.ID[i], labels[i] = uint32(i), uint8(class)
	}
	left := func(a attack.Attack) (count int) {
		adv := make([]float32, len(b.X))
		if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
			t.Fatal(err)
		}
		for i, class := range attack.SumOfLogits.Decide(m, attack.Batch{X: adv, ID: b.ID}, one) {
			if class == int(labels[i]) {
				count++
			}
		}
		return count
	}
	if got := left(attack.NewBIM(attack.Linf, eps, one)); got != n {
		t.Fatalf("the gradient is not masked: %d of %d left", got, n)
	}
	spsa := attack.NewSPSA(attack.Linf, eps, 30, one, 1)
	spsa.Delta, spsa.Rate, spsa.Decision = .05, .03, attack.SumOfLogits
	smoothed := attack.NewSmoothed(attack.Linf, eps, 200, one, 1)
	smoothed.Steps, smoothed.Step, smoothed.Decision = 30, .03, attack.SumOfLogits
	square := attack.NewSquare(attack.Linf, eps, 6, one, 1)
	square.Queries, square.Decision = 500, attack.SumOfLogits
	transfer := attack.Transfer{Attack: attack.NewBIM(attack.Linf, eps, one), From: smooth}
	for _, a := range []attack.Attack{spsa, smoothed, square, transfer} {
		got := left(a)
		t.Logf("%T: %d of %d left", a, got, n)
		if got > n/2 {
			t.Errorf("%T: %d of %d left", a, got, n)
		}
	}
}

// TestStepsReserveDraws: every step of both attacks has draws of its own, the
// same at both ends of its pairs.
func TestStepsReserveDraws(t *testing.T) {
	draws := attack.Draws{From: 9, N: 2}
	spsa := attack.NewSPSA(attack.Linf, .1, 3, draws, 1)
	smoothed := attack.NewSmoothed(attack.Linf, .1, 4, draws, 1)
	spsa.Samples, smoothed.Steps = 4, 3
	for _, a := range []attack.Attack{spsa, smoothed} {
		w := &watched{Model: linear(4), complain: func(what string) { t.Error(what) }}
		if err := a.Perturb(t.Context(), make([]float32, 4), w, attack.Batch{X: numbers(2, 4, 0, 1), ID: []uint32{1}}, []uint8{0}); err != nil {
			t.Fatal(err)
		}
		var want []attack.Draws
		for step := range 3 {
			for range 8 {
				want = append(want, attack.Draws{From: 9 + uint32(2*step), N: 2})
			}
		}
		if !slices.Equal(w.draws, want) {
			t.Errorf("%T: asked for %v, want %v", a, w.draws, want)
		}
		if a.Reserved() != (attack.Draws{From: 9, N: 6}) {
			t.Errorf("%T: reserved %v", a, a.Reserved())
		}
	}
}
