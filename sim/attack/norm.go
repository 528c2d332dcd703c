package attack

import (
	"fmt"
	"math"
)

const (
	badNorm  = "attack: unknown norm"
	badShape = "attack: lengths of images, names, labels and result do not fit"
)

// Norm is the norm in which a perturbation is bounded.
type Norm uint8

const (
	Linf Norm = iota // largest absolute change of a pixel
	L2               // Euclidean length of the change of an image
)

// String returns the name used in results: linf or l2.
func (n Norm) String() string {
	switch n {
	case Linf:
		return "linf"
	case L2:
		return "l2"
	}
	return fmt.Sprintf("Norm(%d)", uint8(n))
}

// move adds to x the steepest step of length step along direction: for Linf
// step*sign(direction) with sign(0) = 0 of a finite direction, for L2 step*direction/|direction|, or
// nothing where the direction is 0.
func (n Norm) move(x, direction []float32, step float32) {
	switch n {
	case Linf:
		x = x[:len(direction)]
		length := int32(math.Float32bits(step))
		for i, g := range direction { // without branches, which would be guessed wrongly half of the time
			bits := int32(math.Float32bits(g))
			size := bits << 1
			along := (size | -size) >> 31 // no bit where g is 0, else all
			x[i] += math.Float32frombits(uint32(length&along ^ bits&math.MinInt32))
		}
	case L2:
		var sum float64
		for _, g := range direction {
			sum += float64(float64(g) * float64(g))
		}
		if sum == 0 {
			return
		}
		scale := float64(step) / math.Sqrt(sum)
		for i, g := range direction {
			x[i] = float32(float64(x[i]) + float64(float64(g)*scale))
		}
	default:
		panic(badNorm)
	}
}

// project brings x, which is finite, back into the ball of radius eps around
// origin and then into [0, 1]. As origin lies in [0, 1] the second never undoes
// the first.
func (n Norm) project(x, origin []float32, eps float32) {
	switch n {
	case Linf:
		x = x[:len(origin)]
		for i, o := range origin {
			low, high := max(ordered(o-eps), 0), min(ordered(o+eps), white)
			x[i] = math.Float32frombits(uint32(min(max(ordered(x[i]), low), high)))
		}
		return
	case L2:
		length := distance(origin, x)
		if length > float64(eps) {
			scale := float64(eps) / length
			for i, o := range origin {
				change := float64(x[i]) - float64(o)
				x[i] = float32(float64(o) + float64(change*scale))
			}
		}
	default:
		panic(badNorm)
	}
	clip(x)
}

// ordered returns a whole number for each finite one: from 0 on they have the
// same order, and those of what is below 0 are below 0. To compare pixels so
// takes half the time.
func ordered(v float32) int32 { return int32(math.Float32bits(v)) }

// white is ordered(1).
const white = 0x3f800000

// clip brings x back into [0, 1].
func clip(x []float32) {
	for i, v := range x {
		x[i] = math.Float32frombits(uint32(min(max(ordered(v), 0), white)))
	}
}

// Distance returns how far y is from x: the largest absolute change of a pixel,
// or the Euclidean length of the change. It panics where the lengths differ.
func (n Norm) Distance(x, y []float32) float64 {
	if len(x) != len(y) {
		panic(badShape)
	}
	switch n {
	case Linf:
		var most float64
		for i, v := range x {
			most = max(most, math.Abs(float64(y[i])-float64(v)))
		}
		return most
	case L2:
		return distance(x, y)
	}
	panic(badNorm)
}

func distance(x, y []float32) float64 {
	var sum float64
	for i, v := range x {
		change := float64(y[i]) - float64(v)
		sum += float64(change * change)
	}
	return math.Sqrt(sum)
}

// Verify returns an error unless adv, an image of the length of x, lies in
// [0, 1] and within eps of x, up to the rounding of its float32 pixels: 2^-24 a
// pixel, so 2^-24*sqrt(inputs) in L2, of which the projection itself may use
// half. The error names the first pixel out of range, or the distance. Verify
// panics where the lengths differ.
func Verify(x, adv []float32, norm Norm, eps float32) error {
	if len(x) != len(adv) {
		panic(badShape)
	}
	const rounding = 1. / (1 << 24)
	for i, v := range adv {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("attack: adversarial pixel %d is %v, expected a value in [0, 1]", i, v)
		}
	}
	switch norm {
	case Linf:
		for i, v := range adv {
			d := math.Abs(float64(v) - float64(x[i]))
			if !(d <= float64(eps)+rounding) {
				return fmt.Errorf("attack: adversarial pixel %d is %v from its original, expected at most %v", i, d, eps)
			}
		}
	case L2:
		d := distance(x, adv)
		if !(d <= float64(eps)+float64(rounding*math.Sqrt(float64(len(x))))) {
			return fmt.Errorf("attack: adversarial image is %v from its original in L2, expected at most %v", d, eps)
		}
	default:
		panic(badNorm)
	}
	return nil
}

// VerifyBatch calls [Verify] on every image of b and its adversarial twin in
// adv, [n][inputs]; the error names the image. It panics where the lengths do
// not fit.
func VerifyBatch(b Batch, adv []float32, norm Norm, eps float32) error {
	n := len(b.ID)
	if len(adv) != len(b.X) || n == 0 && len(b.X) != 0 || n > 0 && len(b.X)%n != 0 {
		panic(badShape)
	}
	for i, id := range b.ID {
		inputs := len(b.X) / n
		if err := Verify(row(b.X, i, inputs), row(adv, i, inputs), norm, eps); err != nil {
			return fmt.Errorf("image %d: %w", id, err)
		}
	}
	return nil
}
