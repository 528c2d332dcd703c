package experiment

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/neuron/random"
	"murmur/sim/modification"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// Stages number the rows of noise so that no two uses of a source share a draw (network.Draw.Stage).
const (
	stageExperience = iota + 1
	stageTeach
	stageJudge
	stageAttack
)

// world shows stimuli to the networks of one seed.
type world struct {
	*scenario.Scenario
	seed        uint64
	sheet       topology.Sheet
	train, test *stimulus.Set
	progress    Progress
}

// step runs one tick of a network.
type step = func(network.Tick) error

func (w *world) runtime() circuit.Runtime {
	return circuit.Runtime{UnitsPerGoroutine: w.Runtime.UnitsPerGoroutine.Count(w.sheet.Len()), Stall: stallTime}
}

// order returns the training images in the order of one pass.
func (w *world) order(stage, pass int) []int32 {
	o := make([]int32, w.train.Len())
	for i := range o {
		o[i] = int32(i)
	}
	s := random.Key{Seed: w.seed, Purpose: random.Order, Unit: uint32(stage)}.Stream(uint32(pass), 0)
	s.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	return o
}

// batches calls f for trials lo to hi, as many at a time as there are lanes.
func (w *world) batches(n int, f func(lo, hi int) error) error {
	for lo := 0; lo < n; lo += w.Lanes {
		if err := f(lo, min(lo+w.Lanes, n)); err != nil {
			return err
		}
	}
	return nil
}

// learnFeatures shows the training images to a sheet that learns.
func (w *world) learnFeatures(ctx context.Context, f *circuit.Features) error {
	w.progress.Start("features", w.Features.Epochs*w.train.Len())
	return f.Run(ctx, func(step func(network.Tick) error) error {
		for epoch := range w.Features.Epochs {
			order := w.order(0, epoch)
			err := w.batches(len(order), func(lo, hi int) error {
				w.progress.Advance(hi - lo)
				return w.look(f, step, hi-lo, true, func(l int) []float32 { return w.train.Image(int(order[lo+l])) })
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// look shows one picture in each lane and lets the hidden units respond.
func (w *world) look(f *circuit.Features, step step, lanes int, learn bool, picture func(lane int) []float32) error {
	for l := range lanes {
		for p, v := range picture(l) {
			f.Pixels.Out(p).Lanes()[l] = v
		}
	}
	f.Pixels.Flip()
	if err := step(network.Tick{Open: circuit.Sense, Lanes: lanes, Learn: learn}); err != nil {
		return err
	}
	return step(network.Tick{Open: circuit.Respond, Lanes: lanes, Learn: learn})
}

// respond returns the hidden units' noise-free responses to n pictures, [picture][pixel].
func (w *world) respond(ctx context.Context, f *circuit.Features, pictures []float32, n int) (circuit.Memory, error) {
	size := w.train.Size()
	m := circuit.Memory{Trials: n, Values: make([]float32, w.sheet.Len()*n)}
	err := f.Run(ctx, func(step func(network.Tick) error) error {
		return w.batches(n, func(lo, hi int) error {
			err := w.look(f, step, hi-lo, false, func(l int) []float32 { return pictures[(lo+l)*size:][:size] })
			if err != nil {
				return err
			}
			f.Responses(m.Values, n, lo, hi-lo)
			w.progress.Advance(hi - lo)
			return nil
		})
	})
	return m, err
}

// testTrials marks the modification streams of test images: they share none with training images.
const testTrials = 1 << 31

// modified returns the pictures of a set as a modification leaves them, [picture][pixel]. The stream belongs to the
// image, the modification and the seed, not to the strength: a stronger change is the same change, further on.
func (w *world) modified(set *stimulus.Set, m modification.Modification, strength int, trials uint32) []float32 {
	pictures := make([]float32, set.Len()*set.Size())
	key := random.Key{Seed: w.seed, Purpose: random.Modification, Unit: nameHash(m.Name)}
	parallel(set.Len(), func(i int) {
		dst := pictures[i*set.Size():][:set.Size()]
		m.Apply(dst, set.Image(i), set.Width, set.Height, m.Value(strength), key.Stream(trials+uint32(i), 0))
	})
	return pictures
}

// nameHash is FNV-1a, so that a modification keeps its streams whatever others are added.
func nameHash(name string) uint32 {
	h := uint32(2166136261)
	for _, c := range []byte(name) {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// parallel calls f for 0 to n-1, in runs shared among processors. What f does must not depend on the order.
func parallel(n int, f func(i int)) {
	var g errgroup.Group
	const run = 32
	g.SetLimit(runtime.GOMAXPROCS(0))
	for lo := 0; lo < n; lo += run {
		g.Go(func() error {
			for i := lo; i < min(lo+run, n); i++ {
				f(i)
			}
			return nil
		})
	}
	g.Wait() // f returns no error
}
