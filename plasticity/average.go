package plasticity

import "math"

// Average is a running mean that starts as a plain one: the n-th observation counts 1/n until that falls below Rate,
// and Rate from then on. The zero Average with a Rate in (0, 1] is ready.
type Average struct {
	Rate  float32
	Value float32
	n     float32
}

// Observe moves the mean towards x.
func (a *Average) Observe(x float32) {
	a.n++
	a.Value += float32(Pace(a.n, a.Rate) * (x - a.Value))
}

// Pace returns how much the n-th observation (n = 1, 2, ...) counts in a mean that forgets at the given rate:
// max(1/n, rate).
func Pace(n, rate float32) float32 { return max(1/n, rate) }

// Gain is row homeostasis: the factor by which a unit scales its couplings so that the power of its noise becomes
// target, given that unscaled noise has the power that is passed. It is 0 if that power is 0.
func Gain(target, power float32) float32 {
	if power <= 0 {
		return 0
	}
	return float32(math.Sqrt(float64(target / power)))
}
