package topology_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/network/topology"
	"murmur/neuron"
)

func units(spans []neuron.Span) []int {
	list := []int{}
	for _, s := range spans {
		for i := range s.N {
			list = append(list, s.First+i)
		}
	}
	return list
}

func sheets() *rapid.Generator[topology.Sheet] {
	return rapid.Custom(func(t *rapid.T) topology.Sheet {
		s := topology.Sheet{Columns: rapid.IntRange(1, 10).Draw(t, "columns"), Units: rapid.IntRange(1, 5).Draw(t, "units"),
			Field: rapid.IntRange(1, 8).Draw(t, "field")}
		s.Width, s.Height = rapid.IntRange(s.Field, 30).Draw(t, "width"), rapid.IntRange(s.Field, 30).Draw(t, "height")
		return s
	})
}

// Columns hold all units, each once.
func TestColumns(t *testing.T) {
	s := topology.Sheet{Columns: 3, Units: 4}
	var all []int
	for c := range 9 {
		for _, u := range units([]neuron.Span{s.Mates(c)}) {
			if s.Column(u) != c {
				t.Errorf("unit %d is a mate of column %d and in column %d", u, c, s.Column(u))
			}
			all = append(all, u)
		}
	}
	if s.Len() != 36 || len(all) != 36 || !slices.IsSorted(all) || len(slices.Compact(all)) != 36 {
		t.Errorf("%d units: %v", s.Len(), all)
	}
}

// Fields are squares inside the picture, from border to border, with steps that differ by at most a pixel.
func TestReceptiveFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sheets().Draw(t, "sheet")
		origin := func(row, col int) (y, x int) {
			pixels := units(s.ReceptiveField(row*s.Columns + col))
			y, x = pixels[0]/s.Width, pixels[0]%s.Width
			if len(pixels) != s.Field*s.Field || y+s.Field > s.Height || x+s.Field > s.Width {
				t.Fatalf("column (%d, %d) sees %v", row, col, pixels)
			}
			for i, p := range pixels {
				if p != (y+i/s.Field)*s.Width+x+i%s.Field {
					t.Fatalf("column (%d, %d): pixel %d is %d", row, col, i, p)
				}
			}
			return y, x
		}
		for _, side := range []struct {
			length int
			at     func(k int) int
		}{{s.Width, func(k int) int { _, x := origin(s.Columns/2, k); return x }},
			{s.Height, func(k int) int { y, _ := origin(k, s.Columns/2); return y }}} {
			room := side.length - s.Field
			if s.Columns == 1 {
				if got := side.at(0); got != room/2 {
					t.Fatalf("a single field begins at %d of %d", got, room)
				}
				continue
			}
			if first, last := side.at(0), side.at(s.Columns-1); first != 0 || last != room {
				t.Fatalf("fields begin at %d to %d, want 0 to %d", first, last, room)
			}
			for k := range s.Columns - 1 {
				step := side.at(k+1) - side.at(k)
				if least := room / (s.Columns - 1); step < least || step > least+1 {
					t.Fatalf("step %d at %d, want %d or %d", step, k, least, least+1)
				}
			}
		}
	})
}

// Lateral neighbours are those that brute force finds, the unit itself among them, and hear one another.
func TestLateral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sheets().Draw(t, "sheet")
		radius := rapid.IntRange(topology.All, s.Columns+1).Draw(t, "radius")
		for c := range s.Columns * s.Columns {
			var want []int
			for u := range s.Len() {
				d := s.Column(u)
				dy, dx := d/s.Columns-c/s.Columns, d%s.Columns-c%s.Columns
				if radius == topology.All || max(dy, -dy, dx, -dx) <= radius {
					want = append(want, u)
				}
			}
			if got := units(s.Lateral(c, radius)); !slices.Equal(got, want) {
				t.Fatalf("column %d, radius %d: %v, want %v", c, radius, got, want)
			}
		}
	})
}

func TestRing(t *testing.T) {
	for _, c := range []struct {
		n, i, k int
		self    bool
		want    []int
	}{
		{6, 0, 1, true, []int{0, 1, 5}},
		{6, 0, 1, false, []int{1, 5}},
		{6, 5, 2, true, []int{0, 1, 3, 4, 5}},
		{6, 3, 2, false, []int{1, 2, 4, 5}},
		{6, 3, 0, false, []int{}},
		{6, 3, 0, true, []int{3}},
		{4, 1, 2, false, []int{0, 2, 3}}, // both ways round meet: nobody is heard twice
		{1, 0, 0, true, []int{0}},
	} {
		spans := topology.Ring(c.n, c.i, c.k, c.self)
		if got := units(spans); !slices.Equal(got, c.want) {
			t.Errorf("Ring(%d, %d, %d, %v) = %v, want %v", c.n, c.i, c.k, c.self, got, c.want)
		}
		for j := 1; j < len(spans); j++ {
			if spans[j-1].First+spans[j-1].N >= spans[j].First {
				t.Errorf("spans %v are not joined", spans)
			}
		}
	}
}

func TestRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		i, k := rapid.IntRange(0, n-1).Draw(t, "i"), rapid.IntRange(0, n-1).Draw(t, "k")
		seed := rapid.Uint64().Draw(t, "seed")
		got := units(topology.Random(n, i, k, seed))
		if len(got) != k || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != k || slices.Contains(got, i) {
			t.Fatalf("neighbours %v", got)
		}
		if k > 0 && (got[0] < 0 || got[k-1] >= n) {
			t.Fatalf("neighbours %v of %d units", got, n)
		}
		if !slices.Equal(got, units(topology.Random(n, i, k, seed))) {
			t.Fatal("the same seed, another graph")
		}
	})
	// Each other unit is as likely: 4 sigma about 3000 * 3/9 draws of a unit.
	heard := make([]int, 10)
	for seed := range uint64(3000) {
		for _, u := range units(topology.Random(10, 4, 3, seed)) {
			heard[u]++
		}
	}
	for u, n := range heard {
		if u != 4 && (n < 1000-104 || n > 1000+104) { // sqrt(3000 * 1/3 * 2/3) = 25.8
			t.Errorf("unit %d was drawn %d times of 3000, want about 1000", u, n)
		}
	}
}

func TestRandomPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	topology.Random(3, 0, 3, 1)
}
