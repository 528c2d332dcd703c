package experiment

import (
	"fmt"
	"math"
	"testing"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// TestPublished: every level of the paper's family has a row of the paper's table, and every row has a level.
func TestPublished(t *testing.T) {
	t.Parallel()
	s, err := scenario.Parse("f", []byte("version: 1\nname: a\nperturbations: [paper]\nstrengths: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, l := range s.Levels() {
		p, ok := published(l)
		if !ok {
			t.Errorf("the paper has no row for %s at %v", l.Name, l.Value())
			continue
		}
		if "paper/"+p.Modification != l.Name {
			t.Errorf("%s is set beside %s", l.Name, p.Modification)
		}
		rows[fmt.Sprint(p.Modification, p.Strength)]++
	}
	for _, p := range measure.Paper() {
		if n := rows[fmt.Sprint(p.Modification, p.Strength)]; n != 1 {
			t.Errorf("%d levels have the paper's row for %s at %v", n, p.Modification, p.Strength)
		}
	}
	for _, name := range []string{"rotate", "mnist-c/rotate"} {
		p, _ := s.Perturbation(name)
		if row, ok := published(scenario.Level{Perturbation: p, Strength: 1}); ok {
			t.Errorf("%s is set beside the paper's %s", name, row.Modification)
		}
	}
}

// TestPaperTable: a run beside the paper's table has the run's accuracies, the paper's, and the signs that follow.
func TestPaperTable(t *testing.T) {
	t.Parallel()
	r := allSeeds(t, `sources=[{perturbation: paper/rotate, strength: 0, arms: [oracle, diagonal, identity, gha hubs=3]},
		{perturbation: paper/fgm, strength: 2, arms: [diagonal, oracle]}, {perturbation: paper/contrast, strength: 4, arms: [oracle]}]`,
		"perturbations=[]", "measured=matched", "noise.power=3", "seeds=4", "data.test=400",
		"thresholds=[{name: signs, metric: paper_agreement, limit: \">= 0\"}]", "attack={images: 100, audit: 0}")
	res := r.outcome().Result
	p := res.Summary.Paper
	if p == nil || len(p.Rows) != 12 {
		t.Fatalf("the table has the rows %+v, want 11 rotations and the attack", p)
	}
	// under returns the decisions of an arm under a level, seed by seed.
	under := func(spelling string, l scenario.Level) measure.Sample {
		var rows [][]uint8
		for _, sr := range r.seeds {
			for _, a := range sr.arms {
				own := a.lesson == nil || spelling == scenario.Identity || a.lesson.Is(l)
				if a.arm.String() != spelling || !own {
					continue
				}
				if k := a.at(l); k > 0 {
					rows = append(rows, a.Correct[k])
				}
				for _, s := range a.Strikes {
					if s.level.Is(l) {
						rows = append(rows, s.Correct)
					}
				}
			}
		}
		if len(rows) != r.Seeds {
			t.Fatalf("%s under %s %d was measured in %d seeds", spelling, l.Name, l.Strength, len(rows))
		}
		return measure.Right(rows)
	}
	counts := map[bool]map[string]int{true: {}, false: {}}
	for i, row := range p.Rows {
		l := r.lessons[i].Level
		published, ok := measure.LookupPaper(row.Modification, row.Strength)
		if !ok || "paper/"+row.Modification != l.Name || row.Strength != l.Value() {
			t.Fatalf("row %d is %s at %v, its source %s at %v", i, row.Modification, row.Strength, l.Name, l.Value())
		}
		shown := []string{"oracle", "diagonal", "identity", "none"}
		if i < 11 {
			shown = append(shown, "gha hubs=3")
		}
		if len(row.Cells) != len(shown) {
			t.Errorf("%s %v: %d cells, want %d", row.Modification, row.Strength, len(row.Cells), len(shown))
		}
		for k, c := range row.Cells {
			name := shown[k]
			if k < 4 {
				name = measure.PaperArms[k]
			}
			if c.Arm != name || (k < 4) != (c.Paper != nil) || k < 4 && *c.Paper != published.Means[k] {
				t.Errorf("%s %v: cell %d is %+v", row.Modification, row.Strength, k, c)
			}
			if want := under(shown[k], l).Accuracy(); c.Here == nil || *c.Here != want {
				t.Errorf("%s %v: %s has %+v here, want %+v", row.Modification, row.Strength, c.Arm, c.Here, want)
			}
		}
		for _, sign := range []struct {
			diagonal bool
			than     string
			theirs   float64
			got      string
		}{{true, "diagonal", published.Means[0] - published.Means[1], row.Diagonal}, {false, "none", published.Means[0] - published.Means[3], row.None}} {
			ours := under("oracle", l).Paired(under(sign.than, l))
			want := "disagree"
			switch {
			case math.Abs(sign.theirs) < .005: // printed with two digits
				want = "silent"
			case ours.Lo <= 0 && ours.Hi >= 0:
				want = "undecided"
			case ours.Lo > 0 == (sign.theirs > 0):
				want = "agree"
			}
			counts[sign.diagonal][want]++
			if sign.got != want {
				t.Errorf("%s %v: full less %s is said to %s: here %+v, there %v", row.Modification, row.Strength, sign.than, sign.got, ours, sign.theirs)
			}
		}
	}
	for diagonal, c := range map[bool]measure.SignCount{true: p.Diagonal, false: p.None} {
		n := counts[diagonal]
		if c != (measure.SignCount{Agree: n["agree"], Disagree: n["disagree"], Undecided: n["undecided"], Silent: n["silent"]}) {
			t.Errorf("signs %+v, want %v", c, n)
		}
	}
	agree := p.Diagonal.Agree + p.None.Agree
	all := agree + p.Diagonal.Disagree + p.None.Disagree
	switch th := res.Thresholds[0]; {
	case all == 0:
		t.Error("no sign is decided: the test says nothing")
	case th.Value == nil || *th.Value != float64(agree)/float64(all):
		t.Errorf("the threshold on signs measures %+v, want %d of %d", th, agree, all)
	}
	if p.Doses != nil || p.Rows[0].Doses != nil {
		t.Errorf("one dose is set beside others: %+v", p.Doses)
	}
	if runTiny(t, "seeds=1").Result.Summary.Paper != nil {
		t.Error("a run without the paper's modifications is set beside the paper")
	}
}

// TestPaperDoses: arms of other powers stand beside those of the scenario's, each with its own numbers and signs.
func TestPaperDoses(t *testing.T) {
	t.Parallel()
	run := func(power, arms string) *measure.Result {
		return runTiny(t, "sources=[{perturbation: paper/rotate, strength: 11, arms: ["+arms+"]}, {perturbation: paper/rotate, strength: 3, arms: ["+arms+"]}]", "perturbations=[]", "measured=matched", "noise.power="+power,
			"thresholds=[]", "attack={audit: 0, arms: []}").Result
	}
	res := run("2", "oracle power=0.1, oracle, diagonal power=0.1, diagonal, gha hubs=3 power=0.1")
	both := res.Summary.Paper
	if len(both.Doses) != 2 || both.Doses[0].Power != .1 || both.Doses[1].Power != 2 {
		t.Fatalf("the doses are %+v, want 0.1 and 2", both.Doses)
	}
	for k, power := range []string{"0.1", "2"} {
		alone := run(power, "diagonal, oracle").Summary.Paper
		d := both.Doses[k]
		if d.LessDiagonal != alone.Diagonal || d.LessNone != alone.None {
			t.Errorf("power %s: signs %+v, alone %+v and %+v", power, d, alone.Diagonal, alone.None)
		}
		for i, r := range both.Rows {
			one, other := r.Doses[k], alone.Rows[i]
			if *one.Full != *other.Cells[0].Here || *one.Diagonal != *other.Cells[1].Here || one.LessDiagonal != other.Diagonal || one.LessNone != other.None {
				t.Errorf("power %s, row %d: %+v, alone %+v", power, i, one, other)
			}
			if power == "2" && (r.Diagonal != one.LessDiagonal || *r.Cells[0].Here != *one.Full) {
				t.Errorf("row %d is not that of the scenario's power: %+v", i, r)
			}
			if len(r.Cells) != 5 || r.Cells[4].Arm != "gha hubs=3 power=0.1" {
				t.Errorf("row %d: %+v", i, r.Cells)
			}
		}
	}
	for _, a := range res.Arms {
		if k := map[string]int{"power=0.1": 0, "": 1}; a.Arm == scenario.Oracle && math.Abs(*a.TraceRelative / *both.Doses[k[a.Variant]].Relative - 1) > 1e-6 {
			t.Errorf("%s %s: %v times the variance, its dose %v", a.Arm, a.Variant, *a.TraceRelative, *both.Doses[k[a.Variant]].Relative)
		}
	}
}
