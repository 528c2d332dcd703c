package kernel_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/kernel"
)

// linearCase is one shape. Its slices lie within buffers, so that they are unaligned and have neighbours which must
// not change.
type linearCase struct {
	lanes, edges, stride, offset int
}

// linearValues draws n numbers; the kinds are numbers near 1, any finite bits, the hard finite cases, any bits.
func linearValues(state *uint64, kind, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		*state = *state*6364136223846793005 + 1442695040888963407
		u := uint32(*state >> 32)
		switch kind {
		case 0:
			x[i] = float32(int32(u)) * 0x1p-30
		case 1:
			x[i] = math.Float32frombits(u &^ (1 << 30))
		case 2:
			x[i] = []float32{0, float32(math.Copysign(0, -1)), 0x1p-149, -0x1p-149, 0x1.8p-127, 0x1p-75, -1, math.MaxFloat32}[u>>29]
		default:
			x[i] = math.Float32frombits(u)
		}
	}
	return x
}

// linearSame compares bits; two NaN are the same, whatever their bits: those depend on the order of the operands, and
// no run continues with a NaN.
func linearSame[T float32 | float64](t testing.TB, what string, got, want []T) {
	t.Helper()
	for i, g := range got {
		same := g == want[i] && math.Signbit(float64(g)) == math.Signbit(float64(want[i]))
		if !same && (g == g || want[i] == want[i]) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, want[i])
		}
	}
}

// check compares every kernel with plain sums over the numbers that next gives.
func (c linearCase) check(t testing.TB, next func(n int) []float32) {
	o := c.offset
	block := next(o + max(c.edges*c.stride, c.lanes) + 3)
	w, lane, dw := next(o+c.edges+9), next(o+c.lanes+9), next(o+c.edges+9)

	rows := next(o + c.edges*c.stride + 3)
	dots := slices.Clone(dw)
	weighted, outer, axpy := slices.Clone(lane), slices.Clone(dw), slices.Clone(lane)
	axpy64, lane64 := make([]float64, len(lane)), make([]float64, len(lane))
	for i, v := range lane {
		axpy64[i], lane64[i] = float64(v)/3, float64(v)/7
	}
	start64 := slices.Clone(axpy64)
	finite := true
	scaled, clamped, rectified := slices.Clone(lane), slices.Clone(lane), slices.Clone(lane)
	lo, hi := min(w[o], block[0]), max(w[o], block[0]) // a NaN bounds nothing
	for l := range c.lanes {
		for j := range c.edges {
			weighted[o+l] += float32(w[o+j] * block[o+j*c.stride+l])
			dots[o+j] += float32(rows[o+j*c.stride+l] * block[o+j*c.stride+l])
			outer[o+j] += float32(lane[o+l] * block[o+j*c.stride+l])
		}
		axpy[o+l] += float32(w[o] * lane[o+l])
		axpy64[o+l] += float64(float64(w[o]) * lane64[o+l])
		scaled[o+l] = w[o] * lane[o+l]
		switch x := lane[o+l]; {
		case x > hi:
			clamped[o+l] = hi
		case x < lo:
			clamped[o+l] = lo
		}
		rectified[o+l] = w[o] * max(0, lane[o+l]-block[o+l])
		v := float64(lane[o+l])
		finite = finite && !math.IsNaN(v) && !math.IsInf(v, 0)
	}

	defer kernel.Use("auto")
	for _, name := range kernel.Names() {
		if err := kernel.Use(name); err != nil {
			t.Fatal(err)
		}
		x := slices.Clone(lane)
		kernel.WeightedSum(x[o:o+c.lanes], w[o:o+c.edges], block[o:], c.stride)
		linearSame(t, name+" WeightedSum", x, weighted)

		x = slices.Clone(dw)
		kernel.Outer(x[o:o+c.edges], lane[o:o+c.lanes], block[o:], c.stride)
		linearSame(t, name+" Outer", x, outer)

		x = slices.Clone(dw)
		kernel.Dots(x[o:o+c.edges], rows[o:], block[o:], c.lanes, c.stride)
		linearSame(t, name+" Dots", x, dots)

		x = slices.Clone(lane)
		kernel.Axpy(x[o:o+c.lanes], w[o], lane[o:o+c.lanes])
		linearSame(t, name+" Axpy", x, axpy)

		x = slices.Clone(lane)
		kernel.Scale(x[o:o+c.lanes], w[o], x[o:o+c.lanes])
		linearSame(t, name+" Scale", x, scaled)

		x = slices.Clone(lane)
		kernel.Clamp(x[o:o+c.lanes], x[o:o+c.lanes], lo, hi)
		linearSame(t, name+" Clamp", x, clamped)

		x = slices.Clone(lane)
		kernel.Rectify(x[o:o+c.lanes], w[o], x[o:o+c.lanes], block[o:o+c.lanes])
		linearSame(t, name+" Rectify", x, rectified)

		x64 := slices.Clone(start64)
		kernel.Axpy64(x64[o:o+c.lanes], float64(w[o]), lane64[o:o+c.lanes])
		linearSame(t, name+" Axpy64", x64, axpy64)

		if got := kernel.Finite(lane[o : o+c.lanes]); got != finite {
			t.Fatalf("%s Finite(%v) = %v", name, lane[o:o+c.lanes], got)
		}
	}
}

// Every shape of tiles and tails up to some size, with numbers of every kind.
func TestLinearShapes(t *testing.T) {
	state := uint64(1)
	for lanes := range 150 {
		for _, edges := range []int{0, 1, 7, 8, 9, 16, 23, 32, 45, 64} {
			c := linearCase{lanes, edges, lanes + lanes%3, lanes % 8}
			c.check(t, func(n int) []float32 { return linearValues(&state, edges%3, n) })
		}
	}
}

func TestLinearProperty(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		lanes := rapid.IntRange(0, 300).Draw(r, "lanes")
		c := linearCase{lanes, rapid.IntRange(0, 70).Draw(r, "edges"), lanes + rapid.IntRange(0, 20).Draw(r, "gap"),
			rapid.IntRange(0, 8).Draw(r, "offset")}
		kind, state := rapid.IntRange(0, 3).Draw(r, "kind"), rapid.Uint64().Draw(r, "state")
		c.check(t, func(n int) []float32 { return linearValues(&state, kind, n) })
	})
}

// fuzzValues returns a function that draws numbers from the bytes, over and over.
func fuzzValues(data []byte) func(n int) []float32 {
	at := 0
	return func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			var bits uint32
			for range 4 {
				if len(data) > 0 {
					bits = bits>>8 | uint32(data[at%len(data)])<<24
					at++
				}
			}
			x[i] = math.Float32frombits(bits)
		}
		return x
	}
}

func FuzzLinear(f *testing.F) {
	f.Add(uint16(100), uint8(25), uint8(0), uint8(1), []byte{0, 0, 128, 63, 0, 0, 0, 128, 1, 0, 0, 0})
	f.Add(uint16(67), uint8(33), uint8(5), uint8(3), []byte{0, 0, 128, 127, 0, 0, 0, 0, 205, 204, 204, 61, 255, 255, 127, 127})
	f.Fuzz(func(t *testing.T, lanes uint16, edges, gap, offset uint8, data []byte) {
		lanes %= 600
		c := linearCase{int(lanes), int(edges), int(lanes) + int(gap), int(offset % 9)}
		c.check(t, fuzzValues(data))
	})
}

// A NaN or an infinity is seen at every place, and the numbers next to them are not.
func TestFinite(t *testing.T) {
	defer kernel.Use("auto")
	for _, name := range kernel.Names() {
		if err := kernel.Use(name); err != nil {
			t.Fatal(err)
		}
		for n := range 80 {
			x := make([]float32, n)
			for i := range x {
				x[i] = []float32{math.MaxFloat32, -math.MaxFloat32, 0x1p-149}[i%3]
			}
			if !kernel.Finite(x) {
				t.Fatalf("%s: %d finite numbers are not finite", name, n)
			}
			for i := range x {
				keep := x[i]
				for _, bits := range []uint32{0x7f800000, 0xff800000, 0x7f800001, 0x7fc00000, 0xffffffff} {
					x[i] = math.Float32frombits(bits)
					if kernel.Finite(x) {
						t.Fatalf("%s: %x at %d of %d is finite", name, bits, i, n)
					}
				}
				x[i] = keep
			}
		}
	}
}

func TestLinearPanics(t *testing.T) {
	five := make([]float32, 5)
	for name, f := range map[string]func(){
		"Axpy":               func() { kernel.Axpy(five, 1, five[:4]) },
		"Axpy64":             func() { kernel.Axpy64(make([]float64, 5), 1, make([]float64, 6)) },
		"WeightedSum block":  func() { kernel.WeightedSum(five[:2], five[:3], five, 2) },
		"WeightedSum stride": func() { kernel.WeightedSum(five[:2], five[:2], five, 1) },
		"WeightedSums units": func() { kernel.WeightedSums([][]float32{five}, nil, five, 5) },
		"WeightedSums lanes": func() {
			kernel.WeightedSums([][]float32{five[:2], five[:1]}, [][]float32{five[:1], five[:1]}, five, 2)
		},
		"WeightedSums edges": func() {
			kernel.WeightedSums([][]float32{five[:2], five[:2]}, [][]float32{five[:1], five[:2]}, five, 2)
		},
		"Outers units": func() { kernel.Outers([][]float32{five}, nil, five, 5, nil) },
		"Outers lanes": func() {
			kernel.Outers([][]float32{five[:1], five[:1]}, [][]float32{five[:2], five[:1]}, five, 2, nil)
		},
		"Outers edges": func() {
			kernel.Outers([][]float32{five[:1], five[:2]}, [][]float32{five[:2], five[:2]}, five, 2, nil)
		},
		"Outers block":       func() { kernel.Outers([][]float32{five[:3]}, [][]float32{five[:2]}, five, 2, nil) },
		"WeightedSums block": func() { kernel.WeightedSums([][]float32{five[:2]}, [][]float32{five[:3]}, five, 2) },
		"Outer block":        func() { kernel.Outer(five[:3], five[:2], five, 2) },
		"Dots rows":          func() { kernel.Dots(five[:3], five, make([]float32, 6), 2, 2) },
		"Dots block":         func() { kernel.Dots(five[:3], make([]float32, 6), five, 2, 2) },
		"Dots lanes":         func() { kernel.Dots(five[:1], five, five, -1, 2) },
		"Outer stride":       func() { kernel.Outer(five[:2], five[:2], five, -1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
