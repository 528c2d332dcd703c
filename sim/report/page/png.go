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
	"golang.org/x/image/font/sfnt"
	xfixed "golang.org/x/image/math/fixed"
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

// pointsInPixel turns pixels, 96 to the inch, into points.
const pointsInPixel = .75

// paint draws a mark on the canvas of an image. Pictures go on the image itself, so that their pixels stay squares.
func (s *scene) paint(c *vgimg.Canvas, m draw.Image, k stroke) {
	p := k.points[0]
	switch k.kind {
	case line:
		c.SetColor(k.ink.rgb())
		c.SetLineWidth(vg.Length(k.width * pointsInPixel))
		for _, part := range dashed(k.points, k.dash) {
			c.Stroke(s.outline(part, false))
		}
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
		s.write(c, k)
	case picture:
		q := k.points[1]
		to := image.Rect(pixel(p.x), pixel(p.y), pixel(q.x), pixel(q.y))
		xdraw.NearestNeighbor.Scale(m, to, k.image, k.image.Bounds(), draw.Over, nil)
	}
}

// dashed cuts a line into dashes: dash has their lengths and those of the gaps, in turn. Without dash it is the line.
func dashed(points []point, dash []float64) (parts [][]point) {
	if len(dash) == 0 {
		return [][]point{points}
	}
	turn, left := 0, dash[0] // which of dash, and what is left of it
	part := points[:1:1]
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		dx, dy := to.x-from.x, to.y-from.y
		length := math.Sqrt(float64(dx*dx) + float64(dy*dy))
		done := 0.0
		for length-done > left {
			done += left
			cut := point{from.x + float64(dx*done/length), from.y + float64(dy*done/length)}
			if turn%2 == 0 {
				parts = append(parts, append(part, cut))
			}
			turn++
			left, part = dash[turn%len(dash)], []point{cut}
		}
		left -= length - done
		part = append(part, to)
	}
	if turn%2 == 0 && len(part) > 1 {
		parts = append(parts, part)
	}
	return parts
}

// write fills the outlines of letters. The canvas's own way to draw letters rounds differently on other processors.
func (s *scene) write(c *vgimg.Canvas, k stroke) {
	back := textWidth(k.text, k.size, k.bold) * k.anchor
	glyphs(k.text, k.size, k.bold, func(outline sfnt.Segments, x, scale float64) {
		to := func(p xfixed.Point26_6) vg.Point {
			right, down := x-back+float64(float64(p.X)*scale), float64(p.Y)*scale
			if k.turned {
				right, down = down, -right
			}
			return s.at(point{k.points[0].x + right, k.points[0].y + down})
		}
		var path vg.Path
		for _, g := range outline {
			switch g.Op {
			case sfnt.SegmentOpMoveTo:
				if len(path) > 0 {
					path.Close()
				}
				path.Move(to(g.Args[0]))
			case sfnt.SegmentOpLineTo:
				path.Line(to(g.Args[0]))
			case sfnt.SegmentOpQuadTo:
				path.QuadTo(to(g.Args[0]), to(g.Args[1]))
			default:
				path.CubeTo(to(g.Args[0]), to(g.Args[1]), to(g.Args[2]))
			}
		}
		if len(path) > 0 {
			path.Close()
			c.Fill(path)
		}
	})
}

func pixel(x float64) int { return int(math.Round(snap(x) * density)) }

// at turns a place into that of a canvas, whose origin is in the lower left corner. It stays off by a little from where
// the canvas rounds, which happens after sums that may differ in their last bits between processors.
func (s *scene) at(p point) vg.Point {
	const off = 1. / 4096
	height := math.Ceil(s.h*density) / density
	return vg.Point{X: vg.Length((snap(p.x) + off) * pointsInPixel), Y: vg.Length((height - snap(p.y) - off) * pointsInPixel)}
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
