package experiment

import (
	"math"
	"testing"

	"murmur/sim/attack"
)

// TestPairedDraws: of draws in pairs every second is the one before with the sign of its noise changed, at the readout and
// at the units; the others are the draws that they are alone.
func TestPairedDraws(t *testing.T) {
	t.Parallel()
	r := lived(t)
	w := outside(r)
	a := armOf(t, r, "oracle")
	m, still := w.model(a), w.newModel(a, a.Readout, a.Bias, false)
	b := attack.Batch{X: w.test.Pixels[:2*w.test.Size()], ID: []uint32{4, 9}}
	classes := len(a.Bias)
	ask := func(m *model, d attack.Draws) []float32 {
		z := make([]float32, len(b.ID)*d.N*classes)
		m.Logits(z, b, d)
		return z
	}
	const n = 5
	paired := ask(m, attack.Draws{From: 6, N: n, Paired: true})
	alone := ask(m, attack.Draws{From: 6, N: n})
	drive := ask(still, attack.Draws{N: 1})
	source := &sourceLaw{a.Couplings, w.seed}
	units := len(a.Couplings.Self)
	for i := range b.ID {
		for k := range n {
			for c := range classes {
				at := (i*n+k)*classes + c
				switch noise := paired[at] - drive[i*classes+c]; {
				case k%2 == 0 && paired[at] != alone[at]:
					t.Errorf("image %d, draw %d: %v in pairs, %v alone", i, k, paired[at], alone[at])
				case noise == 0:
					t.Errorf("image %d, draw %d: no noise", i, k)
				case k%2 == 1 && math.Abs(float64(paired[at-classes]-drive[i*classes+c]+noise)) > 1e-5:
					t.Errorf("image %d, draw %d: noise %v is not that of the draw before, mirrored", i, k, noise)
				}
			}
		}
	}
	silent := make([]float32, units*modelLanes)
	first := source.add(silent, b.ID, attack.Draws{From: 6, N: 2, Paired: true}, 0)
	for j, v := range source.add(silent, b.ID, attack.Draws{From: 6, N: 2, Paired: true}, 1) {
		if v != -first[j] {
			t.Fatalf("unit %d: %v, then %v", j/modelLanes, first[j], v)
		}
	}
}
