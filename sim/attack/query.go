package attack

import (
	"context"
	"math"

	"murmur/neuron/random"
)

// Rows of random numbers of the attacks that ask for logits alone, apart from
// one another under one seed and image, and from the rows 0 to 2 of [PGD].
const (
	rowStripes = 16 + iota
	rowSquare
	rowStart
	rowProbe
	rowPairs
	rowNoise
	rowSaltPepper
)

// verdict is how one image fares.
type verdict struct {
	broken bool    // the decision is for another class than the label
	loss   float32 // the margin loss of the decision, above 0 where it errs
}

// above reports whether v is the better find of an attacker: broken before
// whole, then the higher loss. A vote, whose loss is that of the mean, can have
// the two disagree.
func (v verdict) above(w verdict) bool {
	if v.broken != w.broken {
		return v.broken
	}
	return v.loss > w.loss
}

// search is one call of Perturb that asks for logits alone, with its buffers.
// Every answer is about one image and does not depend on which others are asked
// about, so images may leave a search at any time.
type search struct {
	*victim
	decision Decision
	margin   Loss // a difference of logits does not stop changing where a model is sure, as one of probabilities would
	batch    Batch
	labels   []uint8

	x      []float32 // [n][inputs]: the images to ask about
	answer []verdict // [n]: what ask found of them
	id     []uint32
	scores []float32 // [classes]
}

// newSearch checks the arguments of Perturb and fills dst with the images.
func newSearch(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8, d Decision, draws int) (*search, error) {
	v, err := newVictim(ctx, dst, m, b, labels, draws)
	if err != nil {
		return nil, err
	}
	copy(dst, b.X)
	n := len(labels)
	return &search{victim: v, decision: d, margin: Margin{d}, batch: b, labels: labels,
		x: make([]float32, len(b.X)), answer: make([]verdict, n), id: make([]uint32, n), scores: make([]float32, v.classes)}, nil
}

// all returns the indices of the images.
func (s *search) all() []int {
	list := make([]int, len(s.labels))
	for i := range list {
		list[i] = i
	}
	return list
}

// at returns the k-th image to ask about.
func (s *search) at(k int) []float32 { return row(s.x, k, s.inputs) }

// original returns image i of the batch.
func (s *search) original(i int) []float32 { return row(s.batch.X, i, s.inputs) }

// key returns the random numbers of image i.
func (s *search) key(seed uint64, i int) random.Key {
	return random.Key{Seed: seed, Purpose: random.Attack, Unit: s.batch.ID[i]}
}

// ask looks at the first len(images) rows of x, row k being a picture of image
// images[k], and gives as many answers.
func (s *search) ask(images []int, draws Draws) error {
	n, perImage := len(images), draws.N*s.classes
	for k, i := range images {
		s.id[k] = s.batch.ID[i]
	}
	logits, err := s.look(Batch{X: s.x[:n*s.inputs], ID: s.id[:n]}, draws)
	if err != nil {
		return err
	}
	for k, i := range images {
		s.answer[k] = s.judge(row(logits, k, perImage), s.labels[i])
	}
	return nil
}

// judge returns the verdict on the logits of one image, [draws][classes].
func (s *search) judge(z []float32, label uint8) verdict {
	v := verdict{loss: s.margin.Value(z, s.classes, label)}
	// Where the label leads by more than any rounding, its decision stands.
	if s.decision == Vote || v.loss > -.001 {
		v.broken = s.decision.errs(z, s.scores, label)
	}
	return v
}

// askOriginals asks about the images themselves and returns the answers, one
// for each, and the indices of those that are not broken.
func (s *search) askOriginals(draws Draws) (own []verdict, whole []int, err error) {
	copy(s.x, s.batch.X)
	if err := s.ask(s.all(), draws); err != nil {
		return nil, nil, err
	}
	own = append(own, s.answer...)
	for i, v := range own {
		if !v.broken {
			whole = append(whole, i)
		}
	}
	return own, whole, nil
}

// leave takes the k-th image out of a list; the last takes its place and row.
func (s *search) leave(images []int, k int) []int {
	last := len(images) - 1
	images[k] = images[last]
	if k != last {
		copy(s.at(k), s.at(last))
	}
	return images[:last]
}

// checkBall panics unless the norm is known and the radius finite and not
// negative.
func checkBall(norm Norm, eps float32) {
	checkNorm(norm)
	if !(eps >= 0 && eps <= math.MaxFloat32) {
		panic("attack: Epsilon must be finite and not negative")
	}
}

func checkNorm(norm Norm) {
	if norm > L2 {
		panic(badNorm)
	}
}

// checkAsks panics unless each of a number of looks has draws with numbers
// below 2^32, and the decision is known.
func checkAsks(draws Draws, looks int, d Decision) {
	if draws.N < 1 || looks < 1 || float64(draws.From)+float64(float64(draws.N)*float64(looks)) > 1<<32 {
		panic("attack: an attack needs at least one step, one draw, and draw numbers below 2^32")
	}
	if d > Vote {
		panic("attack: unknown decision")
	}
}

// heightOf panics unless rows of width pixels make up the image.
func heightOf(inputs, width int) int {
	if width < 1 || inputs%width != 0 {
		panic("attack: Width must divide the number of inputs")
	}
	return inputs / width
}
