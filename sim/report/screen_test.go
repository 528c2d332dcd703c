package report

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"murmur/sim/measure"
)

// rest stands for what the command says of the run folder.
var rest = []string{"run folder  runs/structured-noise-default-001", "            summary.txt, report.html"}

func screen(t fataler, r *measure.Result, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Screen(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func isScreen(t interface{ Errorf(string, ...any) }, s string, width int) {
	fits(t, s, width)
	if n := strings.Count(s, "\n"); n > screenLines {
		t.Errorf("%d lines:\n%s", n, s)
	}
}

// heard is the result of fixture whose arms say whom they hear.
func heard() *measure.Result {
	r := fixture()
	for i := range r.Arms {
		switch a := &r.Arms[i]; {
		case a.Variant == "radius=all":
			a.Hears = &measure.Hearing{Units: 1000, Sources: 1000}
		case a.Rule == "imprint":
			a.Hears = &measure.Hearing{Units: 1000, Sources: 77.4}
		case a.Variant == "hubs=16":
			a.Hears = &measure.Hearing{Units: 1000, Sources: 17, Hubs: 16}
		case a.Arm != armNone && a.Rule == "":
			a.Hears = &measure.Hearing{Units: 1000, Sources: 1}
		}
	}
	r.Summary.Sentence = Sentence(r)
	return r
}

func TestScreen(t *testing.T) {
	bare := fixture()
	bare.Arms, bare.Thresholds, bare.Checks = bare.Arms[:1], nil, nil
	bare.Summary = measure.Summary{Sentence: Sentence(bare)}
	for _, c := range []struct {
		name   string
		result *measure.Result
		o      Options
	}{
		{"screen", heard(), Options{Rest: rest}},
		{"screen-color", heard(), Options{Color: true}},
		{"screen-wide", heard(), Options{Width: 200, Rest: rest}},
		{"screen-narrow", heard(), Options{Width: 50, Dumb: true, Rest: rest}},
		{"screen-dumb", heard(), Options{Width: 90, Dumb: true, Rest: rest}},
		{"screen-lab", lab(), Options{}},
		{"screen-paper", beside(), Options{}},
		{"screen-many", many(), Options{}},
		{"screen-bare", bare, Options{}},
		{"screen-empty", &measure.Result{Scenario: "nothing"}, Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := screen(t, c.result, c.o)
			path := filepath.Join("testdata", c.name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
			isScreen(t, got, min(max(c.o.Width, minWidth), widest))
		})
	}
}

// TestScreenAnswersFirst: the sentence opens the screen; the arm of the sentence, the network without noise and the oracle
// have their rows; whom the hubs hear is said.
func TestScreenAnswersFirst(t *testing.T) {
	r := heard()
	s := screen(t, r, Options{Rest: rest})
	if first, _, _ := strings.Cut(s, "\n"); !strings.HasPrefix(r.Summary.Sentence, first) {
		t.Errorf("it begins with %q", first)
	}
	for _, want := range []string{`(?m)^none +no noise `, `(?m)^gha hubs=16 +16 hubs `, `(?m)^oracle +controller `, `hears all 1,000 units`,
		`(?m)^FAIL `, `(?m)^WARN `, `(?m)^1 of 3 thresholds hold, 2 of 4 checks pass$`, `report.html\n$`} {
		if !regexp.MustCompile(want).MatchString(s) {
			t.Errorf("the screen lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(s)
	}
}

// TestScreenOfMany: of many arms the controls go first, all but the best, then the weakest local rules; the arm of the
// sentence stays. Of many failures the first are told and the others counted.
func TestScreenOfMany(t *testing.T) {
	r := heard()
	for i := range 40 {
		a := measure.Arm{Arm: armHebbian, Rule: "gha", Variant: fmt.Sprintf("hubs=%d", 100+i), Source: "rotate", SourceStrength: ptr(5.),
			Cells: []measure.Cell{{Perturbation: "rotate", Strength: 5, Value: 40, Unit: "degree", Accuracy: estimate(float64(i) / 400)}}}
		r.Arms = append(r.Arms, a)
		r.Checks = append(r.Checks, measure.Check{Name: fmt.Sprintf("check-%d", i), Status: "fail", Detail: "it is wrong\x1b[2J"})
	}
	s := screen(t, r, Options{Rest: rest})
	isScreen(t, s, minWidth)
	for _, want := range []string{"none", "diagonal", "gha hubs=16", "oracle"} {
		if !regexp.MustCompile(`(?m)^` + want + ` `).MatchString(s) {
			t.Errorf("the screen lacks %s:\n%s", want, s)
		}
	}
	if strings.Contains(s, "hubs=100 ") || !strings.Contains(s, "more, in the full text") || strings.Contains(s, "\x1b") {
		t.Error(s)
	}
}

// TestBar: a bar grows with its share, to an eighth of a column, and never beyond its width.
func TestBar(t *testing.T) {
	for _, c := range []struct {
		share float64
		dumb  bool
		want  string
	}{{0, false, ""}, {.5, false, "████"}, {1, false, "████████"}, {.375, false, "███"}, {.39, false, "███▏"},
		{.5, true, "####"}, {.06, true, "#"}, {.05, true, ""}, {.07, true, "#"}, {1, true, "########"}} {
		p := &page{Options: Options{Dumb: c.dumb}}
		if got := p.bar(c.share, 8); got != c.want {
			t.Errorf("%v, dumb %v: %q, want %q", c.share, c.dumb, got, c.want)
		}
	}
	for _, odd := range []float64{math.NaN(), -1, 2, math.Inf(1)} {
		if got := (&page{}).bar(odd, 8); len([]rune(got)) > 8 {
			t.Errorf("%v: %q", odd, got)
		}
	}
}

// TestScreenShowsWhatIsClear: a change that hurts at a middle strength alone is shown there, and one that does nothing clear is
// named as such.
func TestScreenShowsWhatIsClear(t *testing.T) {
	r := heard()
	r.Thresholds, r.Checks = nil, nil
	a := headline(r)
	for i := range a.Cells {
		c := &a.Cells[i]
		switch c.Gain = gain(-.001, .01); {
		case c.Perturbation == "occlusion" && c.Strength == 3:
			c.Gain = gain(-.028, .027)
		case c.Perturbation == "contrast" && c.Strength == 2:
			c.Gain = gain(.05, .01)
		}
	}
	s := strings.Join(strings.Fields(screen(t, r, Options{})), " ")
	if want := "elsewhere, points over none: contrast 0.3 +5.0 ±1.0+, occlusion 6 px -2.8 ±2.7-, unclear under 4 changes."; !strings.Contains(s, want) {
		t.Errorf("it lacks %q:\n%s", want, s)
	}
}

// TestScreenOfPart: what an interrupted run had not come to has not failed.
func TestScreenOfPart(t *testing.T) {
	r := heard()
	r.Thresholds = []measure.Threshold{{Name: "held", Value: ptr(1.), Limit: "> 0", Pass: true}, {Name: "broken", Value: ptr(-1.), Limit: "> 0"},
		{Name: "later", Reason: measure.Unmeasured, Limit: "> 0"}}
	for status, want := range map[string]string{"pass": "1 of 3 thresholds hold, ", "fail": "1 of 3 thresholds hold, 1 not reached yet, "} {
		r.Checks = []measure.Check{{Name: "complete", Status: status}}
		s := screen(t, r, Options{})
		if !strings.Contains(s, want) || !strings.Contains(s, "FAIL broken") || strings.Contains(s, "FAIL later") != (status == "pass") {
			t.Errorf("a run that is whole, %s:\n%s", status, s)
		}
	}
}

// TestScreenOfCertificates: certified accuracies of none and of the arm whose mean radius is largest, at two radii.
func TestScreenOfCertificates(t *testing.T) {
	r := heard()
	for i, near := range []float64{.7, .6, .8, .5} {
		r.Arms[i].Certificates = []measure.Certificate{{Sigma: .25, Images: 30, AverageRadius: near / 2,
			Points: []measure.CertifiedPoint{{Radius: 0, Accuracy: .9}, {Radius: .125, Accuracy: near}, {Radius: .25, Accuracy: near / 2}, {Radius: .5}}}}
	}
	s := strings.Join(strings.Fields(screen(t, r, Options{})), " ")
	if want := "sigma 0.25: none 70.0 within 0.125 and 35.0 within 0.25, " + label(&r.Arms[2]) + " 80.0 and 40.0."; !strings.Contains(s, want) {
		t.Errorf("it lacks %q:\n%s", want, s)
	}
}
