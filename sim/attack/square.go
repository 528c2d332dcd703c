package attack

import (
	"context"
	"math"
)

var (
	_ Attack = Square{}
	_ Attack = NoisySquare{}
)

// Square is the Square attack of Andriushchenko and others (arXiv 1912.00049)
// as in AutoAttack: random search, one square of the image at a time, that
// keeps a change if the [Margin] of the decision rises or the decision falls. It needs no
// gradient, so masked ones do not stop it.
//
// Every query looks at the same Draws. So a change is compared with what it
// would replace on common random numbers, and is kept for what it does and not
// for the luck of its noise. The price is that an image may be broken on these
// draws alone; Confidence asks for more.
//
// An image that is done is asked about no more. One that Square cannot break is
// returned with the highest loss found, one that is broken as it is unchanged.
// Besides Queries it costs two looks: at the image and at the start.
type Square struct {
	Norm       Norm
	Epsilon    float32 // radius of the ball, in units of the pixel range [0, 1]
	Width      int     // pixels in a row of the image
	Queries    int     // most changes tried of an image
	P          float32 // share of the image that the first squares cover, in (0, 1]
	Rescale    bool    // halve P on a schedule for Queries, not for 10000
	Decision   Decision
	Draws      Draws
	Confidence float32 // an image is done when broken with a loss of at least Confidence; +Inf: never
	Seed       uint64
}

// NewSquare returns the attack with AutoAttack's figures: 5000 queries, a first
// share of .8, a schedule that is not rescaled, done with the first success;
// and [MeanSoftmax].
func NewSquare(norm Norm, eps float32, width int, draws Draws, seed uint64) Square {
	return Square{Norm: norm, Epsilon: eps, Width: width, Queries: 5000, P: .8, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a Square) Reserved() Draws { return a.Draws }

// Perturb implements [Attack]. It panics where Width does not divide the inputs.
func (a Square) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkAsks(a.Draws, 1, a.Decision)
	checkSquare(a.Norm, a.Epsilon, a.P, a.Queries)
	if !(a.Confidence >= 0) {
		panic("attack: Confidence must not be negative")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	squares := newSquares(a.Norm, a.Epsilon, s.inputs, a.Width)
	best, _, err := s.askOriginals(a.Draws)
	if err != nil {
		return err
	}
	images := s.all()
	changed := make([]box, len(images))
	for i := len(images) - 1; i >= 0; i-- {
		changed[i] = box{0, 0, squares.width, squares.height}
		if a.done(best[i]) {
			images = s.leave(images, i)
		} else if !best[i].broken {
			best[i].loss = float32(math.Inf(-1)) // the search begins at the start, be it worse than the image
		}
	}
	for k, i := range images {
		squares.start(s.at(k), s.original(i), s.key(a.Seed, i))
	}
	if err := s.ask(images, a.Draws); err != nil {
		return err
	}
	images = a.keep(s, images, dst, best, changed)
	for q := 0; q < a.Queries && len(images) > 0; q++ {
		at := q
		if a.Rescale {
			at = q * 10000 / a.Queries
		}
		squares.resize(a.P, at)
		for k, i := range images {
			changed[i] = squares.propose(s.at(k), row(dst, i, s.inputs), s.original(i), s.key(a.Seed, i), q)
		}
		if err := s.ask(images, a.Draws); err != nil {
			return err
		}
		images = a.keep(s, images, dst, best, changed)
	}
	return nil
}

// keep takes the proposals that help into dst, takes back the others, and
// returns the images that are not done.
func (a Square) keep(s *search, images []int, dst []float32, best []verdict, changed []box) []int {
	for k := len(images) - 1; k >= 0; k-- {
		i := images[k]
		if v := s.answer[k]; v.above(best[i]) {
			best[i] = v
			copyBox(row(dst, i, s.inputs), s.at(k), changed[i], a.Width)
		} else {
			copyBox(s.at(k), row(dst, i, s.inputs), changed[i], a.Width)
		}
		if a.done(best[i]) {
			images = s.leave(images, k)
		}
	}
	return images
}

func (a Square) done(v verdict) bool { return v.broken && v.loss >= a.Confidence }

func newSquares(norm Norm, eps float32, inputs, width int) *squares {
	return &squares{norm: norm, epsilon: eps, width: width, height: heightOf(inputs, width), delta: make([]float64, inputs)}
}

func checkSquare(norm Norm, eps, p float32, queries int) {
	checkBall(norm, eps)
	if !(p > 0 && p <= 1) || queries < 0 || queries > math.MaxInt32 {
		panic("attack: Square needs P in (0, 1] and Queries from 0 to 2^31-1")
	}
}

// NoisySquare is the Square attack as the Adversarial Robustness Toolbox plays
// it on a model with noise, and as arXiv 2606.13801 used it. It does not know of
// the noise: whether an image is broken, the loss of what it has and the
// loss of a change are three looks, each at Draws.N draws of its own, and a
// change is kept where the second loss happens to be higher. It is here for
// comparison with the paper; [Square] is the stronger attack.
//
// Look l uses the draw numbers from Draws.From + l*Draws.N: three looks at the
// start and three for each query. Logits are summed over draws. An image that
// looks broken is left alone for that query only.
type NoisySquare struct {
	Norm    Norm
	Epsilon float32
	Width   int
	Queries int
	P       float32
	Draws   Draws
	Seed    uint64
}

// NewPaperSquare returns the attack of the paper, ART's with its own figures:
// 100 queries, a first share of .8 on a schedule for 100, one draw a look.
func NewPaperSquare(norm Norm, eps float32, width int, from uint32, seed uint64) NoisySquare {
	return NoisySquare{Norm: norm, Epsilon: eps, Width: width, Queries: 100, P: .8, Draws: Draws{From: from, N: 1}, Seed: seed}
}

// Reserved implements [Attack].
func (a NoisySquare) Reserved() Draws {
	return Draws{From: a.Draws.From, N: 3 * (a.Queries + 1) * a.Draws.N}
}

// Perturb implements [Attack]. It panics where Width does not divide the inputs.
func (a NoisySquare) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkSquare(a.Norm, a.Epsilon, a.P, a.Queries)
	checkAsks(a.Draws, 3*(a.Queries+1), SumOfLogits)
	s, err := newSearch(ctx, dst, m, b, labels, SumOfLogits, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	squares := newSquares(a.Norm, a.Epsilon, s.inputs, a.Width)
	draws, images := a.Draws, s.all()
	look := func() error {
		err := s.ask(images, draws)
		draws.From += uint32(draws.N)
		return err
	}
	standing, now := make([]bool, len(labels)), make([]float32, len(labels))
	for q := -1; q < a.Queries; q++ {
		copy(s.x, dst)
		if err := look(); err != nil {
			return err
		}
		for i, v := range s.answer {
			standing[i] = !v.broken
		}
		if err := look(); err != nil {
			return err
		}
		for i, v := range s.answer {
			now[i] = v.loss
		}
		if q >= 0 {
			squares.resize(a.P, q*10000/a.Queries)
		}
		for i := range images {
			key := s.key(a.Seed, i)
			if q < 0 {
				squares.start(s.at(i), s.original(i), key)
			} else {
				squares.propose(s.at(i), row(dst, i, s.inputs), s.original(i), key, q)
			}
		}
		if err := look(); err != nil {
			return err
		}
		for i, v := range s.answer {
			if standing[i] && v.loss > now[i] {
				copy(row(dst, i, s.inputs), s.at(i))
			}
		}
	}
	return nil
}
