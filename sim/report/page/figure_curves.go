package page

import (
	"fmt"
	"strings"

	"murmur/sim/measure"
)

// curves draws accuracy against strength for the arms of a source, a chart for each modification.
func (p *page) curves(s source) *figure {
	arms := armsOf(p.result, s)
	f := &figure{Name: "accuracy-" + p.slugOf(s), Title: "Accuracy against strength, noise learned from " + s.String(),
		Note: "Strength 0 is the unmodified images. Bars are 95 % intervals. Every chart has a scale of its own."}
	f.data = append(f.data, cellHead)
	styles := looks(arms)
	var scenes []*scene
	for _, group := range perturbations(p.result) {
		if adversarial(group[0]) || len(group) < 2 {
			continue
		}
		c := &chart{title: say(group[0].Perturbation), w: 280, h: 220}
		if group[0].Perturbation == s.name {
			c.title += " (what it learned from)"
		}
		var all []float64 // ends of intervals
		places := []float64{0}
		for _, l := range group {
			places = append(places, l.Strength)
		}
		c.x = at("strength", short, places...)
		for i, a := range arms {
			l := series{name: label(a.Arm), look: styles[i], joined: true, dots: true,
				x: []float64{0}, y: []float64{a.Clean.Mean}, lo: []float64{a.Clean.Lo}, hi: []float64{a.Clean.Hi}}
			for _, like := range group {
				if m := find(a.Arm, like); m != nil {
					l.x, l.y = append(l.x, m.Strength), append(l.y, m.Accuracy.Mean)
					l.lo, l.hi = append(l.lo, m.Accuracy.Lo), append(l.hi, m.Accuracy.Hi)
					f.data = append(f.data, cellLine(a.Arm, m))
				}
			}
			if len(l.x) > 1 {
				c.series = append(c.series, l)
				all = append(append(all, l.lo...), l.hi...)
			}
		}
		if len(c.series) == 0 {
			continue
		}
		c.y = linear("", 6, inPercent, all...)
		drawn := c.scene()
		scenes = append(scenes, drawn)
		f.Panels = append(f.Panels, newPanel(drawn, c.alt("accuracy"), ""))
	}
	if len(scenes) == 0 {
		return nil
	}
	key := p.key(arms, styles)
	f.Panels = append([]panel{newPanel(key, "The lines of the arms: "+names(arms), "")}, f.Panels...)
	f.whole = stack(tile(f.Title, 4, scenes), key)
	return f
}

// key shows the line of every arm beside its name.
func (p *page) key(arms []indexed, styles []look) *scene {
	const line, w, column = 20, 280, 140
	s := &scene{w: w, h: float64(line*((len(arms)+1)/2)) + 28}
	s.letters(soft, 11, 0, point{2, 14}, "lines")
	for i, a := range arms {
		x, y := 2+float64(i%2)*column, 34+float64(i/2)*line
		s.line(styles[i].ink, styles[i].width, styles[i].dash, point{x, y}, point{x + 28, y})
		marker(s, styles[i], point{x + 14, y})
		s.letters(text, 12, 0, point{x + 35, y + 4}, label(a.Arm))
	}
	return s
}

// stack puts one scene below another.
func stack(upper, lower *scene) *scene {
	s := &scene{w: max(upper.w, lower.w), h: upper.h + lower.h + 8}
	s.put(upper, 0, 0)
	s.put(lower, 16, upper.h)
	return s
}

// alt says what a chart shows: its first and last number of every line.
func (c *chart) alt(what string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Chart of %s against %s, %s.", what, c.x.name, c.title)
	for _, l := range c.series {
		if n := len(l.x); n > 0 {
			fmt.Fprintf(&b, " %s: %s at %s, %s at %s.", l.name, c.y.label(l.y[0]), c.x.label(l.x[0]), c.y.label(l.y[n-1]), c.x.label(l.x[n-1]))
		}
	}
	return b.String()
}

func names(arms []indexed) string {
	var list []string
	for _, a := range arms {
		list = append(list, label(a.Arm))
	}
	return strings.Join(list, ", ")
}

// cellHead and cellLine are lines of the CSV of figures made of cells.
var cellHead = []string{"arm", "source", "source_strength", "perturbation", "strength", "value", "unit", "accuracy", "lo", "hi"}

func cellLine(a *measure.Arm, c *measure.Cell) []string {
	return []string{label(a), a.Source, csvPointer(a.SourceStrength), c.Perturbation, csvNumber(c.Strength), csvNumber(c.Value), c.Unit,
		csvNumber(c.Accuracy.Mean), csvNumber(c.Accuracy.Lo), csvNumber(c.Accuracy.Hi)}
}

// security draws accuracy against the budget of every attack.
func (p *page) security() *figure {
	f := &figure{Name: "security", Title: "Accuracy against the attacker's budget",
		Note: "Budget 0 is the images that no one attacked, all of them; attacks were made on a part of the images. The decision that is deployed is the one attacked."}
	f.data = append(f.data, cellHead)
	var scenes []*scene
	for _, group := range perturbations(p.result) {
		if !adversarial(group[0]) {
			continue
		}
		var arms []indexed
		for i := range p.result.Arms {
			if a := &p.result.Arms[i]; find(a, group[0]) != nil && len(arms) < 10 {
				arms = append(arms, indexed{a, i})
			}
		}
		c := &chart{title: say(group[0].Perturbation), w: 460, h: 250, labels: 150, y: linear("", 5, inPercent, 0, 1)}
		places := []float64{0}
		for _, l := range group {
			places = append(places, l.Value)
		}
		c.x = at("budget ε", short, places...)
		styles := looks(arms)
		for i, a := range arms {
			l := series{name: label(a.Arm), look: styles[i], joined: true, dots: true,
				x: []float64{0}, y: []float64{a.Clean.Mean}, lo: []float64{a.Clean.Lo}, hi: []float64{a.Clean.Hi}}
			for _, like := range group {
				if m := find(a.Arm, like); m != nil {
					l.x, l.y = append(l.x, m.Value), append(l.y, m.Accuracy.Mean)
					l.lo, l.hi = append(l.lo, m.Accuracy.Lo), append(l.hi, m.Accuracy.Hi)
					f.data = append(f.data, cellLine(a.Arm, m))
				}
			}
			c.series = append(c.series, l)
		}
		drawn := c.scene()
		scenes = append(scenes, drawn)
		f.Panels = append(f.Panels, newPanel(drawn, c.alt("accuracy"), ""))
	}
	if len(scenes) == 0 || len(scenes) > 12 {
		return nil
	}
	f.whole = tile(f.Title, 2, scenes)
	return f
}
