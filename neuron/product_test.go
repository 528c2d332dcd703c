package neuron

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Products formed together have the bits of products formed one by one, whatever edges they share.
func TestCompute(t *testing.T) {
	scratch := new(Scratch)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float32Range(-2, 2)
		draw := func(n int) []float32 { return rapid.SliceOfN(value, n, n).Draw(t, "values") }
		lanes := rapid.IntRange(1, 40).Draw(t, "lanes")
		c := NewChannel("x", 22, lanes)
		for i := range 22 {
			copy(c.Out(i).Lanes(), draw(lanes))
		}
		c.Flip()
		views := []View{c.View(Span{2, 3}, Span{7, 13}), c.View(Span{2, 3}, Span{7, 13}), c.View(Span{2, 16}), c.All(), c.View()}
		var products []Product
		var want [][]float32
		for range rapid.IntRange(0, 25).Draw(t, "products") {
			v := views[rapid.IntRange(0, len(views)-1).Draw(t, "view")]
			n := rapid.SampledFrom([]int{lanes, (lanes + 1) / 2}).Draw(t, "in use")
			var alone []float32
			if rapid.Bool().Draw(t, "hebbian") {
				dst, post := draw(v.Len()), draw(n)
				alone = slices.Clone(dst)
				v.Outer(alone, post)
				products = append(products, v.Correlate(dst, post))
			} else {
				dst, w := draw(n), draw(v.Len())
				alone = slices.Clone(dst)
				v.WeightedSum(alone, w)
				products = append(products, v.Weigh(dst, w))
			}
			want = append(want, alone)
		}
		Compute(products, rapid.SampledFrom([]*Scratch{nil, scratch}).Draw(t, "scratch"))
		for i, p := range products {
			if !slices.Equal(p.dst, want[i]) {
				t.Fatalf("product %d of %d: %v, want %v", i, len(products), p.dst, want[i])
			}
		}
	})
}
