package random_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"murmur/neuron/random"
)

// The keys are fixed, so the tests below pass or fail for good. Their bounds are such that
// a perfect generator would have failed for less than one choice of keys in 10^3.

const draws = 100000

// sigmas is the bound, in standard errors, on a statistic that is near enough normal
// (two-sided p = 5.7e-7; a few times that for the products of squares).
const sigmas = 5

func normals(k random.Key, n int, a, b uint32) []float32 {
	dst := make([]float32, n)
	k.Normals(dst, a, b, 0)
	return dst
}

func TestNormalMoments(t *testing.T) {
	var m [5]float64
	var tail float64
	for _, v := range normals(random.Key{Seed: 11, Purpose: random.Noise, Unit: 3}, draws, 5, 0) {
		x := float64(v)
		for p, y := 1, x; p < len(m); p, y = p+1, y*x {
			m[p] += y / draws
		}
		if math.Abs(x) > 3 {
			tail++
		}
	}
	// The variance of x^p is E x^2p - (E x^p)^2: 1, 2, 15, 105 - 9.
	for p, want := range map[int][2]float64{1: {0, 1}, 2: {1, 2}, 3: {0, 15}, 4: {3, 96}} {
		if bound := sigmas * math.Sqrt(want[1]/draws); math.Abs(m[p]-want[0]) > bound {
			t.Errorf("moment %d is %v, want %v within %v", p, m[p], want[0], bound)
		}
	}
	const p = 0.0026997960632601866 // of |x| > 3
	if bound := sigmas * math.Sqrt(draws*p*(1-p)); math.Abs(tail-draws*p) > bound {
		t.Errorf("%v beyond 3, want %v within %v", tail, draws*p, bound)
	}
}

func TestKolmogorovSmirnov(t *testing.T) {
	// P(D > d) <= 2 exp(-2 n d^2) (Dvoretzky, Kiefer, Wolfowitz, Massart).
	const p = 1e-6
	bound := math.Sqrt(math.Log(2/p) / (2 * draws))
	k := random.Key{Seed: 12, Purpose: random.Noise}
	u := make([]float32, draws)
	k.Uniforms(u, 1, 0, 0)
	s := k.Stream(2, 0)
	stream := make([]float32, draws)
	for i := range stream {
		stream[i] = s.Normal()
	}
	gauss := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for _, c := range []struct {
		name string
		x    []float32
		cdf  func(float64) float64
	}{
		{"uniforms", u, func(x float64) float64 { return x }},
		{"normals", normals(k, draws, 3, 0), gauss},
		{"stream", stream, gauss},
	} {
		slices.Sort(c.x)
		var d float64
		for i, v := range c.x {
			f := c.cdf(float64(v))
			d = max(d, f-float64(i)/draws, float64(i+1)/draws-f)
		}
		if d > bound {
			t.Errorf("%s: distance %v, want at most %v", c.name, d, bound)
		}
	}
}

// correlate checks that x and y, and their squares, are uncorrelated. For independent
// standard normals the mean of x y has the variance 1/n, that of (x^2-1)(y^2-1) 4/n.
func correlate(t *testing.T, name string, x, y []float32) {
	t.Helper()
	var c, c2 float64
	for i := range x {
		a, b := float64(x[i]), float64(y[i])
		c += a * b
		c2 += (a*a - 1) * (b*b - 1) / 2
	}
	if bound := sigmas * math.Sqrt(float64(len(x))); math.Abs(c) > bound || math.Abs(c2) > bound {
		t.Errorf("%s: sums of products %v and %v, want at most %v", name, c, c2, bound)
	}
}

func TestIndependence(t *testing.T) {
	const n = 20000
	base := random.Key{Seed: 13, Purpose: random.Noise, Unit: 100}
	x := normals(base, n, 40, 50)
	for d := uint32(1); d <= 8; d++ {
		correlate(t, fmt.Sprint("lag ", d), x[:n-int(d)], x[d:])
		unit, purpose, low, high := base, base, base, base
		unit.Unit += d
		purpose.Purpose += random.Purpose(d)
		low.Seed += uint64(d)
		high.Seed += uint64(d) << 32
		correlate(t, fmt.Sprint("unit +", d), x, normals(unit, n, 40, 50))
		correlate(t, fmt.Sprint("purpose +", d), x, normals(purpose, n, 40, 50))
		correlate(t, fmt.Sprint("seed +", d), x, normals(low, n, 40, 50))
		correlate(t, fmt.Sprint("seed + 2^32 * ", d), x, normals(high, n, 40, 50))
		correlate(t, fmt.Sprint("row a +", d), x, normals(base, n, 40+d, 50))
		correlate(t, fmt.Sprint("row b +", d), x, normals(base, n, 40, 50+d))
	}
	s := base.Stream(40, 50)
	y := make([]float32, n)
	for i := range y {
		y[i] = s.Normal()
	}
	correlate(t, "stream of the row", x, y)
}

// chiSquare checks counts that should be equal. For k-1 = f degrees of freedom the
// statistic exceeds f + 2 sqrt(f x) + 2 x with probability at most exp(-x) (Laurent, Massart).
func chiSquare(t *testing.T, name string, counts []int) {
	t.Helper()
	var n int
	for _, c := range counts {
		n += c
	}
	want := float64(n) / float64(len(counts))
	var chi float64
	for _, c := range counts {
		chi += (float64(c) - want) * (float64(c) - want) / want
	}
	const x = 13.8 // exp(-x) = 1e-6
	f := float64(len(counts) - 1)
	if bound := f + 2*math.Sqrt(f*x) + 2*x; chi > bound {
		t.Errorf("%s: chi-square %v, want at most %v", name, chi, bound)
	}
}

func TestIntNIsUniform(t *testing.T) {
	s := random.Key{Seed: 14}.Stream(0, 0)
	for _, n := range []int{2, 3, 7, 10, 100} {
		counts := make([]int, n)
		for range draws {
			counts[s.IntN(n)]++
		}
		chiSquare(t, fmt.Sprint("IntN ", n), counts)
	}
	// Without rejection the residues modulo 3 would have the weights 2, 1, 1 in the first
	// case (words of 32 bits) and 3, 3, 2 in the second (of 64).
	for _, n := range []int{3 << 30, 3 << 61} {
		residues := make([]int, 3)
		for range draws {
			residues[s.IntN(n)%3]++
		}
		chiSquare(t, fmt.Sprint("IntN ", n), residues)
	}
}

func TestShuffleIsUniform(t *testing.T) {
	s := random.Key{Seed: 15}.Stream(0, 0)
	count := map[[4]int]int{}
	for range draws {
		x := [4]int{0, 1, 2, 3}
		s.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		count[x]++
	}
	counts := make([]int, 0, 24)
	for _, c := range count {
		counts = append(counts, c)
	}
	if len(counts) != 24 {
		t.Fatalf("%d orders of 4 things, want 24", len(counts))
	}
	chiSquare(t, "orders", counts)
}
