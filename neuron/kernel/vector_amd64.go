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
	switch using {
	case avx512:
		weightedSums1AVX512(&dst, &w, &block[0], len(dst), len(w), stride)
	case avx2:
		weightedSums1AVX2(&dst, &w, &block[0], len(dst), len(w), stride)
	default:
		weightedSumGo(dst, w, block, stride)
	}
}

// weightedSums takes up to five units at a time, as even in number as they can be.
func weightedSums(dst, w [][]float32, block []float32, stride int) {
	const most = 5
	lanes, edges, x := len(dst[0]), len(w[0]), &block[0]
	for left := len(dst); left > 0; left = len(dst) {
		parts := (left + most - 1) / most
		n := (left + parts - 1) / parts
		d, v := &dst[0], &w[0]
		switch {
		case using == generic:
			weightedSumGo(*d, *v, block, stride)
			n = 1
		case using == avx512 && n == 1:
			weightedSums1AVX512(d, v, x, lanes, edges, stride)
		case using == avx512 && n == 2:
			weightedSums2AVX512(d, v, x, lanes, edges, stride)
		case using == avx512 && n == 3:
			weightedSums3AVX512(d, v, x, lanes, edges, stride)
		case using == avx512 && n == 4:
			weightedSums4AVX512(d, v, x, lanes, edges, stride)
		case using == avx512:
			weightedSums5AVX512(d, v, x, lanes, edges, stride)
		case n == 1:
			weightedSums1AVX2(d, v, x, lanes, edges, stride)
		case n == 2:
			weightedSums2AVX2(d, v, x, lanes, edges, stride)
		case n == 3:
			weightedSums3AVX2(d, v, x, lanes, edges, stride)
		case n == 4:
			weightedSums4AVX2(d, v, x, lanes, edges, stride)
		default:
			weightedSums5AVX2(d, v, x, lanes, edges, stride)
		}
		dst, w = dst[n:], w[n:]
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
