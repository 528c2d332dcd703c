package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/measure"
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
		checks = append(checks, t.equalTrace())
	}
	checks = append(checks, t.audits()...)
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

// complete: an interrupted run keeps what it finished, and says so.
func (t *tables) complete() measure.Check {
	done, all := 0, t.Seeds*len(t.seeds[0].arms)
	for _, sr := range t.seeds {
		for _, a := range sr.arms {
			if a.done {
				done++
			}
		}
	}
	if done < all {
		return measure.Check{Name: "complete", Status: Fail, Detail: fmt.Sprintf("the run was interrupted: %d of %d arms were finished", done, all)}
	}
	return measure.Check{Name: "complete", Status: Pass, Detail: fmt.Sprintf("all %d arms of all seeds were finished", all)}
}

// equalTrace: arms are compared at equal noise power, or at the one they say themselves, or not at all.
func (t *tables) equalTrace() measure.Check {
	c := measure.Check{Name: "equal-trace", Status: Pass, Detail: fmt.Sprintf("every noisy arm has the mean noise power a unit that it should have: %.6g where it does not say another", t.Noise.Power)}
	var silent []string
	for _, sr := range t.seeds {
		for _, a := range sr.arms {
			switch power := t.Power(a.arm); {
			case !a.done || !a.arm.Noisy():
			case a.Power == 0 && power > 0: // the source changes nothing, so there is no shape to give noise
				silent = append(silent, t.label(a))
			case math.Abs(a.Power-power) > 1e-4*power:
				c.Status, c.Detail = Fail, fmt.Sprintf("%s has a mean noise power of %.6g a unit instead of %.6g", t.label(a), a.Power, power)
				return c
			}
		}
	}
	if len(silent) > 0 {
		c.Status, c.Detail = Warn, fmt.Sprintf("without noise, because its source changes no activity: %s; every other noisy arm has the power that it should have", strings.Join(silent, ", "))
	}
	return c
}

// noiseHurts says how often noise made things worse than none. It is a warning, not a fault: it is what the reader
// must know before using the noise.
func noiseHurts(res *measure.Result) measure.Check {
	cells, worse := 0, 0
	for _, a := range res.Arms {
		for _, c := range a.Cells {
			if c.Gain != nil {
				cells++
				if c.Gain.Hi < 0 {
					worse++
				}
			}
		}
	}
	c := measure.Check{Name: "noise-hurts-nowhere", Status: Pass, Detail: fmt.Sprintf("in none of %d cells, controls included, is an arm clearly worse than no noise", cells)}
	if worse > 0 {
		c.Status, c.Detail = Warn, fmt.Sprintf("in %d of %d cells, controls included, an arm is clearly worse than no noise; they are in the tables as they are", worse, cells)
	}
	return c
}
