package record

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

func pointer[T any](x T) *T { return &x }

func smallResult() *measure.Result {
	return &measure.Result{
		Schema: measure.Schema, Scenario: "structured-noise", Size: "small", Seed: 1<<63 + 1, Trajectory: "sha256:00",
		Data: measure.Data{Set: "glyphs", Train: 20, Test: 10, Draws: 10}, Network: measure.Network{Units: 12, Goroutines: 12},
		Arms: []measure.Arm{
			{Name: "none", Arm: "none", Clean: measure.Estimate{Mean: 0.8, Lo: 0.7, Hi: 0.9, Seeds: 3}},
			{
				Name: "gha hubs=16", Arm: "hebbian", Rule: "gha", Variant: "hubs=16", Source: "rotate", SourceStrength: pointer(5.0),
				Trace: pointer(0.15), NoiseCouplings: pointer(17000), Alignment: pointer(0.98123456789),
				Clean:     measure.Estimate{Mean: 0.79, Lo: 0.78, Hi: 0.8, Seeds: 3},
				CleanCost: &measure.Paired{Mean: 0.01, Lo: -0.005, Hi: 0.025},
				Cells: []measure.Cell{
					{Perturbation: "rotate", Strength: 5, Value: 40, Unit: "degree",
						Accuracy: measure.Estimate{Mean: 1.0 / 3, Lo: 0.25, Hi: 0.5, Seeds: 3},
						Balanced: &measure.Estimate{Mean: 0.3, Lo: 0.2, Hi: 0.4, Seeds: 3},
						Gain:     &measure.Paired{Mean: 0.3, Lo: 0.2, Hi: 0.4}},
					{Perturbation: "pgd-linf", Strength: 1, Value: 1.0 / 255, Unit: "epsilon, \"as shown\"",
						Accuracy: measure.Estimate{Mean: 0.1, Lo: 0, Hi: 0.2, Seeds: 3}},
				},
			},
		},
		Summary: measure.Summary{
			RecoveredGain: []measure.RecoveredGain{
				{Source: "rotate", Strength: 5, Arm: "hebbian", Rule: "gha", Variant: "hubs=8"},
				{Source: "rotate", Strength: 5, Arm: "hebbian", Rule: "gha", Variant: "hubs=16",
					Mean: pointer(0.99), Lo: pointer(0.9), Hi: pointer(1.07)},
			},
			Sentence: "16 hubs recover nearly all.",
		},
		Thresholds: []measure.Threshold{{Name: "recovered", Metric: "recovered_gain", Value: pointer(0.99), Limit: ">= 0.8", Pass: true}},
		Checks:     []measure.Check{{Name: "iterative-at-least-single-step", Status: "pass", Detail: "50 of 50"}},
	}
}

func smallManifest() Manifest {
	return Manifest{
		Seed: 1, Command: []string{"murmur", "run", "x.yaml"}, Versions: Versions{Murmur: "v0", Go: "go1"}, Kernel: "generic",
		Machine: Machine{GOOS: "linux", GOARCH: "amd64", CPUs: 2, GOMAXPROCS: 2},
		Started: time.Unix(1, 0), Finished: time.Unix(2, 0), Durations: []Phase{{"features", 0.5}, {"attack", 0.25}},
	}
}

// write writes and finishes a run as a program does, and lets go of the folder.
func write(s Sink, r Run, m Manifest) error {
	w, err := Write(s, r)
	if err == nil {
		err = w.Finish(m, []File{{"figures/result.svg", []byte(strings.Repeat("<svg/>\n", 9))}})
	}
	if f, ok := s.(*Folder); ok && err != nil {
		_, closeErr := f.Close()
		err = errors.Join(err, closeErr)
	}
	return err
}

var hubs = measure.ArmKey{Arm: "gha hubs=16", Source: "rotate", SourceStrength: 5}

// smallOutcomes has an arm without a source and one with all that a source may have, in two seeds.
func smallOutcomes() (list []measure.Outcomes) {
	few := hubs
	few.SourceImages = 100
	for _, seed := range []uint64{1, 1<<53 - 1} {
		for _, arm := range []measure.ArmKey{{Arm: "none"}, hubs, few} {
			for _, cell := range []measure.CellKey{{Perturbation: measure.Clean}, {Perturbation: "rotate", Strength: 5, Value: 40}} {
				list = append(list, measure.Outcomes{Seed: seed, Arm: arm, Cell: cell, Image: []int32{7, 0, 1 << 20},
					Class: []uint8{0, 9, 255}, Decision: []uint8{0, 3, 255}, Right: []uint8{1, 0, 1}, Confidence: []float32{0.5, 0.1234, 1}})
			}
		}
	}
	return list
}

func smallRun() Run {
	return Run{
		Scenario: []byte("version: 1\nname: structured-noise\n"),
		Result:   smallResult(),
		Version:  "v0",
		Settings: []scenario.Setting{{Key: "size", Value: "small"}, {Key: "seeds.of.ours", Value: int64(7)}, {Key: "noise.power", Value: 0.25}, {Key: "attack.linf", Value: "[0.1,0.2]"}},
		Seeds:    []measure.SeedArms{{Seed: 1<<53 - 1, Arms: smallResult().Arms, RecoveredGain: smallResult().Summary.RecoveredGain}},
		Curves: []measure.Curve{{Seed: 1, Arm: hubs, Points: []measure.CurvePoint{
			{Glimpses: 256, Power: 1.0 / 3}, {Glimpses: 512, Alignment: pointer(2.0 / 3), Power: 0.08}}}},
		Outcomes: slices.Values(smallOutcomes()),
		Arrays: []Archive{
			{"couplings.npz", []measure.Array{
				{Name: "hebbian/L", Shape: []int{2, 3}, Data: []float32{1, 2, 3, -4, 5, 0.5}},
				{Name: "seeds", Shape: []int{2}, Data: []int32{1, -2}},
			}},
			{"weights.npz", []measure.Array{{Name: "w", Data: []float64{7}}, {Name: "mask", Shape: []int{0, 4}, Data: []uint8{}}}},
		},
		Files: []File{{"report.html", []byte(strings.Repeat("<!doctype html>\n", 4))}},
	}
}

// memory is a Sink that keeps the files and remembers their order.
type memory struct {
	names              []string
	files              map[string]*memoryFile
	committed, aborted bool
}

type memoryFile struct {
	bytes.Buffer
	closed bool
}

func (f *memoryFile) Close() error { f.closed = true; return nil }

func (m *memory) Create(name string) (io.WriteCloser, error) {
	if m.files == nil {
		m.files = map[string]*memoryFile{}
	}
	m.names = append(m.names, name)
	m.files[name] = &memoryFile{}
	return m.files[name], nil
}

func (m *memory) Commit() error { m.committed = true; return nil }
func (m *memory) Abort() error  { m.aborted = true; return nil }

func written(t testing.TB, r Run) *memory {
	t.Helper()
	var m memory
	if err := write(&m, r, smallManifest()); err != nil {
		t.Fatal(err)
	}
	if !m.committed || m.aborted {
		t.Fatal("a written run is not committed")
	}
	for name, f := range m.files {
		if !f.closed {
			t.Fatalf("%s is left open", name)
		}
	}
	return &m
}

// failingDisk is the real disk without its syncs, on which the operation named fail and the write of byte number
// failAt fail. failAt < 0 never comes.
type failingDisk struct {
	osDisk
	fail   string
	failAt int
}

var errFull = errors.New("no space left on device")

func (d *failingDisk) err(op string) error {
	if d.fail == op {
		return errFull
	}
	return nil
}

func (d *failingDisk) Mkdir(dir string) error {
	return orElse(d.err("mkdir"), func() error { return d.osDisk.Mkdir(dir) })
}

func (d *failingDisk) SyncDir(dir string) error {
	if d.fail == "sync parent" && !strings.Contains(dir, partialSuffix) {
		return errFull
	}
	return d.err("sync folder")
}

func (d *failingDisk) Rename(from, to string) error {
	return orElse(d.err("rename"), func() error { return d.osDisk.Rename(from, to) })
}

func (d *failingDisk) RemoveAll(dir string) error {
	return orElse(d.err("remove"), func() error { return d.osDisk.RemoveAll(dir) })
}

func (d *failingDisk) Create(name string) (file, error) {
	if err := d.err("create " + filepath.Base(name)); err != nil {
		return nil, err
	}
	f, err := d.osDisk.Create(name)
	return &failingFile{f, d, filepath.Base(name)}, err
}

type failingFile struct {
	file
	disk *failingDisk
	name string
}

func (f *failingFile) Write(p []byte) (int, error) {
	if f.disk.failAt < 0 || f.disk.failAt >= len(p) {
		f.disk.failAt -= len(p)
		return f.file.Write(p)
	}
	n, err := f.file.Write(p[:f.disk.failAt])
	if err == nil {
		err = &os.PathError{Op: "write", Path: f.name, Err: errFull}
	}
	return n, err
}

func (f *failingFile) Sync() error { return f.disk.err("sync " + f.name) }

func (f *failingFile) Close() error {
	err := f.file.Close()
	return orElse(f.disk.err("close "+f.name), func() error { return err })
}

// orElse is the first error of the two; the second is asked for only if there is no first.
func orElse(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}
