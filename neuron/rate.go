package neuron

import "murmur/neuron/kernel"

// Rectify writes the rate response to a potential above the mean of its column,
//
//	r = tanh(gain * max(0, u - mean)),
//
// lane by lane; mean holds the column's mean potential in each lane. All slices have one place for each lane.
func Rectify(r, u, mean []float32, gain float32) {
	kernel.Rectify(r, gain, u, mean)
	kernel.TanhTo(r, r)
}

// Tanh writes r = tanh(u), lane by lane. Both slices have one place for each lane.
func Tanh(r, u []float32) { kernel.TanhTo(r, u) }

// Mean writes the mean over the edges of a view to dst, lane by lane, summed in edge order.
func Mean(dst []float32, v View) {
	clear(dst)
	v.Sum(dst)
	n := float32(v.Len())
	for l := range dst {
		dst[l] /= n
	}
}

// maxDrive bounds the exponent of Excite, so that a sum over any population stays finite and above 0.
const maxDrive = 80

// Excite writes y = exp(temperature * u), lane by lane, with the exponent held within +-80: what a unit publishes for
// its rivals, who divide by the sum.
func Excite(y, u []float32, temperature float32) {
	kernel.Scale(y, temperature, u)
	kernel.Clamp(y, y, -maxDrive, maxDrive)
	kernel.ExpTo(y, y)
}

// Share writes own / sum_j rival_j, lane by lane: with excitations that is the softmax, by divisive normalisation. The
// unit is among its rivals. The sum runs in edge order, so all rivals divide by the same number. Where nobody is excited
// nobody has a share.
func Share(dst, own []float32, rivals View) {
	clear(dst)
	rivals.Sum(dst)
	for l, o := range own {
		if dst[l] > 0 {
			dst[l] = o / dst[l]
		}
	}
}
