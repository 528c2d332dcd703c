package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// shotNoise counts photons: each pixel becomes a Poisson number of mean
// photons*x, divided by photons. Every pixel takes two words of the stream.
func shotNoise(dst, src []float32, _, _ int, photons float32, s *random.Stream) {
	for i, v := range src {
		w := uint64(s.Uint32())<<32 | uint64(s.Uint32())
		u := (float64(w>>11) + .5) / (1 << 53)
		dst[i] = float32(poisson(float64(float32(photons*v)), u)) / photons
	}
}

// poisson returns the Poisson number of the given mean at u, an even number in
// (0, 1). It inverts the distribution function of the numbers sorted by their
// distance from the most probable one, so that it is exact in float64 and
// takes about the square root of the mean steps.
func poisson(mean, u float64) int {
	if !(mean > 0) {
		return 0
	}
	mode := int(mean)
	p := modeProbability(mean, mode)
	up, down := p, p
	u -= p
	for k := 1; u > 0; k++ {
		up = float64(up * (mean / float64(mode+k)))
		if u -= up; u <= 0 {
			return mode + k
		}
		if k <= mode {
			down = float64(down * (float64(mode-k+1) / mean))
			if u -= down; u <= 0 {
				return mode - k
			}
		} else if up < 1e-18 { // u was within rounding of 1
			break
		}
	}
	return mode
}

// modeProbability returns the probability of mode, the whole part of the mean.
func modeProbability(mean float64, mode int) float64 {
	if mode < 8 {
		p := float64(kernel.Exp(float32(-mean)))
		for k := 1; k <= mode; k++ {
			p *= mean / float64(k)
		}
		return p
	}
	// exp(-mean) mean^m / m! by Stirling's series, with x = mean/m - 1 in [0, 1/m):
	// m (log(1+x) - x) - 1/(12 m) + 1/(360 m^3), over sqrt(2 pi m).
	m := float64(mode)
	x := mean/m - 1
	series := 0.
	for k := 8; k >= 2; k-- {
		sign := 1.
		if k%2 == 0 {
			sign = -1
		}
		series = float64(x*series) + sign/float64(k)
	}
	log := float64(m*float64(float64(x*x)*series)) - 1/(12*m) + 1/(360*float64(m*float64(m*m)))
	exp := 1. // log lies between -.08 and 0
	for k := 10; k >= 1; k-- {
		exp = 1 + float64(float64(log/float64(k))*exp)
	}
	return exp / math.Sqrt(2*math.Pi*m)
}

// speckleNoise adds to every pixel a normal number times the pixel.
func speckleNoise(dst, src []float32, _, _ int, deviation float32, s *random.Stream) {
	for i, v := range src {
		dst[i] = v + float32(v*float32(deviation*s.Normal()))
	}
}
