package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// segment adds a line from (c0, r0) to (c1, r1), in columns and rows, between the
// columns floor(c0) and ceil(c1): log(1 - d/2.3) + 1 at a vertical distance of d
// pixels, as far as that is positive (d < 1.45). The result is clipped. A line
// that does not lead to the right adds nothing.
func segment(dst []float32, width, height int, c0, r0, c1, r1 float32) {
	if !(c1 > c0) {
		return
	}
	slope := (r1 - r0) / (c1 - c0)
	from, to := int(math.Floor(float64(c0))), int(math.Ceil(float64(c1)))
	for x := max(from, 0); x < min(to, width); x++ {
		middle := float32(slope*(float32(x)-c0)) + r0
		for y := range height {
			d := float32(math.Abs(float64(float32(y) - middle)))
			if d < 1.5 {
				i := y*width + x
				dst[i] = limit(dst[i] + limit(kernel.Log(1-d/2.3)+1))
			}
		}
	}
}

// anyRow draws a row, of 28 one of 0 to 26.
func anyRow(height int, s *random.Stream) float32 { return float32(s.IntN(max(height-1, 1))) }

// line draws a line across, of 28 columns from one of 0 to 4 to one of 22 to 26.
func line(dst, src []float32, width, height int, _ float32, s *random.Stream) {
	copy(dst, src)
	c0, c1 := s.IntN(5), width-6+s.IntN(5)
	r0, r1 := anyRow(height, s), anyRow(height, s)
	segment(dst, width, height, float32(c0), r0, float32(c1), r1)
}

// dottedLine draws a line from edge to edge, two columns on and two off; the
// first two are off.
func dottedLine(dst, src []float32, width, height int, _ float32, s *random.Stream) {
	copy(dst, src)
	r0, r1 := anyRow(height, s), anyRow(height, s)
	segment(dst, width, height, 0, r0, float32(width-1), r1)
	for i := range dst {
		if i%width%4 < 2 {
			dst[i] = src[i]
		}
	}
}

// zigzag draws a line of teeth, 4 pixels long and 2 high, from column 2 to the
// third from the right, rising or falling by at most 5 rows.
func zigzag(dst, src []float32, width, height int, _ float32, s *random.Stream) {
	copy(dst, src)
	r0 := anyRow(height, s)
	rise := float32(s.IntN(10) - 5)
	run := float32(width - 5)
	if run < 1 {
		return
	}
	// Along the line, of length d, a tooth is at every fourth pixel.
	d := float32(math.Sqrt(float64(float32(run*run) + float32(rise*rise))))
	cos, sin := run/d, rise/d
	last := [2]float32{2, r0}
	draw := func(c, r float32) {
		next := [2]float32{2 + float32(cos*c) - float32(sin*r), r0 + float32(sin*c) + float32(cos*r)}
		segment(dst, width, height, last[0], last[1], next[0], next[1])
		last = next
	}
	tooth := float32(-2)
	for c := float32(2); c <= d; c += 4 {
		tooth = -tooth
		draw(c, tooth)
	}
	if rest := d - float32(4*math.Floor(float64(d/4))); rest > 0 {
		draw(d, tooth/float32(2*rest))
	}
}

// stripe inverts the first and the last quarter of the columns.
func stripe(dst, src []float32, width, _ int, _ float32, _ *random.Stream) {
	for i, v := range src {
		if x := i % width; x < width/4 || x >= width-width/4 {
			v = 1 - v
		}
		dst[i] = v
	}
}

// inverse makes black white and white black.
func inverse(dst, src []float32, _, _ int, _ float32, _ *random.Stream) {
	for i, v := range src {
		dst[i] = 1 - v
	}
}
