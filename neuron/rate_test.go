package neuron_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron"
	"murmur/neuron/kernel"
)

// The responses are those of the scalar functions, to the bit, for any number of lanes, and may take the place of the
// potentials.
func TestResponsesLaneByLane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lane := rapid.Float32Range(-200, 200)
		u := rapid.SliceOfN(lane, 0, 70).Draw(t, "u")
		mean := rapid.SliceOfN(lane, len(u), len(u)).Draw(t, "mean")
		factor := rapid.Float32Range(0, 4).Draw(t, "factor")
		for name, f := range map[string]struct {
			fill func(r, u []float32)
			want func(l int) float32
		}{
			"Rectify": {
				func(r, u []float32) { neuron.Rectify(r, u, mean, factor) },
				func(l int) float32 { return kernel.Tanh(factor * max(0, u[l]-mean[l])) },
			},
			"Tanh": {neuron.Tanh, func(l int) float32 { return kernel.Tanh(u[l]) }},
			"Excite": {
				func(r, u []float32) { neuron.Excite(r, u, factor) },
				func(l int) float32 { return kernel.Exp(max(-80, min(80, factor*u[l]))) },
			},
		} {
			apart, inPlace := make([]float32, len(u)), append([]float32(nil), u...)
			f.fill(apart, u)
			f.fill(inPlace, inPlace)
			for l := range u {
				w := math.Float32bits(f.want(l))
				if g, p := math.Float32bits(apart[l]), math.Float32bits(inPlace[l]); g != w || p != w {
					t.Fatalf("%s, lane %d of %d: got %08x, in place %08x, want %08x", name, l, len(u), g, p, w)
				}
			}
		}
	})
}
