package kernel_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/kernel"
)

// sumsCase is a shape of weighted and of learning sums that share their inputs.
type sumsCase struct{ units, lanes, edges, stride int }

// check compares WeightedSums with WeightedSum and Outers with Outer, one by one in plain Go, and sees to it that nothing
// around is written.
func (c sumsCase) check(t testing.TB, next func(n int) []float32) {
	c.compare(t, next, "WeightedSums", c.lanes, c.edges, kernel.WeightedSum, kernel.WeightedSums)
	for _, room := range []int{0, 8 * c.lanes, 1 << 13} {
		scratch := make([]float32, room)
		c.compare(t, next, "Outers", c.edges, c.lanes, kernel.Outer, func(dw, post [][]float32, block []float32, stride int) {
			kernel.Outers(dw, post, block, stride, scratch)
		})
	}
}

// compare compares two ways to form sums of n numbers with factors of m.
func (c sumsCase) compare(t testing.TB, next func(n int) []float32, what string, n, m int,
	one func(dst, by, block []float32, stride int), all func(dst, by [][]float32, block []float32, stride int)) {
	const guard = 17
	defer kernel.Use("auto")
	block := next(c.edges*c.stride + c.lanes)
	start, w := make([][]float32, c.units), make([][]float32, c.units)
	want, got := make([][]float32, c.units), make([][]float32, c.units)
	for i := range w {
		start[i], w[i] = next(n+guard), next(m)
		want[i] = slices.Clone(start[i])
	}
	if err := kernel.Use("generic"); err != nil {
		t.Fatal(err)
	}
	for i := range w {
		one(want[i][:n], w[i], block, c.stride)
	}
	for _, name := range kernel.Names() {
		if err := kernel.Use(name); err != nil {
			t.Fatal(err)
		}
		dst := make([][]float32, c.units)
		for i := range got {
			got[i] = slices.Clone(start[i])
			dst[i] = got[i][:n]
		}
		all(dst, w, block, c.stride)
		for i := range got {
			linearSame(t, name+" "+what, got[i], want[i])
		}
	}
}

// Every number of units with every shape of tiles and tails.
func TestSumsShapes(t *testing.T) {
	state := uint64(2)
	for units := range 12 {
		for lanes := range 132 {
			for _, edges := range []int{0, 1, 2, 9, 17} {
				c := sumsCase{units, lanes, edges, lanes + lanes%2}
				c.check(t, func(n int) []float32 { return linearValues(&state, lanes%4, n) })
			}
		}
	}
}

// So many rows that they are taken some at a time.
func TestSumsOfManyRows(t *testing.T) {
	state := uint64(3)
	c := sumsCase{6, 601, 225, 601}
	c.check(t, func(n int) []float32 { return linearValues(&state, 0, n) })
	l := linearCase{601, 225, 601, 1}
	l.check(t, func(n int) []float32 { return linearValues(&state, 0, n) })
}

func TestSumsProperty(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		lanes := rapid.IntRange(0, 300).Draw(r, "lanes")
		c := sumsCase{rapid.IntRange(0, 20).Draw(r, "units"), lanes, rapid.IntRange(0, 70).Draw(r, "edges"),
			lanes + rapid.IntRange(0, 20).Draw(r, "gap")}
		kind, state := rapid.IntRange(0, 3).Draw(r, "kind"), rapid.Uint64().Draw(r, "state")
		c.check(t, func(n int) []float32 { return linearValues(&state, kind, n) })
	})
}

func FuzzSums(f *testing.F) {
	f.Add(uint8(10), uint16(100), uint8(25), uint8(1), []byte{0, 0, 128, 63, 0, 0, 0, 128, 1, 0, 0, 0})
	f.Add(uint8(7), uint16(67), uint8(33), uint8(0), []byte{0, 0, 128, 127, 0, 0, 0, 0, 205, 204, 204, 61, 255, 255, 127, 127})
	f.Fuzz(func(t *testing.T, units uint8, lanes uint16, edges, gap uint8, data []byte) {
		lanes %= 300
		c := sumsCase{int(units % 24), int(lanes), int(edges), int(lanes) + int(gap)}
		c.check(t, fuzzValues(data))
	})
}
