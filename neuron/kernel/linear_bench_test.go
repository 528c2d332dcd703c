package kernel_test

import (
	"fmt"
	"testing"

	"murmur/neuron/kernel"
)

// linearBench measures f with every kernel; f does the given number of multiplications and additions.
func linearBench(b *testing.B, shape string, flops int, f func()) {
	defer kernel.Use("auto")
	for _, name := range linearKernels() {
		b.Run(shape+"/"+name, func(b *testing.B) {
			if err := kernel.Use(name); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

func BenchmarkWeightedSum(b *testing.B) {
	for _, s := range []struct{ edges, lanes int }{{1000, 100}, {1000, 128}, {1000, 500}, {64, 100}, {25, 100}} {
		dst, w, block := make([]float32, s.lanes), make([]float32, s.edges), make([]float32, s.edges*s.lanes)
		linearBench(b, fmt.Sprintf("%dx%d", s.edges, s.lanes), 2*s.edges*s.lanes,
			func() { kernel.WeightedSum(dst, w, block, s.lanes) })
	}
}

func BenchmarkOuter(b *testing.B) {
	for _, s := range []struct{ edges, lanes int }{{1000, 100}, {64, 100}, {25, 100}} {
		dw, post, block := make([]float32, s.edges), make([]float32, s.lanes), make([]float32, s.edges*s.lanes)
		linearBench(b, fmt.Sprintf("%dx%d", s.edges, s.lanes), 2*s.edges*s.lanes,
			func() { kernel.Outer(dw, post, block, s.lanes) })
	}
}

func BenchmarkAxpy(b *testing.B) {
	x, y := make([]float32, 128), make([]float32, 128)
	linearBench(b, "128", 2*128, func() { kernel.Axpy(y, 0.5, x) })
}

func BenchmarkAxpy64(b *testing.B) {
	x, y := make([]float64, 1000), make([]float64, 1000)
	linearBench(b, "1000", 2*1000, func() { kernel.Axpy64(y, 0.5, x) })
}

func BenchmarkFinite(b *testing.B) {
	x := make([]float32, 500)
	linearBench(b, "500", 500, func() {
		if !kernel.Finite(x) {
			b.Fatal("zeros are not finite")
		}
	})
}
