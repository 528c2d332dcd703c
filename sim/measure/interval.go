package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Sample is a number for each seed and image, [seed][image]; every seed has the same images. For an accuracy the
// number is 1 where the decision was right and 0 where it was wrong.
type Sample [][]float64

// Right turns correct decisions, [seed][image], into a sample.
func Right(correct [][]uint8) Sample {
	x := make(Sample, len(correct))
	for s, row := range correct {
		x[s] = make([]float64, len(row))
		for m, c := range row {
			x[s][m] = float64(c)
		}
	}
	return x
}

// Minus returns the paired differences x - y. It panics if the shapes differ.
func (x Sample) Minus(y Sample) Sample { return x.plus(-1, y) }

func (x Sample) plus(a float64, y Sample) Sample {
	if len(x) != len(y) {
		panic("measure: samples of different seeds")
	}
	z := make(Sample, len(x))
	for s := range x {
		if len(x[s]) != len(y[s]) {
			panic("measure: samples of different images")
		}
		z[s] = make([]float64, len(x[s]))
		for m := range x[s] {
			z[s][m] = x[s][m] + float64(a*y[s][m])
		}
	}
	return z
}

// Mean returns the mean over seeds and images.
func (x Sample) Mean() float64 { return stat.Mean(x.seedMeans(), nil) }

func (x Sample) seedMeans() []float64 {
	means := make([]float64, len(x))
	for s, row := range x {
		means[s] = stat.Mean(row, nil)
	}
	return means
}

// Interval returns the mean over seeds and images and the half-width of its 95 % interval.
//
// Seeds and images are crossed random factors: the same images meet every seed. The variance of the mean is taken as
// var(seed means)/seeds + var(image means)/images, which counts what is peculiar to one seed on one image twice and so
// errs to the wide side (Owen: The pigeonhole bootstrap, 2007, section 3). The quantile is Cochran's: the mean of the two
// Student quantiles, of seeds-1 and images-1 degrees of freedom, weighted by the two variances; unlike that of Welch and
// Satterthwaite it does not estimate degrees of freedom from a few seeds (Cochran, Biometrics 20, 191, 1964). With one
// seed the interval covers images alone.
func (x Sample) Interval() (mean, half float64) { return x.Mean(), x.spread().half(0.975) }

// spread is the variance of a mean over seeds and images: that of seed means and that of image means, each with its
// degrees of freedom. A factor with one value has none.
type spread []struct{ variance, freedom float64 }

func (x Sample) spread() (list spread) {
	images := make([]float64, len(x[0]))
	for m := range images {
		for s := range x {
			images[m] += x[s][m]
		}
		images[m] /= float64(len(x))
	}
	for _, means := range [][]float64{x.seedMeans(), images} {
		if n := float64(len(means)); n > 1 {
			list = append(list, struct{ variance, freedom float64 }{stat.Variance(means, nil) / n, n - 1})
		}
	}
	return list
}

// half is the half-width of an interval that leaves out 1-quantile on either side.
func (list spread) half(quantile float64) float64 {
	var variance, weighted float64
	for _, v := range list {
		variance += v.variance
		weighted += float64(v.variance * distuv.StudentsT{Sigma: 1, Nu: v.freedom}.Quantile(quantile))
	}
	if variance == 0 {
		return 0
	}
	return weighted / math.Sqrt(variance)
}

// decided is the half-width of an interval of decisions, of that of [Sample.Interval]. One image tells nothing of others:
// it is then 1, by which accuracies can differ at most.
func (x Sample) decided(half float64) float64 {
	if len(x[0]) < 2 {
		return 1
	}
	return half
}

// Accuracy returns the mean of a sample of right and wrong decisions with its interval, cut to [0, 1].
func (x Sample) Accuracy() Estimate {
	mean, half := x.Interval()
	half = x.decided(half)
	return Estimate{Mean: mean, Lo: max(mean-half, 0), Hi: min(mean+half, 1), Seeds: len(x)}
}

// Paired returns the mean difference x - y with its interval.
func (x Sample) Paired(y Sample) Paired {
	mean, half := x.Minus(y).Interval()
	half = x.decided(half)
	return Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
}

// Recovered returns the share of the oracle's gain over none that an arm recovers, (arm - none) / (oracle - none), with
// the interval of the ratio by linearisation (the delta method). Unless the oracle clearly gains, by the lower end of its
// paired interval, there is nothing to recover, and the error says so: a ratio of two losses is no success.
func Recovered(arm, none, oracle Sample) (Paired, error) {
	gain, most := arm.Minus(none), oracle.Minus(none)
	if whole := oracle.Paired(none); !(whole.Lo > 0) {
		return Paired{}, fmt.Errorf("the oracle does not clearly gain there: %+.1f points [%+.1f, %+.1f]", 100*whole.Mean, 100*whole.Lo, 100*whole.Hi)
	}
	scale := most.Mean()
	ratio := gain.Mean() / scale
	_, half := gain.plus(-ratio, most).Interval()
	half = math.Abs(half / scale)
	return Paired{Mean: ratio, Lo: ratio - half, Hi: ratio + half}, nil
}
