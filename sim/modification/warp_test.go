package modification

import (
	"math"
	"testing"
)

// TestWarpCentre: the centre of an odd picture stays where it is.
func TestWarpCentre(t *testing.T) {
	const n = 29
	src, dst := make([]float32, n*n), make([]float32, n*n)
	for _, size := range []int{0, 1, 3} {
		for y := 14 - size; y <= 14+size; y++ {
			for x := 14 - size; x <= 14+size; x++ {
				src[y*n+x] = 1
			}
		}
		for _, name := range []string{"mnist-c/shear", "mnist-c/scale", "mnist-c/rotate", "paper/rotate"} {
			m := mustLookup(t, name)
			for p := range 5 {
				m.Apply(dst, src, n, n, m.Value(m.Levels()), stream(1, p))
				if dst[14*n+14] < .99 {
					t.Errorf("%s: the centre is %v", name, dst[14*n+14])
				}
			}
		}
	}
}

// blob returns a picture with a small soft square at (x, y), and centroid the
// centre of mass of a picture.
func blob(n, x, y int) []float32 {
	a := make([]float32, n*n)
	for j := -1; j <= 1; j++ {
		for i := -1; i <= 1; i++ {
			a[(y+j)*n+x+i] = 1
		}
	}
	return a
}

func centroid(a []float32, n int) (x, y float64) {
	var mass float64
	for i, v := range a {
		x, y, mass = x+float64(v)*float64(i%n), y+float64(v)*float64(i/n), mass+float64(v)
	}
	return x / mass, y / mass
}

// TestWarpMoves: where a blob goes, by the inverse of the matrices.
func TestWarpMoves(t *testing.T) {
	const n, c = 41, 20
	dst := make([]float32, n*n)
	near := func(what string, wantX, wantY float64) {
		t.Helper()
		if x, y := centroid(dst, n); math.Abs(x-wantX) > .15 || math.Abs(y-wantY) > .15 {
			t.Errorf("%s: the blob is at (%.2f, %.2f), want (%.2f, %.2f)", what, x, y, wantX, wantY)
		}
	}
	src := blob(n, c+9, c+3)
	resize(dst, src, n, n, .7, nil)
	near("scale", c+.7*9, c+.7*3)

	for p := range 6 {
		// The source of (x, y) is A(x, y); so (9, 3) goes to the inverse of A.
		s := stream(1, p)
		turn(dst, src, n, n, .4, s)
		angle := float64(eitherWay(.4, stream(1, p)))
		near("rotate", c+9*math.Cos(angle)+3*math.Sin(angle), c-9*math.Sin(angle)+3*math.Cos(angle))
		shear(dst, src, n, n, .4, stream(1, p))
		near("shear", c+9+3*math.Tan(angle), c+3/math.Cos(angle))
	}
}

// TestHomography: four corners go where they should, and so does what lies
// between them on a straight line.
func TestHomography(t *testing.T) {
	from := [4][2]float64{{0, 0}, {27, 0}, {27, 27}, {0, 27}}
	to := [4][2]float64{{3, 2}, {25, 5}, {22, 27}, {1, 20}}
	h, ok := homography(from, to)
	if !ok {
		t.Fatal("no solution")
	}
	at := func(x, y float64) (u, v float64) {
		z := h[6]*x + h[7]*y + 1
		return (h[0]*x + h[1]*y + h[2]) / z, (h[3]*x + h[4]*y + h[5]) / z
	}
	for i := range from {
		if u, v := at(from[i][0], from[i][1]); math.Abs(u-to[i][0]) > 1e-9 || math.Abs(v-to[i][1]) > 1e-9 {
			t.Errorf("corner %d goes to (%v, %v), want %v", i, u, v, to[i])
		}
	}
	u, v := at(10, 0)
	if cross := (u-3)*(5-2) - (v-2)*(25-3); math.Abs(cross) > 1e-9 {
		t.Errorf("(10, 0) is off the upper side by %v", cross)
	}
	if _, ok := homography([4][2]float64{{1, 1}, {1, 1}, {1, 1}, {1, 1}}, from); ok {
		t.Error("a point became a square")
	}
}

// TestPerspective: at scale .2 corners move by int(.05*14) = 0 pixels, so that
// nothing changes; the picture shrinks at scale 2.
func TestPerspective(t *testing.T) {
	src, dst := shirt(2), make([]float32, side*side)
	for p := range 20 {
		perspective(dst, src, side, side, .2, stream(1, p))
		if d := meanSquare(dst, src); d > 1e-10 {
			t.Errorf("scale .2 changes the picture by %v", d)
		}
		perspective(dst, src, side, side, 2, stream(1, p))
		if got := mean(dst); got > mean(src) || got < .25*mean(src) {
			t.Errorf("scale 2: mean %v of %v", got, mean(src))
		}
	}
}

// TestTorchField: the offsets of the elastic change have the deviation of even
// numbers, 1/sqrt 3, blurred by a Gaussian of 5 pixels, 1/(2 sqrt(pi) 5) of it.
func TestTorchField(t *testing.T) {
	const n = 64
	m := mixing(n, 5, 20, mirror)
	square, count := 0., 0
	for p := range 40 {
		field := smoothField(n, n, m, m, stream(3, p))
		for y := 20; y < n-20; y++ { // away from the mirrored edge
			for x := 20; x < n-20; x++ {
				square += float64(field[y*n+x]) * float64(field[y*n+x])
				count++
			}
		}
	}
	want := 1 / math.Sqrt(3) / (2 * math.Sqrt(math.Pi) * 5)
	// About 40 * (24/18)^2 independent numbers: a standard error of 8 %.
	if got := math.Sqrt(square / float64(count)); math.Abs(got/want-1) > .3 {
		t.Errorf("deviation %v, want %v", got, want)
	}
	for i := range n { // weights
		sum := float32(0)
		for _, w := range row(m, n, i) {
			sum += w
		}
		if math.Abs(float64(sum)-1) > 1e-5 {
			t.Errorf("row %d sums to %v", i, sum)
		}
	}
}

func TestReflections(t *testing.T) {
	for i, want := range map[int][2]int{-5: {1, 3}, -2: {2, 1}, -1: {1, 0}, 0: {0, 0}, 3: {3, 3}, 4: {2, 3}, 5: {1, 2}, 8: {2, 0}} {
		if got := [2]int{mirror(i, 4), reflect(i, 4)}; got != want {
			t.Errorf("%d of 4: %v, want %v", i, got, want)
		}
	}
	if mirror(-3, 1) != 0 || reflect(7, 1) != 0 {
		t.Error("a single pixel has others")
	}
}

// TestJittered: without jitter the map is the identity, with it three points
// come from where they were.
func TestJittered(t *testing.T) {
	m := jittered(28, 28, 0, stream(1, 0))
	if x, y := m.of(5, 20); math.Abs(float64(x-5)) > 1e-5 || math.Abs(float64(y-20)) > 1e-5 {
		t.Errorf("(5, 20) comes from (%v, %v)", x, y)
	}
	s := stream(1, 7)
	var moved [3][2]float32
	for i, p := range [3][2]float32{{23, 23}, {23, 5}, {5, 5}} {
		moved[i] = [2]float32{p[0] + symmetric(2.5, s), p[1] + symmetric(2.5, s)}
	}
	m = jittered(28, 28, 2.5, stream(1, 7))
	for i, want := range [3][2]float32{{23, 23}, {23, 5}, {5, 5}} {
		if x, y := m.of(moved[i][0], moved[i][1]); math.Abs(float64(x-want[0])) > 1e-4 || math.Abs(float64(y-want[1])) > 1e-4 {
			t.Errorf("point %d comes from (%v, %v), want %v", i, x, y, want)
		}
	}
}

// TestClippedZoom: by 2, 28 pixels become the middle 14, corner to corner.
func TestClippedZoom(t *testing.T) {
	src := make([]float32, 28)
	for i := range src {
		src[i] = float32(i)
	}
	zoomed, w, h := clippedZoom(src, 28, 1, 2)
	if w != 28 || h != 2 { // one row is ceil(1/2) = 1 row, and 1*2 = 2
		t.Fatalf("%d x %d", w, h)
	}
	for i := range 28 {
		if want := 7 + 13*float64(i)/27; math.Abs(float64(zoomed[i])-want) > 1e-5 {
			t.Errorf("pixel %d is %v, want %v", i, zoomed[i], want)
		}
	}
	for _, factor := range []float64{1, 1.01} { // 28*1.01 rounds to 28
		if zoomed, w, _ := clippedZoom(src, 28, 1, factor); w != 28 || zoomed[0] != 0 || zoomed[27] != 27 {
			t.Errorf("by %v: %d pixels from %v to %v", factor, w, zoomed[0], zoomed[27])
		}
	}
}
