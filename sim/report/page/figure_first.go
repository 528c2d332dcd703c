package page

import (
	"fmt"
	"image"
	"math"
	"slices"

	"murmur/neuron/random"
	"murmur/sim/measure"
)

// first draws the result for who has never heard of correlated noise: what was done to the pictures, what the units'
// noise looks like, and what came out.
func (p *page) first() *figure {
	if len(p.sources) == 0 {
		return nil
	}
	s := p.sources[0]
	f := &figure{Name: "result", Title: "The result in a picture", data: [][]string{{"panel", "series", "x", "y", "lo", "hi"}}}
	var drawn []*scene
	for _, part := range []func(*figure, source) *scene{p.done, p.noise, p.cameOut} {
		if d := part(f, s); d != nil {
			drawn = append(drawn, d)
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	f.whole = tile(p.result.Scenario+": noise learned from "+s.String(), 3, drawn)
	return f
}

// side and tall are the size of a panel of the first figure.
const side, tall = 340, 250

// done shows test images before and after.
func (p *page) done(f *figure, s source) *scene {
	var clean, changed *measure.Example
	for i := range p.result.Summary.Examples {
		switch e := &p.result.Summary.Examples[i]; {
		case e.Perturbation == "clean":
			clean = e
		case e.Perturbation == s.name && e.Strength == s.strength && e.Attacked == "":
			changed = e
		}
	}
	if clean == nil || changed == nil {
		return nil
	}
	before, after := p.pictures(clean), p.pictures(changed)
	n := min(len(before), len(after), 3)
	if n == 0 {
		return nil
	}
	d := &scene{w: side, h: tall}
	d.letters(text, 14, 0, point{4, 16}, "1  What was done to the pictures")
	d.bold()
	const edge, step = 88, 108
	for i := range n {
		x := 16 + float64(i)*step
		d.picture(before[i], x, 30, edge, edge)
		d.line(soft, 1.5, nil, point{x + edge/2, 124}, point{x + edge/2, 138})
		d.area(soft, 0, point{x + edge/2 - 4, 137}, point{x + edge/2 + 4, 137}, point{x + edge/2, 144})
		d.picture(after[i], x, 150, edge, edge)
	}
	alt := fmt.Sprintf("%d test images as they are, and below them the same images %s", n, p.sized(s))
	f.Panels = append(f.Panels, newPanel(d, alt, "Test images as they are and, below, "+p.sized(s)+". Nobody tells the network which is which."))
	return d
}

// sized says what a source does, such as turned by 40°.
func (p *page) sized(s source) string {
	for i := range p.result.Arms {
		if c := matched(&p.result.Arms[i], s); c != nil {
			return changed(*c)
		}
	}
	return "under " + s.String()
}

// changed says how images are that a perturbation changed.
func changed(c measure.Cell) string {
	switch c.Perturbation {
	case "rotate":
		return "turned by " + size(c)
	case "translate":
		return "shifted by " + size(c)
	}
	return "under " + say(c.Perturbation) + " of " + size(c)
}

// pictures are the images of an example, dark on light.
func (p *page) pictures(e *measure.Example) (list []image.Image) {
	a := p.run.array(examplesArchive, e.Array)
	w, h := p.result.Data.Width, p.result.Data.Height
	if a == nil || len(a.Shape) != 2 || w*h == 0 || a.Shape[1] != w*h {
		return nil
	}
	pixels, ok := a.Data.([]uint8)
	if !ok {
		return nil
	}
	for one := range slices.Chunk(pixels, w*h) {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for i, v := range one {
			m.Pix[i] = 255 - v
		}
		list = append(list, m)
	}
	return list
}

// noise shows the noise of two units at many moments, of an arm whose units are on their own and of the best that
// learned structure. The two units are, of the latter, the one with the most noise and that which shares most with it.
func (p *page) noise(f *figure, s source) *scene {
	b := best(p.result, s)
	if b == nil {
		b = kindOf(p.result, s, "oracle")
	}
	if b == nil {
		return nil
	}
	c := p.run.couplingsOf(slices.IndexFunc(p.result.Arms, func(a measure.Arm) bool { return label(&a) == label(b) && sourceOf(&a) == s }))
	if c == nil {
		return nil
	}
	rho := c.shared()
	d := &scene{w: side, h: tall}
	d.letters(text, 14, 0, point{4, 16}, "2  What the noise of two units looks like")
	d.bold()
	for k, with := range []float64{0, rho} {
		name, look := "each on its own", ink(soft)
		if k == 1 {
			name, look = "with learned structure", "blue3"
		}
		cloud(d, f, 10+float64(k)*168, with, name, look)
	}
	alt := fmt.Sprintf("Two clouds of dots, each dot the noise of two units at a moment. Without structure the cloud is round. With learned structure it is stretched: correlation %s", fixed(rho, 2))
	f.Panels = append(f.Panels, newPanel(d, alt, fmt.Sprintf("Each dot is a moment: how far noise pushes one unit (across) and another (up). On their own, units flicker independently. "+
		"In the network that learned (%s), these two flicker together, as they do when pictures change: correlation %s.", label(b), fixed(rho, 2))))
	return d
}

// cloud draws the noise of two units of a correlation.
func cloud(d *scene, f *figure, x, rho float64, name string, k ink) {
	const edge, moments = 152, 140
	y := 30.0
	d.line(rule, 1, nil, point{x, y}, point{x + edge, y}, point{x + edge, y + edge}, point{x, y + edge}, point{x, y})
	d.line(rule, 1, nil, point{x + edge/2, y}, point{x + edge/2, y + edge})
	d.line(rule, 1, nil, point{x, y + edge/2}, point{x + edge, y + edge/2})
	z := make([]float32, 2*moments)
	random.Key{Seed: 1, Purpose: random.Weights, Unit: 1}.Normals(z, 0, 0, 0)
	for i := range moments {
		a := float64(z[i])
		b := float64(rho*a) + float64(math.Sqrt(1-float64(rho*rho))*float64(z[moments+i]))
		f.data = append(f.data, []string{"noise of two units", name, fmt.Sprintf("%.4f", a), fmt.Sprintf("%.4f", b), "", ""})
		if math.Abs(a) < 3 && math.Abs(b) < 3 {
			d.disc(k, point{x + edge*(.5+a/6.2), y + edge*(.5-b/6.2)}, 1.8)
		}
	}
	d.letters(text, 12, .5, point{x + edge/2, y + edge + 18}, name)
	d.letters(soft, 11, .5, point{x + edge/2, y + edge + 34}, "correlation "+fixed(rho, 2))
}

// shared is the strongest correlation, up to .999, of the unit that has the most noise with another.
func (c *couplings) shared() float64 {
	variances := c.variances()
	unit := largest(variances)
	x, y := make([]float64, c.units), make([]float64, c.units)
	x[unit] = 1
	c.times(y, x)
	var most float64
	for j, v := range y {
		if j != unit && variances[j] > 0 {
			most = max(most, v/math.Sqrt(float64(variances[unit]*variances[j])))
		}
	}
	return min(most, .999)
}

// cameOut shows how often the arms are right, on images as they are and changed.
func (p *page) cameOut(f *figure, s source) *scene {
	type bar struct {
		name string
		arm  *measure.Arm
		ink  ink
	}
	var bars []bar
	none := p.none()
	add := func(name string, a *measure.Arm, k ink) {
		if a != nil && matched(a, s) != nil {
			bars = append(bars, bar{name, a, k})
		}
	}
	control := kindOf(p.result, s, "diagonal")
	if control == nil {
		control = kindOf(p.result, s, "identity")
	}
	add("no noise", none, text)
	add("noise, no structure", control, soft)
	add("structure by local rules", best(p.result, s), "blue3")
	add("structure by a controller", kindOf(p.result, s, "oracle"), "purple")
	if len(bars) < 2 {
		return nil
	}
	d := &scene{w: side, h: tall}
	d.letters(text, 14, 0, point{4, 16}, "3  What came out: answers that are right")
	d.bold()
	const x0, wide, thick = 158.0, 132.0, 15.0
	alt := "Bars of how often answers are right."
	for g, group := range []string{"pictures as they are", "pictures " + p.sized(s)} {
		y := 36 + float64(g)*108
		d.letters(soft, 12, 0, point{4, y + 4}, group)
		alt += " " + group + ":"
		for i, b := range bars {
			e := b.arm.Clean
			if g == 1 {
				e = matched(b.arm, s).Accuracy
			}
			top := y + 12 + float64(i)*(thick+5)
			d.letters(text, 12, 0, point{4, top + 12}, b.name)
			d.box(rule, .6, x0, top, wide, thick)
			d.box(b.ink, 0, x0, top, wide*e.Mean, thick)
			d.line(paper, 3, nil, point{x0 + wide*e.Lo, top + thick/2}, point{x0 + wide*e.Hi, top + thick/2})
			d.line(text, 1, nil, point{x0 + wide*e.Lo, top + thick/2}, point{x0 + wide*e.Hi, top + thick/2})
			d.letters(text, 12, 0, point{x0 + wide + 6, top + 12}, percent(e.Mean)+" %")
			f.data = append(f.data, []string{"right answers, " + group, label(b.arm), "", csvNumber(e.Mean), csvNumber(e.Lo), csvNumber(e.Hi)})
			alt += fmt.Sprintf(" %s %s %%.", b.name, percent(e.Mean))
		}
	}
	note := "Thin lines are 95 % intervals."
	if n := p.result.Data.Classes; n > 0 {
		note += fmt.Sprintf(" A guess would be right in %s %%.", percent(1/float64(n)))
	}
	f.Panels = append(f.Panels, newPanel(d, alt, note))
	return d
}

// none is the arm without noise, or nil.
func (p *page) none() *measure.Arm {
	for i := range p.result.Arms {
		if a := &p.result.Arms[i]; a.Arm == "none" && a.Training == "" {
			return a
		}
	}
	return nil
}
