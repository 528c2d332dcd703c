package circuit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
)

// life takes a small arm through experience, lessons and judgement and returns all that can be seen of it.
func life(rule NoiseRule, units int) (seen []float32, trajectory [32]byte, err error) {
	const lanes, draws = 7, 3
	sheet := topology.Sheet{Columns: 3, Units: 3, Field: 4, Width: 8, Height: 8}
	a := NewArm(sheet, Lanes{lanes, lanes}, rule, ReadoutRule{Classes: 3, Rate: .5, Bias: true, Batches: 8, Draws: draws},
		coneMemory(sheet, 4*lanes), nil, 9, Runtime{UnitsPerGoroutine: units})
	err = a.Run(context.Background(), func(step func(network.Tick) error) error {
		t := network.Tick{Lanes: lanes, Learn: true}
		do := func(open network.Process, slot int) {
			if err == nil {
				t.Open, t.Slot, t.Continues = open, slot, open.Has(Compare)
				err = step(t)
			}
		}
		for batch := range 8 {
			t.First, t.Draw = batch%4*lanes, network.Draw{Stage: 1, Number: uint32(batch)}
			do(Recall|Emit, 0)
			do(Recall|Compare, 1)
			do(Pool, 0)
			do(Adapt, 0)
		}
		a.SetPower(.15)
		for batch := range 8 {
			for c := range 3 {
				for l := range lanes {
					a.Teacher.Out(c).Lanes()[l] = 0
					if (batch+l)%3 == c {
						a.Teacher.Out(c).Lanes()[l] = 1
					}
				}
			}
			a.Teacher.Flip()
			t.First, t.Draw = batch%4*lanes, network.Draw{Stage: 2, Number: uint32(batch)}
			do(Emit, 0)
			do(Recall|Express|Act, 0)
			do(Integrate, 0)
			do(Decide, 0)
		}
		t.Learn = false
		for k := range draws {
			t.Draw = network.Draw{Stage: 3, Number: uint32(k)}
			do(Emit, k)
			do(Express, k)
			do(Superpose, k)
		}
		do(Recall, 1)
		do(Drive, 1)
		do(Judge, 1)
		return err
	})
	seen = make([]float32, 3*lanes)
	a.Decisions(seen, lanes)
	w, b := a.Door().Readout()
	seen = append(append(append(seen, w...), b...), a.Door().DeviationPower()...)
	c := a.Door().Couplings()
	for i := range c.L {
		seen = append(append(seen, c.L[i]...), c.Self[i])
	}
	return seen, a.Trajectory(), err
}

func TestLifeIsTheSameForAnyScheduling(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, rule := range []NoiseRule{{Kind: GHA, Hubs: 3, Rate: .1, Halving: 100}, {Kind: Imprint, Radius: 1, Rate: .1}} {
		runtime.GOMAXPROCS(1)
		want, trajectory, err := life(rule, 1)
		if err != nil {
			t.Fatal(err)
		}
		moved := 0
		for _, v := range want {
			if v != 0 {
				moved++
			}
		}
		if 2*moved < len(want) {
			t.Fatalf("%d of %d values are 0: nothing to compare", len(want)-moved, len(want))
		}
		for _, procs := range []int{1, 2, 7} {
			for _, units := range []int{1, 3, 16} {
				runtime.GOMAXPROCS(procs)
				got, hash, err := life(rule, units)
				if err == nil {
					err = differ("life", got, want)
				}
				if err != nil || hash != trajectory {
					t.Errorf("%d processors, %d units a goroutine: trajectory %x, want %x, error %v", procs, units, hash, trajectory, err)
				}
			}
		}
	}
}

// Units that wait for large inputs, and get them formed together, live as in a plain loop, whoever shares a goroutine.
func TestInputsTogether(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const units, lanes, ticks = 301, 128, 3 // 38,528 products an input
	live := network.Tick{Open: Live, Lanes: lanes, Learn: true, Continues: true}
	for name, neighbours := range map[string]func(i int) []neuron.Span{
		"all hear all": func(int) []neuron.Span { return []neuron.Span{{First: 0, N: units}} },
		"two halves": func(i int) []neuron.Span {
			return [][]neuron.Span{{{First: 0, N: 290}}, {{First: 5, N: 290}}}[i*2/units]
		},
		"everyone's its own": func(i int) []neuron.Span { return topology.Ring(units, i, 140, true) },
	} {
		loop := NewRecurrent(units, lanes, neighbours, .1, 3, Runtime{})
		for k := range ticks {
			live.Draw.Number = uint32(k)
			for _, u := range loop.hidden {
				if err := u.Step(live); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range loop.Populations[0].Publishes {
				p.Channel.Flip()
			}
		}
		want := make([]float32, units*lanes)
		for i := range units {
			loop.activity.All().Copy(want[i*lanes:][:lanes], i)
		}
		for _, procs := range []int{1, 3} {
			for _, per := range []int{1, 7, 64} {
				runtime.GOMAXPROCS(procs)
				r := NewRecurrent(units, lanes, neighbours, .1, 3, Runtime{UnitsPerGoroutine: per})
				err := r.Run(context.Background(), func(step func(network.Tick) error) error {
					for k := range ticks {
						live.Draw.Number = uint32(k)
						if err := step(live); err != nil {
							return err
						}
					}
					return nil
				})
				got := make([]float32, units*lanes)
				for i := range units {
					r.activity.All().Copy(got[i*lanes:][:lanes], i)
				}
				if err == nil {
					err = differ("activity", got, want)
				}
				if err != nil {
					t.Errorf("%s, %d processors, %d units a goroutine: %v", name, procs, per, err)
				}
			}
		}
	}
}

// What the world asks beyond a unit's memory or places ends the run with who, when and what.
func TestAsksTooMuch(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, c := range []struct {
		tick network.Tick
		want string
	}{
		{network.Tick{Open: Recall, Lanes: coneLanes, Slot: 2}, "unit hidden 0, tick 1 (recall): slot 2: remembers only 2"},
		{network.Tick{Open: Recall, Lanes: coneLanes, First: 4*coneLanes - 2}, fmt.Sprintf(
			"unit hidden 0, tick 1 (recall): trials %d to %d of slot 0: remembers only %d", 4*coneLanes-2, 5*coneLanes-2, 4*coneLanes)},
		{network.Tick{Open: Superpose, Lanes: coneLanes, Slot: 2}, "unit readout 0, tick 1 (superpose): draw 2: keeps only 2"},
	} {
		a, _, _ := armTwin(NoiseRule{Kind: Identity})
		err := a.Run(context.Background(), func(step func(network.Tick) error) error { return step(c.tick) })
		var who *network.UnitError
		if !errors.As(err, &who) || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// A tick of a running network allocates nothing.
func TestTicksDoNotAllocate(t *testing.T) {
	const ticks = 2000
	for name, w := range allocTwins() {
		err := w.a.Run(context.Background(), func(step func(network.Tick) error) error {
			var before, after runtime.MemStats
			for i := 1; i <= ticks+10; i++ {
				if i == 11 {
					runtime.ReadMemStats(&before)
				}
				if err := step(w.tick(i)); err != nil {
					return err
				}
			}
			runtime.ReadMemStats(&after)
			// The runtime itself may allocate now and then.
			if n := after.Mallocs - before.Mallocs; n > ticks/10 {
				t.Errorf("%s: %d allocations in %d ticks", name, n, ticks)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func allocTwins() map[string]twin {
	_, _, gha := armTwin(NoiseRule{Kind: GHA, Hubs: 2, Rate: .01, Halving: 100})
	_, _, imprint := armTwin(NoiseRule{Kind: Imprint, Radius: 1, Rate: .1})
	_, _, features := featuresTwin()
	_, _, recurrent := recurrentTwin(24, ring(24, 1))
	return map[string]twin{"gha": gha, "imprint": imprint, "features": features, "recurrent": recurrent}
}

// Mistakes of the programmer panic.
func TestBadWiring(t *testing.T) {
	for name, f := range map[string]func(){
		"kind": func() { armTwin(NoiseRule{Kind: Given + 1}) },
		"couplings": func() {
			a, _, _ := armTwin(NoiseRule{Kind: GHA, Hubs: 2})
			a.SetCouplings(make([]float32, 100), make([]float32, 50))
		},
		"shape": func() {
			a, _, _ := armTwin(NoiseRule{Kind: Given, Hubs: 2})
			a.SetCouplings(make([]float32, 99), make([]float32, 50))
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
