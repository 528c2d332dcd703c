package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"murmur/sim/measure"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

var update = flag.Bool("update", false, "write the golden files")

// tiny is a scenario of every kind of arm that runs in a fraction of a second.
const tiny = `
version: 1
name: tiny
seed: 7
seeds: 2
data: {set: mnist, train: 300, test: 100}
lanes: {learn: 64, probe: 48}
sheet: {columns: 3, units: 4, field: 8}
features: {epochs: 1, rate: 0.1}
noise:
  power: 0.1
  draws: 3
  imprint: {rate: 0.05, passes: 1}
  gha: {rate: 0.1, halving: 10, passes: 2}
  oracle: {components: 6}
readout: {epochs: 2, rate: 0.3}
sources:
  - perturbation: rotate
    strength: 4
    arms: [identity, diagonal, shuffled, imprint radius=1, imprint radius=all, gha hubs=3, oracle]
perturbations: [rotate, gaussian_blur, pgd-linf]
strengths: [2, 4]
attack: {linf: [0.05], steps: 3, draws: 2, images: 20, arms: [diagonal, gha hubs=3, oracle], audit: 0}
thresholds:
  - {name: a gain is measured, metric: gain, source: rotate, arm: oracle, limit: ">= -1"}
`

// quiet is a Progress that shows nothing.
type quiet struct{}

func (quiet) Start(string, int) {}
func (quiet) Advance(int)       {}

func newTiny(t testing.TB, set ...string) *Experiment {
	t.Helper()
	s, err := scenario.Parse("tiny.yaml", []byte(tiny), set)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// runTiny runs the tiny scenario with changes.
func runTiny(t testing.TB, set ...string) *Outcome {
	t.Helper()
	o, err := newTiny(t, set...).Run(context.Background(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// lived runs one seed and returns all that came of it.
func lived(t testing.TB, set ...string) *run {
	t.Helper()
	r := &run{Experiment: newTiny(t, set...), progress: quiet{}}
	live(t, r, r.Seed)
	return r
}

// live runs a seed of a run.
func live(t testing.TB, r *run, seed uint64) {
	t.Helper()
	s := r.takeUp(seed)
	r.seeds = append(r.seeds, s)
	if err := errors.Join(r.live(t.Context(), s), r.broken()); err != nil {
		t.Fatal(err)
	}
}

// shuffled returns training images in the order of a seed.
func shuffled(t testing.TB, w *world, set *stimulus.Set) *stimulus.Set {
	t.Helper()
	set, err := w.shuffle(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func mustArm(t testing.TB, spelling string) scenario.Arm {
	t.Helper()
	a, err := scenario.ParseArm(spelling)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// cellOf returns the cell of an arm under what another is under.
func cellOf(a measure.Arm, like measure.Cell) measure.Cell {
	for _, c := range a.Cells {
		if c.Perturbation == like.Perturbation && c.Strength == like.Strength {
			return c
		}
	}
	return measure.Cell{}
}

// writeImages writes IDX files of 12 x 12 pixels and two classes: a bright half, left or right.
func writeImages(t testing.TB, dir string, train, test int) {
	t.Helper()
	const side = 12
	for name, n := range map[string]int{"train": train, "t10k": test} {
		images := []byte{0, 0, 8, 3, 0, 0, 0, byte(n), 0, 0, 0, side, 0, 0, 0, side}
		labels := []byte{0, 0, 8, 1, 0, 0, 0, byte(n)}
		for i := range n {
			labels = append(labels, byte(i%2))
			for p := range side * side {
				v := byte(20 * (i % 3))
				if p%side/(side/2) == i%2 {
					v = 200 + byte(i%5)
				}
				images = append(images, v)
			}
		}
		for file, text := range map[string][]byte{"-images-idx3-ubyte": images, "-labels-idx1-ubyte": labels} {
			if err := os.WriteFile(filepath.Join(dir, name+file), text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sure returns what nothing has interrupted.
func sure[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
