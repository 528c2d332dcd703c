package report

import (
	"cmp"
	"fmt"
	"slices"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// Names of arms in a result.
const (
	armNone    = "none"
	armHebbian = "hebbian"
	armOracle  = "oracle"
)

// source is a modification that structure was learned from.
type source struct {
	name     string
	strength float64
	known    bool // whether the strength is
	images   int  // that were seen changed; 0 for all
}

// String names a source among others.
func (s source) String() string {
	if s.images > 0 {
		return fmt.Sprintf("%s, %d images", modification.Shown(s.name), s.images)
	}
	return modification.Shown(s.name)
}

// sourceIn returns the source of an arm.
func sourceIn(a *measure.Arm) source {
	s := source{name: a.Source}
	if a.SourceStrength != nil {
		s.strength, s.known = *a.SourceStrength, true
	}
	if a.SourceImages != nil {
		s.images = *a.SourceImages
	}
	return s
}

// sources lists the sources of a result in the order they appear in.
func sources(r *measure.Result) []source {
	var all []source
	for i := range r.Arms {
		if s := sourceIn(&r.Arms[i]); s.name != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// subject is what a result is told of first: the first source, and of the same change and strength that with the most
// changed images. There is a source.
func subject(r *measure.Result) source {
	all := sources(r)
	first := all[0]
	for _, s := range all {
		if s.name == first.name && s.strength == first.strength && first.images > 0 && (s.images == 0 || s.images > first.images) {
			first = s
		}
	}
	return first
}

// armsOf lists the arms without a source, none among them, and then those of a source.
func armsOf(r *measure.Result, s source) []*measure.Arm {
	var common, own []*measure.Arm
	for i := range r.Arms {
		switch a := &r.Arms[i]; {
		case a.Source == "":
			common = append(common, a)
		case sourceIn(a) == s:
			own = append(own, a)
		}
	}
	return append(common, own...)
}

// none returns the arm without noise, or nil.
func none(r *measure.Result) *measure.Arm {
	i := slices.IndexFunc(r.Arms, func(a measure.Arm) bool { return a.Arm == armNone })
	if i < 0 {
		return nil
	}
	return &r.Arms[i]
}

// noneAt is the accuracy in percent of the arm without noise in a cell.
func noneAt(r *measure.Result, c *measure.Cell) string {
	if a := none(r); a != nil {
		if i := slices.IndexFunc(a.Cells, func(d measure.Cell) bool { return same(*c, d) }); i >= 0 {
			return percentOf(a.Cells[i].Accuracy)
		}
	}
	return dash
}

// find returns the cell of an arm under a perturbation at a strength, or nil.
func find(a *measure.Arm, perturbation string, strength float64) *measure.Cell {
	for i := range a.Cells {
		if c := &a.Cells[i]; c.Perturbation == perturbation && c.Strength == strength {
			return c
		}
	}
	return nil
}

// columns lists what arms were measured under, in the order it appears in.
func columns(r *measure.Result) []measure.Cell {
	var all []measure.Cell
	for i := range r.Arms {
		for _, c := range r.Arms[i].Cells {
			if !slices.ContainsFunc(all, func(d measure.Cell) bool { return same(c, d) }) {
				all = append(all, c)
			}
		}
	}
	return all
}

func byStrength(a, b measure.Cell) int { return cmp.Compare(a.Strength, b.Strength) }

// same reports whether two cells were measured under the same.
func same(a, b measure.Cell) bool {
	return a.Perturbation == b.Perturbation && a.Strength == b.Strength && a.Value == b.Value
}

// attack reports whether a cell is an adversary's.
func attack(c measure.Cell) bool { return c.Decisions != nil }

// recovered returns the share of the oracle's gain that an arm recovers at the matched perturbation, or nil.
func recovered(r *measure.Result, a *measure.Arm) *float64 {
	for _, g := range r.Summary.RecoveredGain {
		if g.Of(a) {
			return g.Mean
		}
	}
	return nil
}

// unrecovered lists why arms of a source have no share of the oracle's gain.
func unrecovered(r *measure.Result, s source) (reasons []string) {
	for _, g := range r.Summary.RecoveredGain {
		if g.Source == s.name && g.Strength == s.strength && g.Mean == nil && g.Reason != "" && !slices.Contains(reasons, g.Reason) {
			reasons = append(reasons, g.Reason)
		}
	}
	return reasons
}

// silent reports whether an arm that should make noise makes none.
func silent(a *measure.Arm) bool {
	return (a.Arm == armHebbian || a.Arm == armOracle) && a.Trace != nil && *a.Trace == 0
}

// seedCount is the largest number of seeds behind an accuracy.
func seedCount(r *measure.Result) int {
	n := 0
	for i := range r.Arms {
		n = max(n, r.Arms[i].Clean.Seeds)
	}
	return n
}

// known reports whether an accuracy was measured.
func known(e measure.Estimate) bool { return e.Seeds > 0 }

// better and worse report whether a gain, which may be nil, is clear.
func better(gain *measure.Paired) bool { return gain != nil && gain.Lo > 0 }
func worse(gain *measure.Paired) bool  { return gain != nil && gain.Hi < 0 }

// balance counts cells by what the paired interval of the gain says, and by what those say that hold for all cells of the
// result together.
type balance struct{ helps, hurts, all, helpsTogether, hurtsTogether int }

func (b *balance) add(c *measure.Cell) {
	if c.Gain == nil {
		return
	}
	b.all++
	if better(c.Gain) {
		b.helps++
	} else if worse(c.Gain) {
		b.hurts++
	}
	if better(c.Together) {
		b.helpsTogether++
	} else if worse(c.Together) {
		b.hurtsTogether++
	}
}

func (b *balance) unclear() int { return b.all - b.helps - b.hurts }
