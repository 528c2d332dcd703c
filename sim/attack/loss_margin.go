package attack

// CrossEntropyOfMeanLogits is the cross-entropy of softmax(mean over draws of
// logits): the loss of the decision [SumOfLogits].
type CrossEntropyOfMeanLogits struct{}

// Margin is z_j - z_label, z being the logits of the decision Of and j the largest but the label's: above 0 where the
// decision errs. For [MeanSoftmax] it is log p_j - log p_label of the mean probabilities p; with one draw it is the
// difference of the two logits.
type Margin struct{ Of Decision }

// TargetedMargin is z_target - z_label, z being the logits of the decision Of.
type TargetedMargin struct {
	Of     Decision
	Target uint8
}

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

var (
	_ Targeted = TargetedCrossEntropy{}
	_ Targeted = Margin{}
)

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
func (m Margin) Value(logits []float32, classes int, label uint8) float32 {
	checkRivals(logits, classes, label, 1)
	var room [roomy]float32
	z := m.Of.logits(room[:0], logits, classes)
	return z[rival(z, label)] - z[label]
}

// Cotangent implements [Loss].
func (m Margin) Cotangent(dst, logits []float32, classes int, label uint8) {
	checkRivals(logits, classes, label, 1)
	var room [roomy]float32
	m.Toward(rival(m.Of.logits(room[:0], logits, classes), label)).Cotangent(dst, logits, classes, label)
}

// Toward implements [Targeted].
func (m Margin) Toward(class uint8) Loss { return TargetedMargin{m.Of, class} }

// Value implements [Loss].
func (m TargetedMargin) Value(logits []float32, classes int, label uint8) float32 {
	m.check(logits, classes, label)
	var room [roomy]float32
	z := m.Of.logits(room[:0], logits, classes)
	return z[m.Target] - z[label]
}

// Cotangent implements [Loss].
func (m TargetedMargin) Cotangent(dst, logits []float32, classes int, label uint8) {
	m.check(logits, classes, label)
	checkCotangent(dst, logits)
	var room [roomy]float32
	h := append(room[:0], logits[:classes]...)
	clear(h)
	h[m.Target]++
	h[label]--
	m.Of.pull(dst, logits, classes, h)
}

func (m TargetedMargin) check(logits []float32, classes int, label uint8) {
	if int(m.Target) >= classes {
		panic(badLogits)
	}
	checkRivals(logits, classes, label, 1)
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
func checkRivals(logits []float32, classes int, label uint8, least int) {
	checkLogits(logits, classes, label)
	if classes <= least {
		panic("attack: too few classes for this loss")
	}
}
