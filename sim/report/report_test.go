package report

import (
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"

	"murmur/sim/measure"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMain takes the environment's say in colours away.
func TestMain(m *testing.M) {
	text.EnableColors()
	text.OverrideRuneWidthEastAsianWidth(false)
	os.Exit(m.Run())
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func render(t fataler, r *measure.Result, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Print(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPrint(t *testing.T) {
	bare := fixture()
	bare.Arms = bare.Arms[:1]
	bare.Summary, bare.Checks, bare.Thresholds = measure.Summary{Sentence: Sentence(bare)}, nil, nil
	for _, c := range []struct {
		name   string
		result *measure.Result
		o      Options
	}{
		{"plain", fixture(), Options{}},
		{"color", fixture(), Options{Color: true}},
		{"wide", fixture(), Options{Width: 120}},
		{"lab", lab(), Options{}},
		{"paper", beside(), Options{}},
		{"doses", dosed(), Options{}},
		{"many", many(), Options{}},
		{"bare", bare, Options{Width: 80}},
		{"empty", &measure.Result{Scenario: "nothing"}, Options{Width: 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := render(t, c.result, c.o)
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
			fits(t, got, max(c.o.Width, minWidth))
		})
	}
}

func fits(t interface{ Errorf(string, ...any) }, s string, width int) {
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if n := text.StringWidthWithoutEscSequences(line); n > width {
			t.Errorf("%d columns: %q", n, line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Errorf("spaces at the end: %q", line)
		}
	}
}

// Colour adds nothing but colour.
func TestColorChangesNoText(t *testing.T) {
	plain, colored := render(t, fixture(), Options{}), render(t, fixture(), Options{Color: true})
	if plain == colored {
		t.Error("no colour")
	}
	var b strings.Builder
	for line := range strings.Lines(text.StripEscape(colored)) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	if d := cmp.Diff(plain, b.String()); d != "" {
		t.Error(d)
	}
}

// Whatever the names and numbers, the page holds them.
func TestPrintFits(t *testing.T) {
	name := rapid.StringMatching(`[a-z][a-z_=0-9]{0,30}`)
	kinds := []func() *measure.Result{fixture, lab, beside, many}
	rapid.Check(t, func(t *rapid.T) {
		fraction := rapid.Float64Range(0, 1)
		paired := func() measure.Paired {
			lo, hi := 2*fraction.Draw(t, "lo")-1, 2*fraction.Draw(t, "hi")-1
			return measure.Paired{Mean: (lo + hi) / 2, Lo: min(lo, hi), Hi: max(lo, hi)}
		}
		between := func() measure.Estimate {
			lo, hi := fraction.Draw(t, "lo"), fraction.Draw(t, "hi")
			return measure.Estimate{Mean: (lo + hi) / 2, Lo: min(lo, hi), Hi: max(lo, hi), Seeds: 3}
		}
		r := kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]()
		for i := range r.Arms {
			a := &r.Arms[i]
			if i > 0 && i < 12 {
				a.Variant = name.Draw(t, "variant")
			}
			if a.Corruption != nil && i < 8 {
				ratio := measure.Paired{Mean: 200*fraction.Draw(t, "ratio") - 100}
				a.Corruption = &measure.Corrupt{Error: between(), MCE: &ratio, RelativeMCE: &ratio}
				a.Abstaining = &measure.Abstain{AURC: fraction.Draw(t, "aurc")}
			}
			for k := range a.Certificates {
				a.Certificates[k].Sigma = rapid.Float64Range(1e-9, 100).Draw(t, "sigma")
				a.Certificates[k].Points[0].Accuracy = fraction.Draw(t, "certified")
			}
			if c := a.Activity; c != nil {
				c.Radius, c.Length = 5*fraction.Draw(t, "radius"), ptr(1000*fraction.Draw(t, "length"))
			}
			if len(a.Cells) == 0 || i > 12 {
				continue
			}
			for range 2 {
				c := &a.Cells[rapid.IntRange(0, len(a.Cells)-1).Draw(t, "cell")]
				c.Accuracy = between()
				if c.Gain != nil {
					*c.Gain = paired()
				}
				if c.Decisions != nil {
					c.Perturbation, c.Value = name.Draw(t, "attack"), fraction.Draw(t, "epsilon")
					*c.Decisions = measure.Decisions{One: between(), Vote: between()}
				}
				if c.Distance != nil && c.Distance.Mean != nil {
					c.Distance = &measure.Distance{Mean: ptr(28 * fraction.Draw(t, "distance"))}
				}
			}
		}
		long := name.Draw(t, "perturbation")
		for i := range r.Arms {
			for j := range r.Arms[i].Cells {
				if c := &r.Arms[i].Cells[j]; c.Perturbation == "contrast" {
					c.Perturbation = long
				}
			}
		}
		for _, m := range r.Summary.Transfer {
			m.Sources[0], m.Perturbations[0] = long, long
			for i := range m.Gains {
				m.Gains[i][0].Paired = paired()
			}
		}
		for k := range r.Summary.Covariances {
			c := &r.Summary.Covariances[k]
			c.Trace, c.EffectiveRank, c.Alignment[0] = rapid.Float64Range(0, 1e9).Draw(t, "trace"), rapid.Float64Range(1, 1e4).Draw(t, "rank"), 2*fraction.Draw(t, "alignment")-1
			if k == 0 {
				c.Source = long
			}
		}
		if p := r.Summary.Paper; p != nil {
			for k := range p.Rows {
				p.Rows[k].Strength = float64(rapid.IntRange(0, 2000).Draw(t, "strength")) / 1000
				if len(p.Rows[k].Cells) > 4 {
					p.Rows[k].Cells[4].Arm = long
				}
			}
		}
		r.Checks[0].Name, r.Checks[0].Detail = name.Draw(t, "check"), strings.Repeat(name.Draw(t, "detail"), 5)
		r.Checks[1].Detail = strings.Repeat(name.Draw(t, "detail"), 5)
		r.Thresholds[0].Limit = name.Draw(t, "limit")
		metrics := map[string]string{r.Thresholds[0].Name: name.Draw(t, "metric"), r.Thresholds[1].Name: "gain"}
		r.Summary.Sentence = Sentence(r)
		fits(t, render(t, r, Options{Metrics: metrics}), minWidth)
		isScreen(t, screen(t, r, Options{Metrics: metrics, Rest: rest}), minWidth)
	})
}

// Nothing that a result holds is told of another: every number of the paper's table stands under its arm, every source and
// perturbation of a matrix has its own number.
func TestColumnsBelongToTheirNames(t *testing.T) {
	page := render(t, beside(), Options{})
	for _, want := range []string{
		`(?m)^pgd +0\.16 +25 +35 +38 +14 +– +10 +63 +0 +\? =$`,                   // the arm that the heading names was not run there
		`(?m)^autopgd +0\.08 +13 +61 +25 +51 +38 +40 +50 +0 +25 +X X$`,           // it was here
		`(?m)^snow +5 +38 +73 +50 +47 +63 +32 +75 +44 +75 +0 X$`,                 // and here, beside another
		`(?m)^1 rotate +\+37\+ +-10 +-20-$\n^3 occlusion +\+20\+ +\+10 +\+37\+$`, // an arm that the second source lacks
		`(?m)^Measured too: 2 gaussian_blur\.$`,
		`(?m)^Measured too: 4 translate, 5 gaussian_noise, 6 contrast\.$`,
	} {
		if !regexp.MustCompile(want).MatchString(page) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestPrintReturnsTheWritersError(t *testing.T) {
	if err := Print(broken{}, fixture(), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}

// TestHalves: what ends in a half goes away from zero, on whichever side of it the nearest binary number lies.
func TestHalves(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{percent(.2415), "24.2"}, {percent(.7175), "71.8"}, {signed(.2415), "+24.2"}, {signed(-.2415), "-24.2"},
		{signed(.2415 - 1e-13), "+24.2"}, {signed(.24149), "+24.1"}, {whole(.005), "1"}, {whole(-.0049), "0"},
		{percent(-.0001), "0.0"}, {percent(.9995), "100"}, {percent(.99949), "99.9"}, {percent(1), "100"},
		{plusMinus(.5, .4005, .5995), "±10"}, {plusMinus(.5, .4006, .5994), "±9.9"},
		{Fixed(.125, 2), "0.13"}, {Fixed(2.675, 2), "2.68"}, {Fixed(math.NaN(), 1), "NaN"}, {Fixed(1e20, 1), "100000000000000000000.0"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

// TestCleanIsMarked: a clean accuracy that is clearly worse or better than none says so, as other accuracies do.
func TestCleanIsMarked(t *testing.T) {
	r := fixture()
	r.Arms[2].CleanCost = &measure.Paired{Mean: .021, Lo: -.001, Hi: .04}
	r.Arms[3].CleanCost = &measure.Paired{Mean: -.021, Lo: -.04, Hi: -.001}
	page := render(t, r, Options{})
	for _, want := range []string{`(?m)^none +81\.3 `, `(?m)^identity +79\.2- `, `(?m)^diagonal +79\.2  `, `(?m)^shuffled +79\.2\+ `} {
		if !regexp.MustCompile(want).MatchString(page) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestNothingButDashes: no table has a column or a row of nothing but dashes, and no heading without arms; what was not
// measured needs no explanation.
func TestNothingButDashes(t *testing.T) {
	r := lab()
	page := render(t, r, Options{})
	for _, want := range []string{"relative", "distance", "alignment"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for i := range r.Arms {
		a := &r.Arms[i]
		a.Alignment = nil
		if a.Corruption != nil {
			a.Corruption.RelativeMCE = nil
		}
		for j := range a.Cells {
			a.Cells[j].Distance = nil
		}
	}
	page = render(t, r, Options{})
	for _, gone := range []string{"relative", "distance", " alignment\n"} {
		if strings.Contains(page, gone) {
			t.Errorf("the page has %s", gone)
		}
	}
	for _, gone := range []string{`(?m)^  [a-z]+( [a-z=0-9]+)?( +–)+$`, `(?m)^from .*\n(from|$)`} {
		if found := regexp.MustCompile(gone).FindString(page); found != "" {
			t.Errorf("the page has %q", found)
		}
	}
}

// TestThresholds: fractions are in percent or points, value and limit alike; what the name does not say stands beside it.
func TestThresholds(t *testing.T) {
	r := fixture()
	r.Thresholds = []measure.Threshold{
		{Name: "hubs help", Value: ptr(.004788), Limit: "> 0", Pass: true},
		{Name: "recovered_gain of hubs", Value: ptr(.9), Limit: ">= 0.975"},
		{Name: "it helps against rotation", Value: ptr(.2), Limit: ">= 0.1", Pass: true},
		{Name: "hubs align", Value: ptr(.99), Limit: ">= 0.95", Pass: true},
		{Name: "unmeasured", Limit: "<= 0.07"},
		{Name: "of an unknown metric", Value: ptr(-.25), Limit: "<= 0.07", Pass: true},
	}
	page := render(t, r, Options{Metrics: map[string]string{"hubs help": "gain_lo", "recovered_gain of hubs": "recovered_gain", "hubs align": "alignment", "it helps against rotation": "gain", "unmeasured": "clean_cost"}})
	for _, want := range []string{`(?m)^PASS  hubs help \(gain_lo\) +0\.479  > 0 points$`, `(?m)^FAIL  recovered_gain of hubs +90\.0  >= 97\.5 %$`,
		`(?m)^PASS  it helps against rotation \(gain\) +20\.0  >= 10 points$`,
		`(?m)^PASS  hubs align \(alignment\) +0\.990  >= 0\.95$`, `(?m)^FAIL  unmeasured \(clean_cost\) +–  <= 7 points$`, `(?m)^PASS  of an unknown metric +-0\.250  <= 0\.07$`} {
		if !regexp.MustCompile(want).MatchString(page) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for x, want := range map[float64]string{0: "0.00", 1: "1.00", .99951: "1.00", .0445: "0.0445", 37.42: "37.4", 99.96: "100", 1234.5: "1235", -2e-9: "0.000000", -.0356: "-0.0356", 9.996: "10.0"} {
		if got := significant(x); got != want {
			t.Errorf("%v is %s, want %s", x, got, want)
		}
	}
}

// A share of a gain that does not exist is shown with the reason: below its table, and where a threshold demands it.
func TestReasonsAreSaid(t *testing.T) {
	const reason = "the oracle does not clearly gain there: -61.0 points [-67.0, -55.0]"
	r := &measure.Result{Scenario: "low-contrast", Arms: []measure.Arm{
		{Arm: "none", Clean: estimate(.8), Cells: []measure.Cell{{Perturbation: "contrast", Strength: 5, Value: .05, Unit: "1", Accuracy: estimate(.76)}}},
		{Arm: "hebbian", Rule: "gha", Variant: "hubs=4", Source: "contrast", SourceStrength: ptr(5.), Clean: estimate(.7),
			Cells: []measure.Cell{{Perturbation: "contrast", Strength: 5, Value: .05, Unit: "1", Accuracy: estimate(.17), Gain: gain(-.59, .06)}}}},
		Summary:    measure.Summary{RecoveredGain: []measure.RecoveredGain{{Source: "contrast", Strength: 5, Arm: "hebbian", Rule: "gha", Variant: "hubs=4", Reason: reason}}},
		Thresholds: []measure.Threshold{{Name: "4 hubs recover", Metric: "recovered_gain", Reason: reason, Limit: ">= 0.9"}}}
	said := func(print func(*strings.Builder) error) string {
		var b strings.Builder
		if err := print(&b); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	tables := said(func(b *strings.Builder) error { return Print(b, r, Options{}) })
	screen := said(func(b *strings.Builder) error { return Screen(b, r, Options{}) })
	for _, c := range []struct{ text, want string }{
		{tables, "Recovered: –, since " + reason + "."},
		{tables, "FAIL 4 hubs recover: the oracle does not clearly gain there:"}, // its row goes on
		{screen, "FAIL 4 hubs recover: –, not >= 0.9, since " + reason},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%q is not said in:\n%s", c.want, c.text)
		}
	}
}
