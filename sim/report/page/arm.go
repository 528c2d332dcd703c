package page

import (
	"fmt"
	"slices"
	"strings"

	"murmur/sim/measure"
)

// source is what structure was learned from.
type source struct {
	name     string
	strength float64
	images   int // that were seen changed; 0 for all
}

// sourceOf returns the source of an arm; its name is empty where the arm has none.
func sourceOf(a *measure.Arm) source {
	s := source{name: a.Source}
	if a.SourceStrength != nil {
		s.strength = *a.SourceStrength
	}
	if a.SourceImages != nil {
		s.images = *a.SourceImages
	}
	return s
}

func (s source) String() string {
	t := fmt.Sprintf("%s at strength %s", say(s.name), number(s.strength))
	if s.images > 0 {
		t += fmt.Sprintf(", %s images", count(s.images))
	}
	return t
}

// sources lists the sources of a result in the order they appear in.
func sources(r *measure.Result) (all []source) {
	for i := range r.Arms {
		if s := sourceOf(&r.Arms[i]); s.name != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// indexed is an arm and its place in the result.
type indexed struct {
	*measure.Arm
	Index int
}

// armsOf lists the arms without a source, none among them, and then those of a source.
func armsOf(r *measure.Result, s source) (list []indexed) {
	var own []indexed
	for i := range r.Arms {
		switch a := &r.Arms[i]; {
		case a.Source == "":
			list = append(list, indexed{a, i})
		case sourceOf(a) == s:
			own = append(own, indexed{a, i})
		}
	}
	return append(list, own...)
}

// find returns the cell of an arm under a perturbation at a strength and of a size, or nil.
func find(a *measure.Arm, like measure.Cell) *measure.Cell {
	for i := range a.Cells {
		if c := &a.Cells[i]; same(*c, like) {
			return c
		}
	}
	return nil
}

// matched returns the cell of an arm under a source at its own strength, or nil.
func matched(a *measure.Arm, s source) *measure.Cell {
	for i := range a.Cells {
		if c := &a.Cells[i]; c.Perturbation == s.name && c.Strength == s.strength {
			return c
		}
	}
	return nil
}

func same(a, b measure.Cell) bool {
	return a.Perturbation == b.Perturbation && a.Strength == b.Strength && a.Value == b.Value
}

// columns lists what arms were measured under, in the order it appears in, the strengths of a perturbation together.
func columns(r *measure.Result) (all []measure.Cell) {
	for i := range r.Arms {
		for _, c := range r.Arms[i].Cells {
			if !slices.ContainsFunc(all, func(d measure.Cell) bool { return same(c, d) }) {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b measure.Cell) int {
		first := func(c measure.Cell) int {
			return slices.IndexFunc(all, func(d measure.Cell) bool { return d.Perturbation == c.Perturbation })
		}
		if a.Perturbation == b.Perturbation {
			if a.Strength < b.Strength {
				return -1
			} else if a.Strength > b.Strength {
				return 1
			}
			return 0
		}
		return first(a) - first(b)
	})
	return all
}

// perturbations groups the columns by perturbation.
func perturbations(r *measure.Result) (groups [][]measure.Cell) {
	for _, c := range columns(r) {
		if n := len(groups); n > 0 && groups[n-1][0].Perturbation == c.Perturbation {
			groups[n-1] = append(groups[n-1], c)
		} else {
			groups = append(groups, []measure.Cell{c})
		}
	}
	return groups
}

// adversarial reports whether a cell is an adversary's.
func adversarial(c measure.Cell) bool { return c.Decisions != nil }

// structured reports whether an arm's noise has a structure that was learned, by local rules or by the oracle. The
// controls have none.
func structured(a *measure.Arm) bool { return a.Arm == "hebbian" || a.Arm == "oracle" }

// best is the arm of a source with a local rule that is right most often under it, the first of equals, or nil.
func best(r *measure.Result, s source) *measure.Arm {
	var b *measure.Arm
	var top float64
	for _, a := range armsOf(r, s) {
		if c := matched(a.Arm, s); a.Arm.Arm == "hebbian" && c != nil && (b == nil || c.Accuracy.Mean > top) {
			b, top = a.Arm, c.Accuracy.Mean
		}
	}
	return b
}

// kindOf returns the first arm of a source of a kind, or nil.
func kindOf(r *measure.Result, s source, kind string) *measure.Arm {
	for _, a := range armsOf(r, s) {
		if a.Arm.Arm == kind && a.Training == "" {
			return a.Arm
		}
	}
	return nil
}

// label names an arm as a scenario spells it.
func label(a *measure.Arm) string { return a.Spelling() }

// named names an arm with its source.
func named(a *measure.Arm) string {
	if a.Source == "" {
		return label(a)
	}
	return label(a) + ", from " + say(a.Source)
}

// lookOf is how the line of an arm is drawn: a family of inks for a rule, darker for more couplings, and a dash or a
// marker for each, so that no two of a chart differ by colour alone. k is the arm's place among those of its rule, n how
// many there are.
func lookOf(a *measure.Arm, k, n int) look {
	shade := func(family string, shades int) ink {
		return ink(fmt.Sprintf("%s%d", family, shades-min(n-1-k, shades-1)))
	}
	markers := "otds"
	switch {
	case a.Arm == "none":
		return look{text, []float64{5, 3}, 2, 'o'}
	case a.Arm == "identity":
		return look{soft, []float64{1.5, 2.5}, 1.5, 't'}
	case a.Arm == "diagonal":
		return look{soft, []float64{4, 2}, 1.5, 's'}
	case a.Arm == "shuffled":
		return look{soft, []float64{7, 2, 1.5, 2}, 1.5, 'd'}
	case a.Arm == "oracle":
		return look{"purple", nil, 2, 'd'}
	case a.Rule == "imprint":
		return look{shade("blue", 4), nil, 2, markers[k%4]}
	case a.Rule == "gha":
		return look{shade("orange", 3), nil, 2, markers[(k+1)%4]}
	case a.Arm == "hebbian":
		return look{"green", dashes[k%len(dashes)], 2, markers[k%4]}
	case strings.HasPrefix(a.Arm, "gaussian"):
		return look{"olive", nil, 1.5, 's'}
	}
	return look{"rose", dashes[k%len(dashes)], 1.5, markers[k%4]}
}

var dashes = [][]float64{nil, {6, 2}, {2, 2}, {8, 2, 2, 2}}

// looks gives each of a list of arms how its line is drawn.
func looks(arms []indexed) []look {
	list := make([]look, len(arms))
	for i, a := range arms {
		k, n := 0, 0
		for j, b := range arms {
			if b.Arm.Arm == a.Arm.Arm && b.Rule == a.Rule {
				n++
				if j < i {
					k++
				}
			}
		}
		list[i] = lookOf(a.Arm, k, n)
	}
	return list
}
