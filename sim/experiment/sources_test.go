package experiment

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// judgedUnder lists what an arm was judged under beside clean images.
func judgedUnder(a *armRun) (list []string) {
	for _, l := range a.levels {
		list = append(list, fmt.Sprintf("%s %d", l.Name, l.Strength))
	}
	for _, s := range a.Strikes {
		list = append(list, fmt.Sprintf("%s %d", s.level.Name, s.level.Strength))
	}
	return list
}

// TestUnschooledArmsRunOnce: what takes nothing from its source stands with the first source alone, and under all
// perturbations even where others are measured under their own.
func TestUnschooledArmsRunOnce(t *testing.T) {
	t.Parallel()
	r := lived(t, `sources=[{perturbation: rotate, strength: 4, arms: [identity, gaussian-input, diagonal, adversarial-training]},
		{perturbation: gaussian_blur, strength: 2, arms: [identity, identity power=2, gaussian-input, identity + augmentation, adversarial-training, augmentation]},
		{perturbation: pgd-linf, strength: 1, arms: [identity, adversarial-training, gaussian-input, diagonal]}]`,
		"measured=matched", "attack.arms=[]", "thresholds=[]", "perturbations=[rotate, pgd-linf]", "strengths=[2]")
	all := []string{"rotate 2", "rotate 4", "gaussian_blur 2", "pgd-linf 1"}
	want := []string{"none", "identity of rotate", "gaussian-input of rotate", "diagonal of rotate", "adversarial-training of rotate",
		"identity power=2 of gaussian_blur", "identity + augmentation of gaussian_blur", "augmentation of gaussian_blur",
		"adversarial-training of pgd-linf", "diagonal of pgd-linf"}
	var got []string
	tab := r.tables()
	for _, a := range r.seeds[0].arms {
		got = append(got, tab.label(a))
		under := []string{fmt.Sprint(a.source(), " ", 4)}
		switch spelling := a.arm.String(); {
		case strings.Contains(spelling, "augmentation"):
			under = all[2:3]
		case a.source() == "pgd-linf":
			under = all[3:]
		case spelling != "diagonal": // none, and those that take nothing from a source
			under = all
		}
		if !slices.Equal(judgedUnder(a), under) {
			t.Errorf("%s is judged under %q, want %q", tab.label(a), judgedUnder(a), under)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("arms %q, want %q", got, want)
	}
	// The adversarial training of an attack is at its epsilon, that of a modification at the scenario's.
	if slices.Equal(armOf(t, r, "adversarial-training").Readout, r.seeds[0].arms[8].Readout) {
		t.Error("adversarial training has one epsilon for all sources")
	}
	if o := r.outcome().Result; len(o.Arms) != len(want) || o.Arms[1].Alignment == nil {
		t.Errorf("%d arms in the result, want %d", len(o.Arms), len(want))
	}
}

// TestMatchedArmsAreTheSame: measuring less changes no decision.
func TestMatchedArmsAreTheSame(t *testing.T) {
	t.Parallel()
	whole, matched := lived(t), lived(t, "measured=matched")
	for i, a := range matched.seeds[0].arms {
		b := whole.seeds[0].arms[i]
		if !slices.Equal(a.Readout, b.Readout) || !slices.Equal(a.Noise, b.Noise) || !slices.Equal(a.Correct[0], b.Correct[0]) {
			t.Errorf("%s measured under its own source alone is another arm", a.arm)
		}
		for _, l := range a.levels {
			if !slices.Equal(a.Correct[a.at(l)], b.Correct[b.at(l)]) || !slices.Equal(a.Confidence[a.at(l)], b.Confidence[b.at(l)]) {
				t.Errorf("%s decides otherwise under %s %d if that is all it is measured under", a.arm, l.Name, l.Strength)
			}
		}
		if unschooled := a.arm.Kind() == scenario.None || a.arm.Kind() == scenario.Identity; (len(a.levels) == 4) != unschooled || len(a.levels) == 0 {
			t.Errorf("%s is judged under %q", a.arm, judgedUnder(a))
		}
		if attacked := a.arm.Kind() == scenario.None; (len(a.Strikes) == 1) != attacked {
			t.Errorf("%s is attacked %d times", a.arm, len(a.Strikes))
		}
	}
}

// TestSourceIsMeasuredWhereItLearned even if the scenario measures other perturbations, by all arms.
func TestSourceIsMeasuredWhereItLearned(t *testing.T) {
	t.Parallel()
	r := lived(t, "perturbations=[gaussian_blur]", "thresholds=[]", "attack.arms=[]",
		"sources=[{perturbation: rotate, strength: 5, arms: [diagonal]}, {perturbation: fgsm-linf, strength: 1, arms: [diagonal]}, {perturbation: gaussian_blur, strength: 4, arms: [oracle]}]")
	for _, a := range r.seeds[0].arms {
		under := judgedUnder(a)
		want := []string{"gaussian_blur 2", "gaussian_blur 4", "rotate 5", "fgsm-linf 1"}
		if !slices.Equal(under, want) {
			t.Errorf("%s of %s is judged under %q, want %q", a.arm, a.source(), under, want)
		}
	}
}

// TestSharedArmsAreMeasured: a threshold finds an arm that runs once under any of the sources that list it, and its gain
// is that under the source's own change, even if attacks are aimed at that source alone.
func TestSharedArmsAreMeasured(t *testing.T) {
	t.Parallel()
	r := lived(t, `sources=[{perturbation: rotate, strength: 4, arms: [identity, diagonal]},
		{perturbation: gaussian_blur, strength: 2, arms: [oracle, identity]}, {perturbation: pgd-linf, strength: 1, arms: [identity]}]`,
		"noise.power=0.4", "attack={linf: [0.2, 0.25], arms: [], sources: [pgd-linf]}", `thresholds=[
		{name: a, metric: gain, source: gaussian_blur, arm: identity, limit: ">= -1"},
		{name: b, metric: gain_lo, source: pgd-linf, arm: identity, limit: ">= -1"},
		{name: c, metric: clean, source: pgd-linf, arm: identity, limit: ">= 0"},
		{name: d, metric: clean_cost, source: pgd-linf, limit: "<= 1"},
		{name: e, metric: accuracy, source: gaussian_blur, arm: identity, perturbation: pgd-linf, strength: 2, limit: ">= 0"},
		{name: f, metric: alignment, source: rotate, arm: identity, limit: ">= 0"},
		{name: g, metric: clean, arm: none, limit: ">= 0"},
		{name: h, metric: gain, source: rotate, arm: diagonal, limit: ">= -1"}]`)
	res := r.outcome().Result
	identity, diagonal := armIn(t, res, "identity", "rotate"), armIn(t, res, "diagonal", "rotate")
	cell := func(a measure.Arm, name string, strength float64) measure.Cell {
		return cellOf(a, measure.Cell{Perturbation: name, Strength: strength})
	}
	want := []float64{cell(identity, "gaussian_blur", 2).Gain.Mean, cell(identity, "pgd-linf", 1).Gain.Lo, identity.Clean.Mean, identity.CleanCost.Mean,
		cell(identity, "pgd-linf", 2).Accuracy.Mean, *identity.Alignment, res.Arms[0].Clean.Mean, cell(diagonal, "rotate", 4).Gain.Mean}
	for i, th := range res.Thresholds {
		if th.Value == nil || *th.Value != want[i] || !th.Pass {
			t.Errorf("threshold %s measures %v, want %v", th.Name, th.Value, want[i])
		}
	}
	if cell(diagonal, "pgd-linf", 1).Perturbation != "" {
		t.Error("diagonal is attacked though its source is not")
	}
	// The recovered gain under a later source, against that source's own oracle.
	tab := r.tables()
	y, _ := r.Lesson("gaussian_blur")
	g, ok := tab.recoveredOf(mustArm(t, "identity"), y)
	if !ok || g.Source != "gaussian_blur" || g.Arm != scenario.Identity {
		t.Errorf("recovered gain %+v, %v", g, ok)
	}
	y, _ = r.Lesson("rotate")
	if _, ok := tab.recoveredOf(mustArm(t, "identity"), y); ok {
		t.Error("a recovered gain without an oracle of the source")
	}
}
