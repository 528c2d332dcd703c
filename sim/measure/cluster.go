package measure

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Cluster says whether errors fall on the same images again and again.
type Cluster struct {
	// Share is the share of the variance of errors that the image explains, rates of conditions aside: the intraclass
	// correlation for consistency, ICC(3,1) of Shrout and Fleiss (Psychol. Bull. 86, 420, 1979), which is the mean
	// covariance of two conditions' errors over their mean variance. It is 0 where errors are independent, 1 where every
	// condition errs on the same images, at least -1/(conditions-1), and NaN where no condition's errors vary. Cochran's Q
	// of equally hard images is (images-1) (1 + (conditions-1) Share).
	Share float64
	// Shared counts pairs of errors: over all pairs of conditions, the images on which both err.
	Shared float64
	// Expected and SD are mean and standard deviation of Shared if each condition spread its errors over the images at
	// random, independently of the others. They are exact: those of all permutations of each condition's images.
	Expected, SD float64
}

// Z is by how many standard deviations more errors are shared than independence predicts; NaN where SD is 0. Beyond 3 the
// images decide. That is approximately normal where many images are shared.
func (c Cluster) Z() float64 { return (c.Shared - c.Expected) / c.SD }

// Clustering asks whether failures are predictable from the image: x is errors ([Wrong] has 1 for an error) under several
// conditions, [condition][image], such as the perturbations of one network, or the seeds or arms under one perturbation.
// It panics unless there are at least two conditions and two images, the same for all.
func Clustering(x Sample) Cluster {
	if len(x) < 2 || len(x[0]) < 2 {
		panic("measure: clustering needs two conditions and two images")
	}
	images := float64(len(x[0]))
	total := make([]float64, len(x[0]))
	var c Cluster
	var variances, sums, sum2, square, spread float64 // of conditions
	for _, row := range x {
		checkImages(len(row), len(total))
		var sum, squares float64
		for m, v := range row {
			total[m] += v
			sum += v
			squares += float64(v * v)
		}
		v := stat.Variance(row, nil)
		variances += v
		spread += float64(v * v)
		sums += sum
		sum2 += float64(sum * sum)
		square += squares
	}
	var shared float64 // of all ordered pairs, each condition with itself included
	for _, t := range total {
		shared += float64(t * t)
	}
	c.Shared = float64((shared - square) / 2)
	c.Expected = (float64(sums*sums) - sum2) / 2 / images
	// Var sum_m x_m y_pi(m) = SSx SSy / (images-1), and different pairs are uncorrelated.
	c.SD = math.Sqrt(max(float64(variances*variances)-spread, 0) / 2 * (images - 1))
	pairs := float64(len(x)-1) / 2 // of conditions, per condition
	c.Share = (c.Shared - c.Expected) / (images - 1) / pairs / variances
	return c
}

// AUC is how well one number foretells failure: the probability that an image that fails has a smaller margin than one
// that does not, ties counting half (the Mann-Whitney statistic). 1/2 foretells nothing, 1 everything.
type AUC struct {
	Value            float64
	SE               float64 // DeLong's standard error over images, exact in ties; 0 where the groups do not overlap
	Failures, Images int
}

// FailureAUC asks whether the clean margin of an image foretells its failure under a perturbation. margin is any
// confidence on the clean image, [image], larger the surer; wrong is 1 where the perturbed image failed. Give it images
// that are right when clean, or it foretells the clean errors too. ok is false unless at least two images fail and two do
// not. DeLong, DeLong, Clarke-Pearson, Biometrics 44, 837 (1988). It panics if lengths differ or a margin is NaN.
func FailureAUC(margin []float64, wrong []uint8) (a AUC, ok bool) {
	checkImages(len(margin), len(wrong))
	checkNumbers(margin)
	var fail, hold []float64
	for m, v := range margin {
		if wrong[m] != 0 {
			fail = append(fail, v)
		} else {
			hold = append(hold, v)
		}
	}
	a.Failures, a.Images = len(fail), len(margin)
	if len(fail) < 2 || len(hold) < 2 {
		return a, false
	}
	slices.Sort(fail)
	slices.Sort(hold)
	above := make([]float64, len(fail)) // of each failure, the share of the others above it
	for i, v := range fail {
		above[i] = 1 - shareBelow(hold, v)
	}
	under := make([]float64, len(hold))
	for i, v := range hold {
		under[i] = shareBelow(fail, v)
	}
	a.Value = stat.Mean(above, nil)
	a.SE = math.Sqrt(stat.Variance(above, nil)/float64(len(fail)) + stat.Variance(under, nil)/float64(len(hold)))
	return a, true
}

// shareBelow returns the share of a sorted list below v, equals counting half.
func shareBelow(sorted []float64, v float64) float64 {
	first, _ := slices.BinarySearch(sorted, v)
	past, _ := slices.BinarySearchFunc(sorted, v, func(x, v float64) int {
		if x <= v {
			return -1
		}
		return cmp.Compare(x, v)
	})
	return float64(first+past) / 2 / float64(len(sorted))
}

func checkNumbers(list []float64) {
	for _, v := range list {
		if math.IsNaN(v) {
			panic("measure: a number of an image is NaN")
		}
	}
}

// Overlap counts the images on which two arms, or one under two perturbations, err.
type Overlap struct{ Both, First, Second, Neither int }

// Overlapping counts errors, [image], 1 where wrong. It panics if the lengths differ.
func Overlapping(first, second []uint8) (o Overlap) {
	checkImages(len(first), len(second))
	for m := range first {
		switch a, b := first[m] != 0, second[m] != 0; {
		case a && b:
			o.Both++
		case a:
			o.First++
		case b:
			o.Second++
		default:
			o.Neither++
		}
	}
	return o
}

// Expected returns how many images would see both errors if they were independent, and the standard deviation of that
// number (hypergeometric, given how often each errs). SD is NaN of a single image.
func (o Overlap) Expected() (mean, sd float64) {
	n := float64(o.Both + o.First + o.Second + o.Neither)
	a, b := float64(o.Both+o.First), float64(o.Both+o.Second)
	return a * b / n, math.Sqrt(a * (n - a) * b * (n - b) / (n * n * (n - 1)))
}

// Phi is the correlation of the two errors, -1 to 1; NaN where one of them happens always or never.
func (o Overlap) Phi() float64 {
	a, b := float64(o.Both+o.First), float64(o.Both+o.Second)
	n := float64(o.Both + o.First + o.Second + o.Neither)
	return (float64(float64(o.Both)*n) - float64(a*b)) / math.Sqrt(a*(n-a)*b*(n-b))
}
