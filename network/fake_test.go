package network_test

import (
	"context"
	"math"
	"testing"

	"murmur/network"
	"murmur/neuron"
)

const (
	talk network.Process = 1 << iota
	listen
	rest
)

// cell is a unit that mixes its neighbours' values with its own, in tick talk.
type cell struct {
	i     int
	in    neuron.View
	out   neuron.Out
	state []float32
	w     []float32
	mood  func(t network.Tick, out []float32) error // what else it does, if not nil
}

func (c *cell) Step(t network.Tick) error {
	if t.Open.Has(talk) {
		x := c.state[:t.Lanes]
		for l := range x {
			x[l] = float32(x[l]*.7) + float32(c.i+l)*.3 + .1
		}
		c.in.WeightedSum(x, c.w)
		for l := range x {
			x[l] -= float32(math.Floor(float64(x[l])))
		}
		copy(c.out.Lanes(), x)
	}
	if c.mood != nil {
		return c.mood(t, c.out.Lanes())
	}
	return nil
}

func (c *cell) Hears() []neuron.View { return []neuron.View{c.in} }

// ring is two populations: cells on a ring that talk, and ones that hear them all and only listen.
type ring struct {
	network.Network
	cells, quiet []*cell
	value        *neuron.Channel
}

const lanes = 3

func newRing(n int) *ring {
	r := &ring{value: neuron.NewChannel("value", n, lanes)}
	talkers := network.Population{Name: "talker", Publishes: []network.Publication{{Channel: r.value, When: talk}}}
	listeners := network.Population{Name: "listener", Acts: listen}
	mute := neuron.NewChannel("mute", n, lanes)
	for i := range n {
		c := &cell{i: i, in: r.value.View(neuron.Span{First: (i + n - 1) % n, N: 1}), out: r.value.Out(i),
			state: make([]float32, lanes), w: []float32{.75}}
		q := &cell{i: i, in: r.value.All(), out: mute.Out(i), state: make([]float32, lanes), w: make([]float32, n)}
		r.cells, r.quiet = append(r.cells, c), append(r.quiet, q)
		talkers.Units = append(talkers.Units, c)
		listeners.Units = append(listeners.Units, q)
	}
	r.Populations = []network.Population{talkers, listeners}
	return r
}

var both = network.Tick{Open: talk | listen, Lanes: lanes}

// ticks runs n ticks in one run.
func (r *ring) ticks(n int) error {
	return r.Run(context.Background(), func(step func(network.Tick) error) error {
		for range n {
			if err := step(both); err != nil {
				return err
			}
		}
		return nil
	})
}

// values returns what the cells published last.
func (r *ring) values() []float32 {
	x := make([]float32, len(r.cells)*lanes)
	for i := range r.cells {
		r.value.All().Copy(x[i*lanes:][:lanes], i)
	}
	return x
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
