package modification

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"murmur/neuron/random"
)

// sheetGap is the gap between the pictures of a sheet, in pixels of the sheet.
const sheetGap = 4

// Sheet draws a contact sheet, for a person to look at. For each picture it has
// one row for each modification; a row holds the picture as it is and then
// modified at strength 1 to 5, all by the same draw. Every picture is a
// row-major slice of width*height values in [0, 1] and is shown zoom times as
// large. The stream of picture p has the purpose random.Modification, the row's
// index among the modifications as its unit and (p, 0) as its counter. A wrong
// shape or a zoom below 1 panics.
func Sheet(pictures [][]float32, width, height int, modifications []Modification, seed uint64, zoom int) *image.Gray {
	if zoom < 1 {
		panic(badZoom)
	}
	stepX, stepY := zoom*width+sheetGap, zoom*height+sheetGap
	rows := len(pictures) * len(modifications)
	sheet := image.NewGray(image.Rect(0, 0, (Strengths+1)*stepX+sheetGap, rows*stepY+sheetGap))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{Y: 96}), image.Point{}, draw.Src)

	modified := make([]float32, width*height)
	for p, picture := range pictures {
		for k, m := range modifications {
			key := random.Key{Seed: seed, Purpose: random.Modification, Unit: uint32(k)}
			top := sheetGap + (p*len(modifications)+k)*stepY
			for strength := range Strengths + 1 {
				value := float32(m.Identity)
				if strength > 0 {
					value = m.Value(strength)
				}
				m.Apply(modified, picture, width, height, value, key.Stream(uint32(p), 0))
				tile := grey(modified, width, height, zoom)
				at := image.Pt(sheetGap+strength*stepX, top)
				draw.Draw(sheet, tile.Bounds().Add(at), tile, image.Point{}, draw.Src)
			}
		}
	}
	return sheet
}

// grey returns a picture with 8 bits a pixel, every pixel zoom times as large.
func grey(picture []float32, width, height, zoom int) *image.Gray {
	tile := image.NewGray(image.Rect(0, 0, zoom*width, zoom*height))
	for y := range zoom * height {
		for x := range zoom * width {
			v := picture[y/zoom*width+x/zoom]
			tile.SetGray(x, y, color.Gray{Y: uint8(math.Round(float64(float32(255 * v))))})
		}
	}
	return tile
}
