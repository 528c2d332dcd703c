package stimulus

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// toy returns a set of 1 x 2 images; image i is (i/255, label/255).
func toy(classes int, labels ...uint8) *Set {
	s := &Set{Name: "toy", Width: 2, Height: 1, Classes: classes, Labels: labels}
	for i, l := range labels {
		s.Pixels = append(s.Pixels, float32(i)/255, float32(l)/255)
	}
	return s
}

func TestSetViews(t *testing.T) {
	s := toy(3, 2, 0, 1, 1)
	if s.Len() != 4 || s.Size() != 2 {
		t.Fatalf("Len %d, Size %d", s.Len(), s.Size())
	}
	head, tail := Split(s, 1)
	if head.Len() != 1 || tail.Len() != 3 || tail.Classes != 3 || tail.Labels[0] != 0 {
		t.Fatalf("Split: %v, %v", head, tail)
	}
	if got := tail.Image(2); &got[0] != &s.Pixels[6] || len(got) != 2 || cap(got) != 2 {
		t.Fatal("Image of a tail is not a view of two pixels")
	}
	_ = append(head.Pixels, 9)
	_ = append(head.Labels, 9)
	if s.Pixels[2] == 9 || s.Labels[1] == 9 {
		t.Fatal("appending to a head writes into the set")
	}
	sub := s.Subset([]int{3, 0, 3})
	if !slices.Equal(sub.Labels, []uint8{1, 2, 1}) || sub.Image(1)[1] != s.Image(0)[1] {
		t.Fatalf("Subset: %v", sub)
	}
	sub.Pixels[0] = 7
	if s.Pixels[6] == 7 {
		t.Fatal("Subset shares pixels")
	}
	if n := s.First(0).Len() + s.First(4).Len(); n != 4 {
		t.Fatalf("First: %d", n)
	}
}

func TestSetPanics(t *testing.T) {
	s := toy(1, 0)
	for name, c := range map[string]struct {
		want string
		call func()
	}{
		"image below":    {badIndex, func() { s.Image(-1) }},
		"image above":    {badIndex, func() { s.Image(1) }},
		"subset above":   {badIndex, func() { s.Subset([]int{1}) }},
		"first above":    {badCount, func() { s.First(2) }},
		"split below":    {badCount, func() { Split(s, -1) }},
		"balanced below": {badCount, func() { _, _ = s.Balanced(-1) }},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != c.want {
					t.Fatalf("panic %v, want %v", got, c.want)
				}
			}()
			c.call()
		})
	}
}

func TestBalanced(t *testing.T) {
	s := toy(5, 4, 0, 0, 2, 4, 0, 2, 2) // classes 1 and 3 do not occur
	got, err := s.Balanced(2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Labels, []uint8{0, 2, 4, 0, 2, 4}) {
		t.Fatalf("labels %v", got.Labels)
	}
	for k, from := range []int{1, 3, 0, 2, 6, 4} {
		if got.Image(k)[0] != s.Image(from)[0] {
			t.Fatalf("image %d is not image %d of the set", k, from)
		}
	}
	_, err = s.Balanced(3)
	if want := "stimulus: toy: want at least 3 images of class 4, found 2"; err == nil || err.Error() != want {
		t.Fatalf("error %v, want %s", err, want)
	}
}

func TestBalancedPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.IntRange(1, 6).Draw(t, "classes")
		each := rapid.IntRange(1, 5).Draw(t, "images a class")
		var labels []uint8
		for range each {
			for c := range classes {
				labels = append(labels, uint8(c))
			}
		}
		labels = rapid.Permutation(labels).Draw(t, "labels")
		got, err := toy(classes, labels...).Balanced(rapid.IntRange(0, each).Draw(t, "per class"))
		if err != nil {
			t.Fatal(err)
		}
		var count [6]int
		for i, l := range got.Labels {
			count[l]++
			if want := i/classes + 1; count[l] != want {
				t.Fatalf("after image %d: %d of class %d, want %d", i, count[l], l, want)
			}
		}
	})
}
