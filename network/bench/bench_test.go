package bench

import (
	"context"
	"fmt"
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
		if len(list) != 4 || list[1].UnitsPerGoroutine != 0 || !list[1].Together || list[3].UnitsPerGoroutine != 7 {
			t.Fatalf("%s: %+v", c, list)
		}
		for _, f := range list {
			if f.Tick <= 0 || f.OfLoop <= 0 || f.OfBlocks <= 0 || f.UnitTicks()*f.Tick.Seconds() < .999*float64(c.Units) || f.Synapses() < f.UnitTicks() {
				t.Errorf("%s: %+v", c, f)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if list, err := Run(ctx, Small()[0], []int{1}, time.Millisecond); err == nil || len(list) != 2 {
		t.Errorf("a cancelled run gave %d figures and %v", len(list), err)
	}
}

func TestBest(t *testing.T) {
	if best := Best(); best < 1e7 {
		t.Errorf("%g operations a second", best)
	}
}

// BenchmarkTick reports the time of a tick beside that of the plain loops of the same run: unit by unit, and in blocks.
func BenchmarkTick(b *testing.B) {
	for _, c := range Cases() {
		for _, per := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d a goroutine", c, per), func(b *testing.B) {
				for range b.N {
					list, err := Run(context.Background(), c, []int{per}, time.Second)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(1e3*list[2].Tick.Seconds(), "ms/tick")
					b.ReportMetric(list[2].OfLoop, "of-the-loop")
					b.ReportMetric(list[2].OfBlocks, "of-blocks")
				}
			})
		}
	}
}
