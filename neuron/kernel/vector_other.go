//go:build !amd64

package kernel

func axpy(y []float32, a float32, x []float32)         { axpyGo(y, a, x) }
func scale(dst []float32, a float32, x []float32)      { scaleGo(dst, a, x) }
func clamp(dst, x []float32, lo, hi float32)           { clampGo(dst, x, lo, hi) }
func rectify(dst []float32, a float32, x, y []float32) { rectifyGo(dst, a, x, y) }
func axpy64(y []float64, a float64, x []float64)       { axpy64Go(y, a, x) }
func weightedSum(dst, w, block []float32, stride int)  { weightedSumGo(dst, w, block, stride) }
func weightedSums(dst, w [][]float32, block []float32, stride int) {
	for i := range dst {
		weightedSumGo(dst[i], w[i], block, stride)
	}
}
func outer(dw, post, block []float32, stride int) { outerGo(dw, post, block, stride) }
func outers(dw, post [][]float32, block []float32, stride int, _ []float32) {
	for i := range dw {
		outerGo(dw[i], post[i], block, stride)
	}
}
func dots(dst, rows, block []float32, lanes, stride int) { dotsGo(dst, rows, block, lanes, stride) }
func finite(x []float32) bool                            { return finiteGo(x) }
