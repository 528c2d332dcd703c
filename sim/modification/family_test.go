package modification

import (
	"math"
	"slices"
	"strings"
	"testing"

	"murmur/sim/stimulus"
)

// TestFamilies holds the families against the lists of the originals.
func TestFamilies(t *testing.T) {
	if got, want := strings.Join(Families(), " "), "mnist-c cifar-c paper"; got != want {
		t.Errorf("families %q, want %q", got, want)
	}
	for family, want := range map[string]string{
		"mnist-c": "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate stripe fog spatter " +
			"dotted_line zigzag canny_edges " + // the main set
			"gaussian_noise speckle_noise pessimal_noise gaussian_blur defocus_blur zoom_blur frost snow contrast saturate " +
			"jpeg_compression pixelate elastic_transform quantize line inverse " + // 16 others
			"glass_blur_vertical gaussian_blur_vertical",
		"cifar-c": "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow frost fog brightness " +
			"contrast elastic_transform pixelate jpeg_compression speckle_noise gaussian_blur spatter saturate",
		"paper":   "brightness contrast gaussian_noise impulse_noise motion_blur snow elastic perspective rotate obstruction",
		"unknown": "",
	} {
		var names []string
		for _, name := range strings.Fields(want) {
			names = append(names, family+"/"+name)
		}
		if got := Family(family); !slices.Equal(got, names) {
			t.Errorf("%s holds %v, want %v", family, got, names)
		}
	}
	all := Family("")
	for _, family := range Families() {
		all = append(all, Family(family)...)
	}
	if !slices.Equal(Names(), all) {
		t.Error("Names() are not those of the families in order")
	}
	for _, name := range Names() {
		levels := map[string]int{"mnist-c": 1, "cifar-c": 5, "paper": 5}
		family, member, _ := strings.Cut(name, "/")
		want, ok := levels[family]
		switch {
		case !ok:
			want = Strengths
		case family == "paper" && slices.Contains([]string{"elastic", "perspective", "rotate", "obstruction"}, member):
			want = 11
		}
		if got := mustLookup(t, name).Levels(); got != want {
			t.Errorf("%s has %d strengths, want %d", name, got, want)
		}
	}
}

// notStronger lists the strengths that do not change pictures more, in the mean
// square, than the one before, each for a reason in the original.
var notStronger = map[string][]int{
	"cifar-c/glass_blur":        {2, 3, 5},    // as many pixels are moved, and a wider blur hides it
	"cifar-c/motion_blur":       {4},          // more taps for the same softness: those of weight 0
	"cifar-c/elastic_transform": {2, 3, 4, 5}, // the picture is held by points that move less and less
	"cifar-c/frost":             {4},          // the picture fades and the frost stays
	"cifar-c/spatter":           {4},          // from water to mud
	"cifar-c/saturate":          {1, 2, 3},    // no effect on grey
	"paper/perspective":         {1, 4, 7, 9}, // whole pixels: 0 of them, and as many as before
}

// TestFamilyStrength: over embedded pictures, with common draws, the mean
// squared change grows from strength to strength, but for those listed.
func TestFamilyStrength(t *testing.T) {
	const pictures = 100
	_, test, err := stimulus.Embedded("fashion-mnist")
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float32, test.Size())
	for _, name := range Names() {
		if !strings.Contains(name, "/") {
			continue
		}
		m := mustLookup(t, name)
		previous := 0.0
		for strength := 1; strength <= m.Levels(); strength++ {
			change := 0.0
			for p := range pictures {
				m.Apply(dst, test.Image(p), test.Width, test.Height, m.Value(strength), stream(7, p))
				change += meanSquare(dst, test.Image(p)) / pictures
			}
			listed := slices.Contains(notStronger[name], strength)
			if stronger := change > 1.01*previous && change > 1e-6; stronger == listed {
				t.Errorf("%s: strength %d changes by %.6f, the one before by %.6f", name, strength, change, previous)
			}
			previous = change
		}
	}
}

// TestBytes: what a published set keeps as bytes comes out as bytes, from
// pictures of bytes.
func TestBytes(t *testing.T) {
	_, test, err := stimulus.Embedded("fashion-mnist")
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float32, test.Size())
	for _, name := range append(Family("mnist-c"), Family("cifar-c")...) {
		m := mustLookup(t, name)
		m.Apply(dst, test.Image(3), test.Width, test.Height, m.Value(m.Levels()), stream(1, 0))
		for i, v := range dst {
			if k := math.Round(255 * float64(v)); v != float32(k)/255 {
				t.Fatalf("%s: pixel %d is %v, no byte", name, i, v)
			}
		}
	}
	for k := range 256 {
		v := float32(k) / 255
		if nearest(v) != v || truncated(v) != v {
			t.Errorf("byte %d becomes %v and %v", k, nearest(v), truncated(v))
		}
	}
	for v, want := range map[float32][2]float32{
		2.5 / 255: {2, 2}, 3.5 / 255: {4, 3}, 7.9 / 255: {8, 7}, -1: {0, 0}, 1.2: {255, 255},
	} {
		if got := [2]float32{nearest(v) * 255, truncated(v) * 255}; got != want {
			t.Errorf("%v: bytes %v, want %v", 255*v, got, want)
		}
	}
}

// TestUniform: what only moves light about leaves a uniform picture as it is,
// with the edge repeated or mirrored.
func TestUniform(t *testing.T) {
	src, dst := make([]float32, side*side), make([]float32, side*side)
	for i := range src {
		src[i] = 102. / 255
	}
	for _, name := range []string{
		"cifar-c/contrast", "cifar-c/defocus_blur", "cifar-c/elastic_transform", "cifar-c/gaussian_blur", "cifar-c/glass_blur",
		"cifar-c/jpeg_compression", "cifar-c/motion_blur", "cifar-c/pixelate", "cifar-c/zoom_blur",
		"mnist-c/contrast", "mnist-c/defocus_blur", "mnist-c/gaussian_blur", "mnist-c/gaussian_blur_vertical", "mnist-c/glass_blur",
		"mnist-c/glass_blur_vertical", "mnist-c/motion_blur", "mnist-c/pixelate", "mnist-c/zoom_blur",
	} {
		m := mustLookup(t, name)
		for strength := 1; strength <= m.Levels(); strength++ {
			m.Apply(dst, src, side, side, m.Value(strength), stream(1, strength))
			for i, v := range dst {
				// Cutting to bytes may cost one, before and after.
				if d := math.Abs(float64(v)*255 - 102); d > 2.01 {
					t.Fatalf("%s %d: pixel %d is %v of 255", name, strength, i, v*255)
				}
			}
		}
	}
	// And edges there are none.
	m := mustLookup(t, "mnist-c/canny_edges")
	m.Apply(dst, src, side, side, 1, nil)
	if mean(dst) != 0 {
		t.Error("edges in a uniform picture")
	}
}

// TestSmearIsMotionBlur: murmur's own motion blur has the radius ceil(2 sigma).
func TestSmearIsMotionBlur(t *testing.T) {
	src := shirt(3)
	a, b := make([]float32, len(src)), make([]float32, len(src))
	for _, degrees := range []float32{-45, -10, 0, 30, 45} {
		motionBlurBy(a, src, side, side, 3, degrees)
		smear{6, 3}.apply(b, src, side, side, degrees, false)
		if d := meanSquare(a, b); d > 1e-12 {
			t.Errorf("%v degrees: mean square %v between the two", degrees, d)
		}
	}
	// Straight up and down the tail points up: a point lights those above it.
	point := make([]float32, side*side)
	point[14*side+14] = 1
	smear{3, 2}.apply(a, point, side, side, 90, false)
	for i, v := range a {
		x, y := i%side, i/side
		if on := x == 14 && y <= 14 && y > 14-7; on != (v > 0) {
			t.Errorf("(%d, %d) is %v", x, y, v)
		}
	}
	// What leaves the picture is lost with dropped alone: 7 taps on 4 pixels.
	row, blurred := []float32{1, 1, 1, 1}, make([]float32, 4)
	smear{3, 2}.apply(blurred, row, 4, 1, 0, true)
	total, kept := 0., 0.
	for i := range 7 {
		w := math.Exp(-float64(i*i) / 8)
		total += w
		if i < 4 {
			kept += w
		}
	}
	if math.Abs(float64(blurred[0])-kept/total) > 1e-6 {
		t.Errorf("%v remains, want %v", blurred[0], kept/total)
	}
}
