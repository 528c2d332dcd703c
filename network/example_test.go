package network_test

import (
	"context"
	"fmt"

	"murmur/network"
	"murmur/neuron"
)

// open is the one process of the example: every unit listens and speaks.
const open network.Process = 1

// adder publishes what it hears of its neighbour, and one more.
type adder struct {
	neighbour neuron.View
	out       neuron.Out
}

func (a adder) Step(t network.Tick) error {
	for lane := range t.Lanes {
		a.out.Lanes()[lane] = a.neighbour.At(0, lane) + 1
	}
	return nil
}

func (a adder) Hears() []neuron.View { return []neuron.View{a.neighbour} }

// Three units in a ring, a goroutine each. What a unit publishes in a tick its neighbour hears in the next, whatever the
// order they run in.
func Example() {
	value := neuron.NewChannel("value", 3, 1)
	ring := network.Population{Name: "adder", Publishes: []network.Publication{{Channel: value, When: open}}}
	for i := range 3 {
		left := neuron.Span{First: (i + 2) % 3, N: 1}
		ring.Units = append(ring.Units, adder{value.View(left), value.Out(i)})
	}
	n := network.Network{Populations: []network.Population{ring}}
	err := n.Run(context.Background(), func(step func(network.Tick) error) error {
		for range 5 {
			if err := step(network.Tick{Open: open, Lanes: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	units, goroutines := n.Size()
	fmt.Println(units, "units,", goroutines, "goroutines, they say", value.All().At(0, 0), err)
	// Output:
	// 3 units, 3 goroutines, they say 5 <nil>
}
