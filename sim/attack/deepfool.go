package attack

import (
	"context"
	"math"
)

const badDeepFool = "attack: DeepFool needs Steps, Candidates and Draws.N at least 1, Overshoot finite and not negative, draw numbers below 2^32"

// DeepFool seeks the nearest adversarial image: from the image, as long as the
// Decision does not err, to the nearest of the linearised boundaries with the
// likeliest wrong classes, and Overshoot of the whole way beyond, clipped to
// [0, 1]. All looks are at the same draws, on which the Decision errs for the
// result; on others it may not, as the result lies at the boundary.
// Moosavi-Dezfooli and others, arXiv 1511.04599, as in Foolbox.
type DeepFool struct {
	Norm       Norm
	Steps      int
	Candidates int     // classes to look at, the label's among them
	Overshoot  float32 // share of the way
	Decision   Decision
	Draws      Draws
}

var _ Attack = DeepFool{}

// NewDeepFool returns DeepFool with Foolbox's figures: 50 steps, 10 candidates,
// overshoot .02.
func NewDeepFool(norm Norm, draws Draws) DeepFool {
	return DeepFool{Norm: norm, Steps: 50, Candidates: 10, Overshoot: .02, Draws: draws}
}

// Reserved implements [Attack].
func (f DeepFool) Reserved() Draws { return f.Draws }

func (f DeepFool) check() {
	if f.Steps < 1 || f.Candidates < 2 || f.Draws.N < 1 || !positive(f.Overshoot) || !counted(f.Draws.From, float64(f.Draws.N)) {
		panic(badDeepFool)
	}
	if f.Norm > L2 {
		panic(badNorm)
	}
}

// Perturb implements [Attack].
func (f DeepFool) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	f.check()
	a, err := newNearest(ctx, dst, m, b, labels, f.Norm, f.Decision, f.Draws)
	if err != nil || len(labels) == 0 {
		return err
	}
	rival, k, err := a.begin(f.Candidates - 1)
	if err != nil {
		return err
	}
	x, way, wrong := make([]float32, len(dst)), make([]float32, len(dst)), make([]bool, len(labels))
	copy(x, b.X)
	stuck := make([]bool, len(labels))
	c := newCrowd(len(labels), a.inputs)
	for step := range f.Steps + 1 {
		c.gather(x, b.ID, func(i int) bool { return math.IsInf(a.distance[i], 1) && !stuck[i] })
		logits, err := a.test(c, wrong)
		if err != nil {
			return err
		}
		if step == f.Steps || len(c.at) == 0 {
			break
		}
		if err := a.linearise(c, logits, rival, k); err != nil {
			return err
		}
		for k, i := range c.at {
			p := a.planes[k]
			if stuck[i] = math.IsInf(p.away, 1); wrong[k] || stuck[i] {
				continue
			}
			const stable = 1e-4 // Foolbox's, so that a boundary is crossed even without an overshoot
			whole, at, origin := row(way, i, a.inputs), row(x, i, a.inputs), row(b.X, i, a.inputs)
			f.Norm.move(whole, row(a.steepest, k, a.inputs), float32(p.away)+stable)
			for j, v := range whole {
				at[j] = min(max(origin[j]+float32((1+f.Overshoot)*v), 0), 1)
			}
		}
	}
	return nil
}
