package circuit

import (
	"context"
	"fmt"
	"testing"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
)

// BenchmarkGoroutines runs recurrent networks tick by tick, a goroutine a unit, with units that share a goroutine and, as
// what there is to lose, in a plain loop over the same units on as many processors, without goroutines of their own,
// checks or digests.
func BenchmarkGoroutines(b *testing.B) {
	for _, c := range []struct {
		name               string
		units, half, lanes int
	}{
		{"dense 2000x784", 2000, 392, 128},
		{"ring 100000x32", 100000, 16, 64},
		{"ring 100000x32", 100000, 16, 1},
	} {
		name := fmt.Sprintf("%s, %d lanes", c.name, c.lanes)
		wire := func(per int) *Recurrent {
			return NewRecurrent(c.units, c.lanes, func(i int) []neuron.Span { return topology.Ring(c.units, i, c.half, true) }, .1, 1, Runtime{UnitsPerGoroutine: per})
		}
		t := network.Tick{Open: Live, Lanes: c.lanes, Learn: true, Continues: true}
		b.Run(name+"/loop", func(b *testing.B) {
			r := wire(1)
			loop(b, &r.Network, t)
		})
		for _, per := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d a goroutine", name, per), func(b *testing.B) {
				r := wire(per)
				err := r.Run(context.Background(), func(step func(network.Tick) error) error {
					for b.Loop() {
						t.Draw.Number++
						if err := step(t); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// loop steps the units of a network in two plain loops, half of them each.
func loop(b *testing.B, n *network.Network, t network.Tick) {
	units := n.Populations[0].Units
	done := make(chan struct{})
	half := func(units []network.Unit, t network.Tick) {
		for _, u := range units {
			u.Step(t)
		}
		done <- struct{}{}
	}
	for b.Loop() {
		t.Number++
		t.Draw.Number++
		go half(units[:len(units)/2], t)
		go half(units[len(units)/2:], t)
		<-done
		<-done
		for _, p := range n.Populations[0].Publishes {
			p.Channel.Flip()
		}
	}
}
