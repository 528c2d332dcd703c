package modification

import (
	"math"
	"slices"
	"testing"
)

func TestRotateQuarterTurns(t *testing.T) {
	src := []float32{
		.1, .2, .3,
		.4, .5, .6,
		.7, .8, .9,
	}
	even := []float32{
		.1, .2,
		.3, .4,
	}
	for _, test := range []struct {
		src     []float32
		degrees float32
		want    []float32
	}{
		{src, 0, src},
		{src, 90, []float32{.3, .6, .9, .2, .5, .8, .1, .4, .7}}, // the right edge becomes the top
		{src, -90, []float32{.7, .4, .1, .8, .5, .2, .9, .6, .3}},
		{src, 180, []float32{.9, .8, .7, .6, .5, .4, .3, .2, .1}},
		{src, -180, []float32{.9, .8, .7, .6, .5, .4, .3, .2, .1}},
		{even, 90, []float32{.2, .4, .1, .3}},
		{even, -90, []float32{.3, .1, .4, .2}},
		{even, 180, []float32{.4, .3, .2, .1}},
	} {
		n := int(math.Sqrt(float64(len(test.src))))
		dst := make([]float32, len(test.src))
		rotateBy(dst, test.src, n, n, test.degrees)
		if !slices.Equal(dst, test.want) {
			t.Errorf("%v degrees: %v, want %v", test.degrees, dst, test.want)
		}
	}
}

// TestRotateEighthTurn: by 45 degrees the corners of a 3x3 picture look up
// points sqrt(2) from the centre along an axis, outside but for a weight of
// 2-sqrt(2); the edges look up the middle of a diagonal, (1/sqrt 2, 1/sqrt 2).
func TestRotateEighthTurn(t *testing.T) {
	src := []float32{
		.1, .2, .3,
		.4, .5, .6,
		.7, .8, .9,
	}
	outside, h := 2-math.Sqrt2, math.Sqrt2/2
	// between is bilinear between the centre, two edges and a corner.
	between := func(corner, a, b float64) float64 { return (1-h)*(1-h)*.5 + h*(1-h)*(a+b) + h*h*corner }
	want := []float64{
		outside * .2, between(.3, .2, .6), outside * .6,
		between(.1, .2, .4), .5, between(.9, .8, .6),
		outside * .4, between(.7, .4, .8), outside * .8,
	}
	dst := make([]float32, 9)
	rotateBy(dst, src, 3, 3, 45)
	// Turned by +45 degrees, counter-clockwise, the top edge shows what was at the
	// top right and the top left corner what was at the top.
	for i := range want {
		if math.Abs(float64(dst[i])-want[i]) > 1e-6 {
			t.Errorf("pixel %d is %v, want %v", i, dst[i], want[i])
		}
	}
}

func TestSineCosine(t *testing.T) {
	for degrees := float32(-180); degrees <= 180; degrees += .37 {
		sin, cos := sineCosine(degrees)
		wantSin, wantCos := math.Sincos(float64(degrees) * math.Pi / 180)
		if math.Abs(float64(sin)-wantSin) > 3e-7 || math.Abs(float64(cos)-wantCos) > 3e-7 {
			t.Errorf("%v degrees: %v, %v, want %v, %v", degrees, sin, cos, wantSin, wantCos)
		}
	}
}

func TestTranslate(t *testing.T) {
	src := []float32{
		.1, .2, .3, .4,
		.5, .6, .7, .8,
		.9, 1, 0, .05,
	}
	for _, test := range []struct {
		dx, dy float32
		want   []float32
	}{
		{0, 0, src},
		{1, 0, []float32{0, .1, .2, .3, 0, .5, .6, .7, 0, .9, 1, 0}},
		{-1, 0, []float32{.2, .3, .4, 0, .6, .7, .8, 0, 1, 0, .05, 0}},
		{2, 1, []float32{0, 0, 0, 0, 0, 0, .1, .2, 0, 0, .5, .6}},
		{0, -2, []float32{.9, 1, 0, .05, 0, 0, 0, 0, 0, 0, 0, 0}},
		{.5, 0, []float32{.05, .15, .25, .35, .25, .55, .65, .75, .45, .95, .5, .025}},
		{0, -.25, []float32{.2, .3, .4, .5, .6, .7, .525, .6125, .675, .75, 0, .0375}},
		{4, 0, make([]float32, 12)},
		{4096, -4096, make([]float32, 12)},
	} {
		dst := make([]float32, 12)
		translateBy(dst, src, 4, 3, test.dx, test.dy)
		whole := test.dx == float32(int(test.dx)) && test.dy == float32(int(test.dy))
		for i := range dst {
			if whole && dst[i] != test.want[i] || math.Abs(float64(dst[i]-test.want[i])) > 1e-6 {
				t.Errorf("by (%v, %v): %v, want %v", test.dx, test.dy, dst, test.want)
				break
			}
		}
	}
}

// TestRandomGeometry: angles and offsets fill the whole range evenly. A blob's
// centre of mass tells by how much it was moved.
func TestRandomGeometry(t *testing.T) {
	const n = 41
	src, dst := make([]float32, n*n), make([]float32, n*n)
	src[20*n+32] = 1 // 12 pixels to the right of the centre
	centre := func() (x, y float64) {
		var mass float64
		for i, v := range dst {
			x += float64(v) * float64(i%n-20)
			y += float64(v) * float64(i/n-20)
			mass += float64(v)
		}
		return x / mass, y / mass
	}
	const draws = 400
	rotation, translation := mustLookup(t, "rotate"), mustLookup(t, "translate")
	var angles, shifts [draws]float64
	for i := range draws {
		rotation.Apply(dst, src, n, n, 40, stream(1, i))
		x, y := centre()
		angles[i] = math.Atan2(-y, x) * 180 / math.Pi
		translation.Apply(dst, src, n, n, 5, stream(1, i))
		x, _ = centre()
		shifts[i] = x - 12
	}
	for _, c := range []struct {
		name  string
		draws []float64
		size  float64
		slack float64
	}{{"angle", angles[:], 40, 1.5}, {"offset", shifts[:], 5, 1e-4}} {
		positive := 0
		for _, d := range c.draws {
			if math.Abs(math.Abs(d)-c.size) > c.slack {
				t.Errorf("%s %v, want %v either way", c.name, d, c.size)
			}
			if d > 0 {
				positive++
			}
		}
		// A fair sign stays within 3.3 standard deviations, sqrt(n)/2 each, with a probability of .999.
		if math.Abs(float64(positive)-draws/2) > 3.3*math.Sqrt(draws)/2 {
			t.Errorf("%s is positive in %d of %d draws", c.name, positive, draws)
		}
	}
}

func TestOcclusion(t *testing.T) {
	m := mustLookup(t, "occlusion")
	const width, height = 12, 9
	src, dst := make([]float32, width*height), make([]float32, width*height)
	for i := range src {
		src[i] = .5
	}
	seen := map[[2]int]bool{}
	for _, test := range []struct {
		value        float32
		sideX, sideY int
	}{{.4, 0, 0}, {.5, 1, 1}, {3, 3, 3}, {7.6, 8, 8}, {11, 11, 9}, {500, 12, 9}} {
		for p := range 300 {
			m.Apply(dst, src, width, height, test.value, stream(3, p))
			left, top, right, bottom, black := width, height, 0, 0, 0
			for i, v := range dst {
				if v == 0 {
					left, right = min(left, i%width), max(right, i%width+1)
					top, bottom = min(top, i/width), max(bottom, i/width+1)
					black++
				} else if v != .5 {
					t.Fatalf("a pixel outside the square is %v", v)
				}
			}
			if black != test.sideX*test.sideY || black > 0 && (right-left != test.sideX || bottom-top != test.sideY) {
				t.Fatalf("value %v: %d black pixels in columns %d..%d, rows %d..%d", test.value, black, left, right, top, bottom)
			}
			if test.value == 3 {
				seen[[2]int{left, top}] = true
			}
		}
	}
	// 300 draws of 70 places miss any one with a probability of .013; the chance
	// that more than 8 are missed is nil.
	if len(seen) < 62 {
		t.Errorf("the square was at %d of 70 places", len(seen))
	}
}
