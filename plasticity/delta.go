package plasticity

import "murmur/neuron/kernel"

// Delta moves a readout unit's weights and, unless b is nil, its bias by one batch of lanes,
//
//	w_j += rate * mean_lanes( (t - p) * x_j ),   b += rate * mean_lanes(t - p),
//
// where x is the activity of the units it reads, t its own teaching signal (1 if the answer is this unit's class) and
// p its share of the softmax among the readout units. err holds t - p, one place for each lane, and hebb the sums of
// (t - p)*x_j over them (neuron.View.Correlate); w and hebb have one place for each edge. Widrow and Hoff (1960) with a
// softmax.
func Delta(w, hebb []float32, b *float32, err []float32, rate float32) {
	if len(hebb) != len(w) {
		panic(badShape)
	}
	step := rate / float32(len(err))
	kernel.Axpy(w, step, hebb)
	if b != nil {
		*b += float32(step * kernel.Sum(err))
	}
}
