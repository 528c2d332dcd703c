package page

import "image"

// scene is a drawing of a width and height in pixels, the origin in the upper left corner. Marks are drawn in order.
type scene struct {
	w, h  float64
	marks []stroke
}

// point is a place in a scene.
type point struct{ x, y float64 }

// stroke is a line, an area, a disc, letters or a picture.
type stroke struct {
	kind   kind
	ink    ink
	points []point   // of a line or an area; of letters and discs the place, of a picture two corners
	width  float64   // of a line
	dash   []float64 // of a line; none is solid
	alpha  float64   // of an area; 0 is opaque
	size   float64   // of letters, or the radius of a disc
	text   string
	bold   bool
	anchor float64 // 0: the place is where letters begin, .5: their middle, 1: their end
	turned bool    // letters run upwards
	image  image.Image
	tip    string // said of a mark that is pointed at, on the page
}

type kind uint8

const (
	line kind = iota
	area
	disc
	letters
	picture
)

func (s *scene) line(k ink, width float64, dash []float64, points ...point) {
	s.marks = append(s.marks, stroke{kind: line, ink: k, width: width, dash: dash, points: points})
}

// area fills a polygon; alpha 0 is opaque.
func (s *scene) area(k ink, alpha float64, points ...point) {
	s.marks = append(s.marks, stroke{kind: area, ink: k, alpha: alpha, points: points})
}

func (s *scene) box(k ink, alpha, x, y, w, h float64) {
	s.area(k, alpha, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

func (s *scene) disc(k ink, at point, radius float64) {
	s.marks = append(s.marks, stroke{kind: disc, ink: k, points: []point{at}, size: radius})
}

// letters writes a line of text; anchor is 0 for text that begins at a place, .5 for its middle, 1 for its end. The
// place is on the base line.
func (s *scene) letters(k ink, size, anchor float64, at point, text string) {
	s.marks = append(s.marks, stroke{kind: letters, ink: k, size: size, anchor: anchor, points: []point{at}, text: text})
}

// bold makes the mark last drawn, which is letters, bold.
func (s *scene) bold() { s.marks[len(s.marks)-1].bold = true }

// tip has the mark last drawn say something when it is pointed at.
func (s *scene) tip(text string) { s.marks[len(s.marks)-1].tip = text }

// turn makes the mark last drawn, which is letters, run upwards.
func (s *scene) turn() { s.marks[len(s.marks)-1].turned = true }

// picture shows an image, its pixels as squares.
func (s *scene) picture(m image.Image, x, y, w, h float64) {
	s.marks = append(s.marks, stroke{kind: picture, image: m, points: []point{{x, y}, {x + w, y + h}}})
}

// put draws another scene with its corner at a place.
func (s *scene) put(other *scene, x, y float64) {
	for _, m := range other.marks {
		moved := make([]point, len(m.points))
		for i, p := range m.points {
			moved[i] = point{p.x + x, p.y + y}
		}
		m.points = moved
		s.marks = append(s.marks, m)
	}
}

// tile puts scenes, in places of the size of the largest, on lines of a number of columns, below a title.
func tile(title string, columns int, scenes []*scene) *scene {
	const gap, head = 16, 34
	columns = min(columns, len(scenes))
	var w, h float64
	for _, other := range scenes {
		w, h = max(w, other.w), max(h, other.h)
	}
	rows := (len(scenes) + columns - 1) / columns
	s := &scene{w: max(float64(columns)*(w+gap), textWidth(title, 15, true)+gap) + gap, h: head + float64(rows)*(h+gap)}
	s.letters(text, 15, 0, point{gap, 23}, title)
	s.bold()
	for i, other := range scenes {
		s.put(other, gap+float64(i%columns)*(w+gap), head+float64(i/columns)*(h+gap))
	}
	return s
}
