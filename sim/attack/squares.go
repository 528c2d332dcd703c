package attack

import (
	"math"

	"murmur/neuron/random"
)

// squares makes the proposals of the Square attack for one size of image:
// pixels are row-major, width by height.
type squares struct {
	norm          Norm
	epsilon       float32
	width, height int

	side  int       // of the squares now
	shape []float64 // [side][side], of length 1: what L2 adds to a window
	delta []float64 // [height][width], of L2
}

// box is the part of an image that a proposal changed.
type box struct{ left, top, width, height int }

// copyBox copies a box of an image of the given width.
func copyBox(dst, src []float32, b box, width int) {
	for y := b.top; y < b.top+b.height; y++ {
		copy(dst[y*width+b.left:y*width+b.left+b.width], src[y*width+b.left:])
	}
}

// shares are the queries, of 10000, after which the share of the image that a
// square covers is halved.
var shares = [...]int{10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000}

// resize sets the side of the squares of query q, from the first share p.
func (s *squares) resize(p float32, q int) {
	share := float64(p)
	for _, end := range shares {
		if q > end {
			share /= 2
		}
	}
	side := int(math.Round(math.Sqrt(share * float64(s.width*s.height))))
	most := min(s.width, s.height)
	if s.norm == L2 {
		side = max(side, 3) | 1
		most -= 1 - most&1
	}
	side = max(min(side, most), 1)
	if side != s.side && s.norm == L2 {
		s.shape = bumps(side)
	}
	s.side = side
}

// start fills x with the first proposal around origin: vertical stripes of
// +-epsilon in Linf, a grid of five by five bumps of random sign in L2.
func (s *squares) start(x, origin []float32, key random.Key) {
	sign := func(i int) float32 { // +-1, the same for the same i
		return signOf(key.Words(0, rowStripes, uint32(i/4))[i%4])
	}
	if s.norm == Linf {
		for c := range s.width {
			change := float32(s.epsilon * sign(c))
			for i := c; i < len(x); i += s.width {
				x[i] = min(max(origin[i]+change, 0), 1)
			}
		}
		return
	}
	clear(s.delta)
	side := max(min(s.width, s.height)/5, 1)
	shape := bumps(side)
	rows, columns := s.height/side, s.width/side
	for t := range rows * columns {
		b := box{s.width%side/2 + t%columns*side, s.height%side/2 + t/columns*side, side, side}
		weight, turned := float64(sign(2*t)), sign(2*t+1) > 0
		s.eachOf(b, func(i, y, x int) { s.delta[i] = weight * at(shape, side, y, x, turned) })
	}
	s.finish(x, origin)
}

// propose fills x, which equals best, with a change of it for query q and
// returns what it changed.
func (s *squares) propose(x, best, origin []float32, key random.Key, q int) box {
	w := key.Words(uint32(q), rowSquare, 0)
	b := s.place(w[0], w[1])
	if s.norm == Linf {
		change := float32(s.epsilon * signOf(w[2]))
		for y := b.top; y < b.top+s.side; y++ {
			for i := y*s.width + b.left; i < y*s.width+b.left+s.side; i++ {
				x[i] = min(max(origin[i]+change, 0), 1)
			}
		}
		return b
	}
	more := key.Words(uint32(q), rowSquare, 1)
	s.proposeL2(best, origin, b, s.place(more[0], more[1]), float64(signOf(w[2])), w[3]>>31 != 0)
	s.finish(x, origin)
	return box{0, 0, s.width, s.height}
}

// signOf returns +-1, by the highest bit of a random word.
func signOf(w uint32) float32 {
	if w>>31 != 0 {
		return -1
	}
	return 1
}

// place puts a square anywhere in the image, as the paper does; AutoAttack's
// code leaves out the last row and column.
func (s *squares) place(u, v uint32) box {
	below := func(w uint32, n int) int { return int(uint64(w) * uint64(n) >> 32) }
	return box{below(u, s.width-s.side+1), below(v, s.height-s.side+1), s.side, s.side}
}

// proposeL2 sets delta to the change that best makes, with the length of window
// b and of the other one moved into b, where a pair of bumps is added.
func (s *squares) proposeL2(best, origin []float32, b, other box, sign float64, turned bool) {
	const tiny = 1e-12 // keeps 0/0 away
	var whole, both, window float64
	for i, o := range origin {
		s.delta[i] = float64(best[i]) - float64(o)
		whole += float64(s.delta[i] * s.delta[i])
	}
	s.eachOf(b, func(i, _, _ int) { window += float64(s.delta[i] * s.delta[i]) })
	both = window
	s.eachOf(other, func(i, y, x int) {
		if y += other.top - b.top; y >= 0 && y < b.height {
			if x += other.left - b.left; x >= 0 && x < b.width {
				return // counted in window
			}
		}
		both += float64(s.delta[i] * s.delta[i])
	})
	window = math.Sqrt(window) + tiny
	var sum float64
	s.eachOf(b, func(i, y, x int) {
		v := s.delta[i]/window + float64(sign*at(s.shape, s.side, y, x, turned))
		s.delta[i] = v
		sum += float64(v * v)
	})
	free := max(float64(float64(s.epsilon)*float64(s.epsilon))-whole, 0)
	scale := math.Sqrt(free+both) / (math.Sqrt(sum) + tiny)
	inside := func(y, x int) bool {
		return y >= b.top && y < b.top+b.height && x >= b.left && x < b.left+b.width
	}
	s.eachOf(other, func(i, y, x int) {
		if !inside(y+other.top, x+other.left) {
			s.delta[i] = 0
		}
	})
	s.eachOf(b, func(i, _, _ int) { s.delta[i] *= scale })
}

// finish fills x with origin and delta at the length epsilon.
func (s *squares) finish(x, origin []float32) {
	var sum float64
	for _, d := range s.delta {
		sum += float64(d * d)
	}
	scale := float64(s.epsilon) / (math.Sqrt(sum) + 1e-12)
	for i, o := range origin {
		x[i] = float32(min(max(float64(o)+float64(s.delta[i]*scale), 0), 1))
	}
}

// eachOf calls do with the index of each pixel of a box and its row and column
// in the box.
func (s *squares) eachOf(b box, do func(i, y, x int)) {
	for y := range b.height {
		for x := range b.width {
			do((b.top+y)*s.width+b.left+x, y, x)
		}
	}
}

// at returns an element of a square, or of the square flipped about its diagonal.
func at(square []float64, side, y, x int, turned bool) float64 {
	if turned {
		x, y = y, x
	}
	return square[y*side+x]
}

// bumps returns a square of length 1 whose upper half is a bump and whose lower
// half a dip.
func bumps(side int) []float64 {
	square := make([]float64, side*side)
	upper := side / 2
	bump(square[:upper*side], upper, side, 1)
	bump(square[upper*side:], side-upper, side, -1)
	toLength(square, 1)
	return square
}

// bump fills a rectangle with nested rectangles, the k-th adding 1/k^2, at the
// given length; a negative one turns it over.
func bump(v []float64, rows, columns int, length float64) {
	top, left := rows/2, columns/2
	for k := range max(top, left) + 1 {
		for y := max(top-k, 0); y < min(top+k+1, rows); y++ {
			for x := max(left-k, 0); x < min(left+k+1, columns); x++ {
				v[y*columns+x] += 1 / float64((k+1)*(k+1))
			}
		}
	}
	toLength(v, length)
}

func toLength(v []float64, length float64) {
	var sum float64
	for _, f := range v {
		sum += float64(f * f)
	}
	for i := range v {
		v[i] *= length / math.Sqrt(sum)
	}
}
