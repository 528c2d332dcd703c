package modification

import (
	"math"
	"slices"
	"strings"
	"testing"

	"murmur/sim/stimulus"
)

// TestFamilies holds the families against the lists of the originals: the sets
// that people report, and what their code has beside them.
func TestFamilies(t *testing.T) {
	all := members(t, own)
	for i, want := range []struct {
		name     string
		levels   int
		reported bool
		members  string
		standIns string
	}{
		{"mnist-c", 1, true, "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate stripe fog spatter " +
			"dotted_line zigzag canny_edges", ""},
		{"mnist-c-extra", 1, true, "gaussian_noise speckle_noise pessimal_noise gaussian_blur defocus_blur zoom_blur frost snow contrast saturate " +
			"jpeg_compression pixelate elastic_transform quantize line inverse", "pessimal_noise frost"},
		{"mnist-c-twins", 1, false, "glass_blur gaussian_blur", ""},
		{"cifar-c", 5, true, "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow frost fog brightness " +
			"contrast elastic_transform pixelate jpeg_compression", "frost"},
		{"cifar-c-validation", 5, true, "speckle_noise gaussian_blur spatter saturate", ""},
		{"paper", 5, true, "brightness contrast gaussian_noise impulse_noise motion_blur snow elastic perspective rotate obstruction", ""},
	} {
		f := Families()[i+1]
		if f.Name != want.name || f.Reported != want.reported || f.Doc == "" {
			t.Errorf("family %d is %+v, want %s", i, f, want.name)
		}
		var names, standIns []string
		for _, name := range strings.Fields(want.members) {
			names = append(names, want.name+"/"+name)
		}
		if !slices.Equal(f.Members, names) {
			t.Errorf("%s holds %v, want %v", want.name, f.Members, names)
		}
		for _, name := range f.Members {
			m := mustLookup(t, name)
			_, member, _ := strings.Cut(name, "/")
			levels := want.levels
			if want.name == "paper" && slices.Contains([]string{"elastic", "perspective", "rotate", "obstruction"}, member) {
				levels = 11
			}
			if m.Levels() != levels {
				t.Errorf("%s has %d strengths, want %d", name, m.Levels(), levels)
			}
			if m.StandIn {
				standIns = append(standIns, member)
			}
		}
		if got := strings.Join(standIns, " "); got != want.standIns {
			t.Errorf("of %s %q stand in, want %q", want.name, got, want.standIns)
		}
		f.Members[0] = "changed"
		all = append(all, members(t, want.name)...)
	}
	if !slices.Equal(Names(), all) {
		t.Error("Names() are not those of the families in order")
	}
	if f, ok := LookupFamily("imagenet-c"); ok || len(Families()) != 7 {
		t.Errorf("%d families and %+v", len(Families()), f)
	}
}

// notStronger lists the strengths that do not change pictures more, in the mean
// square, than the one before, each for a reason in the original.
var notStronger = map[string][]int{
	"cifar-c/glass_blur":          {2, 3, 5},    // as many pixels are moved, and a wider blur hides it
	"cifar-c/motion_blur":         {4},          // more taps for the same softness: those of weight 0
	"cifar-c/elastic_transform":   {2, 3, 4, 5}, // the picture is held by points that move less and less
	"cifar-c/frost":               {4},          // the picture fades and the frost stays
	"cifar-c-validation/spatter":  {4},          // from water to mud
	"cifar-c-validation/saturate": {1, 2, 3},    // no effect on grey
	"paper/perspective":           {1, 4, 7, 9}, // whole pixels: 0 of them, and as many as before
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
	for _, name := range Names() {
		if !strings.HasPrefix(name, "mnist-c") && !strings.HasPrefix(name, "cifar-c") {
			continue
		}
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
		if nearest(v) != v || halfUp(v) != v || truncated(v) != v || sixteenBits(v) != v {
			t.Errorf("byte %d becomes %v, %v, %v and %v", k, nearest(v), halfUp(v), truncated(v), sixteenBits(v))
		}
	}
	for v, want := range map[float32][4]float32{
		2.5 / 255: {2, 3, 2, 2}, 3.5 / 255: {4, 4, 3, 3}, 7.9 / 255: {8, 8, 7, 7}, -1: {0, 0, 0, 0}, 1.2: {255, 255, 255, 255},
		7.999 / 255: {8, 8, 7, 8}, // nearer to 8 than 16 bits tell
	} {
		if got := [4]float32{nearest(v) * 255, halfUp(v) * 255, truncated(v) * 255, sixteenBits(v) * 255}; got != want {
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
		"cifar-c/contrast", "cifar-c/defocus_blur", "cifar-c/elastic_transform", "cifar-c-validation/gaussian_blur", "cifar-c/glass_blur",
		"cifar-c/jpeg_compression", "cifar-c/motion_blur", "cifar-c/pixelate", "cifar-c/zoom_blur",
		"mnist-c-extra/contrast", "mnist-c-extra/defocus_blur", "mnist-c-extra/gaussian_blur", "mnist-c-twins/gaussian_blur",
		"mnist-c/glass_blur", "mnist-c-twins/glass_blur", "mnist-c/motion_blur", "mnist-c-extra/pixelate", "mnist-c-extra/zoom_blur",
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

func TestFormerNames(t *testing.T) {
	for name, want := range map[string]string{"cifar-c/saturate": "cifar-c-validation/saturate", "mnist-c/quantize": "mnist-c-extra/quantize",
		"mnist-c/shear": "", "rotate": "", "mnist-c/": "", "mnist-c": "", "cifar-c/none": ""} {
		if now, ok := Former(name); now != want || ok != (want != "") {
			t.Errorf("%s is now %q, %v; want %q", name, now, ok, want)
		}
	}
}
