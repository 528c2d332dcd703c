package attack

import (
	"context"
	"math"
)

var _ Attack = SPSA{}

// SPSA climbs the margin loss of the decision with Adam, on slopes estimated by
// simultaneous perturbation: random signs v, the loss at x + Delta v and at
// x - Delta v (Uesato and others, arXiv 1802.05666). It needs no gradient and
// averages over Samples, so neither masked nor noisy slopes stop it.
//
// Step t looks at the fresh draws from Draws.From + t*Draws.N, the same at both
// ends of every pair. It costs 2*Samples looks a step; the result is the last
// iterate.
type SPSA struct {
	Norm     Norm
	Epsilon  float32
	Steps    int
	Samples  int     // pairs in a step
	Delta    float32 // change of every pixel
	Rate     float32 // Adam's rate: about how far a pixel moves in a step
	Decision Decision
	Draws    Draws
	Seed     uint64
}

// NewSPSA returns the attack with torchattacks' figures, 128 samples with a
// Delta of .01 and a Rate of .01, but for the one step it has: steps is to be
// chosen. [MeanSoftmax] decides.
func NewSPSA(norm Norm, eps float32, steps int, draws Draws, seed uint64) SPSA {
	return SPSA{Norm: norm, Epsilon: eps, Steps: steps, Samples: 128, Delta: .01, Rate: .01, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a SPSA) Reserved() Draws { return Draws{From: a.Draws.From, N: a.Steps * a.Draws.N} }

// Perturb implements [Attack].
func (a SPSA) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkBall(a.Norm, a.Epsilon)
	checkAsks(a.Draws, a.Steps, a.Decision)
	if !(a.Rate >= 0 && a.Rate <= math.MaxFloat32) {
		panic("attack: Rate must be finite and not negative")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	e := newDifferences(s, a.Samples, a.Delta, false, a.Seed)
	adam := newAdam(len(dst), float64(a.Rate))
	draws := a.Draws
	for t := range a.Steps {
		if err := e.estimate(dst, t, draws); err != nil {
			return err
		}
		adam.climb(dst, e.gradient)
		for i := range labels {
			a.Norm.project(row(dst, i, s.inputs), s.original(i), a.Epsilon)
		}
		draws.From += uint32(draws.N)
	}
	return nil
}

// adam is Adam (Kingma and Ba, arXiv 1412.6980) with its usual constants,
// upwards.
type adam struct {
	rate           float64
	mean, square   []float64
	first, squared float64 // powers of the decay rates
}

func newAdam(n int, rate float64) *adam {
	return &adam{rate: rate, mean: make([]float64, n), square: make([]float64, n), first: 1, squared: 1}
}

func (a *adam) climb(x, gradient []float32) {
	const decay, decaySquare, floor = .9, .999, 1e-8
	a.first = float64(a.first * decay)
	a.squared = float64(a.squared * decaySquare)
	for j, g := range gradient {
		g := float64(g)
		a.mean[j] = float64(decay*a.mean[j]) + float64((1-decay)*g)
		a.square[j] = float64(decaySquare*a.square[j]) + float64((1-decaySquare)*float64(g*g))
		step := a.rate * (a.mean[j] / (1 - a.first)) / (math.Sqrt(a.square[j]/(1-a.squared)) + floor)
		x[j] = float32(float64(x[j]) + float64(step))
	}
}
