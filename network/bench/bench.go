// Package bench measures what a network costs to run on this machine: recurrent networks of rate units on several graphs,
// learning on, a goroutine a unit and with units that share one, each beside a plain loop over the same units in the same
// run. The machine may be shared and noisy; medians and ratios say more than single times.
package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/kernel"
)

// Case is a network to be run.
type Case struct {
	Name       string
	Units      int
	Neighbours int // in-neighbours of a unit; it weighs their activity, hears their noise and learns from both
	Random     bool
	Lanes      int
}

// Cases returns what is measured.
func Cases() []Case {
	return []Case{
		{"dense", 2000, 784, false, 1},
		{"dense", 2000, 784, false, 32},
		{"dense", 2000, 784, false, 128},
		{"ring", 100_000, 32, false, 1},
		{"ring", 100_000, 32, false, 64},
		{"random", 100_000, 32, true, 1},
		{"random", 100_000, 32, true, 64},
	}
}

// Small returns the same graphs with a fiftieth of the units, for a first look and for tests.
func Small() []Case {
	list := Cases()
	for i := range list {
		list[i].Units /= 50
		list[i].Neighbours = min(list[i].Neighbours, list[i].Units/2)
	}
	return list
}

// Figure is what a case took.
type Figure struct {
	Case
	UnitsPerGoroutine int           // 0 for the plain loop
	Tick              time.Duration // median
	Bytes             float64       // a unit, of memory that the garbage collector manages, and stacks
}

// UnitTicks returns units times ticks a second.
func (f Figure) UnitTicks() float64 { return float64(f.Units) / f.Tick.Seconds() }

// Synapses returns synaptic operations a second: one is one weight of one trial in one tick, forward and learned.
func (f Figure) Synapses() float64 {
	return f.UnitTicks() * float64(f.Neighbours) * float64(f.Lanes)
}

// Share returns the part of the machine's best rate of multiplications and additions that a tick reaches. A synapse weighs
// an activity, weighs a noise source and learns from it: three products and three sums in each lane.
func (f Figure) Share(best float64) float64 { return 6 * f.Synapses() / best }

// Run measures a case: the plain loop first, then the given numbers of units a goroutine. Each is run for at least the
// given time.
func Run(ctx context.Context, c Case, per []int, atLeast time.Duration) ([]Figure, error) {
	tick := network.Tick{Open: circuit.Live, Lanes: c.Lanes, Learn: true, Continues: true}
	r := c.wire(1)
	loop := Figure{Case: c, Tick: median(atLeast, func() error { return plain(&r.Network, &tick) }, nil)}
	list := []Figure{loop}
	for _, p := range per {
		if err := context.Cause(ctx); err != nil {
			return list, err
		}
		r = nil
		runtime.GC()
		before := held()
		r = c.wire(p)
		f := Figure{Case: c, UnitsPerGoroutine: p}
		var failed error
		err := r.Run(ctx, func(step func(network.Tick) error) error {
			f.Tick = median(atLeast, func() error { tick.Draw.Number++; return step(tick) }, &failed)
			runtime.GC()
			f.Bytes = float64(held()-before) / float64(c.Units)
			return failed
		})
		if err != nil {
			return list, err
		}
		list = append(list, f)
	}
	return list, nil
}

func (c Case) wire(per int) *circuit.Recurrent {
	return circuit.NewRecurrent(c.Units, c.Lanes, func(i int) []neuron.Span {
		if c.Random {
			return topology.Random(c.Units, i, c.Neighbours, 1)
		}
		return topology.Ring(c.Units, i, c.Neighbours/2, false)
	}, .1, 1, circuit.Runtime{UnitsPerGoroutine: per})
}

// held is the memory in use by objects and stacks.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// median returns the median time of f, called for at least a while and five times, after one call that does not count.
func median(atLeast time.Duration, f func() error, failed *error) time.Duration {
	const fewest = 5
	note := func(err error) bool {
		if err != nil && failed != nil {
			*failed = err
		}
		return err != nil
	}
	if note(f()) {
		return 0
	}
	var times []time.Duration
	for start := time.Now(); len(times) < fewest || time.Since(start) < atLeast; {
		before := time.Now()
		if note(f()) {
			return 0
		}
		times = append(times, time.Since(before))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// plain steps the units of a network in plain loops, one for each processor, without goroutines of their own, checks or
// digests: what there is to lose.
func plain(n *network.Network, t *network.Tick) error {
	t.Number++
	t.Draw.Number++
	units := n.Populations[0].Units
	side := runtime.GOMAXPROCS(0)
	done := make(chan error, side)
	for k := range side {
		part := units[k*len(units)/side : (k+1)*len(units)/side]
		now := *t
		go func() {
			for _, u := range part {
				if err := u.Step(now); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	var err error
	for range side {
		if e := <-done; e != nil {
			err = e
		}
	}
	for _, p := range n.Populations[0].Publishes {
		p.Channel.Flip()
	}
	return err
}

// Best returns the rate, in multiplications and additions a second over all processors, at which the kernel in use forms
// weighted sums of inputs that lie in the nearest cache, several units at a time.
func Best() float64 {
	const units, edges, lanes, rounds = 5, 64, 64, 2000
	side := runtime.GOMAXPROCS(0)
	once := func() time.Duration {
		done := make(chan struct{})
		start := time.Now()
		for range side {
			go func() {
				x := make([]float32, edges*lanes)
				w, dst := make([][]float32, units), make([][]float32, units)
				for u := range w {
					w[u], dst[u] = make([]float32, edges), make([]float32, lanes)
				}
				for range rounds {
					kernel.WeightedSums(dst, w, x, lanes)
				}
				done <- struct{}{}
			}()
		}
		for range side {
			<-done
		}
		return time.Since(start)
	}
	times := []time.Duration{once(), once(), once(), once(), once()}
	return 2 * units * edges * lanes * rounds * float64(side) / slices.Min(times).Seconds()
}

// String names a case.
func (c Case) String() string {
	lanes := "lanes"
	if c.Lanes == 1 {
		lanes = "lane"
	}
	return fmt.Sprintf("%s %d x %d, %d %s", c.Name, c.Units, c.Neighbours, c.Lanes, lanes)
}
