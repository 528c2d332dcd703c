package random

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/kernel"
)

func TestStreamWords(t *testing.T) {
	k := Key{Seed: 1<<40 + 5, Purpose: Order, Unit: 6}
	s := k.Stream(8, 9)
	for q := uint32(0); q < 5; q++ {
		for i, want := range Threefry([4]uint32{8, 9, q, 1}, [4]uint32{5, 1 << 8, uint32(Order), 6}) {
			if got := s.Uint32(); got != want {
				t.Fatalf("word %d of block %d: %08x, want %08x", i, q, got, want)
			}
		}
	}
}

func TestStreamCarry(t *testing.T) {
	s := Key{}.Stream(1, 2)
	s.counter[2] = math.MaxUint32
	for _, c := range [][4]uint32{{1, 2, math.MaxUint32, 1}, {1, 2, 0, 2}, {1, 2, 1, 2}} {
		for i, want := range Threefry(c, [4]uint32{}) {
			if got := s.Uint32(); got != want {
				t.Fatalf("word %d of block %v: %08x, want %08x", i, c, got, want)
			}
		}
	}
}

// Uniform and Normal are those of the rows, made from the stream's words.
func TestStreamNumbers(t *testing.T) {
	k := Key{Seed: 3}
	words, uniforms, normals := k.Stream(0, 0), k.Stream(0, 0), k.Stream(0, 0)
	for range 20 {
		w0, w1 := words.Uint32(), words.Uint32()
		if u0, u1 := uniforms.Uniform(), uniforms.Uniform(); u0 != kernel.Uniform(w0) || u1 != kernel.Uniform(w1) {
			t.Fatalf("uniforms %v, %v of the words %08x, %08x", u0, u1, w0, w1)
		}
		x, y := kernel.BoxMuller(w0, w1)
		if n0, n1 := normals.Normal(), normals.Normal(); n0 != x || n1 != y {
			t.Fatalf("normals %v, %v of the words %08x, %08x, want %v, %v", n0, n1, w0, w1, x, y)
		}
	}
}

func TestUniformEnds(t *testing.T) {
	if lo, hi := kernel.Uniform(255), kernel.Uniform(math.MaxUint32); lo != 0x1p-24 || hi != 1 {
		t.Errorf("uniforms from %v to %v, want 2^-24 to 1", lo, hi)
	}
	limit := math.Sqrt(48 * math.Ln2)
	for _, turn := range []uint32{0, 1 << 30, 1 << 31, 3 << 30, math.MaxUint32} {
		if x, y := kernel.BoxMuller(0, turn); math.Abs(math.Hypot(float64(x), float64(y))-limit) > 2e-6 {
			t.Errorf("the longest radius at %08x: (%v, %v), want the length %v", turn, x, y, limit)
		}
		if x, y := kernel.BoxMuller(math.MaxUint32, turn); x != 0 || y != 0 {
			t.Errorf("the shortest radius at %08x: (%v, %v), want 0", turn, x, y)
		}
	}
}

func TestIntNRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, math.MaxInt).Draw(t, "n")
		s := Key{Seed: rapid.Uint64().Draw(t, "seed")}.Stream(0, 0)
		for range 8 {
			if v := s.IntN(n); v < 0 || v >= n {
				t.Fatalf("%d is not in [0, %d)", v, n)
			}
		}
	})
}

func TestStreamPanics(t *testing.T) {
	s := Key{}.Stream(0, 0)
	for name, f := range map[string]func(){
		"IntN(0)":     func() { s.IntN(0) },
		"IntN(-1)":    func() { s.IntN(-1) },
		"Shuffle(-1)": func() { s.Shuffle(-1, func(i, j int) {}) },
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

func TestShuffleSmall(t *testing.T) {
	s := Key{}.Stream(0, 0)
	for n := range 2 {
		s.Shuffle(n, func(i, j int) { t.Errorf("%d things: swap of %d and %d", n, i, j) })
	}
}
