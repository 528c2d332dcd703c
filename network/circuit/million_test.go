package circuit

import (
	"context"
	"os"
	"strings"
	"testing"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
)

// BenchmarkMillion runs a million units with 8 neighbours and one lane, a goroutine each, and reports the memory that the
// process took at most.
func BenchmarkMillion(b *testing.B) {
	const units = 1_000_000
	r := NewRecurrent(units, 1, func(i int) []neuron.Span { return topology.Ring(units, i, 4, false) }, .1, 1, Runtime{})
	err := r.Run(context.Background(), func(step func(network.Tick) error) error {
		t := network.Tick{Open: Live, Lanes: 1, Learn: true, Continues: true}
		for b.Loop() {
			t.Draw.Number++
			if err := step(t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/units, "ns/unit-tick")
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmHWM") {
				b.Log(strings.TrimSpace(line))
			}
		}
	}
}
