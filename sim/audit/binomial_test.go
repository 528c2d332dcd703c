package audit

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestTail(t *testing.T) {
	for _, c := range []struct {
		k, n int
		p    float64
		want float64
	}{
		{0, 0, .5, 1}, {1, 0, .5, 0}, {1, 1, .5, .5}, {10, 10, .5, 1. / 1024}, {0, 7, .1, 1}, {8, 7, .1, 0}, {7, 7, .1, 1e-7},
		{3, 4, .25, 13. / 256},
		{1000, 2000, .5, .508920}, // half, and half of the middle term, C(2000, 1000)/2^2000 = .017839
	} {
		if got := tail(c.k, c.n, c.p); math.Abs(got-c.want) > 1e-6*c.want {
			t.Errorf("P(X >= %d) of %d at %v: %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(t, "n")
		k := rapid.IntRange(1, n).Draw(t, "k")
		p := rapid.Float64Range(.01, .99).Draw(t, "p")
		want := distuv.Binomial{N: float64(n), P: p}.Survival(float64(k - 1))
		if got := tail(k, n, p); math.Abs(got-want) > 1e-9*want+1e-13 {
			t.Fatalf("P(X >= %d) of %d at %v: %v, want %v", k, n, p, got, want)
		}
	})
}
