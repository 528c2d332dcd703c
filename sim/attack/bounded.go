package attack

import (
	"context"
	"math"
)

// Bounded gives a budget to an attack that seeks the nearest adversarial image:
// it keeps an image that lies within Epsilon of its original, and puts the
// original back where the attack went further.
type Bounded struct {
	Attack
	Norm    Norm
	Epsilon float32
}

// Perturb implements [Attack].
func (a Bounded) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	if !positive(a.Epsilon) {
		panic("attack: Bounded needs Epsilon finite and not negative")
	}
	if err := a.Attack.Perturb(ctx, dst, m, b, labels); err != nil {
		return err
	}
	for i := range b.ID {
		inputs := len(b.X) / len(b.ID)
		x, adv := row(b.X, i, inputs), row(dst, i, inputs)
		if !(a.Norm.Distance(x, adv) <= float64(a.Epsilon)+rounding(a.Norm, inputs)) {
			copy(adv, x)
		}
	}
	return nil
}

// rounding is what [Verify] grants to the rounding of float32 pixels.
func rounding(n Norm, inputs int) float64 {
	if n == L2 {
		return math.Sqrt(float64(inputs)) / (1 << 24)
	}
	return 1. / (1 << 24)
}
