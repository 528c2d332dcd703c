package kernel

// axpyGo is the meaning of axpy: every other form gives its bits.
func axpyGo(y []float32, a float32, x []float32) {
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

func axpy64Go(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += float64(a * v)
	}
}
