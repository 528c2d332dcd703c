package modification

import (
	"math"

	"murmur/neuron/random"
)

// The published sets keep pictures as bytes: 0 is black, 255 is white.

// nearest returns v, limited to [0, 1], as the nearest byte, the even one of
// two, again in [0, 1].
func nearest(v float32) float32 {
	return float32(math.RoundToEven(float64(float32(255*limit(v))))) / 255
}

// halfUp is nearest but for the upper one of two, as Pillow resizes.
func halfUp(v float32) float32 { return truncated(v + .5/255) }

// truncated returns v, limited to [0, 1], as the byte below, again in [0, 1]. A
// value that lies under a byte by rounding alone counts as that byte.
func truncated(v float32) float32 {
	const rounding = 1. / 8192
	return float32(math.Floor(float64(float32(255*limit(v))+rounding))) / 255
}

// sixteenBits returns v, limited to [0, 1], as ImageMagick keeps and saves it:
// rounded to 16 bits, of which the upper eight remain, again in [0, 1].
func sixteenBits(v float32) float32 {
	return float32(int(math.RoundToEven(float64(float64(limit(v))*65535)))/257) / 255
}

func limit(v float32) float32 { return min(max(v, 0), 1) }

// toNearest is f with the result rounded to bytes.
func toNearest(f change) change { return then(f, nearest) }

// toTruncated is f with the result cut to bytes.
func toTruncated(f change) change { return then(f, truncated) }

func then(f change, toByte func(float32) float32) change {
	return func(dst, src []float32, width, height int, value float32, s *random.Stream) {
		f(dst, src, width, height, value, s)
		each(dst, toByte)
	}
}

// each applies f to every value.
func each(dst []float32, f func(float32) float32) {
	for i, v := range dst {
		dst[i] = f(v)
	}
}
