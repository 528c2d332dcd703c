package experiment

import (
	"slices"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/modification"
	"murmur/sim/scenario"
)

// standIn reports whether a level is of a change that stands in for what is not shipped.
func standIn(l scenario.Level) bool { return l.Modification != nil && l.Modification.StandIn }

// corruption holds the i-th arm's errors under all modifications but stand-ins against those of none; nil where none met
// others.
func (t *tables) corruption(i int, seeds []int) *measure.Corrupt {
	return t.corrupted(i, slices.DeleteFunc(slices.Clone(t.seeds[0].arms[i].levels), standIn), seeds)
}

// families are the i-th arm's errors over every set that people report of which it was judged under all members, but for
// stand-ins.
func (t *tables) families(i int, seeds []int) (list []measure.FamilyErrors) {
	for _, f := range modification.Families() {
		e := measure.FamilyErrors{Family: f.Name}
		var levels []scenario.Level
		whole := f.Reported
		for _, name := range f.Members {
			m, _ := modification.Lookup(name)
			if m.StandIn {
				e.LeftOut = append(e.LeftOut, name)
				continue
			}
			before := len(levels)
			for _, l := range t.seeds[0].arms[i].levels {
				if l.Name == name {
					levels = append(levels, l)
				}
			}
			whole = whole && len(levels) > before
			e.Of += m.Levels()
		}
		if !whole {
			continue
		}
		if c := t.corrupted(i, levels, seeds); c != nil {
			e.Corrupt, e.Levels = *c, len(levels)
			list = append(list, e)
		}
	}
	return list
}

// corrupted holds the i-th arm's errors under levels against those of none; nil where there are none or none met others.
func (t *tables) corrupted(i int, levels []scenario.Level, seeds []int) *measure.Corrupt {
	own, ok := t.errors(i, levels, seeds)
	reference, ref := t.errors(0, levels, seeds)
	if !ok || !ref {
		return nil
	}
	_, mean := measure.CorruptionErrors(own, reference)
	return &measure.Corrupt{Modifications: len(own.Levels), Error: mean.Raw, MCE: mean.CE, RelativeMCE: mean.Relative}
}

// errors are the i-th arm's, clean and under levels, modification by modification, and whether it was judged under all.
func (t *tables) errors(i int, levels []scenario.Level, seeds []int) (measure.Corrupted, bool) {
	a := t.seeds[0].arms[i]
	c := measure.Corrupted{Clean: measure.Wrong(t.decided(i, 0, seeds))}
	var names []string
	for _, l := range levels {
		place := a.at(l)
		if place < 1 {
			return c, false
		}
		if !slices.Contains(names, l.Name) {
			names = append(names, l.Name)
			c.Levels = append(c.Levels, nil)
		}
		k := slices.Index(names, l.Name)
		c.Levels[k] = append(c.Levels[k], measure.Wrong(t.decided(i, place, seeds)))
	}
	return c, len(levels) > 0
}

// standIns warns of the numbers that stand for others.
func standIns(levels []scenario.Level) (measure.Check, bool) {
	var names []string
	for _, l := range levels {
		if standIn(l) && !slices.Contains(names, l.Name) {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return measure.Check{}, false
	}
	return measure.Check{Name: "no-stand-ins", Status: Warn, Detail: strings.Join(names, ", ") +
		" stand in for what is not shipped: numbers under them do not compare with published ones, and means leave them out"}, true
}
