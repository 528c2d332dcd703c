package kernel

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// linearBench measures f with every form of the kernels; f does the given number of multiplications and additions. It
// reports the median of their share of the peak, which is measured in turns with f: so a processor that others use as
// well, or whose clock changes, slows both.
func linearBench(b *testing.B, shape string, flops int, f func()) {
	defer Use("auto")
	for _, name := range Names() {
		b.Run(shape+"/"+name, func(b *testing.B) {
			if err := Use(name); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			if loop, most := peak(); loop != nil {
				b.ReportMetric(100*share(f, flops, loop, most), "%peak")
			}
		})
	}
}

// share returns how much of the rate of a loop that does most operations f reaches, which does some.
func share(f func(), some int, loop func(), most int) float64 {
	times := max(1, most/(4*some)) // about as long as the loop
	took := func(f func()) float64 {
		start := time.Now()
		f()
		return float64(time.Since(start).Nanoseconds())
	}
	var shares []float64
	for range 101 {
		fast := took(loop) / float64(most)
		mine := took(func() {
			for range times {
				f()
			}
		}) / float64(times*some)
		shares = append(shares, fast/mine)
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

func BenchmarkWeightedSum(b *testing.B) {
	for _, s := range []struct{ edges, lanes int }{{1000, 100}, {1000, 128}, {1000, 1000}, {64, 100}, {64, 128}, {16, 128}} {
		dst, w, block := make([]float32, s.lanes), make([]float32, s.edges), make([]float32, s.edges*s.lanes)
		linearBench(b, fmt.Sprintf("%dx%d", s.edges, s.lanes), 2*s.edges*s.lanes,
			func() { WeightedSum(dst, w, block, s.lanes) })
	}
}

// Units that share their inputs: the ten units of a column, or of a readout; together, and one by one.
func BenchmarkWeightedSums(b *testing.B) {
	for _, s := range []struct{ units, edges, lanes int }{
		{10, 1000, 128}, {10, 1000, 1000}, {10, 64, 128}, {10, 64, 100}, {10, 64, 400}, {8, 10, 128}, {4, 1000, 128},
	} {
		var dst, w [][]float32
		for range s.units {
			dst, w = append(dst, make([]float32, s.lanes)), append(w, make([]float32, s.edges))
		}
		block := make([]float32, s.edges*s.lanes)
		shape, flops := fmt.Sprintf("%dx%dx%d", s.units, s.edges, s.lanes), 2*s.units*s.edges*s.lanes
		linearBench(b, shape, flops, func() { WeightedSums(dst, w, block, s.lanes) })
		linearBench(b, shape+"/one-by-one", flops, func() {
			for i := range dst {
				WeightedSum(dst[i], w[i], block, s.lanes)
			}
		})
	}
}

func BenchmarkOuter(b *testing.B) {
	for _, s := range []struct{ edges, lanes int }{{1000, 100}, {1000, 128}, {64, 100}, {64, 128}, {32, 128}, {25, 100}} {
		dw, post, block := make([]float32, s.edges), make([]float32, s.lanes), make([]float32, s.edges*s.lanes)
		linearBench(b, fmt.Sprintf("%dx%d", s.edges, s.lanes), 2*s.edges*s.lanes,
			func() { Outer(dw, post, block, s.lanes) })
	}
}

// Units that share their inputs, as in BenchmarkWeightedSums.
func BenchmarkOuters(b *testing.B) {
	scratch := make([]float32, 1<<13)
	for _, s := range []struct{ units, edges, lanes int }{{10, 1000, 128}, {10, 784, 128}, {10, 64, 128}, {5, 1000, 128}, {10, 784, 32}} {
		var dw, post [][]float32
		for range s.units {
			dw, post = append(dw, make([]float32, s.edges)), append(post, make([]float32, s.lanes))
		}
		block := make([]float32, s.edges*s.lanes)
		shape, flops := fmt.Sprintf("%dx%dx%d", s.units, s.edges, s.lanes), 2*s.units*s.edges*s.lanes
		linearBench(b, shape, flops, func() { Outers(dw, post, block, s.lanes, scratch) })
		linearBench(b, shape+"/one-by-one", flops, func() {
			for i := range dw {
				Outer(dw[i], post[i], block, s.lanes)
			}
		})
	}
}

func BenchmarkDots(b *testing.B) {
	for _, rows := range []int{16, 8, 4} {
		dst, x, y := make([]float32, rows), make([]float32, rows*128), make([]float32, rows*128)
		linearBench(b, fmt.Sprintf("%dx128", rows), 2*rows*128, func() { Dots(dst, x, y, 128, 128) })
	}
}

func BenchmarkAxpy(b *testing.B) {
	for _, n := range []int{128, 100} {
		x, y := make([]float32, n), make([]float32, n)
		linearBench(b, fmt.Sprint(n), 2*n, func() { Axpy(y, 0.5, x) })
	}
}

func BenchmarkScale(b *testing.B) {
	x, y := make([]float32, 128), make([]float32, 128)
	linearBench(b, "128", 128, func() { Scale(y, 0.5, x) })
}

func BenchmarkClamp(b *testing.B) {
	x, y := make([]float32, 128), make([]float32, 128)
	linearBench(b, "128", 2*128, func() { Clamp(y, x, -1, 1) })
}

func BenchmarkRectify(b *testing.B) {
	x, y := make([]float32, 128), make([]float32, 128)
	linearBench(b, "128", 3*128, func() { Rectify(y, 2, x, x) })
}

func BenchmarkAxpy64(b *testing.B) {
	x, y := make([]float64, 1000), make([]float64, 1000)
	linearBench(b, "1000", 2*1000, func() { Axpy64(y, 0.5, x) })
}

func BenchmarkFinite(b *testing.B) {
	x := make([]float32, 500)
	linearBench(b, "500", 500, func() {
		if !Finite(x) {
			b.Fatal("zeros are not finite")
		}
	})
}
