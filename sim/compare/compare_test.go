package compare

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/measure"
	"murmur/sim/record"
)

// made is a run to be compared.
type made struct {
	scenario string
	pixels   []float32 // of each image, one
	list     []measure.Outcomes
}

// run writes the folder of a run and returns its name.
func (m made) run(t *testing.T, parent string) string {
	t.Helper()
	dir, err := os.MkdirTemp(parent, "run")
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "a")
	folder, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	labels := make([]uint8, len(m.pixels))
	copy(labels, m.list[0].Class)
	written, err := record.Write(folder, record.Run{Scenario: []byte(m.scenario),
		Result: &measure.Result{Schema: measure.Schema, Scenario: "tiny", Size: "small", Trajectory: "sha256:0"},
		Arrays: []record.Archive{{File: "images.npz", Arrays: []measure.Array{
			{Name: "images", Shape: []int{len(m.pixels), 1}, Data: m.pixels}, {Name: "labels", Shape: []int{len(labels)}, Data: labels}}}},
		Outcomes: slices.Values(m.list)})
	if err == nil {
		err = written.Finish(record.Manifest{}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

const scenarioText = "version: 1\nnoise:\n  power: 0.08\nsources:\n  - perturbation: rotate\n    arms: [oracle]\nstrengths: [1, 5]\n"

var oracle = measure.ArmKey{Arm: "oracle", Source: "rotate", SourceStrength: 5}

// outcomes decides on images in a pattern: right says whether a seed decides an image rightly.
func outcomes(seed uint64, arm measure.ArmKey, cell measure.CellKey, images int, right func(image int) bool) measure.Outcomes {
	o := measure.Outcomes{Seed: seed, Arm: arm, Cell: cell}
	for i := range images {
		class := uint8(i % 10)
		o.Image, o.Class, o.Decision, o.Right = append(o.Image, int32(i)), append(o.Class, class), append(o.Decision, class), append(o.Right, 1)
		if !right(i) {
			o.Decision[i], o.Right[i] = (class+1)%10, 0
		}
		o.Confidence = append(o.Confidence, .5)
	}
	return o
}

// small is a run of an arm and none on ten images, two of which were attacked, in two seeds.
func small(right func(image int) bool) made {
	m := made{scenario: scenarioText}
	for i := range 10 {
		m.pixels = append(m.pixels, float32(i))
	}
	for seed := range uint64(2) {
		m.list = append(m.list, outcomes(seed+1, measure.ArmKey{Arm: "none"}, measure.CellKey{Perturbation: measure.Clean}, 10, func(int) bool { return true }),
			outcomes(seed+1, oracle, measure.CellKey{Perturbation: measure.Clean}, 10, right),
			outcomes(seed+1, oracle, measure.CellKey{Perturbation: "pgd-linf", Strength: 1, Value: .1}, 2, right))
	}
	return m
}

func compared(t *testing.T, a, b string) *Comparison {
	t.Helper()
	var runs [2]*Run
	for i, dir := range []string{a, b} {
		var err error
		if runs[i], err = Open(dir); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Runs(runs[0], runs[1])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Of the same images and seeds the differences are paired: what is the same in both leaves no trace in the interval.
func TestPaired(t *testing.T) {
	a := small(func(i int) bool { return i%2 == 0 }).run(t, t.TempDir())
	m := small(func(i int) bool { return i%2 == 0 || i == 1 })
	m.scenario = strings.Replace(scenarioText, "0.08", "0.2", 1)
	c := compared(t, a, m.run(t, t.TempDir()))
	if c.Unpaired != "" || c.Seeds != 2 || c.Images != 10 {
		t.Errorf("unpaired %q, %d seeds and %d images", c.Unpaired, c.Seeds, c.Images)
	}
	if d := c.Settings; len(d) != 1 || d[0].Key != "noise.power" || d[0].A != "0.08" || d[0].B != "0.2" {
		t.Errorf("settings %+v", d)
	}
	if len(c.Arms) != 2 || c.Arms[1].Name() != "oracle from rotate 5" || len(c.Arms[1].Cells) != 2 {
		t.Fatalf("arms %+v", c.Arms)
	}
	clean, attacked := c.Arms[1].Cells[0], c.Arms[1].Cells[1]
	want := make(measure.Sample, 2)
	for s := range want {
		want[s] = make([]float64, 10)
		want[s][1] = 1
	}
	mean, half := want.Interval()
	if p := clean.Difference; clean.A != .5 || clean.B != .6 || math.Abs(p.Mean-mean) > 1e-6 || math.Abs(p.Hi-mean-half) > 1e-6 || *clean.Changed != .1 {
		t.Errorf("clean %+v, want %v ± %v", clean, mean, half)
	}
	if p := attacked.Difference; p.Mean != .5 || *attacked.Changed != .5 {
		t.Errorf("attacked %+v", attacked)
	}
	if clean.Together.Hi <= clean.Difference.Hi {
		t.Errorf("the interval for all cells, %v, is no wider than %v", clean.Together, clean.Difference)
	}
	if n := c.Count; n.Cells != 3 || n.Better+n.Worse+n.BetterTogether+n.WorseTogether != 0 {
		t.Errorf("count %+v", n)
	}
}

// A run held against itself differs nowhere, whatever it decided, and no interval has a width.
func TestItself(t *testing.T) {
	whole := small(func(int) bool { return true }).run(t, t.TempDir())
	rapid.Check(t, func(rt *rapid.T) {
		images := rapid.IntRange(2, 10).Draw(rt, "images")
		var list []measure.Outcomes
		for seed := range rapid.Uint64Range(1, 3).Draw(rt, "seeds") {
			for _, arm := range []measure.ArmKey{{Arm: "none"}, oracle} {
				bits := rapid.SliceOfN(rapid.Bool(), images, images).Draw(rt, "right")
				list = append(list, outcomes(seed, arm, measure.CellKey{Perturbation: measure.Clean}, images, func(i int) bool { return bits[i] }))
			}
		}
		run := &Run{Folder: whole, Result: &measure.Result{}, Scenario: []byte(scenarioText)}
		if err := run.index(list); err != nil {
			rt.Fatal(err)
		}
		c, err := Runs(run, run)
		if err != nil {
			rt.Fatal(err)
		}
		if c.Unpaired != "" || len(c.Settings)+len(c.OnlyA)+len(c.OnlyB) > 0 || c.Count != (Count{Cells: 2}) {
			rt.Fatalf("%+v", c)
		}
		for _, a := range c.Arms {
			for _, k := range a.Cells {
				if k.Difference != (measure.Paired{}) || k.Together != (measure.Paired{}) || *k.Changed != 0 || k.A != k.B {
					rt.Fatalf("%s: %+v", a.Arm, k)
				}
			}
		}
	})
}

// What cannot be paired is told, and the interval is that of two means.
func TestUnpaired(t *testing.T) {
	half := func(i int) bool { return i%2 == 0 }
	a := small(half).run(t, t.TempDir())
	for want, change := range map[string]func(*made){
		"they have no seed in common": func(m *made) {
			for i := range m.list {
				m.list[i].Seed += 7
			}
		},
		"image 3 is another picture in each": func(m *made) { m.pixels[3] = .25 },
		"they judged other images": func(m *made) {
			for i := range m.list {
				for k := range m.list[i].Image {
					m.list[i].Image[k] += 100
				}
			}
		},
	} {
		m := small(half)
		change(&m)
		c := compared(t, a, m.run(t, t.TempDir()))
		if c.Unpaired != want {
			t.Errorf("unpaired %q, want %q", c.Unpaired, want)
		}
		k := c.Arms[1].Cells[0]
		x := measure.Right([][]uint8{{1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0}})
		if p := x.Unpaired(x, .95); math.Abs(k.Difference.Hi-p.Hi) > 1e-6 || k.Difference.Hi <= 0 || k.Changed != nil {
			t.Errorf("%s: %+v, want the interval %+v", want, k, p)
		}
	}
}

// Images stand in any order and only some may be in both runs: the numbers say which belong together.
func TestSomeImages(t *testing.T) {
	m := small(func(i int) bool { return i != 4 })
	a := m.run(t, t.TempDir())
	reversed := small(func(i int) bool { return i != 4 })
	slices.Reverse(reversed.pixels)
	for i := range reversed.list {
		o := &reversed.list[i]
		for _, s := range [][]uint8{o.Class, o.Decision, o.Right} {
			slices.Reverse(s)
		}
		slices.Reverse(o.Image)
	}
	few := small(func(i int) bool { return i != 4 })
	for i := range few.list {
		o := &few.list[i]
		n := min(len(o.Image), 6)
		o.Image, o.Class, o.Decision, o.Right, o.Confidence = o.Image[:n], o.Class[:n], o.Decision[:n], o.Right[:n], o.Confidence[:n]
	}
	for images, m := range map[int]made{10: reversed, 6: few} {
		if c := compared(t, a, m.run(t, t.TempDir())); c.Unpaired != "" || c.Images != images || *c.Arms[1].Cells[0].Changed != 0 {
			t.Errorf("%d images: unpaired %q, %d images, %+v", images, c.Unpaired, c.Images, c.Arms[1].Cells[0])
		}
	}
}

// What one run alone has is named, as an arm or as a cell.
func TestOnly(t *testing.T) {
	right := func(int) bool { return true }
	a, m := small(right), small(right)
	m.list = m.list[:2]
	m.list = append(m.list, outcomes(1, measure.ArmKey{Arm: "identity", Source: "rotate", SourceStrength: 5, SourceImages: 50}, measure.CellKey{Perturbation: measure.Clean}, 10, right))
	c := compared(t, a.run(t, t.TempDir()), m.run(t, t.TempDir()))
	if want := []string{"oracle from rotate 5 under pgd-linf 1"}; !reflect.DeepEqual(c.OnlyA, want) {
		t.Errorf("only A has %q, want %q", c.OnlyA, want)
	}
	if want := []string{"identity from rotate 5, 50 images"}; !reflect.DeepEqual(c.OnlyB, want) {
		t.Errorf("only B has %q, want %q", c.OnlyB, want)
	}
	if rows := c.Rows(); len(rows) != 2 || rows[1].Arm != "oracle" || *rows[1].SourceStrength != 5 {
		t.Errorf("rows %+v", rows)
	}
}

// A folder that is none, or whose files are spoiled, is an error that names the file.
func TestBadFolders(t *testing.T) {
	for want, spoil := range map[string]func(dir string){
		"is no run folder: it has no result.json":                    func(dir string) { os.Remove(filepath.Join(dir, "result.json")) },
		"outcomes.parquet: no such file or directory: the decisions": func(dir string) { os.Remove(filepath.Join(dir, "outcomes.parquet")) },
		"outcomes.parquet: is not a Parquet file":                    func(dir string) { os.WriteFile(filepath.Join(dir, "outcomes.parquet"), []byte("PAR1 none"), 0o666) },
		"scenario.yaml: no such file":                                func(dir string) { os.Remove(filepath.Join(dir, "scenario.yaml")) },
		"images.npz: zip":                                            func(dir string) { os.WriteFile(filepath.Join(dir, "images.npz"), []byte("none"), 0o666) },
		"scenario.yaml:1:1":                                          func(dir string) { os.WriteFile(filepath.Join(dir, "scenario.yaml"), []byte("[1, 2]"), 0o666) },
	} {
		dir := small(func(int) bool { return true }).run(t, t.TempDir())
		spoil(dir)
		r, err := Open(dir)
		if err == nil {
			_, err = Runs(r, r)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	m := small(func(int) bool { return true })
	m.list = append(m.list, m.list[0])
	if _, err := Open(m.run(t, t.TempDir())); err == nil || !strings.Contains(err.Error(), "none under clean stands there twice for seed 1") {
		t.Errorf("the same block twice: %v", err)
	}
}

// Arms and cells are named with the sizes that a run's own tables show, not with levels.
func TestNamesHaveSizes(t *testing.T) {
	turn := measure.Cell{Perturbation: "rotate", Strength: 5, Value: 40, Unit: "degree"}
	worst := measure.Cell{Perturbation: "worst-linf", Strength: 1, Value: .04, Unit: "1", Decisions: &measure.Decisions{}}
	r := &Run{Result: &measure.Result{Arms: []measure.Arm{{Arm: "none", Cells: []measure.Cell{turn, worst}}}}}
	arm := r.newArm(measure.ArmKey{Arm: "oracle", Source: "rotate", SourceStrength: 5, SourceImages: 128})
	at, clean, other := r.newCell(worst.Key()), r.newCell(measure.CellKey{Perturbation: measure.Clean}), r.newCell(measure.CellKey{Perturbation: "fog", Strength: 3})
	for want, got := range map[string]string{"oracle from rotate 40°, 128 images": arm.Name(), "worst-linf eps .04": at.Under(), "clean": clean.Under(), "fog 3": other.Under()} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
