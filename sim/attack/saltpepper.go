package attack

import (
	"context"
	"math"
)

var _ Attack = SaltPepper{}

// SaltPepper turns pixels black or white at random, each with probability p,
// and seeks the nearest image in L2 that errs: p rises until one does, then it
// rises again in finer steps from half of that p to 1.2 times it, and so on, as
// in Foolbox. Foolbox compares images by their own length; this compares the
// length of their change.
type SaltPepper struct {
	Steps    int // tries of each image
	Decision Decision
	Draws    Draws // the same for every try
	Seed     uint64
}

// NewSaltPepper returns Foolbox's 1000 steps on [MeanSoftmax].
func NewSaltPepper(draws Draws, seed uint64) SaltPepper {
	return SaltPepper{Steps: 1000, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a SaltPepper) Reserved() Draws { return a.Draws }

// Perturb implements [Attack].
func (a SaltPepper) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkAsks(a.Draws, 1, a.Decision)
	if a.Steps < 1 || a.Steps > math.MaxInt32 {
		panic("attack: Steps must be from 1 to 2^31-1")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	_, images, err := s.askOriginals(a.Draws)
	if err != nil {
		return err
	}
	ramps := make([]ramp, len(labels))
	nearest := make([]float64, len(labels))
	for i := range ramps {
		ramps[i] = newRamp(a.Steps)
		nearest[i] = math.Inf(1)
	}
	for step := range a.Steps {
		for k, i := range images {
			x := s.at(k)
			s.key(a.Seed, i).Uniforms(x, uint32(step), rowSaltPepper, 0)
			sprinkle(x, s.original(i), ramps[i].p)
		}
		if err := s.ask(images, a.Draws); err != nil {
			return err
		}
		for k, i := range images {
			distance := L2.Distance(s.original(i), s.at(k))
			better := s.answer[k].broken && distance < nearest[i]
			if better {
				nearest[i] = distance
				copy(row(dst, i, s.inputs), s.at(k))
			}
			ramps[i].next(better, a.Steps-step)
		}
	}
	return nil
}

// sprinkle replaces x, uniform in (0, 1], by origin with pixels turned black
// where x is below p/2 and white where it is at least 1-p/2.
func sprinkle(x, origin []float32, p float64) {
	half := float64(p / 2)
	for j, u := range x {
		switch u := float64(u); {
		case u >= 1-half:
			x[j] = 1
		case u < half:
			x[j] = 0
		default:
			x[j] = origin[j]
		}
	}
}

// ramp is how p rises.
type ramp struct{ p, low, high, step float64 }

func newRamp(steps int) ramp {
	step := 1 / float64(steps)
	return ramp{p: step, high: 1, step: step}
}

// next moves p on, with some steps remaining, this one included. The upper end
// stays above the best p, as a larger p may give a nearer image by luck.
func (r *ramp) next(better bool, remaining int) {
	if better {
		r.low, r.high = float64(.5*r.p), min(float64(1.2*r.p), 1)
		r.step = (r.high - r.low) / float64(remaining)
	}
	if better || r.p == r.high {
		r.p = r.low
	}
	r.p = min(r.p+r.step, r.high)
}
