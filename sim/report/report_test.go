package report

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
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
		{"lab", laboratory(), Options{}},
		{"paper", paperResult(), Options{}},
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
	rapid.Check(t, func(t *rapid.T) {
		fraction := rapid.Float64Range(0, 1)
		r := laboratory()
		for i := range r.Summary.Covariances {
			r.Summary.Covariances[i].Source = name.Draw(t, "source")
			r.Summary.Transfer[0].Sources[i] = name.Draw(t, "transferred")
		}
		for i := range r.Arms {
			a := &r.Arms[i]
			if i > 0 {
				a.Variant = name.Draw(t, "variant")
			}
			if len(a.Cells) == 0 {
				continue
			}
			for range 3 {
				c := &a.Cells[rapid.IntRange(0, len(a.Cells)-1).Draw(t, "cell")]
				lo, hi := fraction.Draw(t, "lo"), fraction.Draw(t, "hi")
				c.Accuracy.Mean, c.Accuracy.Lo, c.Accuracy.Hi = (lo+hi)/2, min(lo, hi), max(lo, hi)
				if c.Gain != nil {
					lo, hi := 2*fraction.Draw(t, "lo")-1, 2*fraction.Draw(t, "hi")-1
					*c.Gain = measure.Paired{Mean: (lo + hi) / 2, Lo: min(lo, hi), Hi: max(lo, hi)}
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
		r.Checks[0].Detail = strings.Repeat(name.Draw(t, "detail"), 5)
		r.Thresholds[0].Limit = name.Draw(t, "limit")
		r.Summary.Sentence = Sentence(r)
		fits(t, render(t, r, Options{}), minWidth)
	})
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestPrintReturnsTheWritersError(t *testing.T) {
	if err := Print(broken{}, fixture(), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}
