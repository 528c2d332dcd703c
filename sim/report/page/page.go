package page

import (
	"embed"
	"fmt"
	"html/template"
	"strings"

	"murmur/sim/measure"
)

// How much a page shows before it says that the rest is in result.json.
const (
	mostSources = 4  // with charts and maps of their own
	mostArms    = 60 // in tables of all arms
)

//go:embed *.gohtml page.css
var assets embed.FS

var templates = template.Must(template.New("").ParseFS(assets, "*.gohtml"))

// page is what the template shows.
type page struct {
	run     Run
	result  *measure.Result
	sources []source
	figures []*figure // of figures/, in the order of the page
	lost    []error   // what could not be made

	Title, Subtitle, Sentence, Footer string
	Belief                            belief
	First                             *figure
	Sections                          []section
}

// section is a chapter of the page. It can be folded; those that are not open are until they are asked for.
type section struct {
	ID, Title, Lead string
	Blocks          []block
	Open, Appendix  bool
}

// block is a figure, a table, a list of pictures or text; the others are nil or empty.
type block struct {
	Figure  *figure
	Table   *table
	Strips  []strip
	Title   string
	Text    string
	Pre     string
	PreName string // what Pre is, for who cannot see it
}

// CSS is the style of every page.
func (p *page) CSS() template.CSS { return style }

var style = func() template.CSS {
	css, err := assets.ReadFile("page.css")
	if err != nil {
		panic("page: " + err.Error()) // it is embedded
	}
	return template.CSS(inkCSS() + string(css))
}()

func newPage(r Run) *page {
	r = r.escaped()
	p := &page{run: r, result: r.Result, sources: sources(r.Result)}
	p.Title, p.Subtitle = r.Result.Scenario, p.subtitle()
	p.Footer = "Every figure is in the folder figures/, as SVG and PNG with its data as CSV. All numbers are in result.json."
	p.Sentence = r.Result.Summary.Sentence
	p.part("how far to believe it", func() { p.Belief = p.believe() })
	p.part("the first figure", func() { p.First = p.draw("the first figure", p.first) })
	p.part("accuracy", p.accuracySection)
	p.part("curves", p.curvesSection)
	p.part("covariance", p.covarianceSection)
	p.part("transfer", p.transferSection)
	p.part("price", func() {
		p.section("price", "What locality costs", "A unit that hears more others can shape its noise better, and costs more.", figureBlock(p.draw("frontier", p.frontier)))
	})
	p.part("attacks", p.attackSection)
	p.part("paper", p.paperSection)
	p.part("examples", p.examplesSection)
	p.part("checks", p.checksSection)
	main := len(p.Sections)
	p.part("strengths", p.strengthsSection)
	p.part("numbers", p.numbersSection)
	p.part("repeat", p.repeatSection)
	for i := range p.Sections {
		p.Sections[i].Open, p.Sections[i].Appendix = i == 0, i >= main
	}
	return p
}

// part makes a part of the page. What goes wrong in it costs that part, with its figures, and is noted.
func (p *page) part(name string, do func()) {
	figures, sections := len(p.figures), len(p.Sections)
	if err := guarded(do); err != nil {
		p.figures, p.Sections = p.figures[:figures], p.Sections[:sections]
		p.lost = append(p.lost, fmt.Errorf("page: %s: %w", name, err))
	}
}

// draw makes a figure and keeps it. What goes wrong costs that figure and is noted.
func (p *page) draw(name string, do func() *figure) (f *figure) {
	if err := guarded(func() { f = p.add(do()) }); err != nil {
		p.lost = append(p.lost, fmt.Errorf("page: figure %s: %w", name, err))
		return nil
	}
	return f
}

// guarded turns a panic into an error.
func guarded(do func()) (err error) {
	defer caught(&err)
	do()
	return nil
}

// Appendix tells whether a section is the first of the appendix.
func (p *page) Appendix(i int) bool {
	return p.Sections[i].Appendix && (i == 0 || !p.Sections[i-1].Appendix)
}

// section adds a section of the blocks that there are; without any it is left out.
func (p *page) section(id, title, lead string, blocks ...block) {
	var there []block
	content := false
	for _, b := range blocks {
		if b.Figure != nil || b.Table != nil || len(b.Strips) > 0 || b.Pre != "" {
			there, content = append(there, b), true
		} else if b.Text != "" {
			there = append(there, b)
		}
	}
	if content {
		p.Sections = append(p.Sections, section{ID: id, Title: title, Lead: lead, Blocks: there})
	}
}

func figureBlock(f *figure) block { return block{Figure: f} }

func tableBlock(t *table) block {
	if t == nil || len(t.Groups) == 0 {
		return block{}
	}
	return block{Table: t}
}

func (p *page) subtitle() string {
	r := p.result
	seeds := fmt.Sprintf("seed %d", r.Seed)
	n := 0
	for i := range r.Arms {
		n = max(n, r.Arms[i].Clean.Seeds)
	}
	if n > 1 {
		seeds = fmt.Sprintf("%d seeds from %d on", n, r.Seed)
	}
	parts := []string{}
	if r.Size != "" {
		parts = append(parts, "size "+r.Size)
	}
	if r.Data.Set != "" {
		parts = append(parts, r.Data.Set)
	}
	return strings.Join(append(parts, count(r.Data.Train)+" training images", count(r.Data.Test)+" test images", count(r.Network.Units)+" units", seeds), " · ")
}
