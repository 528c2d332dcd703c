package page

import (
	"math"
	"slices"
	"strconv"
)

// axis is a range of numbers and the ticks on it.
type axis struct {
	lo, hi float64
	log    bool
	ticks  []float64
	label  func(float64) string // of a tick
	name   string
}

// place is where a number is on the axis, 0 at its lower and 1 at its upper end.
func (a axis) place(v float64) float64 {
	lo, hi := a.lo, a.hi
	if a.log {
		v, lo, hi = math.Log(max(v, math.SmallestNonzeroFloat64)), math.Log(lo), math.Log(hi)
	}
	return (v - lo) / (hi - lo)
}

// linear is an axis that holds the numbers, with at most most+1 round ticks. Without numbers it goes from 0 to 1.
func linear(name string, most int, label func(float64) string, numbers ...float64) axis {
	lo, hi := 0.0, 1.0
	if len(numbers) > 0 {
		lo, hi = slices.Min(numbers), slices.Max(numbers)
	}
	if hi-lo < 1e-9 {
		lo, hi = lo-.05, hi+.05
	}
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/float64(most))))
	for _, m := range []float64{1, 2, 5, 10} {
		if (hi-lo)/(step*m) <= float64(most) {
			step *= m
			break
		}
	}
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	a := axis{lo: first * step, hi: last * step, label: label, name: name}
	for k := first; k <= last; k++ {
		a.ticks = append(a.ticks, k*step)
	}
	return a
}

// logarithmic is an axis whose ends are the powers of ten, or with fine the 1, 2 and 5 of them, around the numbers, which
// are above 0.
func logarithmic(name string, fine bool, numbers ...float64) axis {
	lo, hi := slices.Min(numbers), slices.Max(numbers)
	steps := []float64{1}
	if fine {
		steps = []float64{1, 2, 5}
	}
	var ticks []float64
	for e := math.Floor(math.Log10(lo)) - 1; e <= math.Ceil(math.Log10(hi))+1; e++ {
		for _, s := range steps {
			ticks = append(ticks, s*math.Pow(10, e))
		}
	}
	first, last := 0, len(ticks)-1
	for first+1 < len(ticks) && ticks[first+1] <= lo*(1+1e-9) {
		first++
	}
	for last > first+1 && ticks[last-1] >= hi*(1-1e-9) {
		last--
	}
	ticks = ticks[first : last+1]
	return axis{lo: ticks[0], hi: ticks[len(ticks)-1], log: true, ticks: ticks, label: short, name: name}
}

// at is an axis over given places, such as strengths, with a margin on either side.
func at(name string, label func(float64) string, places ...float64) axis {
	lo, hi := slices.Min(places), slices.Max(places)
	margin := .04 * (hi - lo)
	if margin == 0 {
		margin = 1
	}
	return axis{lo: lo - margin, hi: hi + margin, ticks: places, label: label, name: name}
}

// short is a number in as few letters as three digits need.
func short(x float64) string {
	if a := math.Abs(x); a != 0 && a < 1e-4 {
		return minus(strconv.FormatFloat(x, 'e', 0, 64))
	}
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return minus(strconv.FormatFloat(v, 'f', -1, 64))
}

// inPercent labels a fraction.
func inPercent(x float64) string { return short(100*x) + " %" }
