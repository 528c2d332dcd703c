package measure

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// Newcombe, Statistics in Medicine 17, 857 (1998), table I, method 3 (score without continuity correction).
func TestWilsonIsNewcombesTable(t *testing.T) {
	for _, c := range []struct {
		successes, n int
		lo, hi       float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {20, 20, .8389, 1}, {0, 0, 0, 1}} {
		lo, hi := Wilson(c.successes, c.n, .95)
		if math.Abs(lo-c.lo) > 5e-5 || math.Abs(hi-c.hi) > 5e-5 {
			t.Errorf("%d of %d: [%.5f, %.5f], want [%v, %v]", c.successes, c.n, lo, hi, c.lo, c.hi)
		}
	}
}

// Its ends are the probabilities that the score test just rejects, and it treats successes and failures alike.
func TestWilsonProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		level := rapid.Float64Range(.5, .9999).Draw(t, "level")
		lo, hi := Wilson(k, n, level)
		p := float64(k) / float64(n)
		if !(0 <= lo && lo <= p && p <= hi && hi <= 1 && lo < hi) {
			t.Fatalf("[%v, %v] of %v", lo, hi, p)
		}
		z := distuv.UnitNormal.Quantile((1 + level) / 2)
		for _, end := range []float64{lo, hi} {
			if end == 0 || end == 1 {
				continue
			}
			if score := math.Abs(p-end) / math.Sqrt(end*(1-end)/float64(n)); math.Abs(score-z) > 1e-6 {
				t.Fatalf("%d of %d: the score at %v is %v, want %v", k, n, end, score, z)
			}
		}
		if l, h := Wilson(n-k, n, level); math.Abs(l-(1-hi)) > 1e-12 || math.Abs(h-(1-lo)) > 1e-12 {
			t.Fatalf("[%v, %v] of successes, [%v, %v] of failures", lo, hi, l, h)
		}
	})
}

// Summed over every count: it covers 95 % on the mean over probabilities, and nowhere less by more than the lattice
// of counts explains, the corners aside.
func TestWilsonCovers(t *testing.T) {
	const n, points = 100, 199
	var mean float64
	for i := 1; i <= points; i++ {
		p := float64(i) / (points + 1)
		law := distuv.Binomial{N: n, P: p}
		var covered float64
		for k := range n + 1 {
			if lo, hi := Wilson(k, n, .95); lo <= p && p <= hi {
				covered += law.Prob(float64(k))
			}
		}
		mean += covered / points
		// The lattice of k moves either end by at most half a step where the normal density is phi(1.96) = .0584 a deviation;
		// what the normal law itself lacks is of order 1/n.
		if sd := math.Sqrt(n * p * (1 - p)); sd*sd >= 5 && covered < .95-.0584/sd-.5/n {
			t.Errorf("p %v: covered with probability %.4f", p, covered)
		}
	}
	if math.Abs(mean-.95) > .005 {
		t.Errorf("covered with probability %.4f on the mean", mean)
	}
}

func TestPerClass(t *testing.T) {
	list := PerClass([]uint8{1, 0, 1, 1, 0}, []uint8{0, 0, 2, 2, 2}, 4)
	want := [][2]int{{1, 2}, {0, 0}, {2, 3}, {0, 0}}
	for c, a := range list {
		if a.Class != c || a.Right != want[c][0] || a.Images != want[c][1] {
			t.Errorf("class %d: %+v, want %v", c, a, want[c])
		}
		if (a.Accuracy == nil) != (a.Images == 0) {
			t.Errorf("class %d of %d images: accuracy %v", c, a.Images, a.Accuracy)
		}
	}
	lo, hi := Wilson(2, 3, .95)
	if got := *list[2].Accuracy; got != (Estimate{Mean: 2. / 3, Lo: lo, Hi: hi, Seeds: 1}) {
		t.Errorf("accuracy %+v", got)
	}
	x := Sample{{1, 0, 1, 1, 0}, {0, 0, 1, 0, 0}}.OfClass([]uint8{0, 0, 2, 2, 2}, 2)
	if len(x) != 2 || len(x[0]) != 3 || x[0][1] != 1 || x[1][1] != 0 || x.Mean() != .5 {
		t.Errorf("of class 2: %v", x)
	}
	for name, f := range map[string]func(){
		"a label that is no class": func() { PerClass([]uint8{1}, []uint8{3}, 3) },
		"lengths":                  func() { PerClass([]uint8{1}, []uint8{1, 1}, 3) },
		"labels":                   func() { x.OfClass([]uint8{0}, 0) },
	} {
		mustPanic(t, name, f)
	}
}

// TestBalanced: each class counts alike, however many images it has, and so does the spread within it.
func TestBalanced(t *testing.T) {
	labels := []uint8{4, 4, 4, 4, 4, 4, 4, 4, 9, 9}
	x := Sample{{1, 1, 1, 1, 1, 1, 1, 1, 0, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 0, 0}}
	if mean, _ := x.Balanced(labels).Interval(); math.Abs(mean-.625) > 1e-12 { // (1 + 1/4) / 2
		t.Errorf("balanced accuracy %v", mean)
	}
	if even := []uint8{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}; math.Abs(x.Balanced(even).Mean()-x.Mean()) > 1e-12 {
		t.Errorf("of classes of one size %v, accuracy %v", x.Balanced(even).Mean(), x.Mean())
	}
	right := Sample{{1, 1, 1}}
	if mean, half := right.Balanced([]uint8{0, 0, 1}).Interval(); mean != 1 || half != 0 {
		t.Errorf("all right: %v ± %v", mean, half)
	}
	defer func() {
		if recover() == nil {
			t.Error("labels of other images are taken")
		}
	}()
	x.Balanced(labels[:3])
}
