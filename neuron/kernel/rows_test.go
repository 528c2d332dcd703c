package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestScaleAndSumRows: both kernels give the bits of a plain loop, for every length.
func TestScaleAndSumRows(t *testing.T) {
	defer Use("auto")
	rapid.Check(t, func(t *rapid.T) {
		lanes := rapid.IntRange(0, 140).Draw(t, "lanes")
		rows := rapid.IntRange(0, 150).Draw(t, "rows")
		stride := lanes + rapid.IntRange(0, 3).Draw(t, "gap")
		value := rapid.Float32Range(-1e30, 1e30)
		block := rapid.SliceOfN(value, rows*stride, rows*stride).Draw(t, "block")
		x := rapid.SliceOfN(value, lanes, lanes).Draw(t, "x")
		a := value.Draw(t, "a")
		scaled, summed := make([]float32, lanes), make([]float32, lanes)
		for l := range lanes {
			scaled[l] = a * x[l]
			summed[l] = x[l]
			for j := range rows {
				summed[l] += block[j*stride+l]
			}
		}
		for _, name := range Names() {
			if err := Use(name); err != nil {
				t.Fatal(err)
			}
			got := make([]float32, lanes)
			Scale(got, a, x)
			same(t, name+" Scale", got, scaled)
			copy(got, x)
			SumRows(got, block, rows, stride)
			same(t, name+" SumRows", got, summed)
		}
	})
}

func same(t *rapid.T, what string, got, want []float32) {
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && want[i] == want[i] {
			t.Fatalf("%s: element %d is %x, want %x", what, i, got[i], want[i])
		}
	}
}
