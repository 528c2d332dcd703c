package modification

import (
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"murmur/neuron/random"
)

// The layout of a sheet, in pixels of the sheet.
const (
	sheetGap  = 4  // between pictures
	letter    = 7  // the width of a letter
	textLine  = 13 // the height of a line of text
	overhead  = sheetGap + 2*textLine
	sheetGrey = 40  // the ground
	textGrey  = 230 // names
	dimGrey   = 165 // values
	lineSteps = 14  // pictures side by side, two strips of five strengths
)

// strip is where a modification of a picture is on a sheet: its name, below it
// the values, below them the pictures.
type strip struct {
	Modification
	picture int
	at      image.Point // the upper left corner
}

// strips places the strips side by side, in steps of a picture, on lines; a
// picture and a family begin a new line. It returns the size of the sheet too.
func strips(pictures int, modifications []Modification, stepX, stepY int) (list []strip, size image.Point) {
	steps, at, family := 0, image.Pt(sheetGap, 0), ""
	for p := range pictures {
		for k, m := range modifications {
			width := max(m.Levels()+2, (letter*(len(m.Name)+1)+stepX-1)/stepX)
			name, _, ok := strings.Cut(m.Name, "/")
			if !ok {
				name = ""
			}
			if steps > 0 && (k == 0 || name != family || steps+width > lineSteps+1) {
				steps, at = 0, image.Pt(sheetGap, at.Y+stepY)
			}
			list = append(list, strip{m, p, at})
			size = image.Pt(max(size.X, at.X+width*stepX), at.Y+stepY+sheetGap)
			steps, at.X, family = steps+width, at.X+width*stepX, name
		}
	}
	return list, size
}

// Sheet draws a contact sheet, for a person to look at. For each picture it has
// a strip for each modification: the picture as it is, and then modified at
// every strength, all by the same draw, each under its value. Every picture is a
// row-major slice of width*height values in [0, 1] and is shown zoom times as
// large. The stream of picture p has the purpose random.Modification, the 32-bit
// FNV-1a hash of the name as its unit and (p, 0) as its counter. A wrong shape or
// a zoom below 1 panics.
func Sheet(pictures [][]float32, width, height int, modifications []Modification, seed uint64, zoom int) *image.Gray {
	if zoom < 1 {
		panic(badZoom)
	}
	stepX, stepY := zoom*width+sheetGap, overhead+zoom*height+sheetGap
	list, size := strips(len(pictures), modifications, stepX, stepY)
	sheet := image.NewGray(image.Rectangle{Max: size})
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{Y: sheetGrey}), image.Point{}, draw.Src)

	modified := make([]float32, width*height)
	for _, m := range list {
		hash := fnv.New32a()
		hash.Write([]byte(m.Name))
		key := random.Key{Seed: seed, Purpose: random.Modification, Unit: hash.Sum32()}
		write(sheet, m.at.Add(image.Pt(0, sheetGap)), m.Name, textGrey)
		for strength := range m.Levels() + 1 {
			value, caption := float32(m.Identity), "clean"
			if strength > 0 {
				value, caption = m.Value(strength), fmt.Sprint(m.Values[strength-1])
			}
			m.Apply(modified, pictures[m.picture], width, height, value, key.Stream(uint32(m.picture), 0))
			at := m.at.Add(image.Pt(strength*stepX, overhead))
			write(sheet, at.Sub(image.Pt(0, textLine)), caption[:min(len(caption), stepX/letter)], dimGrey)
			tile := grey(modified, width, height, zoom)
			draw.Draw(sheet, tile.Bounds().Add(at), tile, image.Point{}, draw.Src)
		}
	}
	return sheet
}

// write writes a line of text from an upper left corner.
func write(sheet *image.Gray, at image.Point, text string, shade uint8) {
	face := basicfont.Face7x13
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Gray{Y: shade}), Face: face, Dot: fixed.P(at.X, at.Y+face.Ascent)}
	d.DrawString(text)
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
