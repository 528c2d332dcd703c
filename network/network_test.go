package network_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"murmur/network"
)

func TestSize(t *testing.T) {
	for _, c := range []struct{ per, want int }{{0, 20}, {1, 20}, {3, 8}, {10, 2}, {16, 2}} {
		r := newRing(10)
		r.UnitsPerGoroutine = c.per
		if units, goroutines := r.Size(); units != 20 || goroutines != c.want {
			t.Errorf("%d a goroutine: %d units, %d goroutines, want 20 and %d", c.per, units, goroutines, c.want)
		}
	}
}

// As many goroutines run as Size says, and at most one more for each processor; none is left.
func TestGoroutines(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := newRing(10)
	r.UnitsPerGoroutine = 3
	_, want := r.Size()
	before := runtime.NumGoroutine()
	must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
		err := step(both)
		if n := runtime.NumGoroutine() - before; n < want || n > want+runtime.GOMAXPROCS(0) {
			t.Errorf("%d goroutines, want %d", n, want)
		}
		return err
	}))
}

func TestSameForAnyScheduling(t *testing.T) {
	want := newRing(20)
	must(t, want.ticks(50))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 7} {
		for _, per := range []int{1, 3, 16, 100} {
			runtime.GOMAXPROCS(procs)
			r := newRing(20)
			r.UnitsPerGoroutine = per
			must(t, r.ticks(50))
			if r.Trajectory() != want.Trajectory() || !slices.Equal(r.values(), want.values()) {
				t.Errorf("%d processors, %d units a goroutine: another result", procs, per)
			}
		}
	}
}

func TestRunsGoOn(t *testing.T) {
	long := newRing(5)
	must(t, long.ticks(30))
	for _, split := range []int{0, 1, 17, 30} {
		t.Run(fmt.Sprint(split), func(t *testing.T) {
			r := newRing(5)
			var number uint64
			r.cells[0].mood = func(t network.Tick, _ []float32) error { number = t.Number; return nil }
			must(t, r.ticks(split))
			must(t, r.ticks(30-split))
			if number != 30 {
				t.Errorf("the last tick has number %d", number)
			}
			if r.Trajectory() != long.Trajectory() || !slices.Equal(r.values(), long.values()) {
				t.Error("two runs are not one long one")
			}
		})
	}
}

// The trajectory holds every bit, every unit and every lane in use, and nothing of lanes that are not.
func TestTrajectory(t *testing.T) {
	const ticks = 20
	trajectory := func(change func(r *ring)) [32]byte {
		r := newRing(4)
		change(r)
		must(t, r.ticks(ticks))
		return r.Trajectory()
	}
	same := trajectory(func(*ring) {})
	if trajectory(func(*ring) {}) != same {
		t.Fatal("equal runs differ")
	}
	for _, at := range []uint64{1, 7, ticks} {
		for unit := range 4 {
			for lane := range lanes {
				// The smallest change of what is published: no neighbour needs to notice, the weight of the edge is 0.
				if got := trajectory(func(r *ring) {
					r.cells[(unit+1)%4].w[0] = 0
					r.cells[unit].mood = nudge(at, lane)
				}); got == trajectory(func(r *ring) { r.cells[(unit+1)%4].w[0] = 0 }) {
					t.Errorf("tick %d, unit %d, lane %d: a bit that changed leaves the trajectory", at, unit, lane)
				}
			}
		}
	}
	narrow := func(mood func(network.Tick, []float32) error) [32]byte {
		r := newRing(4)
		r.cells[2].mood = mood
		must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
			return step(network.Tick{Open: talk, Lanes: lanes - 1})
		}))
		return r.Trajectory()
	}
	if narrow(nil) != narrow(nudge(1, lanes-1)) {
		t.Error("a lane that is not in use moves the trajectory")
	}
}

// Only open processes are run, and only what is published in them becomes visible.
func TestProcesses(t *testing.T) {
	r := newRing(3)
	var steps [2]int
	r.cells[0].mood = func(network.Tick, []float32) error { steps[0]++; return nil }
	r.quiet[0].mood = func(network.Tick, []float32) error { steps[1]++; return nil }
	must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
		for _, c := range []struct {
			open network.Process
			want [2]int
		}{{rest, [2]int{0, 0}}, {talk, [2]int{1, 0}}, {listen, [2]int{1, 1}}, {talk | listen, [2]int{2, 2}}, {0, [2]int{2, 2}}} {
			before := r.values()
			if err := step(network.Tick{Open: c.open, Lanes: lanes}); err != nil {
				return err
			}
			if steps != c.want {
				t.Errorf("processes %b: %d steps, want %d", c.open, steps, c.want)
			}
			if moved := !slices.Equal(before, r.values()); moved != c.open.Has(talk) {
				t.Errorf("processes %b: values moved: %v", c.open, moved)
			}
		}
		return nil
	}))
}

func TestTicksDoNotAllocate(t *testing.T) {
	const ticks = 2000
	r := newRing(16)
	must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
		for range 10 {
			if err := step(both); err != nil {
				return err
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range ticks {
			if err := step(both); err != nil {
				return err
			}
		}
		runtime.ReadMemStats(&after)
		// The runtime itself may allocate now and then (parking places, timers); a tick must not.
		if n := after.Mallocs - before.Mallocs; n > ticks/10 {
			t.Errorf("%d allocations in %d ticks", n, ticks)
		}
		return nil
	}))
}
