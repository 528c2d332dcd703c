package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/attack"
)

func unboundedReachesZero(s Study) verdict {
	var found []verdict
	for _, o := range s.Outcomes {
		if o.Role != Unbounded {
			continue
		}
		var right []int
		for i, stands := range o.standing(math.MaxFloat32) {
			if stands {
				right = append(right, i)
			}
		}
		status := Pass
		switch {
		// A decision that noise makes may be right by luck, but not more often than a guess.
		case len(right) > 0 && s.Noisy && !aboveGuess(len(right), s.Labels, true, 1):
			status = Warn
		case len(right) > 0:
			status = Fail
		}
		found = append(found, verdict{status, fmt.Sprintf("%s leaves %s of %d right", o.Name, s.list(right), len(s.ID))})
	}
	if len(found) == 0 {
		return notRun("it needs an unbounded attack")
	}
	return worst(found)
}

// highEpsilonReachesChance looks at the largest budget: in Linf .5 turns every picture into the same grey one, in L2
// sqrt(inputs)/2 does.
func highEpsilonReachesChance(s Study) verdict {
	highest := map[attack.Norm]Attempt{}
	for _, o := range s.Outcomes {
		grey := .5
		if o.Norm == attack.L2 {
			grey = .5 * math.Sqrt(float64(s.Inputs))
		}
		if o.Role.whiteBox() && !o.Nearest && float64(o.Epsilon) >= grey && o.Epsilon > highest[o.Norm].Epsilon {
			highest[o.Norm] = o.Attempt
		}
	}
	var found []verdict
	for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
		a, ok := highest[norm]
		if !ok {
			continue
		}
		_, standing := s.whiteBox(a)
		right, status := count(standing), Pass
		if aboveGuess(right, s.Labels, s.Noisy, len(highest)) {
			status = Fail
		}
		found = append(found, verdict{status, fmt.Sprintf("gradients at %v %v leave %d of %d right, a guess %d", norm, a.Epsilon, right, len(s.ID), guess(s.Labels))})
	}
	if len(found) == 0 {
		return notRun("it needs an attack with gradients and a budget of .5 in linf, sqrt(inputs)/2 in l2")
	}
	return worst(found)
}

// eotConverged looks at the end of the curve over the number of draws of each gradient: the largest number must not
// break more than the one before it.
func eotConverged(s Study) verdict {
	if !s.Noisy {
		return verdict{Pass, "does not apply: there is no noise to average"}
	}
	var pairs []pair
	for _, base := range s.Outcomes {
		curve := []Outcome{base}
		for _, o := range s.Outcomes {
			if o.Role == MoreDraws && o.varies(base) {
				curve = append(curve, o)
			}
		}
		slices.SortStableFunc(curve, func(a, b Outcome) int { return cmp.Compare(a.Draws, b.Draws) })
		last := len(curve) - 1
		if last == 0 || curve[last].Draws == curve[last-1].Draws {
			continue
		}
		var left []string
		for _, o := range curve {
			left = append(left, fmt.Sprintf("%d draws leave %d", o.Draws, count(o.Correct)))
		}
		pairs = append(pairs, pair{fmt.Sprint(curve[last-1].Draws), fmt.Sprintf("%s: %s; %d", base.at(), strings.Join(left, ", "), curve[last].Draws),
			curve[last-1].Correct, curve[last].Correct})
	}
	return s.compare(pairs, rule{share: converged}, "it needs an attack and a variant of it with more draws for each gradient")
}
