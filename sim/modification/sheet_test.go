package modification

import (
	"hash/fnv"
	"image"
	"math"
	"slices"
	"testing"

	"murmur/neuron/random"
)

func TestSheet(t *testing.T) {
	pictures := [][]float32{shirt(0), shirt(1)}
	modifications := []Modification{mustLookup(t, "contrast"), mustLookup(t, "paper/rotate"), mustLookup(t, "mnist-c/stripe")}
	const zoom = 2
	sheet := Sheet(pictures, side, side, modifications, 9, zoom)
	const stepX, stepY = zoom*side + sheetGap, overhead + zoom*side + sheetGap
	// contrast and 5 strengths, paper/rotate and 11, mnist-c/stripe and 1: a line each, the first picture's above.
	if want := image.Rect(0, 0, sheetGap+13*stepX, 6*stepY+sheetGap); sheet.Bounds() != want {
		t.Fatalf("bounds %v, want %v", sheet.Bounds(), want)
	}
	dst := make([]float32, side*side)
	for p, src := range pictures {
		for k, m := range modifications {
			top := (3*p + k) * stepY
			for strength := range m.Levels() + 1 {
				copy(dst, src)
				if strength > 0 {
					hash := fnv.New32a()
					hash.Write([]byte(m.Name))
					key := random.Key{Seed: 9, Purpose: random.Modification, Unit: hash.Sum32()}
					m.Apply(dst, src, side, side, m.Value(strength), key.Stream(uint32(p), 0))
				}
				left := sheetGap + strength*stepX
				for i, v := range dst {
					x, y := left+zoom*(i%side), top+overhead+zoom*(i/side)
					want := uint8(math.Round(255 * float64(v)))
					for _, at := range [][2]int{{x, y}, {x + 1, y + 1}} {
						if got := sheet.GrayAt(at[0], at[1]).Y; max(got, want)-min(got, want) > 1 {
							t.Fatalf("%s %d of picture %d: pixel %d is %d, want %d", m.Name, strength, p, i, got, want)
						}
					}
				}
				// A caption of its own shade stands above every picture.
				if n := count(sheet, image.Rect(left, top, left+stepX, top+overhead), dimGrey); n < 5 {
					t.Errorf("%s %d has no caption: %d pixels", m.Name, strength, n)
				}
			}
			if n := count(sheet, image.Rect(0, top, sheet.Bounds().Dx(), top+overhead), textGrey); n < 8*len(m.Name) {
				t.Errorf("%s has no name: %d pixels", m.Name, n)
			}
		}
	}
	if !slices.Equal(pictures[0], shirt(0)) {
		t.Error("Sheet changed a picture")
	}
	mustPanic(t, "zoom 0", badZoom, func() { Sheet(pictures, side, side, modifications, 9, 0) })
}

// TestStrips: of all modifications, no two strips overlap and none leaves the
// sheet, which stays narrow.
func TestStrips(t *testing.T) {
	var all []Modification
	for _, name := range Names() {
		all = append(all, mustLookup(t, name))
	}
	const stepX, stepY = 60, 90
	list, size := strips(2, all, stepX, stepY)
	if len(list) != 2*len(all) || size.X > (lineSteps+2)*stepX {
		t.Fatalf("%d strips on a sheet of %v", len(list), size)
	}
	var taken []image.Rectangle
	for _, s := range list {
		r := image.Rect(0, 0, max((s.Levels()+1)*stepX, letter*len(s.Name)), stepY).Add(s.at)
		if !r.In(image.Rectangle{Max: size}) {
			t.Errorf("%s is at %v of %v", s.Name, r, size)
		}
		for _, o := range taken {
			if r.Overlaps(o) {
				t.Errorf("%s is at %v over %v", s.Name, r, o)
			}
		}
		taken = append(taken, r)
	}
}

// count returns how many pixels of a part of a sheet have a shade.
func count(sheet *image.Gray, part image.Rectangle, shade uint8) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if sheet.GrayAt(x, y).Y == shade {
				n++
			}
		}
	}
	return n
}
