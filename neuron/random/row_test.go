package random_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

var update = flag.Bool("update", false, "write the golden file anew")

func uniformOf(w uint32) float32 { return float32(w>>8+1) * 0x1p-24 }

// normalLane is the definition of a lane of Normals, one lane at a time.
func normalLane(k random.Key, a, b, lane uint32) float32 {
	w := k.Words(a, b, lane/4)
	pair := w[lane%4&2:]
	r := float32(math.Sqrt(float64(-2 * kernel.Log(uniformOf(pair[0])))))
	s, c := kernel.SinCosTurns(uniformOf(pair[1]))
	if lane%2 == 0 {
		return r * c
	}
	return r * s
}

func uniformLane(k random.Key, a, b, lane uint32) float32 {
	return uniformOf(k.Words(a, b, lane/4)[lane%4])
}

func drawKey(t *rapid.T) random.Key {
	return random.Key{
		Seed:    rapid.Uint64().Draw(t, "seed"),
		Purpose: random.Purpose(rapid.Uint32().Draw(t, "purpose")),
		Unit:    rapid.Uint32().Draw(t, "unit"),
	}
}

// Any piece of a row, cut anywhere, has the bits of the definition.
func TestRowSplits(t *testing.T) {
	for _, row := range []struct {
		name string
		fill func(k random.Key, dst []float32, a, b, lane uint32)
		lane func(k random.Key, a, b, lane uint32) float32
	}{
		{"normals", random.Key.Normals, normalLane},
		{"uniforms", random.Key.Uniforms, uniformLane},
	} {
		t.Run(row.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				k := drawKey(t)
				a, b := rapid.Uint32().Draw(t, "a"), rapid.Uint32().Draw(t, "b")
				n := rapid.IntRange(0, 40).Draw(t, "n")
				lane := rapid.Uint32Range(0, math.MaxUint32-40).Draw(t, "lane")
				cut := rapid.IntRange(0, n).Draw(t, "cut")
				got := make([]float32, n)
				row.fill(k, got[:cut], a, b, lane)
				row.fill(k, got[cut:], a, b, lane+uint32(cut))
				for i, v := range got {
					want := row.lane(k, a, b, lane+uint32(i))
					if math.Float32bits(v) != math.Float32bits(want) {
						t.Fatalf("lane %d: got %v, want %v", lane+uint32(i), v, want)
					}
				}
			})
		})
	}
}

func TestRowEnd(t *testing.T) {
	k := random.Key{Seed: 1}
	dst := make([]float32, 3)
	k.Normals(dst, 0, 0, math.MaxUint32-2)
	k.Uniforms(dst, 0, 0, math.MaxUint32-2)
	for name, f := range map[string]func(){
		"normals":  func() { k.Normals(dst, 0, 0, math.MaxUint32-1) },
		"uniforms": func() { k.Uniforms(dst, 0, 0, math.MaxUint32-1) },
	} {
		if !panics(f) {
			t.Errorf("%s past the last lane: no panic", name)
		}
	}
}

func panics(f func()) (p bool) {
	defer func() { p = recover() != nil }()
	f()
	return false
}

func TestRowsDoNotAllocate(t *testing.T) {
	k := random.Key{Seed: 1, Purpose: random.Noise}
	dst := make([]float32, 131)
	if n := testing.AllocsPerRun(10, func() {
		k.Normals(dst, 1, 2, 3)
		k.Uniforms(dst, 1, 2, 3)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The golden file holds bits; it changes with the format only.
func TestGolden(t *testing.T) {
	var got strings.Builder
	for _, k := range []random.Key{
		{},
		{Seed: 1, Purpose: random.Noise, Unit: 7},
		{Seed: 0xfedcba9876543210, Purpose: random.Readout, Unit: math.MaxUint32},
	} {
		for _, at := range [][3]uint32{{0, 0, 0}, {1, 2, 3}, {math.MaxUint32, 9, math.MaxUint32 - 20}} {
			fmt.Fprintf(&got, "%x %d %d %v\n", k.Seed, k.Purpose, k.Unit, at)
			dst := make([]float32, 21)
			k.Uniforms(dst, at[0], at[1], at[2])
			writeBits(&got, "uniforms", dst)
			k.Normals(dst, at[0], at[1], at[2])
			writeBits(&got, "normals", dst)
			s := k.Stream(at[0], at[1])
			for i := range dst {
				dst[i] = s.Normal()
			}
			writeBits(&got, "stream", dst)
			fmt.Fprintf(&got, "words %08x\nintegers", []uint32{s.Uint32(), s.Uint32(), s.Uint32()})
			for n := 1; n < 1<<30; n *= 7 {
				fmt.Fprintf(&got, " %d", s.IntN(n))
			}
			order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
			s.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			fmt.Fprintf(&got, "\nshuffle %v\n", order)
		}
	}
	name := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(name, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
	if len(w) != len(g) {
		t.Fatalf("%d lines, want %d", len(g), len(w))
	}
	for i := range g {
		if g[i] != w[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
}

func writeBits(w *strings.Builder, name string, x []float32) {
	w.WriteString(name)
	for _, v := range x {
		fmt.Fprintf(w, " %08x", math.Float32bits(v))
	}
	w.WriteByte('\n')
}
