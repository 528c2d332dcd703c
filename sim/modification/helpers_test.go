package modification

import (
	"testing"

	"murmur/neuron/random"
)

const side = 28

// stream returns the stream of one picture of a test.
func stream(seed uint64, picture int) *random.Stream {
	return random.Key{Seed: seed, Purpose: random.Modification}.Stream(uint32(picture), 0)
}

// shirt draws a T-shirt: a trunk, two sleeves, a neck and a bright badge that
// breaks the symmetry. Its size, place and shade vary with n.
func shirt(n int) []float32 {
	picture := make([]float32, side*side)
	shade := .5 + .05*float32(n%8)
	half, top := 5+n%3, 4+n%4
	for y := top; y < 25; y++ {
		for x := range side {
			off := x - 14
			if off < 0 {
				off = -off - 1
			}
			trunk := off < half
			sleeve := y < top+9 && off >= half && off < half+5 && y-top >= (off-half)/2
			neck := y < top+3 && off < 3-(y-top)
			if (trunk || sleeve) && !neck {
				picture[y*side+x] = shade - .02*float32(y%3)
			}
		}
	}
	for y := top + 5; y < top+8; y++ {
		for x := 15; x < 18; x++ {
			picture[y*side+x] = 1
		}
	}
	return picture
}

func meanSquare(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return sum / float64(len(a))
}

func mean(a []float32) float64 {
	sum := 0.0
	for _, v := range a {
		sum += float64(v)
	}
	return sum / float64(len(a))
}

func mustLookup(t testing.TB, name string) Modification {
	t.Helper()
	m, ok := Lookup(name)
	if !ok {
		t.Fatalf("no modification %q", name)
	}
	return m
}

// mustPanic fails unless f panics with exactly this message.
func mustPanic(t *testing.T, what, message string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != message {
			t.Errorf("%s: panic %v, want %q", what, got, message)
		}
	}()
	f()
}

// members returns the names of a family's modifications.
func members(t testing.TB, name string) []string {
	t.Helper()
	f, ok := LookupFamily(name)
	if !ok {
		t.Fatalf("no family %q", name)
	}
	return f.Members
}
