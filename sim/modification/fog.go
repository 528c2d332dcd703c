package modification

import (
	"math/bits"

	"murmur/neuron/random"
)

// haze is a row of a table of fog.
type haze struct{ amount, decay float32 }

var (
	mnistHaze = []haze{{1.5, 2}, {2, 2}, {2.5, 1.7}, {2.5, 1.5}, {3, 1.4}}
	cifarHaze = []haze{{.2, 3}, {.5, 3}, {.75, 2.5}, {1, 2}, {1.5, 1.75}}
)

// fog adds the upper left part of a plasma and brings the brightest pixel back
// to where it was. The plasma has the given side, for larger pictures the next
// power of two.
func fog(rows []haze, side int) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		f := rows[int(level)-1]
		side := max(side, 1<<bits.Len(uint(max(width, height)-1)))
		p := plasma(side, f.decay, s)
		brightest := float32(0)
		for _, v := range src {
			brightest = max(brightest, v)
		}
		factor := brightest / (brightest + f.amount)
		for y := range height {
			for x := range width {
				dst[y*width+x] = float32((src[y*width+x] + float32(f.amount*p[y*side+x])) * factor)
			}
		}
	}
}

// plasma draws a cloud by the diamond-square algorithm on a torus, values in
// [0, 1]. The side is a power of two; the amplitude of the random part falls by
// decay squared from one scale to the next.
func plasma(side int, decay float32, s *random.Stream) []float32 {
	p := make([]float32, side*side)
	mask := side - 1
	wobble := float32(100)
	for step := side; step >= 2; step /= 2 {
		h, amplitude := step/2, float32(wobble*wobble)
		line := func(y int) []float32 { return row(p, side, y&mask) }
		for y := h; y < side; y += step { // the middles of squares, from their corners
			out, up, down := line(y), line(y-h), line(y+h)
			for x := h; x < side; x += step {
				l, r := x-h, (x+h)&mask
				out[x] = float32((up[l]+up[r]+down[l]+down[r])/4) + symmetric(amplitude, s)
			}
		}
		for _, first := range []int{0, h} { // the middles of their sides, from the four points next to them
			for y := first; y < side; y += step {
				out, up, down := line(y), line(y-h), line(y+h)
				for x := h - first; x < side; x += step {
					out[x] = float32((up[x]+down[x]+out[(x-h)&mask]+out[(x+h)&mask])/4) + symmetric(amplitude, s)
				}
			}
		}
		wobble /= decay
	}
	low, high := p[0], p[0]
	for _, v := range p {
		low, high = min(low, v), max(high, v)
	}
	if high > low {
		for i, v := range p {
			p[i] = (v - low) / (high - low)
		}
	}
	return p
}
