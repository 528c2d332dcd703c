package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// The statuses of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
)

// checks holds the run against what must be so if it is honest.
func (t *tables) checks(res *measure.Result) []measure.Check {
	checks := []measure.Check{t.complete()}
	if len(res.Arms) > 1 {
		checks = append(checks, t.equalTrace(), t.armsLearned())
	}
	checks = append(checks, t.audits()...)
	if c, ok := standIns(t.Levels()); ok {
		checks = append(checks, c)
	}
	if len(res.Arms) > 1 {
		checks = append(checks, noiseHurts(res))
	}
	checks = append(checks, t.unitsAnswer())
	checks = append(checks, t.census()...)
	for i, c := range checks {
		checks[i].Accepted = c.Status == Fail && slices.Contains(t.Accept, c.Name)
	}
	return checks
}

// audits sums up what the checks of the attacks said of each arm: the worst status, and whose it is.
func (t *tables) audits() []measure.Check {
	var list []measure.Check
	rank := map[string]int{Pass: 0, Warn: 1, Fail: 2}
	of := map[string]int{}  // arms behind a check
	bad := map[string]int{} // arms that have its worst status
	var arms []*armRun      // the network is held against its model in every seed, the attacks in the first
	for _, sr := range t.seeds {
		arms = append(arms, sr.arms...)
	}
	for _, a := range arms {
		for _, c := range a.Audits {
			of[c.Name]++
			i := slices.IndexFunc(list, func(d measure.Check) bool { return d.Name == c.Name })
			switch {
			case i < 0:
				list = append(list, measure.Check{Name: c.Name, Status: c.Status, Detail: t.label(a) + ": " + c.Detail})
				bad[c.Name] = 1
			case rank[c.Status] > rank[list[i].Status]:
				list[i].Status, list[i].Detail = c.Status, t.label(a)+": "+c.Detail
				bad[c.Name] = 1
			case c.Status == list[i].Status:
				bad[c.Name]++
			}
		}
	}
	for i, c := range list {
		if of[c.Name] > 1 {
			list[i].Detail = fmt.Sprintf("%d of %d arms, such as %s", bad[c.Name], of[c.Name], c.Detail)
		}
	}
	return list
}

// label names an arm and its source.
func (t *tables) label(a *armRun) string {
	if a.lesson == nil {
		return a.arm.String()
	}
	return a.arm.String() + " of " + a.source()
}

// complete: a run that was interrupted, or of which something broke, keeps what it finished, and says so.
func (t *tables) complete() measure.Check {
	done, all := 0, t.Seeds*len(t.seeds[0].arms)
	var broken []error
	for _, sr := range t.seeds {
		broken = append(broken, sr.errors()...)
		for _, a := range sr.arms {
			if a.done {
				done++
			}
		}
	}
	switch {
	case len(broken) > 0:
		first, _, _ := strings.Cut(broken[0].Error(), "\n")
		if more := len(broken) - 1; more > 0 {
			first += fmt.Sprintf("; and %d more broke", more)
		}
		return measure.Check{Name: "complete", Status: Fail, Detail: fmt.Sprintf("%d of %d arms were finished: %s", done, all, first)}
	case done < all:
		return measure.Check{Name: "complete", Status: Fail, Detail: fmt.Sprintf("the run was interrupted: %d of %d arms were finished", done, all)}
	}
	return measure.Check{Name: "complete", Status: Pass, Detail: fmt.Sprintf("all %d arms of all seeds were finished", all)}
}

// equalTrace: arms are compared at equal noise power, or at the one they say themselves, or not at all. Those that have
// none are the business of armsLearned.
func (t *tables) equalTrace() measure.Check {
	c := measure.Check{Name: "equal-trace", Status: Pass, Detail: fmt.Sprintf("every noisy arm has the mean noise power a unit that it should have: %.6g where it does not say another", t.Noise.Power)}
	for _, sr := range t.seeds {
		for _, a := range sr.arms {
			if power := t.Power(a.arm); a.done && a.arm.Noisy() && a.Power != 0 && math.Abs(a.Power-power) > 1e-4*power {
				c.Status, c.Detail = Fail, fmt.Sprintf("%s has a mean noise power of %.6g a unit instead of %.6g", t.label(a), a.Power, power)
				return c
			}
		}
	}
	return c
}

// armsLearned: an arm that learned nothing is no result. Where its source changes no activity there is nothing to learn,
// and the reader is warned; where there was something, and the couplings stayed where they were or make no noise, the
// run has failed.
func (t *tables) armsLearned() measure.Check {
	var failed, silent []string
	add := func(list *[]string, s string) {
		if !slices.Contains(*list, s) { // in another seed
			*list = append(*list, s)
		}
	}
	for _, sr := range t.seeds {
		for _, a := range sr.arms {
			switch power := t.Power(a.arm); {
			case !a.done || !a.arm.Noisy():
			case !a.Deviated:
				add(&silent, t.label(a))
			case !a.Learned:
				add(&failed, fmt.Sprintf("%s: the units deviated and the couplings stayed at their start: %s moves none", t.label(a), t.pace(a.arm)))
			case a.Power == 0 && power > 0:
				add(&failed, fmt.Sprintf("%s: its couplings make no noise where a power of %.6g was asked for", t.label(a), power))
			}
		}
	}
	switch c := (measure.Check{Name: "arms-learned", Status: Pass, Detail: "every noisy arm learned from deviations, and makes noise"}); {
	case len(failed) > 0:
		c.Status, c.Detail = Fail, strings.Join(failed, "; ")
		return c
	case len(silent) > 0:
		c.Status, c.Detail = Warn, "without noise, because its source changes no activity, or all of it by the same: "+strings.Join(silent, ", ")
		return c
	default:
		return c
	}
}

// pace names what decides how fast the couplings of an arm move.
func (t *tables) pace(a scenario.Arm) string {
	if a.Rule() == scenario.GHA {
		return fmt.Sprintf("noise.gha.rate %v", t.Noise.GHA.Rate)
	}
	return fmt.Sprintf("noise.imprint.rate %v", t.Noise.Imprint.Rate)
}

// noiseHurts says how often noise made things worse than none, by each cell's own interval and by those that hold for all
// cells together. It is a warning, not a fault: it is what the reader must know before using the noise.
func noiseHurts(res *measure.Result) measure.Check {
	cells, worse, together := 0, 0, 0
	for _, a := range res.Arms {
		for _, c := range a.Cells {
			if c.Gain == nil {
				continue
			}
			cells++
			if c.Gain.Hi < 0 {
				worse++
			}
			if c.Together != nil && c.Together.Hi < 0 {
				together++
			}
		}
	}
	c := measure.Check{Name: "noise-hurts-nowhere", Status: Pass, Detail: fmt.Sprintf("in none of %d cells, controls included, is an arm clearly worse than no noise", cells)}
	if worse > 0 {
		c.Status, c.Detail = Warn, fmt.Sprintf("in %d of %d cells, controls included, an arm is clearly worse than no noise, in %d by intervals that hold for all cells together; they are in the tables as they are", worse, cells, together)
	}
	return c
}
