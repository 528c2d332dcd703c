package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"murmur/sim/audit"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// allSeeds runs the tiny scenario for all of its seeds and returns all that came of it.
func allSeeds(t testing.TB, set ...string) *run {
	t.Helper()
	r := &run{Experiment: newTiny(t, set...), progress: quiet{}}
	for i := range r.Seeds {
		if err := r.seed(t.Context(), r.Seed+uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// armIn returns the arm of a result with that spelling and source.
func armIn(t testing.TB, res *measure.Result, spelling, source string) measure.Arm {
	t.Helper()
	i := slices.IndexFunc(res.Arms, func(a measure.Arm) bool {
		return is(a.Arm, a.Rule, a.Variant, a.Training, mustArm(t, spelling)) && a.Source == source
	})
	if i < 0 {
		t.Fatalf("no arm %s of %s", spelling, source)
	}
	return res.Arms[i]
}

const threeSources = `sources=[{perturbation: rotate, strength: 4, arms: [oracle, diagonal, identity]},
	{perturbation: gaussian_blur, strength: 2, arms: [diagonal, oracle]}, {perturbation: pgd-linf, strength: 1, arms: [oracle]}]`

// TestTransfer: the matrix of an arm holds the gains of its cells, in wider intervals, and counts them rightly.
func TestTransfer(t *testing.T) {
	r := allSeeds(t, threeSources, "attack.arms=[]", "perturbations=[contrast]", "noise.power=0.8",
		"thresholds=[{name: harm, metric: mismatched_worse, limit: \"<= 1\"}]", "data.test=400")
	res := r.outcome().Result
	columns := []string{"rotate", "gaussian_blur", "pgd-linf 0.05"}
	want := map[string][]string{"oracle": columns, "diagonal": columns[:2]}
	if len(res.Summary.Transfer) != len(want) {
		t.Fatalf("%d matrices, want %d: identity has one source", len(res.Summary.Transfer), len(want))
	}
	worse, mismatched := 0, 0
	for _, m := range res.Summary.Transfer {
		rows := want[m.Arm]
		if !slices.Equal(m.Sources, rows) || !slices.Equal(m.Perturbations, columns) || m.Comparisons != len(rows)*3 || len(m.Gains) != len(rows) {
			t.Errorf("%s: sources %q, perturbations %q, %d comparisons", m.Arm, m.Sources, m.Perturbations, m.Comparisons)
		}
		var off, hurts, helps int
		for i, row := range m.Gains {
			source, _, _ := strings.Cut(rows[i], " ")
			arm := armIn(t, res, m.Arm, source)
			for j, c := range row {
				name, _, _ := strings.Cut(columns[j], " ")
				k := slices.IndexFunc(arm.Cells, func(c measure.Cell) bool { return c.Perturbation == name })
				gain := arm.Cells[k].Gain
				if math.Abs(c.Mean-gain.Mean) > 1e-12 || c.Matched != (rows[i] == columns[j]) || c.Lo > gain.Lo || c.Hi < gain.Hi {
					t.Errorf("%s of %s under %s: %+v, its cell gains %+v", m.Arm, source, name, c, *gain)
				}
				if c.Hi-c.Lo <= (gain.Hi-gain.Lo)*1.0001 && gain.Hi > gain.Lo {
					t.Errorf("%s of %s under %s: the interval of all cells together is no wider than that of one", m.Arm, source, name)
				}
				if c.Matched {
					continue
				}
				off++
				if c.Hi < 0 {
					hurts++
				}
				if c.Lo > 0 {
					helps++
				}
			}
		}
		if m.Mismatched != off || m.Worse != hurts || m.Better != helps {
			t.Errorf("%s: %d mismatched, %d worse, %d better; want %d, %d, %d", m.Arm, m.Mismatched, m.Worse, m.Better, off, hurts, helps)
		}
		worse, mismatched = worse+hurts, mismatched+off
	}
	if th := res.Thresholds[0]; th.Value == nil || *th.Value != float64(worse)/float64(mismatched) {
		t.Errorf("the threshold on harm measures %+v, want %d of %d", th, worse, mismatched)
	}
	// Strengths of one perturbation are told apart.
	strengths := lived(t, "sources=[{perturbation: rotate, strength: 0, arms: [diagonal]}, {perturbation: contrast, strength: 2, arms: [diagonal]}]", "attack.arms=[]", "thresholds=[]").outcome().Result.Summary.Transfer
	if want := []string{"rotate 1", "rotate 2", "rotate 3", "rotate 4", "rotate 5", "contrast"}; len(strengths) != 1 || !slices.Equal(strengths[0].Sources, want) || !slices.Equal(strengths[0].Perturbations, want) {
		t.Errorf("the strengths are called %+v", strengths)
	}
	// Where an arm was not attacked, what it would gain there is not known.
	some := lived(t, threeSources, "attack.arms=[oracle]", "thresholds=[]").outcome().Result.Summary.Transfer
	if len(some) != 1 || some[0].Arm != scenario.Oracle {
		t.Errorf("matrices %+v, want the oracle's alone", some)
	}
}

// TestPublished: every level of the paper's family has a row of the paper's table, and every row has a level.
func TestPublished(t *testing.T) {
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
	r := allSeeds(t, `sources=[{perturbation: paper/rotate, strength: 0, arms: [oracle, diagonal, identity, gha hubs=3]},
		{perturbation: paper/fgm, strength: 9, arms: [diagonal, oracle]}, {perturbation: paper/contrast, strength: 4, arms: [oracle]}]`,
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
					rows = append(rows, a.correct[k])
				}
				for _, s := range a.strikes {
					if s.level.Is(l) {
						rows = append(rows, s.correct)
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
	if runTiny(t, "seeds=1").Result.Summary.Paper != nil {
		t.Error("a run without the paper's modifications is set beside the paper")
	}
}

// TestAudits: the checks of arms are summed up by the worst, whose it is, and how many share it; a failure that the
// scenario accepts says so.
func TestAudits(t *testing.T) {
	e := newTiny(t, "accept=[zero-gradients, eot-converged]")
	r := &run{Experiment: e, progress: quiet{}}
	check := func(name, status, detail string) measure.Check {
		return measure.Check{Name: name, Status: status, Detail: detail}
	}
	none, oracle := mustArm(t, "none"), mustArm(t, "oracle")
	y := &lesson{Lesson: e.lessons[0]}
	r.seeds = []*seedRun{{arms: []*armRun{
		{arm: none, audits: []measure.Check{check("the-network-is-attacked", Pass, "a"), check("zero-gradients", Warn, "b"), check("eot-converged", Pass, "c"), check("noise-is-fresh", Warn, "w")}},
		{arm: oracle, lesson: y, audits: []measure.Check{check("the-network-is-attacked", Pass, "d"), check("zero-gradients", Fail, "e"), check("eot-converged", Pass, "f"), check("noise-is-fresh", Pass, "x")}},
		{arm: mustArm(t, "gha hubs=3"), lesson: y, audits: []measure.Check{check("the-network-is-attacked", Fail, "g"), check("zero-gradients", Fail, "h"), check("eot-converged", Pass, "i")}},
		{arm: mustArm(t, "diagonal"), lesson: y},
	}}}
	tab := &tables{run: r}
	got := tab.checks(&measure.Result{Arms: make([]measure.Arm, 2)})
	want := []measure.Check{
		{Name: "the-network-is-attacked", Status: Fail, Detail: "1 of 3 arms, such as gha hubs=3 of rotate: g"},
		{Name: "zero-gradients", Status: Fail, Detail: "2 of 3 arms, such as oracle of rotate: e", Accepted: true},
		{Name: "eot-converged", Status: Pass, Detail: "3 of 3 arms, such as none: c"},
		{Name: "noise-is-fresh", Status: Warn, Detail: "1 of 2 arms, such as none: w"},
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("the checks lack %+v:\n%v", w, got)
		}
	}
	if c := got[0]; c.Name != "complete" || c.Status != Fail || c.Accepted {
		t.Errorf("no arm is done: %+v", c)
	}
}

// TestAudit: an audit of a run holds every check that a scenario may accept, for the arms that are attacked, and runs
// for the first seed.
func TestAudit(t *testing.T) {
	r := allSeeds(t, "attack.audit=16", "attack.arms=[oracle]", "seeds=2", "sources.0.arms=[oracle, diagonal]")
	for s, sr := range r.seeds {
		for _, a := range sr.arms {
			var want []string
			if a.arm.Kind() != scenario.Diagonal {
				want = append(want, "the-network-is-attacked")
				for _, term := range audit.Terms() {
					if s == 0 {
						want = append(want, term.Name)
					}
				}
			}
			var got []string
			for _, c := range a.audits {
				got = append(got, c.Name)
			}
			if !slices.Equal(got, want) {
				t.Errorf("seed %d, %s: checks %q, want %q", s, a.arm, got, want)
			}
		}
	}
	for _, c := range r.outcome().Result.Checks {
		if c.Name == "the-network-is-attacked" && (c.Status != Pass || !strings.HasPrefix(c.Detail, "4 of 4 arms")) {
			t.Errorf("%+v", c)
		}
		if c.Status == Fail {
			t.Errorf("%+v", c)
		}
	}
}

// TestAccuracyThreshold measures at the place it names.
func TestAccuracyThreshold(t *testing.T) {
	res := runTiny(t, `thresholds=[{name: a, metric: accuracy, arm: none, perturbation: rotate, strength: 2, limit: "> 0"},
		{name: b, metric: accuracy, source: rotate, arm: gha hubs=3, perturbation: gaussian_blur, strength: 4, limit: "> 1"},
		{name: c, metric: accuracy, source: rotate, arm: oracle, perturbation: pgd-linf, strength: 1, limit: "< 1"},
		{name: d, metric: accuracy, source: rotate, arm: shuffled, perturbation: pgd-linf, strength: 1, limit: "< 1"}]`).Result
	for i, tt := range []struct {
		arm, source, name string
		strength          float64
		pass              bool
	}{{"none", "", "rotate", 2, true}, {"gha hubs=3", "rotate", "gaussian_blur", 4, false}, {"oracle", "rotate", "pgd-linf", 1, true}} {
		cell := cellOf(armIn(t, res, tt.arm, tt.source), measure.Cell{Perturbation: tt.name, Strength: tt.strength})
		if th := res.Thresholds[i]; th.Value == nil || *th.Value != cell.Accuracy.Mean || th.Pass != tt.pass || cell.Accuracy.Seeds == 0 {
			t.Errorf("%s: %+v, want %v", th.Name, th, cell.Accuracy.Mean)
		}
	}
	if th := res.Thresholds[3]; th.Value != nil || th.Pass { // attack.arms leaves it out
		t.Errorf("an accuracy that was not measured: %+v", th)
	}
}
