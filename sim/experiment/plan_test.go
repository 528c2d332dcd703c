package experiment

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"murmur/sim/scenario"
)

func TestPlan(t *testing.T) {
	plan := newTiny(t).Plan(1e11)
	for _, want := range []string{
		"tiny, size default, seeds 7 to 8",
		"mnist: 300 training, 100 judged (test), 28 x 28 pixels, 10 classes",
		"36 units in 9 columns, receptive fields of 8 x 8 pixels",
		"8 arms, each on 5 cells, and those that are attacked on 1 attacks",
		"imprint radius=all of rotate",
		"gha hubs=3 of rotate",
		"memory       at most ",
		"multiply-adds and",
		"and what attacks take",
		"disk         about ",
	} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan lacks %q:\n%s", want, plan)
		}
	}
	if lines := strings.Count(plan, "\narm "); lines != 8 {
		t.Errorf("%d arms in\n%s", lines, plan)
	}
}

// TestPlanCountsRight: what the plan says of an arm is what the arm then has.
func TestPlanCountsRight(t *testing.T) {
	r := lived(t)
	w := r.world(r.Seed, nil)
	for _, a := range r.seeds[0].arms {
		c := w.cost(a)
		if c.units != a.Units || c.couplings != a.Couplings.Count() {
			t.Errorf("%s: planned %d units and %d couplings, there are %d and %d", a.arm, c.units, c.couplings, a.Units, a.Couplings.Count())
		}
	}
}

// TestPlanAllocatesNoNetwork: a plan of ten million couplings costs no more than its text.
func TestPlanAllocatesNoNetwork(t *testing.T) {
	e := newTiny(t, "sheet={columns: 10, units: 100, field: 8}", "sources.0.arms=[imprint radius=all, gha hubs=64, oracle]", "attack.arms=[]")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	plan := e.Plan(1e11)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("the plan allocates %d bytes", used)
	}
	if !strings.Contains(plan, "100000000 couplings") {
		t.Errorf("10,000 units that all hear one another have 10^8 couplings:\n%s", plan)
	}
}

// TestEveryScenarioHasAPlan: the scenarios of the repository are good in all sizes that need no other images.
func TestEveryScenarioHasAPlan(t *testing.T) {
	files, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("scenarios %v, error %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []string{scenario.Small, scenario.Default} {
			if size == scenario.Small && !strings.Contains(string(text), "\n  small:") {
				continue
			}
			s, err := scenario.Load(file, []string{"size=" + size})
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			e, err := New(t.Context(), s)
			if err != nil {
				t.Errorf("%s, size %s: %v", file, size, err)
				continue
			}
			if e.Plan(1e11) == "" {
				t.Errorf("%s, size %s: an empty plan", file, size)
			}
		}
	}
}

// TestImagesThatAreNotThere: what a scenario asks of images that only loading counts is an error that names the key.
func TestImagesThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	writeImages(t, dir, 40, 12)
	for _, tt := range []struct {
		want string
		set  []string
	}{
		{"", nil},
		{"data.train: 41 images asked for, there are 40", []string{"data.train=41"}},
		{"data.test: 13 images asked for, there are 12", []string{"data.test=13"}},
		{"", []string{"attack.images=13", "certificate={sigmas: [1], images: 13}", "attack.audit=13"}}, // as many as there are
		{"sources.0.images: 41 asked for, there are 40", []string{"sources.0.images=41"}},
		{"", []string{"sources.0.images=40"}},
		{"data.train: validation judges on training images that are left out, and of 40 none is", []string{"data.judge_on=validation"}},
		{"data.test: validation judges on training images that are left out: 10 remain, not 12", []string{"data.judge_on=validation", "data.train=30", "data.test=12"}},
		{"sheet.columns: at most 5 columns", []string{"sheet.columns=6"}},
		{"sheet.field: a field of 13 pixels", []string{"sheet.field=13"}},
	} {
		set := append([]string{"data={set: own, path: " + dir + ", train: 0, test: 0}"}, tt.set...)
		s, err := scenario.Parse("tiny.yaml", []byte(tiny), set)
		if err != nil {
			t.Fatalf("%v: %v", tt.set, err)
		}
		_, err = New(t.Context(), s)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%v: %v", tt.set, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%v: error %v, want %q", tt.set, err, tt.want)
		}
	}
}
