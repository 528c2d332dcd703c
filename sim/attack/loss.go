package attack

import (
	"math"

	"murmur/neuron/kernel"
)

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
	var room [fewDraws]drawn
	list, smallest := softenAll(room[:0], nil, logits, classes, label)
	var others, sum float32
	for _, d := range list {
		others += d.others / d.total
		sum += kernel.Exp(smallest - d.entropy)
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
	checkLogits(logits, classes, label)
	checkCotangent(dst, logits)
	var room [fewDraws]drawn
	list, smallest := softenAll(room[:0], dst, logits, classes, label)
	var sum float32
	for k, d := range list {
		list[k].share = kernel.Exp(smallest - d.entropy)
		sum += list[k].share
	}
	for k, d := range list {
		d.cotangent(row(dst, k, classes), label, d.share/sum)
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
		exps := row(dst, k, classes)
		softenTo(exps, row(logits, k, classes), label).cotangent(exps, label, 1/float32(draws))
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
	var room [roomy]float32
	return softenTo(append(room[:0], z...), z, label)
}

// softenTo is soften and leaves exp(z-max) in exps.
func softenTo(exps, z []float32, label uint8) softened {
	s := softened{max: z[0], label: z[label]}
	for _, v := range z {
		s.max = max(s.max, v)
	}
	for c, v := range z {
		exps[c] = v - s.max
	}
	kernel.ExpTo(exps, exps)
	for c, v := range exps {
		if c != int(label) {
			s.others += v
		}
	}
	s.total = s.others + exps[label]
	return s
}

// drawn is one draw among several.
type drawn struct {
	softened
	entropy float32
	share   float32 // of the label's probability, before they are made to add up to 1
}

// fewDraws is a number of draws for which scratch lies on the stack.
const fewDraws = 32

// softenAll appends every draw to list and returns the smallest entropy. It leaves exp(z-max) in exps, [draws][classes],
// unless that is nil.
func softenAll(list []drawn, exps, logits []float32, classes int, label uint8) (all []drawn, smallest float32) {
	var room [roomy]float32
	e := append(room[:0], logits[:classes]...)
	smallest = float32(math.Inf(1))
	for k := range len(logits) / classes {
		if exps != nil {
			e = row(exps, k, classes)
		}
		s := softenTo(e, row(logits, k, classes), label)
		d := drawn{softened: s, entropy: s.entropy()}
		smallest = min(smallest, d.entropy)
		list = append(list, d)
	}
	return list, smallest
}

// entropy returns -log softmax at the label. With the label on top it is
// log(1+others), which log(total) would round to 0 long before others is 0.
func (s softened) entropy() float32 {
	if s.label == s.max {
		return log1p(s.others)
	}
	return kernel.Log(s.total) + (s.max - s.label)
}

// cotangent turns exp(z-max) into weight*(softmax(z) - onehot(label)). The
// label's entry is minus the sum of the others, not p-1, which would be 0 as
// soon as p rounds to 1 and leave the attack without a slope.
func (s softened) cotangent(dst []float32, label uint8, weight float32) {
	weight /= s.total
	for c, v := range dst {
		dst[c] = weight * v
	}
	dst[label] = -(weight * s.others)
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
