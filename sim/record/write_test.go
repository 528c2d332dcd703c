package record

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"murmur/sim/measure"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	m := written(t, smallRun())
	for _, name := range []string{"manifest.json", "result.json", "cells.csv", "arms.csv", "curves.csv"} {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, m.files[name].Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.files[name].String(); got != string(want) {
			t.Errorf("%s differs from its golden file:\n%s", name, got)
		}
	}
}

func TestOrder(t *testing.T) {
	want := []string{"scenario.yaml", "result.json", "cells.csv", "cells.parquet", "arms.csv", "arms.parquet", "curves.csv", "curves.parquet",
		"outcomes.parquet", "couplings.npz", "weights.npz", "report.html", "figures/result.svg", "manifest.json"}
	if got := written(t, smallRun()).names; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

// Equal runs at another time on another machine: equal bytes but for the manifest. A nil list and an empty one are equal.
func TestEqualRunsEqualBytes(t *testing.T) {
	first := written(t, smallRun())
	r, manifest := smallRun(), smallManifest()
	manifest.Started, manifest.Machine.CPUs, manifest.Command = time.Unix(99, 0), 64, []string{"elsewhere"}
	r.Result.Arms[0].Cells = []measure.Cell{}
	var second memory
	if err := write(&second, r, manifest); err != nil {
		t.Fatal(err)
	}
	for _, name := range first.names {
		equal := bytes.Equal(first.files[name].Bytes(), second.files[name].Bytes())
		if equal == (name == "manifest.json") {
			t.Errorf("%s: equal is %v", name, equal)
		}
	}
}

func TestWriteLeavesTheResultAlone(t *testing.T) {
	r := smallRun()
	written(t, r)
	if !reflect.DeepEqual(r.Result, smallResult()) {
		t.Error("Write changed its argument")
	}
}

// Bad data: an error that names file and field, before anything is created.
func TestBadRuns(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, spoil := range map[string]func(*Run){
		"result.json: there is no result":                                    func(r *Run) { r.Result = nil },
		"result.json: schema: \"\", want":                                    func(r *Run) { r.Result.Schema = "" },
		"result.json: arms[1].cells[0].accuracy.mean is NaN":                 func(r *Run) { r.Result.Arms[1].Cells[0].Accuracy.Mean = nan },
		"result.json: arms[1].cells[0].gain.hi is +Inf":                      func(r *Run) { r.Result.Arms[1].Cells[0].Gain.Hi = inf },
		"result.json: arms[1].trace is NaN":                                  func(r *Run) { r.Result.Arms[1].Trace = &nan },
		"result.json: summary.recovered_gain[1].lo is -Inf":                  func(r *Run) { r.Result.Summary.RecoveredGain[1].Lo = pointer(-inf) },
		"result.json: thresholds[0].value is NaN":                            func(r *Run) { r.Result.Thresholds[0].Value = &nan },
		"result.json: arms[0].clean: mean: 1.5, want a fraction from 0 to 1": func(r *Run) { r.Result.Arms[0].Clean.Mean = 1.5 },
		"result.json: arms[0].clean: lo: 0.95, want at most hi":              func(r *Run) { r.Result.Arms[0].Clean.Lo = 0.95 },
		"result.json: arms[1].cells[1].accuracy: seeds: 0, want at least 1":  func(r *Run) { r.Result.Arms[1].Cells[1].Accuracy.Seeds = 0 },
		"result.json: arms[0].arm: empty":                                    func(r *Run) { r.Result.Arms[0].Arm = "" },
		"result.json: arms[1].cells[0].perturbation: empty":                  func(r *Run) { r.Result.Arms[1].Cells[0].Perturbation = "" },
		"result.json: checks[0].status: \"ok\", want pass, warn or fail":     func(r *Run) { r.Result.Checks[0].Status = "ok" },
		"couplings.npz: seeds: shape [3] does not hold 2 numbers":            func(r *Run) { r.Arrays[0].Arrays[1].Shape = []int{3} },
		"couplings.npz: a second file of this name":                          func(r *Run) { r.Arrays[1].File = "couplings.npz" },
		"result.json: a second file of this name":                            func(r *Run) { r.Files[0].Name = "result.json" },
		"\"../report.html\" is not a file name":                              func(r *Run) { r.Files[0].Name = "../report.html" },
	} {
		r := smallRun()
		spoil(&r)
		var m memory
		_, err := Write(&m, r)
		if err == nil || !strings.HasPrefix(err.Error(), "record: "+want) {
			t.Errorf("error %v, want record: %s", err, want)
		}
		if len(m.names) > 0 || m.committed {
			t.Errorf("%s: created %q, committed %v", want, m.names, m.committed)
		}
	}
}

// What comes after the results is checked as well, and costs them nothing.
func TestBadFinish(t *testing.T) {
	for want, spoil := range map[string]func(*Manifest, *File){
		"manifest.json: durations[1].seconds is NaN": func(m *Manifest, _ *File) { m.Durations[1].Seconds = math.NaN() },
		"arms.csv: a second file of this name":       func(_ *Manifest, f *File) { f.Name = "arms.csv" },
		"manifest.json: a second file of this name":  func(_ *Manifest, f *File) { f.Name = "manifest.json" },
		"\"figures/../a.svg\" is not a file name":    func(_ *Manifest, f *File) { f.Name = "figures/../a.svg" },
	} {
		var m memory
		w, err := Write(&m, smallRun())
		if err != nil {
			t.Fatal(err)
		}
		manifest, file := smallManifest(), File{Name: "a.svg"}
		spoil(&manifest, &file)
		err = w.Finish(manifest, []File{file})
		if err == nil || !strings.HasPrefix(err.Error(), "record: "+want) || m.committed {
			t.Errorf("error %v, want record: %s", err, want)
		}
	}
}
