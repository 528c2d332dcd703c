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
// Murmur's own modifications have plain names. The others repeat published sets
// and carry the family in their name (Families): mnist-c/NAME is MNIST-C (Mu and
// Gilmer, arXiv 1906.02337), cifar-c/NAME is CIFAR-10-C (Hendrycks and
// Dietterich, arXiv 1903.12261), paper/NAME is what arXiv 2606.13801 measured.
// What the code of a set has beside the set itself is a family of its own:
// mnist-c-extra, cifar-c-validation. They follow the published code on grey
// pictures, also where it rounds to 8 bits or does not do what its text says;
// lengths in pixels stand as they are there. What the original takes from files
// that are not shipped is marked (StandIn).
package modification

import (
	"fmt"
	"math"

	"murmur/neuron/random"
)

// Strengths is the number of standard strengths of murmur's own modifications;
// they are counted from 1. Those of a family may have other numbers: see Levels.
const Strengths = 5

// The messages of the panics of this package.
const (
	badShape    = "modification: dst and src must each hold width*height values, width and height at least 1"
	badOverlap  = "modification: dst and src must not overlap"
	badStrength = "modification: strength must lie in 1..Levels()"
	badValue    = "modification: value is out of range"
	badZoom     = "modification: zoom must be at least 1"
)

// Modification is one naturalistic change. Values of it come from Lookup; the
// zero Modification accepts the value 0 alone and changes nothing.
type Modification struct {
	// Name is how a scenario names it: NAME or FAMILY/NAME.
	Name string
	// Unit is the unit of a value: "degree", "radian", "pixel", "photon", "bit",
	// "quality" (of a JPEG file), "level" or "1". Where a strength of the original
	// is several numbers at once, the value is the level, the row of its table.
	Unit string
	// Values are the sizes at strength 1, 2, ..., from mild to strong.
	Values []float64
	// Low and High bound a meaningful value, both included.
	Low, High float64
	// Identity is the value that leaves a picture as it is. Where no size does (a
	// number of photons, a level), it is 0, outside of Low to High, and stands for
	// the untouched picture. It is always a value that Check accepts.
	Identity float64
	// Doc says in one line what a value means.
	Doc string
	// StandIn is set where the original adds something that is not shipped and
	// something else stands in for it. Numbers under it do not compare with
	// published ones, and means over its family leave it out.
	StandIn bool

	whole bool // only whole numbers are meaningful
	apply change
}

// change writes the modified src to dst, of the same length width*height; the
// value is meaningful and not the identity. The result may leave [0, 1].
type change func(dst, src []float32, width, height int, value float32, s *random.Stream)

// Levels returns the number of strengths.
func (m Modification) Levels() int { return len(m.Values) }

// Value returns the size at a strength from 1 to Levels(); any other strength
// panics.
func (m Modification) Value(strength int) float32 {
	if strength < 1 || strength > len(m.Values) {
		panic(badStrength)
	}
	return float32(m.Values[strength-1])
}

// Check returns an error that names the modification and the range if value,
// in m.Unit, is not a meaningful size of it: NaN, too small, too large, or
// broken where only whole numbers are sizes.
func (m Modification) Check(value float64) error {
	if m.holds(value) {
		return nil
	}
	number, unit, or := "number", "", ""
	if m.whole {
		number = "whole number"
	}
	if m.Unit != "1" {
		unit = " (" + m.Unit + ")"
	}
	if m.Identity < m.Low {
		or = fmt.Sprintf(", or %v for the untouched picture", m.Identity)
	}
	return fmt.Errorf("%s: value %v: expected a %s from %v to %v%s%s", m.Name, value, number, m.Low, m.High, unit, or)
}

func (m Modification) holds(value float64) bool {
	return value == m.Identity || value >= m.Low && value <= m.High && (!m.whole || value == math.Floor(value))
}

// Apply writes the modified picture src to dst; value is the size in m.Unit. At
// the value m.Identity dst is a copy of src and nothing is drawn from s. The
// result is clipped to [0, 1]; a NaN in src stays one in murmur's own.
//
// Both slices have length width*height and must not overlap; src is only read.
// A wrong shape, or a value that Check refuses, panics. Of murmur's own, Apply
// allocates nothing for pictures up to 512 pixels wide.
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
