package experiment

import (
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
		live(t, r, r.Seed+uint64(i))
	}
	return r
}

// armIn returns the arm of a result with that spelling and source.
func armIn(t testing.TB, res *measure.Result, spelling, source string) measure.Arm {
	t.Helper()
	i := slices.IndexFunc(res.Arms, func(a measure.Arm) bool {
		want := mustArm(t, spelling)
		return a.Arm == want.Kind() && a.Rule == want.Rule() && a.Variant == want.Variant() && a.Training == want.Training() && a.Source == source
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
	t.Parallel()
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

// TestAudits: the checks of arms are summed up by the worst, whose it is, and how many share it; a failure that the
// scenario accepts says so.
func TestAudits(t *testing.T) {
	t.Parallel()
	e := newTiny(t, "accept=[zero-gradients, eot-converged]")
	r := &run{Experiment: e, progress: quiet{}}
	check := func(name, status, detail string) measure.Check {
		return measure.Check{Name: name, Status: status, Detail: detail}
	}
	none, oracle := mustArm(t, "none"), mustArm(t, "oracle")
	y := &lesson{Lesson: e.lessons[0]}
	r.seeds = []*seedRun{{arms: []*armRun{
		{arm: none, armOutcome: armOutcome{Audits: []measure.Check{check("the-network-is-attacked", Pass, "a"), check("zero-gradients", Warn, "b"), check("eot-converged", Pass, "c"), check("noise-is-fresh", Warn, "w")}}},
		{arm: oracle, lesson: y, armOutcome: armOutcome{Audits: []measure.Check{check("the-network-is-attacked", Pass, "d"), check("zero-gradients", Fail, "e"), check("eot-converged", Pass, "f"), check("noise-is-fresh", Pass, "x")}}},
		{arm: mustArm(t, "gha hubs=3"), lesson: y, armOutcome: armOutcome{Audits: []measure.Check{check("the-network-is-attacked", Fail, "g"), check("zero-gradients", Fail, "h"), check("eot-converged", Pass, "i")}}},
		{arm: mustArm(t, "diagonal"), lesson: y},
	}}}
	tab := r.tables()
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
	t.Parallel()
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
			for _, c := range a.Audits {
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
	t.Parallel()
	res := runTiny(t, `thresholds=[{name: a, metric: accuracy, arm: none, perturbation: rotate, strength: 2, limit: "> 0"},
		{name: b, metric: accuracy, source: rotate, arm: gha hubs=3, perturbation: gaussian_blur, strength: 4, limit: "> 1"},
		{name: c, metric: accuracy, source: rotate, arm: oracle, perturbation: pgd-linf, strength: 1, limit: "< 1"}]`).Result
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
}

// TestMetrics: what a scenario may demand is what can be worked out, metric by metric.
func TestMetrics(t *testing.T) {
	names := scenario.Metrics()
	for _, name := range names {
		if metrics[name] == nil {
			t.Errorf("nothing works out %s", name)
		}
	}
	if len(metrics) != len(names) {
		t.Errorf("%d metrics can be worked out, %d may be named", len(metrics), len(names))
	}
}

// TestNothingToRecover: where the oracle does not clearly gain, no share of its gain exists, and thresholds on one fail with
// the reason.
func TestNothingToRecover(t *testing.T) {
	t.Parallel()
	o := runTiny(t, "seeds=1", "sources=[{perturbation: contrast, strength: 5, arms: [imprint radius=1, imprint radius=2, oracle]}]", "perturbations=[contrast]", "strengths=[5]",
		"noise.power=2", "attack.arms=[]", `thresholds=[{name: a, metric: recovered_gain, source: contrast, arm: imprint radius=2, limit: "> -100"},
		{name: b, metric: recovered_growth, source: contrast, limit: "> -100"}, {name: c, metric: gain, source: contrast, arm: oracle, limit: "> 0"}]`)
	if gain := o.Result.Thresholds[2].Value; gain == nil || *gain > 0 {
		t.Fatalf("the oracle gains %v under contrast: the test says nothing", gain)
	}
	const reason = "the oracle does not clearly gain there: "
	for _, g := range o.Result.Summary.RecoveredGain {
		if g.Mean != nil || g.Lo != nil || g.Hi != nil || !strings.HasPrefix(g.Reason, reason) {
			t.Errorf("%+v", g)
		}
	}
	for _, th := range o.Result.Thresholds[:2] {
		if th.Value != nil || th.Pass || !strings.HasPrefix(th.Reason, reason) || th.Metric == "" {
			t.Errorf("%+v", th)
		}
	}
}
