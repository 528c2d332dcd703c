// Package network runs units, each in a goroutine of its own, tick by tick.
//
// A unit holds its own state, the right to publish its own values and read-only views of its in-neighbours. In a tick
// every unit that acts reads what was published before and publishes anew; frames are double-buffered, so nothing
// depends on the order in which units run.
package network

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"murmur/neuron"
)

// A Process is one of the things that units do, as a bit: listening, firing, learning a readout, ... A set of processes
// is their union. What they are is the model's business.
type Process uint32

// Has reports whether the set holds any of the given processes.
func (p Process) Has(q Process) bool { return p&q != 0 }

// A Unit is what one goroutine runs.
type Unit interface {
	// Step does the unit's part of one tick: of the open processes those that it has. A unit writes, in every lane in
	// use, each channel that its population publishes in them. An error ends the run.
	Step(t Tick) error
	// Hears returns every view the unit was given: its edges.
	Hears() []neuron.View
}

// A Staged unit steps in stages, and waits between them for products of what its in-neighbours published. The network
// forms the products of neighbours that wait at the same time together: see neuron.Compute. It moves no bit.
type Staged interface {
	Unit
	// Stage goes on with the unit's step from stage k, at first 0. It returns a product to wait for and the stage to go
	// on from when it is there, or 0 when the step is done.
	Stage(t Tick, k int) (p neuron.Product, next int, err error)
}

// InStages is the Step of a staged unit that is stepped on its own.
func InStages(u Staged, t Tick) error {
	for k := 0; ; {
		p, next, err := u.Stage(t, k)
		if err != nil || next == 0 {
			return err
		}
		k = next
		neuron.Compute([]neuron.Product{p}, nil)
	}
}

// A Stage is what units of one kind do in a part of a tick in which one of some processes is open. It returns a product to
// wait for before the next stage, maybe an empty one.
type Stage[U any] struct {
	When Process
	Do   func(U, Tick) (neuron.Product, error)
}

// Proceed is the method Stage of a unit that has a list of stages.
func Proceed[U any](u U, stages []Stage[U], t Tick, k int) (p neuron.Product, next int, err error) {
	for ; k < len(stages); k++ {
		if !stages[k].When.Has(t.Open) {
			continue
		}
		if p, err = stages[k].Do(u, t); err != nil {
			return p, 0, err
		}
		if p.Size() > 0 {
			return p, k + 1, nil
		}
	}
	return p, 0, nil
}

// Tick is what the world announces to all units alike. It names trials, it carries nothing of their content.
type Tick struct {
	Number    uint64  // ticks since the network was started
	Open      Process // the processes that are open in this tick
	Lanes     int     // lanes in use, from 0; at most those of the channels
	Learn     bool    // false in a probe: plasticity is off
	Continues bool    // the onset bit: this glimpse shows the object of the glimpse before
	Slot      int     // where units remember their responses to the stimuli now shown
	First     int     // the number, within the slot, of the stimulus in lane 0; the other lanes follow
	Offset    int     // added to a lane where units keep a result for a wider tick to come
	Draw      Draw    // which noise to draw
}

// Draw numbers a draw of noise: lane l takes number First+l of the row (Stage, Number).
type Draw struct{ Stage, Number, First uint32 }

// A Population is units that publish the same channels.
type Population struct {
	Name      string
	Units     []Unit
	Acts      Process       // processes in which units act without publishing
	Publishes []Publication // what units publish, and when
}

// A Publication is a channel and the processes in which it is written.
type Publication struct {
	Channel *neuron.Channel
	When    Process
}

// acts returns all processes in which the population has something to do.
func (p *Population) acts() Process {
	a := p.Acts
	for _, b := range p.Publishes {
		a |= b.When
	}
	return a
}

// Network is populations and what it takes to run them. UnitsPerGoroutine (1 if it is 0) changes speed and nothing
// else. Stall, if not 0, is how long a tick may take before the run ends with an error that says who did not finish.
//
// A unit's goroutine is a coroutine (iter.Pull): it keeps its stack and its place in its own loop from tick to tick, and
// is resumed directly instead of by way of the scheduler, which costs a tenth. One resumer for each processor takes up
// whoever is next; who resumes a unit, and in which order, moves no bit.
type Network struct {
	Populations       []Population
	UnitsPerGoroutine int
	Stall             time.Duration
	ProcessName       func(Process) string // for errors; may be nil

	tick     Tick
	workers  []*worker
	plans    map[Process]*plan
	plan     *plan
	resumers []*resumer
	next     atomic.Int64 // the worker in the plan to be resumed next
	left     atomic.Int64 // resumers still busy
	done     chan struct{}
	timer    *time.Timer // of a stall
	digests  [][]xxhash.Digest
}

// plan is who acts and what becomes visible when a given set of processes is open.
type plan struct {
	workers  []*worker
	channels [][]*neuron.Channel
}

// Size returns the number of units and of the goroutines that run them.
func (n *Network) Size() (units, goroutines int) {
	per := max(n.UnitsPerGoroutine, 1)
	for _, p := range n.Populations {
		units += len(p.Units)
		goroutines += (len(p.Units) + per - 1) / per
	}
	return units, goroutines
}

// Run starts the goroutines, calls drive with the function that runs one tick, and returns when drive has returned and
// every goroutine has ended. A network may run again: it goes on where it stopped. A tick fails if the context is done, a
// unit returns an error or panics, or something that was published is not finite; the error then names the unit, the
// tick, the processes and the field, and drive should return it. After a StallError the network is not to be used again.
func (n *Network) Run(ctx context.Context, drive func(step func(Tick) error) error) (err error) {
	n.start()
	var g errgroup.Group
	for _, r := range n.resumers {
		g.Go(func() error { r.run(n); return nil })
	}
	end := func() {
		g.Wait() // resumers return no error
		for _, w := range n.workers {
			w.stop()
		}
	}
	defer func() { // drive may panic, too
		for _, r := range n.resumers {
			close(r.wake)
		}
		if stall := (*StallError)(nil); errors.As(err, &stall) {
			go end() // whoever is stuck cannot be waited for
		} else {
			end()
		}
	}()
	return drive(func(t Tick) error { return n.step(ctx, t) })
}

func (n *Network) start() {
	per := max(n.UnitsPerGoroutine, 1)
	n.plans = map[Process]*plan{}
	n.done = make(chan struct{}, 1)
	_, goroutines := n.Size()
	n.workers, n.resumers = make([]*worker, 0, goroutines), nil
	for range runtime.GOMAXPROCS(0) {
		n.resumers = append(n.resumers, &resumer{wake: make(chan struct{}, 1)})
	}
	fresh := n.digests == nil
	for p, pop := range n.Populations {
		if fresh {
			n.digests = append(n.digests, make([]xxhash.Digest, len(pop.Units)))
			for i := range pop.Units {
				n.digests[p][i].Reset()
			}
		}
		for first := 0; first < len(pop.Units); first += per {
			w := &worker{population: int32(p), first: int32(first), n: int32(min(per, len(pop.Units)-first))}
			w.resume, w.stop = iter.Pull(n.life(w))
			n.workers = append(n.workers, w)
		}
	}
}

func (n *Network) planFor(open Process) *plan {
	if p, ok := n.plans[open]; ok {
		return p
	}
	p := &plan{workers: make([]*worker, 0, len(n.workers)), channels: make([][]*neuron.Channel, len(n.Populations))}
	for i := range n.Populations {
		for _, b := range n.Populations[i].Publishes {
			if b.When.Has(open) {
				p.channels[i] = append(p.channels[i], b.Channel)
			}
		}
	}
	for _, w := range n.workers {
		if n.Populations[w.population].acts().Has(open) {
			p.workers = append(p.workers, w)
		}
	}
	n.plans[open] = p
	return p
}

// step runs one tick: it wakes the workers that have something to do, waits for them and makes their frames visible.
func (n *Network) step(ctx context.Context, t Tick) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	t.Number = n.tick.Number + 1
	n.tick = t
	n.plan = n.planFor(t.Open)
	if len(n.plan.workers) == 0 {
		return nil
	}
	busy := min(len(n.resumers), len(n.plan.workers))
	n.next.Store(0)
	n.left.Store(int64(busy))
	for _, r := range n.resumers[:busy] {
		r.wake <- struct{}{}
	}
	if n.Stall > 0 {
		if n.timer == nil {
			n.timer = time.NewTimer(n.Stall)
		} else {
			n.timer.Reset(n.Stall)
		}
		select {
		case <-n.done:
			n.timer.Stop()
		case <-n.timer.C:
			return n.stalled()
		}
	} else {
		<-n.done
	}
	for _, w := range n.plan.workers {
		if w.err != nil {
			return w.err
		}
	}
	for _, channels := range n.plan.channels {
		for _, c := range channels {
			c.Flip()
		}
	}
	return nil
}

func (n *Network) unitError(w *worker, err error) error {
	e := &UnitError{Population: n.Populations[w.population].Name, Unit: int(w.at), Tick: n.tick.Number, Err: err}
	if n.ProcessName != nil {
		e.Processes = n.ProcessName(n.tick.Open)
	}
	return e
}

// Trajectory returns the SHA-256 of the units' digests, in unit order, little-endian: all that was ever published.
func (n *Network) Trajectory() [sha256.Size]byte {
	h := sha256.New()
	for _, pop := range n.digests {
		for i := range pop {
			binary.Write(h, binary.LittleEndian, pop[i].Sum64()) // a hash never fails
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// A UnitError is what ended a run inside a unit.
type UnitError struct {
	Population string
	Unit       int
	Tick       uint64
	Processes  string // that were open, "" where they have no names
	Err        error
}

func (e *UnitError) Error() string {
	open := ""
	if e.Processes != "" {
		open = " (" + e.Processes + ")"
	}
	return fmt.Sprintf("unit %s %d, tick %d%s: %v", e.Population, e.Unit, e.Tick, open, e.Err)
}

// Unwrap returns the cause.
func (e *UnitError) Unwrap() error { return e.Err }

// A StallError says which units did not finish a tick in time.
type StallError struct {
	Tick    uint64
	Waiting []string
}

func (e *StallError) Error() string {
	return fmt.Sprintf("tick %d stalled: the network waits for %s", e.Tick, strings.Join(e.Waiting, ", "))
}

// stalled tells who keeps the others waiting; the first few are enough to start from.
func (n *Network) stalled() error {
	e := &StallError{Tick: n.tick.Number}
	var stuck []*worker
	for _, r := range n.resumers {
		if w := r.at.Load(); w != nil {
			stuck = append(stuck, w)
		}
	}
	slices.SortFunc(stuck, func(v, w *worker) int {
		return cmp.Or(cmp.Compare(v.population, w.population), cmp.Compare(v.first, w.first))
	})
	for _, w := range stuck {
		e.Waiting = append(e.Waiting, fmt.Sprintf("%s %d", n.Populations[w.population].Name, w.first))
	}
	const enough = 8
	if more := len(e.Waiting) - enough; more > 0 {
		e.Waiting = append(slices.Clip(e.Waiting[:enough]), fmt.Sprintf("%d more", more))
	}
	return e
}
