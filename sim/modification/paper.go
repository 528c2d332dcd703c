package modification

import (
	"math"

	"murmur/neuron/random"
)

// The changes of arXiv 2606.13801 that come from the imagecorruptions package.
// It takes no picture below 32 pixels, so the paper's code frames the 28 x 28
// picture with two black pixels, makes bytes of it and three equal colours,
// corrupts, cuts to bytes, and takes the frame off again.

const frame = 2 // pixels on every side

// framed is a picture with its frame, as bytes, and what becomes of it.
type framed struct {
	width, height int
	in, out       []float32
}

func newFramed(src []float32, width, height int) framed {
	p := framed{width: width + 2*frame, height: height + 2*frame}
	p.in = make([]float32, p.width*p.height)
	p.out = make([]float32, len(p.in))
	for y := range height {
		in := row(p.in, p.width, frame+y)[frame:]
		for x, v := range row(src, width, y) {
			in[x] = nearest(v)
		}
	}
	return p
}

// cut writes the inner part of the result to dst, as bytes.
func (p framed) cut(dst []float32, width, height int) {
	for y := range height {
		in := row(p.out, p.width, frame+y)[frame:]
		for x := range width {
			dst[y*width+x] = truncated(in[x])
		}
	}
}

// inFrame is f on the framed picture: for changes that keep grey grey.
func inFrame(f change) change {
	return func(dst, src []float32, width, height int, value float32, s *random.Stream) {
		p := newFramed(src, width, height)
		f(p.out, p.in, p.width, p.height, value, s)
		p.cut(dst, width, height)
	}
}

// inColours is f on each of three equal colours of the framed picture, with
// draws of its own, and then grey again.
func inColours(f change) change {
	return func(dst, src []float32, width, height int, value float32, s *random.Stream) {
		p := newFramed(src, width, height)
		colour := make([]float32, len(dst))
		clear(dst)
		for _, weight := range paperGrey {
			f(p.out, p.in, p.width, p.height, value, s)
			p.cut(colour, width, height)
			add(dst, colour, weight)
		}
	}
}

// paperSmears are the rows of ImageNet-C, which MNIST-C and imagecorruptions
// share.
var paperSmears = []smear{{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}}

// cutMotionBlur is the motion blur of imagecorruptions.
func cutMotionBlur(dst, src []float32, width, height int, level float32, s *random.Stream) {
	paperSmears[int(level)-1].apply(dst, src, width, height, symmetric(45, s), true)
}

// paperSnow is the snow of imagecorruptions. It blurs the whole zoomed layer
// and takes its upper left part, where MNIST-C takes the middle and then blurs.
func paperSnow(dst, src []float32, width, height int, level float32, s *random.Stream) {
	f := mnistSnow[int(level)-1]
	zoomed, zoomedWidth, zoomedHeight := f.flakes(width, height, s)
	blurred := make([]float32, len(zoomed))
	f.smear.apply(blurred, zoomed, zoomedWidth, zoomedHeight, f.direction(s), true)
	each(blurred, nearest)
	layer := make([]float32, width*height)
	centre(layer, width, height, blurred, zoomedWidth, zoomedHeight, true)
	f.cover(dst, src, layer)
}

// obstruction blackens a square of side int(.4*scale*28) pixels, for a picture
// of another size .4*scale of its shorter side, at least one pixel.
func obstruction(dst, src []float32, width, height int, scale float32, s *random.Stream) {
	shorter := min(width, height)
	// Where the product is a whole number but for rounding, as .4*.5*28 may be, it
	// counts as that number.
	side := int(math.Floor(float64(float32(float32(.4*scale)*float32(shorter))) + 1e-4))
	occlusion(dst, src, width, height, float32(min(max(side, 1), shorter)), s)
}
