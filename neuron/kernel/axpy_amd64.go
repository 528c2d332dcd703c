package kernel

import "gonum.org/v1/gonum/blas/gonum"

// axpy is gonum's on amd64, where its assembly multiplies, rounds, adds and rounds.
func axpy(y []float32, a float32, x []float32) {
	if len(x) > 0 {
		gonum.Implementation{}.Saxpy(len(x), a, x, 1, y, 1)
	}
}

func axpy64(y []float64, a float64, x []float64) {
	if len(x) > 0 {
		gonum.Implementation{}.Daxpy(len(x), a, x, 1, y, 1)
	}
}
