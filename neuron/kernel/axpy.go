//go:build !amd64

package kernel

func axpy(y []float32, a float32, x []float32)   { axpyGo(y, a, x) }
func axpy64(y []float64, a float64, x []float64) { axpy64Go(y, a, x) }
