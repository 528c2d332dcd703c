package attack

import (
	"math"
	"testing"

	"murmur/neuron/random"
)

// TestSquareSides: the sides that AutoAttack's schedule gives on 28 x 28, round(sqrt(p 784))
// with p = .8 halved, and in L2 the next odd number, at least 3.
func TestSquareSides(t *testing.T) {
	for _, c := range []struct{ query, linf, l2 int }{
		{0, 25, 25}, {10, 25, 25}, {11, 18, 19}, {50, 18, 19}, {51, 13, 13}, {200, 13, 13}, {201, 9, 9},
		{501, 6, 7}, {1001, 4, 5}, {2001, 3, 3}, {4001, 2, 3}, {6001, 2, 3}, {8001, 1, 3}, {9999, 1, 3},
	} {
		for norm, want := range []int{c.linf, c.l2} {
			s := newSquares(Norm(norm), .1, 784, 28)
			if s.resize(.8, c.query); s.side != want {
				t.Errorf("%v: query %d: side %d, want %d", s.norm, c.query, s.side, want)
			}
		}
	}
	for _, c := range []struct{ width, height, linf, l2 int }{{1, 1, 1, 1}, {2, 2, 2, 1}, {4, 4, 4, 3}, {30, 2, 2, 1}} {
		for norm, want := range []int{c.linf, c.l2} {
			s := newSquares(Norm(norm), .1, c.width*c.height, c.width)
			if s.resize(1, 0); s.side != want {
				t.Errorf("%v: %d x %d: side %d, want %d", s.norm, c.width, c.height, s.side, want)
			}
		}
	}
}

// TestBumps compares the pair of bumps of side 3 with AutoAttack's eta(3),
// worked out by hand: a row (1/4, 5/4, 1/4) over minus (1/4, 1/4, 1/4) and
// minus (1/4, 5/4, 1/4), each half at length 1, then the whole.
func TestBumps(t *testing.T) {
	upper, lower := math.Sqrt(27./16), math.Sqrt(30./16)
	want := []float64{
		.25 / upper, 1.25 / upper, .25 / upper,
		-.25 / lower, -.25 / lower, -.25 / lower,
		-.25 / lower, -1.25 / lower, -.25 / lower,
	}
	for i, v := range bumps(3) {
		if w := want[i] / math.Sqrt2; math.Abs(v-w) > 1e-15 {
			t.Errorf("element %d: %v, want %v", i, v, w)
		}
	}
}

// TestSquaresReachEverywhere checks that squares fall on every place alike,
// both signs and all: with n placements of one pixel each of 12 pixels gets
// n/12, with a standard deviation of sqrt(n 11/144).
func TestSquaresReachEverywhere(t *testing.T) {
	const n, width, height = 12000, 4, 3
	s := newSquares(Linf, .25, width*height, width)
	s.resize(1./(width*height), 0)
	origin, x := make([]float32, width*height), make([]float32, width*height)
	for i := range origin {
		origin[i] = .5
	}
	var count [2][width * height]float64
	for q := range n {
		copy(x, origin)
		b := s.propose(x, origin, origin, random.Key{Seed: 3, Purpose: random.Attack}, q)
		if b.width != 1 || b.height != 1 {
			t.Fatalf("box %v, want one pixel", b)
		}
		for i, v := range x {
			switch v {
			case .25:
				count[0][i]++
			case .75:
				count[1][i]++
			case .5:
				continue
			default:
				t.Fatalf("pixel %d is %v", i, v)
			}
			if i != b.top*width+b.left {
				t.Fatalf("pixel %d changed outside the box %v", i, b)
			}
		}
	}
	for i := range origin {
		each := float64(n) / 24
		for sign := range count {
			if math.Abs(count[sign][i]-each) > 5*math.Sqrt(each) {
				t.Errorf("pixel %d, sign %d: %v times, want about %v", i, sign, count[sign][i], each)
			}
		}
	}
}

// TestSquaresL2Length checks that every proposal in L2 uses the whole ball
// where nothing is clipped, and moves no more than the two windows.
func TestSquaresL2Length(t *testing.T) {
	const width, height, eps = 9, 7, .3
	s := newSquares(L2, eps, width*height, width)
	origin, best, x := make([]float32, width*height), make([]float32, width*height), make([]float32, width*height)
	for i := range origin {
		origin[i] = .5
	}
	key := random.Key{Seed: 1, Purpose: random.Attack, Unit: 4}
	s.start(best, origin, key)
	for q := range 50 {
		if d := L2.Distance(origin, best); math.Abs(d-eps) > 1e-6 {
			t.Fatalf("query %d: the change is %v long, want %v", q, d, eps)
		}
		s.resize(.2, q)
		s.propose(x, best, origin, key, q)
		same := 0
		for i := range x {
			if math.Abs(float64(x[i]-best[i])) < 1e-6 {
				same++
			}
		}
		if same < len(x)-2*s.side*s.side || same == len(x) {
			t.Fatalf("query %d: %d of %d pixels stayed, with windows of side %d", q, same, len(x), s.side)
		}
		best, x = x, best
	}
}

// TestRamp follows the p of salt and pepper through a success, worked out by
// hand from Foolbox's rule: 10 steps, the third succeeds at p = .3.
func TestRamp(t *testing.T) {
	r := newRamp(10)
	for step, want := range []float64{.1, .2, .3, .15 + .21/8, .15 + 2*.21/8} {
		if math.Abs(r.p-want) > 1e-12 {
			t.Errorf("step %d: p is %v, want %v", step, r.p, want)
		}
		r.next(step == 2, 10-step)
	}
	r = ramp{p: .36, low: .15, high: .36, step: .1} // at the top: back to the bottom
	if r.next(false, 3); math.Abs(r.p-.25) > 1e-12 {
		t.Errorf("after the top p is %v, want .25", r.p)
	}
}

// TestAddClipped checks that noise is as long as asked although clipped, that it
// keeps its direction where it is not, and that it stops where all is clipped.
func TestAddClipped(t *testing.T) {
	const n = 200
	origin, x, direction := make([]float32, n), make([]float32, n), make([]float32, n)
	key := random.Key{Seed: 2, Purpose: random.Attack}
	key.Uniforms(origin, 0, 0, 0)
	for i := range origin {
		if i%2 == 0 {
			origin[i] = 0
		}
	}
	key.Normals(direction, 0, 1, 0)
	for _, eps := range []float32{0, .01, 1, 3, 6} {
		copy(x, direction)
		addClipped(x, origin, eps)
		if d := L2.Distance(origin, x); math.Abs(d-float64(eps)) > 1e-6 {
			t.Errorf("length %v, want %v", d, eps)
		}
		scale := 0.
		for i, v := range x {
			if v > 1e-6 && v < 1-1e-6 && math.Abs(float64(direction[i])) > .5 {
				s := (float64(v) - float64(origin[i])) / float64(direction[i])
				if scale != 0 && math.Abs(s-scale) > 1e-5 {
					t.Fatalf("eps %v: pixel %d goes %v of its direction, others %v", eps, i, s, scale)
				}
				scale = s
			}
		}
	}
	copy(x, direction)
	addClipped(x, origin, 100)
	for i, v := range x {
		if want := float32(math.Ceil(math.Tanh(float64(direction[i])))); v != want {
			t.Errorf("pixel %d: %v, want the corner %v", i, v, want)
		}
	}
}

// TestWarp checks moves by whole pixels, quarter turns and half pixels.
func TestWarp(t *testing.T) {
	src := []float32{
		.1, .2, .3,
		.4, .5, .6,
		.7, .8, .9,
	}
	for _, c := range []struct {
		name                 string
		degrees, right, down float32
		want                 []float32
	}{
		{"nothing", 0, 0, 0, src},
		{"right", 0, 1, 0, []float32{0, .1, .2, 0, .4, .5, 0, .7, .8}},
		{"up", 0, 0, -1, []float32{.4, .5, .6, .7, .8, .9, 0, 0, 0}},
		{"half a pixel right", 0, .5, 0, []float32{.05, .15, .25, .2, .45, .55, .35, .75, .85}},
		{"counter-clockwise", 90, 0, 0, []float32{.3, .6, .9, .2, .5, .8, .1, .4, .7}},
		{"right, then turned", 90, 1, 0, []float32{.2, .5, .8, .1, .4, .7, 0, 0, 0}},
	} {
		dst := make([]float32, 9)
		warp(dst, src, 3, c.degrees, c.right, c.down)
		for i, v := range dst {
			// kernel.Sin and Cos are good to 2e-7, pixels to 6e-8.
			if math.Abs(float64(v-c.want[i])) > 5e-7 {
				t.Errorf("%s: pixel %d is %v, want %v", c.name, i, v, c.want[i])
			}
		}
	}
}
