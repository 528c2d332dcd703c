package audit

import (
	"cmp"
	"slices"
	"strings"
)

// converged is the share of the images that more effort may break and an attack still counts as converged: a promise to
// have looked long enough is not a law, as the other orders are.
const converged = .01

func attackNeverHelps(s Study) verdict {
	var pairs []pair
	for _, o := range s.Outcomes {
		// With its noise frozen the model is another one, whose clean decisions are not these; and the nearest
		// adversarial image of a wrong one is that image itself.
		if o.Role != FrozenNoise && !o.Nearest {
			pairs = append(pairs, pair{o.at(), "no attack", o.Correct, s.Clean})
		}
	}
	return s.compare(pairs, rule{}, "there are no attacks")
}

func iterativeAtLeastSingleStep(s Study) verdict {
	var pairs []pair
	for _, one := range s.Outcomes {
		for _, many := range s.Outcomes {
			if one.Role == SingleStep && many.Role == Iterative && !many.Nearest && one.Norm == many.Norm && one.Epsilon == many.Epsilon {
				pairs = append(pairs, pair{many.at(), one.Name, many.Correct, one.Correct})
			}
		}
	}
	return s.compare(pairs, rule{}, "it needs a single-step and an iterative attack with the same budget")
}

func largerBudgetNeverWeaker(s Study) verdict {
	var pairs []pair
	sweep := slices.Clone(s.Outcomes)
	slices.SortStableFunc(sweep, func(a, b Outcome) int { return cmp.Compare(a.Epsilon, b.Epsilon) })
	for i, large := range sweep {
		for j := i - 1; j >= 0; j-- {
			small := sweep[j]
			if !large.Nearest && !small.Nearest && small.Epsilon < large.Epsilon &&
				small.Name == large.Name && small.Role == large.Role && small.Norm == large.Norm && small.Draws == large.Draws {
				pairs = append(pairs, pair{large.at(), small.at(), large.Correct, small.Correct})
				break
			}
		}
	}
	return s.compare(pairs, rule{}, "it needs one attack with two budgets")
}

func randomNoiseWeaker(s Study) verdict   { return s.againstWhiteBox(Random) }
func blackBoxNotStronger(s Study) verdict { return s.againstWhiteBox(BlackBox) }

// transferNotStronger needs another model to make images on; of a model without noise the twin without it is itself.
func transferNotStronger(s Study) verdict {
	made := func(o Outcome) bool { return o.Role == Transfer }
	if !s.Noisy && !slices.ContainsFunc(s.Outcomes, made) {
		return verdict{Pass, "does not apply: there is no twin without noise to make images on"}
	}
	return s.againstWhiteBox(Transfer)
}

// againstWhiteBox compares each attack of a role with the worst case, image by image, of all that see gradients.
func (s Study) againstWhiteBox(role Role) verdict {
	var pairs []pair
	for _, o := range s.Outcomes {
		if o.Role != role {
			continue
		}
		// An attack without a budget is compared at every budget there is.
		var budgets []float32
		if !o.Nearest {
			budgets = append(budgets, o.Epsilon)
		} else {
			for _, w := range s.Outcomes {
				if w.Role.whiteBox() && w.Norm == o.Norm && !w.Nearest && !slices.Contains(budgets, w.Epsilon) {
					budgets = append(budgets, w.Epsilon)
				}
			}
		}
		for _, eps := range budgets {
			a := o.Attempt
			a.Epsilon = eps
			if names, standing := s.whiteBox(a); len(names) > 0 {
				pairs = append(pairs, pair{"gradients (" + strings.Join(names, ", ") + ")", a.at(), standing, o.standing(eps)})
			}
		}
	}
	return s.compare(pairs, rule{examples: true}, "it needs an attack of role "+string(role)+" and one that sees gradients, with the same budget")
}

// whiteBox returns which cases withstand every attack that sees gradients, with the norm and budget of a.
func (s Study) whiteBox(a Attempt) (names []string, standing []bool) {
	for _, o := range s.Outcomes {
		if !o.Role.whiteBox() || o.Norm != a.Norm || !o.Nearest && o.Epsilon != a.Epsilon {
			continue
		}
		names = append(names, o.Name)
		now := o.standing(a.Epsilon)
		if standing == nil {
			standing = slices.Clone(now)
		}
		for i, stands := range now {
			standing[i] = standing[i] && stands
		}
	}
	return names, standing
}

func moreIterationsDoNotHelp(s Study) verdict {
	return s.compare(s.variants(MoreIterations), rule{share: converged}, "it needs an attack and a variant of it with more steps")
}

func moreRestartsDoNotHelp(s Study) verdict {
	return s.compare(s.variants(MoreRestarts), rule{share: converged}, "it needs an attack and a variant of it with more restarts")
}

// variants pairs each variant of a role, which must be no stronger, with what it varies.
func (s Study) variants(role Role) []pair {
	var pairs []pair
	for _, v := range s.Outcomes {
		if v.Role != role {
			continue
		}
		for _, o := range s.Outcomes {
			if v.varies(o) {
				pairs = append(pairs, pair{o.at(), v.Name, o.Correct, v.Correct})
			}
		}
	}
	return pairs
}

func (a Attempt) varies(o Outcome) bool {
	return a.Of == o.Name && a.Norm == o.Norm && a.Epsilon == o.Epsilon && !a.Nearest && !o.Nearest && o.Of == ""
}

func frozenNoiseIsBroken(s Study) verdict {
	if !s.Noisy {
		return verdict{Pass, "does not apply: there is no noise to freeze"}
	}
	pairs := s.variants(FrozenNoise)
	for i, p := range pairs { // here the variant must be the stronger one
		pairs[i] = pair{p.weak, p.strong, p.fallen, p.standing}
	}
	return s.compare(pairs, rule{}, "it needs an attack and a variant of it with the noise frozen")
}
