package scenario

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyScenario draws a scenario that every check accepts.
func anyScenario(t *rapid.T) *Scenario {
	whole := func(low, high int, label string) int { return rapid.IntRange(low, high).Draw(t, label) }
	rate := func(label string) float64 { return rapid.Float64Range(1e-12, 0.999).Draw(t, label) }
	columns, second := whole(5, 30, "columns"), whole(1, 3, "second field")
	s := &Scenario{
		Version: 1,
		Name:    rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{0,20}`).Draw(t, "name"),
		About:   rapid.String().Draw(t, "about"),
		Seed:    rapid.Uint64Range(0, 1<<53-1).Draw(t, "seed"),
		Seeds:   whole(1, 1000, "seeds"),
		Size:    rapid.SampledFrom(words(sizes)).Draw(t, "size"),
		Data: Data{Set: rapid.StringN(1, 20, -1).Draw(t, "set"), Path: "/" + rapid.String().Draw(t, "path"),
			Classes: rapid.SampledFrom([][]string{{}, {"left", "right"}, {"no", "1"}}).Draw(t, "classes"), Broken: rapid.SampledFrom(words(brokens)).Draw(t, "broken"),
			Train: whole(0, 60000, "train"), Test: whole(1000, 60000, "test"), JudgeOn: TestImages},
		Sheet:    Sheet{columns, whole(1, 1000, "units"), whole(2, 9, "field"), Second{whole(3, columns-second+1, "second columns"), 10, second}},
		Features: Features{SoftHebb, whole(1, 9, "epochs"), rate("features"), rate("temperature"), rate("gain")},
		Lanes:    Lanes{whole(1, 4096, "lanes"), whole(1, 4096, "probe lanes")},
		Noise:    Noise{rate("power"), rapid.SampledFrom(words(times)).Draw(t, "when"), whole(1, 99, "draws"), ImprintRule{rate("imprint"), 1}, GHARule{rate("gha"), 40, 4}, OracleRule{whole(1, 99, "components")}},
		Readout:  Readout{whole(2, 9, "readout"), rate("readout rate"), rapid.Bool().Draw(t, "bias"), rapid.SampledFrom(words(decisions)).Draw(t, "decision"), rate("input sigma")},
		Sources:  []Source{},
		Measured: rapid.SampledFrom(words(places)).Draw(t, "measured"),
		Attack: Attack{Preset: rapid.SampledFrom(words(presets())).Draw(t, "preset"), Linf: []float64{rate("epsilon")}, L2: []float64{rate("l2"), 1},
			Steps: whole(0, 99, "steps"), Restarts: whole(0, 9, "restarts"), Draws: whole(0, 9, "attack draws"), Queries: whole(0, 99, "queries"),
			Images: whole(1, 1000, "images"), Sources: []string{}, Arms: []Arm{}, Audit: whole(0, 9, "audit"), Training: TrainingAttack{rate("training"), whole(1, 9, "training steps")}},
		Certificate: Certificate{[]float64{rate("sigma")}, whole(40, 99, "samples"), whole(1, 9, "first"), rate("alpha"), whole(1, 9, "certified")},
		Accept:      rapid.Permutation(words(checks())).Draw(t, "accept")[:whole(0, 3, "accepted")],
		Strengths:   []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}[:whole(1, 11, "strengths")],
		Runtime:     Runtime{UnitsPerGoroutine(whole(0, 99, "units per goroutine"))},
		Thresholds:  []Threshold{},
	}
	s.Perturbations = rapid.Permutation(words(perturbations())).Draw(t, "perturbations")[:whole(1, 9, "number of perturbations")]
	most := 1
	for _, name := range s.Perturbations {
		for _, member := range members(name) {
			if p, _ := s.Perturbation(member); p.Modification != nil {
				most = max(most, len(p.Values))
			}
		}
	}
	s.Strengths = s.Strengths[:min(len(s.Strengths), most)]
	arms := []string{Identity, "imprint radius=2", "imprint radius=all", "gha hubs=3 layer=1 power=0.25 when=learning", "oracle + augmentation", AdversarialTraining, "diagonal power=2"}
	for i, name := range []string{"rotate", "paper/elastic", "pgd-linf"}[:whole(0, 3, "sources")] {
		var chosen []Arm
		for _, spelling := range rapid.Permutation(arms).Draw(t, "arms")[:whole(1, len(arms), "number of arms")] {
			arm, err := ParseArm(spelling)
			if err != nil {
				t.Fatal(err)
			}
			chosen = append(chosen, arm)
		}
		s.Sources = append(s.Sources, Source{name, whole(0, 1, "strength"), whole(0, s.Data.Train, "seen"), chosen})
		s.Attack.Sources = append(s.Attack.Sources, name)
		if i == 0 {
			s.Attack.Arms = append(s.Attack.Arms, chosen[0])
		}
		limit := Limit{rapid.SampledFrom([]string{">=", ">", "<=", "<"}).Draw(t, "op"), float64(whole(-1000, 1000, "limit")) / 1024}
		s.Thresholds = append(s.Thresholds, Threshold{Name: name + rapid.StringN(0, 50, -1).Draw(t, "threshold"), Metric: Gain, Source: name, Arm: chosen[0], Limit: limit})
	}
	return s
}

// TestYAMLReadsBack checks that the resolved form is a file of the same scenario.
func TestYAMLReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScenario(t)
		again, err := Parse("resolved", s.YAML(), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, s.YAML())
		}
		if !reflect.DeepEqual(again, s) {
			t.Fatalf("got  %+v\nwant %+v\n%s", again, s, s.YAML())
		}
	})
}

// TestOverridesEqualEdits checks that an override does what the same value in the file does.
func TestOverridesEqualEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, other := anyScenario(t), anyScenario(t)
		edited := *s
		edited.Noise, edited.Seeds, edited.Runtime = other.Noise, other.Seeds, other.Runtime
		tree := fromGo(other, place{})
		var set []string
		for _, key := range []string{"power", "when", "draws"} {
			set = append(set, "noise."+key+"="+written(tree.get("noise").get(key)))
		}
		set = append(set, "seeds="+written(tree.get("seeds")))
		for _, rule := range []string{"imprint", "gha"} {
			set = append(set, "noise."+rule+"={rate: "+written(tree.get("noise").get(rule).get("rate"))+"}")
		}
		set = append(set, "noise.oracle.components="+written(tree.get("noise").get("oracle").get("components")))
		set = append(set, "runtime.units_per_goroutine="+written(tree.get("runtime").get("units_per_goroutine")))
		got, err := Parse("resolved", s.YAML(), rapid.Permutation(set).Draw(t, "set"))
		if err != nil || !reflect.DeepEqual(got, &edited) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, &edited)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"example", "mistakes", "selectors", "extends/good"} {
		src, err := os.ReadFile("testdata/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src, "noise.power=0.2")
	}
	f.Add([]byte("version: 1\nname: a\nperturbations: [rotate]\nabout: >\n  two\n  lines\n"), "sources=[{perturbation: rotate, arms: [oracle]}]")
	f.Add([]byte("version: 1\nname: &n a\nx-a: &d {train: 5}\ndata: {<<: *d, test: 6}\nperturbations: [rotate]\nabout: *n"), "size=small")
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		s, err := Parse("fuzz", src, []string{set})
		if err != nil {
			var problems Errors
			if s != nil || !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("got %v and the error %v", s, err)
			}
			if slices.ContainsFunc(problems, func(p Problem) bool { return p.Message == "" || p.File == "" }) {
				t.Fatalf("a problem says nothing: %v", err)
			}
			return
		}
		again, err := Parse("again", s.YAML(), nil)
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%v\n%s", err, s.YAML())
		}
	})
}
