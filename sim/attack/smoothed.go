package attack

import (
	"context"
	"math"
)

var _ Attack = Smoothed{}

// Smoothed is projected gradient ascent on the margin loss smoothed by Gaussian
// noise of deviation Sigma, its slope estimated from the losses at Samples
// antithetic pairs x + Sigma u and x - Sigma u: the attack of Tramer and others
// (arXiv 2002.08347, section 5) on winner-take-all networks. Where the
// function is flat or in steps, as with spikes and competition, its own
// gradient leads nowhere and the smoothed one does.
//
// Step t looks at the fresh draws from Draws.From + t*Draws.N, the same for all
// pairs, and costs 2*Samples looks; the result is the last iterate. More
// samples make it stronger: there it was 100, then 1000, then 20000.
type Smoothed struct {
	Norm     Norm
	Epsilon  float32
	Steps    int
	Step     float32 // length of a step, absolute
	Samples  int     // pairs in a step
	Sigma    float32
	Decision Decision
	Draws    Draws
	Seed     uint64
}

// NewSmoothed returns the attack with the figures of that paper: 100 steps, a
// sigma of 8/255; with steps of eps/30 in Linf and .025 eps in L2, as [NewPGD].
// [MeanSoftmax] decides.
func NewSmoothed(norm Norm, eps float32, samples int, draws Draws, seed uint64) Smoothed {
	return Smoothed{Norm: norm, Epsilon: eps, Steps: 100, Step: NewPGD(norm, eps, draws, seed).Step,
		Samples: samples, Sigma: 8. / 255, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a Smoothed) Reserved() Draws { return Draws{From: a.Draws.From, N: a.Steps * a.Draws.N} }

// Perturb implements [Attack].
func (a Smoothed) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkBall(a.Norm, a.Epsilon)
	checkAsks(a.Draws, a.Steps, a.Decision)
	if !(a.Step >= 0 && a.Step <= math.MaxFloat32) {
		panic("attack: Step must be finite and not negative")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	e := newDifferences(s, a.Samples, a.Sigma, true, a.Seed)
	draws := a.Draws
	for t := range a.Steps {
		if err := e.estimate(dst, t, draws); err != nil {
			return err
		}
		for i := range labels {
			x := row(dst, i, s.inputs)
			a.Norm.move(x, row(e.gradient, i, s.inputs), a.Step)
			a.Norm.project(x, s.original(i), a.Epsilon)
		}
		draws.From += uint32(draws.N)
	}
	return nil
}
