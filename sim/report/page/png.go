package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"

	xdraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// density is how many pixels of a PNG there are to a pixel of a scene, in either direction.
const density = 2

// png draws a scene in fixed colours on white.
func (s *scene) png() ([]byte, error) {
	blank := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.w*density)), int(math.Ceil(s.h*density))))
	c := vgimg.NewWith(vgimg.UseDPI(96*density), vgimg.UseImage(blank))
	m := c.Image() // a copy of blank
	c.SetColor(color.White)
	c.Fill(s.outline([]point{{0, 0}, {s.w, 0}, {s.w, s.h}, {0, s.h}}, true))
	for _, k := range s.marks {
		s.paint(c, m, k)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, fewColours(m)); err != nil {
		return nil, fmt.Errorf("page: a figure of %v by %v pixels: %w", s.w, s.h, err)
	}
	return b.Bytes(), nil
}

// paint draws a mark on the canvas of an image. Pictures go on the image itself, so that their pixels stay squares.
func (s *scene) paint(c *vgimg.Canvas, m draw.Image, k stroke) {
	p := k.points[0]
	switch k.kind {
	case line:
		var dash []vg.Length
		for _, v := range k.dash {
			dash = append(dash, vg.Length(v*pointsInPixel))
		}
		c.SetColor(k.ink.rgb())
		c.SetLineWidth(vg.Length(k.width * pointsInPixel))
		c.SetLineDash(dash, 0)
		c.Stroke(s.outline(k.points, false))
	case area:
		ink := k.ink.rgb()
		if k.alpha > 0 {
			ink.A = uint8(255*k.alpha + .5)
		}
		c.SetColor(ink)
		c.Fill(s.outline(k.points, true))
	case disc:
		var round vg.Path
		at := s.at(p)
		r := vg.Length(k.size * pointsInPixel)
		round.Move(vg.Point{X: at.X + r, Y: at.Y})
		round.Arc(at, r, 0, 2*math.Pi)
		round.Close()
		c.SetColor(k.ink.rgb())
		c.Fill(round)
	case letters:
		c.SetColor(k.ink.rgb())
		f := face(k.size, k.bold)
		back := vg.Length(textWidth(k.text, k.size, k.bold) * k.anchor * pointsInPixel)
		at := s.at(p)
		if !k.turned {
			c.FillString(f, vg.Point{X: at.X - back, Y: at.Y}, k.text)
			return
		}
		c.Push()
		c.Translate(at)
		c.Rotate(math.Pi / 2)
		c.FillString(f, vg.Point{X: -back}, k.text)
		c.Pop()
	case picture:
		q := k.points[1]
		to := image.Rect(pixel(p.x), pixel(p.y), pixel(q.x), pixel(q.y))
		xdraw.NearestNeighbor.Scale(m, to, k.image, k.image.Bounds(), draw.Over, nil)
	}
}

func pixel(x float64) int { return int(math.Round(x * density)) }

// at turns a place into that of a canvas, whose origin is in the lower left corner.
func (s *scene) at(p point) vg.Point {
	height := math.Ceil(s.h*density) / density
	return vg.Point{X: vg.Length(p.x * pointsInPixel), Y: vg.Length((height - p.y) * pointsInPixel)}
}

func (s *scene) outline(points []point, closed bool) (path vg.Path) {
	for i, p := range points {
		if i == 0 {
			path.Move(s.at(p))
		} else {
			path.Line(s.at(p))
		}
	}
	if closed {
		path.Close()
	}
	return path
}

// fewColours gives a picture of few colours as one with a palette, a third of the size. Colours that differ in the last three
// bits of a channel, as at the edges of letters, are one: that which is seen most often. Of more than 256 it returns m.
func fewColours(m draw.Image) image.Image {
	pixels, ok := m.(*image.RGBA)
	if !ok {
		return m
	}
	type key [3]uint8
	places := map[key]uint8{}
	var seen []map[color.RGBA]int // of each place, how often a colour is
	p := image.NewPaletted(pixels.Bounds(), nil)
	for i := 0; i < len(pixels.Pix); {
		c := color.RGBA{pixels.Pix[i], pixels.Pix[i+1], pixels.Pix[i+2], 255}
		k := key{c.R >> 3, c.G >> 3, c.B >> 3}
		place, ok := places[k]
		if !ok {
			if len(seen) == 256 {
				return m
			}
			place = uint8(len(seen))
			places[k] = place
			seen = append(seen, map[color.RGBA]int{})
		}
		first := i
		for i < len(pixels.Pix) && pixels.Pix[i] == c.R && pixels.Pix[i+1] == c.G && pixels.Pix[i+2] == c.B { // most is white
			p.Pix[i/4] = place
			i += 4
		}
		seen[place][c] += (i - first) / 4
	}
	for _, counts := range seen {
		var most color.RGBA
		for c, n := range counts {
			if n > counts[most] || n == counts[most] && before(c, most) {
				most = c
			}
		}
		p.Palette = append(p.Palette, most)
	}
	return p
}

// before orders colours that are seen equally often.
func before(a, b color.RGBA) bool {
	return slices.Compare([]uint8{a.R, a.G, a.B}, []uint8{b.R, b.G, b.B}) < 0
}
