// Package stimulus holds the images that a simulation shows: the subsets of
// MNIST and Fashion-MNIST that are built in (Embedded) and images that a user
// brings as IDX, NPY or NPZ arrays or as PNG or JPEG pictures (Open).
//
// Every loader gives the same thing, a Set: grey images of one size with pixels
// in 0..1 and one label an image. Files are distrusted: whatever is wrong with
// one is reported as a FormatError that names the file, the byte, what was
// expected and how to mend it, all broken pictures at once (BrokenError), and no
// loader allocates on the word of a header alone.
package stimulus

import "fmt"

// Panics of Set's methods: what they name is an error of the caller.
const (
	badIndex = "stimulus: image index out of range"
	badCount = "stimulus: number of images out of range"
)

// Set is a list of labelled grey images of one size. Loaders give the training
// and the test images of a data set as two Sets with equal Name, Width, Height,
// Classes, ClassNames and Notes. A Set is read-only by convention: views share
// its memory.
type Set struct {
	Name       string    // of the data set
	Width      int       // pixels in a row, at least 1
	Height     int       // rows in an image, at least 1
	Classes    int       // every label is below it
	ClassNames []string  // [label]: the name of a folder, or the label as the files write it
	Pixels     []float32 // [image][row][column], 0 (black) to 1 (white)
	Labels     []uint8   // [image]
	Index      []int     // [image], its place among the images as they were read; nil: images stand as they were read
	Notes      []Note    // what a loader noticed and its user should know
}

// Note is something that a loader noticed: files that it passed over, colours
// that it made grey. It is no error: the images can be used.
type Note struct {
	Name   string // what kind of thing, in words that dashes join: the name of a check
	Detail string // a sentence: what, how many, where
	Warn   bool   // results may suffer from it
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Size returns the number of pixels of an image.
func (s *Set) Size() int { return s.Width * s.Height }

// Image returns the pixels of image i as [row][column]. It is a view of
// s.Pixels, not a copy. It panics if i is not in 0..Len()-1.
func (s *Set) Image(i int) []float32 {
	if i < 0 || i >= s.Len() {
		panic(badIndex)
	}
	from, to := i*s.Size(), (i+1)*s.Size()
	return s.Pixels[from:to:to]
}

// Subset returns a copy of the images with the given indices, in their order;
// an index may occur more than once. It panics if an index is out of range.
func (s *Set) Subset(indices []int) *Set {
	sub := *s
	sub.Pixels = make([]float32, 0, len(indices)*s.Size())
	sub.Labels = make([]uint8, 0, len(indices))
	sub.Index = make([]int, 0, len(indices))
	places := s.Places()
	for _, i := range indices {
		sub.Pixels = append(sub.Pixels, s.Image(i)...)
		sub.Labels = append(sub.Labels, s.Labels[i])
		sub.Index = append(sub.Index, places[i])
	}
	return &sub
}

// Places returns where each image stood among those that were read, from 0: Index, made where there is none.
func (s *Set) Places() []int {
	if s.Index != nil {
		return s.Index
	}
	index := make([]int, s.Len())
	for i := range index {
		index[i] = i
	}
	return index
}

// First returns the first n images, a view. It panics if n is not in 0..Len().
func (s *Set) First(n int) *Set {
	head, _ := Split(s, n)
	return head
}

// Split returns the first n images and the rest, both as views. It panics if n
// is not in 0..set.Len().
//
// Split does not shuffle and does not sort: the parts are as balanced as the
// order of the set. Embedded sets take classes in turn and [Set.Stratified] keeps
// their shares, so that there both parts are balanced.
func Split(set *Set, n int) (head, tail *Set) {
	if n < 0 || n > set.Len() {
		panic(badCount)
	}
	at := n * set.Size()
	first, rest := *set, *set
	first.Pixels, rest.Pixels = set.Pixels[:at:at], set.Pixels[at:]
	first.Labels, rest.Labels = set.Labels[:n:n], set.Labels[n:]
	places := set.Places()
	first.Index, rest.Index = places[:n:n], places[n:]
	return &first, &rest
}

// Balanced returns a copy of the first perClass images of every class that
// occurs in s, taking classes in turn: the first image of each class in order
// of label, then the second of each, and so on. With c classes every prefix of
// k*c images therefore holds k images of each class. It returns an error if a
// class that occurs has fewer than perClass images, and panics if perClass is
// negative.
func (s *Set) Balanced(perClass int) (*Set, error) {
	if perClass < 0 {
		panic(badCount)
	}
	members := make([][]int, s.Classes)
	for i, label := range s.Labels {
		members[label] = append(members[label], i)
	}
	for label, m := range members {
		if len(m) > 0 && len(m) < perClass {
			return nil, fmt.Errorf("stimulus: %s: want at least %d images of class %d, found %d", s.Name, perClass, label, len(m))
		}
		members[label] = m[:min(perClass, len(m))]
	}
	return s.Subset(interleave(members)), nil
}

// interleave takes the first item of each list, then the second of each, until
// all lists are used up.
func interleave[T any](lists [][]T) []T {
	var all []T
	for k := 0; ; k++ {
		before := len(all)
		for _, list := range lists {
			if k < len(list) {
				all = append(all, list[k])
			}
		}
		if len(all) == before {
			return all
		}
	}
}
