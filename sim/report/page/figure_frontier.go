package page

import (
	"fmt"

	"murmur/sim/measure"
)

// frontier draws recovered gain against noise couplings a unit: what locality costs.
func (p *page) frontier() *figure {
	f := &figure{Name: "frontier", Title: "What locality costs: gain against noise couplings a unit",
		Note: "Recovered gain: 1 is what a central controller that sees every unit gains under the change it learned from, 0 is no noise. Bars are 95 % intervals. To the left is cheaper, up is better.",
		data: [][]string{{"source", "source_strength", "arm", "couplings_per_unit", "recovered", "lo", "hi"}}}
	var scenes []*scene
	for _, s := range p.sources {
		c := &chart{title: "learned from " + s.String(), w: 460, h: 300, labels: 0}
		arms := armsOf(p.result, s)
		styles := looks(arms)
		var xs []float64
		ys := []float64{0, 1}
		families := map[string]int{} // of a rule, the line of its variants
		for i, a := range arms {
			g := p.recovered(a.Arm)
			if g == nil || g.Mean == nil || g.Lo == nil || g.Hi == nil || a.NoiseCouplings == nil || *a.NoiseCouplings == 0 || p.result.Network.Units == 0 {
				continue
			}
			x := float64(*a.NoiseCouplings) / float64(p.units())
			f.data = append(f.data, []string{a.Source, csvPointer(a.SourceStrength), label(a.Arm), fmt.Sprintf("%.4f", x), csvPointer(g.Mean), csvPointer(g.Lo), csvPointer(g.Hi)})
			xs, ys = append(xs, x), append(ys, *g.Mean, *g.Lo, *g.Hi)
			c.series = append(c.series, series{name: label(a.Arm), look: styles[i], x: []float64{x}, y: []float64{*g.Mean}, lo: []float64{*g.Lo}, hi: []float64{*g.Hi}, dots: true})
			if a.Rule != "" && a.Training == "" {
				k, ok := families[a.Rule]
				if !ok {
					k = len(c.series)
					families[a.Rule] = k
					c.series = append(c.series, series{look: look{styles[i].ink, nil, 1, 0}, joined: true})
				}
				c.series[k].x, c.series[k].y = append(c.series[k].x, x), append(c.series[k].y, *g.Mean)
			}
		}
		if len(xs) < 2 {
			continue
		}
		c.x = logarithmic("noise couplings a unit", false, xs...)
		c.y = linear("recovered gain", 6, short, ys...)
		one := 1.0
		c.level = &one
		c.annotate()
		drawn := c.scene()
		scenes = append(scenes, drawn)
		f.Panels = append(f.Panels, newPanel(drawn, c.alt("recovered gain"), ""))
	}
	if len(scenes) == 0 {
		return nil
	}
	f.whole = tile(f.Title, 2, scenes)
	return f
}

// annotate writes the names of single points beside them, above one another where they would meet.
func (c *chart) annotate() {
	type placed struct{ x, y float64 }
	var taken []placed
	tall := 15 / (c.h - top - bottom)
	for _, l := range c.series {
		if l.name == "" || len(l.x) != 1 {
			continue
		}
		at := placed{c.x.place(l.x[0]), c.y.place(l.y[0])}
		wide := (textWidth(l.name, 11, false) + 10) / (c.w - left - right)
		n := note{ink: text, text: l.name, x: l.x[0], y: l.y[0]}
		for moved := true; moved; {
			moved = false
			for _, t := range taken {
				if at.x < t.x+wide && t.x < at.x+wide && at.y < t.y+tall && t.y < at.y+tall {
					at.y = t.y + tall + 1e-6
					moved = true
				}
			}
		}
		taken = append(taken, at)
		n.y = c.y.lo + at.y*(c.y.hi-c.y.lo)
		c.notes = append(c.notes, n)
	}
}

// recovered returns the recovered gain of an arm, or nil.
func (p *page) recovered(a *measure.Arm) *measure.RecoveredGain {
	for i := range p.result.Summary.RecoveredGain {
		if g := &p.result.Summary.RecoveredGain[i]; g.Of(a) {
			return g
		}
	}
	return nil
}

// units is how many units make noise: those of the arms' couplings, where they are there, or of the whole network.
func (p *page) units() int {
	for i := range p.result.Arms {
		if c := p.run.couplingsOf(i); c != nil {
			return c.units
		}
	}
	return p.result.Network.Units
}
