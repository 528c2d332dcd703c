package report

import (
	"strings"
	"testing"

	"murmur/sim/measure"
)

// TestOneSeedIsSaid: intervals of one seed cover images alone, and the sentence and the tables say so.
func TestOneSeedIsSaid(t *testing.T) {
	r := fixture()
	for _, seeds := range []int{1, 3} {
		for i := range r.Arms {
			r.Arms[i].Clean.Seeds = seeds
		}
		r.Summary.Sentence = ""
		full := strings.Join(strings.Fields(render(t, r, Options{})), " ")
		if strings.Contains(full, oneSeed) != (seeds == 1) || strings.Contains(Sentence(r), oneSeed) != (seeds == 1) {
			t.Errorf("%d seeds: %s\n%s", seeds, Sentence(r), full)
		}
	}
}

// TestUnevenClasses: balanced accuracies stand beside accuracies on the screen, in the table of a source and for all
// changes, and nowhere where classes are even.
func TestUnevenClasses(t *testing.T) {
	r := fixture()
	if full := render(t, r, Options{}); strings.Contains(full, "balanced") {
		t.Errorf("classes are even:\n%s", full)
	}
	r.Data.Unbalanced = true
	for i := range r.Arms {
		for j := range r.Arms[i].Cells {
			r.Arms[i].Cells[j].Balanced = &measure.Estimate{Mean: .123, Lo: .1, Hi: .2, Seeds: 3}
		}
	}
	full := render(t, r, Options{})
	fits(t, full, minWidth)
	for _, want := range []string{"balanced\n", "the same, balanced accuracy %: every class counts alike", "12.3 ±7.7", "Balanced: mean over the classes"} {
		if !strings.Contains(full, want) {
			t.Errorf("no %q in\n%s", want, full)
		}
	}
	if s := screen(t, r, Options{}); !strings.Contains(s, "balanced") || !strings.Contains(s, "12.3") {
		t.Errorf("the screen:\n%s", s)
	}
}

// TestNotesOnChanges: what a change does that no network can answer for stands below the table of its strengths.
func TestNotesOnChanges(t *testing.T) {
	r := fixture()
	for i := range r.Arms {
		for j := range r.Arms[i].Cells {
			if c := &r.Arms[i].Cells[j]; c.Perturbation == "rotate" && c.Strength == 5 {
				c.Note = "leaves nothing of the pictures"
			}
		}
	}
	if full := render(t, r, Options{}); !strings.Contains(full, "What leaves nothing of the pictures: rotate 40°.") {
		t.Errorf("no note in\n%s", full)
	}
}
