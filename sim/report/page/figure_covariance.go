package page

import (
	"fmt"

	"golang.org/x/sync/errgroup"
)

// mapped is a covariance to show.
type mapped struct {
	name, note string
	cov        covariance
	map_       [][]float64
	spectrum   []float64 // leading eigenvalues, as shares of the trace
	look       look
}

// covariances draws the correlations of the deviations under a source beside those of the noise that each arm learned,
// and the spectra of both. k is the source's place among the covariances of the summary.
func (p *page) covariances(s source, k int) (maps, spectra *figure, err error) {
	list := p.mapped(s, k)
	if len(list) < 2 {
		return nil, nil, nil
	}
	b := newBlocks(seriate(list[0].cov))
	var g errgroup.Group
	for i := range list {
		g.Go(func() (err error) {
			defer caught(&err)
			m := &list[i]
			m.map_ = m.cov.correlations(b)
			if m.spectrum == nil {
				var trace float64
				for _, v := range m.cov.variances() {
					trace += v
				}
				m.spectrum, _ = leading(m.cov, 24)
				for j := range m.spectrum {
					m.spectrum[j] /= trace
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return p.maps(s, list, b), p.spectra(s, list), nil
}

// mapped lists the deviations of a source, where their covariance is there, and the arms that have couplings.
func (p *page) mapped(s source, k int) (list []mapped) {
	if c := p.run.deviationsOf(k); c != nil {
		m := mapped{name: "deviations", note: "what is to be learned", cov: c, look: look{text, nil, 2.5, 'o'}}
		if k < len(p.result.Summary.Covariances) {
			m.spectrum = p.result.Summary.Covariances[k].Spectrum
		}
		list = append(list, m)
	}
	arms := armsOf(p.result, s)
	styles := looks(arms)
	for i, a := range arms {
		c := p.run.couplingsOf(a.Index)
		if c == nil || a.Source == "" || len(list) > 0 && len(list[0].cov.variances()) != c.units {
			continue
		}
		m := mapped{name: label(a.Arm), cov: c, look: styles[i]}
		if a.Alignment != nil {
			m.note = "alignment " + fixed(*a.Alignment, 2)
		}
		list = append(list, m)
	}
	return list
}

func (p *page) maps(s source, list []mapped, b blocks) *figure {
	f := &figure{Name: "covariance-" + p.slugOf(s), Title: "Correlations of deviations, and of the noise that each arm learned from " + s.String(),
		data: [][]string{{"covariance", "row", "column", "correlation"}}}
	groups := "one unit"
	if n := len(b.of); n > b.n {
		groups = fmt.Sprintf("the mean over pairs of about %s units", number(float64(n/b.n)))
	}
	f.Note = fmt.Sprintf("Each of %d rows and columns stands for %s. Units stand in one order on all maps: by their angle in the plane of the two leading "+
		"eigenvectors of the first map (Friendly 2002), so that units that vary together are neighbours. Blue: they rise and fall together. Orange: one rises as the "+
		"other falls. The colour deepens with the square root. An arm that learned the structure looks like the first map. Alignment, 0 to 1, compares the full "+
		"covariances, over all seeds; the maps are of the first.", b.n, groups)
	var all [][][]float64
	for _, m := range list {
		all = append(all, m.map_)
	}
	most := strongest(all...)
	var scenes []*scene
	for _, m := range list {
		drawn := mapScene(m.map_, most, 204)
		caption := m.name
		if m.note != "" {
			caption += ", " + m.note
		}
		f.Panels = append(f.Panels, newPanel(drawn, "Map of correlations: "+caption, caption))
		framed := &scene{w: 208, h: 226}
		framed.put(drawn, 2, 0)
		framed.letters(text, 12, 0, point{2, 220}, caption)
		scenes = append(scenes, framed)
		for i, row := range m.map_ {
			for j, v := range row[:i+1] {
				f.data = append(f.data, []string{m.name, fmt.Sprint(i), fmt.Sprint(j), fixedPoint(v)})
			}
		}
	}
	scale := scaleScene(most, 300, "correlation")
	f.Panels = append(f.Panels, newPanel(scale, fmt.Sprintf("Scale of colours from %s, orange, to %s, blue", fixed(-most, 2), fixed(most, 2)), ""))
	f.whole = stack(tile(f.Title, 4, scenes), scale)
	return f
}

// fixedPoint is a correlation for a CSV file, to four digits.
func fixedPoint(v float64) string { return fmt.Sprintf("%.4f", v+0) }

func (p *page) spectra(s source, list []mapped) *figure {
	f := &figure{Name: "spectrum-" + p.slugOf(s), Title: "Spectra: how many directions the variance is spread over, learned from " + s.String(),
		Note: "Eigenvalues, largest first, as shares of the whole variance; both axes logarithmic. A line that falls early has few shared directions; private noise of one power is flat. " +
			"Those of the arms are worked out from their couplings by the method of Lanczos.",
		data: [][]string{{"covariance", "rank", "share"}}}
	c := &chart{title: "", w: 640, h: 330, labels: 170}
	var ranks, shares []float64
	for _, m := range list {
		l := series{name: m.name, look: m.look, joined: true, dots: len(m.spectrum) == 1}
		for k, v := range m.spectrum {
			if !(v >= 1e-5) { // where nothing varies there are no shares
				break
			}
			l.x, l.y = append(l.x, float64(k+1)), append(l.y, v)
			f.data = append(f.data, []string{m.name, fmt.Sprint(k + 1), fmt.Sprintf("%.6f", v)})
		}
		if len(l.x) > 0 {
			c.series = append(c.series, l)
			ranks, shares = append(ranks, l.x...), append(shares, l.y...)
		}
	}
	if len(c.series) == 0 {
		return nil
	}
	c.x = logarithmic("rank", true, append(ranks, 1)...)
	c.y = logarithmic("share of the variance", false, shares...)
	f.Panels = []panel{newPanel(c.scene(), c.alt("the share of the variance"), "")}
	return f
}
