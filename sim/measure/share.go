package measure

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the interval of a probability of which n independent trials gave the given number of successes: the p
// whose score test does not reject at 1-level. Wilson, J. Amer. Statist. Assoc. 22, 209 (1927). It lies in [0, 1] and has
// width even where every trial went one way; of no trials it is [0, 1]. It counts images of one seed, not seeds: for
// several use [Sample.Interval]. It panics unless 0 <= successes <= n and 0 < level < 1.
func Wilson(successes, n int, level float64) (lo, hi float64) {
	checkLevel(level)
	if successes < 0 || successes > n {
		panic("measure: successes are not between 0 and the number of trials")
	}
	if n == 0 {
		return 0, 1
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	k, trials := float64(successes), float64(n)
	square := float64(z * z)
	middle := k + float64(square/2)
	half := float64(z * math.Sqrt(float64(k*(trials-k))/trials+float64(square/4)))
	lo, hi = (middle-half)/(trials+square), (middle+half)/(trials+square)
	if successes == 0 { // rounding aside it is
		lo = 0
	}
	if successes == n {
		hi = 1
	}
	return lo, hi
}

// ClassAccuracy is how often the images of one class were decided rightly. Accuracy has the 95 % Wilson interval of one
// seed, and is nil where the class has no image.
type ClassAccuracy struct {
	Class, Right, Images int
	Accuracy             *Estimate
}

// PerClass returns the accuracy of every class, of one seed's decisions: correct and labels, [image], correct 1 where the
// decision was right. For several seeds see [Sample.OfClass]. It panics if the lengths differ or a label is no class.
func PerClass(correct, labels []uint8, classes int) []ClassAccuracy {
	checkImages(len(correct), len(labels))
	list := make([]ClassAccuracy, classes)
	for c := range list {
		list[c].Class = c
	}
	for m, l := range labels {
		if int(l) >= classes {
			panic("measure: a label is no class")
		}
		list[l].Images++
		if correct[m] != 0 {
			list[l].Right++
		}
	}
	for c := range list {
		if a := &list[c]; a.Images > 0 {
			lo, hi := Wilson(a.Right, a.Images, .95)
			a.Accuracy = &Estimate{Mean: float64(a.Right) / float64(a.Images), Lo: lo, Hi: hi, Seeds: 1}
		}
	}
	return list
}

// OfClass returns the part of x whose images have the given label, for [Sample.Accuracy] of one class over several seeds.
// It panics if labels are not of the same images; a class without images gives rows of length 0, which have no mean.
func (x Sample) OfClass(labels []uint8, class int) Sample {
	part := make(Sample, len(x))
	for s, row := range x {
		checkImages(len(row), len(labels))
		for m, v := range row {
			if int(labels[m]) == class {
				part[s] = append(part[s], v)
			}
		}
	}
	return part
}

// Balanced returns a sample whose mean is the balanced accuracy, the mean over the classes that occur of their accuracies,
// and whose spread is that of such a mean: within a class images differ from the class's mean, weighted so that each class
// counts alike (post-stratification). It panics if labels are not of the same images.
func (x Sample) Balanced(labels []uint8) Sample {
	var sums [256]float64
	var images [256]int
	for _, row := range x {
		checkImages(len(row), len(labels))
		for m, v := range row {
			sums[labels[m]] += v
		}
	}
	for _, l := range labels {
		images[l]++
	}
	var balanced, classes float64
	for c, n := range images {
		if n > 0 {
			sums[c] /= float64(n * len(x)) // now the class's mean
			balanced += sums[c]
			classes++
		}
	}
	balanced /= classes
	y := make(Sample, len(x))
	for s, row := range x {
		y[s] = make([]float64, len(row))
		for m, v := range row {
			weight := float64(len(labels)) / float64(classes*float64(images[labels[m]]))
			y[s][m] = balanced + float64(weight*(v-sums[labels[m]]))
		}
	}
	return y
}

func checkImages(a, b int) {
	if a != b {
		panic("measure: the lists are of different images")
	}
}
