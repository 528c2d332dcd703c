package experiment

import (
	"context"
	"crypto/sha256"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/scenario"
)

// layer is a sheet of units, what it has learned to respond to, and its noise-free responses to the pictures of the run.
type layer struct {
	topology.Sheet
	eyes     *circuit.Features
	features []float32 // learned, [unit][afferent]

	variance float64 // of the responses to the training images as they are, mean over units

	clean circuit.Memory   // responses to the training images as they are
	judge circuit.Memory   // to the test images as they are
	seen  []circuit.Memory // to the test images under each of the cells
}

// sheets returns the sheets of a scenario, the one that looks at the picture first.
func (e *Experiment) sheets() []topology.Sheet {
	first := topology.Sheet{Columns: e.Sheet.Columns, Units: e.Sheet.Units, Field: e.Sheet.Field, Width: e.train.Width, Height: e.train.Height}
	if s := e.Sheet.Second; s.Columns > 0 {
		return []topology.Sheet{first, first.Over(s.Columns, s.Units, s.Field)}
	}
	return []topology.Sheet{first}
}

// layerOf is the index of the layer whose units are noisy in an arm: the last unless it says another.
func (e *Experiment) layerOf(a scenario.Arm) int {
	if a.Layer() > 0 {
		return a.Layer() - 1
	}
	return len(e.sheets()) - 1
}

// sheetOf is the sheet of that layer.
func (e *Experiment) sheetOf(a scenario.Arm) topology.Sheet { return e.sheets()[e.layerOf(a)] }

// noisy is the layer whose units are noisy in an arm.
func (w *world) noisy(a *armRun) *layer { return w.layers[w.layerOf(a.arm)] }

func (w *world) last() int { return len(w.layers) - 1 }

// above returns the sheet that looks at the noisy one, nil if none does.
func (w *world) above(a *armRun) *circuit.Features {
	if k := w.layerOf(a.arm); k < w.last() {
		return w.layers[k+1].eyes
	}
	return nil
}

// twins returns networks of their own that see as the layers do.
func (w *world) twins() []*circuit.Features {
	var list []*circuit.Features
	for _, l := range w.layers {
		list = append(list, l.eyes.Twin(w.widest()))
	}
	return list
}

// learn lets the layers learn their features, each from what the one below responds to the training images, and then
// respond to every picture of the run.
func (w *world) learn(ctx context.Context) error {
	rule := circuit.FeatureRule{Gain: float32(w.Features.Gain), Temperature: float32(w.Features.Temperature), Rate: float32(w.Features.Rate)}
	var shown scene = pictures{w.train.Pixels, w.train.Size()}
	for k, s := range w.Experiment.sheets() {
		l := &layer{Sheet: s, eyes: circuit.NewFeatures(s, w.widest(), rule, w.seed+uint64(k)<<32, w.runtime())}
		w.layers = append(w.layers, l)
		if err := w.learnFeatures(ctx, l.eyes, shown); err != nil {
			return err
		}
		l.features = l.eyes.Weights()
		if k+1 < len(w.Experiment.sheets()) {
			m, err := w.respond(ctx, l.eyes, shown, w.train.Len())
			if err != nil {
				return err
			}
			l.clean, shown = m, rows(m)
		}
	}
	return nil
}

// responses lets the layers look at the training images as they are, and at the test images as they are and under each of
// the cells.
func (w *world) responses(ctx context.Context) error {
	eyes := make([]*circuit.Features, len(w.layers))
	for k, l := range w.layers {
		eyes[k] = l.eyes
	}
	clean, err := w.see(ctx, eyes, w.train.Pixels, w.train.Len())
	if err != nil {
		return err
	}
	judge, err := w.see(ctx, eyes, w.test.Pixels, w.test.Len())
	if err != nil {
		return err
	}
	for k, l := range w.layers {
		l.clean, l.judge, l.variance = clean[k], judge[k], variance(clean[k], l.Len())
	}
	for _, c := range w.cells {
		changed, err := w.modified(ctx, w.test, w.test.Len(), c, testTrials)
		if err != nil {
			return err
		}
		m, err := w.see(ctx, eyes, changed, w.test.Len())
		if err != nil {
			return err
		}
		for k, l := range w.layers {
			l.seen = append(l.seen, m[k])
		}
	}
	return nil
}

// variance is the mean over units of the variance of their responses over trials.
func variance(m circuit.Memory, units int) float64 {
	of := make([]float64, units)
	parallel(units, func(i int) {
		var sum, squares float64
		row := m.Values[i*m.Trials : (i+1)*m.Trials]
		for _, v := range row {
			sum += float64(v)
		}
		mean := sum / float64(m.Trials)
		for _, v := range row {
			squares += float64((float64(v) - mean) * (float64(v) - mean))
		}
		of[i] = squares / float64(m.Trials)
	})
	var sum float64
	for _, v := range of {
		sum += v
	}
	return sum / float64(units)
}

// see returns what layers respond to n pictures, [picture][pixel], without noise.
func (w *world) see(ctx context.Context, eyes []*circuit.Features, x []float32, n int) ([]circuit.Memory, error) {
	var list []circuit.Memory
	var shown scene = pictures{x, w.train.Size()}
	for _, f := range eyes {
		m, err := w.respond(ctx, f, shown, n)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
		shown = rows(m)
	}
	return list, nil
}

// trajectories are those of networks, in order.
func trajectories(eyes []*circuit.Features) (list [][sha256.Size]byte) {
	for _, f := range eyes {
		list = append(list, f.Trajectory())
	}
	return list
}

// A scene is what a sheet looks at: trials of inputs.
type scene interface {
	// fill writes what input p is in the trials from first on, one for each lane.
	fill(lanes []float32, p, first int)
}

// pictures are images, [image][pixel].
type pictures struct {
	pixels []float32
	size   int
}

func (s pictures) fill(lanes []float32, p, first int) {
	for l := range lanes {
		lanes[l] = s.pixels[(first+l)*s.size+p]
	}
}

// rows are responses of the units below, [unit][trial].
type rows circuit.Memory

func (s rows) fill(lanes []float32, p, first int) { copy(lanes, s.Values[p*s.Trials+first:]) }

// look shows a batch of a scene and lets the units respond.
func (w *world) look(f *circuit.Features, step step, s scene, b batch, learn bool) error {
	parallel(f.Pixels.Units(), func(p int) { s.fill(f.Pixels.Out(p).Lanes()[:b.n], p, b.first) })
	f.Pixels.Flip()
	if err := step(network.Tick{Open: circuit.Sense, Lanes: b.n, Learn: learn}); err != nil {
		return err
	}
	return step(network.Tick{Open: circuit.Respond, Lanes: b.n, Learn: learn})
}

// learnFeatures shows the training images, or what the layer below responds to them, to a sheet that learns.
func (w *world) learnFeatures(ctx context.Context, f *circuit.Features, s scene) error {
	w.progress.Start("features", w.Features.Epochs*w.train.Len())
	return f.Run(ctx, func(step func(network.Tick) error) error {
		for epoch := range w.Features.Epochs {
			for _, b := range w.pass(w.train.Len(), 0, epoch) {
				if err := w.look(f, step, s, b, true); err != nil {
					return err
				}
				w.notice(glimpse{eyes: f, image: b.first})
				w.progress.Advance(b.n)
			}
		}
		return nil
	})
}

// respond returns the units' noise-free responses to the first n trials of a scene.
func (w *world) respond(ctx context.Context, f *circuit.Features, s scene, n int) (circuit.Memory, error) {
	m := circuit.Memory{Trials: n, Values: make([]float32, f.Sheet.Len()*n)}
	err := f.Run(ctx, func(step func(network.Tick) error) error {
		for _, b := range batches(n, w.Lanes.Probe) {
			if err := w.look(f, step, s, b, false); err != nil {
				return err
			}
			f.Responses(m.Values, n, b.first, b.n)
			w.progress.Advance(b.n)
		}
		return nil
	})
	return m, err
}
