package modification

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden pins the bits of every modification at every strength on 20
// pictures: a digest of the results, their mean and the mean squared change.
func TestGolden(t *testing.T) {
	const path = "testdata/golden.txt"
	const pictures = 20
	var b strings.Builder
	b.WriteString("name value mean change sha256\n")
	dst := make([]float32, side*side)
	for _, name := range Names() {
		m := mustLookup(t, name)
		for strength := 1; strength <= m.Levels(); strength++ {
			digest := sha256.New()
			var average, change float64
			for p := range pictures {
				src := shirt(p)
				m.Apply(dst, src, side, side, m.Value(strength), stream(1, p))
				average += mean(dst) / pictures
				change += meanSquare(dst, src) / pictures
				for _, v := range dst {
					digest.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
				}
			}
			fmt.Fprintf(&b, "%s %v %.5f %.5f %x\n", name, m.Values[strength-1], average, change, digest.Sum(nil)[:8])
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n")
	if lines := strings.Count(string(want), "\n") + 1; lines != len(got) {
		t.Errorf("%s has %d lines, want %d", path, lines, len(got))
	}
	for i, line := range strings.Split(string(want), "\n") {
		if t.Failed() {
			break // the first tells enough
		}
		if i >= len(got) || got[i] != line {
			t.Errorf("line %d of %s:\n got %q\nwant %q", i+1, path, append(got, "")[min(i, len(got))], line)
		}
	}
}
