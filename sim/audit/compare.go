package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// pair is an attack that must be at least as strong as another.
type pair struct {
	strong, weak     string // how the attacks are called
	standing, fallen []bool // of each case: is it still right under the strong, under the weak one
}

// rule is how a comparison is judged.
type rule struct {
	examples bool    // a single case that the weak one breaks alone is worth a warning where nothing is drawn
	share    float64 // the weak one may break this share of the cases more: beyond chance, but too little to fail
}

// compare judges pairs by the cases that one attack breaks and the other does not. The weak one is beyond the strong one
// where it breaks more alone than the other does: exactly so without noise, and with noise if the exact McNemar test
// rejects (the one-sided binomial test of a half at [Level]/pairs).
func (s Study) compare(pairs []pair, r rule, missing string) verdict {
	if len(pairs) == 0 {
		return notRun(missing)
	}
	type finding struct {
		verdict
		more int // cases that the weak one breaks beyond the strong one
	}
	var found []finding
	for _, p := range pairs {
		var against, inFavour []int
		for i, stands := range p.standing {
			switch {
			case stands && !p.fallen[i]:
				against = append(against, i)
			case !stands && p.fallen[i]:
				inFavour = append(inFavour, i)
			}
		}
		more := len(against) - len(inFavour)
		beyond := more > 0
		text := fmt.Sprintf("%s alone breaks %s, %s alone %d, of %d", p.weak, s.list(against), p.strong, len(inFavour), len(s.ID))
		if s.Noisy && more > 0 {
			chance := tail(len(against), len(against)+len(inFavour), .5)
			beyond = chance < Level/float64(len(pairs))
			text += fmt.Sprintf(" (by chance with p = %.2g)", chance)
		}
		status := Pass
		switch {
		case beyond && float64(more) > r.share*float64(len(s.ID)):
			status = Fail
		case beyond || r.examples && !s.Noisy && len(against) > 0:
			status = Warn
		}
		found = append(found, finding{verdict{status, text}, more})
	}
	slices.SortStableFunc(found, func(a, b finding) int { return cmp.Compare(b.more, a.more) })
	verdicts := make([]verdict, len(found))
	for i, f := range found {
		verdicts[i] = f.verdict
	}
	return worst(verdicts)
}

// worst sums up the findings of one check: the worst status, and the first few findings that have it.
func worst(found []verdict) verdict {
	const few = 3
	for _, status := range []string{Fail, Warn, Pass} {
		var texts []string
		for _, f := range found {
			if f.status == status {
				texts = append(texts, f.detail)
			}
		}
		if n := len(texts); n > few {
			texts = append(texts[:few], fmt.Sprintf("and %d more", n-few))
		}
		if len(texts) > 0 {
			return verdict{status, strings.Join(texts, "; ")}
		}
	}
	panic("audit: no findings")
}

func (s Study) list(cases []int) string { return list(s.ID, cases) }

// list counts cases and names the first few of their images.
func list(id []uint32, cases []int) string {
	if len(cases) == 0 {
		return "0"
	}
	const few = 6
	var names []string
	for _, i := range cases[:min(few, len(cases))] {
		names = append(names, fmt.Sprint(id[i]))
	}
	if len(cases) > few {
		names = append(names, "...")
	}
	if len(cases) == 1 {
		return fmt.Sprintf("1 (image %s)", names[0])
	}
	return fmt.Sprintf("%d (images %s)", len(cases), strings.Join(names, ", "))
}

// at names an attack with its budget.
func (a Attempt) at() string { return fmt.Sprintf("%s at %v %v", a.Name, a.Norm, a.Epsilon) }
