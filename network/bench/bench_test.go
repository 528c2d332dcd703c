package bench

import (
	"context"
	"testing"
	"time"
)

// Every case runs, and its figures follow from one another.
func TestRun(t *testing.T) {
	for _, c := range Small() {
		list, err := Run(context.Background(), c, []int{1, 7}, time.Millisecond)
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		if len(list) != 3 || list[0].UnitsPerGoroutine != 0 || list[2].UnitsPerGoroutine != 7 {
			t.Fatalf("%s: %+v", c, list)
		}
		for _, f := range list {
			if f.Tick <= 0 || f.UnitTicks()*f.Tick.Seconds() < .999*float64(c.Units) || f.Synapses() < f.UnitTicks() {
				t.Errorf("%s: %+v", c, f)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if list, err := Run(ctx, Small()[0], []int{1}, time.Millisecond); err == nil || len(list) != 1 {
		t.Errorf("a cancelled run gave %d figures and %v", len(list), err)
	}
}

func TestBest(t *testing.T) {
	if best := Best(); best < 1e7 {
		t.Errorf("%g operations a second", best)
	}
}
