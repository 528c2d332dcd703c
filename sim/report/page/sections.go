package page

import (
	"fmt"

	"murmur/sim/measure"
)

func (p *page) accuracySection() {
	if len(p.result.Arms) > mostArms {
		p.section("accuracy", "How every arm fared", "", tableBlock(p.atHome()),
			block{Text: fmt.Sprintf("This run has %s arms; their accuracies under everything else are in cells.csv.", count(len(p.result.Arms)))})
		return
	}
	p.section("accuracy", "How every arm fared", "None is the network without noise. Identity, diagonal and shuffled are controls: as much noise, without the structure. "+
		"Imprint and gha learn structure by local rules, from what each unit hears. Oracle computes it centrally, as no network could.", tableBlock(p.atHome()), tableBlock(p.overview()))
}

// strengthsSection is every accuracy that the first tables leave out.
func (p *page) strengthsSection() {
	if len(p.result.Arms) > mostArms {
		return
	}
	var blocks []block
	for _, g := range perturbations(p.result) {
		if len(g) > 1 {
			blocks = append(blocks, tableBlock(p.strengths(g)))
		}
	}
	p.section("strengths", "Every accuracy at every strength", "", blocks...)
}

// few says that only some sources are shown.
func (p *page) few() block {
	if len(p.sources) <= mostSources {
		return block{}
	}
	return block{Text: fmt.Sprintf("Shown are the first %d of %d sources.", mostSources, len(p.sources))}
}

func (p *page) curvesSection() {
	var blocks []block
	for _, s := range p.sources[:min(len(p.sources), mostSources)] {
		blocks = append(blocks, figureBlock(p.draw("curves", func() *figure { return p.curves(s) })))
	}
	p.section("curves", "Accuracy against strength", "", append(blocks, p.few())...)
}

func (p *page) covarianceSection() {
	var blocks []block
	shown := 0
	for _, s := range p.sources {
		if shown == mostSources {
			break
		}
		maps, spectra, err := p.covariances(s, p.covarianceAt(s))
		if err != nil {
			p.lost = append(p.lost, fmt.Errorf("page: covariance: %w", err))
			continue
		}
		if maps != nil {
			shown++
		}
		blocks = append(blocks, figureBlock(p.add(maps)), figureBlock(p.add(spectra)))
	}
	blocks = append(blocks, p.few(), tableBlock(p.structures()))
	p.section("covariance", "What was to be learned, and what was learned",
		"Deviations are how much each unit's answer changes when a picture changes. Their covariance is the structure that noise should have. Maps show averages over neighbouring units; the full matrices are in covariance.npz and network.npz.", blocks...)
}

// covarianceAt is the place of a source among the covariances of the summary, or one that no array has.
func (p *page) covarianceAt(s source) int {
	k := -1
	for i, c := range p.result.Summary.Covariances {
		if c.Source == s.name && c.Strength == s.strength {
			k = i
			break
		}
	}
	return k
}

// structures describes the covariances of deviations.
func (p *page) structures() *table {
	t := &table{Caption: "Covariances of deviations, of the first seed",
		Note: "Trace: variance summed over units. Effective rank: tr(C)² / tr(C²). Top 8: share of the variance in eight directions.",
		Head: []string{"under", "trace", "effective rank", "top 8"}}
	list := p.result.Summary.Covariances
	aligned := len(list) > 1 && len(list) <= 20 // one aligns with itself alone
	if aligned {
		t.Note += " Then the alignment with the covariance under each source, 1 for the same."
		for _, c := range list {
			t.Head = append(t.Head, say(c.Source)+"\n"+number(c.Strength))
		}
	}
	g := group{}
	for k, c := range list {
		var top float64
		for _, v := range c.Spectrum[:min(8, len(c.Spectrum))] {
			top += v
		}
		path := fmt.Sprintf("summary.covariances.%d.", k)
		r := row{say(c.Source) + " " + number(c.Strength), []cell{{Text: short(c.Trace)}, {Text: fixed(c.EffectiveRank, 1), Path: path + "effective_rank", Scale: 1}, {Text: percent(top) + " %"}}}
		if aligned {
			for j, v := range c.Alignment {
				r.Cells = append(r.Cells, cell{Text: fixed(v, 2), Shade: shade(v), Path: path + fmt.Sprintf("alignment.%d", j), Scale: 1})
			}
		}
		g.Rows = append(g.Rows, r)
	}
	if len(g.Rows) > 0 {
		t.Groups = []group{g}
	}
	return t
}

func (p *page) transferSection() {
	var blocks []block
	for k, m := range p.result.Summary.Transfer {
		if len(m.Sources) == 0 {
			continue
		}
		blocks = append(blocks, tableBlock(p.transfer(k, m)))
		p.draw("transfer", func() *figure { return p.transferFigure(k, m) })
	}
	p.section("transfer", "Does structure learned from one change help against another?", "", blocks...)
}

func (p *page) attackSection() {
	title, lead := "Certificates", "What no change can do, up to a stated probability of error."
	for _, c := range columns(p.result) {
		if adversarial(c) {
			title, lead = "Under attack", "An attacker who knows the network and averages over its noise changes every pixel by at most ε, or seeks the nearest image that is answered otherwise."
		}
	}
	p.section("attacks", title, lead,
		figureBlock(p.draw("security", p.security)), tableBlock(p.decisions()), figureBlock(p.draw("certified", p.certified)), tableBlock(p.certificates()), tableBlock(p.activity()))
}

func (p *page) numbersSection() {
	blocks := []block{tableBlock(p.totals()), tableBlock(p.families()), figureBlock(p.draw("coverage", p.coverage)), tableBlock(p.classes())}
	p.section("numbers", "More numbers", "", blocks...)
}

func (p *page) paperSection() {
	t := p.result.Summary.Paper
	if t == nil {
		return
	}
	tally := func(name string, c measure.SignCount) string {
		return fmt.Sprintf("%s: %d as in the paper, %d the other way, %d undecided here, %d without a sign there.", name, c.Agree, c.Disagree, c.Undecided, c.Silent)
	}
	counts := tally("Full less diagonal", t.Diagonal) + " " + tally("Full less none", t.None)
	if len(t.Doses) > 0 {
		counts = ""
		for _, d := range t.Doses {
			relative := ""
			if d.Relative != nil {
				relative = ", " + short(*d.Relative) + " times the variance of the noise-free activity"
			}
			counts += fmt.Sprintf("At a noise power of %s a unit%s: ", number(d.Power), relative) + tally("full less diagonal", d.LessDiagonal) + " " + tally("Full less none", d.LessNone) + " "
		}
	}
	p.section("paper", "Beside the paper's table", "arXiv 2606.13801 measured a trained convolutional network with noise of trace 2; compare signs, not sizes.", tableBlock(p.paper(t)),
		block{Text: counts})
}
