package modification

import (
	"math/bits"
	"sync"

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

// ice is a row of a table of frost: what remains of the picture, and how much
// frost is added.
type ice struct{ picture, frost float32 }

var (
	mnistIce = []ice{{1, .4}, {.8, .6}, {.7, .7}, {.65, .7}, {.6, .75}}
	cifarIce = []ice{{1, .2}, {1, .3}, {.9, .4}, {.85, .4}, {.75, .45}}
)

// frost lays a random part of the frost picture over the picture, every pixel of
// it enlarged times as large.
func frost(rows []ice, enlarged int) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		f := rows[int(level)-1]
		ferns := frostPicture()
		left, top := s.IntN(enlarged*frostSide), s.IntN(enlarged*frostSide)
		at := func(y, x int) float32 { return ferns[y&(frostSide-1)*frostSide+x&(frostSide-1)] }
		for y := range height {
			j, fy := (top+y)/enlarged, float32((top+y)%enlarged)/float32(enlarged)
			for x := range width {
				i, fx := (left+x)/enlarged, float32((left+x)%enlarged)/float32(enlarged)
				upper := at(j, i) + float32(fx*(at(j, i+1)-at(j, i)))
				lower := at(j+1, i) + float32(fx*(at(j+1, i+1)-at(j+1, i)))
				v := upper + float32(fy*(lower-upper))
				dst[y*width+x] = float32(f.picture*src[y*width+x]) + float32(f.frost*v)
			}
		}
	}
}

// frostSide is the side of the frost picture, which repeats like a torus.
const frostSide = 128

// frostPicture returns a picture of frost made up from a fixed stream: bright
// veins, where one plasma is half way, on the clouds of another.
var frostPicture = sync.OnceValue(func() []float32 {
	key := random.Key{Seed: 1, Purpose: random.Modification}
	veins, clouds := plasma(frostSide, 1.2, key.Stream(0, 1)), plasma(frostSide, 1.5, key.Stream(0, 2))
	for i, v := range veins {
		ridge := 1 - max(2*v-1, 1-2*v)
		ridge = float32(ridge * ridge)
		veins[i] = limit(float32(.6*clouds[i]) + float32(.8*float32(ridge*ridge)))
	}
	return veins
})
