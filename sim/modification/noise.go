package modification

import "murmur/neuron/random"

// gaussianNoise adds one normal number to each pixel, in row-major order.
func gaussianNoise(dst, src []float32, _, _ int, deviation float32, s *random.Stream) {
	for i, v := range src {
		dst[i] = v + float32(deviation*s.Normal())
	}
}

// impulseNoise draws one uniform number for each pixel, in row-major order. Its
// lower tail blackens and its upper tail whitens, so with the same stream the
// pixels hit at a small fraction are among those hit at a larger one.
func impulseNoise(dst, src []float32, _, _ int, fraction float32, s *random.Stream) {
	low := float32(fraction / 2)
	high := 1 - low
	for i, v := range src {
		switch u := s.Uniform(); {
		case u <= low:
			v = 0
		case u > high:
			v = 1
		}
		dst[i] = v
	}
}

// brightness is what brightening by the value of HSV amounts to on grey.
func brightness(dst, src []float32, _, _ int, shift float32, _ *random.Stream) {
	for i, v := range src {
		dst[i] = v + shift
	}
}

// contrast draws every pixel towards the mean of the picture.
func contrast(dst, src []float32, _, _ int, factor float32, _ *random.Stream) {
	// A float64 sum keeps the mean good for pictures of any size.
	sum := 0.0
	for _, v := range src {
		sum += float64(v)
	}
	mean := float32(sum / float64(len(src)))
	for i, v := range src {
		dst[i] = float32((v-mean)*factor) + mean
	}
}
