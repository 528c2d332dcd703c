package modification

import "math"

// clippedZoom enlarges the middle of a picture by a factor of at least 1: it
// crops ceil(side/factor) pixels of each side about the middle and stretches
// them bilinearly, corner pixel to corner pixel, to round(crop*factor) pixels.
// That may be a pixel or two more than there were; see centre.
func clippedZoom(src []float32, width, height int, factor float64) (zoomed []float32, zoomedWidth, zoomedHeight int) {
	fromX, stepX, zoomedWidth := clippedAxis(width, factor)
	fromY, stepY, zoomedHeight := clippedAxis(height, factor)
	zoomed = make([]float32, zoomedWidth*zoomedHeight)
	for y := range zoomedHeight {
		v := fromY + float32(float32(y)*stepY)
		out := row(zoomed, zoomedWidth, y)
		for x := range out {
			u := fromX + float32(float32(x)*stepX)
			out[x] = bilinear(src, width, height, min(u, float32(width-1)), min(v, float32(height-1)))
		}
	}
	return zoomed, zoomedWidth, zoomedHeight
}

// clippedAxis returns the first coordinate, the step and the number of samples
// of a zoom along one axis of n pixels.
func clippedAxis(n int, factor float64) (from, step float32, samples int) {
	crop := int(math.Ceil(float64(n) / factor))
	samples = max(int(math.RoundToEven(float64(crop)*factor)), n)
	if samples > 1 {
		step = float32(crop-1) / float32(samples-1)
	}
	return float32((n - crop) / 2), step, samples
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
