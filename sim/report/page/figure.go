package page

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html/template"

	"golang.org/x/sync/errgroup"
)

// figure is a figure of the page: what it shows there, and the drawing and the numbers behind it in figures/.
type figure struct {
	Name   string // of its files, without the ending
	Title  string
	Note   string // below it: what to look for, and how it was made
	Panels []panel
	whole  *scene     // of figures/; nil takes the only panel
	data   [][]string // lines of the CSV, the head first
}

// panel is a part of a figure.
type panel struct {
	SVG     template.HTML
	Caption string
	scene   *scene
}

// newPanel draws a scene for the page; alt is what it shows, for who cannot see it.
func newPanel(s *scene, alt, caption string) panel {
	return panel{template.HTML(s.svg(alt)), caption, s} // svg escapes what it is given
}

// files draws every figure, two files and its data each. One that cannot be drawn is noted.
func (p *page) files() (list []File) {
	drawn := make([][]File, len(p.figures))
	errs := make([]error, len(p.figures))
	var g errgroup.Group
	for i, f := range p.figures {
		g.Go(func() (_ error) {
			defer caught(&errs[i])
			drawn[i], errs[i] = f.files()
			return nil
		})
	}
	g.Wait() // nobody returns an error
	for i, err := range errs {
		if list = append(list, drawn[i]...); err != nil {
			p.lost = append(p.lost, fmt.Errorf("page: figure %s: %w", p.figures[i].Name, err))
		}
	}
	return list
}

func (f *figure) files() ([]File, error) {
	whole := f.whole
	if whole == nil {
		whole = f.Panels[0].scene
	}
	data, err := whole.png()
	if err != nil {
		return nil, err
	}
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(f.data); err != nil {
		return nil, err
	}
	name := "figures/" + f.Name
	return []File{{name + ".svg", whole.svgFile(f.Title)}, {name + ".png", data}, {name + ".csv", table.Bytes()}}, nil
}

// add keeps a figure for figures/ and returns it, for the page.
func (p *page) add(f *figure) *figure {
	if f == nil || len(f.Panels) == 0 {
		return nil
	}
	for _, other := range p.figures {
		if other.Name == f.Name {
			panic("page: a second figure " + f.Name)
		}
	}
	p.figures = append(p.figures, f)
	return f
}

// slug makes a name of a file of a name: what is no letter, digit or dot becomes a dash.
func slug(name string) string {
	b := []byte(name)
	for i, c := range b {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.') {
			b[i] = '-'
		}
	}
	return string(b)
}

// slugOf names a source in a file, apart from all others of a result.
func (p *page) slugOf(s source) string {
	name := slug(s.name)
	for _, other := range p.sources {
		if other != s && other.name == s.name {
			return slug(fmt.Sprintf("%s-%s-%d", s.name, number(s.strength), s.images))
		}
	}
	return name
}
