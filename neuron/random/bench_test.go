package random_test

import (
	"testing"

	"murmur/neuron/random"
)

var (
	benchKey = random.Key{Seed: 1, Purpose: random.Noise, Unit: 7}
	sinkWord uint32
	sinkReal float32
)

func BenchmarkThreefry(b *testing.B) {
	var c [4]uint32
	for b.Loop() {
		c[2]++
		sinkWord = random.Threefry(c, [4]uint32{1, 2, 3, 4})[0]
	}
}

func BenchmarkNormals128(b *testing.B) {
	dst := make([]float32, 128)
	var tick uint32
	for b.Loop() {
		tick++
		benchKey.Normals(dst, tick, 0, 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/normal")
}

func BenchmarkUniforms128(b *testing.B) {
	dst := make([]float32, 128)
	var tick uint32
	for b.Loop() {
		tick++
		benchKey.Uniforms(dst, tick, 0, 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/uniform")
}

func BenchmarkStreamNormal(b *testing.B) {
	s := benchKey.Stream(0, 0)
	for b.Loop() {
		sinkReal = s.Normal()
	}
}

func BenchmarkStreamIntN(b *testing.B) {
	s := benchKey.Stream(0, 0)
	for b.Loop() {
		sinkWord = uint32(s.IntN(1000))
	}
}
