package neuron

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Inputs formed together have the bits of inputs formed one by one, whatever edges they share.
func TestIntegrate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float32Range(-2, 2)
		lanes := rapid.IntRange(1, 40).Draw(t, "lanes")
		c := NewChannel("x", 12, lanes)
		for i := range 12 {
			copy(c.Out(i).Lanes(), rapid.SliceOfN(value, lanes, lanes).Draw(t, "x"))
		}
		c.Flip()
		views := []View{c.View(Span{2, 3}, Span{7, 4}), c.View(Span{2, 3}, Span{7, 4}), c.View(Span{2, 7}), c.All(), c.View()}
		var inputs []Input
		var want [][]float32
		for range rapid.IntRange(0, 25).Draw(t, "inputs") {
			v := views[rapid.IntRange(0, len(views)-1).Draw(t, "view")]
			n := rapid.SampledFrom([]int{lanes, (lanes + 1) / 2}).Draw(t, "in use")
			w := rapid.SliceOfN(value, v.Len(), v.Len()).Draw(t, "w")
			dst := rapid.SliceOfN(value, n, n).Draw(t, "dst")
			alone := slices.Clone(dst)
			v.WeightedSum(alone, w)
			want = append(want, alone)
			inputs = append(inputs, v.Input(dst, w))
		}
		Integrate(inputs)
		for i, in := range inputs {
			if !slices.Equal(in.dst, want[i]) {
				t.Fatalf("input %d of %d: %v, want %v", i, len(inputs), in.dst, want[i])
			}
		}
	})
}
