package modification

import (
	"image"
	"math"
	"slices"
	"testing"

	"murmur/neuron/random"
)

func TestSheet(t *testing.T) {
	pictures := [][]float32{shirt(0), shirt(1)}
	modifications := []Modification{mustLookup(t, "contrast"), mustLookup(t, "rotate"), mustLookup(t, "occlusion")}
	const zoom = 2
	sheet := Sheet(pictures, side, side, modifications, 9, zoom)
	const step = zoom*side + sheetGap
	if want := image.Rect(0, 0, 6*step+sheetGap, 6*step+sheetGap); sheet.Bounds() != want {
		t.Fatalf("bounds %v, want %v", sheet.Bounds(), want)
	}
	dst := make([]float32, side*side)
	for p, src := range pictures {
		for k, m := range modifications {
			for strength := range Strengths + 1 {
				copy(dst, src)
				if strength > 0 {
					key := random.Key{Seed: 9, Purpose: random.Modification, Unit: uint32(k)}
					m.Apply(dst, src, side, side, m.Value(strength), key.Stream(uint32(p), 0))
				}
				for i, v := range dst {
					x := sheetGap + strength*step + zoom*(i%side)
					y := sheetGap + (3*p+k)*step + zoom*(i/side)
					want := uint8(math.Round(255 * float64(v)))
					for _, at := range [][2]int{{x, y}, {x + 1, y + 1}} {
						if got := sheet.GrayAt(at[0], at[1]).Y; max(got, want)-min(got, want) > 1 {
							t.Fatalf("%s %d of picture %d: pixel %d is %d, want %d", m.Name, strength, p, i, got, want)
						}
					}
				}
			}
		}
	}
	if !slices.Equal(pictures[0], shirt(0)) {
		t.Error("Sheet changed a picture")
	}
	mustPanic(t, "zoom 0", badZoom, func() { Sheet(pictures, side, side, modifications, 9, 0) })
}
