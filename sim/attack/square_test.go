package attack_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
)

// TestSquareSolvesLinear: on a linear model the best image of a cube is a
// corner, and with squares of one pixel at the end the search must find it.
func TestSquareSolvesLinear(t *testing.T) {
	const width, inputs, eps = 5, 20, .25
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, 2*inputs, 0, 1), ID: []uint32{7, 8}}
	labels := []uint8{0, 1}
	a := attack.NewSquare(attack.Linf, eps, width, attack.Draws{N: 1}, 1)
	a.Queries, a.Rescale, a.Confidence = 2000, true, float32(math.Inf(1))
	adv := make([]float32, len(b.X))
	if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
		t.Fatal(err)
	}
	for i, label := range labels {
		for j, g := range uphill(m, label) {
			x := b.X[i*inputs+j]
			want := min(x+eps, 1)
			if g < 0 {
				want = max(x-eps, 0)
			}
			if got := adv[i*inputs+j]; got != want {
				t.Errorf("image %d pixel %d: %v, want %v", i, j, got, want)
			}
		}
	}
}

// TestSquareL2ClimbsLinear: in L2 the best loss is that of a step of length eps
// along the gradient. A random direction gains a sixth of it here; windows of at
// least three pixels a side, on six, do not reach it all.
func TestSquareL2ClimbsLinear(t *testing.T) {
	const width, inputs, eps = 6, 36, .3 // pixels within .4 and .6: nothing is clipped
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, inputs, .4, .6), ID: []uint32{7}}
	a := attack.NewSquare(attack.L2, eps, width, attack.Draws{N: 1}, 1)
	a.Queries, a.Rescale, a.Confidence = 4000, true, float32(math.Inf(1))
	adv := make([]float32, len(b.X))
	if err := a.Perturb(t.Context(), adv, m, b, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	var gain float64
	g := uphill(m, 0)
	for j := range g {
		gain += float64(g[j]) * (float64(adv[j]) - float64(b.X[j]))
	}
	if best := eps * length(g); gain < .75*best {
		t.Errorf("the loss rose by %v, the best is %v", gain, best)
	}
}

// TestSquareStopsAsking checks that images that are broken cost no more.
func TestSquareStopsAsking(t *testing.T) {
	const inputs, n = 16, 10
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, n*inputs, 0, 1), ID: make([]uint32, n)}
	for i := range n {
		b.ID[i] = uint32(i)
	}
	labels := make([]uint8, n)
	for i, class := range attack.MeanSoftmax.Decide(m, b, attack.Draws{N: 1}) {
		labels[i] = uint8(1 - class) // wrong as they are
	}
	w := &watched{Model: m, complain: func(what string) { t.Error(what) }}
	adv := make([]float32, len(b.X))
	if err := attack.NewSquare(attack.Linf, .1, 4, attack.Draws{N: 1}, 1).Perturb(t.Context(), adv, w, b, labels); err != nil {
		t.Fatal(err)
	}
	if w.images != n || !slices.Equal(adv, b.X) {
		t.Errorf("%d looks at %d images that are wrong as they are, want one each and no change", w.images, n)
	}
}

// TestSquareOnNoise: on a model with noise, what is found on the mean of 30
// draws holds on fresh ones, all the more with Confidence, and is worth more
// than what the paper's search on single draws finds.
func TestSquareOnNoise(t *testing.T) {
	const inputs, n, eps = 64, 60, .06
	m := linear(inputs)
	m.sigma = .1
	b := attack.Batch{X: numbers(2, n*inputs, 0, 1), ID: make([]uint32, n)}
	for i := range n {
		b.ID[i] = uint32(i)
	}
	fresh := attack.Draws{From: 1 << 20, N: 200}
	labels := make([]uint8, n)
	for i, class := range attack.MeanSoftmax.Decide(m, b, fresh) {
		labels[i] = uint8(class)
	}
	left := func(a attack.Attack) (count int) {
		adv := make([]float32, len(b.X))
		if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
			t.Fatal(err)
		}
		if err := attack.VerifyBatch(b, adv, attack.Linf, eps); err != nil {
			t.Fatal(err)
		}
		if a.Reserved().Overlaps(fresh) {
			t.Fatal("judged on the draws of the attack")
		}
		for i, class := range attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, fresh) {
			if class == int(labels[i]) {
				count++
			}
		}
		return count
	}
	a := attack.NewSquare(attack.Linf, eps, 8, attack.Draws{From: 1, N: 30}, 1)
	a.Queries = 300
	first := left(a)
	a.Confidence = float32(math.Inf(1))
	most := left(a)
	paper := attack.NewPaperSquare(attack.Linf, eps, 8, 1, 1)
	paper.Queries = 300
	noisy := left(paper)
	t.Logf("of %d images are left: %d at the first success, %d with all queries, %d by the paper's search", n, first, most, noisy)
	if most > first || first >= noisy || noisy == n {
		t.Errorf("left: %d with all queries, %d at the first success, %d by the paper's search: want them to rise", most, first, noisy)
	}
}

func TestPaperSquareDraws(t *testing.T) {
	a := attack.NewPaperSquare(attack.Linf, .3, 28, 40, 1)
	if a.Queries != 100 || a.P != .8 || a.Draws != (attack.Draws{From: 40, N: 1}) {
		t.Errorf("%+v", a)
	}
	a.Width, a.Queries = 2, 5
	w := &watched{Model: linear(4), complain: func(what string) { t.Error(what) }}
	if err := a.Perturb(t.Context(), make([]float32, 4), w, attack.Batch{X: numbers(2, 4, 0, 1), ID: []uint32{1}}, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	for i, d := range w.draws {
		if d != (attack.Draws{From: 40 + uint32(i), N: 1}) {
			t.Errorf("look %d at %v, want a fresh draw", i, d)
		}
	}
	if got := a.Reserved(); len(w.draws) != 18 || got != (attack.Draws{From: 40, N: 18}) {
		t.Errorf("%d looks, reserved %v, want three at the start and three for each of 5 queries", len(w.draws), got)
	}
}
