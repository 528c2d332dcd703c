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
	population, first, n int32
	at                   int32 // the unit that steps
	resume               func() (struct{}, bool)
	stop                 func()
	by                   *resumer // that resumed it last
	did                  uint64   // the last tick that it finished
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
	at    atomic.Pointer[worker] // that it has resumed, for who asks why a tick takes so long
	waits []neuron.Product       // what the workers that it resumes wait for
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
		r.at.Store(nil)
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
			if w.did == tick {
				continue
			}
			w.by = r
			r.at.Store(w)
			w.resume()
			waiting = waiting || w.did != tick
		}
		neuron.Compute(r.waits, &r.room)
		r.waits = r.waits[:0]
	}
}

// errStopped ends a worker that was stopped while it waited.
var errStopped = errors.New("stopped")

// life is what a unit's goroutine does: its part of a tick, then wait for the next. It outlives errors and panics.
func (n *Network) life(w *worker) iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		for n.live(w, yield) {
		}
	}
}

// live lives through ticks until the worker is stopped or panics; it reports whether it may go on.
func (n *Network) live(w *worker, yield func(struct{}) bool) (on bool) {
	defer func() {
		if r := recover(); r != nil {
			w.err = n.unitError(w, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
			w.did = n.tick.Number
			on = yield(struct{}{})
		}
	}()
	for {
		if w.err = n.work(w, yield); w.err == errStopped {
			return false
		} else if w.err != nil {
			w.err = n.unitError(w, w.err)
		}
		w.did = n.tick.Number
		if !yield(struct{}{}) {
			return false
		}
	}
}

// work steps the units of a worker, some at a time, and publishes what they did. A yield returns when what a unit waits for
// is there, and false if the network is stopped.
func (n *Network) work(w *worker, yield func(struct{}) bool) (err error) {
	units := n.Populations[w.population].Units
	_, staged := units[w.first].(Staged) // all of a population are alike
	for first, end := w.first, w.first+w.n; first < end; first += few {
		last := min(first+few, end)
		switch {
		case staged && w.n == 1:
			w.at = first
			err = n.alone(w, units[first].(Staged), yield)
		case staged:
			err = n.together(w, units, first, last, yield)
		}
		if err != nil {
			return err
		}
		for w.at = first; w.at < last; w.at++ {
			if !staged {
				if err := units[w.at].Step(n.tick); err != nil {
					return err
				}
			}
			if err := n.publish(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone steps a unit that has a goroutine of its own: as together does it, but a tenth faster where units have little to do.
func (n *Network) alone(w *worker, u Staged, yield func(struct{}) bool) error {
	for k := 0; ; {
		p, next, err := u.Stage(n.tick, k)
		if err != nil || next == 0 {
			return err
		}
		k = next
		if p.Size() < worthWaiting {
			neuron.Compute([]neuron.Product{p}, nil)
			continue
		}
		w.by.waits = append(w.by.waits, p)
		if !yield(struct{}{}) {
			return errStopped
		}
	}
}

// together steps units stage by stage, and forms what they wait for together; where they are few, with that of units of
// other goroutines.
func (n *Network) together(w *worker, units []Unit, first, last int32, yield func(struct{}) bool) error {
	var next [few]int
	for waiting := true; waiting; {
		waiting = false
		asked, largest := len(w.by.waits), 0
		for w.at = first; w.at < last; w.at++ {
			k := &next[w.at-first]
			if *k < 0 {
				continue
			}
			product, stage, err := units[w.at].(Staged).Stage(n.tick, *k)
			if err != nil {
				return err
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
	return nil
}

// publish checks what the unit that stepped published, and adds it to its digest.
func (n *Network) publish(w *worker) error {
	unit := int(w.at)
	for _, c := range n.plan.channels[w.population] {
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
