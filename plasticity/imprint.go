package plasticity

import (
	"math"

	"murmur/neuron/kernel"
)

// Imprint moves a unit's noise couplings by one batch of lanes,
//
//	L_j <- (1-a) L_j + s * mean_lanes(d * xi_j),   s = sqrt((2a - a^2) B / |S|),
//
// where d is the unit's deviation, xi the noise sources that it hears, B the number of lanes and |S| the number of
// couplings. The factor s keeps the expected power of the row at that of d for every a in (0, 1]. In expectation
// L L^T = C o O elementwise, with C the covariance of d and O the overlap of neighbourhoods,
// O_il = |S(i) & S(l)| / sqrt(|S(i)| |S(l)|): shared sources write shared couplings.
// hebb holds the sums of d*xi_j over the lanes (neuron.View.Correlate); l and hebb have one place for each coupling.
func Imprint(l, hebb []float32, lanes int, a float32) {
	if len(hebb) != len(l) {
		panic(badShape)
	}
	if len(l) == 0 || lanes == 0 {
		return
	}
	b := float32(lanes)
	s := float32(math.Sqrt(float64((float32(2*a)-float32(a*a))*b/float32(len(l))))) / b
	kernel.Scale(l, 1-a, l)
	kernel.Axpy(l, s, hebb)
}
