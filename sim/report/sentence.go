package report

import (
	"fmt"
	"strings"

	"murmur/sim/measure"
)

// Sentence says a result in one or two plain sentences, from its numbers alone. The first compares the network with and
// without noise on the images that the noise was shaped by: of the first source, at the strength it was learned at, the
// arm with a local rule that is right most often there (the first of equals), and what that gains of the oracle's gain
// and costs on unmodified images. A difference whose paired 95 % interval includes 0 counts as chance, one below 0 as
// worse. The second counts where the same arm helps and hurts under all other perturbations and strengths that it was
// measured under.
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
	t := tale{result: r, source: all[0], base: base}
	t.find()
	first := t.first()
	if second := t.second(); second != "" {
		first += " " + second
	}
	return first
}

// tale is what Sentence speaks of.
type tale struct {
	result       *measure.Result
	source       source
	base         *measure.Arm
	arm          *measure.Arm  // the best with a local rule, or nil
	matched      *measure.Cell // of that arm
	oracle, bare *measure.Cell // matched cells of the oracle and of none, or nil
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
		case a.Arm == armOracle:
			t.oracle = c
		case a.Arm == armHebbian && (t.matched == nil || c.Accuracy.Mean > t.matched.Accuracy.Mean):
			t.arm, t.matched = a, c
		}
	}
}

func (t *tale) first() string {
	if t.bare == nil {
		return fmt.Sprintf("Noise was shaped by %s, but the network without noise was not measured under it.", t.source.name)
	}
	s := fmt.Sprintf("The network without noise is right on %s of images %s", sayPercent(t.bare.Accuracy.Mean), t.modified())
	switch {
	case t.arm == nil && t.oracle == nil:
		return s + "; no noise shaped by them was measured there."
	case t.arm == nil:
		return s + fmt.Sprintf("; with noise that a central controller shaped it is right on %s%s; no local rule was measured there.",
			sayPercent(t.oracle.Accuracy.Mean), verdict(t.oracle.Gain))
	}
	s += fmt.Sprintf("; with noise that each unit shaped from what it heard of %s (%s) it is right on %s%s", company(t.arm), label(t.arm),
		sayPercent(t.matched.Accuracy.Mean), verdict(t.matched.Gain))
	return s + t.share() + t.cost() + t.central() + "."
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

// second counts the cells that the arm was not shaped by; empty where there are none.
func (t *tale) second() string {
	if t.arm == nil {
		return ""
	}
	var others, own balance
	for i := range t.arm.Cells {
		c := &t.arm.Cells[i]
		switch {
		case c.Perturbation != t.source.name:
			others.add(c.Gain)
		case c.Strength != t.source.strength:
			own.add(c.Gain)
		}
	}
	switch at := "t other strengths of " + t.source.name; {
	case others.all == 0 && own.all == 0:
		return ""
	case others.all == 0:
		return "A" + at + ", this noise " + own.String() + "."
	case own.hurts > 0:
		return against + others.String() + "; a" + at + " it " + own.String() + "."
	}
	return against + others.String() + "."
}

const against = "Against perturbations it was not shaped by, this noise "

// String is such as "helped in 5, hurt in 9 and made no clear difference in 26 of 40 cases".
func (b *balance) String() string {
	if b.helps == 0 && b.hurts == 0 {
		return fmt.Sprintf("made no clear difference in any of %s", cases(b.all))
	}
	if b.unclear() == 0 {
		return fmt.Sprintf("helped in %d and hurt in %d of %s", b.helps, b.hurts, cases(b.all))
	}
	return fmt.Sprintf("helped in %d, hurt in %d and made no clear difference in %d of %s", b.helps, b.hurts, b.unclear(), cases(b.all))
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}

// sayPercent is a fraction in percent, for a sentence.
func sayPercent(x float64) string { return strings.TrimSuffix(percent(x), ".0") + " %" }

// points is a difference of fractions, for a sentence.
func points(x float64) string {
	s := strings.TrimSuffix(percent(x), ".0")
	if s == "1" {
		return "1 point"
	}
	return s + " points"
}

// company says whom the units of an arm hear.
func company(a *measure.Arm) string {
	switch {
	case a.Variant == "radius=all":
		return "all the others"
	case a.Rule == "gha":
		return "its hubs"
	}
	return "its neighbours"
}
