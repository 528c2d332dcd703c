package modification

import (
	"bytes"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"slices"
	"testing"

	"murmur/sim/stimulus"
)

// TestJPEG compares with the standard library's codec, whose integer transforms
// may be off by a shade here and there.
func TestJPEG(t *testing.T) {
	_, test, err := stimulus.Embedded("fashion-mnist")
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float32, side*side)
	for _, quality := range []int{7, 25, 40, 50, 65, 80, 95} {
		total := 0.
		for p := range 20 {
			src := test.Image(p)
			jpeg(dst, src, side, side, float32(quality), nil)
			original := image.NewGray(image.Rect(0, 0, side, side))
			for i, v := range src {
				original.Pix[i] = uint8(math.Round(float64(255 * v)))
			}
			var file bytes.Buffer
			if err := stdjpeg.Encode(&file, original, &stdjpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
			decoded, err := stdjpeg.Decode(&file)
			if err != nil {
				t.Fatal(err)
			}
			library := decoded.(*image.Gray)
			for i, v := range dst {
				total += math.Abs(float64(255*v)-float64(library.GrayAt(i%side, i/side).Y)) / float64(20*len(dst))
			}
		}
		// An amplitude half way between two steps may go either way, worth a step
		// over its block; the rest agrees.
		if total > .4 {
			t.Errorf("quality %d: %.2f shades apart", quality, total)
		}
	}
	// The cosine transform is orthonormal.
	for a := range cosines {
		for b := range cosines {
			dot := 0.
			for n := range cosines[a] {
				dot += float64(cosines[a][n]) * float64(cosines[b][n])
			}
			want := 0.
			if a == b {
				want = 1
			}
			if math.Abs(dot-want) > 1e-6 {
				t.Errorf("frequencies %d and %d: %v", a, b, dot)
			}
		}
	}
	if steps := jpegSteps(7); steps[0] != 114 || steps[63] != 255 { // (16*714+50)/100, and 707 cut
		t.Errorf("steps at quality 7: %v, %v", steps[0], steps[63])
	}
	if steps := jpegSteps(80); steps[0] != 6 || steps[63] != 40 {
		t.Errorf("steps at quality 80: %v, %v", steps[0], steps[63])
	}
}

func TestPixelate(t *testing.T) {
	// 4 pixels to 2 and back: the means of pairs, both ways.
	src := []float32{
		0, 1, 1, 1,
		0, 1, 1, 1,
		.2, .2, 0, 0,
		.2, .2, 0, 0,
	}
	want := []float32{
		128, 128, 255, 255,
		128, 128, 255, 255,
		51, 51, 0, 0,
		51, 51, 0, 0,
	}
	dst := make([]float32, 16)
	pixelate(dst, src, 4, 4, .5, nil)
	for i := range dst {
		if dst[i] != want[i]/255 {
			t.Errorf("pixel %d is %v of 255, want %v", i, 255*dst[i], want[i])
		}
	}
	// 5 pixels to 3: boxes of 5/3 pixels take whole pixels, 0 1 | 2 | 3 4 by their
	// centres; back again, each pixel takes the box it lies in.
	line := []float32{0, .2, .4, .6, 1}
	dst = make([]float32, 5)
	pixelate(dst, line, 5, 1, .6, nil)
	for i, want := range []float32{.1, .1, .4, .8, .8} {
		if math.Abs(float64(dst[i]-want)) > .5/255 {
			t.Errorf("pixel %d is %v, want %v", i, dst[i], want)
		}
	}
}

func TestQuantize(t *testing.T) {
	src, dst := []float32{0, .1, .49, .51, .8, 1}, make([]float32, 6)
	quantize(dst, src, 6, 1, 1, nil)
	if want := []float32{0, 0, 0, 1, 1, 1}; !slices.Equal(dst, want) {
		t.Errorf("1 bit: %v", dst)
	}
	quantize(dst, src, 6, 1, 2, nil)
	if want := []float32{0, 0, 1. / 3, 2. / 3, 2. / 3, 1}; !slices.Equal(dst, want) {
		t.Errorf("2 bits: %v", dst)
	}
}

// TestSaturate works two colours out by hand.
func TestSaturate(t *testing.T) {
	src, dst := []float32{0, .02, 1}, make([]float32, 3)
	saturateAll(dst, src, 3, 1, 5, nil)
	// Hue .2 is a fifth past yellow: red falls by a fifth of the saturation of .2.
	for i, value := range []float64{.2, .6, 1} {
		want := value * (.2125*(1-.2*.2) + .7154 + .0721*.8)
		if math.Abs(float64(dst[i])-want) > 1e-6 {
			t.Errorf("%v becomes %v, want %v", src[i], dst[i], want)
		}
	}
	saturate(dst, src, 3, 1, 4, nil) // a red of saturation .1
	for i, v := range src {
		if want := float64(v) * (.299 + .701*.9); math.Abs(float64(dst[i])-want) > 1e-6 {
			t.Errorf("%v becomes %v, want %v", v, dst[i], want)
		}
	}
}

// TestPessimal: a tile, repeated, of one length and either sign.
func TestPessimal(t *testing.T) {
	src, dst := make([]float32, side*side), make([]float32, side*side)
	signs := map[bool]bool{}
	for p := range 20 {
		pessimal(dst, src, side, side, 5.315, stream(1, p))
		square := 0.
		for i, v := range dst {
			square += float64(v) * float64(v)
			if x, y := i%side, i/side; v != dst[y%tile*side+x%tile] {
				t.Fatalf("(%d, %d) is not as in the first tile", x, y)
			}
		}
		if norm := math.Sqrt(square); math.Abs(norm-5.315) > 1e-4 {
			t.Errorf("norm %v", norm)
		}
		signs[dst[0] > 0] = true
	}
	if len(signs) != 2 {
		t.Error("one sign alone")
	}
}

// TestPaperContrast: the mean is that of 32 x 32 pixels, the frame black.
func TestPaperContrast(t *testing.T) {
	src, dst := make([]float32, side*side), make([]float32, side*side)
	for i := range src {
		src[i] = 200. / 255
	}
	mustLookup(t, "paper/contrast").Apply(dst, src, side, side, .4, nil)
	middle := 200. * side * side / (32 * 32)
	want := math.Floor((200-middle)*.4 + middle)
	for i, v := range dst {
		if math.Abs(float64(v)*255-want) > 1e-3 {
			t.Fatalf("pixel %d is %v of 255, want %v", i, v*255, want)
		}
	}
}
