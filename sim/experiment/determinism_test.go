package experiment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"murmur/neuron/kernel"
)

// TestEqualRuns: what changes speed changes nothing else.
func TestEqualRuns(t *testing.T) {
	defer goleak.VerifyNone(t)
	want := runTiny(t)
	result := asJSON(t, want.Result)
	for _, tt := range []struct {
		name   string
		procs  int
		kernel string
		set    []string
	}{
		{"one processor", 1, "auto", nil},
		{"two processors", 2, "auto", nil},
		{"seven processors", 7, "auto", nil},
		{"generic kernels", 2, "generic", nil},
		{"three units a goroutine", 2, "auto", []string{"runtime.units_per_goroutine=3"}},
		{"as many units a goroutine as it likes", 3, "auto", []string{"runtime.units_per_goroutine=auto"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(tt.procs))
			defer kernel.Use("auto")
			if err := kernel.Use(tt.kernel); err != nil {
				t.Fatal(err)
			}
			got := runTiny(t, tt.set...)
			if tt.set != nil { // fewer goroutines are all that may differ
				if got.Result.Network.Goroutines >= want.Result.Network.Goroutines {
					t.Errorf("%d goroutines, one unit each has %d", got.Result.Network.Goroutines, want.Result.Network.Goroutines)
				}
				got.Result.Network.Goroutines = want.Result.Network.Goroutines
			}
			if diff := cmp.Diff(result, asJSON(t, got.Result)); diff != "" {
				t.Errorf("the result differs (- want, + got):\n%s", diff)
			}
			if diff := cmp.Diff(want.Archives, got.Archives); diff != "" {
				t.Errorf("the arrays differ:\n%s", diff)
			}
		})
	}
}

// TestGoldenTrajectory: every processor gives the same bytes, today's and tomorrow's. Whoever changes the model on
// purpose writes the file anew with -update.
func TestGoldenTrajectory(t *testing.T) {
	const file = "testdata/trajectory.golden"
	type digest struct {
		Trajectory string
		Right      map[string]string // of each arm, by cell, then by attack
	}
	r := lived(t)
	got := digest{Trajectory: r.outcome().Result.Trajectory, Right: map[string]string{}}
	for _, a := range r.seeds[0].arms {
		var right []int
		rows := slices.Clone(a.Correct)
		for _, s := range a.Strikes {
			rows = append(rows, s.Correct)
		}
		for _, row := range rows {
			right = append(right, bytes.Count(row, []byte{1}))
		}
		got.Right[a.arm.String()] = fmt.Sprint(right)
	}
	if *update {
		if err := os.WriteFile(file, []byte(asJSON(t, got)+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want digest
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s/%s, kernel %s (- want, + got):\n%s", runtime.GOOS, runtime.GOARCH, kernel.Name(), diff)
	}
	if other := lived(t, "seed=8").outcome().Result.Trajectory; other == got.Trajectory {
		t.Error("another seed has the same trajectory")
	}
}
