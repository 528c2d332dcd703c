package modification

import (
	"math"
	"slices"
	"testing"
)

// TestPlasma: it fills [0, 1], repeats like a torus, and a stronger decay makes
// it smoother.
func TestPlasma(t *testing.T) {
	const n = 64
	rough := func(p []float32) (step, seam float64) {
		for y := range n {
			for x := range n {
				d := float64(p[y*n+x] - p[y*n+(x+1)%n])
				step += d * d / (n * n)
				if x == n-1 {
					seam += d * d / n
				}
			}
		}
		return step, seam
	}
	previous := math.Inf(1)
	for _, decay := range []float32{1.4, 2, 3} {
		p := plasma(n, decay, stream(4, 0))
		if slices.Min(p) != 0 || slices.Max(p) != 1 {
			t.Errorf("decay %v: from %v to %v", decay, slices.Min(p), slices.Max(p))
		}
		step, seam := rough(p)
		if step >= previous || seam > 4*step {
			t.Errorf("decay %v: mean square step %v, at the seam %v, before %v", decay, step, seam, previous)
		}
		previous = step
	}
}

// TestFog: the brightest pixel would keep its place if the cloud were white.
func TestFog(t *testing.T) {
	src, dst := shirt(0), make([]float32, side*side)
	m := mustLookup(t, "mnist-c/fog")
	m.Apply(dst, src, side, side, 5, stream(1, 0))
	cloud := plasma(256, 1.4, stream(1, 0))
	for i, v := range dst {
		want := (float64(src[i]) + 3*float64(cloud[i/side*256+i%side])) / (1 + 3)
		if math.Abs(float64(v)-want) > .5/255+1e-5 {
			t.Fatalf("pixel %d is %v, want %v", i, v, want)
		}
	}
	clear(src) // black stays black in the original too
	m.Apply(dst, src, side, side, 5, stream(1, 0))
	if mean(dst) != 0 {
		t.Error("fog on black")
	}
}

// TestSnow: over black, flakes come in pairs, turned by half a turn.
func TestSnow(t *testing.T) {
	for _, name := range []string{"mnist-c-extra/snow", "cifar-c/snow"} {
		m := mustLookup(t, name)
		src, dst := make([]float32, side*side), make([]float32, side*side)
		for p := range 5 {
			m.Apply(dst, src, side, side, 4, stream(1, p))
			for i := range dst {
				if dst[i] != dst[len(dst)-1-i] {
					t.Fatalf("%s: pixel %d is %v, its partner %v", name, i, dst[i], dst[len(dst)-1-i])
				}
			}
			if mean(dst) < .05 {
				t.Errorf("%s: mean %v", name, mean(dst))
			}
		}
	}
}
