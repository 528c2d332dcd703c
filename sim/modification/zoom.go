package modification

import "math"

// clippedZoom enlarges the middle of a picture by a factor of at least 1: it
// crops ceil(side/factor) pixels of each side about the middle and stretches
// them bilinearly, corner pixel to corner pixel, to round(crop*factor) pixels.
// That may be a pixel or two more than there were; see centre.
func clippedZoom(src []float32, width, height int, factor float64) (zoomed []float32, zoomedWidth, zoomedHeight int) {
	xs, ys := clippedAxis(width, factor), clippedAxis(height, factor)
	zoomed = make([]float32, len(xs)*len(ys))
	line := make([]float32, width)
	for y, v := range ys {
		upper, lower := row(src, width, v.at), row(src, width, min(v.at+1, height-1))
		for x, a := range upper {
			line[x] = a + float32(v.rest*(lower[x]-a))
		}
		out := row(zoomed, len(xs), y)
		for x, u := range xs {
			a := line[u.at]
			out[x] = a + float32(u.rest*(line[min(u.at+1, width-1)]-a))
		}
	}
	return zoomed, len(xs), len(ys)
}

// sample is a coordinate: a pixel and the rest towards the next.
type sample struct {
	at   int
	rest float32
}

// clippedAxis returns the samples of a zoom along one axis of n pixels.
func clippedAxis(n int, factor float64) []sample {
	crop := int(math.Ceil(float64(n) / factor))
	samples := make([]sample, max(int(math.RoundToEven(float64(crop)*factor)), n))
	step := float32(crop-1) / float32(max(len(samples)-1, 1))
	for i := range samples {
		x := min(float32(i)*step, float32(crop-1))
		samples[i] = sample{(n-crop)/2 + int(x), x - float32(int(x))}
	}
	return samples
}

// centre copies the middle of a larger picture, or with corner its upper left.
func centre(dst []float32, width, height int, src []float32, srcWidth, srcHeight int, corner bool) {
	left, top := (srcWidth-width)/2, (srcHeight-height)/2
	if corner {
		left, top = 0, 0
	}
	for y := range height {
		copy(row(dst, width, y), row(src, srcWidth, top+y)[left:])
	}
}
