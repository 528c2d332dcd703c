package modification

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTable(t *testing.T) {
	want := []string{
		"brightness", "contrast", "gaussian_blur", "gaussian_noise", "impulse_noise",
		"motion_blur", "occlusion", "rotate", "translate",
	}
	if got := members(t, own); !slices.Equal(got, want) {
		t.Errorf("murmur's own are %v, want %v", got, want)
	}
	units := []string{"1", "bit", "degree", "level", "photon", "pixel", "quality", "radian"}
	for _, name := range Names() {
		m := mustLookup(t, name)
		if m.Name != name || m.Doc == "" || !slices.Contains(units, m.Unit) || m.Levels() < 1 {
			t.Errorf("%s: incomplete: %+v", name, m)
		}
		if !strings.Contains(name, "/") && m.Levels() != Strengths {
			t.Errorf("%s has %d strengths", name, m.Levels())
		}
		// Away from the identity, or from above where the identity is none of the sizes.
		previous := m.Identity
		if m.Identity < m.Low && m.Unit != "level" {
			previous = m.High + 1
		}
		start := previous
		for i, v := range m.Values {
			if err := m.Check(v); err != nil {
				t.Error(err)
			}
			if math.Abs(v-start) <= math.Abs(previous-start) {
				t.Errorf("%s: strength %d is no further from the identity than the one before", name, i+1)
			}
			if got := m.Value(i + 1); got != float32(v) {
				t.Errorf("%s: Value(%d) = %v, want %v", name, i+1, got, v)
			}
			previous = v
		}
		for _, strength := range []int{-1, 0, m.Levels() + 1} {
			mustPanic(t, name, badStrength, func() { m.Value(strength) })
		}
	}
	if _, ok := Lookup("rotation"); ok {
		t.Error(`Lookup("rotation") found something`)
	}
}

func TestCheck(t *testing.T) {
	for _, name := range Names() {
		m := mustLookup(t, name)
		for _, v := range []float64{m.Low, m.High, m.Identity} {
			if err := m.Check(v); err != nil {
				t.Error(err)
			}
		}
		wrong := []float64{m.Low - .001, math.Inf(-1), math.Nextafter(m.High, 1e9), math.Inf(1), math.NaN()}
		if m.whole {
			wrong = append(wrong, m.Low+.5)
		}
		for _, v := range wrong {
			err := m.Check(v)
			if err == nil || !strings.HasPrefix(err.Error(), name+": value ") {
				t.Errorf("%s: Check(%v) = %v", name, v, err)
			}
		}
	}
	for name, want := range map[string]string{
		"rotate":     "rotate: value 200: expected a number from 0 to 180 (degree)",
		"contrast":   "contrast: value 200: expected a number from 0 to 1",
		"paper/snow": "paper/snow: value 200: expected a whole number from 1 to 5 (level), or 0 for the untouched picture",
	} {
		if err := mustLookup(t, name).Check(200); err == nil || err.Error() != want {
			t.Errorf("Check(200) = %v, want %s", err, want)
		}
	}
}

func TestApplyPanics(t *testing.T) {
	a, b := make([]float32, 12), make([]float32, 12)
	for _, name := range Names() {
		m, s := mustLookup(t, name), stream(1, 0)
		good := m.Value(1)
		mustPanic(t, name, badShape, func() { m.Apply(a[:11], b, 4, 3, good, s) })
		mustPanic(t, name, badShape, func() { m.Apply(a, b[:11], 4, 3, good, s) })
		mustPanic(t, name, badShape, func() { m.Apply(a, b, 4, 4, good, s) })
		mustPanic(t, name, badShape, func() { m.Apply(a, b, -4, -3, good, s) })
		mustPanic(t, name, badShape, func() { m.Apply(nil, nil, 0, 0, good, s) })
		mustPanic(t, name, badOverlap, func() { m.Apply(a, a, 4, 3, good, s) })
		mustPanic(t, name, badValue, func() { m.Apply(a, b, 4, 3, -1, s) })
		mustPanic(t, name, badValue, func() { m.Apply(a, b, 4, 3, float32(math.NaN()), s) })
	}
}

// TestInvariants: for any picture, shape and meaningful value the result lies in
// [0, 1], a second application gives the same bits, and src is only read.
func TestInvariants(t *testing.T) {
	for _, name := range Names() {
		m := mustLookup(t, name)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			width, height := rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height")
			src := rapid.SliceOfN(rapid.Float32Range(0, 1), width*height, width*height).Draw(t, "src")
			value := rapid.Float32Range(float32(m.Low), float32(m.High)).Draw(t, "value")
			if m.whole {
				value = float32(math.Floor(float64(value)))
			}
			seed := rapid.Uint64().Draw(t, "seed")

			before := slices.Clone(src)
			dst, again := make([]float32, len(src)), make([]float32, len(src))
			for i := range again {
				again[i] = float32(math.NaN()) // what dst held must not matter
			}
			m.Apply(dst, src, width, height, value, stream(seed, 3))
			m.Apply(again, src, width, height, value, stream(seed, 3))
			for i := range dst {
				if !(dst[i] >= 0 && dst[i] <= 1) {
					t.Fatalf("pixel %d is %v", i, dst[i])
				}
				if math.Float32bits(dst[i]) != math.Float32bits(again[i]) {
					t.Fatalf("pixel %d: %v, then %v", i, dst[i], again[i])
				}
			}
			if !slices.Equal(src, before) {
				t.Fatal("src has changed")
			}
		}))
	}
}

func TestIdentity(t *testing.T) {
	src, dst := shirt(2), make([]float32, side*side)
	for _, name := range Names() {
		m, s := mustLookup(t, name), stream(1, 0)
		m.Apply(dst, src, side, side, float32(m.Identity), s)
		if !slices.Equal(dst, src) {
			t.Errorf("%s: the identity value changes the picture", name)
		}
		if s.Uint32() != stream(1, 0).Uint32() {
			t.Errorf("%s: the identity value draws from the stream", name)
		}
	}
}

// TestContinuity: a value next to the identity changes a picture hardly at all.
func TestContinuity(t *testing.T) {
	src, dst := shirt(5), make([]float32, side*side)
	for _, name := range members(t, own) {
		m := mustLookup(t, name)
		value := float32(1e-4)
		if m.Identity == 1 {
			value = 1 - 1e-4
		}
		m.Apply(dst, src, side, side, value, stream(1, 0))
		if got := meanSquare(dst, src); got > 2e-3 {
			t.Errorf("%s: the value %v changes the picture by %v", name, value, got)
		}
	}
}

// TestStrength: over a batch of pictures with a common draw, the mean squared
// change grows with the strength by more than four standard errors of the
// paired difference, and with fresh draws in the mean.
func TestStrength(t *testing.T) {
	const pictures = 200
	dst := make([]float32, side*side)
	for _, name := range members(t, own) {
		m := mustLookup(t, name)
		var previous [pictures]float64
		freshBefore := 0.0
		for strength := 1; strength <= m.Levels(); strength++ {
			var sum, squares, fresh float64
			for p := range pictures {
				src := shirt(p)
				m.Apply(dst, src, side, side, m.Value(strength), stream(7, p))
				change := meanSquare(dst, src)
				d := change - previous[p]
				previous[p] = change
				sum += d
				squares += d * d
				m.Apply(dst, src, side, side, m.Value(strength), stream(uint64(100+strength), p))
				fresh += meanSquare(dst, src)
			}
			average := sum / pictures
			deviation := math.Sqrt(max(squares/pictures-average*average, 0) / pictures)
			if !(average > 4*deviation && average > 1e-5) {
				t.Errorf("%s: strength %d adds %v +- %v to the mean squared change", name, strength, average, deviation)
			}
			if fresh <= freshBefore {
				t.Errorf("%s: strength %d changes by %v, strength %d by %v", name, strength, fresh/pictures, strength-1, freshBefore/pictures)
			}
			freshBefore = fresh
		}
	}
}

// withoutDraws are the changes, of any family, that draw nothing.
var withoutDraws = []string{
	"brightness", "contrast", "gaussian_blur", "scale", "stripe", "canny_edges", "inverse",
	"defocus_blur", "zoom_blur", "saturate", "jpeg_compression", "pixelate", "quantize",
}

// TestDrawsDiffer: other streams give other results, except where a change has
// nothing random.
func TestDrawsDiffer(t *testing.T) {
	src := shirt(1)
	a, b := make([]float32, len(src)), make([]float32, len(src))
	for _, name := range Names() {
		m := mustLookup(t, name)
		m.Apply(a, src, side, side, m.Value(m.Levels()), stream(1, 0))
		for other := uint64(2); other < 12; other++ { // a change with a sign alone has few results
			m.Apply(b, src, side, side, m.Value(m.Levels()), stream(other, 0))
			if !slices.Equal(a, b) {
				break
			}
		}
		fixed := slices.Contains(withoutDraws, name[strings.Index(name, "/")+1:])
		if slices.Equal(a, b) != fixed {
			t.Errorf("%s: two streams give equal results: %v, want %v", name, !fixed, fixed)
		}
	}
}

func TestApplyAllocatesNothing(t *testing.T) {
	src, dst := shirt(0), make([]float32, side*side)
	for _, name := range members(t, own) {
		m, s := mustLookup(t, name), stream(1, 0)
		if n := testing.AllocsPerRun(20, func() { m.Apply(dst, src, side, side, m.Value(m.Levels()), s) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	src, dst := shirt(0), make([]float32, side*side)
	for _, name := range Names() {
		m, s := mustLookup(b, name), stream(1, 0)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Apply(dst, src, side, side, m.Value(m.Levels()), s)
			}
		})
	}
}
