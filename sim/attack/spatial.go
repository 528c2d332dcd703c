package attack

import (
	"context"
	"math"

	"murmur/neuron/kernel"
)

var _ Attack = Spatial{}

// Spatial moves and turns the image, tries every combination of a grid, and
// keeps the worst: broken before whole, then the highest margin loss, the
// earliest of equals, the image itself before all (Engstrom and others, arXiv
// 1712.02779). No norm bounds it, the grid does.
type Spatial struct {
	Width        int       // pixels in a row of the image
	Rotations    []float32 // degrees, counter-clockwise as seen
	Translations []float32 // pixels, to the right and, as many, down
	Decision     Decision
	Draws        Draws // the same for every try
}

// NewSpatial returns the grid of Foolbox: five rotations within +-30 degrees
// and five translations along each axis within +-3 pixels, 125 in all. On pictures
// with a side below 12 pixels the translations end at a quarter of it.
func NewSpatial(width, height int, draws Draws) Spatial {
	reach := min(3, float32(min(width, height))/4)
	return Spatial{Width: width, Rotations: []float32{-30, -15, 0, 15, 30},
		Translations: []float32{-reach, -reach / 2, 0, reach / 2, reach}, Draws: draws}
}

// Reserved implements [Attack].
func (a Spatial) Reserved() Draws { return a.Draws }

// Perturb implements [Attack]. It panics where Width does not divide the inputs
// or a number of the grid is beyond 360 degrees or the width.
func (a Spatial) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkAsks(a.Draws, 1, a.Decision)
	for _, degrees := range a.Rotations {
		if !(degrees >= -360 && degrees <= 360) {
			panic("attack: Rotations must be within 360 degrees")
		}
	}
	for _, pixels := range a.Translations {
		if !(math.Abs(float64(pixels)) <= float64(a.Width)) {
			panic("attack: Translations must be within Width pixels")
		}
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	heightOf(s.inputs, a.Width)
	best, _, err := s.askOriginals(a.Draws)
	if err != nil {
		return err
	}
	images := s.all()
	for _, degrees := range a.Rotations {
		for _, right := range a.Translations {
			for _, down := range a.Translations {
				for i := range images {
					warp(s.at(i), s.original(i), a.Width, degrees, right, down)
				}
				if err := s.ask(images, a.Draws); err != nil {
					return err
				}
				for i, v := range s.answer {
					if v.above(best[i]) {
						best[i] = v
						copy(row(dst, i, s.inputs), s.at(i))
					}
				}
			}
		}
	}
	return nil
}

// warp fills dst with src moved right and down, then turned about the centre:
// linear between pixels, 0 outside.
func warp(dst, src []float32, width int, degrees, right, down float32) {
	radians := float32(degrees * (math.Pi / 180))
	sin, cos := kernel.Sin(radians), kernel.Cos(radians)
	height := len(src) / width
	centreX, centreY := float32(float32(width-1)/2), float32(float32(height-1)/2)
	for i := range dst {
		x, y := float32(i%width)-centreX, float32(i/width)-centreY
		fromX := (float32(cos*x) - float32(sin*y)) + (centreX - right)
		fromY := (float32(sin*x) + float32(cos*y)) + (centreY - down)
		dst[i] = between(src, width, height, fromX, fromY)
	}
}

// between returns the picture at a point between pixels.
func between(src []float32, width, height int, x, y float32) float32 {
	pixel := func(column, line int) float32 {
		if column < 0 || column >= width || line < 0 || line >= height {
			return 0
		}
		return src[line*width+column]
	}
	left, top := float32(math.Floor(float64(x))), float32(math.Floor(float64(y)))
	c, l, u, v := int(left), int(top), x-left, y-top
	upper := float32((1-u)*pixel(c, l)) + float32(u*pixel(c+1, l))
	lower := float32((1-u)*pixel(c, l+1)) + float32(u*pixel(c+1, l+1))
	return min(float32((1-v)*upper)+float32(v*lower), 1)
}
