package page

import (
	"fmt"
	"strings"

	"murmur/sim/measure"
)

// belief answers whether the result should be believed.
type belief struct {
	Verdict string // in a few words
	Sign    string // good, care or bad
	Points  []point3
}

// point3 is a point of the answer: a sign, a claim and more about it.
type point3 struct{ Sign, Claim, More string }

// whole is the verdict with its reservations, for where the points do not stand below it.
func (b belief) whole() string {
	s := b.Verdict + "."
	for _, x := range b.Points {
		if x.Sign != "good" {
			s += " " + strings.TrimSpace(x.Claim+" "+x.More)
		}
	}
	return s
}

func (p *page) believe() belief {
	b := belief{Verdict: "Yes, for what was measured", Sign: "good"}
	doubt := func(sign string) {
		if sign == "bad" {
			b.Sign, b.Verdict = "bad", "Not as it stands"
		} else if b.Sign == "good" {
			b.Sign, b.Verdict = "care", "Yes, with these reservations"
		}
	}
	add := func(sign, claim, more string) {
		b.Points = append(b.Points, point3{sign, claim, more})
		if sign != "good" {
			doubt(sign)
		}
	}
	if n := len(p.result.Thresholds); n > 0 {
		var broken []string
		for _, t := range p.result.Thresholds {
			if !t.Pass {
				broken = append(broken, fmt.Sprintf("“%s” (%s, wanted %s)", t.Name, maybe(t.Value, 3), t.Limit))
			}
		}
		if len(broken) == 0 {
			add("good", fmt.Sprintf("All %s held that the scenario set itself before the run.", plural(n, "demand")), "")
		} else {
			add("bad", fmt.Sprintf("%d of %s failed that the scenario set itself before the run.", len(broken), plural(n, "demand")), strings.Join(broken, "; ")+".")
		}
	}
	p.checked(add)
	harmful := p.harm(add)
	seeds := 0
	for i := range p.result.Arms {
		seeds = max(seeds, p.result.Arms[i].Clean.Seeds)
	}
	if seeds == 1 {
		add("care", "Only one seed was run.", "Intervals speak of other images, not of other networks: run more seeds before you build on it.")
	} else if seeds > 1 {
		add("good", fmt.Sprintf("%d networks were trained from different seeds.", seeds), "Intervals speak of other networks and other images.")
	}
	if harmful && b.Sign != "bad" {
		b.Verdict += ": noise hurts more often than it helps"
	}
	return b
}

// checked sums up the checks.
func (p *page) checked(add func(sign, claim, more string)) {
	passed := 0
	var failed, warned, accepted []string
	for _, c := range p.result.Checks {
		claim, ofData := dataDoubts[c.Name]
		switch {
		case c.Status == "pass":
			passed++
		case c.Name == hurtsCheck: // harm tells of it
		case ofData && !c.Accepted:
			sign := "care"
			if c.Status == "fail" || c.Name == fewImages {
				sign = "bad"
			}
			add(sign, claim, strings.ToUpper(c.Detail[:min(1, len(c.Detail))])+c.Detail[min(1, len(c.Detail)):]+".")
		case c.Accepted:
			accepted = append(accepted, meaning(c.Name))
		case c.Status == "fail":
			failed = append(failed, meaning(c.Name))
		default:
			warned = append(warned, meaning(c.Name))
		}
	}
	if passed > 0 {
		add("good", plural(passed, "honesty check")+" passed.", "They ask, for example, whether attacks are made in earnest and arms are compared at equal noise.")
	}
	if len(failed) > 0 {
		add("bad", plural(len(failed), "honesty check")+" failed.", "This does not hold: "+strings.Join(failed, "; ")+".")
	}
	if len(warned) > 0 {
		add("care", plural(len(warned), "honesty check")+" warned.", "It is in doubt for some arm whether "+strings.Join(warned, "; ")+".")
	}
	if len(accepted) > 0 {
		add("care", plural(len(accepted), "honesty check")+" failed and the scenario accepts it.", "This does not hold: "+strings.Join(accepted, "; ")+".")
	}
}

// fewImages is the check whose warning leaves nothing to believe.
const fewImages = "enough-judged-images"

// dataDoubts are the checks of the images and of what was set up, which are about no arm, with what is wrong where they do
// not pass.
var dataDoubts = map[string]string{
	fewImages:                 "Too few images were judged.",
	"classes-in-both-parts":   "Some class lacks images.",
	"classes-balanced":        "The classes are uneven.",
	"pictures-differ":         "Pictures are there more than once.",
	"judged-pictures-are-new": "Pictures were judged that were learned from.",
	"labels-agree":            "The same picture belongs to several classes.",
	"pictures-not-blank":      "Some pictures show nothing.",
	"pixels-in-range":         "The pictures are very dark.",
	"pixels-seen":             "The units do not see the whole picture.",
	"units-answer":            "Some units answer to nothing.",
}

// hurtsCheck is the check that counts where noise hurts.
const hurtsCheck = "noise-hurts-nowhere"

// harm says in how many cells structure helps and where it hurts most, and returns whether it hurts in more.
func (p *page) harm(add func(sign, claim, more string)) bool {
	var helps, hurts, all int
	var worst *measure.Cell
	var of *measure.Arm
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		if !structured(a) {
			continue
		}
		for j := range a.Cells {
			c := &a.Cells[j]
			if c.Gain == nil {
				continue
			}
			all++
			switch mark(c.Gain) {
			case "better":
				helps++
			case "worse":
				hurts++
			}
			if worst == nil || c.Gain.Mean < worst.Gain.Mean {
				worst, of = c, a
			}
		}
	}
	if worst == nil {
		return false
	}
	sign := "good"
	if hurts > 0 {
		sign = "care"
	}
	claim := fmt.Sprintf("Structured noise helps in %d and hurts in %d of %s.", helps, hurts, plural(all, "case"))
	add(sign, claim, fmt.Sprintf("A case is an arm under a perturbation at a strength; in the other %d the difference may be chance. The worst: %s, under %s of %s, %s points (95 %% interval %s to %s).",
		all-helps-hurts, named(of), say(worst.Perturbation), size(*worst), signed(worst.Gain.Mean), signed(worst.Gain.Lo), signed(worst.Gain.Hi)))
	return hurts > helps
}

// meanings says in plain words what holds where a check passes.
var meanings = map[string]string{
	"complete":                              "every arm of every seed was finished",
	"arms-learned":                          "every noisy arm learned something from its source, and makes noise",
	"equal-trace":                           "arms are compared at equal noise power",
	"the-network-is-attacked":               "the model that attacks see decides as the network does",
	"enough-images":                         "there are enough images for an interval worth having",
	"enough-classes":                        "there are enough classes",
	"finite-answers":                        "no answer or gradient is infinite",
	"answers-repeat":                        "the same question gets the same answer, bit by bit",
	"randomness-detected":                   "the noise that is claimed is there",
	"noise-is-fresh":                        "every draw of noise is a new one",
	"softmax-output":                        "attacks see scores before they are squashed",
	"zero-gradients":                        "gradients do not vanish and so hide the way",
	"gradient-agrees":                       "gradients are the slopes of what is decided",
	"input-is-used":                         "decisions depend on the picture",
	"attack-never-helps":                    "no attack makes the network better",
	"iterative-at-least-single-step":        "many small steps break as much as one large step",
	"larger-budget-never-weaker":            "a larger budget breaks as much as a smaller one",
	"high-epsilon-reaches-chance":           "a very large budget brings the network down to a guess",
	"unbounded-reaches-zero":                "an attack without bounds breaks everything",
	"random-noise-weaker":                   "an attack that looks breaks as much as blind noise",
	"black-box-not-stronger-than-white-box": "who sees gradients breaks as much as who does not",
	"transfer-not-stronger":                 "attacks made on another network are no stronger than those on this one",
	"more-iterations-do-not-help":           "the attack had steps enough",
	"more-restarts-do-not-help":             "the attack had restarts enough",
	"eot-converged":                         "the attack averaged over noise enough",
	"frozen-noise-is-broken":                "with its noise frozen the network is attacked as well",
	"worst-not-above-any-member":            "the worst case is no weaker than any attack it is made of",
	"enough-classes-for-the-loss":           "every attack climbs the loss it is named for",
	"thorough-against-paper-settings":       "thorough attacks break no more than the paper's settings do",
	hurtsCheck:                              "noise is nowhere clearly worse than none",
}

func meaning(name string) string {
	if m := meanings[name]; m != "" {
		return m
	}
	return strings.ReplaceAll(name, "-", " ")
}
