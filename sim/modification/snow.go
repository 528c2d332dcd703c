package modification

import (
	"murmur/neuron/random"
)

// snowfall is a row of a table of snow.
type snowfall struct {
	mean, deviation float32 // of the flakes, normal numbers
	zoom            float64 // that makes them large
	threshold       float32 // below it there is no flake
	smear           smear   // that makes them fall
	mix             float32 // what remains of the picture, the rest is whitened
}

// The rows of MNIST-C, which imagecorruptions shares, and those of CIFAR-10-C.
var (
	mnistSnow = []snowfall{
		{.1, .3, 3, .5, smear{10, 4}, .8},
		{.2, .3, 2, .5, smear{12, 4}, .7},
		{.55, .3, 4, .9, smear{12, 8}, .7},
		{.55, .3, 4.5, .85, smear{12, 8}, .65},
		{.55, .3, 2.5, .85, smear{12, 12}, .55},
	}
	cifarSnow = []snowfall{
		{.1, .2, 1, .6, smear{8, 3}, .95},
		{.1, .2, 1, .5, smear{10, 4}, .9},
		{.15, .3, 1.75, .55, smear{10, 4}, .9},
		{.25, .3, 2.25, .6, smear{12, 6}, .85},
		{.3, .3, 1.25, .65, smear{14, 12}, .8},
	}
)

// snow whitens the picture and lets flakes fall on it, the same ones also turned
// by half a turn: with L the layer of flakes, mix x + (1-mix) max(x, 1.5 x + .5)
// + L + rot180(L).
func snow(rows []snowfall) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		f := rows[int(level)-1]
		layer := make([]float32, width*height)
		zoomed, zoomedWidth, zoomedHeight := f.flakes(width, height, s)
		centre(layer, width, height, zoomed, zoomedWidth, zoomedHeight, false)
		each(layer, truncated)
		blurred := make([]float32, width*height)
		f.smear.magick(blurred, layer, width, height, f.direction(s))
		f.cover(dst, src, blurred)
	}
}

// flakes draws the layer of flakes before they fall.
func (f snowfall) flakes(width, height int, s *random.Stream) (layer []float32, layerWidth, layerHeight int) {
	points := make([]float32, width*height)
	for i := range points {
		points[i] = f.mean + float32(f.deviation*s.Normal())
	}
	layer, layerWidth, layerHeight = clippedZoom(points, width, height, f.zoom)
	for i, v := range layer {
		if v < f.threshold {
			v = 0
		}
		layer[i] = limit(v)
	}
	return layer, layerWidth, layerHeight
}

// direction draws the direction of the fall in degrees.
func (snowfall) direction(s *random.Stream) float32 { return -90 + symmetric(45, s) }

// cover puts the layer, of the size of the picture, over the whitened picture.
func (f snowfall) cover(dst, src, layer []float32) {
	last := len(layer) - 1
	for i, v := range src {
		white := max(v, float32(v*1.5)+.5)
		dst[i] = float32(f.mix*v) + float32((1-f.mix)*white) + (layer[i] + layer[last-i])
	}
}
