package modification

import (
	"math"
	"slices"
	"testing"

	"murmur/neuron/random"
)

// TestGlass: without blur, exchanging keeps the pixels and copying their shades;
// either leaves the pixels that the loops do not reach.
func TestGlass(t *testing.T) {
	src, dst := shirt(2), make([]float32, side*side)
	each(src, truncated)
	none := func(dst, src []float32, _, _ int, _ float32, _ *random.Stream) { copy(dst, src) }
	frosted(mnistPanes, true, none)(dst, src, side, side, 2, stream(1, 0))
	a, b := slices.Sorted(slices.Values(src)), slices.Sorted(slices.Values(dst))
	if !slices.Equal(a, b) || slices.Equal(src, dst) {
		t.Error("exchanging does not permute the pixels")
	}
	frosted(cifarPanes, false, none)(dst, src, side, side, 1, stream(1, 0))
	for i, v := range dst {
		x, y := i%side, i/side
		if !slices.Contains(a, v) {
			t.Errorf("(%d, %d) is a new shade, %v", x, y, v)
		}
		// Rows and columns from reach+1 to side-reach, 2 to 27, are moved.
		if (x < 2 || y < 2) && v != src[i] {
			t.Errorf("(%d, %d) was moved", x, y)
		}
	}
}

// TestVerticalBlur: a column stays a column.
func TestVerticalBlur(t *testing.T) {
	src, dst := make([]float32, side*side), make([]float32, side*side)
	src[14*side+9] = 1
	verticalBlur(dst, src, side, side, 2, nil)
	total := 0.
	for k := -8; k <= 8; k++ {
		total += math.Exp(-float64(k*k) / 8)
	}
	for i, v := range dst {
		want := 0.
		if k := i/side - 14; i%side == 9 && k >= -8 && k <= 8 {
			want = math.Exp(-float64(k*k)/8) / total
		}
		if math.Abs(float64(v)-want) > 1e-6 {
			t.Errorf("(%d, %d) is %v, want %v", i%side, i/side, v, want)
		}
	}
}

// TestDisc: the weights sum to 1, but for the discs that reach the edge of their
// square, which OpenCV mirrors there (1.01298 and 1.01079 in all); below a radius
// of 1 they are a small Gaussian, and 29 pixels lie within 3.
func TestDisc(t *testing.T) {
	for _, d := range slices.Concat(mnistDiscs, cifarDiscs) {
		taps, reach := d.taps()
		sum := 0.
		for _, w := range taps {
			sum += float64(w)
		}
		want := map[float32]float64{8: 1.0129755, 10: 1.0107858}[d.radius]
		if want == 0 {
			want = 1
		}
		if math.Abs(sum-want) > 1e-5 || len(taps) != (2*reach+1)*(2*reach+1) {
			t.Errorf("%v: %d weights sum to %v, want %v", d, len(taps), sum, want)
		}
	}
	taps, _ := mnistDiscs[0].taps()
	full := 0
	for _, w := range taps {
		if math.Abs(float64(w)-1./29) < 1e-5 {
			full++
		}
	}
	if full != 29 {
		t.Errorf("%d pixels in a disc of 3", full)
	}
	taps, reach := disc{.5, .6}.taps()
	e := math.Exp(-1 / (2 * .6 * .6))
	if got, want := float64(taps[reach*(2*reach+1)+reach]), 1/((1+2*e)*(1+2*e)); math.Abs(got-want) > 1e-5 {
		t.Errorf("the middle of a small disc is %v, want %v", got, want)
	}
}

func TestEqualiseAndDistances(t *testing.T) {
	if got, want := equalise([]int{3, 3, 7, 9}), []int{0, 0, 128, 255}; !slices.Equal(got, want) {
		t.Errorf("equalised %v, want %v", got, want)
	}
	if got := equalise([]int{7, 7}); !slices.Equal(got, []int{7, 7}) {
		t.Errorf("one shade becomes %v", got)
	}
	edge := make([]bool, 25)
	edge[12] = true
	d := distances(edge, 5, 5)
	for i, want := range []float32{2.8, 2.1969, 2, 2.1969, 2.8, 2.1969, 1.4, 1, 1.4, 2.1969} {
		if math.Abs(float64(d[i]-want)) > 1e-5 || d[i] != d[24-i] {
			t.Errorf("pixel %d is %v away, want %v; %d is %v", i, d[i], want, 24-i, d[24-i])
		}
	}
}
