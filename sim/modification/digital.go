package modification

import (
	"math"

	"murmur/neuron/random"
)

// pixelate shrinks the picture to int(factor*side) pixels a side and enlarges it
// again, both with Pillow's box filter on bytes, whose boxes end between pixels.
func pixelate(dst, src []float32, width, height int, factor float32, _ *random.Stream) {
	shrunk := func(n int) int { return max(int(float64(float64(factor)*float64(n))+1e-4), 1) }
	w, h := shrunk(width), shrunk(height)
	small := boxResize(src, width, height, w, h)
	copy(dst, boxResize(small, w, h, width, height))
}

// boxResize resizes along the rows and then along the columns, each to bytes.
func boxResize(a []float32, width, height, newWidth, newHeight int) []float32 {
	b := make([]float32, newWidth*height)
	boxLines(b, a, newWidth, width, height, 1, newWidth, 1, width)
	c := make([]float32, newWidth*newHeight)
	boxLines(c, b, newHeight, height, newWidth, newWidth, 1, newWidth, 1)
	return c
}

// boxLines averages lines of n values to lines of m. Along a line, values are
// step apart in memory, and lines are next apart.
func boxLines(dst, src []float32, m, n, lines, dstStep, dstNext, srcStep, srcNext int) {
	ratio := float64(n) / float64(m)
	half := float64(max(ratio, 1) / 2)
	for i := range m {
		middle := float64((float64(i) + .5) * ratio)
		from := max(int(middle-half+.5), 0)
		to := min(int(middle+half+.5), n)
		for line := range lines {
			sum := float32(0)
			for j := from; j < to; j++ {
				sum += src[line*srcNext+j*srcStep]
			}
			dst[line*dstNext+i*dstStep] = halfUp(sum / float32(to-from))
		}
	}
}

// quantize leaves 2^bits shades of grey.
func quantize(dst, src []float32, _, _ int, bits float32, _ *random.Stream) {
	shades := float32(int(1)<<int(bits) - 1)
	for i, v := range src {
		dst[i] = float32(math.RoundToEven(float64(float32(shades*v)))) / shades
	}
}

// tint is a row of a table of saturation: hue, saturation and value, or the
// saturation alone, are multiplied and raised.
type tint struct{ factor, rise float32 }

var (
	mnistTints = []tint{{.3, 0}, {.1, 0}, {2, 0}, {5, .1}, {20, .2}}
	cifarTints = []tint{{.3, 0}, {.1, 0}, {1.5, 0}, {2, .1}, {2.5, .2}}
)

// luminance is the weights by which a family turns red, green and blue grey.
type luminance [3]float32

var (
	mnistGrey = luminance{.2125, .7154, .0721} // scikit-image's
	cifarGrey = luminance{.299, .587, .114}    // OpenCV's and Pillow's
	// Torchvision's. Their norm, .6685, is what remains of the deviation of noise
	// that the three colours have independently.
	paperGrey = luminance{.2989, .587, .114}
)

func (l luminance) of(red, green, blue float32) float32 {
	return float32(l[0]*red) + float32(l[1]*green) + float32(l[2]*blue)
}

// saturateAll changes hue, saturation and value of grey, whose hue and
// saturation are 0, and takes the luminance of the colour that comes out. The
// hue stays at or below .2: red to yellow-green.
func saturateAll(dst, src []float32, _, _ int, level float32, _ *random.Stream) {
	t := mnistTints[int(level)-1]
	for i, v := range src {
		dst[i] = mnistGrey.of(colour(t.rise, t.rise, limit(float32(v*t.factor)+t.rise)))
	}
}

// saturate changes the saturation of grey, which is 0, and takes the luminance
// of the colour that comes out, a red.
func saturate(dst, src []float32, _, _ int, level float32, _ *random.Stream) {
	t := cifarTints[int(level)-1]
	for i, v := range src {
		dst[i] = cifarGrey.of(colour(0, t.rise, v))
	}
}

// colour returns red, green and blue of hue, saturation and value; the hue lies
// in 0..1/3.
func colour(hue, saturation, value float32) (red, green, blue float32) {
	red, green, blue = value, value, float32(value*(1-saturation))
	if sixth := float32(6 * hue); sixth < 1 {
		green = float32(value * (1 - float32((1-sixth)*saturation)))
	} else {
		red = float32(value * (1 - float32((sixth-1)*saturation)))
	}
	return red, green, blue
}

// tile is the side of the tile of pessimal noise.
const tile = 14

// pessimal adds or subtracts a fixed pattern of tiles, repeated, whose Euclidean
// norm on a 28 x 28 picture is the value.
func pessimal(dst, src []float32, width, _ int, norm float32, s *random.Stream) {
	amount := eitherWay(norm/2, s) // four tiles
	for i, v := range src {
		dst[i] = v + float32(amount*pattern[i/width%tile*tile+i%width%tile])
	}
}

// pattern is a tile of norm 1: fixed normal numbers, smoothed on a torus.
var pattern = func() []float32 {
	s := random.Key{Seed: 1, Purpose: random.Modification}.Stream(0, 3)
	raw, p := make([]float32, tile*tile), make([]float32, tile*tile)
	for i := range raw {
		raw[i] = s.Normal()
	}
	square := float32(0)
	for i := range p {
		for _, step := range [][3]int{{0, 0, 2}, {1, 0, 1}, {tile - 1, 0, 1}, {0, 1, 1}, {0, tile - 1, 1}} {
			y, x := (i/tile+step[1])%tile, (i%tile+step[0])%tile
			p[i] += float32(float32(step[2]) * raw[y*tile+x])
		}
		square += float32(p[i] * p[i])
	}
	scale(p, p, 1/float32(math.Sqrt(float64(square))))
	return p
}()
