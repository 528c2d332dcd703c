package circuit

import (
	"context"
	"testing"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/random"
)

const benchLanes = 100

// benchSheet is 10 x 10 columns of 10 units with fields of 8 x 8 pixels.
var benchSheet = topology.Sheet{Columns: 10, Units: 10, Field: 8, Width: 28, Height: 28}

func fill(c *neuron.Channel) {
	for i := range c.Units() {
		random.Key{Seed: 1, Purpose: random.Split, Unit: uint32(i)}.Uniforms(c.Out(i).Lanes(), 0, 0, 0)
	}
	c.Flip()
}

func benchFeatures() *Features {
	f := NewFeatures(benchSheet, benchLanes, FeatureRule{Gain: 2, Temperature: 4, Rate: .01}, 1, Runtime{})
	fill(f.Pixels)
	return f
}

func benchArm(noise NoiseRule) *Arm {
	a := NewArm(benchSheet, Lanes{benchLanes, benchLanes}, noise, ReadoutRule{Classes: 10, Rate: .1, Bias: true, Batches: 1 << 30, Draws: 10},
		coneMemory(benchSheet, benchLanes), nil, 1, Runtime{})
	fill(a.Teacher)
	return a
}

// ready lets the arm learn from one pair of glimpses and teach once, so that nothing is 0.
func ready(b *testing.B, a *Arm, step func(network.Tick) error) {
	for i, open := range []network.Process{Recall | Emit, Recall | Compare, Pool, Adapt, Emit, Recall | Express | Act, Integrate, Decide} {
		tick(b, step, network.Tick{Open: open, Lanes: benchLanes, Learn: true, Slot: i % 2, Continues: i == 1})
	}
}

func tick(b *testing.B, step func(network.Tick) error, t network.Tick) {
	if err := step(t); err != nil {
		b.Fatal(err)
	}
}

// run drives a network by hand.
func run(b *testing.B, n *network.Network, f func(step func(network.Tick) error)) {
	b.ReportAllocs()
	err := n.Run(context.Background(), func(step func(network.Tick) error) error { f(step); return nil })
	if err != nil {
		b.Fatal(err)
	}
}

// stepUnit measures one unit in one tick, no goroutine in between.
func stepUnit(b *testing.B, u network.Unit, t network.Tick) {
	for b.Loop() {
		if err := u.Step(t); err != nil {
			b.Fatal(err)
		}
	}
}

// A feature: 64 inputs, 100 lanes.
func BenchmarkUnitFeature(b *testing.B) {
	for _, c := range []struct {
		name  string
		open  network.Process
		learn bool
	}{{"sense", Sense, false}, {"respond", Respond, false}, {"respond-learn", Respond, true}} {
		b.Run(c.name, func(b *testing.B) {
			f := benchFeatures()
			run(b, &f.Network, func(step func(network.Tick) error) {
				tick(b, step, network.Tick{Open: Sense, Lanes: benchLanes})
			})
			stepUnit(b, f.Populations[0].Units[500], network.Tick{Open: c.open, Lanes: benchLanes, Learn: c.learn})
		})
	}
}

// A unit with 1000 noise couplings, 100 lanes.
func BenchmarkUnitImprint(b *testing.B) {
	for _, c := range []struct {
		name string
		open network.Process
	}{{"emit", Emit}, {"express", Express}, {"compare", Compare}} {
		b.Run(c.name, func(b *testing.B) {
			a := benchArm(NoiseRule{Kind: Imprint, Radius: topology.All, Rate: .01})
			run(b, &a.Network, func(step func(network.Tick) error) { ready(b, a, step) })
			stepUnit(b, a.Populations[0].Units[500], network.Tick{Open: c.open, Lanes: benchLanes, Learn: true, Continues: true})
		})
	}
}

// A readout unit: 1000 inputs, 100 lanes.
func BenchmarkUnitReadout(b *testing.B) {
	for _, c := range []struct {
		name string
		open network.Process
	}{{"integrate", Integrate}, {"decide-learn", Decide}, {"superpose", Superpose}, {"drive-10-draws", Drive}} {
		b.Run(c.name, func(b *testing.B) {
			a := benchArm(NoiseRule{Kind: GHA, Hubs: 16, Rate: .01, Halving: 1000})
			run(b, &a.Network, func(step func(network.Tick) error) { ready(b, a, step) })
			stepUnit(b, a.Populations[2].Units[3], network.Tick{Open: c.open, Lanes: benchLanes, Learn: true})
		})
	}
}

// A tick of the whole network: 1000 hidden units, 100 lanes.
func BenchmarkTick(b *testing.B) {
	for _, c := range []struct {
		name  string
		open  network.Process
		learn bool
	}{{"features/sense", Sense, false}, {"features/respond-learn", Respond, true}} {
		b.Run(c.name, func(b *testing.B) {
			f := benchFeatures()
			run(b, &f.Network, func(step func(network.Tick) error) {
				tick(b, step, network.Tick{Open: Sense, Lanes: benchLanes})
				for b.Loop() {
					tick(b, step, network.Tick{Open: c.open, Lanes: benchLanes, Learn: c.learn})
				}
			})
		})
	}
	for _, c := range []struct {
		name string
		open network.Process
	}{{"gha/express+emit", Express | Emit}, {"gha/recall+compare", Recall | Compare}, {"gha/pool", Pool}, {"gha/adapt", Adapt},
		{"gha/integrate", Integrate}, {"gha/decide-learn", Decide}} {
		b.Run(c.name, func(b *testing.B) {
			a := benchArm(NoiseRule{Kind: GHA, Hubs: 16, Rate: 1e-4, Halving: 1000})
			run(b, &a.Network, func(step func(network.Tick) error) {
				ready(b, a, step)
				for b.Loop() {
					tick(b, step, network.Tick{Open: c.open, Lanes: benchLanes, Learn: true, Continues: true})
				}
			})
		})
	}
}
