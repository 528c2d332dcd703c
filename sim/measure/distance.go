package measure

import (
	"math"
	"slices"
)

// Reach is how far an attack of minimal norm had to go. An image that is wrong as it is counts with distance 0.
type Reach struct {
	Images, Found int      // Found: how many the attack moved over a boundary at any distance
	Mean          *float64 // over those found; nil if none. It flatters an attack that fails often: read it beside Found
	Median        *float64 // over all images, one that was not found being further than any; nil if that is the middle
}

// Distances summarises distances, [image]; +Inf where the attack found nothing. Of an even number of images the median is
// the mean of the middle two. It panics if one is NaN or negative.
func Distances(distances []float64) Reach {
	checkDistances(distances)
	sorted := slices.Sorted(slices.Values(distances))
	r := Reach{Images: len(sorted)}
	var sum float64
	for _, d := range sorted {
		if !math.IsInf(d, 1) {
			r.Found++
			sum += d
		}
	}
	if r.Found == 0 {
		return r
	}
	mean := sum / float64(r.Found)
	r.Mean = &mean
	if middle := sorted[len(sorted)/2]; !math.IsInf(middle, 1) {
		median := (sorted[(len(sorted)-1)/2] + middle) / 2
		r.Median = &median
	}
	return r
}

// SecurityCurve returns the accuracy at each epsilon that minimal distances imply: the share of images whose distance is
// larger. It falls as epsilon grows, and at 0 is the clean accuracy where wrong images have distance 0. It panics if a
// distance is NaN or negative, or there is none.
func SecurityCurve(distances, epsilons []float64) []float64 {
	checkDistances(distances)
	if len(distances) == 0 {
		panic("measure: no images")
	}
	curve := make([]float64, len(epsilons))
	for i, eps := range epsilons {
		safe := 0
		for _, d := range distances {
			if d > eps {
				safe++
			}
		}
		curve[i] = float64(safe) / float64(len(distances))
	}
	return curve
}

func checkDistances(distances []float64) {
	for _, d := range distances {
		if !(d >= 0) {
			panic("measure: a distance is negative or NaN")
		}
	}
}
