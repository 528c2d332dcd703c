package measure

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

const badLevel = "measure: a level is not between 0 and 1"

// SmallestP is the smallest p-value that [Sample.PValue] tells apart: a smaller one is given as SmallestP.
const SmallestP = 1e-15

// IntervalAt is [Sample.Interval] at a level of the caller's: level .95 gives the same bits. It panics unless
// 0 < level < 1.
func (x Sample) IntervalAt(level float64) (mean, half float64) {
	checkLevel(level)
	return x.Mean(), x.spread().half((1 + level) / 2)
}

func checkLevel(level float64) {
	if !(level > 0 && level < 1) {
		panic(badLevel)
	}
}

// PairedAt is [Sample.Paired] at a level of the caller's.
func (x Sample) PairedAt(y Sample, level float64) Paired {
	mean, half := x.Minus(y).IntervalAt(level)
	half = x.decided(half)
	return Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
}

// PValue is the two-sided p-value of the mean being 0, by the intervals' own construction: the p at which the interval of
// level 1-p just reaches 0. It is p <= 1 - level exactly where [Sample.IntervalAt] does not hold 0 inside. Of a sample
// without spread it is 1 where the mean is 0 and [SmallestP] elsewhere.
func (x Sample) PValue() float64 {
	mean, list := math.Abs(x.Mean()), x.spread()
	var variance float64
	for _, v := range list {
		variance += v.variance
	}
	switch {
	case mean == 0:
		return 1
	case variance == 0:
		return SmallestP
	}
	// The quantile is between those of the two Student laws, so the p-value is between theirs.
	lo, hi := 1., SmallestP
	for _, v := range list {
		p := 2 * distuv.StudentsT{Sigma: 1, Nu: v.freedom}.CDF(-mean/math.Sqrt(variance))
		lo, hi = min(lo, p), max(hi, p)
	}
	for lo = max(lo, SmallestP); hi/lo > 1+1e-11; {
		// A quantile of p/2 is that of 1-p/2 with its sign turned, and keeps its digits where p is tiny.
		if middle := math.Sqrt(lo * hi); -list.half(middle/2) > mean {
			lo = middle
		} else {
			hi = middle
		}
	}
	return hi
}

// Bonferroni returns the means of differences with intervals widened for their number m, each of level 1-(1-level)/m, so
// that all of them cover at once with at least the given level, however the comparisons depend on each other. Every
// comparison that was looked at belongs in the family, not only those that are shown. With few seeds that is dear: of three
// seeds Student's quantile is 4.3 for one comparison and 44.7 for a hundred, so a hundred comparisons want more seeds.
func Bonferroni(differences []Sample, level float64) []Paired {
	checkLevel(level)
	list := make([]Paired, len(differences))
	for i, d := range differences {
		mean, half := d.IntervalAt(1 - (1-level)/float64(len(differences)))
		half = d.decided(half)
		list[i] = Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
	}
	return list
}

// Holm returns p-values adjusted for their number, in the order of p: rejecting those of at most alpha makes even one
// false rejection no more probable than alpha, however the tests depend on each other. It rejects all that Bonferroni
// rejects and often more, but has no intervals as plain as [Bonferroni]'s. Holm, Scand. J. Statist. 6, 65 (1979). It
// panics unless every p is in [0, 1].
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			panic("measure: a p-value is not in [0, 1]")
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	var most float64
	for rank, i := range order {
		most = max(most, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = most
	}
	return adjusted
}
