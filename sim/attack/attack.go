package attack

import "context"

// Attack makes adversarial images.
//
// Perturb fills dst, [n][inputs], with an adversarial image for each image of b and its label. dst must not overlap
// b.X. Whatever a doc comment does not except, the result of an image is the same in every batch. Where an attack finds
// nothing, dst holds the best it has, at worst the image itself. The error names the image: a pixel is not in [0, 1], a
// label is not a class, or the model returned a number that is not finite; dst is then of no use. Perturb panics where
// the lengths do not fit or the attack's fields make no sense.
//
// An attack with a budget keeps to a ball around the image. One that seeks the nearest adversarial image has none: the
// caller measures how far it went ([Norm.Distance]).
//
// Where ctx ends, Perturb asks the model nothing more and returns its cause.
type Attack interface {
	Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error
	// Reserved returns every draw number that Perturb asks for, or a range that holds them.
	Reserved() Draws
}

var _ Attack = PGD{}

// Decision turns the logits of an image under several draws into a class.
type Decision uint8

const (
	MeanSoftmax Decision = iota // the largest mean over draws of softmax: what murmur deploys
	SumOfLogits                 // the largest sum over draws of logits: the paper's
	Vote                        // the class that most draws choose alone
)

// String returns the name used in results: mean, sum-of-logits or vote.
func (d Decision) String() string { return [...]string{"mean", "sum-of-logits", "vote"}[d] }

// Scores fills dst, [classes], with what the decision compares: mean probabilities, summed logits or shares of votes.
// logits is [draws][classes] of one image. Of equal scores the first class wins.
func (d Decision) Scores(dst, logits []float32, classes int) {
	draws := checkLogits(logits, classes, 0)
	var room [roomy]float32
	exps := append(room[:0], logits[:classes]...)
	clear(dst[:classes])
	for k := range draws {
		z := row(logits, k, classes)
		switch d {
		case MeanSoftmax:
			s := softenTo(exps, z, 0)
			for c, v := range exps {
				dst[c] += v / (s.total * float32(draws))
			}
		case SumOfLogits:
			for c, v := range z {
				dst[c] += v
			}
		case Vote:
			dst[argmax(z)] += 1 / float32(draws)
		}
	}
}

// Class returns the class that is decided for, of the logits of one image.
func (d Decision) Class(logits []float32, classes int) int {
	scores := make([]float32, classes)
	d.Scores(scores, logits, classes)
	return argmax(scores)
}

// Decide returns the classes that a model decides for, one for each image of b.
func (d Decision) Decide(m Model, b Batch, draws Draws) []int {
	_, classes := m.Dims()
	logits := make([]float32, len(b.ID)*draws.N*classes)
	m.Logits(logits, b, draws)
	list := make([]int, len(b.ID))
	for i := range list {
		list[i] = d.Class(row(logits, i, draws.N*classes), classes)
	}
	return list
}

// argmax returns the index of the largest value; of equals, the first.
func argmax(v []float32) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
