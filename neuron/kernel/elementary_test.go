package kernel

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// vectorForms are the elementary functions on slices, and what each does to an element.
var vectorForms = []struct {
	name   string
	to     func(dst, x []float32)
	scalar func(float32) float32
}{
	{"Exp", ExpTo, Exp},
	{"Tanh", TanhTo, Tanh},
}

// sameBits fails at the first element that is not f of its argument, to the bit, NaN included.
func sameBits(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string, got, x []float32, f func(float32) float32) {
	t.Helper()
	for i, v := range x {
		if g, w := math.Float32bits(got[i]), math.Float32bits(f(v)); g != w {
			t.Fatalf("%s of %v (%08x), element %d of %d: got %08x, want %08x", name, v, math.Float32bits(v), i, len(x), g, w)
		}
	}
}

// eachKernel does f with every form of the kernels that this processor has.
func eachKernel(t interface {
	Helper()
	Fatalf(string, ...any)
}, f func()) {
	t.Helper()
	defer Use("auto")
	for _, name := range Names() {
		if err := Use(name); err != nil {
			t.Fatalf("%v", err)
		}
		f()
	}
}

// All signs and exponents, each with every 1021st mantissa and those at its ends; and every argument near a step: a
// branch, the bounds of Exp, the first subnormal and the first infinite result.
func TestVectorFormsSample(t *testing.T) {
	var x []float32
	for head := range uint32(1 << 9) {
		for m := uint32(0); m < 1<<23; m += 1021 {
			x = append(x, math.Float32frombits(head<<23|m))
		}
		for d := range uint32(8) {
			x = append(x, math.Float32frombits(head<<23|d), math.Float32frombits(head<<23|(1<<23-1-d)))
		}
	}
	for _, step := range []float32{
		tanhSmall, 9.01, tanhMax, expMax, 88.72284, 87.33655, 103.27893, 103.97208, -expMin, 1, 0.34657359,
	} {
		for b := math.Float32bits(step) - 5000; b < math.Float32bits(step)+5000; b++ {
			x = append(x, math.Float32frombits(b), math.Float32frombits(b|signBit))
		}
	}
	dst := make([]float32, len(x))
	eachKernel(t, func() {
		for _, f := range vectorForms {
			f.to(dst, x)
			sameBits(t, f.name, dst, x, f.scalar)
		}
	})
}

// anywhere checks f on a part of x: in place as well, and nothing beyond the part is written.
func anywhere(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string, to func(dst, x []float32), scalar func(float32) float32, x []float32, from, end int) {
	t.Helper()
	eachKernel(t, func() {
		dst := make([]float32, len(x))
		to(dst[from:end], x[from:end])
		sameBits(t, name, dst[from:end], x[from:end], scalar)
		for i, v := range dst {
			if (i < from || i >= end) && v != 0 {
				t.Fatalf("%s: element %d, outside of [%d, %d), is written", name, i, from, end)
			}
		}
		place := slices.Clone(x)
		to(place[from:end], place[from:end])
		sameBits(t, name+" in place", place[from:end], x[from:end], scalar)
	})
}

// Any bits, at any place of a slice of any length; in place as well; and nothing beyond the slice.
func TestVectorFormsAnywhere(t *testing.T) {
	for _, f := range vectorForms {
		t.Run(f.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				bits := rapid.SliceOfN(rapid.Uint32(), 0, 70).Draw(t, "bits")
				from := rapid.IntRange(0, len(bits)).Draw(t, "from")
				end := rapid.IntRange(from, len(bits)).Draw(t, "end")
				x := make([]float32, len(bits))
				for i, b := range bits {
					x[i] = math.Float32frombits(b)
				}
				anywhere(t, f.name, f.to, f.scalar, x, from, end)
			})
		})
	}
}

func FuzzVectorForms(f *testing.F) {
	f.Add(uint8(1), []byte{0, 0, 128, 127, 0, 0, 0, 128, 1, 0, 0, 0, 0, 0, 192, 127, 0, 0, 32, 63, 0, 0, 178, 66})
	f.Fuzz(func(t *testing.T, from uint8, data []byte) {
		x := make([]float32, len(data)/4)
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		start := min(int(from), len(x))
		for _, v := range vectorForms {
			anywhere(t, v.name, v.to, v.scalar, x, start, len(x))
		}
	})
}

func TestVectorFormsPanic(t *testing.T) {
	for _, f := range vectorForms {
		for _, n := range []int{7, 9} {
			func() {
				defer func() {
					if r := recover(); r != badLength {
						t.Errorf("%sTo of lengths %d and 8: recovered %v, want %q", f.name, n, r, badLength)
					}
				}()
				f.to(make([]float32, n), make([]float32, 8))
			}()
		}
	}
}

// eachForm runs a benchmark with every form of the kernels.
func eachForm(b *testing.B, name string, elements int, f func()) {
	defer Use("auto")
	for _, with := range Names() {
		b.Run(name+"/"+with, func(b *testing.B) {
			if err := Use(with); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elements), "ns/value")
		})
	}
}

func BenchmarkVectorForms(b *testing.B) {
	x, dst := make([]float32, 128), make([]float32, 128)
	for i := range x {
		x[i] = float32(i*37%128-64) / 16
	}
	for _, f := range vectorForms {
		eachForm(b, f.name+"To", len(x), func() { f.to(dst, x) })
	}
}
