package kernel

import "testing"

// A tick calls the kernels a thousand times: none allocates.
func TestKernelsDoNotAllocate(t *testing.T) {
	const lanes, edges = 100, 21
	x, y, w := make([]float32, lanes), make([]float32, lanes), make([]float32, edges)
	block := make([]float32, edges*lanes)
	dst, ws := [][]float32{x, y}, [][]float32{w, w}
	for name, f := range map[string]func(){
		"Axpy":         func() { Axpy(y, 2, x) },
		"Scale":        func() { Scale(y, 2, x) },
		"Clamp":        func() { Clamp(y, x, -1, 1) },
		"Rectify":      func() { Rectify(y, 2, x, y) },
		"Finite":       func() { Finite(x) },
		"WeightedSum":  func() { WeightedSum(x, w, block, lanes) },
		"WeightedSums": func() { WeightedSums(dst, ws, block, lanes) },
		"SumRows":      func() { SumRows(x, block, edges, lanes) },
		"Outer":        func() { Outer(w, x, block, lanes) },
		"Outers":       func() { Outers(ws, dst, block, lanes, x) },
		"Dots":         func() { Dots(w, block, block, lanes, lanes) },
		"ExpTo":        func() { ExpTo(y, x) },
		"TanhTo":       func() { TanhTo(y, x) },
		"NormalBlocks": func() { NormalBlocks(x, [4]uint32{1, 2, 3, 4}, 5, 6, 7) },
	} {
		eachKernel(t, func() {
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s, %s: %v allocations", name, Name(), n)
			}
		})
	}
}
