package experiment

import (
	"slices"
	"strings"
	"testing"

	"murmur/sim/measure"
	"murmur/sim/stimulus"
)

// few are the first images of an embedded set, of which the tests make bad ones.
func few(t testing.TB) (train, test *stimulus.Set) {
	t.Helper()
	train, test, err := stimulus.Embedded("mnist")
	if err != nil {
		t.Fatal(err)
	}
	every := func(set *stimulus.Set, n int) *stimulus.Set {
		var first []int
		for i := range n {
			first = append(first, i)
		}
		return set.Subset(first) // a copy, which may be spoiled
	}
	return every(train, 120), every(test, 60)
}

// withImages is the tiny scenario on images of one's own.
func withImages(t testing.TB, train, test *stimulus.Set, set ...string) *Experiment {
	t.Helper()
	data := "data={set: own, path: " + writeSets(t, train, test) + ", train: 0, test: 0}"
	return newTiny(t, append([]string{data, "sheet={columns: 4, units: 4, field: 8}", "strengths=[4]"}, set...)...)
}

// checkNamed returns the check of a name.
func checkNamed(t testing.TB, list []measure.Check, name string) measure.Check {
	t.Helper()
	i := slices.IndexFunc(list, func(c measure.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no check is called %s: %+v", name, list)
	}
	return list[i]
}

func TestCensusOfGoodImagesWarnsOfNothing(t *testing.T) {
	train, test := few(t)
	list := withImages(t, train, test).census()
	if len(list) < 11 {
		t.Errorf("only %d checks", len(list))
	}
	for _, c := range list {
		if c.Status != Pass || c.Detail == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestCensusOfBadImages(t *testing.T) {
	all := func(set *stimulus.Set, f func(v float32) float32) {
		for i, v := range set.Pixels {
			set.Pixels[i] = f(v)
		}
	}
	without := func(set *stimulus.Set, class uint8, keep int) *stimulus.Set {
		var rest []int
		for i, l := range set.Labels {
			if l != class {
				rest = append(rest, i)
			} else if keep > 0 {
				rest = append(rest, i)
				keep--
			}
		}
		return set.Subset(rest)
	}
	for _, tt := range []struct {
		check, status, detail string
		spoil                 func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set)
	}{
		{"enough-judged-images", Warn, "20 images are judged", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			return train, test.First(20)
		}},
		{"classes-in-both-parts", Warn, "4 has no judged image", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			return train, without(test, 4, 0)
		}},
		{"classes-in-both-parts", Warn, "7 has no training image", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			return without(train, 7, 0), test
		}},
		{"classes-balanced", Warn, "6 to 12 training images", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			return without(train, 4, 6), test
		}},
		{"pictures-differ", Fail, "all 120 training images are the same picture", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			all(train, func(float32) float32 { return .2 })
			return train, test
		}},
		{"pictures-differ", Warn, "3 of 60 judged images show what another one shows", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			for _, i := range []int{20, 30, 40} {
				copy(test.Image(i), test.Image(0))
			}
			return train, test
		}},
		{"judged-pictures-are-new", Warn, "2 of 60 judged images are training images too", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			copy(test.Image(3), train.Image(13))
			copy(test.Image(5), train.Image(25))
			return train, test
		}},
		{"labels-agree", Warn, "1 of 120 training images and 0 of 60 judged images show what one of another class shows", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			copy(train.Image(4), train.Image(3))
			return train, test
		}},
		{"pictures-not-blank", Warn, "1 of 120 training images and 1 of 60 judged images have one value", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			clear(train.Image(9))
			clear(test.Image(8))
			return train, test
		}},
		{"pixels-in-range", Warn, "no pixel of the training images is above 1/255", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			all(train, func(v float32) float32 { return v / 255 })
			return train, test
		}},
		{"pixels-in-range", Warn, "no pixel of the judged images is above 0.0627", func(train, test *stimulus.Set) (*stimulus.Set, *stimulus.Set) {
			all(test, func(v float32) float32 { return v * 16 / 255 })
			return train, test
		}},
	} {
		train, test := few(t)
		train, test = tt.spoil(train, test)
		c := checkNamed(t, withImages(t, train, test).census(), tt.check)
		if c.Status != tt.status || !strings.Contains(c.Detail, tt.detail) {
			t.Errorf("%+v, want %s: ... %s", c, tt.status, tt.detail)
		}
	}
}

func TestPixelsThatNoUnitSees(t *testing.T) {
	c := checkNamed(t, newTiny(t, "sheet={columns: 2, units: 4, field: 7, second: {columns: 1, units: 2, field: 1}}", "sources=[]", "thresholds=[]", "attack.arms=[]").census(), "pixels-seen")
	if c.Status != Warn || !strings.Contains(c.Detail, "588 of 784 pixels (75 %)") || !strings.Contains(c.Detail, "12 of 16 units of the first sheet (75 %)") {
		t.Errorf("%+v", c)
	}
}

// TestUnitsThatNeverAnswer: half of the picture is dark in every training image, and so are the units that look at it.
func TestUnitsThatNeverAnswer(t *testing.T) {
	train, test := few(t)
	for _, set := range []*stimulus.Set{train, test} {
		for i := range set.Len() {
			for p := range set.Image(i) {
				if p%set.Width < 14 {
					set.Image(i)[p] = 0
				}
			}
		}
	}
	o, err := withImages(t, train, test).Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	if c := checkNamed(t, o.Result.Checks, "units-answer"); c.Status != Warn || !strings.HasPrefix(c.Detail, "16 of 64 units answer to none") {
		t.Errorf("%+v", c)
	}
	if c := checkNamed(t, runTiny(t).Result.Checks, "units-answer"); c.Status != Pass {
		t.Errorf("%+v", c)
	}
}

func TestChangesThatDoNothingOrTooMuch(t *testing.T) {
	for _, tt := range []struct {
		check, detail string
		set           []string
	}{
		{"changes-change-something", "cifar-c-validation/saturate at strength 1", []string{"perturbations=[rotate, cifar-c-validation/saturate]", "strengths=[1]"}},
		{"changes-leave-something", "occlusion at strength 5", []string{"perturbations=[rotate, occlusion]", "strengths=[1, 5]"}},
		{"", "", []string{"perturbations=[rotate, occlusion, gaussian_blur, contrast]", "strengths=[1, 2]"}},
	} {
		train, test := few(t)
		if tt.check == "changes-leave-something" { // an occlusion of 10 pixels covers what is left of them
			train, test = corner(train), corner(test)
		}
		set := append([]string{"sources=[]", "thresholds=[]", "attack.arms=[]", "sheet={columns: 2, units: 4, field: 4}"}, tt.set...)
		for _, c := range withImages(t, train, test, set...).changes() {
			switch {
			case c.Name == tt.check && (c.Status != Warn || !strings.HasSuffix(c.Detail, ": "+tt.detail)):
				t.Errorf("%+v, want a warning of %s", c, tt.detail)
			case c.Name != tt.check && c.Status != Pass:
				t.Errorf("%+v under %v", c, tt.set)
			}
		}
	}
}

// corner cuts the middle 8 x 8 pixels out of pictures.
func corner(set *stimulus.Set) *stimulus.Set {
	cut := *set
	cut.Width, cut.Height, cut.Pixels = 8, 8, nil
	for i := range set.Len() {
		for y := range 8 {
			cut.Pixels = append(cut.Pixels, set.Image(i)[(10+y)*set.Width+10:][:8]...)
		}
	}
	return &cut
}

func TestStrengthsThatGiveTheSame(t *testing.T) {
	e := newTiny(t, "sources=[]", "thresholds=[]", "attack.arms=[]", "perturbations=[rotate]", "strengths=[2, 4]")
	e.cells[1].Values = []float64{0, 16, 0, 16}
	if c := checkNamed(t, e.changes(), "strengths-differ"); c.Status != Warn || !strings.HasSuffix(c.Detail, ": rotate at strength 4") {
		t.Errorf("%+v", c)
	}
}

func TestNotesOfLoadersAreChecks(t *testing.T) {
	e := newTiny(t)
	e.train.Notes = []stimulus.Note{{Name: "colours", Detail: "600 images were made grey", Warn: true}, {Name: "litter", Detail: "none"}}
	list := e.census()
	if c := checkNamed(t, list, "colours"); c.Status != Warn || c.Detail != "600 images were made grey" {
		t.Errorf("%+v", c)
	}
	if c := checkNamed(t, list, "litter"); c.Status != Pass {
		t.Errorf("%+v", c)
	}
}

// TestPlanShowsTheCensus: whoever plans a run reads what its result would warn of.
func TestPlanShowsTheCensus(t *testing.T) {
	train, test := few(t)
	clear(test.Image(8))
	plan := withImages(t, train, test, "data.classes=[zero, one, two, three, four, five, six, seven, eight, nine]").Plan(0)
	for _, want := range []string{"classes      zero (12 + 6), one (12 + 6),", "warn         pictures-not-blank: 0 of 120 training images and 1 of 60", "good         enough-judged-images, classes-in-both-parts, classes-balanced,"} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan lacks %q:\n%s", want, plan)
		}
	}
}

// TestUnbalancedImagesHaveBalancedAccuracies: nine in ten are of one class.
func TestUnbalancedImagesHaveBalancedAccuracies(t *testing.T) {
	train, test := few(t)
	uneven := func(set *stimulus.Set) *stimulus.Set {
		var keep []int
		for i, l := range set.Labels {
			if l == 3 || l == 5 && i < set.Len()/3 {
				keep = append(keep, i)
			}
		}
		return set.Subset(keep)
	}
	o, err := withImages(t, uneven(train), uneven(test)).Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	d := o.Result.Data
	if want := (measure.ClassImages{Name: "5", Train: 4, Test: 2}); !d.Unbalanced || d.Majority != .75 || len(d.ClassImages) != 2 || d.ClassImages[1] != want {
		t.Errorf("%+v", d)
	}
	for _, a := range o.Result.Arms {
		var mean float64
		for _, c := range a.Classes {
			mean += c.Accuracy.Mean / 2
		}
		if a.CleanBalanced == nil || a.CleanBalanced.Mean < mean-1e-9 || a.CleanBalanced.Mean > mean+1e-9 {
			t.Errorf("%s: balanced accuracy %+v, of classes %v", a.Arm, a.CleanBalanced, mean)
		}
		for _, c := range a.Cells {
			if c.Balanced == nil {
				t.Errorf("%s under %s has no balanced accuracy", a.Arm, c.Perturbation)
			}
		}
	}
	if even := runTiny(t).Result; even.Data.Unbalanced || even.Arms[0].CleanBalanced != nil || even.Arms[0].Cells[0].Balanced != nil || even.Data.Majority != .1 {
		t.Errorf("balanced images: %+v", even.Data)
	}
}

func TestIntervalsOfOneSeedSaySo(t *testing.T) {
	one, two := runTiny(t, "seeds=1").Result.Summary.Intervals, runTiny(t).Result.Summary.Intervals
	if !strings.Contains(one, "over images alone") || !strings.Contains(two, "over 2 seeds and the images") {
		t.Errorf("%q of one seed, %q of two", one, two)
	}
}
