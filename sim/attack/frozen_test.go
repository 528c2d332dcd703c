package attack_test

import (
	"slices"
	"testing"

	"murmur/sim/attack"
)

// TestFrozen: whatever draws are asked for, the answer is that of one draw, and
// so is the product with the summed cotangents.
func TestFrozen(t *testing.T) {
	const inputs, n, draws = 5, 3, 4
	m := linear(inputs)
	m.sigma = .5
	frozen := attack.Frozen{Model: m, Draw: 77}
	b := attack.Batch{X: numbers(2, n*inputs, 0, 1), ID: []uint32{4, 5, 6}}
	one, many := make([]float32, n*2), make([]float32, n*draws*2)
	m.Logits(one, b, attack.Draws{From: 77, N: 1})
	frozen.Logits(many, b, attack.Draws{From: 12, N: draws})
	for i := range n {
		for k := range draws {
			if got := many[(i*draws+k)*2:][:2]; !slices.Equal(got, one[i*2:][:2]) {
				t.Errorf("image %d, draw %d: %v, want %v", i, k, got, one[i*2:][:2])
			}
		}
	}
	// Small whole numbers, so that every sum is exact.
	cotangent, sum := make([]float32, n*draws*2), make([]float32, n*2)
	for i := range cotangent {
		cotangent[i] = float32(i%5 - 2)
		sum[i/(2*draws)*2+i%2] += cotangent[i]
	}
	got, want := make([]float32, n*inputs), make([]float32, n*inputs)
	frozen.Pull(got, b, cotangent, attack.Draws{From: 12, N: draws})
	m.Pull(want, b, sum, attack.Draws{From: 77, N: 1})
	if !slices.Equal(got, want) {
		t.Errorf("pulled %v, want %v", got, want)
	}
	if slices.Equal(one[:2], one[2:4]) {
		t.Error("two images have the same noise: the test shows nothing")
	}
	// An attack on it, with any draws, is the attack on that one draw.
	p := attack.NewBIM(attack.Linf, .1, attack.Draws{From: 1000, N: 3})
	q := attack.NewBIM(attack.Linf, .1, attack.Draws{From: 77, N: 1})
	q.Steps = 1
	p.Steps = 1
	if !slices.Equal(perturb(t, p, frozen, b, []uint8{0, 1, 0}), perturb(t, q, m, b, []uint8{0, 1, 0})) {
		t.Error("a step on the frozen model is not a step on its draw")
	}
}

// TestTransfer: the images are those made against the other model, and the
// victim is not asked.
func TestTransfer(t *testing.T) {
	from := linear(6)
	victim := &recorder{Model: &toy{inputs: 6, classes: 2, weight: make([]float32, 12), bias: []float32{0, 1}}}
	b := attack.Batch{X: numbers(2, 12, 0, 1), ID: []uint32{4, 5}}
	p := attack.NewPGD(attack.L2, .3, attack.Draws{From: 5, N: 2}, 1)
	a := attack.Transfer{Attack: p, From: from}
	adv := make([]float32, 12)
	if err := a.Perturb(t.Context(), adv, victim, b, []uint8{0, 1}); err != nil {
		t.Fatal(err)
	}
	if len(victim.calls) != 0 {
		t.Errorf("the victim was asked: %v", victim.calls)
	}
	if !slices.Equal(adv, perturb(t, p, from, b, []uint8{0, 1})) || slices.Equal(adv, b.X) {
		t.Error("not the images made against the other model")
	}
	if a.Reserved() != p.Reserved() {
		t.Errorf("reserved %v, want those of the attack", a.Reserved())
	}
	mustPanic(t, func() {
		_ = attack.Transfer{Attack: p, From: linear(5)}.Perturb(t.Context(), adv, victim, b, []uint8{0, 1})
	})
}
