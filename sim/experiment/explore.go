package experiment

import (
	"context"
	"fmt"
	"slices"

	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/measure"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// explored is how many pictures of a finished run are shown, at most: their responses are worked out anew.
const explored = 500

// stored are the networks of the first seed of a finished run: what its archives hold of none and of the chosen arm.
type stored struct {
	features       []float32 // [unit][pixel of the field]
	none, ofChosen learned
}

// learned is what one arm learned.
type learned struct {
	l, self []float32 // couplings, unit after unit, and those to a unit's own source; none without noise
	w, b    []float32 // of the readout, [class][unit] and [class]
}

// NewExplorer prepares an arm of a finished run to be looked at. What was learned is taken from the arrays of the run's
// images.npz and network.npz ([Archive]); nothing is learned anew, and the pictures are those the run was judged on. The
// spelling is as in [NewLive]. An error names the array and what was expected.
func NewExplorer(s *scenario.Scenario, r *measure.Result, arrays []measure.Array, spelling string) (*Live, error) {
	a := archive{arrays: arrays}
	n, size := r.Data.Test, r.Data.Width*r.Data.Height
	pictures := &stimulus.Set{Name: r.Data.Set, Width: r.Data.Width, Height: r.Data.Height, Classes: r.Data.Classes,
		Pixels: numbers[float32](&a, "images", n, size), Labels: numbers[uint8](&a, "labels", n)}
	if a.err == nil && slices.ContainsFunc(pictures.Labels, func(y uint8) bool { return int(y) >= r.Data.Classes }) {
		a.err = fmt.Errorf("labels: must be below %d, the number of classes", r.Data.Classes)
	}
	if a.err != nil {
		return nil, a.err
	}
	for class := range min(r.Data.Classes, 256) { // as many as labels can tell apart
		pictures.ClassNames = append(pictures.ClassNames, r.Data.ClassName(class))
	}
	if err := s.CheckPicture(pictures.Width, pictures.Height, pictures.ClassNames); err != nil {
		return nil, err
	}
	pictures = pictures.First(min(n, explored))
	e := newExperiment(s, pictures, pictures)
	l, err := NewLive(e, spelling)
	if err != nil {
		return nil, err
	}
	sheet := e.sheets()[0]
	l.stored = &stored{features: numbers[float32](&a, "features", sheet.Len(), sheet.Afferents())}
	w := &world{Experiment: e, seed: e.Seed, train: e.train}
	place := slices.IndexFunc(w.arms(w.lessons()), func(b *armRun) bool {
		return b.arm == l.chosen.arm && slices.ContainsFunc(b.sources, l.chosen.lesson.Same)
	})
	l.stored.none = a.learned("arm00.", r.Data.Classes, sheet, circuit.NoiseRule{})
	l.stored.ofChosen = a.learned(fmt.Sprintf("arm%02d.", place), r.Data.Classes, sheet, lookingRule(l.noiseRule(l.chosen.arm)))
	return l, a.err
}

// lookingRule is the rule with the wiring of another, under which nothing learns.
func lookingRule(r circuit.NoiseRule) circuit.NoiseRule {
	switch {
	case r.Hubs > 0:
		return circuit.NoiseRule{Kind: circuit.Given, Hubs: r.Hubs}
	case r.Kind == circuit.Diagonal:
		return circuit.NoiseRule{Kind: circuit.Identity}
	}
	return r
}

// learned reads what an arm learned, whose units hear what a rule has them hear.
func (a *archive) learned(prefix string, classes int, sheet topology.Sheet, rule circuit.NoiseRule) learned {
	n := sheet.Len()
	l := learned{w: numbers[float32](a, prefix+"readout", classes, n), b: numbers[float32](a, prefix+"bias", classes)}
	if rule.Kind == circuit.None {
		return l
	}
	shape := []int{n, rule.Hubs}
	if rule.Hubs == 0 {
		shape = []int{0}
		for i := range n {
			if rule.Kind == circuit.Imprint {
				for _, span := range sheet.Lateral(sheet.Column(i), rule.Radius) {
					shape[0] += span.N
				}
			}
		}
	}
	l.l, l.self = numbers[float32](a, prefix+"couplings", shape...), numbers[float32](a, prefix+"self", n)
	return l
}

// explore lets the units respond to the pictures and probes both arms.
func (l *Live) explore(ctx context.Context, w *world) error {
	rule := circuit.FeatureRule{Gain: float32(l.Features.Gain), Temperature: float32(l.Features.Temperature), Rate: float32(l.Features.Rate)}
	sheet := l.sheets()[0]
	eyes := circuit.NewFeatures(sheet, w.widest(), rule, w.seed, w.runtime())
	eyes.SetWeights(l.stored.features)
	w.layers = []*layer{{Sheet: sheet, eyes: eyes, features: l.stored.features}}
	l.Start("responses", w.test.Len()*(1+len(w.cells)))
	if err := w.responses(ctx); err != nil {
		return err
	}
	return l.revive(ctx, &l.baseline.armRun, l.stored.none)
}

// revive lives an arm that has learned.
func (l *Live) revive(ctx context.Context, r *armRun, s learned) error {
	w, rule := l.world, lookingRule(l.noiseRule(r.arm))
	seen := w.layers[0]
	memory := append([]circuit.Memory{seen.clean, {}, {}, seen.judge}, seen.seen...)
	draws := w.draws(rule)
	a := circuit.NewArm(seen.Sheet, circuit.Lanes(w.Lanes), rule, circuit.ReadoutRule{Classes: w.train.Classes, Batches: 1, Draws: draws},
		memory, nil, w.seed, w.runtime())
	c := a.Door().Couplings()
	c.Self = s.self
	for i, row := range c.L {
		copy(row, s.l[:len(row)])
		s.l, c.L[i] = s.l[len(row):], row
	}
	a.Restore(c, s.w, s.b)
	l.wired(a)
	l.learned = rule.Kind != circuit.None
	err := a.Run(ctx, func(step step) error { return l.probe(step, a, rule, draws) })
	r.Trajectory = a.Trajectory()
	return err
}

// archive reads arrays of files that may hold anything. It keeps the first error.
type archive struct {
	arrays []measure.Array
	err    error
}

// numbers returns the array of that name, which must have the type and the shape.
func numbers[T any](a *archive, name string, shape ...int) []T {
	i := slices.IndexFunc(a.arrays, func(x measure.Array) bool { return x.Name == name })
	if i < 0 {
		a.fail("%s: there is no such array", name)
		return nil
	}
	data, ok := a.arrays[i].Data.([]T)
	if !ok || !slices.Equal(a.arrays[i].Shape, shape) {
		a.fail("%s: must be %T of shape %v, is %T of shape %v", name, data, shape, a.arrays[i].Data, a.arrays[i].Shape)
		return nil
	}
	return data
}

func (a *archive) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}
