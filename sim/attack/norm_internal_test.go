package attack

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPlainNorms holds steps, projections and noise in Linf, which go by the bits of pixels, against their plain meaning.
func TestPlainNorms(t *testing.T) {
	within := func(v, low, high float32) float32 { return min(max(v, low), high) }
	rapid.Check(t, func(t *rapid.T) {
		pixel := rapid.OneOf(rapid.SampledFrom([]float32{0, 1, .5, 0x1p-24, math.SmallestNonzeroFloat32}), rapid.Float32Range(0, 1))
		change := rapid.OneOf(rapid.SampledFrom([]float32{0, float32(math.Copysign(0, -1)), math.SmallestNonzeroFloat32, -math.MaxFloat32}), rapid.Float32Range(-2, 2))
		n := rapid.IntRange(0, 9).Draw(t, "pixels")
		origin := rapid.SliceOfN(pixel, n, n).Draw(t, "origin")
		x := rapid.SliceOfN(rapid.OneOf(pixel, rapid.Float32Range(-2, 2)), n, n).Draw(t, "x")
		direction := rapid.SliceOfN(change, n, n).Draw(t, "direction")
		share := rapid.SliceOfN(rapid.Float32Range(0x1p-24, 1), n, n).Draw(t, "share")
		eps := rapid.OneOf(rapid.SampledFrom([]float32{0, .04, 1}), rapid.Float32Range(0, 2)).Draw(t, "eps")

		moved, projected, noisy := slices.Clone(x), slices.Clone(x), slices.Clone(share)
		Linf.move(moved, direction, eps)
		Linf.project(projected, origin, eps)
		addUniform(noisy, origin, eps)
		for i, o := range origin {
			var step float32
			if g := direction[i]; g > 0 {
				step = eps
			} else if g < 0 {
				step = -eps
			}
			if moved[i] != x[i]+step {
				t.Fatalf("%v moves to %v along %v by %v", x[i], moved[i], direction[i], eps)
			}
			if want := within(within(x[i], o-eps, o+eps), 0, 1); math.Float32bits(projected[i]) != math.Float32bits(want) {
				t.Fatalf("%v is brought to %v, want %v: within %v of %v", x[i], projected[i], want, eps, o)
			}
			if want := within(within(o+float32(eps*(2*share[i]-1)), o-eps, o+eps), 0, 1); math.Float32bits(noisy[i]) != math.Float32bits(want) {
				t.Fatalf("%v with %v of the noise is %v, want %v", o, share[i], noisy[i], want)
			}
		}
	})
}
