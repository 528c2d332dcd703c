package plasticity

import (
	"murmur/neuron"
	"murmur/neuron/kernel"
)

// minPower keeps the rate of a component finite before its hub has heard anything.
const minPower = 1e-12

// GHA moves a unit's row of hub weights by one batch of lanes, the generalised Hebbian algorithm,
//
//	W_k += rate/v_k * mean_lanes( e_k * (d - sum_{l<=k} W_l e_l) ),
//
// where d is the unit's deviation, e_k what hub k published for it and v_k the running power of e_k, which the hub
// publishes too. Dividing by v_k lets every component learn at one pace, whatever its variance. Over all units W
// converges to the leading principal components of d, in order. GHA returns what no hub explains, d - sum_l W_l e_l with
// the weights before the step: the last row of residuals, or d where there is no hub.
// w and scratch have one place for each hub; residuals one for each hub and lane of e, to write to; d one for each lane;
// v is read in lane 0.
//
// Sanger: Optimal unsupervised learning in a single-layer linear feedforward neural network (1989), equation 7.
func GHA(w, scratch, residuals, d []float32, e, v neuron.View, rate float32) (residual []float32) {
	if len(scratch) != len(w) || e.Len() != len(w) || v.Len() != len(w) || len(residuals) < len(w)*e.Lanes() {
		panic(badShape)
	}
	step := rate / float32(len(d))
	residual = d
	for k := range w { // all residuals first, then all sums over lanes: these can run side by side
		row := residuals[k*e.Lanes():][:len(d)]
		copy(row, residual)
		e.AddScaled(row, -w[k], k)
		residual = row
	}
	clear(scratch)
	e.Dots(scratch, residuals, len(d))
	for k, sum := range scratch {
		scratch[k] = float32(step / max(v.At(k, 0), minPower) * sum)
	}
	kernel.Axpy(w, 1, scratch)
	return residual
}
