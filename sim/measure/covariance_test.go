package measure

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func spectrum(t interface{ Fatal(...any) }, c *mat.SymDense) *Spectrum {
	s, err := NewSpectrum(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func diagonal(values ...float64) *mat.SymDense {
	c := mat.NewSymDense(len(values), nil)
	for i, v := range values {
		c.SetSym(i, i, v)
	}
	return c
}

func TestSpectrumByHand(t *testing.T) {
	c := mat.NewSymDense(2, []float64{2, 1, 1, 2})
	s := spectrum(t, c)
	if math.Abs(s.Values[0]-3) > 1e-12 || math.Abs(s.Values[1]-1) > 1e-12 {
		t.Errorf("eigenvalues %v, want 3 and 1", s.Values)
	}
	if p := s.Participation(); math.Abs(p-1.6) > 1e-12 { // 16/10
		t.Errorf("participation %v, want 1.6", p)
	}
	for k, want := range []float64{0, .5, 1} { // along (1, 1) a variance of 1 in the first unit is half
		if got := s.Captured(k, diagonal(1, 0)); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d components capture %v, want %v", k, got, want)
		}
	}
	if got := s.Captured(1, c); math.Abs(got-.75) > 1e-12 {
		t.Errorf("the first captures %v of its own trace, want .75", got)
	}
	equal := spectrum(t, diagonal(2, 2, 2, 0))
	if p := equal.Participation(); math.Abs(p-3) > 1e-12 {
		t.Errorf("three equal eigenvalues: participation %v", p)
	}
	for share, want := range map[float64]int{0: 0, .3: 1, .5: 2, .9: 3} {
		if got := equal.Components(share); got != want {
			t.Errorf("%d components hold %v, want %d", got, share, want)
		}
	}
	if a := Alignment(c, diagonal(1, 1)); math.Abs(a-4/math.Sqrt(20)) > 1e-12 {
		t.Errorf("alignment %v", a)
	}
	if a := Alignment(diagonal(1, 0), diagonal(0, 1)); a != 0 {
		t.Errorf("alignment %v of what has nothing in common", a)
	}
	zero := spectrum(t, diagonal(0, 0))
	if !math.IsNaN(zero.Participation()) || zero.Components(.9) != 0 || !math.IsNaN(s.Captured(1, diagonal(0, 0))) ||
		!math.IsNaN(s.Captured(0, diagonal(0, 0))) || !math.IsNaN(Alignment(c, diagonal(0, 0))) {
		t.Error("a covariance of zeros has numbers")
	}
	mustPanic(t, "size", func() { s.Captured(1, diagonal(1, 1, 1)) })
	mustPanic(t, "components", func() { s.Captured(3, c) })
	mustPanic(t, "sizes", func() { Alignment(c, diagonal(1)) })
}

func TestSpectrumErrors(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		c := diagonal(1, 1, 1)
		c.SetSym(2, 1, v)
		if _, err := NewSpectrum(c); err == nil || !strings.Contains(err.Error(), "units 1 and 2") {
			t.Errorf("%v: error %v", v, err)
		}
	}
	if _, err := NewSpectrum(diagonal(2, -1)); err == nil || !strings.Contains(err.Error(), "no covariance") {
		t.Errorf("a negative eigenvalue: error %v", err)
	}
}

// Entries of very different size, on which gonum's EigenSym (v0.17.0) finds an eigenvalue of 1e122.
func TestSpectrumOfGradedEntries(t *testing.T) {
	a := mat.NewVecDense(5, []float64{.75, .75, 1.044048714879764e-53, .0004883911460638046, 1})
	var c mat.SymDense
	c.SymOuterK(1, a)
	s := spectrum(t, &c)
	if math.Abs(s.Values[0]-mat.Dot(a, a)) > 1e-12 || s.Values[1] > 1e-12 || math.Abs(s.Captured(1, &c)-1) > 1e-12 {
		t.Errorf("eigenvalues %v, the first captures %v", s.Values, s.Captured(1, &c))
	}
}

// drawCovariance is A A^T of a random A, of rank at most columns.
func drawCovariance(t *rapid.T, name string, n, columns int) *mat.SymDense {
	a := mat.NewDense(n, columns, rapid.SliceOfN(rapid.Float64Range(-1, 1), n*columns, n*columns).Draw(t, name))
	var c mat.SymDense
	c.SymOuterK(1, a)
	return &c
}

func TestCovarianceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "n")
		rank := rapid.IntRange(1, n).Draw(t, "rank")
		a, b := drawCovariance(t, "a", n, rank), drawCovariance(t, "b", n, n)
		if mat.Trace(a) < 1e-3 || mat.Trace(b) < 1e-3 {
			return
		}
		s := spectrum(t, a)
		if math.Abs(s.Trace()-mat.Trace(a)) > 1e-9 || !slices.IsSortedFunc(s.Values, func(x, y float64) int { return cmp.Compare(y, x) }) {
			t.Fatalf("eigenvalues %v of trace %v", s.Values, mat.Trace(a))
		}
		p, k := s.Participation(), s.Components(.9)
		if p < 1-1e-9 || p > float64(rank)+1e-6 || k < 1 || k > rank {
			t.Fatalf("rank %d: participation %v, %d components for .9 of the trace", rank, p, k)
		}
		if held := s.Captured(k, a); held < .9-1e-9 || math.Abs(s.Captured(n, b)-1) > 1e-9 || math.Abs(s.Captured(rank, a)-1) > 1e-9 {
			t.Fatalf("%d components hold %v, all of them %v", k, held, s.Captured(n, b))
		}
		last := 0.
		for k := range n + 1 {
			got := s.Captured(k, b)
			if got < last-1e-9 {
				t.Fatalf("%d components capture %v, one fewer %v", k, got, last)
			}
			last = got
		}
		ab := Alignment(a, b)
		if ab < -1e-12 || ab > 1+1e-12 || math.Abs(ab-Alignment(b, a)) > 1e-12 || math.Abs(Alignment(a, a)-1) > 1e-12 {
			t.Fatalf("alignment %v, %v the other way, %v with itself", ab, Alignment(b, a), Alignment(a, a))
		}
		var product mat.Dense
		product.Mul(a, b)
		if want := mat.Trace(&product) / mat.Norm(a, 2) / mat.Norm(b, 2); math.Abs(ab-want) > 1e-9 {
			t.Fatalf("alignment %v, want %v", ab, want)
		}
		var scaled mat.SymDense
		scaled.ScaleSym(3, a)
		if math.Abs(Alignment(&scaled, b)-ab) > 1e-9 || math.Abs(spectrum(t, &scaled).Participation()-p) > 1e-6 {
			t.Fatal("scale matters")
		}
	})
}
