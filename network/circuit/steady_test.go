package circuit

import (
	"context"
	"runtime"
	"testing"
	"time"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
)

// A running network allocates nothing in a tick, whatever goroutines its units share.
func TestTicksAllocateNothing(t *testing.T) {
	const ticks = 10_000
	for _, per := range []int{1, 8} {
		r := NewRecurrent(40, 4, func(i int) []neuron.Span { return topology.Ring(40, i, 2, true) }, .1, 1, Runtime{UnitsPerGoroutine: per, Stall: time.Minute})
		err := r.Run(context.Background(), func(step func(network.Tick) error) error {
			live := func(n int) error {
				for k := range n {
					if err := step(network.Tick{Open: Live, Lanes: 4, Learn: true, Continues: true, Draw: network.Draw{Number: uint32(k)}}); err != nil {
						return err
					}
				}
				return nil
			}
			if err := live(10); err != nil { // plans are made once
				return err
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := live(ticks); err != nil {
				return err
			}
			runtime.ReadMemStats(&after)
			// The runtime itself may allocate a little in between; a tick that did would show ten thousand times.
			if n := after.Mallocs - before.Mallocs; n > ticks/100 {
				t.Errorf("%d units a goroutine: %d allocations in %d ticks", per, n, ticks)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
