package measure

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestIntervalAtIsIntervalAtTheUsualLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seeds, images := rapid.IntRange(1, 4).Draw(t, "seeds"), rapid.IntRange(1, 12).Draw(t, "images")
		x, y := drawSample(t, "x", seeds, images), drawSample(t, "y", seeds, images)
		mean, half := x.Interval()
		if m, h := x.IntervalAt(.95); math.Float64bits(m) != math.Float64bits(mean) || math.Float64bits(h) != math.Float64bits(half) {
			t.Fatalf("%v +- %v at .95, %v +- %v", m, h, mean, half)
		}
		if got, want := x.PairedAt(y, .95), x.Paired(y); got != want {
			t.Fatalf("paired %+v at .95, %+v", got, want)
		}
		_, narrow := x.IntervalAt(.9)
		if _, wide := x.IntervalAt(.9995); half > 0 && !(narrow < half && half < wide) {
			t.Fatalf("half-widths %v, %v, %v at levels .9, .95, .9995", narrow, half, wide)
		}
	})
}

// The p-value and the interval say the same.
func TestPValueIsDualToTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seeds, images := rapid.IntRange(1, 4).Draw(t, "seeds"), rapid.IntRange(2, 12).Draw(t, "images")
		x := drawSample(t, "x", seeds, images).Minus(drawSample(t, "y", seeds, images))
		p := x.PValue()
		if !(p >= SmallestP && p <= 1) {
			t.Fatalf("p %v", p)
		}
		for _, alpha := range []float64{.3, .05, .001, 1e-6} {
			mean, half := x.IntervalAt(1 - alpha)
			if math.Abs(math.Abs(mean)-half) < 1e-9 {
				continue
			}
			if excludes := math.Abs(mean) > half; excludes != (p < alpha) {
				t.Fatalf("p %v; the interval of level 1-%v is %v +- %v", p, alpha, mean, half)
			}
		}
	})
}

// Of one seed the p-value is Student's.
func TestPValueOfOneSeed(t *testing.T) {
	for _, c := range []struct {
		x []float64
		t float64 // mean over its standard error
	}{
		{[]float64{1, 2, 3, 4, 5}, 3 / math.Sqrt(.5)},
		{[]float64{-1, -2, -3, -4, -5}, -3 / math.Sqrt(.5)},
		{[]float64{1, -1, 1}, (1. / 3) / math.Sqrt(4./9)},
		{[]float64{1000, 1001, 1002}, 1001 / math.Sqrt(1./3)},
	} {
		law := distuv.StudentsT{Sigma: 1, Nu: float64(len(c.x) - 1)}
		want := 2 * law.CDF(-math.Abs(c.t))
		if p := (Sample{c.x}).PValue(); math.Abs(p/want-1) > 1e-9 {
			t.Errorf("%v: p %v, want %v", c.x, p, want)
		}
	}
	for _, c := range []struct {
		x    Sample
		want float64
	}{{Sample{{1, 1, 1}}, SmallestP}, {Sample{{0, 0, 0}}, 1}, {Sample{{1, -1}}, 1}, {Sample{{3}}, SmallestP}} {
		if p := c.x.PValue(); p != c.want {
			t.Errorf("%v: p %v, want %v", c.x, p, c.want)
		}
	}
	many := make([]float64, 1000)
	for i := range many {
		many[i] = 1 + float64(i%2)/10
	}
	if p := (Sample{many}).PValue(); p != SmallestP {
		t.Errorf("p %v of what 300 standard errors separate from 0", p)
	}
}

// The classic example: of .01, .04, .03, .005 Holm multiplies by 4, 3, 2, 1 in order of size and keeps them monotone.
func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{.01, .04, .03, .005}, []float64{.03, .06, .06, .02}},
		{[]float64{.5, .5, .5}, []float64{1, 1, 1}},
		{[]float64{.02}, []float64{.02}},
		{[]float64{.01, 1, .01}, []float64{.03, 1, .03}},
		{nil, []float64{}},
	} {
		got := Holm(c.p)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%v: %v, want %v", c.p, got, c.want)
		}
	}
}

func TestHolmProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 9).Draw(t, "p")
		before := slices.Clone(p)
		adjusted := Holm(p)
		if !slices.Equal(p, before) {
			t.Fatal("the p-values were changed")
		}
		order := rapid.Permutation(seq(len(p))).Draw(t, "order")
		shuffled := make([]float64, len(p))
		for i, o := range order {
			shuffled[i] = p[o]
		}
		again := Holm(shuffled)
		for i, a := range adjusted {
			if a < p[i] || a > min(1, p[i]*float64(len(p))) {
				t.Fatalf("p %v becomes %v of %d: not between itself and Bonferroni's", p[i], a, len(p))
			}
			for j := range p {
				if p[i] < p[j] && a > adjusted[j] {
					t.Fatalf("%v is below %v, but adjusted %v is above %v", p[i], p[j], a, adjusted[j])
				}
			}
			if again[slices.Index(order, i)] != a {
				t.Fatalf("%v in another order gives %v", a, again)
			}
		}
	})
}

func seq(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// A hundred comparisons over the same images and seeds: all intervals cover at once in 95 of 100 trials at least, where
// plain ones do so in hardly any; and Holm, given the first twenty, rejects one of ten true hypotheses in 5 of 100
// at most and finds what is there.
func TestFamilies(t *testing.T) {
	const trials, comparisons, tested, seeds, images, effect = 120, 100, 20, 3, 40, .5
	r := newNormals(400)
	var plain, widened, falsely int
	var found, all float64
	for range trials {
		shared := r.sample(effects{image: .2, seed: .02}, seeds, images) // what all comparisons have in common
		list, p := make([]Sample, comparisons), make([]float64, comparisons)
		for i := range list {
			e := effects{image: .3, seed: .05, both: .1}
			if i < 10 {
				e.mean = effect
			}
			list[i] = r.sample(e, seeds, images).plus(1, shared)
			if i < tested {
				p[i] = list[i].PValue()
			}
		}
		once, every := true, true
		for i, b := range Bonferroni(list, .95) {
			var truth float64
			if i < 10 {
				truth = effect
			}
			every = every && b.Lo <= truth && truth <= b.Hi
			mean, half := list[i].Interval()
			once = once && math.Abs(mean-truth) <= half
			if b.Mean != mean || b.Hi-b.Lo <= 2*half {
				t.Fatalf("widened to %+v from %v +- %v", b, mean, half)
			}
		}
		if once {
			plain++
		}
		if every {
			widened++
		}
		rejected := false
		for i, a := range Holm(p[:tested]) {
			if i >= 10 {
				rejected = rejected || a <= .05
				continue
			}
			all++
			if a <= .05 {
				found++
			}
		}
		if rejected {
			falsely++
		}
	}
	t.Logf("plain cover at once in %d, widened in %d, Holm errs in %d of %d and finds %.2f", plain, widened, falsely, trials, found/all)
	if share := float64(widened) / trials; share < .95-below(.95, trials) {
		t.Errorf("widened intervals cover at once in %.3f", share)
	}
	if share := float64(falsely) / trials; share > .05+below(.05, trials) {
		t.Errorf("Holm rejects a true hypothesis in %.3f", share)
	}
	if plain > trials/2 {
		t.Errorf("plain intervals cover at once in %d of %d: the trial shows nothing", plain, trials)
	}
	if found < .5*all {
		t.Errorf("Holm finds %v of %v effects", found, all)
	}
}

func TestFamilyPanics(t *testing.T) {
	x := Sample{{1, 0}}
	for name, f := range map[string]func(){
		"level 0":      func() { x.IntervalAt(0) },
		"level 1":      func() { x.PairedAt(x, 1) },
		"level NaN":    func() { Bonferroni(nil, math.NaN()) },
		"p above 1":    func() { Holm([]float64{1.5}) },
		"p NaN":        func() { Holm([]float64{math.NaN()}) },
		"no such n":    func() { Wilson(3, 2, .95) },
		"negative":     func() { Wilson(-1, 2, .95) },
		"Wilson level": func() { Wilson(1, 2, 1) },
	} {
		mustPanic(t, name, f)
	}
}

func mustPanic(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
}
