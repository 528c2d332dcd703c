package attack_test

import (
	"math"
	"testing"

	"murmur/sim/attack"
)

// TestNoiseFillsTheBall: on a model that nothing can break, one try of noise in
// L2 is as long as the ball is wide, and uniform noise has the deviation
// eps/sqrt(3) where nothing is clipped.
func TestNoiseFillsTheBall(t *testing.T) {
	const inputs, n = 100, 20
	m := &toy{inputs: inputs, classes: 2, weight: make([]float32, 2*inputs), bias: []float32{50, 0}, curve: 0}
	m.weight[inputs] = 1 // the loss rises with pixel 0 and is always far below 0
	for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
		b := attack.Batch{X: numbers(2, n*inputs, .4, .6), ID: make([]uint32, n)}
		for i := range n {
			b.ID[i] = uint32(i)
			if norm == attack.L2 {
				clear(b.X[i*inputs+1 : i*inputs+60]) // black pixels, that half of all noise cannot change
			}
		}
		a := attack.NewRandomNoise(norm, .3, attack.Draws{N: 1}, 1)
		var last float64
		for _, tries := range []int{1, 10, 200} {
			a.Tries = tries
			adv := make([]float32, len(b.X))
			if err := a.Perturb(t.Context(), adv, m, b, make([]uint8, n)); err != nil {
				t.Fatal(err)
			}
			var gain, square float64
			for i := range n {
				x, y := b.X[i*inputs:(i+1)*inputs], adv[i*inputs:(i+1)*inputs]
				gain += float64(y[0] - x[0])
				for j := range x {
					square += math.Pow(float64(y[j])-float64(x[j]), 2) / (n * inputs)
				}
				if d := norm.Distance(x, y); d != 0 && norm == attack.L2 && math.Abs(d-.3) > 1e-6 {
					t.Errorf("image %d: the noise is %v long, want .3", i, d)
				}
			}
			if gain <= last {
				t.Errorf("%v: %d tries: pixel 0 rose by %v in all, not above %v with fewer", norm, tries, gain, last)
			}
			last = gain
			// The square of a uniform number has a relative deviation of sqrt(4/5).
			if want := .03; norm == attack.Linf && tries == 200 && math.Abs(square-want) > 5*want*math.Sqrt(.8/(n*inputs))+.01*want {
				t.Errorf("mean square of uniform noise %v, want %v", square, want)
			}
		}
	}
}

// TestSaltPepperChangesFewPixels: what is found errs, differs from the image in
// black and white pixels alone, and in fewer than half of them.
func TestSaltPepperChangesFewPixels(t *testing.T) {
	m, b, labels, _ := plane(t, attack.L2)
	adv := make([]float32, len(b.X))
	if err := attack.NewSaltPepper(attack.Draws{N: 1}, 1).Perturb(t.Context(), adv, m, b, labels); err != nil {
		t.Fatal(err)
	}
	changed := 0
	for j, v := range adv {
		if v != b.X[j] {
			changed++
			if v != 0 && v != 1 {
				t.Errorf("pixel %d became %v", j, v)
			}
		}
	}
	if changed == 0 || changed > len(adv)/2 {
		t.Errorf("%d of %d pixels changed", changed, len(adv))
	}
	for i, class := range attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, attack.Draws{N: 1}) {
		if class == int(labels[i]) {
			t.Errorf("image %d is not broken", i)
		}
	}
}

// seen tells one thing apart: whether pixel 4, of 3 x 3, is bright.
type seen struct{}

func (seen) Dims() (int, int) { return 9, 2 }

func (seen) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	for i := range b.ID {
		for k := range draws.N {
			z := dst[(i*draws.N+k)*2:]
			z[0], z[1] = b.X[i*9+4], .3
		}
	}
}

func (seen) Pull(dst []float32, _ attack.Batch, _ []float32, _ attack.Draws) { clear(dst) }

// TestSpatialKeepsTheWorst: of moves by -1, 0 and 1 the one that puts the
// darkest pixel in the middle must be found; with moves by 0 alone the image stays.
func TestSpatialKeepsTheWorst(t *testing.T) {
	b := attack.Batch{X: []float32{.8, .9, .9, .9, .7, .1, .9, .9, .9}, ID: []uint32{1}}
	a := attack.NewSpatial(3, 3, attack.Draws{N: 1})
	a.Rotations, a.Translations = []float32{0}, []float32{-1, 0, 1}
	adv := make([]float32, 9)
	if err := a.Perturb(t.Context(), adv, seen{}, b, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	want := []float32{.9, .9, 0, .7, .1, 0, .9, .9, 0} // one to the left
	if attack.Linf.Distance(adv, want) != 0 {
		t.Errorf("%v, want %v", adv, want)
	}
	a.Translations = []float32{0}
	if err := a.Perturb(t.Context(), adv, seen{}, b, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	if attack.Linf.Distance(adv, b.X) != 0 {
		t.Errorf("%v, want the image", adv)
	}
	if grid := attack.NewSpatial(28, 28, attack.Draws{N: 1}); len(grid.Rotations)*len(grid.Translations)*len(grid.Translations) != 125 {
		t.Errorf("%+v is not Foolbox's grid", grid)
	}
}
