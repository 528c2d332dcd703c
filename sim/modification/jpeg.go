package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// jpegTable is the luminance table of the JPEG standard (Annex K): the steps, at
// quality 50, of the amplitudes of an 8 x 8 block, low frequencies first.
var jpegTable = [64]int{
	16, 11, 10, 16, 24, 40, 51, 61,
	12, 12, 14, 19, 26, 58, 60, 55,
	14, 13, 16, 24, 40, 57, 69, 56,
	14, 17, 22, 29, 51, 87, 80, 62,
	18, 22, 37, 56, 68, 109, 103, 77,
	24, 35, 55, 64, 81, 104, 113, 92,
	49, 64, 78, 87, 103, 121, 120, 101,
	72, 92, 95, 98, 112, 100, 103, 99,
}

// cosines is the orthonormal cosine transform of 8 values, a row a frequency.
var cosines = func() (c [8][8]float32) {
	for k := range c {
		for n := range c[k] {
			c[k][n] = kernel.Cos(float32(math.Pi/16*float64(k*(2*n+1)))) / 2
			if k == 0 {
				c[k][n] = float32(math.Sqrt(.125))
			}
		}
	}
	return c
}()

// jpeg does to bytes what saving them as a grey JPEG file of a quality from 1 to
// 100 and reading it does. What comes between, the coding of the amplitudes,
// loses nothing and is left out. (The standard library's codec changes its bits
// from one version to the next.) A block that leaves the picture repeats its
// edge.
func jpeg(dst, src []float32, width, height int, quality float32, _ *random.Stream) {
	steps := jpegSteps(int(quality))
	for top := 0; top < height; top += 8 {
		for left := 0; left < width; left += 8 {
			var block [8][8]float32
			for y := range block {
				in := row(src, width, min(top+y, height-1))
				for x := range block[y] {
					block[y][x] = float32(255*nearest(in[min(left+x, width-1)])) - 128
				}
			}
			block = twice(&block, forward)
			for y := range block {
				for x := range block[y] {
					step := steps[8*y+x]
					block[y][x] = float32(float32(math.Round(float64(block[y][x]/step))) * step)
				}
			}
			block = twice(&block, backward)
			for y := top; y < min(top+8, height); y++ {
				for x := left; x < min(left+8, width); x++ {
					dst[y*width+x] = nearest((block[y-top][x-left] + 128) / 255)
				}
			}
		}
	}
}

// jpegSteps scales the table to a quality, as libjpeg does.
func jpegSteps(quality int) (steps [64]float32) {
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for i, step := range jpegTable {
		steps[i] = float32(min(max((step*percent+50)/100, 1), 255))
	}
	return steps
}

// twice transforms the rows of a block and then its columns.
func twice(block *[8][8]float32, transform func(*[8]float32) [8]float32) (out [8][8]float32) {
	var turned [8][8]float32
	for y := range block {
		for k, v := range transform(&block[y]) {
			turned[k][y] = v
		}
	}
	for x := range turned {
		for k, v := range transform(&turned[x]) {
			out[k][x] = v
		}
	}
	return out
}

func forward(a *[8]float32) (b [8]float32) {
	for k := range b {
		for n, v := range a {
			b[k] += float32(cosines[k][n] * v)
		}
	}
	return b
}

func backward(a *[8]float32) (b [8]float32) {
	for k, v := range a {
		for n := range b {
			b[n] += float32(cosines[k][n] * v)
		}
	}
	return b
}
