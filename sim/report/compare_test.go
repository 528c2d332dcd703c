package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"murmur/sim/compare"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// differences is a comparison with all that a comparison can hold.
func differences() *compare.Comparison {
	five, few := 5., 500
	share := .125
	cell := func(name string, strength, a, b, half float64) compare.Cell {
		mean := b - a
		return compare.Cell{Perturbation: name, Strength: strength, A: a, B: b, Difference: measure.Paired{Mean: mean, Lo: mean - half, Hi: mean + half},
			Together: measure.Paired{Mean: mean, Lo: mean - 3*half, Hi: mean + 3*half}, Changed: &share}
	}
	c := &compare.Comparison{Schema: compare.Schema, Seeds: 3, Images: 2000,
		A:        compare.Side{Folder: "runs/structured-noise-default-001", Scenario: "structured-noise", Size: "default", Seeds: 3, Images: 2000},
		B:        compare.Side{Folder: "runs/with \x1b[31m colour", Scenario: "structured-noise", Size: "default", Seeds: 5, Images: 2000},
		Settings: []scenario.Difference{{Key: "noise.power", A: "0.08", B: "0.2"}, {Key: "attack.linf", A: "[0.02,0.05,0.1,0.2,0.3,0.02,0.05,0.1,0.2,0.3,0.02,0.05,0.1,0.2,0.3,0.02]", B: ""}},
		Arms: []compare.Arm{
			{Arm: "none", Cells: []compare.Cell{cell(measure.Clean, 0, .8, .8, 0), cell("rotate", 5, .2, .19, .02)}},
			{Arm: "gha hubs=16", Source: "rotate", SourceStrength: &five, Cells: []compare.Cell{cell(measure.Clean, 0, .79, .77, .01), cell("rotate", 5, .5, .6, .02)}},
			{Arm: "imprint radius=all + augmentation", Source: "rotate", SourceStrength: &five, SourceImages: &few, Cells: []compare.Cell{cell(measure.Clean, 0, .79, .8, .02), cell("rotate", 5, .5, .505, .01)}},
		},
		OnlyA: []string{"oracle from rotate 40°"}, OnlyB: []string{"a", "b", "c", "d", "e", "f", "g", "h"},
		Count: compare.Count{Cells: 6, Better: 1, Worse: 1, BetterTogether: 1}}
	for i := range c.Arms {
		a := &c.Arms[i]
		a.Key = measure.ArmKey{Arm: a.Arm, Source: a.Source}
		for j := range a.Cells {
			if a.Cells[j].Perturbation == "rotate" {
				a.Cells[j].Size = "40°"
			}
		}
		if a.SourceStrength != nil {
			a.Key.SourceStrength, a.SourceSize = *a.SourceStrength, "40°"
		}
	}
	return c
}

// A comparison fits 80 columns, and nothing that stands in it acts on a terminal.
func TestCompare(t *testing.T) {
	same := &compare.Comparison{A: compare.Side{Folder: "a", Seeds: 1}, B: compare.Side{Folder: "a", Seeds: 1}, Seeds: 1, Images: 10,
		Arms: differences().Arms[:1]}
	same.Arms[0].Cells = same.Arms[0].Cells[:1]
	apart := differences()
	apart.Unpaired = "they have no seed in common"
	for name, c := range map[string]*compare.Comparison{"compare": differences(), "compare-same": same, "compare-apart": apart} {
		var b strings.Builder
		if err := Compare(&b, c, 0); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		golden := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from its golden file:\n%s", name, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if n := len([]rune(line)); n > 80 || strings.HasSuffix(line, " ") || strings.Contains(line, "\x1b") {
				t.Errorf("%s: %d columns: %q", name, n, line)
			}
		}
	}
}
