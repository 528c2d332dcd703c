package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"murmur/sim/measure"
)

func gain(mean, half float64) *measure.Paired {
	return &measure.Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
}

func TestSentence(t *testing.T) {
	none := measure.Arm{Arm: "none", Clean: estimate(.81), Cells: []measure.Cell{
		{Perturbation: "rotate", Strength: 5, Value: 40, Unit: "degree", Accuracy: estimate(.21)},
		{Perturbation: "gaussian_blur", Strength: 3, Value: 1, Unit: "pixel", Accuracy: estimate(.7)},
		{Perturbation: "contrast", Strength: 2, Value: .3, Unit: "1", Accuracy: estimate(.5)},
	}}
	// arm learned from a source and gains there; unit and value are those of none.
	arm := func(kind, rule, variant, source string, strength float64, g *measure.Paired, more ...measure.Cell) measure.Arm {
		c := *find(&none, source, strength)
		c.Gain = g
		if g != nil {
			c.Accuracy = estimate(c.Accuracy.Mean + g.Mean)
		}
		return measure.Arm{Arm: kind, Rule: rule, Variant: variant, Source: source, SourceStrength: &strength,
			Clean: estimate(.789), CleanCost: gain(.021, .004), Cells: append([]measure.Cell{c}, more...)}
	}
	gha := func(g *measure.Paired, more ...measure.Cell) measure.Arm {
		return arm("hebbian", "gha", "hubs=16", "rotate", 5, g, more...)
	}
	oracle := func(g *measure.Paired) measure.Arm { return arm("oracle", "", "", "rotate", 5, g) }
	costing := func(a measure.Arm, cost *measure.Paired) measure.Arm {
		a.CleanCost = cost
		return a
	}
	seeing := func(images int, a measure.Arm) measure.Arm {
		a.SourceImages = &images
		return a
	}
	trained := func(a measure.Arm) measure.Arm {
		a.Training = "augmentation"
		return a
	}
	cell := func(name string, strength float64, g *measure.Paired) measure.Cell {
		return measure.Cell{Perturbation: name, Strength: strength, Accuracy: estimate(.5), Gain: g}
	}
	together := func(c measure.Cell, g *measure.Paired) measure.Cell {
		c.Together = g
		return c
	}
	share := func(x *float64) measure.Summary {
		return measure.Summary{RecoveredGain: []measure.RecoveredGain{
			{Source: "rotate", Strength: 5, Arm: "hebbian", Rule: "imprint", Variant: "radius=1", Mean: ptr(.2)},
			{Source: "rotate", Strength: 5, Arm: "hebbian", Rule: "gha", Variant: "hubs=16", Mean: x}}}
	}
	const without = "The network without noise is right on 21.0 % of images turned by 40 degrees; "
	const local = without + "with noise that each unit shaped from what it heard of its hubs (gha hubs=16) it is right on "
	const cost = ", at a cost of 2.1 points on unmodified images"
	for _, c := range []struct {
		name    string
		arms    []measure.Arm
		summary measure.Summary
		want    string
	}{
		{"empty", nil, share(nil), "The network without noise was not run, so there is nothing to compare with."},
		{"no source", []measure.Arm{none}, share(nil), "Without noise the network is right on 81.0 % of the unmodified images; " +
			"no noise was shaped by any modification, so there is nothing to compare."},
		{"no source nor accuracy", []measure.Arm{{Arm: "none"}}, share(nil),
			"No noise was shaped by any modification, so there is nothing to compare."},
		{"none not measured", []measure.Arm{{Arm: "none", Clean: estimate(.81)}, gha(gain(.42, .02))}, share(nil),
			"Noise was shaped by rotate, but the network without noise was not measured under it."},
		{"helps", []measure.Arm{none, gha(gain(.42, .02)), oracle(gain(.43, .02))}, share(ptr(.977)),
			local + "63.0 %, which is 98 % of what a central controller gains" + cost + "."},
		{"best of two", []measure.Arm{none, arm("hebbian", "imprint", "radius=1", "rotate", 5, gain(.1, .02)), gha(gain(.42, .02)),
			oracle(gain(.43, .02))}, share(ptr(.977)), local + "63.0 %, which is 98 % of what a central controller gains" + cost + "."},
		{"share unknown", []measure.Arm{none, gha(gain(.42, .02)), oracle(gain(.43, .02))}, share(nil),
			local + "63.0 %" + cost + "; a central controller gains 43.0 points there."},
		{"no oracle", []measure.Arm{none, gha(gain(.42, .02))}, share(nil), local + "63.0 %" + cost + "."},
		{"oracle unclear", []measure.Arm{none, gha(gain(.42, .02)), oracle(gain(.01, .02))}, share(nil),
			local + "63.0 %" + cost + "; a central controller makes no clear difference there."},
		{"oracle worse", []measure.Arm{none, gha(gain(.42, .02)), oracle(gain(-.05, .02))}, share(ptr(-8.4)),
			local + "63.0 %" + cost + "; a central controller makes it worse there."},
		{"chance", []measure.Arm{none, gha(gain(.01, .02)), oracle(gain(.43, .02))}, share(ptr(.02)),
			local + "22.0 %, a difference that cannot be told from chance" + cost + "; a central controller gains 43.0 points there."},
		{"worse", []measure.Arm{none, gha(gain(-.05, .02)), oracle(gain(.01, .005))}, share(ptr(-5.)),
			local + "16.0 %, so the noise made it worse" + cost + "; a central controller gains 1.0 points there."},
		{"not judged", []measure.Arm{none, gha(nil)}, share(nil), local + "21.0 %, a difference that was not judged" + cost + "."},
		{"no cost", []measure.Arm{none, costing(gha(gain(.42, .02)), gain(.001, .004))}, share(nil),
			local + "63.0 %, at no clear cost on unmodified images."},
		{"cost unknown", []measure.Arm{none, costing(gha(gain(.42, .02)), nil)}, share(nil), local + "63.0 %."},
		{"cleaner", []measure.Arm{none, costing(gha(gain(.42, .02)), gain(-.025, .004))}, share(nil),
			local + "63.0 %, and is better by 2.5 points on unmodified images."},
		{"no local rule", []measure.Arm{none, oracle(gain(.43, .02))}, share(nil),
			without + "with noise that a central controller shaped it is right on 64.0 %; no local rule was measured there."},
		{"controls only", []measure.Arm{none, arm("diagonal", "", "", "rotate", 5, gain(.43, .02))}, share(nil),
			without + "no noise shaped by them was measured there."},
		{"elsewhere", []measure.Arm{none, gha(gain(.42, .02), cell("rotate", 1, gain(.1, .01)), cell("occlusion", 1, gain(.1, .01)),
			cell("occlusion", 2, gain(0, .01)), cell("pgd-linf", 1, gain(-.1, .01)), cell("contrast", 1, nil))}, share(nil), local + "63.0 %" + cost +
			". Of the 5 cases that it was tested in (3 changes at 1 to 2 strengths), this noise helps in 3 (rotate at every strength, occlusion at strength 1), " +
			"hurts in 1 and makes no clear difference in 1."},
		{"other arms", []measure.Arm{none, gha(gain(.42, .02), cell("rotate", 1, gain(-.1, .01))), oracle(gain(.43, .02)),
			{Arm: "identity", Cells: []measure.Cell{together(cell("rotate", 1, gain(-.1, .01)), gain(-.1, .03)), cell("contrast", 1, gain(.001, .01))}}}, share(nil),
			local + "63.0 %" + cost + "; a central controller gains 43.0 points there. Of the 2 cases that it was tested in (1 change at 2 strengths), this noise helps in 1 " +
				"(rotate at strength 5), hurts in 1 and makes no clear difference in none. " +
				"Over all arms, controls included, 2 of 5 cases are clearly better than without noise and 2 clearly worse; by intervals that hold for all of them together, none and 1."},
		{"nothing else helps", []measure.Arm{none, gha(gain(.001, .02), cell("occlusion", 1, gain(-.1, .01)))}, share(nil), local + "21.1 %" +
			", a difference that cannot be told from chance" + cost + ". Of the 2 changes that it was tested under, this noise helps with none, " +
			"hurts with 1 and makes no clear difference with 1."},
		{"many help", []measure.Arm{none, gha(gain(.42, .02), cell("rotate", 4, gain(.1, .01)), cell("rotate", 3, gain(.1, .01)), cell("rotate", 1, gain(-.1, .01)),
			cell("occlusion", 3, gain(.1, .01)), cell("occlusion", 1, gain(.1, .01)), cell("occlusion", 2, gain(-.1, .01)), cell("contrast", 2, gain(.1, .01)),
			cell("fog", 1, gain(.1, .01)), cell("snow", 1, gain(.1, .01)))}, share(nil), local + "63.0 %" + cost +
			". Of the 10 cases that it was tested in (5 changes at 1 to 4 strengths), this noise helps in 8 (rotate at strengths 3 to 5, occlusion at strengths 1 and 3, " +
			"contrast at strength 2 and others), hurts in 2 and makes no clear difference in none."},
		{"all images before few", []measure.Arm{none, seeing(128, gha(gain(.3, .02))), gha(gain(.42, .02))}, share(nil), local + "63.0 %" + cost + "."},
		{"few images", []measure.Arm{none, seeing(128, gha(gain(.3, .02))), seeing(1024, gha(gain(.4, .02)))}, share(nil), without +
			"with noise that each unit shaped from what it heard of its hubs in 1,024 changed images (gha hubs=16) it is right on 61.0 %" + cost + "."},
		{"noise alone before noise with labels", []measure.Arm{none, gha(gain(.3, .02)), trained(gha(gain(.42, .02)))}, share(nil), local + "51.0 %" + cost + "."},
		{"one pixel", []measure.Arm{none, arm("hebbian", "gha", "hubs=16", "gaussian_blur", 3, gain(.01, .001))}, share(nil),
			"The network without noise is right on 70.0 % of images under gaussian_blur of 1 pixel; with noise that each unit shaped " +
				"from what it heard of its hubs (gha hubs=16) it is right on 71.0 %" + cost + "."},
		{"no unit", []measure.Arm{none, arm("hebbian", "gha", "hubs=16", "contrast", 2, gain(.01, .001))}, share(nil),
			"The network without noise is right on 50.0 % of images under contrast at strength 2 (0.3); with noise that each unit shaped " +
				"from what it heard of its hubs (gha hubs=16) it is right on 51.0 %" + cost + "."},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			got := Sentence(&measure.Result{Arms: c.arms, Summary: c.summary})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPhysical(t *testing.T) {
	for want, c := range map[string]measure.Cell{
		"":           {Value: 3},
		"0.05":       {Value: .05, Unit: "1"},
		"40 degrees": {Value: 40, Unit: "degree"},
		"1 pixel":    {Value: 1, Unit: "pixel"},
		"level 3":    {Value: 3, Unit: "level"},
		"quality 10": {Value: 10, Unit: "quality"},
	} {
		if got := physical(&c); got != want {
			t.Errorf("%v in %s: %q, want %q", c.Value, c.Unit, got, want)
		}
	}
}
