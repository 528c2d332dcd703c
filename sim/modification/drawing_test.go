package modification

import (
	"math"
	"slices"
	"testing"
)

func TestSegment(t *testing.T) {
	dst := make([]float32, 8*8)
	segment(dst, 8, 8, 1, 2, 5, 4) // rises by half a row a column, columns 1 to 4
	for i, v := range dst {
		x, y := float64(i%8), float64(i/8)
		want := 0.
		if x >= 1 && x < 5 {
			d := math.Abs(y - (.5*(x-1) + 2))
			want = max(math.Log(1-min(d, 2.29)/2.3)+1, 0)
		}
		if math.Abs(float64(v)-want) > 1e-6 {
			t.Errorf("(%v, %v) is %v, want %v", x, y, v, want)
		}
	}
	// An upright line and one to the left add nothing; one on top is clipped.
	before := slices.Clone(dst)
	segment(dst, 8, 8, 3, 0, 3, 7)
	segment(dst, 8, 8, 5, 0, 3, 7)
	if !slices.Equal(before, dst) {
		t.Error("a line that does not lead to the right adds something")
	}
	segment(dst, 8, 8, 1, 2, 5, 4)
	if slices.Max(dst) > 1 {
		t.Error("two lines are brighter than white")
	}
	// A segment between columns reaches from the floor of one to the ceiling of the other.
	clear(dst)
	segment(dst, 8, 8, 1.5, 3, 3.2, 3)
	if want := []float32{0, 1, 1, 1, 0, 0, 0, 0}; !slices.Equal(row(dst, 8, 3), want) {
		t.Errorf("columns 1.5 to 3.2: %v", row(dst, 8, 3))
	}
}

// TestLines: which columns the three kinds of line light, over many draws.
func TestLines(t *testing.T) {
	black, dst := make([]float32, side*side), make([]float32, side*side)
	columns := func(f change, p int) (lit [side]bool) {
		f(dst, black, side, side, 1, stream(1, p))
		for i, v := range dst {
			if v > .3 {
				lit[i%side] = true
			}
		}
		return lit
	}
	firsts, lasts := map[int]bool{}, map[int]bool{}
	for p := range 200 {
		lit := columns(line, p)
		first, last := slices.Index(lit[:], true), side-1
		for !lit[last] {
			last--
		}
		firsts[first], lasts[last] = true, true
		for x, on := range columns(dottedLine, p) {
			if on != (x%4 >= 2 && x < 27) {
				t.Fatalf("dotted line: column %d: %v", x, on)
			}
		}
		// The end may lie below or above the picture, the beginning never.
		lit = columns(zigzag, p)
		if lit[0] || lit[26] || lit[27] || !lit[2] && !lit[3] {
			t.Fatalf("zigzag lights %v", lit)
		}
	}
	if len(firsts) != 5 || !firsts[0] || !firsts[4] || len(lasts) != 5 || !lasts[21] || !lasts[25] {
		t.Errorf("lines begin at %v and end at %v", firsts, lasts)
	}
}

// TestZigzagTeeth: a level one has its peaks 2 rows above and below at the
// columns 4, 8, 12 ... and crosses the middle between them.
func TestZigzagTeeth(t *testing.T) {
	black, dst := make([]float32, side*side), make([]float32, side*side)
	for p := 0; ; p++ {
		s := stream(1, p)
		r0 := int(anyRow(side, s))
		if r0 < 4 || r0 > 22 || s.IntN(10) != 5 { // not level, or near an edge
			continue
		}
		zigzag(dst, black, side, side, 1, stream(1, p))
		for tooth := range 5 {
			x, up := 4+4*tooth, r0+2-4*(tooth&1)
			if dst[up*side+x] < .99 {
				t.Errorf("peak %d at (%d, %d) is %v", tooth, x, up, dst[up*side+x])
			}
			if dst[r0*side+x+2] < .99 {
				t.Errorf("the middle after peak %d is %v", tooth, dst[r0*side+x+2])
			}
		}
		return
	}
}

func TestStripeAndInverse(t *testing.T) {
	src, dst := shirt(1), make([]float32, side*side)
	stripe(dst, src, side, side, 1, nil)
	for i, v := range dst {
		want := src[i]
		if x := i % side; x <= 6 || x >= 21 {
			want = 1 - want
		}
		if v != want {
			t.Fatalf("stripe: pixel %d is %v, want %v", i, v, want)
		}
	}
	inverse(dst, src, side, side, 1, nil)
	for i, v := range dst {
		if v != 1-src[i] {
			t.Fatalf("inverse: pixel %d is %v of %v", i, v, src[i])
		}
	}
}

// TestCanny: of a bright square the edges are a thin closed ring at its rim, for
// either detector.
func TestCanny(t *testing.T) {
	src, dst := make([]float32, side*side), make([]float32, side*side)
	grey := make([]int, side*side)
	for y := 8; y < 20; y++ {
		for x := 8; x < 20; x++ {
			src[y*side+x], grey[y*side+x] = .8, 200
		}
	}
	cannyEdges(dst, src, side, side, 1, nil)
	other := cannyBytes(grey, side, side, 50, 150)
	for _, edges := range [][]bool{lit(dst), other} {
		count := 0
		for i, on := range edges {
			x, y := i%side, i/side
			// How far inside of the rim, between pixels 7 and 8.
			inside := min(x-8, 19-x, y-8, 19-y)
			if on {
				count++
				if inside < -2 || inside > 1 {
					t.Errorf("an edge at (%d, %d)", x, y)
				}
			}
		}
		if count < 40 || count > 100 {
			t.Errorf("%d pixels of edges", count)
		}
		for x := 10; x < 18; x++ { // closed above
			if !edges[7*side+x] && !edges[8*side+x] {
				t.Errorf("a gap at column %d", x)
			}
		}
	}
	// Faint slopes are none.
	for i := range src {
		src[i] = .01 * float32(i%side)
	}
	cannyEdges(dst, src, side, side, 1, nil)
	if mean(dst) != 0 {
		t.Error("edges on a faint slope")
	}
}

func lit(a []float32) []bool {
	b := make([]bool, len(a))
	for i, v := range a {
		b[i] = v > .5
	}
	return b
}

// TestObstruction: the sides on 28 pixels, int(.4*scale*28).
func TestObstruction(t *testing.T) {
	m := mustLookup(t, "paper/obstruction")
	src, dst := make([]float32, side*side), make([]float32, side*side)
	for i := range src {
		src[i] = .5
	}
	for i, want := range []int{2, 4, 6, 8, 11, 13, 15, 16, 17, 20, 22} {
		m.Apply(dst, src, side, side, m.Value(i+1), stream(1, 0))
		if black := math.Round((.5 - mean(dst)) * 2 * side * side); int(black) != want*want {
			t.Errorf("scale %v: %v black pixels, want %d", m.Values[i], black, want*want)
		}
	}
}
