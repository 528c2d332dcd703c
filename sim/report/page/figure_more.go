package page

import (
	"fmt"
	"math"
	"slices"

	"murmur/sim/measure"
)

// transferFigure draws a matrix of gains in points, sources down and perturbations across, for figures/: the page has it
// as a table.
func (p *page) transferFigure(k int, m measure.Transfer) *figure {
	a := measure.Arm{Arm: m.Arm, Rule: m.Rule, Variant: m.Variant, Training: m.Training}
	f := &figure{Name: "transfer-" + twoDigits(k) + "-" + slug(label(&a)), Title: "Gain over no noise in points: " + label(&a),
		data: [][]string{{"source", "perturbation", "gain", "lo", "hi", "matched"}}}
	const wide, high, head = 58.0, 26.0, 150.0
	var names float64
	for _, s := range m.Sources {
		names = max(names, textWidth(say(s), 12, false))
	}
	x0 := names + 20
	d := &scene{w: x0 + wide*float64(len(m.Perturbations)) + 12, h: head + high*float64(len(m.Sources)) + 30}
	d.letters(text, 14, 0, point{8, 18}, f.Title)
	d.bold()
	for j, name := range m.Perturbations {
		d.letters(soft, 12, 0, point{x0 + wide*(float64(j)+.5) + 4, head - 8}, say(name))
		d.turn()
	}
	for i, row := range m.Gains {
		y := head + high*float64(i)
		d.letters(text, 12, 1, point{x0 - 8, y + 17}, say(m.Sources[i]))
		for j, c := range row {
			x := x0 + wide*float64(j)
			k, strength := good, math.Min(math.Abs(c.Mean)/.3, 1)*.5
			if c.Mean < 0 {
				k = bad
			}
			if strength > 0 {
				d.box(k, strength, x+1, y+1, wide-2, high-2)
			}
			s := signed(c.Mean)
			switch mark(&c.Paired) {
			case "better":
				s += " ▲"
			case "worse":
				s += " ▼"
			}
			d.letters(text, 11, .5, point{x + wide/2, y + 17}, s)
			if c.Matched {
				d.line(text, 1.5, nil, point{x + 1, y + 1}, point{x + wide - 1, y + 1}, point{x + wide - 1, y + high - 1}, point{x + 1, y + high - 1}, point{x + 1, y + 1})
			}
			f.data = append(f.data, []string{m.Sources[i], m.Perturbations[j], csvNumber(c.Mean), csvNumber(c.Lo), csvNumber(c.Hi), fmt.Sprint(c.Matched)})
		}
	}
	d.letters(soft, 11, 0, point{8, d.h - 9}, "▲ better, ▼ worse than no noise, intervals for all cells together; framed: the source itself")
	f.Panels = []panel{newPanel(d, f.Title, "")}
	return f
}

// coverage draws accuracy against coverage: what an arm could do if it answered only where it is surest.
func (p *page) coverage() *figure {
	f := &figure{Name: "coverage", Title: "Accuracy when only the surest images are answered",
		Note: "On clean images, of the first seed. To the right everything is answered; a line that rises steeply to the left knows what it does not know.",
		data: [][]string{{"arm", "source", "coverage", "accuracy"}}}
	lines := func(s source) *chart {
		c := &chart{title: "learned from " + s.String(), w: 460, h: 280, labels: 150}
		var all []float64
		arms := armsOf(p.result, s)
		styles := looks(arms)
		for i, a := range arms {
			if a.Abstaining == nil || a.Source == "" && a.Arm.Arm != "none" {
				continue
			}
			l := series{name: label(a.Arm), look: styles[i], joined: true}
			for _, q := range a.Abstaining.Points {
				l.x, l.y = append(l.x, q.Coverage), append(l.y, q.Accuracy)
				all = append(all, q.Accuracy)
				f.data = append(f.data, []string{label(a.Arm), a.Source, csvNumber(q.Coverage), csvNumber(q.Accuracy)})
			}
			if len(l.x) > 1 {
				c.series = append(c.series, l)
			}
		}
		c.x = at("share of images answered", inPercent, 0, .2, .4, .6, .8, 1)
		c.y = linear("", 5, inPercent, all...)
		return c
	}
	return p.eachSource(f, lines)
}

// eachSource makes a figure of a chart for each of the first sources, or of the arms without one where there are none.
func (p *page) eachSource(f *figure, draw func(source) *chart) *figure {
	list := p.sources[:min(len(p.sources), mostSources)]
	var scenes []*scene
	for _, s := range list {
		if c := draw(s); len(c.series) > 0 {
			d := c.scene()
			scenes = append(scenes, d)
			f.Panels = append(f.Panels, newPanel(d, c.alt("accuracy"), ""))
		}
	}
	if len(scenes) == 0 {
		return nil
	}
	f.whole = tile(f.Title, 2, scenes)
	return f
}

// certified draws certified accuracy against the radius.
func (p *page) certified() *figure {
	f := &figure{Name: "certified", Title: "Certified accuracy by randomised smoothing at the input",
		Note: "The share of images whose class is right and provably stays so under every change of that length (L2, in pixel values), up to the stated error probability. " +
			"It speaks of the smoothed classifier, the vote under Gaussian noise on the image, not of the deployed decision.",
		data: [][]string{{"arm", "source", "sigma", "radius", "accuracy"}}}
	var sigmas []float64
	for _, a := range p.result.Arms {
		for _, c := range a.Certificates {
			if !slices.Contains(sigmas, c.Sigma) {
				sigmas = append(sigmas, c.Sigma)
			}
		}
	}
	slices.Sort(sigmas)
	var scenes []*scene
	for _, sigma := range sigmas {
		c := &chart{title: "noise on the image σ = " + number(sigma), w: 460, h: 280, labels: 150}
		var arms []indexed
		for i := range p.result.Arms {
			if a := &p.result.Arms[i]; len(a.Certificates) > 0 && len(arms) < 12 {
				arms = append(arms, indexed{a, i})
			}
		}
		styles := looks(arms)
		xs, ys := []float64{0}, []float64{0}
		for i, a := range arms {
			for _, cert := range a.Certificates {
				if cert.Sigma != sigma {
					continue
				}
				l := series{name: label(a.Arm), look: styles[i], joined: true}
				for _, q := range cert.Points {
					l.x, l.y = append(l.x, q.Radius), append(l.y, q.Accuracy)
					f.data = append(f.data, []string{label(a.Arm), a.Source, csvNumber(sigma), csvNumber(q.Radius), csvNumber(q.Accuracy)})
				}
				xs, ys = append(xs, l.x...), append(ys, l.y...)
				c.series = append(c.series, l)
			}
		}
		c.x, c.y = linear("radius", 6, short, xs...), linear("", 5, inPercent, ys...)
		d := c.scene()
		scenes = append(scenes, d)
		f.Panels = append(f.Panels, newPanel(d, c.alt("certified accuracy"), ""))
	}
	if len(scenes) == 0 {
		return nil
	}
	f.whole = tile(f.Title, 2, scenes)
	return f
}
