package experiment

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"murmur/sim/attack"
	"murmur/sim/measure"
)

// worstCase holds the worst case over several attacks against each of them, at every level of an arm.
//
// The worst case is put together image by image on the adversary's own draws, where no member does more. On those of the
// judge, which are few, luck can let a member leave fewer images right. An adversary who has all these attacks reports
// the strongest, so what that member left then counts, whole: choosing image by image among judged decisions would be to
// attack with the draws that judge.
type worstCase struct {
	names   []string
	strikes []strike // of the members at the level under way
	found   []finding
}

// finding is a worst case and its strongest member, as judged.
type finding struct {
	detail string
	above  int     // images that the worst case leaves right beyond the strongest member
	p      float64 // of McNemar's test that they differ
}

// add notes what a member left at the level under way.
func (c *worstCase) add(name string, s strike) {
	c.names, c.strikes = append(c.names, name), append(c.strikes, s)
}

// settle ends a level: it returns what counts, s itself where no member was added or none is stronger.
func (c *worstCase) settle(s strike) strike {
	if len(c.names) == 0 {
		return s
	}
	right := func(s strike) int { return bytes.Count(s.Correct, []byte{1}) }
	best, detail := s, fmt.Sprintf("%s at %v leaves %d of %d right", s.level.Name, s.level.Value(), right(s), len(s.Correct))
	var each []string
	for i, m := range c.strikes {
		each = append(each, fmt.Sprintf("%s %d", c.names[i], right(m)))
		if right(m) < right(best) {
			best = m
		}
	}
	f := finding{detail: detail + ", its members " + strings.Join(each, ", "), above: right(s) - right(best), p: 1}
	if f.above > 0 {
		f.p = measure.McNemar(measure.Right([][]uint8{s.Correct}), measure.Right([][]uint8{best.Correct})).Images.P()
	}
	c.found = append(c.found, f)
	c.names, c.strikes = nil, nil
	return best
}

// check sums up all levels, and reports whether there was any. Without noise a single image is a fault.
func (c *worstCase) check(noisy bool) (measure.Check, bool) {
	if len(c.found) == 0 {
		return measure.Check{}, false
	}
	worst := slices.MaxFunc(c.found, func(a, b finding) int { return a.above - b.above })
	check := measure.Check{Name: "worst-not-above-any-member", Status: Pass, Detail: worst.detail}
	switch {
	case worst.above == 0:
	case noisy && worst.p >= .01:
		check.Detail += fmt.Sprintf("; the strongest counts, which differs by chance (p = %.2g)", worst.p)
	default:
		check.Status = Fail
		check.Detail += fmt.Sprintf(": weaker than its own member beyond chance (p = %.2g)", worst.p)
	}
	return check, true
}

// fewClasses warns of attacks on an arm that climb another loss than their own because there are too few classes for it,
// and reports whether there are any.
func (w *world) fewClasses(a *armRun) (measure.Check, bool) {
	var list []string
	preset, _ := attack.LookupPreset(w.Attack.Preset)
	for _, l := range a.attacks {
		for _, k := range l.Attack.Behind(preset) {
			if k.Classes > w.train.Classes && !slices.Contains(list, k.Name) {
				list = append(list, k.Name)
			}
		}
	}
	return measure.Check{Name: "enough-classes-for-the-loss", Status: Warn,
		Detail: fmt.Sprintf("%s: the loss needs more than the %d classes there are, and the margin of the decision is climbed instead", strings.Join(list, ", "), w.train.Classes)}, len(list) > 0
}
