package page

import (
	"fmt"
	"math"
	"slices"
)

// chart is lines and marks over two axes.
type chart struct {
	title  string
	w, h   float64
	x, y   axis
	series []series
	labels float64 // room for the names of lines on the right, at least; 0 for none
	notes  []note
	level  *float64 // a number on the y axis to mark with a line
}

// series is a line. An interval is drawn where lo and hi are given.
type series struct {
	name   string
	look   look
	x, y   []float64
	lo, hi []float64
	dots   bool // a mark at every point
	joined bool
	apart  []bool // no line leads to this point; nil for none of them
}

// note is text beside a place of a chart, before it if it has no room behind.
type note struct {
	ink  ink
	x, y float64
	text string
}

// look is how a line is drawn.
type look struct {
	ink    ink
	dash   []float64
	width  float64
	marker byte // o, s, d or t: a disc, a square, a diamond, a triangle
}

// margins of a chart.
const (
	left, right = 46, 12
	top, bottom = 28, 38
)

func (c *chart) scene() *scene {
	if c.labels > 0 { // the page is as wide as the longest name needs
		for _, l := range c.series {
			if more := textWidth(l.name, 11, false) + 42 - c.labels; more > 0 {
				c.labels, c.w = c.labels+more, c.w+more
			}
		}
	}
	s := &scene{w: c.w, h: c.h}
	x0, x1 := float64(left), c.w-right-c.labels
	y0, y1 := c.h-bottom, float64(top)
	to := func(x, y float64) point {
		return point{x0 + c.x.place(x)*(x1-x0), y0 + min(max(c.y.place(y), -.02), 1.02)*(y1-y0)}
	}
	s.letters(text, 13, 0, point{2, 15}, c.title)
	s.bold()
	for _, t := range c.y.ticks {
		p := to(c.x.lo, t)
		s.line(rule, 1, nil, point{x0, p.y}, point{x1, p.y})
		s.letters(soft, 11, 1, point{x0 - 6, p.y + 4}, c.y.label(t))
	}
	last := math.Inf(-1)
	for _, t := range c.x.ticks {
		p := to(t, c.y.lo)
		label := c.x.label(t)
		width := textWidth(label, 11, false)
		s.line(soft, 1, nil, point{p.x, y0}, point{p.x, y0 + 4})
		if p.x-width/2 > last+3 {
			s.letters(soft, 11, .5, point{p.x, y0 + 16}, label)
			last = p.x + width/2
		}
	}
	s.line(soft, 1, nil, point{x0, y0}, point{x1, y0})
	s.letters(soft, 11, .5, point{(x0 + x1) / 2, y0 + 32}, c.x.name)
	if c.y.name != "" {
		s.letters(soft, 11, .5, point{11, (y0 + y1) / 2}, c.y.name)
		s.turn()
	}
	if c.level != nil {
		s.line(soft, 1, []float64{2, 3}, to(c.x.lo, *c.level), to(c.x.hi, *c.level))
	}
	for _, l := range c.series {
		l.draw(s, to, c.tip)
	}
	for _, n := range c.notes {
		p := to(n.x, n.y)
		if p.x+7+textWidth(n.text, 11, false) > c.w {
			s.letters(n.ink, 11, 1, point{p.x - 7, p.y + 4}, n.text)
		} else {
			s.letters(n.ink, 11, 0, point{p.x + 7, p.y + 4}, n.text)
		}
	}
	if c.labels > 0 {
		c.name(s, x1, y1, y0, to)
	}
	return s
}

// tip says a point of a line in numbers.
func (c *chart) tip(l *series, i int) string {
	said := fmt.Sprintf("%s: %s at %s %s", l.name, c.y.label(l.y[i]), c.x.name, c.x.label(l.x[i]))
	if i < len(l.lo) {
		said += fmt.Sprintf(", 95 %% interval %s to %s", c.y.label(l.lo[i]), c.y.label(l.hi[i]))
	}
	return said
}

func (l *series) draw(s *scene, to func(x, y float64) point, tip func(*series, int) string) {
	var points []point
	for i, x := range l.x {
		points = append(points, to(x, l.y[i]))
	}
	for i := range l.lo {
		a, b := to(l.x[i], l.lo[i]), to(l.x[i], l.hi[i])
		s.line(l.look.ink, 1, nil, a, b)
	}
	from := 0
	for i := 1; i <= len(points) && l.joined; i++ {
		if i < len(points) && (l.apart == nil || !l.apart[i]) {
			continue
		}
		if i-from > 1 {
			s.line(l.look.ink, l.look.width, l.look.dash, points[from:i]...)
		}
		from = i
	}
	if l.dots {
		for i, p := range points {
			marker(s, l.look, p)
			s.tip(tip(l, i))
		}
	}
}

// marker draws the marker of a look.
func marker(s *scene, l look, p point) {
	const r = 3.2
	switch l.marker {
	case 's':
		s.box(l.ink, 0, p.x-r+.4, p.y-r+.4, 2*r-.8, 2*r-.8)
	case 'd':
		s.area(l.ink, 0, point{p.x, p.y - r - .8}, point{p.x + r + .8, p.y}, point{p.x, p.y + r + .8}, point{p.x - r - .8, p.y})
	case 't':
		s.area(l.ink, 0, point{p.x, p.y - r - .6}, point{p.x + r + .4, p.y + r - .4}, point{p.x - r - .4, p.y + r - .4})
	default:
		s.disc(l.ink, p, r)
	}
}

// name writes the names of lines beside their ends, moved apart where they would touch, each with its line drawn before
// it, since not all inks are dark enough for letters.
func (c *chart) name(s *scene, x, upper, lower float64, to func(x, y float64) point) {
	type end struct {
		series *series
		at     point
		y      float64
	}
	var ends []end
	for i := range c.series {
		l := &c.series[i]
		if n := len(l.x); n > 0 && l.name != "" {
			p := to(l.x[n-1], l.y[n-1])
			ends = append(ends, end{l, p, p.y})
		}
	}
	slices.SortStableFunc(ends, func(a, b end) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	const apart = 14
	for i := 1; i < len(ends); i++ {
		ends[i].y = max(ends[i].y, ends[i-1].y+apart)
	}
	if n := len(ends); n > 0 && ends[n-1].y > lower+6 {
		ends[n-1].y = lower + 6
		for i := n - 2; i >= 0; i-- {
			ends[i].y = min(ends[i].y, ends[i+1].y-apart)
		}
	}
	for _, e := range ends {
		s.line(rule, 1, nil, point{e.at.x + 2, e.at.y}, point{max(x-4, e.at.x+2), e.at.y}, point{x + 10, e.y})
		s.line(e.series.look.ink, e.series.look.width, e.series.look.dash, point{x + 12, e.y}, point{x + 30, e.y})
		if e.series.dots {
			marker(s, e.series.look, point{x + 21, e.y})
		}
		s.letters(text, 11, 0, point{x + 35, e.y + 4}, e.series.name)
	}
}
