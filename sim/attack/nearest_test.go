package attack_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
)

// TestLinearDistances: on a linear model of two classes the nearest image of
// the other class is |f|/|w| away, in the dual norm.
func TestLinearDistances(t *testing.T) {
	const inputs, n = 30, 4
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, n*inputs, .4, .6), ID: []uint32{1, 2, 3, 4}}
	one := attack.Draws{N: 1}
	labels := make([]uint8, n)
	for i, c := range attack.MeanSoftmax.Decide(m, b, one) {
		labels[i] = uint8(c)
	}
	logits := make([]float32, 2*n)
	m.Logits(logits, b, one)
	for _, c := range []struct {
		name   string
		norm   attack.Norm
		attack attack.Attack
		// The distance lies between factor and factor + slack of the true one,
		// plus extra.
		factor, slack, extra float64
	}{
		{"DeepFool", attack.L2, attack.NewDeepFool(attack.L2, one), 1.02, 1e-4, 1.02e-4},
		{"DeepFool", attack.Linf, attack.NewDeepFool(attack.Linf, one), 1.02, 1e-4, 1.02e-4},
		{"FAB", attack.L2, attack.NewFAB(attack.L2, one, 1), 1, .01, 0},
		{"FAB", attack.Linf, attack.NewFAB(attack.Linf, one, 1), 1, .01, 0},
		{"Carlini and Wagner", attack.L2, attack.NewCarliniWagner(one), 1, .01, 0},
	} {
		adv := run(t, c.attack, m, b, labels)
		for i, label := range labels {
			w := uphill(m, label)
			dual := length(w)
			if c.norm == attack.Linf {
				dual = 0
				for _, g := range w {
					dual += math.Abs(float64(g))
				}
			}
			f := math.Abs(float64(logits[2*i]) - float64(logits[2*i+1]))
			got := c.norm.Distance(b.X[i*inputs:(i+1)*inputs], adv[i*inputs:(i+1)*inputs])
			// Logits and pixels are rounded.
			from := c.factor*f/dual + c.extra - 1e-6
			if to := from + c.slack*f/dual + 2e-6; got < from || got > to {
				t.Errorf("%s %v: image %d: distance %.7f, want %.7f to %.7f", c.name, c.norm, i, got, from, to)
			}
		}
	}
}

// TestNearestInTheBox: where the plane is only to be reached with some pixels
// at their limits, FAB keeps to the nearest point of the box.
func TestNearestInTheBox(t *testing.T) {
	// f = 4 a + 3 b + 2 c - 3.1 at 0, with a at most .1 away from its limit 1.
	m := &toy{inputs: 3, classes: 2, weight: []float32{0, 0, 0, 4, 3, 2}, bias: []float32{0, -6.7}}
	b := attack.Batch{X: []float32{.9, 0, 0}, ID: []uint32{1}}
	for _, c := range []struct {
		norm attack.Norm
		want float64
	}{
		// 3.1 to gain: .4 from a, then b and c share it: 2.7 = 5 s.
		{attack.Linf, 2.7 / 5},
		// 2.7 = (9 + 4) s, b moves 3 s and c 2 s.
		{attack.L2, math.Sqrt(.01 + 2.7*2.7/13)},
	} {
		adv := run(t, attack.NewFAB(c.norm, attack.Draws{N: 1}, 1), m, b, []uint8{0})
		if got := c.norm.Distance(b.X, adv); got < c.want-1e-6 || got > 1.01*c.want {
			t.Errorf("%v: distance %v, want %v", c.norm, got, c.want)
		}
	}
}

// TestNothingToFind: on a model without a slope the image stays what it is.
func TestNothingToFind(t *testing.T) {
	m := &toy{inputs: 3, classes: 2, weight: make([]float32, 6), bias: []float32{1, 0}}
	b := attack.Batch{X: []float32{0, .3, 1}, ID: []uint32{1}}
	one := attack.Draws{N: 1}
	for name, a := range map[string]attack.Attack{"DeepFool": attack.NewDeepFool(attack.L2, one),
		"FAB": attack.NewFAB(attack.L2, one, 1), "CW": attack.NewCarliniWagner(one)} {
		if adv := run(t, a, m, b, []uint8{0}); !slices.Equal(adv, b.X) {
			t.Errorf("%s: moved to %v", name, adv)
		}
	}
}

// TestConfidence: with Kappa the rival leads by at least that.
func TestConfidence(t *testing.T) {
	m := linear(20)
	b := attack.Batch{X: numbers(2, 20, .4, .6), ID: []uint32{1}}
	one := attack.Draws{N: 1}
	label := uint8(attack.MeanSoftmax.Decide(m, b, one)[0])
	a := attack.NewCarliniWagner(one)
	a.Kappa = .5
	adv := run(t, a, m, b, []uint8{label})
	logits := make([]float32, 2)
	m.Logits(logits, attack.Batch{X: adv, ID: b.ID}, one)
	if lead := logits[1-label] - logits[label]; lead < .5 || lead > .52 {
		t.Errorf("the rival leads by %v, want .5", lead)
	}
}

// TestRestartsComeNearer: a restart of FAB never ends further away.
func TestRestartsComeNearer(t *testing.T) {
	m := &toy{inputs: 8, classes: 4, weight: numbers(3, 32, -1, 1), bias: make([]float32, 4), curve: .8}
	b := attack.Batch{X: numbers(2, 80, 0, 1), ID: []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	one := attack.Draws{N: 1}
	labels := make([]uint8, 10)
	for i, c := range attack.MeanSoftmax.Decide(m, b, one) {
		labels[i] = uint8(c)
	}
	a := attack.NewFAB(attack.L2, one, 1)
	a.Steps = 5
	single := run(t, a, m, b, labels)
	a.Restarts = 6
	several := run(t, a, m, b, labels)
	nearer := 0
	for i := range labels {
		x := b.X[i*8 : (i+1)*8]
		s, r := attack.L2.Distance(x, single[i*8:(i+1)*8]), attack.L2.Distance(x, several[i*8:(i+1)*8])
		if r > s && s > 0 {
			t.Errorf("image %d: %v with restarts, %v without", i, r, s)
		}
		if r < s {
			nearer++
		}
	}
	if nearer == 0 {
		t.Error("restarts changed nothing: the test shows nothing")
	}
}
