package circuit

import (
	"fmt"
	"slices"
	"testing"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/random"
)

var coneSheet = topology.Sheet{Columns: 5, Units: 2, Field: 4, Width: 12, Height: 12}

// everything an arm does, in every tick.
const pipeline = Recall | Emit | Compare | Pool | Adapt | Express | Act | Integrate | Decide | Superpose | Drive | Judge

func coneMemory(s topology.Sheet, trials int) []Memory {
	memory := make([]Memory, 2)
	for i := range memory {
		memory[i] = Memory{trials, make([]float32, s.Len()*trials)}
		random.Key{Seed: 4, Purpose: random.Split}.Uniforms(memory[i].Values, uint32(i), 0, 0)
	}
	return memory
}

func armTwin(noise NoiseRule) (a, b *Arm, w twin) { return armTwinUnder(noise, false) }

// armTwinUnder is armTwin, with a sheet that looks at the arm if above is set.
func armTwinUnder(noise NoiseRule, above bool) (a, b *Arm, w twin) {
	open := pipeline
	build := func() *Arm {
		var upper *Features
		if above {
			open = pipeline&^(Superpose|Drive|Judge) | Sense | Respond | Tally
			upper = NewFeatures(coneSheet.Over(3, 2, 2), coneLanes, FeatureRule{Gain: 2, Temperature: 4, Rate: .1}, 6, Runtime{})
		}
		a := NewArm(coneSheet, Lanes{coneLanes, coneLanes}, noise, ReadoutRule{Classes: 3, Rate: .1, Bias: true, Batches: 100, Draws: 2},
			coneMemory(coneSheet, 4*coneLanes), upper, 5, Runtime{})
		for l := range coneLanes {
			a.Teacher.Out(l % 3).Lanes()[l] = 1
		}
		a.Teacher.Flip()
		return a
	}
	a, b = build(), build()
	return a, b, twin{&a.Network, &b.Network, func(i int) network.Tick {
		open := open
		if i == 1 { // nothing to share yet
			open &^= Decide | Judge | Tally
		}
		return network.Tick{Open: open, Lanes: coneLanes, Learn: true, Continues: true, Slot: i % 2,
			First: i / 2 % 4 * coneLanes, Draw: network.Draw{Stage: 1, Number: uint32(i)}}
	}}
}

// Beyond k edges the wiring may carry nothing on: a source of noise is a draw, whatever its unit hears. reach is how far
// the second statement holds.
func TestLightConeArm(t *testing.T) {
	const at, ticks = 7, 16
	imprint := NoiseRule{Kind: Imprint, Radius: 1, Rate: .1}
	gha := NoiseRule{Kind: GHA, Hubs: 2, Rate: .1, Halving: 100}
	for _, c := range []struct {
		name           string
		noise          NoiseRule
		from           node
		channel        string
		reach, longest int
		above          bool
	}{
		{"imprint, corner, everything", imprint, node{0, 0}, "", 1, 4, false},
		{"imprint, corner, activity", imprint, node{0, 0}, "activity", 1, 4, false},
		{"imprint, corner, source", imprint, node{0, 0}, "source", 1, 4, false},
		{"imprint, middle, everything", imprint, node{0, 24}, "", 1, 2, false},
		{"imprint, corner, state", imprint, node{0, 0}, "state", 1, 4, false},
		{"imprint, readout", imprint, node{1, 1}, "", 1, 1, false},
		{"gha, unit, everything", gha, node{0, 17}, "", 2, 2, false},
		{"gha, unit, contribution", gha, node{0, 17}, "contribution", 2, 2, false},
		{"gha, unit, state", gha, node{0, 17}, "state", 2, 2, false},
		{"gha, hub, everything", gha, node{1, 1}, "", 2, 2, false},
		{"gha, hub, source", gha, node{1, 1}, "hub source", 2, 2, false},
		{"gha, hub, power", gha, node{1, 1}, "hub power", 2, 2, false},
		{"imprint under a sheet, corner, everything", imprint, node{0, 0}, "", 1, 4, true},
		{"imprint under a sheet, corner, activity", imprint, node{0, 0}, "activity", 1, 4, true},
		{"gha under a sheet, unit, everything", gha, node{0, 17}, "", 2, 3, true},
		{"gha under a sheet, upper unit, everything", gha, node{2, 0}, "", 1, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, b, w := armTwinUnder(c.noise, c.above)
			dist := distances(w.a, c.from)
			if k := eccentricity(dist); k != c.longest {
				t.Fatalf("eccentricity %d, want %d", k, c.longest)
			}
			var before func()
			if c.channel == "state" {
				before = func() { b.hidden[c.from.unit].r[0] += .5 }
			} else {
				w.publish(c.from, at, c.channel)
			}
			first, err := w.run(ticks, at, before)
			if err != nil {
				t.Fatal(err)
			}
			if err := early(dist, first); err != nil {
				t.Error(err)
			}
			for k := 0; k <= c.reach; k++ {
				if err := late(dist, first, k); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func featuresTwin() (a, b *Features, w twin) {
	build := func() *Features {
		f := NewFeatures(coneSheet, coneLanes, FeatureRule{Gain: 2, Temperature: 2, Rate: .05}, 6, Runtime{})
		for p := range f.Pixels.Units() {
			random.Key{Seed: 4, Purpose: random.Split, Unit: uint32(p)}.Uniforms(f.Pixels.Out(p).Lanes(), 9, 0, 0)
		}
		f.Pixels.Flip()
		return f
	}
	a, b = build(), build()
	return a, b, twin{&a.Network, &b.Network, func(i int) network.Tick {
		open := Sense | Respond
		if i == 1 { // nothing to share yet
			open = Sense
		}
		return network.Tick{Open: open, Lanes: coneLanes, Learn: true}
	}}
}

// Columns do not hear one another: what changes in one stays there.
func TestLightConeFeatures(t *testing.T) {
	const at, ticks = 4, 12
	for j := 0; j < coneSheet.Len(); j += 7 {
		for _, channel := range []string{"", "potential", "excitation", "state"} {
			t.Run(fmt.Sprintf("unit %d/%s", j, channel), func(t *testing.T) {
				_, b, w := featuresTwin()
				dist := distances(w.a, node{0, j})
				reach := 0
				for _, d := range dist {
					if d != never {
						reach++
					}
				}
				if k := eccentricity(dist); k != 1 || reach != coneSheet.Units {
					t.Fatalf("eccentricity %d, %d units in reach", k, reach)
				}
				var before func()
				if channel == "state" {
					before = func() { b.features[j].w[0] += .5 }
				} else {
					w.publish(node{0, j}, at, channel)
				}
				first, err := w.run(ticks, at, before)
				if err != nil {
					t.Fatal(err)
				}
				if err := early(dist, first); err != nil {
					t.Error(err)
				}
				if channel == "potential" {
					return // mates below the mean of the column stay silent
				}
				if err := late(dist, first, 1); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The control on the sheet: a unit of one column that reads the potential of another.
func TestLightConeFeaturesCatchesWhatIsNotLocal(t *testing.T) {
	const at, ticks, j, spy = 4, 8, 0, 40
	a, b, w := featuresTwin()
	for _, f := range []*Features{a, b} {
		pop := &f.Populations[0]
		i := slices.IndexFunc(pop.Publishes, func(p network.Publication) bool { return p.Channel.Name() == "potential" })
		pop.Units[spy] = eavesdropper{pop.Units[spy], pop.Publishes[i].Channel.View(neuron.Span{First: j, N: 1}), f.response.Out(spy)}
	}
	dist := distances(w.a, node{0, j})
	w.publish(node{0, j}, at, "")
	first, err := w.run(ticks, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	if early(dist, first) == nil {
		t.Error("a unit that reads another column passes")
	}
}
