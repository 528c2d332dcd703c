package network

import (
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"murmur/neuron"
	"murmur/neuron/kernel"
)

// worker is a goroutine's charge: neighbouring units of one population.
type worker struct {
	population, first, n int
	resume               func() (struct{}, bool)
	stop                 func()
	by                   *resumer      // that resumed it last
	started, finished    atomic.Uint64 // the last tick that it began and did, from 1
	err                  error
}

// few is how many units step together: the columns of a sheet are often of ten, and share their inputs.
const few = neuron.AtOnce

// worthWaiting is how large a product must be for a unit to wait for its neighbours' sake: some ten times what it costs to
// resume it once more.
const worthWaiting = 1 << 15

// resumer resumes workers, one after another: there is one for each processor.
type resumer struct {
	wake  chan struct{}
	waits []neuron.Product // what the workers that it resumes wait for
	room  neuron.Scratch
}

// run takes up workers in every tick, a few at a time, until none is left.
func (r *resumer) run(n *Network) {
	for range r.wake {
		workers := n.plan.workers
		turns := 2 * len(n.resumers) // at least, so that all are busy
		some := int64(min(max(1, few/max(n.UnitsPerGoroutine, 1)), (len(workers)+turns-1)/turns))
		for {
			end := n.next.Add(some)
			first := end - some
			if first >= int64(len(workers)) {
				break
			}
			r.resume(workers[first:min(end, int64(len(workers)))], n.tick.Number)
		}
		if n.left.Add(-1) == 0 {
			n.done <- struct{}{}
		}
	}
}

// resume resumes workers until all have done their tick, and in between forms the products that they wait for.
func (r *resumer) resume(workers []*worker, tick uint64) {
	for waiting := true; waiting; {
		waiting = false
		for _, w := range workers {
			if w.finished.Load() == tick {
				continue
			}
			w.by = r
			w.resume()
			waiting = waiting || w.finished.Load() != tick
		}
		neuron.Compute(r.waits, &r.room)
		r.waits = r.waits[:0]
	}
}

// errStopped ends a worker that was stopped while it waited.
var errStopped = errors.New("stopped")

// life is what a unit's goroutine does: its part of a tick, then wait for the next.
func (n *Network) life(w *worker) iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		for {
			w.started.Store(n.tick.Number)
			w.err = n.work(w, n.plan, yield)
			if w.err == errStopped {
				return
			}
			w.finished.Store(n.tick.Number)
			if !yield(struct{}{}) {
				return
			}
		}
	}
}

// work steps the units of a worker. yield returns when what they wait for is there, and false if the network is stopped.
func (n *Network) work(w *worker, p *plan, yield func(struct{}) bool) (err error) {
	pop := &n.Populations[w.population]
	unit := w.first
	defer func() {
		if r := recover(); r != nil {
			err = n.unitError(pop, unit, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	_, staged := pop.Units[unit].(Staged)
	for first := w.first; first < w.first+w.n; first += few {
		last := min(first+few, w.first+w.n)
		var next [few]int
		for waiting := staged; waiting; {
			waiting = false
			asked, largest := len(w.by.waits), 0
			for unit = first; unit < last; unit++ {
				k := &next[unit-first]
				if *k < 0 {
					continue
				}
				product, stage, err := pop.Units[unit].(Staged).Stage(n.tick, *k)
				if err != nil {
					return n.unitError(pop, unit, err)
				}
				if *k = stage; stage == 0 {
					*k = -1
					continue
				}
				waiting = true
				w.by.waits, largest = append(w.by.waits, product), max(largest, product.Size())
			}
			if waiting && w.n < few && largest >= worthWaiting {
				if !yield(struct{}{}) {
					return errStopped
				}
				continue
			}
			neuron.Compute(w.by.waits[asked:], &w.by.room)
			w.by.waits = w.by.waits[:asked]
		}
		for unit = first; unit < last; unit++ {
			if !staged {
				if err := pop.Units[unit].Step(n.tick); err != nil {
					return n.unitError(pop, unit, err)
				}
			}
			if err := n.publish(w, p, unit); err != nil {
				return n.unitError(pop, unit, err)
			}
		}
	}
	return nil
}

// publish checks what a unit published and adds it to its digest.
func (n *Network) publish(w *worker, p *plan, unit int) error {
	for _, c := range p.channels[w.population] {
		row := c.Out(unit).Lanes()
		row = row[:min(len(row), n.tick.Lanes)]
		if !kernel.Finite(row) {
			lane := slices.IndexFunc(row, func(v float32) bool { return v-v != 0 })
			return fmt.Errorf("%s is %v in lane %d", c.Name(), row[lane], lane)
		}
		n.digests[w.population][unit].Write(littleEndian(row))
	}
	return nil
}
