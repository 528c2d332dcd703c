package modification

import (
	"murmur/neuron/kernel"
)

// smear is a motion blur: its length and its softness, in pixels.
type smear struct {
	radius int     // 2*radius+1 taps
	sigma  float32 // of the half Gaussian of weights
}

// magick is the motion blur of ImageMagick, which made MNIST-C and CIFAR-10-C.
// The result is cut to bytes.
func (m smear) magick(dst, src []float32, width, height int, degrees float32) {
	m.apply(dst, src, width, height, degrees, false)
	each(dst, sixteenBits)
}

// apply blurs along a direction: 2r+1 weights exp(-i^2 / (2 sigma^2)), i = 0, 1,
// ..., normalised, each on the picture shifted by i steps against the direction,
// rounded to whole pixels. Outside, the nearest edge pixel is repeated. With
// dropped it ends at the first shift past the picture and does not make up for
// the weights it leaves out, as the imagecorruptions package has it.
// dst and src must not overlap.
func (m smear) apply(dst, src []float32, width, height int, degrees float32, dropped bool) {
	weights := make([]float32, 2*m.radius+1)
	total := halfGaussian(weights, m.sigma)
	radians := float32(degrees * degreesToRadian)
	sin, cos := kernel.Sin(radians), kernel.Cos(radians)
	clear(dst)
	for i, w := range weights {
		dx := roundHalfDown(float32(float32(i) * cos))
		dy := roundHalfDown(float32(float32(i) * sin))
		if dropped && (max(dx, -dx) >= width || max(dy, -dy) >= height) {
			break
		}
		w /= total
		// Columns below left and from right on repeat an edge pixel.
		left := min(max(-dx, 0), width)
		right := max(min(width-dx, width), left)
		for y := range height {
			in, out := row(src, width, min(max(y+dy, 0), height-1)), row(dst, width, y)
			edge := float32(w * in[0])
			for x := range left {
				out[x] += edge
			}
			if right > left {
				add(out[left:right], in[left+dx:], w)
			}
			edge = float32(w * in[width-1])
			for x := right; x < width; x++ {
				out[x] += edge
			}
		}
	}
}
