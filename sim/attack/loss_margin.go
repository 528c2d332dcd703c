package attack

import "murmur/neuron/kernel"

// CrossEntropyOfMeanLogits is the cross-entropy of softmax(mean over draws of
// logits): the loss of the decision [SumOfLogits].
type CrossEntropyOfMeanLogits struct{}

// MarginOfMean is log p_j - log p_label, p being the mean over draws of
// softmax(logits) and j the likeliest class but the label: above 0 where
// [MeanSoftmax] errs. With one draw it is the difference of the two logits.
type MarginOfMean struct{}

// MarginOfMeanLogits is z_j - z_label, z being the mean over draws of logits
// and j the class with the largest but the label: above 0 where [SumOfLogits]
// errs.
type MarginOfMeanLogits struct{}

// TargetedCrossEntropy is log of the probability of Target in the mean over
// draws of softmax(logits): minus the [CrossEntropyOfMean] of Target. The label
// has no part in it.
type TargetedCrossEntropy struct{ Target uint8 }

// Targeted is a loss that draws an image to a class. What Target an
// implementation holds before Toward is of no concern to it.
type Targeted interface {
	Loss
	Toward(class uint8) Loss
}

var _ Targeted = TargetedCrossEntropy{}

// Value implements [Loss].
func (CrossEntropyOfMeanLogits) Value(logits []float32, classes int, label uint8) float32 {
	checkLogits(logits, classes, label)
	var room [roomy]float32
	return soften(meanLogits(room[:0], logits, classes), label).entropy()
}

// Cotangent implements [Loss].
func (CrossEntropyOfMeanLogits) Cotangent(dst, logits []float32, classes int, label uint8) {
	draws := checkLogits(logits, classes, label)
	checkCotangent(dst, logits)
	var room [roomy]float32
	softenTo(dst[:classes], meanLogits(room[:0], logits, classes), label).cotangent(dst[:classes], label, 1/float32(draws))
	repeat(dst, classes)
}

// Value implements [Loss]. It panics where there is one class only.
func (MarginOfMean) Value(logits []float32, classes int, label uint8) float32 {
	checkRivals(logits, classes, label, 1)
	return leadOfMean(logits, classes, label, rivalOfMean(logits, classes, label))
}

// Cotangent implements [Loss].
func (MarginOfMean) Cotangent(dst, logits []float32, classes int, label uint8) {
	checkRivals(logits, classes, label, 1)
	checkCotangent(dst, logits)
	leadOfMeanCotangent(dst, logits, classes, label, rivalOfMean(logits, classes, label))
}

// Value implements [Loss]. It panics where there is one class only.
func (MarginOfMeanLogits) Value(logits []float32, classes int, label uint8) float32 {
	checkRivals(logits, classes, label, 1)
	var room [roomy]float32
	z := meanLogits(room[:0], logits, classes)
	return z[rival(z, label)] - z[label]
}

// Cotangent implements [Loss].
func (MarginOfMeanLogits) Cotangent(dst, logits []float32, classes int, label uint8) {
	draws := checkRivals(logits, classes, label, 1)
	checkCotangent(dst, logits)
	var room [roomy]float32
	clear(dst)
	dst[rival(meanLogits(room[:0], logits, classes), label)] = 1 / float32(draws)
	dst[label] = -1 / float32(draws)
	repeat(dst, classes)
}

// Toward implements [Targeted].
func (TargetedCrossEntropy) Toward(class uint8) Loss { return TargetedCrossEntropy{class} }

// Value implements [Loss].
func (t TargetedCrossEntropy) Value(logits []float32, classes int, _ uint8) float32 {
	return -CrossEntropyOfMean{}.Value(logits, classes, t.Target)
}

// Cotangent implements [Loss].
func (t TargetedCrossEntropy) Cotangent(dst, logits []float32, classes int, _ uint8) {
	CrossEntropyOfMean{}.Cotangent(dst, logits, classes, t.Target)
	for i, g := range dst {
		dst[i] = -g
	}
}

// leadOfMean returns log p_k - log p_label of the mean probabilities.
func leadOfMean(logits []float32, classes int, label, k uint8) float32 {
	if len(logits) == classes {
		return logits[k] - logits[label]
	}
	return CrossEntropyOfMean{}.Value(logits, classes, label) - CrossEntropyOfMean{}.Value(logits, classes, k)
}

// leadOfMeanCotangent fills dst with the derivative of leadOfMean. With s and t
// a draw's shares of the mean probabilities of k and of the label it is
// s onehot(k) - t onehot(label) + (t - s) softmax, whose terms do not cancel
// where a class is sure.
func leadOfMeanCotangent(dst, logits []float32, classes int, label, k uint8) {
	least, leastK := smallestEntropy(logits, classes, label), smallestEntropy(logits, classes, k)
	var sum, sumK float32
	draws := len(logits) / classes
	for d := range draws {
		z := row(logits, d, classes)
		sum += kernel.Exp(least - soften(z, label).entropy())
		sumK += kernel.Exp(leastK - soften(z, k).entropy())
	}
	for d := range draws {
		z := row(logits, d, classes)
		s := soften(z, label)
		share := kernel.Exp(least-s.entropy()) / sum
		shareK := kernel.Exp(leastK-soften(z, k).entropy()) / sumK
		g := row(dst, d, classes)
		for c, v := range z {
			g[c] = (share - shareK) * (kernel.Exp(v-s.max) / s.total)
		}
		g[k] += shareK
		g[label] -= share
	}
}

// rivalOfMean returns the class but the label with the largest mean
// probability; of equals, the first.
func rivalOfMean(logits []float32, classes int, label uint8) uint8 {
	if len(logits) == classes {
		return rival(logits, label)
	}
	var room [roomy]float32
	scores := append(room[:0], logits[:classes]...)
	MeanSoftmax.Scores(scores, logits, classes)
	return rival(scores, label)
}

// rival returns the class but the label with the largest score; of equals, the
// first.
func rival(scores []float32, label uint8) uint8 {
	best := -1
	for c, v := range scores {
		if c != int(label) && (best < 0 || v > scores[best]) {
			best = c
		}
	}
	return uint8(best)
}

// roomy is a number of classes for which scratch lies on the stack.
const roomy = 32

// meanLogits appends the mean over draws of the logits to dst.
func meanLogits(dst, logits []float32, classes int) []float32 {
	draws := len(logits) / classes
	dst = append(dst, logits[:classes]...)
	for d := 1; d < draws; d++ {
		for c, v := range row(logits, d, classes) {
			dst[c] += v
		}
	}
	for c := range dst {
		dst[c] /= float32(draws)
	}
	return dst
}

// repeat copies the first draw's cotangent to the others.
func repeat(dst []float32, classes int) {
	for d := classes; d < len(dst); d += classes {
		copy(dst[d:], dst[:classes])
	}
}

// checkRivals is checkLogits for a loss that needs more classes than least.
func checkRivals(logits []float32, classes int, label uint8, least int) (draws int) {
	draws = checkLogits(logits, classes, label)
	if classes <= least {
		panic("attack: too few classes for this loss")
	}
	return draws
}
