package stimulus

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/random"
)

var orderKey = random.Key{Seed: 5, Purpose: random.Split}

// drawSet draws a set of up to 80 images, as a rule uneven in its classes and now and then with equal pictures.
func drawSet(t *rapid.T) *Set {
	labels := rapid.SliceOfN(rapid.Uint8Range(0, 6), 1, 80).Draw(t, "labels")
	s := &Set{Name: "drawn", Width: 1, Height: 1, Classes: 7, Labels: labels}
	for range labels {
		s.Pixels = append(s.Pixels, grey[rapid.Byte().Draw(t, "pixel")])
	}
	return s
}

// counts counts the images of each class.
func counts(s *Set) []int {
	n := make([]int, s.Classes)
	for _, l := range s.Labels {
		n[l]++
	}
	return n
}

// stratified takes images of a set in the order that a key draws.
func stratified(t rapid.TB, s *Set, key random.Key, n int) *Set {
	t.Helper()
	got, err := s.Stratified(context.Background(), key, n)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEveryPrefixHoldsTheSharesOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t)
		key := random.Key{Seed: rapid.Uint64().Draw(t, "seed"), Purpose: random.Split}
		got := stratified(t, s, key, s.Len())
		whole := counts(s)
		for n := range s.Len() + 1 {
			for class, k := range counts(got.First(n)) {
				share := n * whole[class] // in images of the whole
				if off := k*s.Len() - share; off <= -s.Len() || off >= s.Len() {
					t.Fatalf("the first %d of %d hold %d of class %d, of which there are %d", n, s.Len(), k, class, whole[class])
				}
			}
		}
		seen := slices.Clone(got.Index)
		slices.Sort(seen)
		for i, at := range seen {
			if i != at {
				t.Fatalf("not every image is there once: %v", got.Index)
			}
		}
		for i, at := range got.Index {
			if got.Labels[i] != s.Labels[at] || !slices.Equal(got.Image(i), s.Image(at)) {
				t.Fatalf("image %d is not the one at %d of the files", i, at)
			}
		}
		n := rapid.IntRange(0, s.Len()).Draw(t, "n")
		if head := stratified(t, s, key, n); !slices.Equal(head.Index, got.Index[:n]) {
			t.Fatalf("the first %d are %v alone and %v of all", n, head.Index, got.Index[:n])
		}
	})
}

func TestTheOrderOfFilesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t)
		positions := make([]int, s.Len())
		for i := range positions {
			positions[i] = i
		}
		moved := s.Subset(rapid.Permutation(positions).Draw(t, "order of the files"))
		a, b := stratified(t, s, orderKey, s.Len()), stratified(t, moved, orderKey, s.Len())
		if !slices.Equal(a.Pixels, b.Pixels) || !slices.Equal(a.Labels, b.Labels) {
			t.Fatalf("the same pictures in another order of the files come as %v %v, not %v %v", b.Labels, b.Pixels, a.Labels, a.Pixels)
		}
	})
}

func TestSeedsDrawOrdersOfTheirOwn(t *testing.T) {
	train, _, err := Embedded("mnist")
	if err != nil {
		t.Fatal(err)
	}
	train = train.First(400)
	other := orderKey
	other.Seed++
	a, b := stratified(t, train, orderKey, 40), stratified(t, train, other, 40)
	both := 0
	for _, i := range a.Index {
		if slices.Contains(b.Index, i) {
			both++
		}
	}
	if both > 12 { // 4 are expected
		t.Errorf("of 40 images out of 400 two seeds share %d", both)
	}
	if first := counts(a); slices.Min(first) != 4 || slices.Max(first) != 4 {
		t.Errorf("the first 40 hold %v of the classes", first)
	}
}
