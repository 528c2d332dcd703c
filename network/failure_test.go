package network_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"murmur/network"
)

// nudge moves the last bit of a lane in one tick.
func nudge(at uint64, lane int) func(network.Tick, []float32) error {
	return func(t network.Tick, out []float32) error {
		if t.Number == at {
			out[lane] = math.Float32frombits(math.Float32bits(out[lane]) ^ 1)
		}
		return nil
	}
}

func in(tick uint64, f func(out []float32) error) func(network.Tick, []float32) error {
	return func(t network.Tick, out []float32) error {
		if t.Number == tick {
			return f(out)
		}
		return nil
	}
}

func put(lane int, v float64) func([]float32) error {
	return func(out []float32) error { out[lane] = float32(v); return nil }
}

var errTired = errors.New("tired")

func TestFailuresNameWhoAndWhen(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, c := range []struct {
		name  string
		fail  func([]float32) error
		says  []string
		cause error
	}{
		{"error", func([]float32) error { return errTired }, []string{"tired"}, errTired},
		{"panic", func([]float32) error { panic("cannot go on") }, []string{"panic: cannot go on", "failure_test.go"}, nil},
		{"shape", func(out []float32) error { out[lanes-1+len(out)] = 0; return nil }, []string{"out of range"}, nil},
		{"NaN", put(1, math.NaN()), []string{"value is NaN in lane 1"}, nil},
		{"Inf", put(0, math.Inf(1)), []string{"value is +Inf in lane 0"}, nil},
		{"-Inf", put(2, math.Inf(-1)), []string{"value is -Inf in lane 2"}, nil},
	} {
		for _, per := range []int{1, 3, 16} {
			r := newRing(10)
			r.UnitsPerGoroutine = per
			r.cells[7].mood = in(4, c.fail)
			r.cells[9].mood = in(4, c.fail) // the first unit is named, whoever was first
			err := r.ticks(10)
			var at *network.UnitError
			if !errors.As(err, &at) || at.Population != "talker" || at.Unit != 7 || at.Tick != 4 {
				t.Errorf("%s, %d units a goroutine: %v", c.name, per, err)
				continue
			}
			for _, s := range append(c.says, "unit talker 7, tick 4: ") {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%s: the error does not say %q: %v", c.name, s, err)
				}
			}
			if c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("%s: the cause is lost: %v", c.name, err)
			}
		}
	}
}

// Lanes that are not in use are nobody's business.
func TestUnusedLanesMayHoldAnything(t *testing.T) {
	r := newRing(3)
	r.cells[1].mood = in(1, put(lanes-1, math.NaN()))
	must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
		return step(network.Tick{Open: talk, Lanes: lanes - 1})
	}))
}

// What failed stays invisible, and what the driver does with an error is its own affair.
func TestFailedTickShowsNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := newRing(4)
	r.cells[2].mood = in(3, func([]float32) error { return errTired })
	must(t, r.Run(context.Background(), func(step func(network.Tick) error) error {
		for range 2 {
			if err := step(both); err != nil {
				return err
			}
		}
		before := r.values()
		if err := step(both); !errors.Is(err, errTired) {
			t.Errorf("error %v", err)
		}
		if !slices.Equal(before, r.values()) {
			t.Error("a failed tick became visible")
		}
		return step(both)
	}))
}

func TestDriverError(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := newRing(4)
	err := r.Run(context.Background(), func(step func(network.Tick) error) error { return errTired })
	if !errors.Is(err, errTired) {
		t.Errorf("error %v", err)
	}
}

func TestCancelled(t *testing.T) {
	defer goleak.VerifyNone(t)
	why := errors.New("enough")
	for _, after := range []uint64{0, 1, 5} {
		r := newRing(10)
		ctx, cancel := context.WithCancelCause(context.Background())
		var last uint64
		r.cells[0].mood = func(t network.Tick, _ []float32) error {
			if last = t.Number; last == after {
				cancel(why)
			}
			return nil
		}
		if after == 0 {
			cancel(why)
		}
		err := r.Run(ctx, func(step func(network.Tick) error) error {
			for range 100 {
				if err := step(both); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, why) || last != after {
			t.Errorf("cancelled in tick %d: stopped after %d: %v", after, last, err)
		}
	}
}

// Whoever is stuck is named, and no one who only waits for a turn. Once released, nobody is left.
func TestStall(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range []struct {
		procs int
		stuck []int
		per   int
		want  []string
	}{
		{2, []int{7}, 1, []string{"talker 7"}},
		{1, []int{7}, 1, []string{"talker 7"}},
		{2, []int{0, 5}, 1, []string{"talker 0", "talker 5"}},
		{2, []int{7}, 3, []string{"talker 6"}}, // the first unit of its goroutine
		{16, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, []string{"talker 0", "talker 1", "talker 2", "talker 3", "talker 4",
			"talker 5", "talker 6", "talker 7", "2 more"}},
	} {
		runtime.GOMAXPROCS(c.procs)
		r := newRing(10)
		r.Stall, r.UnitsPerGoroutine = 100*time.Millisecond, c.per
		release := make(chan struct{})
		for _, u := range c.stuck {
			r.cells[u].mood = in(3, func([]float32) error { <-release; return nil })
		}
		err := r.ticks(10)
		close(release)
		var stall *network.StallError
		if !errors.As(err, &stall) || stall.Tick != 3 || !slices.Equal(stall.Waiting, c.want) {
			t.Errorf("%v stuck: %v", c.stuck, err)
			continue
		}
		if want := "tick 3 stalled: the network waits for " + strings.Join(c.want, ", "); err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}

// A unit that is stuck when the run is cancelled does not keep it from ending.
func TestStallWhenCancelled(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := newRing(4)
	r.Stall = 100 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	release, ended := make(chan struct{}), make(chan error, 1)
	r.cells[1].mood = in(2, func([]float32) error { cancel(); <-release; return nil })
	go func() {
		ended <- r.Run(ctx, func(step func(network.Tick) error) error {
			for range 5 {
				if err := step(both); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("no error")
		}
		close(release)
	case <-time.After(2 * time.Second):
		t.Error("the run hangs")
		close(release)
		<-ended
	}
}

// A unit that is slow, but not too slow, is waited for.
func TestSlowIsNotStalled(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := newRing(4)
	r.Stall = 10 * time.Second
	r.cells[1].mood = in(2, func([]float32) error { time.Sleep(20 * time.Millisecond); return nil })
	must(t, r.ticks(5))
}
