package attack_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
)

func TestDrawsAsked(t *testing.T) {
	m := &recorder{Model: linear(4)}
	b := attack.Batch{X: numbers(2, 8, 0, 1), ID: []uint32{1, 2}}
	p := attack.PGD{Norm: attack.Linf, Epsilon: .1, Steps: 2, Step: .05, Restarts: 2, RandomStart: true,
		Draws: attack.Draws{From: 40, N: 5}, Select: 3, Loss: attack.CrossEntropyOfMean{}}
	perturb(t, p, m, b, []uint8{0, 1})
	want := []asked{
		{false, attack.Draws{From: 40, N: 5}}, {true, attack.Draws{From: 40, N: 5}},
		{false, attack.Draws{From: 45, N: 5}}, {true, attack.Draws{From: 45, N: 5}},
		{false, attack.Draws{From: 60, N: 3}},
		{false, attack.Draws{From: 50, N: 5}}, {true, attack.Draws{From: 50, N: 5}},
		{false, attack.Draws{From: 55, N: 5}}, {true, attack.Draws{From: 55, N: 5}},
		{false, attack.Draws{From: 60, N: 3}},
	}
	if !slices.Equal(m.calls, want) {
		t.Errorf("asked for %v, want %v", m.calls, want)
	}
	if got, want := p.Reserved(), (attack.Draws{From: 40, N: 23}); got != want {
		t.Errorf("reserved %v, want %v", got, want)
	}
	judge := attack.Draws{From: 63, N: 10}
	for _, c := range m.calls {
		if c.draws.Overlaps(judge) {
			t.Errorf("the attack saw the judge's draws: %v", c.draws)
		}
	}

	p.Restarts = 1
	m.calls = nil
	perturb(t, p, m, b, []uint8{0, 1})
	if !slices.Equal(m.calls, want[:4]) {
		t.Errorf("one restart: asked for %v, want %v", m.calls, want[:4])
	}
	if got, want := p.Reserved(), (attack.Draws{From: 40, N: 10}); got != want {
		t.Errorf("one restart: reserved %v, want %v", got, want)
	}
}

func TestOverlaps(t *testing.T) {
	a := attack.Draws{From: 10, N: 5}
	for _, c := range []struct {
		b    attack.Draws
		want bool
	}{
		{attack.Draws{From: 15, N: 5}, false}, {attack.Draws{From: 14, N: 5}, true},
		{attack.Draws{From: 5, N: 5}, false}, {attack.Draws{From: 5, N: 6}, true},
		{attack.Draws{From: 12, N: 0}, false}, {attack.Draws{From: 12, N: 1}, true},
		{attack.Draws{From: math.MaxUint32, N: 1}, false},
	} {
		if a.Overlaps(c.b) != c.want || c.b.Overlaps(a) != c.want {
			t.Errorf("%v and %v: overlap is not %v", a, c.b, c.want)
		}
	}
}

// TestRestartsKeepTheBest: on a curved model of one input the ascent ends in
// either of two hills, and the higher one must be kept.
func TestRestartsKeepTheBest(t *testing.T) {
	// Class 0 is 0; class 1 is h + h^2, h = x - .8: lowest at x = .3 and higher
	// at 1 (.24) than at 0 (-.16).
	m := &toy{inputs: 1, classes: 2, weight: []float32{0, 1}, bias: []float32{0, -.8}, curve: 1}
	n := 32
	b := attack.Batch{X: make([]float32, n), ID: make([]uint32, n)}
	for i := range n {
		b.X[i], b.ID[i] = .3, uint32(i)
	}
	labels := make([]uint8, n)
	count := func(adv []float32) (high int) {
		for _, v := range adv {
			if v == 1 {
				high++
			} else if v != 0 {
				t.Errorf("%v is the top of no hill", v)
			}
		}
		return high
	}
	for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
		p := attack.NewPGD(norm, 1, attack.Draws{N: 1}, 1)
		if one := count(perturb(t, p, m, b, labels)); one == 0 || one == n {
			t.Fatalf("%v: one restart: %d of %d at the higher hill: the test shows nothing", norm, one, n)
		}
		// Half of the starts lie left of .3; 40 in a row do with probability 2^-40.
		p.Restarts = 40
		if best := count(perturb(t, p, m, b, labels)); best != n {
			t.Errorf("%v: 40 restarts: %d of %d at the higher hill", norm, best, n)
		}
	}
}

// TestRandomStart checks that starts differ by image, restart and seed, and
// fill their ball: in the interior, with Step 0, the result is the start.
func TestRandomStart(t *testing.T) {
	const inputs, n, eps = 10, 400, .2
	m := linear(inputs)
	b := attack.Batch{X: make([]float32, n*inputs), ID: make([]uint32, n)}
	for i := range b.X {
		b.X[i] = .5
	}
	for i := range b.ID {
		b.ID[i] = uint32(i)
	}
	labels := make([]uint8, n)
	for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
		p := attack.NewPGD(norm, eps, attack.Draws{N: 1}, 1)
		p.Steps, p.Step = 1, 0
		starts := perturb(t, p, m, b, labels)
		p.Seed = 2
		if slices.Equal(starts, perturb(t, p, m, b, labels)) {
			t.Errorf("%v: two seeds start alike", norm)
		}
		if slices.Equal(starts[:inputs], starts[inputs:2*inputs]) {
			t.Errorf("%v: two images start alike", norm)
		}
		// The share of the ball's volume within the start's radius is uniform:
		// mean .5 with a standard error of sqrt(1/12/n).
		var share, centre float64
		for i := range n {
			offset := make([]float32, inputs)
			var largest float64
			for j := range offset {
				offset[j] = starts[i*inputs+j] - .5
				centre += float64(offset[j])
				largest = max(largest, math.Abs(float64(offset[j])))
			}
			radius := largest
			if norm == attack.L2 {
				radius = length(offset)
			}
			share += math.Pow(radius/eps, inputs)
		}
		if se := math.Sqrt(1. / 12 / n); math.Abs(share/n-.5) > 5*se {
			t.Errorf("%v: mean share of the volume %v, want .5 +- %v", norm, share/n, 5*se)
		}
		// A coordinate's deviation is at most eps/sqrt(3).
		if se := eps / math.Sqrt(3*n*inputs); math.Abs(centre/n/inputs) > 5*se {
			t.Errorf("%v: mean offset %v, want 0 +- %v", norm, centre/n/inputs, 5*se)
		}
	}
}
