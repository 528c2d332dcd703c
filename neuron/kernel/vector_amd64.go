package kernel

func axpy(y []float32, a float32, x []float32) {
	switch {
	case len(x) == 0:
	case using == avx512:
		axpyAVX512(&y[0], a, &x[0], len(x))
	case using == avx2:
		axpyAVX2(&y[0], a, &x[0], len(x))
	default:
		axpyGo(y, a, x)
	}
}

func scale(dst []float32, a float32, x []float32) {
	switch {
	case len(x) == 0:
	case using == avx512:
		scaleAVX512(&dst[0], a, &x[0], len(x))
	case using == avx2:
		scaleAVX2(&dst[0], a, &x[0], len(x))
	default:
		scaleGo(dst, a, x)
	}
}

func clamp(dst, x []float32, lo, hi float32) {
	switch {
	case len(x) == 0:
	case using == avx512:
		clampAVX512(&dst[0], &x[0], lo, hi, len(x))
	case using == avx2:
		clampAVX2(&dst[0], &x[0], lo, hi, len(x))
	default:
		clampGo(dst, x, lo, hi)
	}
}

func rectify(dst []float32, a float32, x, y []float32) {
	switch {
	case len(x) == 0:
	case using == avx512:
		rectifyAVX512(&dst[0], a, &x[0], &y[0], len(x))
	case using == avx2:
		rectifyAVX2(&dst[0], a, &x[0], &y[0], len(x))
	default:
		rectifyGo(dst, a, x, y)
	}
}

func axpy64(y []float64, a float64, x []float64) {
	switch {
	case len(x) == 0:
	case using == avx512:
		axpy64AVX512(&y[0], a, &x[0], len(x))
	case using == avx2:
		axpy64AVX2(&y[0], a, &x[0], len(x))
	default:
		axpy64Go(y, a, x)
	}
}

func weightedSum(dst, w, block []float32, stride int) {
	if using == generic {
		weightedSumGo(dst, w, block, stride)
		return
	}
	few := len(w) // rows at a time: all, but where they are too many for the nearer caches some that all lanes find there
	if len(w)*len(dst) > farAway {
		few = someEdges
	}
	for from := 0; from < len(w); from += few {
		n := min(few, len(w)-from)
		if x := &block[from*stride]; using == avx512 {
			weightedSums1AVX512(&dst, &w, x, len(dst), from, n, stride)
		} else {
			weightedSums1AVX2(&dst, &w, x, len(dst), from, n, stride)
		}
	}
}

func weightedSums(dst, w [][]float32, block []float32, stride int) {
	lanes, edges := len(dst[0]), len(w[0])
	if using == generic {
		for i := range dst {
			weightedSumGo(dst[i], w[i], block, stride)
		}
		return
	}
	if edges > someEdges {
		weightedSumsApart(dst, w, block, stride)
		return
	}
	for first := 0; first < len(dst); {
		units := evenly(len(dst) - first)
		together(units, &dst[first], &w[first], &block[0], lanes, edges, stride)
		first += units
	}
}

const (
	maxUnits  = 5       // that share a load
	farAway   = 1 << 17 // numbers, 512 KiB: what is more lies beyond the nearer caches
	someEdges = 256     // of a unit taken at a time; of more, weights are copied
)

// evenly returns how many of the units that are left share a load next, so that those that follow are as many.
func evenly(left int) int {
	calls := (left + maxUnits - 1) / maxUnits
	return (left + calls - 1) / calls
}

// weightedSumsApart takes a few rows at a time, which all lanes and units find in the nearer caches, with a copy of their
// weights, side by side: the weights of several units, a page or so apart, would evict one another. Sums go on where they
// stopped, so it moves no bit.
func weightedSumsApart(dst, w [][]float32, block []float32, stride int) {
	lanes, edges := len(dst[0]), len(w[0])
	var copies [maxUnits * someEdges]float32
	var near [maxUnits][]float32
	for from := 0; from < edges; from += someEdges {
		n := min(someEdges, edges-from)
		for first := 0; first < len(dst); {
			units := evenly(len(dst) - first)
			for i := range units {
				near[i] = copies[i*someEdges:][:n]
				copy(near[i], w[first+i][from:])
			}
			together(units, &dst[first], &near[0], &block[from*stride], lanes, n, stride)
			first += units
		}
	}
}

// together adds rows to the sums of one to five units.
func together(units int, dst, w *[]float32, x *float32, lanes, edges, stride int) {
	wide := using == avx512
	switch {
	case wide && units == 1:
		weightedSums1AVX512(dst, w, x, lanes, 0, edges, stride)
	case wide && units == 2:
		weightedSums2AVX512(dst, w, x, lanes, 0, edges, stride)
	case wide && units == 3:
		weightedSums3AVX512(dst, w, x, lanes, 0, edges, stride)
	case wide && units == 4:
		weightedSums4AVX512(dst, w, x, lanes, 0, edges, stride)
	case wide:
		weightedSums5AVX512(dst, w, x, lanes, 0, edges, stride)
	case units == 1:
		weightedSums1AVX2(dst, w, x, lanes, 0, edges, stride)
	case units == 2:
		weightedSums2AVX2(dst, w, x, lanes, 0, edges, stride)
	case units == 3:
		weightedSums3AVX2(dst, w, x, lanes, 0, edges, stride)
	case units == 4:
		weightedSums4AVX2(dst, w, x, lanes, 0, edges, stride)
	default:
		weightedSums5AVX2(dst, w, x, lanes, 0, edges, stride)
	}
}

func outer(dw, post, block []float32, stride int) {
	if using == generic || len(dw) < 8 {
		outerGo(dw, post, block, stride)
		return
	}
	n := len(dw) &^ 7
	outerAVX2(&dw[0], &post[0], &block[0], n, len(post), stride)
	if n < len(dw) {
		last := lastEight(dw, n)
		outerAVX2(&last[0], &post[0], &block[(len(dw)-8)*stride], 8, len(post), stride)
		copy(dw[n:], last[8-(len(dw)-n):])
	}
}

// outers turns rows of edges into rows of lanes: then a learning sum is a weighted sum over lanes.
func outers(dw, post [][]float32, block []float32, stride int, scratch []float32) {
	const most = 32 // edges turned at a time, so that they stay in the nearest cache
	edges, lanes := len(dw[0])&^7, len(post[0])
	width := min(len(scratch)/lanes, most) &^ 7
	if using == generic || len(dw) == 1 || lanes < 8 || width == 0 {
		edges = 0
	}
	var few [16][]float32
	for from := 0; from < edges; from += width {
		n := min(width, edges-from)
		for j := 0; j < n; j += 8 {
			turn(scratch[j:], block[(from+j)*stride:], lanes, stride, width)
		}
		for first := 0; first < len(dw); first += len(few) {
			part := few[:min(len(few), len(dw)-first)]
			for i := range part {
				part[i] = dw[first+i][from : from+n]
			}
			weightedSums(part, post[first:first+len(part)], scratch, width)
		}
	}
	if edges < len(dw[0]) {
		for i := range dw {
			outer(dw[i][edges:], post[i], block[edges*stride:], stride)
		}
	}
}

// turn writes lane l of eight rows to dst[l*width:][:8], for every lane.
func turn(dst, block []float32, lanes, stride, width int) {
	n := lanes &^ 7
	turnAVX2(&dst[0], &block[0], n, stride, width)
	for l := n; l < lanes; l++ {
		for j := range 8 {
			dst[l*width+j] = block[j*stride+l]
		}
	}
}

func dots(dst, rows, block []float32, lanes, stride int) {
	if using == generic || len(dst) < 8 {
		dotsGo(dst, rows, block, lanes, stride)
		return
	}
	n := len(dst) &^ 7
	dotsAVX2(&dst[0], &rows[0], &block[0], n, lanes, stride)
	if n < len(dst) {
		last, from := lastEight(dst, n), (len(dst)-8)*stride
		dotsAVX2(&last[0], &rows[from], &block[from], 8, lanes, stride)
		copy(dst[n:], last[8-(len(dst)-n):])
	}
}

// lastEight returns a copy of the last eight sums: the rows of those that are done are taken once more, to no effect, for
// the sake of those from n on.
func lastEight(sums []float32, n int) (last [8]float32) {
	copy(last[8-(len(sums)-n):], sums[n:])
	return last
}

func finite(x []float32) bool {
	switch {
	case len(x) == 0:
		return true
	case using == avx512:
		return finiteAVX512(&x[0], len(x))
	case using == avx2:
		return finiteAVX2(&x[0], len(x))
	}
	return finiteGo(x)
}
