package attack

import "murmur/neuron/kernel"

const badLogits = "attack: logits, cotangent, classes and label do not fit"

// Loss is what an attack raises. logits is [draws][classes] of one image, with
// at least one draw; label is below classes. Both methods panic where the
// lengths do not fit.
type Loss interface {
	// Value returns the loss of one image.
	Value(logits []float32, classes int, label uint8) float32
	// Cotangent fills dst, [draws][classes], with the derivative of Value in
	// every logit.
	Cotangent(dst, logits []float32, classes int, label uint8)
}

// CrossEntropyOfMean is -log of the label's probability in the mean over draws
// of softmax(logits): the loss of the decision that is deployed.
type CrossEntropyOfMean struct{}

// MeanCrossEntropy is the mean over draws of the cross-entropy of
// softmax(logits): plain EOT. It is never below [CrossEntropyOfMean].
type MeanCrossEntropy struct{}

// Value implements [Loss]. Where the label keeps at least half of the
// probability the loss comes from the probability of the others, so that a
// confident model's small losses still tell candidates apart.
func (CrossEntropyOfMean) Value(logits []float32, classes int, label uint8) float32 {
	draws := checkLogits(logits, classes, label)
	smallest := smallestEntropy(logits, classes, label)
	var others, sum float32
	for k := range draws {
		s := soften(row(logits, k, classes), label)
		others += s.others / s.total
		sum += kernel.Exp(smallest - s.entropy())
	}
	others /= float32(draws)
	if others <= .5 {
		return -log1p(-others)
	}
	return smallest - kernel.Log(sum/float32(draws))
}

// Cotangent implements [Loss]: (p - onehot) of each draw, weighted by that
// draw's share of the label's probability.
func (CrossEntropyOfMean) Cotangent(dst, logits []float32, classes int, label uint8) {
	draws := checkLogits(logits, classes, label)
	checkCotangent(dst, logits)
	smallest := smallestEntropy(logits, classes, label)
	var sum float32
	for k := range draws {
		s := soften(row(logits, k, classes), label)
		sum += kernel.Exp(smallest - s.entropy())
	}
	for k := range draws {
		z := row(logits, k, classes)
		s := soften(z, label)
		s.cotangent(row(dst, k, classes), z, label, kernel.Exp(smallest-s.entropy())/sum)
	}
}

// Value implements [Loss].
func (MeanCrossEntropy) Value(logits []float32, classes int, label uint8) float32 {
	draws := checkLogits(logits, classes, label)
	var sum float32
	for k := range draws {
		sum += soften(row(logits, k, classes), label).entropy()
	}
	return sum / float32(draws)
}

// Cotangent implements [Loss].
func (MeanCrossEntropy) Cotangent(dst, logits []float32, classes int, label uint8) {
	draws := checkLogits(logits, classes, label)
	checkCotangent(dst, logits)
	for k := range draws {
		z := row(logits, k, classes)
		soften(z, label).cotangent(row(dst, k, classes), z, label, 1/float32(draws))
	}
}

// softened is what log-sum-exp leaves of one draw's logits.
type softened struct {
	max    float32 // the largest logit
	label  float32 // the label's logit
	others float32 // sum of exp(logit-max) over the classes but the label
	total  float32 // the same over all classes, at least 1
}

func soften(z []float32, label uint8) softened {
	s := softened{max: z[0], label: z[label]}
	for _, v := range z {
		s.max = max(s.max, v)
	}
	for c, v := range z {
		if c != int(label) {
			s.others += kernel.Exp(v - s.max)
		}
	}
	s.total = s.others + kernel.Exp(s.label-s.max)
	return s
}

// entropy returns -log softmax at the label. With the label on top it is
// log(1+others), which log(total) would round to 0 long before others is 0.
func (s softened) entropy() float32 {
	if s.label == s.max {
		return log1p(s.others)
	}
	return kernel.Log(s.total) + (s.max - s.label)
}

// cotangent fills dst with weight*(softmax(z) - onehot(label)). The label's
// entry is minus the sum of the others, not p-1, which would be 0 as soon as p
// rounds to 1 and leave the attack without a slope.
func (s softened) cotangent(dst, z []float32, label uint8, weight float32) {
	weight /= s.total
	for c, v := range z {
		dst[c] = weight * kernel.Exp(v-s.max)
	}
	dst[label] = -(weight * s.others)
}

func smallestEntropy(logits []float32, classes int, label uint8) float32 {
	smallest := soften(row(logits, 0, classes), label).entropy()
	for k := 1; k < len(logits)/classes; k++ {
		smallest = min(smallest, soften(row(logits, k, classes), label).entropy())
	}
	return smallest
}

// log1p returns log(1+t) for t > -1 without losing a small t: the rounding of
// 1+t cancels in log(u)/(u-1).
func log1p(t float32) float32 {
	u := 1 + t
	if u == 1 {
		return t
	}
	return float32(kernel.Log(u) * (t / (u - 1)))
}

func row(v []float32, i, width int) []float32 { return v[i*width : (i+1)*width] }

func checkLogits(logits []float32, classes int, label uint8) (draws int) {
	if classes < 1 || int(label) >= classes || len(logits) == 0 || len(logits)%classes != 0 {
		panic(badLogits)
	}
	return len(logits) / classes
}

func checkCotangent(dst, logits []float32) {
	if len(dst) != len(logits) {
		panic(badLogits)
	}
}
