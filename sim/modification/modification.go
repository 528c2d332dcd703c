// Package modification changes grey pictures the way the world does: it turns,
// shifts, blurs and covers them, adds noise, and alters brightness and contrast.
//
// A picture is a row-major slice of width*height float32 values in [0, 1], 0 is
// black, x runs right and y runs down. Each modification is a pure function of
// the picture, a physical value (its size) and a random stream of its own: the
// same three give the same bits on every processor. A stream that starts at the
// same place draws the same directions and places for every value, so that a
// series of strengths shows one draw growing.
//
// Lengths in pixels are pixels of the picture as given. The five standard
// strengths are meant for 28 x 28 pictures and are not scaled for other sizes.
//
// The tables are those of MNIST-C (Mu and Gilmer, arXiv 1906.02337), ImageNet-C
// and CIFAR-10-C (Hendrycks and Dietterich, arXiv 1903.12261) where a comment
// says so; the others were chosen for 28 x 28 pictures.
package modification

import (
	"fmt"

	"murmur/neuron/random"
)

// Strengths is the number of standard strengths; they are counted from 1.
const Strengths = 5

// The messages of the panics of this package.
const (
	badShape    = "modification: dst and src must each hold width*height values, width and height at least 1"
	badOverlap  = "modification: dst and src must not overlap"
	badStrength = "modification: strength must lie in 1..5"
	badValue    = "modification: value is out of range"
	badZoom     = "modification: zoom must be at least 1"
)

// Modification is one naturalistic change. Values of it come from Lookup; the
// zero Modification accepts the value 0 alone and changes nothing.
type Modification struct {
	// Name is how a scenario names it.
	Name string
	// Unit is the unit of a value: "degree", "pixel" or "1".
	Unit string
	// Values are the physical sizes at strength 1 to 5, from mild to strong.
	Values [Strengths]float64
	// Low and High bound a meaningful value, both included.
	Low, High float64
	// Identity is the value that leaves a picture as it is: 0, but 1 for
	// contrast, where the value is the factor that remains.
	Identity float64
	// Doc says in one line what a value means.
	Doc string

	apply func(dst, src []float32, width, height int, value float32, s *random.Stream)
}

// Names returns the names of all modifications in alphabetical order.
func Names() []string {
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	return names
}

// Lookup returns the modification with that name and whether there is one.
func Lookup(name string) (Modification, bool) {
	for i := range table {
		if table[i].Name == name {
			return table[i], true
		}
	}
	return Modification{}, false
}

// Value returns the physical size at a strength from 1 to 5; any other strength
// panics.
func (m Modification) Value(strength int) float32 {
	if strength < 1 || strength > Strengths {
		panic(badStrength)
	}
	return float32(m.Values[strength-1])
}

// Check returns an error that names the modification and the range if value,
// in m.Unit, is not a meaningful size of it: NaN, negative or too large.
func (m Modification) Check(value float64) error {
	if m.holds(value) {
		return nil
	}
	unit := ""
	if m.Unit != "1" {
		unit = " (" + m.Unit + ")"
	}
	return fmt.Errorf("%s: value %v: expected a number from %v to %v%s", m.Name, value, m.Low, m.High, unit)
}

func (m Modification) holds(value float64) bool { return value >= m.Low && value <= m.High }

// Apply writes the modified picture src to dst; value is the size in m.Unit. At
// the value m.Identity dst is a copy of src and nothing is drawn from s. The
// result is clipped to [0, 1]; a NaN in src stays one.
//
// Both slices have length width*height and must not overlap; src is only read.
// A wrong shape, or a value that Check refuses, panics. Apply allocates nothing
// for pictures up to 512 pixels wide.
func (m Modification) Apply(dst, src []float32, width, height int, value float32, s *random.Stream) {
	if width < 1 || height < 1 || len(dst) != width*height || len(src) != len(dst) {
		panic(badShape)
	}
	if &dst[0] == &src[0] {
		panic(badOverlap)
	}
	if !m.holds(float64(value)) {
		panic(badValue)
	}
	if float64(value) == m.Identity {
		copy(dst, src)
	} else {
		m.apply(dst, src, width, height, value, s)
	}
	clip(dst)
}

// clip limits every value to [0, 1].
func clip(dst []float32) {
	for i, v := range dst {
		if v < 0 {
			dst[i] = 0
		} else if v > 1 {
			dst[i] = 1
		}
	}
}
