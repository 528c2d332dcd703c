package page

import (
	"image"
	"image/color"
	"math"
)

// lift makes small correlations visible: colour is as opaque as the square root of the number.
func lift(v float64) float64 { return math.Copysign(math.Sqrt(min(math.Abs(v), 1)), v) }

// levels is how many colours a map has on either side of 0.
const levels = 120

// heat draws a map of numbers from -most to most, [row][column], a pixel each, in a palette whose middle is transparent
// and so takes the colour of the page.
func heat(m [][]float64, most float64) image.Image {
	var palette color.Palette
	for k := -levels; k <= levels; k++ {
		palette = append(palette, diverging(float64(k)/levels))
	}
	p := image.NewPaletted(image.Rect(0, 0, len(m[0]), len(m)), palette)
	for y, row := range m {
		for x, v := range row {
			p.SetColorIndex(x, y, uint8(levels+math.Round(levels*lift(v/most))))
		}
	}
	return p
}

// mapScene is a map of correlations with its frame.
func mapScene(m [][]float64, most, side float64) *scene {
	s := &scene{w: side, h: side}
	s.picture(heat(m, most), 1, 1, side-2, side-2)
	s.line(rule, 1, nil, point{.5, .5}, point{side - .5, .5}, point{side - .5, side - .5}, point{.5, side - .5}, point{.5, .5})
	return s
}

// scaleScene is the scale of colours of a map from -most to most.
func scaleScene(most, w float64, name string) *scene {
	const bar = 12
	s := &scene{w: w, h: 46}
	row := make([]float64, 121)
	for k := range row {
		row[k] = (float64(k)/60 - 1) * most
	}
	s.picture(heat([][]float64{row}, most), 20, 4, w-40, bar)
	s.line(rule, 1, nil, point{20, 4}, point{w - 20, 4}, point{w - 20, 4 + bar}, point{20, 4 + bar}, point{20, 4})
	for k, v := range []float64{-1, -.5, 0, .5, 1} {
		s.letters(soft, 11, .5, point{20 + float64(k)*(w-40)/4, 29}, fixed(v*most, 2))
	}
	s.letters(soft, 11, .5, point{w / 2, 43}, name)
	return s
}

// strongest is the largest number of maps off their diagonals, rounded up, from .05 to 1.
func strongest(maps ...[][]float64) float64 {
	most := .05
	for _, m := range maps {
		for i, row := range m {
			for j, v := range row {
				if i != j {
					most = max(most, math.Abs(v))
				}
			}
		}
	}
	return min(math.Ceil(most*20-1e-9)/20, 1)
}
