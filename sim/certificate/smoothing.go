package certificate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"murmur/sim/measure"
)

// Abstain is the class of a certificate or prediction that says nothing.
const Abstain = -1

// Certificate says that the vote under noise N(0, sigma^2 I) on the image is Class for every image closer than Radius.
type Certificate struct {
	Class  int     // or Abstain
	Radius float64 // L2, in pixel values, excluded; 0 where it abstains
	PLower float64 // lower bound of the probability of the chosen class, whether or not it is enough
}

// Certify is CERTIFY of Cohen and others: counts0 (few draws, usually 100) choose the class, of equals the first; counts
// (many fresh draws, usually 100,000; never those of counts0) bound its probability from below at 1-alpha (usually .001).
// Both are [class]. Below 1/2 it abstains. It panics if the lengths differ, a count is negative, sigma is not positive, or
// alpha is not between 0 and 1.
func Certify(counts0, counts []int, alpha, sigma float64) Certificate {
	if !(sigma > 0) {
		panic("certificate: sigma is not positive")
	}
	class, p := choose(counts0, counts, alpha)
	return Certificate{Class: class, Radius: Radius(sigma, p), PLower: p}
}

// choose returns the class of counts0, or Abstain, and the lower bound of its probability by counts.
func choose(counts0, counts []int, alpha float64) (class int, p float64) {
	if len(counts0) != len(counts) || len(counts) == 0 {
		panic("certificate: counts of different classes")
	}
	for c, n := range counts0 {
		if n > counts0[class] {
			class = c
		}
	}
	p = LowerBound(counts[class], total(counts0, counts), alpha)
	if p < .5 {
		return Abstain, p
	}
	return class, p
}

// total returns the sum of the last list, having looked at all.
func total(lists ...[]int) (sum int) {
	for _, counts := range lists {
		sum = 0
		for _, n := range counts {
			if n < 0 {
				panic("certificate: a negative count")
			}
			sum += n
		}
	}
	return sum
}

// LowerBound returns the one-sided lower confidence bound of Clopper and Pearson, at level 1-alpha, of a probability of
// which n independent trials gave the given number of successes: the alpha quantile of Beta(successes, n-successes+1), 0
// of no success. It panics unless 0 <= successes <= n and 0 < alpha < 1.
func LowerBound(successes, n int, alpha float64) float64 {
	if successes < 0 || successes > n {
		panic("certificate: successes are not between 0 and the number of trials")
	}
	checkAlpha(alpha)
	if successes == 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(successes), Beta: float64(n-successes) + 1}.Quantile(alpha)
}

// LeastSamples returns how many samples it takes at least to certify anything: the smallest n of which the bound of
// [LowerBound] is above 1/2 if all are of one class, alpha^(1/n) > 1/2. It panics unless 0 < alpha < 1.
func LeastSamples(alpha float64) int {
	checkAlpha(alpha)
	return int(math.Floor(math.Log2(1/alpha))) + 1
}

func checkAlpha(alpha float64) {
	if !(alpha > 0 && alpha < 1) {
		panic("certificate: alpha is not between 0 and 1")
	}
}

// Radius returns the L2 radius that a class of probability at least p under noise of standard deviation sigma has:
// sigma Phi^-1(p), 0 for p <= 1/2. It is Theorem 1 of Cohen and others, with what is left, 1-p, given to one other class.
func Radius(sigma, p float64) float64 {
	if !(p >= 0 && p <= 1) {
		panic("certificate: a probability is not in [0, 1]")
	}
	if p <= .5 {
		return 0
	}
	return sigma * distuv.UnitNormal.Quantile(p)
}

// Predict is PREDICT of Cohen and others: the class with the largest count, unless the two largest are so close that the
// exact two-sided test of equal probabilities has p > alpha; then abstain is true and the class Abstain. A class other
// than the vote of infinitely many draws is returned with probability at most alpha. counts is [class]. It panics if a
// count is negative, there is no class, or alpha is not between 0 and 1.
func Predict(counts []int, alpha float64) (class int, abstain bool) {
	checkAlpha(alpha)
	if len(counts) == 0 {
		panic("certificate: no classes")
	}
	total(counts)
	first, second := 0, 0
	for c, n := range counts {
		switch {
		case n > first:
			class, first, second = c, n, first
		case n > second:
			second = n
		}
	}
	if measure.SignTest(first, second) > alpha {
		return Abstain, true
	}
	return class, false
}

// Accuracy returns the certified accuracy at each radius: the share of images whose certificate has the right class and
// at least that radius. certs and labels are [image]. It panics if their lengths differ or are 0.
func Accuracy(certs []Certificate, labels []int, radii []float64) []float64 {
	checkImages(certs, labels)
	curve := make([]float64, len(radii))
	for i, r := range radii {
		held := 0
		for m, c := range certs {
			if c.Class == labels[m] && c.Radius >= r {
				held++
			}
		}
		curve[i] = float64(held) / float64(len(certs))
	}
	return curve
}

// AverageRadius returns the average certified radius (ACR): the mean over images of the radius, 0 where the class is
// wrong or the certificate abstains; the area under [Accuracy]. Zhai and others, arXiv 2001.02378.
func AverageRadius(certs []Certificate, labels []int) float64 {
	checkImages(certs, labels)
	var sum float64
	for m, c := range certs {
		if c.Class == labels[m] {
			sum += c.Radius
		}
	}
	return sum / float64(len(certs))
}

func checkImages(certs []Certificate, labels []int) {
	if len(certs) != len(labels) || len(certs) == 0 {
		panic("certificate: certificates and labels of different images, or of none")
	}
	for _, l := range labels {
		if l < 0 { // it would agree with an abstention
			panic("certificate: a label is negative")
		}
	}
}
