package measure

import (
	"cmp"
	"slices"
)

// CoveragePoint is a network that answers for the images it is surest of and abstains from the rest.
type CoveragePoint struct {
	Coverage   float64 // share of images answered
	Accuracy   float64 // among them
	Confidence float64 // the smallest that is answered
}

// Abstention is accuracy against coverage. AURC is the area under the risk-coverage curve: the mean over points of
// 1 - accuracy; smaller is better, and a confidence that says nothing gives the error rate. Best is the AURC of a
// confidence that ranks every error last, so that AURC - Best is what the ranking loses. Geifman, Uziel, El-Yaniv, arXiv
// 1805.08206, section 2.
type Abstention struct {
	Points     []CoveragePoint // one for each number of images answered, from 1 to all
	AURC, Best float64
}

// RiskCoverage ranks images by confidence, larger the surer, [image], and counts what is correct (1 where right) among
// the surest. Of equal confidences the earlier image is answered first; where many are equal shuffle the images before.
// It panics if the lengths differ, there is no image, or a confidence is NaN.
func RiskCoverage(confidence []float64, correct []uint8) Abstention {
	checkImages(len(confidence), len(correct))
	checkNumbers(confidence)
	n := len(correct)
	if n == 0 {
		panic("measure: no images")
	}
	order := make([]int, n)
	for m := range order {
		order[m] = m
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(confidence[b], confidence[a]) })
	a := Abstention{Points: make([]CoveragePoint, n)}
	right := 0
	for k, m := range order {
		if correct[m] != 0 {
			right++
		}
		answered := float64(k + 1)
		a.Points[k] = CoveragePoint{Coverage: answered / float64(n), Accuracy: float64(right) / answered, Confidence: confidence[m]}
		a.AURC += float64(k+1-right) / answered
	}
	for k := right; k < n; k++ { // the errors last
		a.Best += float64(k+1-right) / float64(k+1)
	}
	a.AURC /= float64(n)
	a.Best /= float64(n)
	return a
}
