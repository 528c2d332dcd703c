package scenario

import (
	"slices"
	"strings"
	"testing"
)

// TestWhatDoesNotFit: what a scenario asks for that the data, the sheets or the numbers themselves cannot give is one
// message each, at its place.
func TestWhatDoesNotFit(t *testing.T) {
	const head = "version: 1\nname: a\nperturbations: [rotate]\n"
	for _, test := range []struct{ name, text, want string }{
		{"strength that none has", head + "strengths: [1, 5, 6, 7]\n", "f:4:19: strengths.2: no perturbation has a strength 6: rotate has strengths 1 to 5"},
		{"strength of a family", "version: 1\nname: a\nperturbations: [paper, rotate]\nstrengths: [1, 11]\n", ""},
		{"default strengths", "version: 1\nname: a\nperturbations: [mnist-c/shear, pgd-linf]\nstrengths: [1, 2, 3, 4, 5]\n", ""},
		{"attacks alone", "version: 1\nname: a\nperturbations: [pgd-linf]\nstrengths: [7]\n", ""},

		{"few samples", head + "certificate: {sigmas: [1], samples: 9}\n",
			"f:4:37: certificate.samples: 9 can certify nothing at an alpha of 0.001: even if all agree, the bound of their probability is not above 1/2; at least 10"},
		{"samples of no certificate", head + "certificate: {samples: 9}\n", ""},
		{"enough samples", head + "certificate: {sigmas: [1], samples: 5, alpha: 0.05}\n", ""},

		{"bare limit", head + "thresholds:\n  - name: t\n    metric: clean_cost\n    limit: > 0.05\n",
			`f:7:12: limit: must be quoted, as in limit: "> 0.05": in YAML a bare > begins a text of several lines`},
		{"bare limit in braces", head + "thresholds: [{name: t, limit: >= 0.05, metric: clean_cost}]\n",
			`f:4:31: limit: must be quoted, as in limit: ">= 0.05": in YAML a bare > begins a text of several lines`},
		{"bare limit below", head + "thresholds: [{name: t, metric: clean_cost, limit: <= 0.05}]\n", ""},

		{"clean end", head + "attack: {linf: [0, 8/255], l2: [0, 1/2]}\n", ""},
		{"clean end alone", head + "attack: {linf: [0]}\n", "f:4:17: attack.linf.0: 0 is the clean end of a curve, which needs an epsilon above 0 too"},
		{"below the clean end", head + "attack: {linf: [-1]}\n", "f:4:17: attack.linf.0: must be at least 0, not -1"},
		{"learned from nothing", head + "attack: {linf: [0, 0.1]}\nsources: [{perturbation: pgd-linf, strength: 1, arms: [oracle]}]\n",
			"f:5:46: sources.0.strength: pgd-linf at an epsilon of 0 changes nothing that could be learned from"},
		{"large fraction", head + "attack: {linf: [9/8]}\n", "f:4:17: attack.linf.0: must be at most 1, not 1.125"},
		{"no fraction", head + "attack: {linf: [8/0]}\n", `f:4:17: attack.linf.0: must be a number, or a fraction such as 8/255, not "8/0"`},
		{"scalar for a list", "version: 1\nname: a\nperturbations: [pgd-linf]\nattack: {linf: 0.1}\n", "f:4:16: attack.linf: must be a list, not 0.1"},
		{"empty list", "version: 1\nname: a\nperturbations: [pgd-linf]\nattack: {linf: []}\n", "f:4:16: attack.linf: must have at least 1 entry"},

		{"second field", head + "sheet: {columns: 5, second: {columns: 2, field: 6}}\n", "f:4:49: sheet.second.field: a field of 6 columns is larger than the sheet of 5 x 5"},
		{"second columns", head + "sheet: {columns: 5, second: {columns: 3, field: 4}}\n",
			"f:4:39: sheet.second.columns: at most 2 columns fit a sheet of 5 x 5 with fields of 4 columns, not 3"},
		{"second over unknown pictures", head + "data: {set: own, path: x}\nsheet: {columns: 5, field: 900, second: {columns: 3, field: 4}}\n",
			"f:5:51: sheet.second.columns: at most 2 columns fit a sheet of 5 x 5 with fields of 4 columns, not 3"},
		{"units of the second", head + "sheet: {second: {columns: 7, units: 1000000}}\n", "f:4:37: sheet.second.units: 7 x 7 columns of 1000000 units are 49000000; at most 1000000"},
		{"weights", head + "data: {set: own, path: x}\nsheet: {columns: 1000, units: 1, field: 10000}\n",
			"f:5:41: sheet.field: 1000000 units with fields of 10000 x 10000 have 1e+14 weights; at most 1e+10"},
		{"weights of the second", head + "data: {set: own, path: x}\nsheet: {columns: 1, units: 1000000, field: 2, second: {columns: 1, units: 1000000, field: 1}}\n",
			"f:5:91: sheet.second.field: 1000000 units with fields of 1 x 1 have 1e+12 weights; at most 1e+10"},
		{"hubs of the second", head + "sheet: {second: {columns: 2, units: 2}}\nsources: [{perturbation: rotate, arms: [gha hubs=9, gha hubs=9 layer=1]}]\n",
			"f:5:41: sources.0.arms.0: 9 hubs are more than the 8 units"},
		{"radius of the second", head + "sheet: {second: {columns: 2, units: 2}}\nsources: [{perturbation: rotate, arms: [imprint radius=2 layer=1, imprint radius=2]}]\n",
			"f:5:67: sources.0.arms.1: a radius of 2 reaches beyond a sheet of 2 x 2 columns; at most 1, or all"},

		{"classes", head + "data: {classes: [a, b, c, d, e, f, g, h, i, j]}\n", ""},
		{"few classes", head + "data: {classes: [a, b]}\n", "f:4:17: data.classes: 2 names for 10 classes; those that occur are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"},
		{"a class twice", head + "data: {classes: [a, b, a, d, e, f, g, h, i, j]}\n", "f:4:24: data.classes.2: a is listed twice"},
		{"a class without a name", head + "data: {classes: ['', b, c, d, e, f, g, h, i, j]}\n", "f:4:18: data.classes.0: must not be empty"},
	} {
		_, err := Parse("f", []byte(test.text), nil)
		if got := problems(err); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func problems(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFractionsAreNumbers(t *testing.T) {
	const text = "version: 1\nname: a\nabout: 1/2\nperturbations: [rotate]\ndata: {set: own, path: 1/2}\nattack: {linf: [1/255, 0.5 / 16, 8/255], l2: [1/3], training: {epsilon: 2/255}}\nsizes: {small: {attack: {linf: [4/255]}}}\n"
	s, err := Parse("f", []byte(text), []string{"attack.l2=[0.5, 3/2]"})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Attack; float32(a.Linf[2]) != float32(8./255) || a.Linf[1] != .03125 || !slices.Equal(a.L2, []float64{0.5, 1.5}) || float32(a.Training.Epsilon) != float32(2./255) {
		t.Errorf("%+v", a)
	}
	if s.About != "1/2" || !strings.HasSuffix(s.Data.Path, "1/2") { // beside the file
		t.Errorf("a text was divided: %+v", s)
	}
	small, err := Parse("f", []byte(text), []string{"size=small"})
	if err != nil || float32(small.Attack.Linf[0]) != float32(4./255) {
		t.Errorf("%v, %v", small, err)
	}
}

func TestFormerNamesAreRead(t *testing.T) {
	s, err := Parse("f", []byte("version: 1\nname: a\nabout: cifar-c/saturate\nperturbations: [cifar-c/saturate]\nsources: [{perturbation: mnist-c/quantize, strength: 1, arms: [oracle]}]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Perturbations[0] != "cifar-c-validation/saturate" || s.Sources[0].Perturbation != "mnist-c-extra/quantize" || s.About != "cifar-c/saturate" {
		t.Errorf("%+v", s)
	}
}
