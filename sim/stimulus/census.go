package stimulus

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Census is what counting the pictures of a data set finds, before anything is learned from them.
type Census struct {
	Train, Test Count
	// Shared is how many test images show what a training image shows.
	Shared int
}

// Count is what counting the images of a set finds.
type Count struct {
	Images    int
	Classes   []int   // [class], its images
	Blank     int     // images all of whose pixels are equal
	Repeated  int     // images that show what one before them shows
	Disputed  int     // of these, images of another class than the first that shows it
	Brightest float32 // the largest pixel
}

// TakeCensus counts the images of a data set.
func TakeCensus(train, test *Set) Census {
	var c Census
	var known map[uint64]uint8
	c.Train, known = train.count()
	c.Test, _ = test.count()
	for _, d := range test.digests() {
		if _, ok := known[d]; ok {
			c.Shared++
		}
	}
	return c
}

// count counts the images of a set and returns the class of the first image of each digest too.
func (s *Set) count() (Count, map[uint64]uint8) {
	c := Count{Images: s.Len(), Classes: make([]int, s.Classes)}
	known := map[uint64]uint8{}
	for i, d := range s.digests() {
		class := s.Labels[i]
		c.Classes[class]++
		pixels := s.Image(i)
		darkest, brightest := slices.Min(pixels), slices.Max(pixels)
		if c.Brightest = max(c.Brightest, brightest); darkest == brightest {
			c.Blank++
		}
		switch first, ok := known[d]; {
		case !ok:
			known[d] = class
			continue
		case first != class:
			c.Disputed++
		}
		c.Repeated++
	}
	return c, known
}

// digests yields each image's index and a hash of its pixels, which differs where the pictures do.
func (s *Set) digests() func(yield func(int, uint64) bool) {
	return func(yield func(int, uint64) bool) {
		bytes := make([]byte, 4*s.Size())
		for i := range s.Len() {
			for p, v := range s.Image(i) {
				binary.LittleEndian.PutUint32(bytes[4*p:], math.Float32bits(v))
			}
			if !yield(i, xxhash.Sum64(bytes)) {
				return
			}
		}
	}
}

// Unbalanced reports whether some class has at least twice as many images as another that has any: then an accuracy tells
// most of the large ones.
func (c Census) Unbalanced() bool { return c.Train.unbalanced() || c.Test.unbalanced() }

func (c Count) unbalanced() bool {
	few := slices.DeleteFunc(slices.Clone(c.Classes), func(n int) bool { return n == 0 })
	return len(few) > 0 && slices.Max(few) >= 2*slices.Min(few)
}

// Majority is the share of test images that are right if the most frequent class of the training images is the answer to
// all.
func (c Census) Majority() float64 {
	most := 0
	for class, n := range c.Train.Classes {
		if n > c.Train.Classes[most] {
			most = class
		}
	}
	return float64(c.Test.Classes[most]) / float64(max(c.Test.Images, 1))
}
