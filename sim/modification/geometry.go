package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// symmetric draws a number from (-limit, limit].
func symmetric(limit float32, s *random.Stream) float32 {
	return float32(limit * (float32(2*s.Uniform()) - 1))
}

// eitherWay draws the sign of a change of the given size.
func eitherWay(size float32, s *random.Stream) float32 {
	if s.Uint32()&1 == 0 {
		return -size
	}
	return size
}

// rotate turns by an angle of degrees, one way or the other.
func rotate(dst, src []float32, width, height int, degrees float32, s *random.Stream) {
	rotateBy(dst, src, width, height, eitherWay(degrees, s))
}

// rotateBy turns src counter-clockwise, as seen, about the centre of the
// picture. Whole quarter turns of a square picture only move its pixels.
func rotateBy(dst, src []float32, width, height int, degrees float32) {
	sin, cos := sineCosine(degrees)
	cx, cy := float32(float32(width-1)/2), float32(float32(height-1)/2)
	for y := range height {
		v := float32(y) - cy
		// The part of the source position that all pixels of the row share.
		rowX, rowY := cx-float32(v*sin), cy+float32(v*cos)
		row := dst[y*width : (y+1)*width]
		for x := range row {
			u := float32(x) - cx
			row[x] = bilinear(src, width, height, rowX+float32(u*cos), rowY+float32(u*sin))
		}
	}
}

// sineCosine returns the sine and cosine of an angle in degrees. Reducing it to
// 45 degrees about a quarter turn first makes quarter turns exact.
func sineCosine(degrees float32) (sin, cos float32) {
	quarters := math.Round(float64(degrees) / 90)
	rest := degrees - float32(90*quarters)
	radians := float32(rest * degreesToRadian)
	sin, cos = kernel.Sin(radians), kernel.Cos(radians)
	switch int(quarters) & 3 {
	case 1:
		return cos, -sin
	case 2:
		return -sin, -cos
	case 3:
		return -cos, sin
	}
	return sin, cos
}

// translate shifts by a number of pixels along each axis, one way or the other.
func translate(dst, src []float32, width, height int, pixels float32, s *random.Stream) {
	dx := eitherWay(pixels, s)
	dy := eitherWay(pixels, s)
	translateBy(dst, src, width, height, dx, dy)
}

// translateBy shifts src right by dx and down by dy pixels.
func translateBy(dst, src []float32, width, height int, dx, dy float32) {
	for y := range height {
		row := dst[y*width : (y+1)*width]
		sourceY := float32(y) - dy
		for x := range row {
			row[x] = bilinear(src, width, height, float32(x)-dx, sourceY)
		}
	}
}

// bilinear returns src at (x, y), linear between pixel centres and 0 outside.
// At a pixel centre it is that pixel exactly.
func bilinear(src []float32, width, height int, x, y float32) float32 {
	if !(x > -1 && x < float32(width) && y > -1 && y < float32(height)) {
		return 0
	}
	// The bounds make truncation and one step down the floor.
	i, j := int(x), int(y)
	if x < 0 {
		i = -1
	}
	if y < 0 {
		j = -1
	}
	fx, fy := x-float32(i), y-float32(j)

	var nw, ne, sw, se float32
	if i >= 0 && i+1 < width && j >= 0 && j+1 < height {
		at := j*width + i
		upper, lower := src[at:at+2], src[at+width:at+width+2]
		nw, ne, sw, se = upper[0], upper[1], lower[0], lower[1]
	} else {
		nw = pixel(src, width, height, i, j)
		ne = pixel(src, width, height, i+1, j)
		sw = pixel(src, width, height, i, j+1)
		se = pixel(src, width, height, i+1, j+1)
	}
	upper := nw + float32(fx*(ne-nw))
	lower := sw + float32(fx*(se-sw))
	return upper + float32(fy*(lower-upper))
}

// pixel returns src at column x and row y, 0 outside.
func pixel(src []float32, width, height, x, y int) float32 {
	if x < 0 || x >= width || y < 0 || y >= height {
		return 0
	}
	return src[y*width+x]
}

// occlusion blackens a square; a side longer than the picture is cut to it.
func occlusion(dst, src []float32, width, height int, value float32, s *random.Stream) {
	copy(dst, src)
	side := int(math.Round(float64(value)))
	if side == 0 {
		return
	}
	sideX, sideY := min(side, width), min(side, height)
	left := s.IntN(width - sideX + 1)
	top := s.IntN(height - sideY + 1)
	for y := top; y < top+sideY; y++ {
		clear(dst[y*width+left : y*width+left+sideX])
	}
}
