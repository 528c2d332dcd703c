package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// elsewhere writes what the arm of the sentence clearly gains or loses other than where it learned: of every change the
// largest clear gain and the largest clear loss, and how many changes have neither. Of its own change only losses are news.
func (p *page) elsewhere() {
	a := headline(p.result)
	if a == nil {
		return
	}
	var clear []measure.Cell
	var unclear []string
	for _, group := range byPerturbation(a) {
		var best, worst *measure.Cell
		own := group[0].Perturbation == a.Source
		for i := range group {
			switch c := &group[i]; {
			case own && a.SourceStrength != nil && c.Strength == *a.SourceStrength: // the table has it
			case better(c.Gain) && (best == nil || c.Gain.Mean >= best.Gain.Mean):
				best = c
			case worse(c.Gain) && (worst == nil || c.Gain.Mean <= worst.Gain.Mean):
				worst = c
			}
		}
		if best != nil && !own {
			clear = append(clear, *best)
		}
		if worst != nil {
			clear = append(clear, *worst)
		}
		if best == nil && worst == nil && !own {
			unclear = append(unclear, modification.Shown(group[0].Perturbation))
		}
	}
	slices.SortStableFunc(clear, func(c, d measure.Cell) int { return cmp.Compare(math.Abs(d.Gain.Mean), math.Abs(c.Gain.Mean)) })
	var list []string
	for i := range clear {
		list = append(list, p.gainIn(&clear[i]))
	}
	if n := len(unclear); n > 0 {
		const few = 3 // that are named
		if n > few {
			unclear = []string{count(n) + " changes"}
		}
		list = append(list, "unclear under "+strings.Join(unclear, " and "))
	}
	p.list(label(a)+" elsewhere, points over none:", list)
}

// others writes what the like of the arm of the sentence gains that learned from another source, under that; and what it
// gains that saw fewer changed images of the same.
func (p *page) others() {
	a := headline(p.result)
	if a == nil {
		return
	}
	own := subject(p.result)
	var other, fewer []string
	under := modification.Shown(own.name)
	for _, s := range sources(p.result) {
		for _, b := range armsOf(p.result, s) {
			if b.Source == "" || s == own || label(b) != label(a) {
				continue
			}
			c := find(b, s.name, s.strength)
			switch g := p.gainIn(c); {
			case g == "":
			case s.name != own.name || s.strength != own.strength:
				other = append(other, g)
			default:
				under = modification.Shown(own.name) + " " + short(*c)
				fewer = append(fewer, fmt.Sprintf("of %s %s", count(s.images), p.gainOf(c)))
			}
		}
	}
	p.list(label(a)+" learned from another change, under it:", other)
	p.list(fmt.Sprintf("%s learned from fewer changed images, under %s:", label(a), under), fewer)
}

// gainIn names a cell and its gain; empty where there is none.
func (p *page) gainIn(c *measure.Cell) string {
	if c == nil || c.Gain == nil {
		return ""
	}
	return modification.Shown(c.Perturbation) + " " + short(*c) + " " + p.gainOf(c)
}

// gainOf is the gain of a cell with its half-width.
func (p *page) gainOf(c *measure.Cell) string {
	g := c.Gain
	return strings.TrimRight(p.marked(signed(g.Mean)+glue+plusMinus(g.Mean, g.Lo, g.Hi), g), " ")
}

// certified writes the certified accuracy of none and of the best other arm, at every sigma: at the largest radii that are
// no larger than half of it and than the whole.
func (p *page) certified() {
	base := none(p.result)
	if base == nil {
		return
	}
	at := func(k *measure.Certificate, most float64) (q measure.CertifiedPoint) {
		for _, q2 := range k.Points {
			if q2.Radius <= most*(1+1e-9) && q2.Radius >= q.Radius {
				q = q2
			}
		}
		return q
	}
	var list []string
	images := 0
	for i := range base.Certificates {
		k := &base.Certificates[i]
		images = k.Images
		near, far := at(k, k.Sigma/2), at(k, k.Sigma)
		s := fmt.Sprintf("sigma %s: none %s within %s and %s within %s", number(k.Sigma), percent(near.Accuracy), number(near.Radius), percent(far.Accuracy), number(far.Radius))
		var best *measure.Arm
		var of *measure.Certificate
		for j := range p.result.Arms {
			a := &p.result.Arms[j]
			c := slices.IndexFunc(a.Certificates, func(c measure.Certificate) bool { return c.Sigma == k.Sigma })
			if c >= 0 && a.Arm != armNone && (of == nil || a.Certificates[c].AverageRadius > of.AverageRadius) {
				best, of = a, &a.Certificates[c]
			}
		}
		if of != nil {
			s += fmt.Sprintf(", %s %s and %s", label(best), percent(at(of, k.Sigma/2).Accuracy), percent(at(of, k.Sigma).Accuracy))
		}
		list = append(list, s)
	}
	p.list(fmt.Sprintf("Certified accuracy %% of %s images within an L2 radius, none and the best other arm:", count(images)), list)
}

// headline is the arm with a local rule that the sentence speaks of, or nil.
func headline(r *measure.Result) *measure.Arm {
	base := none(r)
	if base == nil || len(sources(r)) == 0 {
		return nil
	}
	t := tale{result: r, source: subject(r), base: base}
	t.find()
	return t.arm
}

// strongest says something of every perturbation at the strongest that an arm was measured at; what is empty is left out.
func (p *page) strongest(a *measure.Arm, say func(*measure.Cell) string) (list []string) {
	for i := range a.Cells {
		c := &a.Cells[i]
		stronger := slices.ContainsFunc(a.Cells, func(d measure.Cell) bool { return d.Perturbation == c.Perturbation && d.Strength > c.Strength })
		if s := say(c); !stronger && s != "" {
			list = append(list, s)
		}
	}
	return list
}

// list writes a title and what it lists, on a few lines and without an empty line after them.
func (p *page) list(title string, entries []string) {
	separator := ", "
	if slices.ContainsFunc(entries, func(s string) bool { return strings.Contains(s, ", ") }) {
		separator = "; "
	}
	for n := len(entries); n > 0; n-- {
		s := title + " " + strings.Join(entries[:n], separator)
		if n < len(entries) {
			s += fmt.Sprintf(" and %s more", count(len(entries)-n))
		}
		if s = wrapped(s+".", p.Width); strings.Count(s, "\n") < screenLists {
			p.put(s)
			return
		}
	}
}
