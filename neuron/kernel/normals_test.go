package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// sameNormals compares every form of NormalBlocks with plain Go, and sees to it that nothing beyond dst is written.
func sameNormals(t interface {
	Helper()
	Fatalf(string, ...any)
}, n int, key [4]uint32, a, b, q uint32) {
	t.Helper()
	const guard = 9
	defer Use("auto")
	want := make([]float32, n+guard)
	normalsGo(want[:n], &key, a, b, q)
	for _, name := range Names() {
		if err := Use(name); err != nil {
			t.Fatalf("%v", err)
		}
		got := make([]float32, n+guard)
		NormalBlocks(got[:n], key, a, b, q)
		for i := range got {
			if g, w := math.Float32bits(got[i]), math.Float32bits(want[i]); g != w {
				t.Fatalf("%s: key %08x, block (%d, %d, %d), %d numbers, number %d: got %08x, want %08x", name, key, a, b, q, n, i, g, w)
			}
		}
	}
}

func TestNormalBlocksSameBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.Uint32(), rapid.SampledFrom([]uint32{0, 1, math.MaxUint32 - 7, math.MaxUint32}))
		key := [4]uint32{word.Draw(t, "k0"), word.Draw(t, "k1"), word.Draw(t, "k2"), word.Draw(t, "k3")}
		n := 4 * rapid.IntRange(0, 50).Draw(t, "blocks")
		sameNormals(t, n, key, word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "q"))
	})
}

// A long row, in which the third counter wraps.
func TestNormalBlocksLongRow(t *testing.T) {
	sameNormals(t, 1<<19, [4]uint32{1, 2, 3, 4}, 5, 6, math.MaxUint32-1000)
}

// Blocks with a uniform number that is exactly 1, where the radius is -0, or exactly a quarter turn, where a zero of the
// sine or the cosine has a sign. They are rare; these are the first under their key.
func TestNormalBlocksExactUniforms(t *testing.T) {
	key, a, b := [4]uint32{1, 2, 3, 4}, uint32(5), uint32(6)
	for _, c := range []struct {
		name  string
		q     uint32
		first int // the word, or the one two places on
		want  float32
	}{
		{"the shortest radius", 1198165, 0, 1},
		{"a quarter turn", 40791035, 1, 0.25},
		{"half a turn", 11099768, 1, 0.5},
		{"three quarters of a turn", 7219363, 1, 0.75},
		{"a full turn", 22558597, 1, 1},
	} {
		w0, w1, w2, w3 := Threefry(a, b, c.q, 0, key[0], key[1], key[2], key[3])
		w := [4]uint32{w0, w1, w2, w3}
		if Uniform(w[c.first]) != c.want && Uniform(w[c.first+2]) != c.want {
			t.Errorf("%s: block %d has the words %08x, none of which gives %v", c.name, c.q, w, c.want)
		}
		for lane := range uint32(16) { // every lane of a vector
			sameNormals(t, 64, key, a, b, c.q-lane)
		}
	}
}

func FuzzNormalBlocks(f *testing.F) {
	f.Add(uint8(25), uint32(1), uint32(2), uint32(3), uint32(4), uint32(5), uint32(6), uint32(math.MaxUint32))
	f.Fuzz(func(t *testing.T, blocks uint8, k0, k1, k2, k3, a, b, q uint32) {
		sameNormals(t, 4*int(blocks), [4]uint32{k0, k1, k2, k3}, a, b, q)
	})
}

func TestNormalBlocksPanics(t *testing.T) {
	defer func() {
		if r := recover(); r != badBlocks {
			t.Errorf("recovered %v, want %q", r, badBlocks)
		}
	}()
	NormalBlocks(make([]float32, 33), [4]uint32{}, 0, 0, 0)
}

func BenchmarkNormalBlocks(b *testing.B) {
	dst := make([]float32, 128)
	var tick uint32
	eachForm(b, "NormalBlocks", len(dst), func() {
		tick++
		NormalBlocks(dst, [4]uint32{1, 2, 3, 4}, tick, 0, 0)
	})
}
