package attack

import "context"

const badUniversal = "attack: Universal needs Epsilon finite and not negative, Passes at least 1, Delta in [0, 1]"

// Universal seeks one change for all images of the batch: it goes through them
// in order and, where the Inner attack's Decision does not err on image plus
// change, adds what Inner needs there, and brings the change back into the
// ball. It stops after a pass where the Decision errs for a share of at least
// 1-Delta, or keeps the change of the pass with the largest share. The result
// is image plus change, clipped to [0, 1].
//
// This is the one attack whose result for an image depends on the rest of the
// batch, and on its order. Moosavi-Dezfooli and others, arXiv 1610.08401.
type Universal struct {
	Norm    Norm
	Epsilon float32 // radius of the ball, in units of the pixel range [0, 1]
	Passes  int
	Delta   float32 // share of images that may resist
	Inner   DeepFool
}

var _ Attack = Universal{}

// NewUniversal returns the universal attack with the figures of the Adversarial
// Robustness Toolbox: 20 passes, delta .2; inside is [NewDeepFool] in L2.
func NewUniversal(norm Norm, eps float32, draws Draws) Universal {
	return Universal{Norm: norm, Epsilon: eps, Passes: 20, Delta: .2, Inner: NewDeepFool(L2, draws)}
}

// Reserved implements [Attack].
func (u Universal) Reserved() Draws { return u.Inner.Reserved() }

// Perturb implements [Attack].
func (u Universal) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	if !positive(u.Epsilon) || u.Passes < 1 || !(u.Delta >= 0 && u.Delta <= 1) {
		panic(badUniversal)
	}
	if u.Norm > L2 {
		panic(badNorm)
	}
	u.Inner.check()
	v, err := newVictim(ctx, dst, m, b, labels, u.Inner.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	change, best := make([]float32, v.inputs), make([]float32, v.inputs)
	x, after := make([]float32, v.inputs), make([]float32, v.inputs)
	most := -1
	for range u.Passes {
		for i := range labels {
			plus(x, row(b.X, i, v.inputs), change)
			if err := u.Inner.Perturb(ctx, after, m, Batch{X: x, ID: b.ID[i : i+1]}, labels[i:i+1]); err != nil {
				return err
			}
			for j, a := range after {
				change[j] += a - x[j]
			}
			u.shrink(change)
		}
		for i := range labels {
			plus(row(dst, i, v.inputs), row(b.X, i, v.inputs), change)
		}
		fooled, err := u.fooled(v, Batch{X: dst, ID: b.ID}, labels)
		if err != nil {
			return err
		}
		if fooled > most {
			most = fooled
			copy(best, change)
		}
		if float32(fooled) >= float32((1-u.Delta)*float32(len(labels))) {
			break
		}
	}
	for i := range labels {
		at := row(dst, i, v.inputs)
		plus(at, row(b.X, i, v.inputs), best)
		u.Norm.project(at, row(b.X, i, v.inputs), u.Epsilon) // what the sum's rounding went beyond
	}
	return nil
}

// fooled returns for how many images the decision errs.
func (u Universal) fooled(v *victim, b Batch, labels []uint8) (count int, err error) {
	logits, err := v.look(b, u.Inner.Draws)
	if err != nil {
		return 0, err
	}
	scores := make([]float32, v.classes)
	for i, label := range labels {
		if u.Inner.Decision.errs(row(logits, i, u.Inner.Draws.N*v.classes), scores, label) {
			count++
		}
	}
	return count, nil
}

// shrink brings a change back into the ball around 0.
func (u Universal) shrink(change []float32) {
	if u.Norm == Linf {
		for j, v := range change {
			change[j] = min(max(v, -u.Epsilon), u.Epsilon)
		}
		return
	}
	if length := u.Norm.dual(change); length > float64(u.Epsilon) {
		for j, v := range change {
			change[j] = float32(float64(v) * (float64(u.Epsilon) / length))
		}
	}
}

// plus fills dst with x + change, clipped to [0, 1].
func plus(dst, x, change []float32) {
	for j, v := range x {
		dst[j] = min(max(v+change[j], 0), 1)
	}
}
