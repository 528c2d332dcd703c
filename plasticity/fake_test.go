package plasticity_test

import (
	"testing"

	"murmur/neuron"
)

// channel returns a channel on which the rows, [unit][lane], were published.
func channel(rows [][]float32) *neuron.Channel {
	c := neuron.NewChannel("x", len(rows), len(rows[0]))
	publish(c, rows)
	return c
}

func publish(c *neuron.Channel, rows [][]float32) {
	for i, row := range rows {
		copy(c.Out(i).Lanes(), row)
	}
	c.Flip()
}

func grid(rows, lanes int) [][]float32 {
	g := make([][]float32, rows)
	for i := range g {
		g[i] = make([]float32, lanes)
	}
	return g
}

func panics(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
}
