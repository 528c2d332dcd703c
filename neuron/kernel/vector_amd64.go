package kernel

func axpy(y []float32, a float32, x []float32) {
	if n := len(x) &^ 7; avx2 && n > 0 {
		axpyAVX2(&y[0], a, &x[0], n)
		y, x = y[n:], x[n:]
	}
	axpyGo(y, a, x)
}

func scale(dst []float32, a float32, x []float32) {
	if n := len(x) &^ 7; avx2 && n > 0 {
		scaleAVX2(&dst[0], a, &x[0], n)
		dst, x = dst[n:], x[n:]
	}
	scaleGo(dst, a, x)
}

func axpy64(y []float64, a float64, x []float64) {
	if n := len(x) &^ 3; avx2 && n > 0 {
		axpy64AVX2(&y[0], a, &x[0], n)
		y, x = y[n:], x[n:]
	}
	axpy64Go(y, a, x)
}

func weightedSum(dst, w, block []float32, stride int) {
	if !avx2 {
		weightedSumGo(dst, w, block, stride)
		return
	}
	weightedSumAVX2(&dst[0], &w[0], &block[0], len(dst), len(w), stride)
}

func outer(dw, post, block []float32, stride int) {
	if !avx2 || len(dw) < 8 {
		outerGo(dw, post, block, stride)
		return
	}
	n := len(dw) &^ 7
	outerAVX2(&dw[0], &post[0], &block[0], n, len(post), stride)
	if rest := len(dw) - n; rest > 0 { // the last eight rows once more, for the sums that are still due
		var d [8]float32
		copy(d[8-rest:], dw[n:])
		outerAVX2(&d[0], &post[0], &block[(len(dw)-8)*stride], 8, len(post), stride)
		copy(dw[n:], d[8-rest:])
	}
}

func finite(x []float32) bool {
	if n := len(x) &^ 7; avx2 && n > 0 {
		if !finiteAVX2(&x[0], n) {
			return false
		}
		x = x[n:]
	}
	return finiteGo(x)
}
