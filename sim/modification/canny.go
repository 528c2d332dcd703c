package modification

import (
	"math"

	"murmur/neuron/random"
)

// Two edge detectors after Canny (1986): that of scikit-image, which MNIST-C
// shows, and that of OpenCV on bytes, a step of water.

// cannyEdges is white on edges and black elsewhere: a Gaussian of 1 pixel, Sobel
// gradients, thinning, and hysteresis from .1 to .2. The outermost pixels are
// never edges.
func cannyEdges(dst, src []float32, width, height int, _ float32, _ *random.Stream) {
	const low, high = .1, .2
	smooth := append([]float32(nil), src...)
	mix(smooth, width, height, insideMixing(width), insideMixing(height))
	across, down, size := make([]float32, len(src)), make([]float32, len(src)), make([]float32, len(src))
	for i := range src {
		gx, gy := sobel(smooth, width, height, i%width, i/width)
		across[i], down[i] = gx, gy
		size[i] = float32(math.Sqrt(float64(float32(gx*gx) + float32(gy*gy))))
	}
	weak := make([]bool, len(src))
	var strong []int
	for y := 1; y < height-1; y++ {
		for x := 1; x < width-1; x++ {
			i := y*width + x
			if size[i] < low || !crest(size, width, i, across[i], down[i]) {
				continue
			}
			weak[i] = true
			if size[i] >= high {
				strong = append(strong, i)
			}
		}
	}
	clear(dst)
	for i, edge := range follow(weak, strong, width, height) {
		if edge {
			dst[i] = 1
		}
	}
}

// insideMixing blurs n values by a Gaussian of 1 pixel, radius 4, over those
// that there are.
func insideMixing(n int) []float32 {
	weights := make([]float32, 5)
	halfGaussian(weights, 1)
	m := make([]float32, n*n)
	for i := range n {
		in := row(m, n, i)
		total := float32(0)
		for j := max(i-4, 0); j < min(i+5, n); j++ {
			in[j] = weights[max(i-j, j-i)]
			total += in[j]
		}
		for j := range in {
			in[j] /= total
		}
	}
	return m
}

// sobel returns the gradient at (x, y), eight times that of a slope; outside,
// the edge is repeated.
func sobel(a []float32, width, height, x, y int) (across, down float32) {
	left, right := max(x-1, 0), min(x+1, width-1)
	up, low := row(a, width, max(y-1, 0)), row(a, width, min(y+1, height-1))
	middle := row(a, width, y)
	across = (up[right] - up[left]) + 2*(middle[right]-middle[left]) + (low[right] - low[left])
	down = (low[left] - up[left]) + 2*(low[x]-up[x]) + (low[right] - up[right])
	return across, down
}

// crest tells whether the gradient at i is no smaller than one step on and one
// step back in its direction, linear between the two neighbours there.
func crest(size []float32, width, i int, across, down float32) bool {
	stepX, stepY := 1, width
	if (across > 0) != (down > 0) {
		stepY = -width
	}
	a, d := max(across, -across), max(down, -down)
	straight, w := stepX, float32(1)
	switch {
	case d > a || d == a && stepY < 0:
		straight, w = stepY, a/d
	case a > 0:
		w = d / a
	}
	diagonal := stepX + stepY
	for _, sign := range []int{1, -1} {
		one, other := size[i+sign*straight], size[i+sign*diagonal]
		if float32(other*w)+float32(one*(1-w)) > size[i] {
			return false
		}
	}
	return true
}

// follow returns the weak points that are linked to a strong one, by any of the
// eight neighbours.
func follow(weak []bool, strong []int, width, height int) []bool {
	edge := make([]bool, len(weak))
	for _, i := range strong {
		edge[i] = true
	}
	for len(strong) > 0 {
		i := strong[len(strong)-1]
		strong = strong[:len(strong)-1]
		for y := max(i/width-1, 0); y <= min(i/width+1, height-1); y++ {
			for x := max(i%width-1, 0); x <= min(i%width+1, width-1); x++ {
				if j := y*width + x; weak[j] && !edge[j] {
					edge[j] = true
					strong = append(strong, j)
				}
			}
		}
	}
	return edge
}

// cannyBytes is OpenCV's detector for bytes, without a blur, gradients measured
// as |x| + |y| and thinned along one of four directions.
func cannyBytes(grey []int, width, height, low, high int) []bool {
	at := func(x, y int) int { return grey[min(max(y, 0), height-1)*width+min(max(x, 0), width-1)] }
	across, down := make([]int, len(grey)), make([]int, len(grey))
	padded := width + 2
	size := make([]int, padded*(height+2)) // with a frame of zeros
	for y := range height {
		for x := range width {
			gx := at(x+1, y-1) - at(x-1, y-1) + 2*(at(x+1, y)-at(x-1, y)) + at(x+1, y+1) - at(x-1, y+1)
			gy := at(x-1, y+1) - at(x-1, y-1) + 2*(at(x, y+1)-at(x, y-1)) + at(x+1, y+1) - at(x+1, y-1)
			across[y*width+x], down[y*width+x] = gx, gy
			size[(y+1)*padded+x+1] = max(gx, -gx) + max(gy, -gy)
		}
	}
	weak := make([]bool, len(grey))
	var strong []int
	for y := range height {
		for x := range width {
			i, at := y*width+x, (y+1)*padded+x+1
			m := size[at]
			if m <= low {
				continue
			}
			const slope = 13573 // tan 22.5 degrees times 2^15
			gx, gy := across[i], down[i]
			ax, ay := max(gx, -gx), max(gy, -gy)<<15
			var peak bool
			switch flat := ax * slope; {
			case ay < flat:
				peak = m > size[at-1] && m >= size[at+1]
			case ay > flat+ax<<16:
				peak = m > size[at-padded] && m >= size[at+padded]
			default:
				side := 1
				if gx^gy < 0 {
					side = -1
				}
				peak = m > size[at-padded-side] && m > size[at+padded+side]
			}
			if peak {
				weak[i] = true
				if m > high {
					strong = append(strong, i)
				}
			}
		}
	}
	return follow(weak, strong, width, height)
}
