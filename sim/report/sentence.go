package report

import (
	"fmt"
	"slices"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// Sentence says a result in a few plain sentences, from its numbers alone. The first compares the network with and
// without noise on the images that the noise was shaped by: of the first source, with as many changed images as it was
// learned from at most, at the strength it was learned at, the arm with a local rule alone, where there is one, that is right most often there (the first of equals), and what that gains of the oracle's gain
// and costs on unmodified images. A difference whose paired 95 % interval includes 0 counts as chance, one below 0 as
// worse. The second says where the same arm helps, and against how much of all it was tested under it hurts; the third
// counts the same over all arms.
//
// The arm is chosen by the accuracy that is then told, which flatters it by a little where arms are close; the tables
// show them all.
func Sentence(r *measure.Result) string {
	base := none(r)
	all := sources(r)
	switch {
	case base == nil:
		return "The network without noise was not run, so there is nothing to compare with."
	case len(all) == 0 && !known(base.Clean):
		return "No noise was shaped by any modification, so there is nothing to compare."
	case len(all) == 0:
		return fmt.Sprintf("Without noise the network is right on %s of the unmodified images; no noise was shaped by any "+
			"modification, so there is nothing to compare.", sayPercent(base.Clean.Mean))
	}
	t := tale{result: r, source: subject(r), base: base}
	t.find()
	first := t.first()
	if second := t.second(); second != "" {
		first += " " + second
	}
	if seedCount(r) == 1 {
		first += " " + oneSeed
	}
	return first
}

// oneSeed says what intervals of one seed do not cover.
const oneSeed = "There is one seed: intervals cover images alone, not how another network would fare."

// tale is what Sentence speaks of.
type tale struct {
	result       *measure.Result
	source       source
	base         *measure.Arm
	arm          *measure.Arm  // the best with a local rule, or nil
	matched      *measure.Cell // of that arm
	oracle, bare *measure.Cell // matched cells of the oracle and of none, or nil
	silent       bool          // an arm found nothing to shape its noise by
}

// find fills what the result holds.
func (t *tale) find() {
	at := func(a *measure.Arm) *measure.Cell {
		if c := find(a, t.source.name, t.source.strength); c != nil && known(c.Accuracy) {
			return c
		}
		return nil
	}
	t.bare = at(t.base)
	for _, a := range armsOf(t.result, t.source) {
		c := at(a)
		switch {
		case c == nil || a.Source == "":
		case silent(a):
			t.silent = true
		case a.Arm == armOracle:
			t.oracle = c
		case a.Arm == armHebbian && (t.matched == nil || plainer(a, t.arm) || !plainer(t.arm, a) && c.Accuracy.Mean > t.matched.Accuracy.Mean):
			t.arm, t.matched = a, c
		}
	}
}

// plainer reports whether an arm makes noise alone and another was also trained on more than clean images: what that gains
// is not the noise's.
func plainer(a, b *measure.Arm) bool { return a.Training == "" && b.Training != "" }

func (t *tale) first() string {
	if t.bare == nil {
		return fmt.Sprintf("Noise was shaped by %s, but the network without noise was not measured under it.", t.source.name)
	}
	s := fmt.Sprintf("The network without noise is right on %s of images %s", sayPercent(t.bare.Accuracy.Mean), t.modified())
	switch {
	case t.arm == nil && t.oracle == nil && t.silent:
		return s + "; they change no unit's activity beyond what is common to all, so no noise was shaped by them."
	case t.arm == nil && t.oracle == nil:
		return s + "; no noise shaped by them was measured there."
	case t.arm == nil:
		return s + fmt.Sprintf("; with noise that a central controller shaped it is right on %s%s; no local rule was measured there.",
			sayPercent(t.oracle.Accuracy.Mean), verdict(t.oracle.Gain))
	}
	s += fmt.Sprintf("; with noise that each unit shaped from what it heard of %s%s (%s) it is right on %s%s", company(t.arm), t.seen(), label(t.arm),
		sayPercent(t.matched.Accuracy.Mean), verdict(t.matched.Gain))
	return s + t.share() + t.cost() + t.central() + "."
}

// seen says how many changed images the noise was shaped by, where that is not all training images.
func (t *tale) seen() string {
	if t.source.images == 0 {
		return ""
	}
	return fmt.Sprintf(" in %s changed images", count(t.source.images))
}

// modified says how the images of the source are modified.
func (t *tale) modified() string {
	size := physical(t.bare)
	switch {
	case size == "":
	case t.source.name == "rotate":
		return "turned by " + size
	case t.source.name == "translate":
		return "shifted by " + size
	case t.bare.Unit != "1":
		return "under " + t.source.name + " of " + size
	}
	return fmt.Sprintf("under %s at strength %s%s", t.source.name, number(t.source.strength), inBrackets(t.bare))
}

// verdict says what a gain is worth; nothing where it is clearly one.
func verdict(gain *measure.Paired) string {
	switch {
	case gain == nil:
		return ", a difference that was not judged"
	case better(gain):
		return ""
	case worse(gain):
		return ", so the noise made it worse"
	}
	return ", a difference that cannot be told from chance"
}

// share says how much of the oracle's gain a gain is; nothing unless both are clear and the share is known.
func (t *tale) share() string {
	if t.oracle == nil || !better(t.oracle.Gain) || !better(t.matched.Gain) {
		return ""
	}
	share := recovered(t.result, t.arm)
	if share == nil {
		return ""
	}
	return ", which is " + percentIn(share) + " of what a central controller gains"
}

// central says what the oracle does where share has nothing to say.
func (t *tale) central() string {
	if t.oracle == nil || t.oracle.Gain == nil || t.share() != "" {
		return ""
	}
	switch gain := t.oracle.Gain; {
	case better(gain):
		return "; a central controller gains " + points(gain.Mean) + " there"
	case worse(gain):
		return "; a central controller makes it worse there"
	}
	return "; a central controller makes no clear difference there"
}

// cost says what the noise costs on unmodified images.
func (t *tale) cost() string {
	c := t.arm.CleanCost
	switch {
	case c == nil:
		return ""
	case c.Lo > 0:
		return ", at a cost of " + points(c.Mean) + " on unmodified images"
	case c.Hi < 0:
		return ", and is better by " + points(-c.Mean) + " on unmodified images"
	}
	return ", at no clear cost on unmodified images"
}

// second says where the same arm helps and where it hurts, and what became of all arms; empty where the arm was measured
// under nothing but what shaped it.
func (t *tale) second() string {
	if t.arm == nil {
		return ""
	}
	var own, all balance
	for i := range t.arm.Cells {
		own.add(&t.arm.Cells[i])
	}
	if own.all < 2 {
		return ""
	}
	for i := range t.result.Arms {
		for j := range t.result.Arms[i].Cells {
			all.add(&t.result.Arms[i].Cells[j])
		}
	}
	tested, with := fmt.Sprintf("%d changes that it was tested under", own.all), "with"
	if groups := byPerturbation(t.arm); len(groups) < own.all {
		tested, with = fmt.Sprintf("%d cases that it was tested in (%s)", own.all, changesIn(groups)), "in"
	}
	s := fmt.Sprintf("Of the %s, this noise helps %s %s, hurts %s %s and makes no clear difference %s %s.",
		tested, with, count0(own.helps)+inParentheses(helped(t.arm)), with, count0(own.hurts), with, count0(own.unclear()))
	if all.all > own.all {
		s += fmt.Sprintf(" Over all arms, controls included, %s of %s are clearly better than without noise and %s clearly worse; by intervals that hold for all of them together, %s and %s.",
			count0(all.helps), cases(all.all), count0(all.hurts), count0(all.helpsTogether), count0(all.hurtsTogether))
	}
	return s
}

// changesIn counts changes and the strengths of each.
func changesIn(groups [][]measure.Cell) string {
	least, most := len(groups[0]), 0
	for _, g := range groups {
		least, most = min(least, len(g)), max(most, len(g))
	}
	s := fmt.Sprintf("%d changes at ", len(groups))
	switch {
	case len(groups) == 1:
		return fmt.Sprintf("1 change at %d strengths", most)
	case least < most:
		return s + fmt.Sprintf("%d to %d strengths", least, most)
	}
	return s + fmt.Sprintf("%d strengths each", most)
}

// helped says under what an arm is clearly better than none, such as "rotate at strengths 3 to 5"; of many the first.
func helped(a *measure.Arm) string {
	const most = 3
	var list []string
	for _, group := range byPerturbation(a) {
		var at []string
		first, last := -1, -1
		for i, c := range group {
			if better(c.Gain) {
				if at = append(at, number(c.Strength)); first < 0 {
					first = i
				}
				last = i
			}
		}
		run := last-first+1 == len(at)
		switch n := len(at); {
		case n == 0:
			continue
		case len(list) == most:
			return strings.Join(list, ", ") + " and others"
		case n == len(group) && n > 1:
			list = append(list, modification.Shown(group[0].Perturbation)+" at every strength")
		case n == 1:
			list = append(list, modification.Shown(group[0].Perturbation)+" at strength "+at[0])
		case n > 2 && run:
			list = append(list, fmt.Sprintf("%s at strengths %s to %s", modification.Shown(group[0].Perturbation), at[0], at[n-1]))
		default:
			list = append(list, fmt.Sprintf("%s at strengths %s and %s", modification.Shown(group[0].Perturbation), strings.Join(at[:n-1], ", "), at[n-1]))
		}
	}
	return strings.Join(list, ", ")
}

// byPerturbation puts the cells of an arm that are compared with none together by perturbation, the weakest first.
func byPerturbation(a *measure.Arm) (groups [][]measure.Cell) {
	for _, c := range a.Cells {
		i := slices.IndexFunc(groups, func(g []measure.Cell) bool { return g[0].Perturbation == c.Perturbation })
		switch {
		case c.Gain == nil:
		case i < 0:
			groups = append(groups, []measure.Cell{c})
		default:
			groups[i] = append(groups[i], c)
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g, byStrength)
	}
	return groups
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// count0 is a count in which 0 is said.
func count0(n int) string {
	if n == 0 {
		return "none"
	}
	return count(n)
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return count(n) + " cases"
}

// sayPercent is a fraction in percent, for a sentence: with one decimal, as the others in it.
func sayPercent(x float64) string { return percent(x) + " %" }

// points is a difference of fractions, for a sentence.
func points(x float64) string { return percent(x) + " points" }

// company says whom the units of an arm hear.
func company(a *measure.Arm) string {
	h := a.Hears
	switch {
	case h != nil && h.Hubs > 0:
		return fmt.Sprintf("%s hubs that hear all %s units", count(h.Hubs), count(h.Units))
	case h != nil && h.Sources >= float64(h.Units):
		return fmt.Sprintf("all %s others", count(h.Units-1))
	case h != nil:
		return Fixed(h.Sources-1, 0) + " neighbours"
	case a.Variant == "radius=all":
		return "all the others"
	case a.Rule == "gha":
		return "its hubs"
	}
	return "its neighbours"
}
