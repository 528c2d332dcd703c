package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

const (
	maxBlurSigma    = 64
	maxBlurRadius   = 4 * maxBlurSigma
	maxMotionSigma  = 64
	maxMotionTaps   = 4*maxMotionSigma + 1
	lineOnTheStack  = 512 + 2*64 // a row of 512 pixels and the margins of a sigma up to 16
	degreesToRadian = math.Pi / 180
)

// gaussianBlur convolves with a Gaussian cut off at 4 sigma (a radius of
// int(4*sigma + 1/2) pixels) and normalised. It is separable: for each row it
// blurs down the columns into one line, then along that line. Outside, the
// nearest edge pixel is repeated, so a uniform picture stays uniform.
func gaussianBlur(dst, src []float32, width, height int, sigma float32, _ *random.Stream) {
	var weightStore [maxBlurRadius + 1]float32
	weights := gaussianWeights(&weightStore, sigma)
	radius := len(weights) - 1

	var lineStore [lineOnTheStack]float32
	line := lineStore[:]
	if width+2*radius > len(line) {
		line = make([]float32, width+2*radius)
	}
	line = line[:width+2*radius]
	middle := line[radius : radius+width]

	for y := range height {
		above := func(k int) []float32 { return row(src, width, max(y-k, 0)) }
		below := func(k int) []float32 { return row(src, width, min(y+k, height-1)) }
		scale(middle, row(src, width, y), weights[0])
		k := 1
		for ; k < radius; k += 2 {
			addPairs(middle, above(k), below(k), above(k+1), below(k+1), weights[k], weights[k+1])
		}
		if k == radius {
			addPair(middle, above(k), below(k), weights[k])
		}
		for k := range radius {
			line[k] = middle[0]
			line[radius+width+k] = middle[width-1]
		}
		out := row(dst, width, y)
		scale(out, middle, weights[0])
		k = 1
		for ; k < radius; k += 2 {
			addPairs(out, line[radius-k:], line[radius+k:], line[radius-k-1:], line[radius+k+1:], weights[k], weights[k+1])
		}
		if k == radius {
			addPair(out, line[radius-k:], line[radius+k:], weights[k])
		}
	}
}

// gaussianWeights fills store with the weights at distance 0, 1, ... of a
// normalised two-sided Gaussian and returns the part in use.
func gaussianWeights(store *[maxBlurRadius + 1]float32, sigma float32) []float32 {
	radius := int(float32(4*sigma) + .5)
	weights := store[:radius+1]
	total := halfGaussian(weights, sigma)
	total = float32(2*total) - weights[0]
	for k := range weights {
		weights[k] /= total
	}
	return weights
}

// halfGaussian sets dst[k] = exp(-k^2 / (2 sigma^2)) and returns the sum.
func halfGaussian(dst []float32, sigma float32) float32 {
	var sum float32
	for k := range dst {
		z := float32(k) / sigma
		dst[k] = kernel.Exp(float32(float32(z*z) * -.5))
		sum += dst[k]
	}
	return sum
}

// motionBlur smears in a direction between -45 and 45 degrees.
func motionBlur(dst, src []float32, width, height int, sigma float32, s *random.Stream) {
	motionBlurBy(dst, src, width, height, sigma, symmetric(45, s))
}

// motionBlurBy is the motion blur of the imagecorruptions package: 2r+1 weights
// exp(-i^2 / (2 sigma^2)), i = 0, 1, ..., normalised, each on the picture shifted
// by i steps against the direction, rounded to whole pixels. The radius r is
// ceil(2 sigma), so that the weights end at 4 sigma, where CIFAR-10-C gives
// radius and sigma apart and cuts at 7 sigma or more. Outside, the nearest edge
// pixel is repeated; unlike there, shifts past the picture are not dropped. The
// weights are one-sided, so the picture also moves, by about .8 sigma.
func motionBlurBy(dst, src []float32, width, height int, sigma, degrees float32) {
	radius := int(math.Ceil(float64(2 * sigma)))
	var weightStore [maxMotionTaps]float32
	var rightStore, downStore [maxMotionTaps]int
	weights := weightStore[:2*radius+1]
	right, down := rightStore[:len(weights)], downStore[:len(weights)]
	total := halfGaussian(weights, sigma)
	radians := float32(degrees * degreesToRadian)
	sin, cos := kernel.Sin(radians), kernel.Cos(radians)
	for i := range weights {
		weights[i] /= total
		// Within 45 degrees of the horizontal the cosine is positive, so right is
		// never negative.
		right[i] = min(roundHalfDown(float32(float32(i)*cos)), width-1)
		down[i] = roundHalfDown(float32(float32(i) * sin))
	}
	for y := range height {
		out := row(dst, width, y)
		clear(out)
		for i, w := range weights {
			in := row(src, width, min(max(y+down[i], 0), height-1))
			inside := width - right[i]
			add(out[:inside], in[right[i]:], w)
			edge := float32(w * in[width-1])
			for x := inside; x < width; x++ {
				out[x] += edge
			}
		}
	}
}

// roundHalfDown returns the nearest whole number, the lower one of two.
func roundHalfDown(x float32) int { return int(math.Ceil(float64(x - .5))) }

// row returns row y of a picture.
func row(picture []float32, width, y int) []float32 { return picture[y*width : (y+1)*width] }

// scale sets dst = w*a.
func scale(dst, a []float32, w float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = float32(w * a[i])
	}
}

// add adds w*a to dst.
func add(dst, a []float32, w float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] += float32(w * a[i])
	}
}

// addPair adds w*(a + b) to dst.
func addPair(dst, a, b []float32, w float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] += float32(w * (a[i] + b[i]))
	}
}

// addPairs adds w*(a + b) and then v*(c + d) to dst, in one pass over dst.
func addPairs(dst, a, b, c, d []float32, w, v float32) {
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		dst[i] = dst[i] + float32(w*(a[i]+b[i])) + float32(v*(c[i]+d[i]))
	}
}
