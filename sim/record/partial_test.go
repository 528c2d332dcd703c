package record

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"murmur/sim/measure"
)

var someScenario = []byte("version: 1\nname: x\n")

// begun opens a folder at dir in which a run has begun.
func begun(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Begin(Begun{Version: "1", Command: []string{"murmur"}, Started: time.Unix(1, 0)}, someScenario); err != nil {
		t.Fatal(err)
	}
	return f
}

// somePart holds what JSON knows not.
var somePart = []measure.Array{
	{Name: "Correct/0", Shape: []int{3}, Data: []uint8{1, 0, 1}},
	{Name: "Alignment", Shape: []int{}, Data: []float64{math.NaN()}},
	{Name: "none", Shape: []int{0}, Data: []float32{}},
}

// TestResume: what a process saved is there for the next, whatever ended the first, and goes when the run is complete.
func TestResume(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "a")
	f := begun(t, dir)
	if err := f.Save("seed1-arm00", somePart); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Create("result.json"); err != nil { // half written
		t.Fatal(err)
	}
	if _, _, err := Resume(dir, time.Unix(2, 0)); err == nil || err.Error() != dir+".partial: another run is writing there" {
		t.Errorf("resumed while it is written: %v", err)
	}
	f.letGo() // as a process that is killed
	for _, name := range []string{dir, dir + "/", dir + ".partial"} {
		f, scenario, err := Resume(name, time.Unix(2, 0))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Load("seed1-arm00")
		if d := cmp.Diff(somePart, got, cmpopts.EquateNaNs()); err != nil || d != "" {
			t.Errorf("%v, %s", err, d)
		}
		if got, err := f.Load("seed1-arm01"); got != nil || err != nil {
			t.Errorf("what was not saved is %v, %v", got, err)
		}
		if string(scenario) != string(someScenario) || f.Begun().Version != "1" {
			t.Errorf("scenario %q, begun %+v", scenario, f.Begun())
		}
		if kept, err := f.Close(); !kept || err != nil {
			t.Errorf("kept: %v, %v", kept, err)
		}
	}
	f, _, err := Resume(dir, time.Unix(3, 0))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.Begun().Resumed); n != 4 {
		t.Errorf("resumed %d times, want 4", n)
	}
	if err := write(f, smallRun(), smallManifest()); err != nil {
		t.Fatal(err)
	}
	complete := func() {
		t.Helper()
		if _, _, err := Resume(dir, time.Unix(4, 0)); !errors.Is(err, ErrComplete) {
			t.Errorf("resumed when complete: %v", err)
		}
		if got := entriesOf(t, parent); !slices.Equal(got, []string{"a"}) {
			t.Errorf("there is %q", got)
		}
	}
	complete()
	if err := os.CopyFS(dir+".partial", os.DirFS(dir)); err != nil { // what is left if it is killed at the very end
		t.Fatal(err)
	}
	complete()
}

// TestNothingToKeep: a run that saved nothing leaves nothing.
func TestNothingToKeep(t *testing.T) {
	parent := t.TempDir()
	f := begun(t, filepath.Join(parent, "a"))
	if kept, err := f.Close(); kept || err != nil {
		t.Errorf("kept: %v, %v", kept, err)
	}
	if got := entriesOf(t, parent); len(got) > 0 {
		t.Errorf("there is %q", got)
	}
}

// TestBrokenPart: whichever byte of a part is changed, and wherever it is cut, it is not taken for whole.
func TestBrokenPart(t *testing.T) {
	f := begun(t, filepath.Join(t.TempDir(), "a"))
	if err := f.Save("x", somePart); err != nil {
		t.Fatal(err)
	}
	name := f.in(partsDir, "x.npz")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	check := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Load("x"); err == nil {
			t.Fatalf("taken for whole: %v", got)
		}
	}
	for i := range whole {
		check(whole[:i])
		flipped := slices.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		check(flipped)
	}
	var said string
	f.Warn = func(text string) { said = text }
	f.Drop("x", errors.New("no good"))
	if said != name+": no good; it is made again" {
		t.Errorf("it says %q", said)
	}
	if got, err := f.Load("x"); got != nil || err != nil {
		t.Errorf("what was dropped is %v, %v", got, err)
	}
}

// TestResumeRefuses: a partial folder that is not what was written is not gone on with, and stays as it is.
func TestResumeRefuses(t *testing.T) {
	for want, spoil := range map[string]func(dir string) error{
		"there is no such folder, so there is nothing to resume": func(dir string) error { return os.RemoveAll(dir + ".partial") },
		"the run broke off before it began: remove it":           func(dir string) error { return os.Remove(dir + ".partial/begun.json") },
		"begun.json: line 1, column 1: unexpected end":           func(dir string) error { return os.Truncate(dir+".partial/begun.json", 0) },
		`begun.json: schema: "", want "murmur.partial/1"`:        func(dir string) error { return os.WriteFile(dir+".partial/begun.json", []byte("{}"), 0o666) },
		"scenario.yaml: is not what was written":                 func(dir string) error { return os.Truncate(dir+".partial/scenario.yaml", 3) },
		"exists and is not empty, name another folder":           func(dir string) error { return os.MkdirAll(dir+"/precious", 0o777) },
	} {
		dir := filepath.Join(t.TempDir(), "a")
		f := begun(t, dir)
		f.letGo()
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Resume(dir, time.Unix(2, 0)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestSaveOnAFullDisk: the error names the part, and what was saved before stays.
func TestSaveOnAFullDisk(t *testing.T) {
	for _, op := range []string{"write", "create x.npz.tmp", "sync x.npz.tmp", "close x.npz.tmp", "rename", "sync folder"} {
		f := begun(t, filepath.Join(t.TempDir(), "a"))
		if err := f.Save("x", somePart); err != nil {
			t.Fatal(err)
		}
		d := &failingDisk{fail: op, failAt: -1}
		if f.disk = d; op == "write" {
			d.failAt = 100
		}
		if err := f.Save("x", somePart[:1]); !errors.Is(err, errFull) || err.Error() != "record: "+f.in("parts/x.npz")+": "+errFull.Error() {
			t.Errorf("%s: error %v", op, err)
		}
		f.disk = osDisk{}
		if got, err := f.Load("x"); err != nil || len(got) == 0 || len(got) != 3 && op != "sync folder" {
			t.Errorf("%s: what was saved before is %v, %v", op, got, err)
		}
		if got := entriesOf(t, f.in(partsDir)); !slices.Equal(got, []string{"x.npz"}) {
			t.Errorf("%s: there is %q", op, got)
		}
	}
}
