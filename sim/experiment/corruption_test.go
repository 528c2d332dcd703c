package experiment

import (
	"math"
	"slices"
	"strings"
	"testing"

	"murmur/sim/measure"
)

// TestFamilies: the mean over a set that was met whole is that of its members' errors, one number a member, without
// those that stand in for others; a set that was met in part has none.
func TestFamilies(t *testing.T) {
	t.Parallel()
	res := runTiny(t, "seeds=1", "data.train=120", "data.test=40", "sources=[{perturbation: cifar-c/frost, strength: 1, arms: [diagonal]}]",
		"perturbations=[mnist-c, mnist-c-extra, mnist-c-twins, cifar-c-validation, cifar-c/fog]", "strengths=[1, 5]", "attack.arms=[]", "thresholds=[]").Result
	want := map[string]struct{ members, levels, of int }{
		"mnist-c": {15, 15, 15}, "mnist-c-extra": {14, 14, 14}, "cifar-c-validation": {4, 8, 20},
	}
	for _, a := range res.Arms {
		var names []string
		for _, f := range a.Families {
			names = append(names, f.Family)
			w := want[f.Family]
			if f.Modifications != w.members || f.Levels != w.levels || f.Of != w.of {
				t.Errorf("%s of %s is over %d changes, %d of %d levels, want %v", a.Arm, f.Family, f.Modifications, f.Levels, f.Of, w)
			}
			errors := map[string][]float64{}
			for _, c := range a.Cells {
				if strings.HasPrefix(c.Perturbation, f.Family+"/") && !c.StandIn {
					errors[c.Perturbation] = append(errors[c.Perturbation], 1-c.Accuracy.Mean)
				}
			}
			mean := 0.
			for _, list := range errors {
				for _, e := range list {
					mean += e / float64(len(list)*len(errors))
				}
			}
			if math.Abs(f.Error.Mean-mean) > 1e-9 || a.Arm == "none" && math.Abs(f.MCE.Mean-1) > 1e-9 {
				t.Errorf("%s of %s: error %v, mCE %+v, want %v", a.Arm, f.Family, f.Error.Mean, f.MCE, mean)
			}
		}
		if !slices.Equal(names, []string{"mnist-c", "mnist-c-extra", "cifar-c-validation"}) {
			t.Errorf("%s has means over %q", a.Arm, names)
		}
		var stand []string
		for _, c := range a.Cells {
			if c.StandIn {
				stand = append(stand, c.Perturbation)
			}
		}
		if !slices.Equal(stand, []string{"mnist-c-extra/pessimal_noise", "mnist-c-extra/frost", "cifar-c/frost"}) {
			t.Errorf("%s: stand-ins %q", a.Arm, stand)
		}
		// 15 + 16 + 2 + 4 and fog, without two stand-ins, and not the source.
		if a.Corruption.Modifications != 36 {
			t.Errorf("%s: the mean over all is over %d", a.Arm, a.Corruption.Modifications)
		}
	}
	i := slices.IndexFunc(res.Checks, func(c measure.Check) bool { return c.Name == "no-stand-ins" })
	if i < 0 || res.Checks[i].Status != Warn || !strings.HasPrefix(res.Checks[i].Detail, "mnist-c-extra/pessimal_noise, mnist-c-extra/frost, cifar-c/frost stand in") {
		t.Errorf("checks %+v", res.Checks)
	}
	if res := runTiny(t, "seeds=1", "data.train=120", "data.test=40", "attack.arms=[]"); slices.ContainsFunc(res.Result.Checks, func(c measure.Check) bool { return c.Name == "no-stand-ins" }) {
		t.Error("a warning of stand-ins where there are none")
	}
}
