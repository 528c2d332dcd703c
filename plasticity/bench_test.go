package plasticity_test

import (
	"testing"

	"murmur/neuron"
	"murmur/neuron/random"
	"murmur/plasticity"
)

func randomChannel(units, lanes int) *neuron.Channel {
	c := neuron.NewChannel("x", units, lanes)
	for i := range units {
		random.Key{Seed: 1, Purpose: random.Noise, Unit: uint32(i)}.Normals(c.Out(i).Lanes(), 0, 0, 0)
	}
	c.Flip()
	return c
}

func row(n int) []float32 {
	x := make([]float32, n)
	random.Key{Seed: 2, Purpose: random.Noise}.Normals(x, 0, 0, 0)
	return x
}

func BenchmarkImprint(b *testing.B) { // 1000 couplings, 100 lanes
	b.ReportAllocs()
	xi, l, d := randomChannel(1000, 100).All(), row(1000), row(100)
	for b.Loop() {
		plasticity.Imprint(l, hebb(xi, d), 100, .01)
	}
}

func BenchmarkGHA(b *testing.B) { // 16 hubs, 100 lanes
	b.ReportAllocs()
	e, w, scratch, residual, d := randomChannel(16, 100).All(), row(16), row(16), row(1600), row(100)
	power := neuron.NewChannel("power", 16, 1)
	for k := range 16 {
		power.Out(k).Lanes()[0] = 1
	}
	power.Flip()
	for b.Loop() {
		plasticity.GHA(w, scratch, residual, d, e, power.All(), 1e-6)
	}
}

func BenchmarkSoftHebb(b *testing.B) { // 64 pixels, 100 lanes
	b.ReportAllocs()
	x, w, mean, u := randomChannel(64, 100).All(), row(64), row(100), row(100)
	share := make([]float32, 100)
	for b.Loop() {
		plasticity.SoftHebb(w, hebb(x, share), mean, u, share, 1e-6)
	}
}

func BenchmarkDelta(b *testing.B) { // 1000 inputs, 100 lanes
	b.ReportAllocs()
	x, w, err := randomChannel(1000, 100).All(), row(1000), row(100)
	var bias float32
	for b.Loop() {
		plasticity.Delta(w, hebb(x, err), &bias, err, 1e-6)
	}
}
