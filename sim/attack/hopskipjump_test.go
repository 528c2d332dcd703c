package attack_test

import (
	"math"
	"testing"

	"murmur/sim/attack"
)

// plane returns images around .5 that a linear model gets right, and how far
// each is from the boundary: the margin over the dual norm of its slope.
func plane(t *testing.T, norm attack.Norm) (m *toy, b attack.Batch, labels []uint8, distance []float64) {
	t.Helper()
	const inputs, n = 20, 12
	m = linear(inputs)
	b = attack.Batch{X: numbers(2, n*inputs, .4, .6), ID: make([]uint32, n)}
	for i := range n {
		b.ID[i] = uint32(i)
	}
	logits := make([]float32, 2*n)
	m.Logits(logits, b, attack.Draws{N: 1})
	for i, class := range attack.MeanSoftmax.Decide(m, b, attack.Draws{N: 1}) {
		labels = append(labels, uint8(class))
		dual := length(uphill(m, 0))
		if norm == attack.Linf {
			dual = 0
			for _, g := range uphill(m, 0) {
				dual += math.Abs(float64(g))
			}
		}
		distance = append(distance, math.Abs(float64(logits[2*i])-float64(logits[2*i+1]))/dual)
	}
	return m, b, labels, distance
}

// TestHopSkipJumpFindsThePlane: the boundary of a linear model is a plane; the
// attack may not come nearer than it and must come close to it.
func TestHopSkipJumpFindsThePlane(t *testing.T) {
	for norm, within := range map[attack.Norm]float64{attack.L2: 1.02, attack.Linf: 1.25} {
		m, b, labels, distance := plane(t, norm)
		a := attack.NewHopSkipJump(norm, 20000, attack.Draws{N: 1}, 1)
		a.Steps = 30
		adv := make([]float32, len(b.X))
		if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
			t.Fatal(err)
		}
		for i, class := range attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, attack.Draws{N: 1}) {
			if class == int(labels[i]) {
				t.Errorf("%v: image %d is not adversarial", norm, i)
			}
			ratio := norm.Distance(b.X[i*20:(i+1)*20], adv[i*20:(i+1)*20]) / distance[i]
			// Logits are rounded by about 1e-7, of margins above .01.
			if ratio < 1-1e-4 || ratio > within {
				t.Errorf("%v: image %d: %v times the distance of the plane", norm, i, ratio)
			}
		}
	}
}

// TestHopSkipJumpQueries: no image is asked about more often than allowed, and
// more questions bring it nearer.
func TestHopSkipJumpQueries(t *testing.T) {
	m, b, labels, distance := plane(t, attack.L2)
	last := math.Inf(1)
	for _, queries := range []int{1, 30, 300, 3000} {
		w := &watched{Model: m, complain: func(what string) { t.Error(what) }}
		a := attack.NewHopSkipJump(attack.L2, queries, attack.Draws{From: 3, N: 1}, 1)
		adv := make([]float32, len(b.X))
		if err := a.Perturb(t.Context(), adv, w, b, labels); err != nil {
			t.Fatal(err)
		}
		if w.images > queries*len(labels) {
			t.Errorf("%d questions about %d images, allowed %d each", w.images, len(labels), queries)
		}
		if queries == 1 {
			if mean := attack.L2.Distance(b.X, adv); mean != 0 {
				t.Errorf("with no question left after the image itself it moved by %v", mean)
			}
			continue
		}
		var mean float64
		for i := range labels {
			mean += attack.L2.Distance(b.X[i*20:(i+1)*20], adv[i*20:(i+1)*20]) / distance[i] / float64(len(labels))
		}
		if mean >= last {
			t.Errorf("%d questions: %v times the distance, not below %v with fewer", queries, mean, last)
		}
		last = mean
	}
}

// TestHopSkipJumpWithoutStart: a model of one answer leaves the images as they are.
func TestHopSkipJumpWithoutStart(t *testing.T) {
	m := &toy{inputs: 4, classes: 2, weight: make([]float32, 8), bias: []float32{1, 0}}
	b := attack.Batch{X: numbers(2, 4, 0, 1), ID: []uint32{1}}
	adv := make([]float32, 4)
	if err := attack.NewHopSkipJump(attack.L2, 5000, attack.Draws{N: 1}, 1).Perturb(t.Context(), adv, m, b, []uint8{0}); err != nil {
		t.Fatal(err)
	}
	if attack.L2.Distance(b.X, adv) != 0 {
		t.Errorf("moved to %v", adv)
	}
}
