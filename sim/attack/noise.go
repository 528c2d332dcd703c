package attack

import (
	"context"
	"math"
)

var _ Attack = RandomNoise{}

// RandomNoise adds noise again and again, uniform in the ball's cube in Linf, a
// random direction at the full length in L2, and keeps the first change that
// breaks the decision, or else the one with the highest loss. It is the floor
// that every other attack must beat.
//
// In L2 the noise is as long as makes the change exactly Epsilon after clipping
// to [0, 1] (Rauber and Bethge, arXiv 2007.07677), or all it can be; plain
// clipping would take a third of the length of noise on dark pictures.
type RandomNoise struct {
	Norm     Norm
	Epsilon  float32
	Tries    int // of each image; 10000 and more for a check
	Decision Decision
	Draws    Draws // the same for every try
	Seed     uint64
}

// NewRandomNoise returns 10000 tries on [MeanSoftmax].
func NewRandomNoise(norm Norm, eps float32, draws Draws, seed uint64) RandomNoise {
	return RandomNoise{Norm: norm, Epsilon: eps, Tries: 10000, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a RandomNoise) Reserved() Draws { return a.Draws }

// Perturb implements [Attack].
func (a RandomNoise) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkBall(a.Norm, a.Epsilon)
	checkAsks(a.Draws, 1, a.Decision)
	if a.Tries < 1 || a.Tries > math.MaxInt32 {
		panic("attack: Tries must be from 1 to 2^31-1")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	best, images, err := s.askOriginals(a.Draws)
	if err != nil {
		return err
	}
	for try := 0; try < a.Tries && len(images) > 0; try++ {
		for k, i := range images {
			x, key := s.at(k), s.key(a.Seed, i)
			if a.Norm == Linf {
				key.Uniforms(x, uint32(try), rowNoise, 0)
				addUniform(x, s.original(i), a.Epsilon)
			} else {
				key.Normals(x, uint32(try), rowNoise, 0)
				addClipped(x, s.original(i), a.Epsilon)
			}
		}
		if err := s.ask(images, a.Draws); err != nil {
			return err
		}
		for k := len(images) - 1; k >= 0; k-- {
			i := images[k]
			if s.answer[k].above(best[i]) {
				best[i] = s.answer[k]
				copy(row(dst, i, s.inputs), s.at(k))
			}
			if best[i].broken {
				images = s.leave(images, k)
			}
		}
	}
	return nil
}

// addUniform replaces x, uniform in (0, 1], by origin and that much of the way
// from -eps to eps, clipped. No rounding leads out of the ball: it keeps order.
func addUniform(x, origin []float32, eps float32) {
	origin = origin[:len(x)]
	for j, u := range x {
		x[j] = origin[j] + float32(eps*(float32(2*u)-1))
	}
	clip(x)
}

// addClipped replaces x, a direction, by clip(origin + eta x) with eta such that
// the change is eps long. Which pixels are clipped gives eta, by the length that
// they leave to the others; each eta is larger than the last, so more are, until
// no more are.
func addClipped(x, origin []float32, eps float32) {
	var free, clipped, eta float64
	for _, v := range x {
		free += float64(float64(v) * float64(v))
	}
	target := float64(float64(eps) * float64(eps))
	for free > 0 && clipped < target {
		next := math.Sqrt((target - clipped) / free)
		if !(next > eta) {
			break
		}
		eta, free, clipped = next, 0, 0
		for j, v := range x {
			room := .5 + float64(math.Copysign(1, float64(v))*(.5-float64(origin[j])))
			if size := math.Abs(float64(v)); float64(eta*size) > room {
				clipped += float64(room * room)
			} else {
				free += float64(size * size)
			}
		}
	}
	for j, v := range x {
		x[j] = float32(min(max(float64(origin[j])+float64(eta*float64(v)), 0), 1))
	}
	L2.project(x, origin, eps) // the rounding of pixels, where it led outside
}
