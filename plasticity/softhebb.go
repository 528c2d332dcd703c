package plasticity

import "murmur/neuron/kernel"

// SoftHebb moves a unit's afferent weights by one batch of lanes,
//
//	w_j += rate * mean_lanes( y * ((x_j - m) - u*w_j) ),
//
// where x are the afferents, m the mean over the unit's receptive field in each lane, u = sum_j w_j x_j its potential
// (equal to sum_j w_j (x_j - m), since the mean of w is 0 and stays so) and y its share of the soft winner-take-all among its rivals. It converges to |w| = 1.
// hebb holds the sums of y*x_j over the lanes (neuron.View.Correlate). w and hebb have one place for each edge; m, u and y
// one for each lane.
//
// Moraitis, Toichkin, Journé, Chua, Guo: SoftHebb: Bayesian inference in unsupervised Hebbian soft
// winner-take-all networks (2022), equation 7; the mean is removed so that brightness alone wins nothing.
func SoftHebb(w, hebb, m, u, y []float32, rate float32) {
	if len(hebb) != len(w) || len(m) != len(y) || len(u) != len(y) {
		panic(badShape)
	}
	base, decay := kernel.Dot(y, m), kernel.Dot(y, u)
	step := rate / float32(len(y))
	for j, s := range hebb {
		w[j] += float32(step * ((s - base) - float32(decay*w[j])))
	}
}
