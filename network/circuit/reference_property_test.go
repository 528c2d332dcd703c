package circuit

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/random"
)

// scene is a small experiment: pictures with a modified form, a sheet, an arm.
type scene struct {
	sheet        topology.Sheet
	lanes        Lanes // in use; the channels hold spare more
	spare        int
	train, test  int // trials
	passes       int
	seed         uint64
	feature      FeatureRule
	noise        NoiseRule
	readout      ReadoutRule
	power        float64
	often        bool // look into the arm after every batch
	runtime      Runtime
	given, owned []float32 // couplings of an arm of kind Given
}

func drawScene(t *rapid.T, k Kind) scene {
	unit := rapid.Float32Range(.01, 1)
	s := scene{
		sheet: topology.Sheet{Columns: rapid.IntRange(1, 3).Draw(t, "columns"), Units: rapid.IntRange(1, 4).Draw(t, "units"),
			Field: rapid.IntRange(2, 4).Draw(t, "field"), Width: rapid.IntRange(4, 8).Draw(t, "width"), Height: rapid.IntRange(4, 8).Draw(t, "height")},
		lanes: Lanes{rapid.IntRange(1, 9).Draw(t, "lanes"), rapid.IntRange(1, 9).Draw(t, "probe lanes")}, spare: rapid.IntRange(0, 2).Draw(t, "spare"),
		train: rapid.IntRange(1, 20).Draw(t, "train"), test: rapid.IntRange(1, 12).Draw(t, "test"),
		passes: rapid.IntRange(0, 3).Draw(t, "passes"), seed: rapid.Uint64().Draw(t, "seed"),
		feature: FeatureRule{Gain: 4 * unit.Draw(t, "gain"), Temperature: 10 * unit.Draw(t, "temperature"), Rate: .1 * unit.Draw(t, "feature rate")},
		noise: NoiseRule{Kind: k,
			Radius: rapid.SampledFrom([]int{0, 1, 2, topology.All}).Draw(t, "radius"),
			Rate:   unit.Draw(t, "noise rate"), Halving: 50 * unit.Draw(t, "halving")},
		readout: ReadoutRule{Classes: rapid.IntRange(1, 4).Draw(t, "classes"), Rate: unit.Draw(t, "readout rate"),
			Bias: rapid.Bool().Draw(t, "bias"), Batches: rapid.IntRange(1, 6).Draw(t, "readout batches"), Draws: rapid.IntRange(1, 4).Draw(t, "draws")},
		power: rapid.SampledFrom([]float64{0, .01, .15, 1}).Draw(t, "power"),
		often: rapid.Bool().Draw(t, "often"), runtime: Runtime{UnitsPerGoroutine: rapid.IntRange(0, 5).Draw(t, "units per goroutine")},
	}
	switch s.noise.Kind {
	case None:
		s.readout.Draws = 1
	case GHA, Given:
		s.noise.Rate *= .1 // gha with few lanes and a rate near 1 diverges
		s.noise.Hubs = rapid.IntRange(1, 4).Draw(t, "hubs")
	}
	s.given = make([]float32, s.sheet.Len()*s.noise.Hubs)
	s.owned = make([]float32, s.sheet.Len())
	s.random(s.given, 100)
	s.random(s.owned, 101)
	return s
}

// random fills dst with uniform numbers, a quarter of them 0.
func (s scene) random(dst []float32, row uint32) {
	random.Key{Seed: s.seed, Purpose: random.Split}.Uniforms(dst, row, 0, 0)
	for i, v := range dst {
		dst[i] = max(0, v-.25)
	}
}

// pictures returns n pictures, [pixel][trial].
func (s scene) pictures(n int, row uint32) Memory {
	m := Memory{n, make([]float32, s.sheet.Width*s.sheet.Height*n)}
	s.random(m.Values, row)
	return m
}

// batches calls f with runs of at most the given number of lanes.
func batches(n, lanes int, f func(first, lanes int) error) error {
	for first := 0; first < n; first += lanes {
		if err := f(first, min(lanes, n-first)); err != nil {
			return err
		}
	}
	return nil
}

// differ says where two sets of values are not the same to the last bit.
func differ(what string, got, want []float32) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if math.Float32bits(v) != math.Float32bits(want[i]) {
			return fmt.Errorf("%s: value %d is %v (%#x), want %v (%#x)", what, i, v, math.Float32bits(v), want[i], math.Float32bits(want[i]))
		}
	}
	return nil
}

func flat(g grid) []float32 {
	var all []float32
	for _, row := range g {
		all = append(all, row...)
	}
	return all
}

// published returns what the units of a population published last on a channel, [unit][lane].
func published(n *network.Network, population, channel string, lanes int) []float32 {
	for _, p := range n.Populations {
		for _, b := range p.Publishes {
			if p.Name == population && b.Channel.Name() == channel {
				return flat(front(b.Channel, lanes))
			}
		}
	}
	panic("nobody publishes " + channel)
}

func front(c *neuron.Channel, lanes int) grid {
	g := newGrid(c.Units(), min(lanes, c.Lanes()))
	for i := range g {
		c.All().Copy(g[i], i)
	}
	return g
}

func TestBitsOfTheReference(t *testing.T) {
	for k, name := range []string{"none", "identity", "diagonal", "imprint", "gha", "given"} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			s := drawScene(t, Kind(k))
			memory, err := s.runFeatures()
			if err == nil {
				err = s.runArm(memory)
			}
			if err != nil {
				t.Fatal(err)
			}
		}))
	}
}

// runFeatures learns features both ways and returns the responses to clean and modified training pictures and to test
// pictures under two cells.
func (s scene) runFeatures() ([]Memory, error) {
	f := NewFeatures(s.sheet, s.lanes.Learn+s.spare, s.feature, s.seed, s.runtime)
	ref := newRefFeatures(s.sheet, s.feature, s.seed)
	look := func(f *Features, step func(network.Tick) error, m Memory, first, lanes int, learn bool) (got, want grid, err error) {
		x := m.lanes(first, lanes)
		for p := range x {
			copy(f.Pixels.Out(p).Lanes(), x[p])
		}
		f.Pixels.Flip()
		for _, open := range []network.Process{Sense, Respond} {
			if err := step(network.Tick{Open: open, Lanes: lanes, Learn: learn}); err != nil {
				return nil, nil, err
			}
		}
		all := make([]float32, s.sheet.Len()*lanes)
		f.Responses(all, lanes, 0, lanes)
		got, want = Memory{lanes, all}.lanes(0, lanes), ref.look(x, learn)
		return got, want, differ("responses", all, flat(want))
	}
	train := s.pictures(s.train, 0)
	err := f.Run(context.Background(), func(step func(network.Tick) error) error {
		for range s.passes {
			if err := batches(s.train, s.lanes.Learn, func(first, lanes int) error {
				if _, _, err := look(f, step, train, first, lanes, true); err != nil {
					return err
				}
				return differ("features", f.Weights(), flat(ref.w))
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	twin := f.Twin(s.lanes.Probe)
	var memory []Memory
	err = twin.Run(context.Background(), func(step func(network.Tick) error) error {
		for i, pictures := range []Memory{train, s.pictures(s.train, 1), s.pictures(s.test, 2), s.pictures(s.test, 3)} {
			m := Memory{pictures.Trials, make([]float32, s.sheet.Len()*pictures.Trials)}
			if err := batches(m.Trials, s.lanes.Probe, func(first, lanes int) error {
				got, _, err := look(twin, step, pictures, first, lanes, false)
				for u := range got {
					copy(m.Values[u*m.Trials+first:], got[u])
				}
				return err
			}); err != nil {
				return fmt.Errorf("pictures %d: %w", i, err)
			}
			memory = append(memory, m)
		}
		return differ("features of the twin", twin.Weights(), flat(ref.w))
	})
	return memory, err
}

// runArm drives an arm as an experiment does and compares with the reference after every batch.
func (s scene) runArm(memory []Memory) error {
	a := NewArm(s.sheet, Lanes{s.lanes.Learn + s.spare, s.lanes.Probe + s.spare}, s.noise, s.readout, memory, nil, s.seed, s.runtime)
	ref := newRefArm(s.sheet, s.noise, s.readout, s.seed)
	if s.noise.Kind == Given {
		a.SetCouplings(s.given, s.owned)
		for i := range ref.l {
			copy(ref.l[i], s.given[i*s.noise.Hubs:])
			ref.self[i] = s.owned[i]
		}
	}
	return a.Run(context.Background(), func(step func(network.Tick) error) error {
		p := pair{s, a, ref, step, memory}
		for pass := range s.passes {
			if err := batches(s.train, s.lanes.Learn, func(first, lanes int) error { return p.experience(pass, first, lanes) }); err != nil {
				return err
			}
		}
		if err := p.compare(); err != nil {
			return fmt.Errorf("after experience: %w", err)
		}
		a.SetPower(s.power)
		ref.setPower(s.power)
		if err := p.compare(); err != nil {
			return fmt.Errorf("after scaling: %w", err)
		}
		if err := p.teach(); err != nil {
			return err
		}
		return batches(s.test, s.lanes.Probe, p.judge)
	})
}
