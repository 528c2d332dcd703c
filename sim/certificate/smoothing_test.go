package certificate_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"murmur/sim/certificate"
	"murmur/sim/measure"
)

// Values of SciPy's beta quantile, to the digits given.
func TestLowerBoundAndRadius(t *testing.T) {
	for _, c := range []struct {
		successes, n                     int
		bound, radius, boundTo, radiusTo float64
	}{
		{100, 100, .93325430, 1.5005, 5e-9, 5e-5},
		{1000, 1000, .99311605, 2.4633, 5e-9, 5e-5},
		{10000, 10000, .99930946, 3.1986, 5e-9, 5e-5},
		{100000, 100000, .99993092, 3.8115, 5e-9, 5e-5},
		{990, 1000, .97603619, 1.978010, 5e-9, 5e-7},
		{900, 1000, .86746402, 1.114483, 5e-9, 5e-7},
		{99000, 100000, .98898934, 2.290000, 5e-9, 5e-7},
		{95, 100, .84463269, 1.013682, 5e-9, 5e-7},
		{60, 100, .44098427, 0, 5e-9, 0},
		{0, 100, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0},
	} {
		p := certificate.LowerBound(c.successes, c.n, .001)
		if math.Abs(p-c.bound) > c.boundTo {
			t.Errorf("%d of %d: bound %.10f, want %.8f", c.successes, c.n, p, c.bound)
		}
		if r := certificate.Radius(1, p); math.Abs(r-c.radius) > c.radiusTo {
			t.Errorf("%d of %d: radius %.8f sigma, want %v", c.successes, c.n, r, c.radius)
		}
		if r, twice := certificate.Radius(.5, p), certificate.Radius(1, p); r != twice/2 {
			t.Errorf("%d of %d: radius %v at sigma .5, %v at 1", c.successes, c.n, r, twice)
		}
	}
}

// The largest radii of the stored CIFAR-10 run of locuslab/smoothing (ResNet-110, sigma .25), which was made with alpha
// .01 and not with today's default.
func TestStoredRun(t *testing.T) {
	const n = 100000
	missed := []int{0, 1, 2, 3, 4, 6, 8, 9, 11}
	for i, want := range []float64{.978, .955, .941, .929, .92, .906, .894, .889, .88} {
		counts := []int{missed[i], n - missed[i], 0}
		c := certificate.Certify([]int{0, 100, 0}, counts, .01, .25)
		if c.Class != 1 || math.Round(c.Radius*1000)/1000 != want {
			t.Errorf("%d of %d missed: %+v, want class 1 and radius %v", missed[i], n, c, want)
		}
	}
	if c := certificate.Certify([]int{100}, []int{n}, .001, .25); math.Abs(c.Radius-.953) > .0005 {
		t.Errorf("alpha .001: %+v, want at most .953", c)
	}
}

// atLeast is P(X >= k) of a binomial of n trials, summed exactly.
func atLeast(k, n int, p float64) float64 {
	number := func() *big.Float { return new(big.Float).SetPrec(300) }
	success := number().SetFloat64(p)
	failure := number().Sub(number().SetInt64(1), success)
	term, sum := number().SetInt64(1), number()
	for range n {
		term.Mul(term, success)
	}
	for j := n; j >= k; j-- {
		sum.Add(sum, term)
		term.Mul(term, number().SetInt64(int64(j)))
		term.Quo(term, number().SetInt64(int64(n-j+1)))
		term.Mul(term, failure)
		term.Quo(term, success)
	}
	f, _ := sum.Float64()
	return f
}

// The bound is the p at which as many successes have probability alpha: checked against exact sums for every count of
// small n, and against the incomplete beta function for counts of large n.
func TestLowerBoundIsTheQuantile(t *testing.T) {
	for _, alpha := range []float64{.001, .05} {
		for _, n := range []int{1, 2, 3, 10, 60} {
			last := 0.
			for k := 1; k <= n; k++ {
				p := certificate.LowerBound(k, n, alpha)
				if got := atLeast(k, n, p); math.Abs(got/alpha-1) > 1e-12 {
					t.Errorf("%d of %d at %v: %v, where as many have probability %v", k, n, alpha, p, got)
				}
				if p <= last || p >= float64(k)/float64(n) && alpha < .5 && n > 1 {
					t.Errorf("%d of %d at %v: %v, after %v", k, n, alpha, p, last)
				}
				last = p
			}
		}
	}
	for k := 1; k <= 100000; k += 97 {
		p := certificate.LowerBound(k, 100000, .001)
		if got := mathext.RegIncBeta(float64(k), float64(100001-k), p); math.Abs(got/.001-1) > 1e-9 {
			t.Errorf("%d of 100000: %v, where as many have probability %v", k, p, got)
		}
	}
	if got := atLeast(99990, 100000, certificate.LowerBound(99990, 100000, .001)); math.Abs(got/.001-1) > 1e-9 {
		t.Errorf("99990 of 100000: as many have probability %v", got)
	}
}

// Summed over every count a binomial may give: the bound is above the truth with probability at most alpha.
func TestLowerBoundCovers(t *testing.T) {
	const n = 200
	for _, alpha := range []float64{.001, .05} {
		for _, p := range []float64{.03, .5, .77, .95, .999} {
			law := distuv.Binomial{N: n, P: p}
			var wrong float64
			for k := range n + 1 {
				if certificate.LowerBound(k, n, alpha) > p {
					wrong += law.Prob(float64(k))
				}
			}
			if wrong > alpha*(1+1e-9) {
				t.Errorf("p %v, alpha %v: the bound is too high with probability %v", p, alpha, wrong)
			}
		}
	}
}

func TestCertify(t *testing.T) {
	for _, c := range []struct {
		name            string
		counts0, counts []int
		class           int
		zero            bool
	}{
		{"clear", []int{1, 9, 0}, []int{50, 900, 50}, 1, false},
		{"the first count chooses, whatever the second says", []int{9, 1, 0}, []int{50, 900, 50}, certificate.Abstain, true},
		{"of equals the first", []int{5, 5, 0}, []int{900, 50, 50}, 0, false},
		{"600 of 1000", []int{0, 9, 0}, []int{400, 600, 0}, 1, false},
		{"60 of 100", []int{0, 9}, []int{40, 60}, certificate.Abstain, true},
		{"no draw", []int{0, 9}, []int{0, 0}, certificate.Abstain, true},
	} {
		got := certificate.Certify(c.counts0, c.counts, .001, .5)
		if got.Class != c.class || (got.Radius == 0) != c.zero {
			t.Errorf("%s: %+v, want class %d", c.name, got, c.class)
		}
		activity := certificate.CertifyActivity(c.counts0, c.counts, .001)
		if activity.Class != got.Class || activity.PLower != got.PLower || activity.Radius != got.Radius*2 {
			t.Errorf("%s: %+v of the layer, %+v of the image at sigma .5", c.name, activity, got)
		}
	}
}

func TestPredict(t *testing.T) {
	for _, c := range []struct {
		counts  []int
		p       float64
		abstain bool // at alpha .001
	}{
		{[]int{66, 34}, .00178993, true},
		{[]int{67, 33}, .00087372, false},
		{[]int{11, 0}, .000976562, false},
		{[]int{10, 0}, .00195312, true},
		{[]int{7, 7}, 1, true},
		{[]int{0, 0}, 1, true},
	} {
		if p := measure.SignTest(c.counts[0], c.counts[1]); math.Abs(p-c.p) > 5.1e-9 { // 10-0 is .001953125
			t.Errorf("%v: p %.10f, want %v", c.counts, p, c.p)
		}
		want := 1
		if c.abstain {
			want = certificate.Abstain
		}
		counts := []int{min(3, c.counts[1]), c.counts[0], c.counts[1], 0}
		if class, abstain := certificate.Predict(counts, .001); class != want || abstain != c.abstain {
			t.Errorf("%v: class %d, abstain %v", counts, class, abstain)
		}
		slices.Reverse(counts) // the larger count comes after the smaller
		if class, abstain := certificate.Predict(counts, .001); abstain != c.abstain || !abstain && class != 2 {
			t.Errorf("%v: class %d, abstain %v", counts, class, abstain)
		}
	}
}

func TestAccuracy(t *testing.T) {
	certs := []certificate.Certificate{{Class: 3, Radius: .5}, {Class: 2, Radius: 1}, {Class: certificate.Abstain}, {Class: 1, Radius: .25}}
	labels := []int{3, 2, 0, 0}
	got := certificate.Accuracy(certs, labels, []float64{0, .25, .5, .75, 1, 1.5})
	if want := []float64{.5, .5, .5, .25, .25, 0}; !slices.Equal(got, want) {
		t.Errorf("certified accuracy %v, want %v", got, want)
	}
	if r := certificate.AverageRadius(certs, labels); r != .375 {
		t.Errorf("average certified radius %v, want .375", r)
	}
}

// The average radius is the area under the certified accuracy.
func TestAverageRadiusIsAnArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "images")
		certs, labels := make([]certificate.Certificate, n), make([]int, n)
		for m := range certs {
			labels[m] = rapid.IntRange(0, 1).Draw(t, "label")
			certs[m] = certificate.Certify([]int{1, 0}, []int{rapid.IntRange(0, 50).Draw(t, "right"), rapid.IntRange(0, 50).Draw(t, "wrong")}, .01, 1)
		}
		const step = 1. / 1024
		var area float64
		last := 1.
		for r := step / 2; r < 4; r += step {
			a := certificate.Accuracy(certs, labels, []float64{r})[0]
			if a > last {
				t.Fatalf("certified accuracy rises to %v at %v", a, r)
			}
			area += a * step
			last = a
		}
		if d := area - certificate.AverageRadius(certs, labels); math.Abs(d) > step/2 {
			t.Fatalf("area %v, off by %v", area, d)
		}
	})
}

func TestPanics(t *testing.T) {
	one := []certificate.Certificate{{}}
	for name, f := range map[string]func(){
		"more successes than trials": func() { certificate.LowerBound(3, 2, .1) },
		"negative successes":         func() { certificate.LowerBound(-1, 2, .1) },
		"alpha 0":                    func() { certificate.LowerBound(1, 2, 0) },
		"alpha NaN":                  func() { certificate.LowerBound(1, 2, math.NaN()) },
		"p above 1":                  func() { certificate.Radius(1, 1.1) },
		"sigma 0":                    func() { certificate.Certify([]int{1}, []int{1}, .1, 0) },
		"classes":                    func() { certificate.Certify([]int{1}, []int{1, 0}, .1, 1) },
		"no class":                   func() { certificate.CertifyActivity(nil, nil, .1) },
		"negative first count":       func() { certificate.Certify([]int{1, -1}, []int{1, 0}, .1, 1) },
		"negative count":             func() { certificate.Certify([]int{1, 0}, []int{1, -1}, .1, 1) },
		"no class to predict":        func() { certificate.Predict(nil, .1) },
		"negative count to predict":  func() { certificate.Predict([]int{3, -1}, .1) },
		"labels":                     func() { certificate.Accuracy(one, nil, nil) },
		"no images":                  func() { certificate.AverageRadius(nil, nil) },
		"negative label":             func() { certificate.Accuracy(one, []int{-1}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
