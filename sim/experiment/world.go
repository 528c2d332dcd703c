package experiment

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/neuron/random"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// Stages number the rows of noise so that no two uses of a source share a draw (network.Draw.Stage).
const (
	stageExperience = iota + 1
	stageTeach
	stageJudge
)

// world shows stimuli to the networks of one seed.
type world struct {
	*Experiment
	seed        uint64
	train, test *stimulus.Set
	progress    Progress
	layers      []*layer
	base        *armRun // the arm none, once it has learned
	viewer      *Live   // who watches; nil where nobody does
}

// notice tells who watches what is shown now.
func (w *world) notice(g glimpse) {
	if w.viewer != nil {
		w.viewer.now = g
	}
}

// step runs one tick of a network.
type step = func(network.Tick) error

func (w *world) runtime() circuit.Runtime {
	return circuit.Runtime{UnitsPerGoroutine: w.Runtime.UnitsPerGoroutine.Count(w.Experiment.sheets()[0].Len()), Stall: stallTime}
}

// widest is the number of lanes that channels must hold.
func (w *world) widest() int { return max(w.Lanes.Learn, w.Lanes.Probe) }

// shuffle returns the training images in an order of the seed's own, so that a run of consecutive images is a fair
// sample of them; of one's own files the first are a stratified one.
func (w *world) shuffle(ctx context.Context, set *stimulus.Set) (*stimulus.Set, error) {
	if w.Data.Path != "" {
		return set.Stratified(ctx, random.Key{Seed: w.seed, Purpose: random.Order}, set.Len())
	}
	o := make([]int, set.Len())
	for i := range o {
		o[i] = i
	}
	s := random.Key{Seed: w.seed, Purpose: random.Order}.Stream(0, 0)
	s.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	return set.Subset(o), nil
}

// batch is a run of consecutive trials shown at one time; position counts the trials shown before it in its pass.
type batch struct{ first, n, position int }

// batches cuts n trials into runs of as many as there are lanes; the last may be shorter.
func batches(n, lanes int) []batch {
	var list []batch
	for first := 0; first < n; first += lanes {
		list = append(list, batch{first, min(lanes, n-first), first})
	}
	return list
}

// pass returns the batches of the first n training images in the order of one pass.
func (w *world) pass(n, stage, pass int) []batch {
	list := batches(n, w.Lanes.Learn)
	s := random.Key{Seed: w.seed, Purpose: random.Order, Unit: uint32(stage)}.Stream(uint32(pass), 1)
	s.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	position := 0
	for i := range list {
		list[i].position = position
		position += list[i].n
	}
	return list
}

// testTrials marks the modification streams of test images: they share none with training images.
const testTrials = 1 << 31

// modified returns the first n pictures of a set as a modification leaves them, [picture][pixel]. The stream belongs to
// the image, the modification and the seed, not to the strength: a stronger change is the same change, further on.
func (w *world) modified(ctx context.Context, set *stimulus.Set, n int, l scenario.Level, trials uint32) ([]float32, error) {
	pictures := make([]float32, n*set.Size())
	err := parallelUntil(ctx, n, func(i int) { w.modify(pictures[i*set.Size():][:set.Size()], set, i, l, trials) })
	return pictures, err
}

// modify writes one modified picture of a set to dst.
func (w *world) modify(dst []float32, set *stimulus.Set, i int, l scenario.Level, trials uint32) {
	key := random.Key{Seed: w.seed, Purpose: random.Modification, Unit: nameHash(l.Name)}
	l.Modification.Apply(dst, set.Image(i), set.Width, set.Height, float32(l.Value()), key.Stream(trials+uint32(i), 0))
}

// nameHash is FNV-1a, so that a modification keeps its streams whatever others are added.
func nameHash(name string) uint32 {
	h := uint32(2166136261)
	for _, c := range []byte(name) {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// side is how many things are done side by side.
func side() int { return runtime.GOMAXPROCS(0) }

// parallel calls f for 0 to n-1, in runs shared among processors. What f does must not depend on the order.
func parallel(n int, f func(i int)) {
	const run = 32
	each((n+run-1)/run, func(k int) {
		for i := k * run; i < min((k+1)*run, n); i++ {
			f(i)
		}
	})
}

// parallelUntil is parallel until the context ends, whose cause it returns: what f did is then not whole.
func parallelUntil(ctx context.Context, n int, f func(i int)) error {
	parallel(n, func(i int) {
		if ctx.Err() == nil {
			f(i)
		}
	})
	return context.Cause(ctx)
}

// each calls f for 0 to n-1, shared among processors. What f does must not depend on the order. A panic is the caller's.
func each(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(side())
	for i := range n {
		g.Go(func() error {
			return guarded(func() error {
				f(i)
				return nil
			})
		})
	}
	if err := g.Wait(); err != nil { // f returns no error
		panic(err)
	}
}
