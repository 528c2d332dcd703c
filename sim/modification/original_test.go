package modification

import (
	"math"
	"testing"
)

// TestOriginal holds changes without a draw against the bytes that the code of
// the originals gave (with NumPy 1.24, OpenCV 4.6, scikit-image 0.19, SciPy 1.10
// and ImageMagick 6.9) of a picture made by a formula: 28 x 28 pixels for
// MNIST-C, 32 x 32 for CIFAR-10-C. There are the sum over all pixels and eight of
// them; a few in a thousand may be off by one.
func TestOriginal(t *testing.T) {
	for _, c := range []struct {
		name  string
		value float32
		side  int
		sum   int
		at    [8]int
	}{
		{"mnist-c-extra/defocus_blur", 1, 28, 95882, [8]int{7, 124, 119, 153, 134, 113, 115, 121}},
		{"mnist-c-extra/defocus_blur", 4, 28, 97332, [8]int{53, 124, 126, 124, 128, 133, 126, 128}},
		{"mnist-c-extra/defocus_blur", 5, 28, 97171, [8]int{86, 119, 130, 113, 126, 131, 130, 129}},
		{"mnist-c-extra/gaussian_blur", 2, 28, 95964, [8]int{1, 109, 126, 147, 133, 111, 119, 84}},
		{"mnist-c-extra/zoom_blur", 1.3, 28, 96855, [8]int{8, 67, 125, 165, 131, 134, 122, 103}},
		{"mnist-c-extra/saturate", 5, 28, 190039, [8]int{50, 108, 249, 249, 249, 249, 249, 249}},
		{"mnist-c-extra/pixelate", .4, 28, 95979, [8]int{5, 100, 146, 161, 136, 122, 143, 129}},
		{"mnist-c/scale", .7, 28, 48008, [8]int{0, 0, 140, 0, 150, 0, 193, 0}},
		{"mnist-c/canny_edges", 1, 28, 67065, [8]int{0, 255, 255, 255, 0, 0, 0, 0}},
		{"cifar-c/defocus_blur", 5, 32, 125707, [8]int{1, 118, 98, 192, 118, 105, 112, 125}},
		{"cifar-c/zoom_blur", 1.25, 32, 126919, [8]int{8, 125, 116, 185, 130, 99, 81, 118}}, // to 33 pixels at the end
		{"cifar-c/contrast", .3, 32, 125923, [8]int{86, 121, 149, 152, 104, 110, 119, 121}},
		{"cifar-c/pixelate", .65, 32, 126736, [8]int{2, 106, 106, 205, 126, 114, 142, 138}},
		{"cifar-c-validation/gaussian_blur", .8, 32, 125889, [8]int{0, 117, 118, 197, 111, 98, 115, 114}},
		{"cifar-c-validation/saturate", 5, 32, 108180, [8]int{0, 99, 181, 188, 50, 69, 95, 99}},
	} {
		m := mustLookup(t, c.name)
		dst := make([]float32, c.side*c.side)
		m.Apply(dst, waves(c.side), c.side, c.side, c.value, nil)
		asOriginal(t, c.name, dst, c.side, c.sum, c.at)
	}
	for _, c := range []struct {
		smear   smear
		degrees float32
		sum     int
		at      [8]int
	}{
		{smear{10, 3}, 30, 97180, [8]int{14, 97, 150, 131, 101, 137, 150, 117}},
		{smear{6, 1.5}, -45, 95895, [8]int{1, 20, 170, 151, 96, 102, 179, 52}},
		{smear{12, 12}, -100, 86854, [8]int{0, 149, 100, 43, 136, 123, 127, 127}},
	} {
		dst := make([]float32, side*side)
		c.smear.magick(dst, waves(side), side, side, c.degrees)
		asOriginal(t, "motion blur", dst, side, c.sum, c.at)
	}
}

// waves is a picture of bytes of all shades.
func waves(n int) []float32 {
	picture := make([]float32, n*n)
	for i := range picture {
		x, y := i%n, i/n
		picture[i] = float32((7*x*x+3*y*y+5*x*y)/4%256) / 255
	}
	return picture
}

func asOriginal(t *testing.T, name string, dst []float32, n, sum int, at [8]int) {
	t.Helper()
	got := 0
	for _, v := range dst {
		got += int(math.Round(255 * float64(v)))
	}
	if d := got - sum; max(d, -d) > n*n/200 {
		t.Errorf("%s: bytes sum to %d, want %d", name, got, sum)
	}
	for k, want := range at {
		x, y := 3*k%8*(n-1)/7, k*(n-1)/7
		if got := int(math.Round(255 * float64(dst[y*n+x]))); got-want > 1 || want-got > 1 {
			t.Errorf("%s: (%d, %d) is %d, want %d", name, x, y, got, want)
		}
	}
}
