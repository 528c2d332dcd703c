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
	Graph      Graph
	Units      int
	Neighbours int // in-neighbours of a unit; it weighs their activity, hears their noise and learns from both
	Lanes      int
}

// Graph says who the in-neighbours of a unit are.
type Graph int

const (
	Dense  Graph = iota // the first units, the same for all
	Ring                // the nearest on a ring
	Random              // anyone
)

// Cases returns what is measured.
func Cases() []Case {
	return []Case{
		{"dense", Dense, 2000, 784, 1},
		{"dense", Dense, 2000, 784, 32},
		{"dense", Dense, 2000, 784, 128},
		{"ring", Ring, 100_000, 32, 1},
		{"ring", Ring, 100_000, 32, 64},
		{"random", Random, 100_000, 32, 1},
		{"random", Random, 100_000, 32, 64},
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
	UnitsPerGoroutine int           // 0 for a plain loop
	Together          bool          // the plain loop takes the units in blocks that share their inputs
	Tick              time.Duration // median
	OfLoop, OfBlocks  float64       // medians of the ratios to the plain loop and to that in blocks, measured by turns
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

// Run measures a case: the plain loop first, unit by unit and in blocks, then the given numbers of units a goroutine. They
// take turns, so that what else the machine does hits all alike, and each runs for at least the given time.
func Run(ctx context.Context, c Case, per []int, atLeast time.Duration) ([]Figure, error) {
	list := []Figure{{Case: c}, {Case: c, Together: true}}
	tick := network.Tick{Open: circuit.Live, Lanes: c.Lanes, Learn: true, Continues: true}
	loop := c.wire(1)
	turns := []func() error{
		func() error { return plain(&loop.Network, &tick, 1) },
		func() error { return plain(&loop.Network, &tick, few) },
	}
	var start func(per []int) error
	start = func(per []int) error {
		if len(per) == 0 {
			return measure(ctx, list, turns, atLeast)
		}
		before := held()
		r := c.wire(per[0])
		return r.Run(ctx, func(step func(network.Tick) error) error {
			turn := func() error { tick.Draw.Number++; return step(tick) }
			if err := turn(); err != nil { // stacks grow
				return err
			}
			list = append(list, Figure{Case: c, UnitsPerGoroutine: per[0], Bytes: float64(held()-before) / float64(c.Units)})
			turns = append(turns, turn)
			return start(per[1:])
		})
	}
	err := start(per)
	return list, err
}

// measure lets everyone run by turns, in rounds, and notes medians.
func measure(ctx context.Context, list []Figure, turns []func() error, atLeast time.Duration) error {
	const rounds = 15
	times, ratios := make([][]float64, len(turns)), make([][2][]float64, len(turns))
	for range rounds {
		var took []float64
		for _, turn := range turns {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			ticks, start := 0, time.Now()
			for ticks == 0 || time.Since(start) < atLeast/rounds {
				if err := turn(); err != nil {
					return err
				}
				ticks++
			}
			took = append(took, time.Since(start).Seconds()/float64(ticks))
		}
		for i, t := range took {
			times[i] = append(times[i], t)
			ratios[i][0], ratios[i][1] = append(ratios[i][0], t/took[0]), append(ratios[i][1], t/took[1])
		}
	}
	for i := range list {
		list[i].Tick = time.Duration(median(times[i]) * float64(time.Second))
		list[i].OfLoop, list[i].OfBlocks = median(ratios[i][0]), median(ratios[i][1])
	}
	return nil
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

func (c Case) wire(per int) *circuit.Recurrent {
	return circuit.NewRecurrent(c.Units, c.Lanes, func(i int) []neuron.Span {
		switch c.Graph {
		case Dense:
			return []neuron.Span{{First: 0, N: c.Neighbours}}
		case Random:
			return topology.Random(c.Units, i, c.Neighbours, 1)
		}
		return topology.Ring(c.Units, i, c.Neighbours/2, false)
	}, .1, 1, circuit.Runtime{UnitsPerGoroutine: per})
}

// held is the memory in use by objects and stacks.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// few is how many units a plain loop takes at a time where it takes several.
const few = neuron.AtOnce

// plain steps the units of a network in plain loops, one for each processor, so many at a time, without goroutines of
// their own, checks or digests: what there is to lose.
func plain(n *network.Network, t *network.Tick, block int) error {
	t.Number++
	t.Draw.Number++
	units := n.Populations[0].Units
	side := runtime.GOMAXPROCS(0)
	done := make(chan error, side)
	for k := range side {
		part := units[k*len(units)/side : (k+1)*len(units)/side]
		now := *t
		go func() {
			var err error
			var room neuron.Scratch
			for len(part) > 0 && err == nil {
				n := min(block, len(part))
				err = abreast(part[:n], now, &room)
				part = part[n:]
			}
			done <- err
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

// abreast takes staged units through a step side by side. They go through the same stages.
func abreast(units []network.Unit, t network.Tick, room *neuron.Scratch) error {
	var products [few]neuron.Product
	for k := 0; ; {
		waits, next := products[:0], 0
		for _, u := range units {
			p, stage, err := u.(network.Staged).Stage(t, k)
			if err != nil {
				return err
			}
			if next = stage; stage > 0 {
				waits = append(waits, p)
			}
		}
		if next == 0 {
			return nil
		}
		k = next
		neuron.Compute(waits, room)
	}
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
