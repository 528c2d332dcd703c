package plasticity_test

import (
	"fmt"
	"math"

	"murmur/neuron"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// Units that deviate together come to make noise together: each adds, to its couplings to the sources that all hear, its
// deviation times what it heard. Here the first two deviate alike, and the third on its own.
func ExampleImprint() {
	const units, lanes, steps = 40, 64, 2000
	sources := neuron.NewChannel("noise source", units, lanes)
	couplings, hebb := [3][]float32{}, make([]float32, units)
	for i := range couplings {
		couplings[i] = make([]float32, units)
	}
	alike, alone := make([]float32, lanes), make([]float32, lanes)
	for step := range uint32(steps) {
		for j := range units { // every source draws anew
			random.Key{Seed: 1, Purpose: random.Noise, Unit: uint32(j)}.Normals(sources.Out(j).Lanes(), 0, step, 0)
		}
		sources.Flip()
		random.Key{Seed: 2}.Normals(alike, 0, step, 0)
		random.Key{Seed: 3}.Normals(alone, 0, step, 0)
		for i, deviation := range [][]float32{alike, alike, alone} {
			clear(hebb)
			sources.All().Outer(hebb, deviation) // sums of d*xi over the lanes
			plasticity.Imprint(couplings[i], hebb, lanes, .02)
		}
	}
	correlation := func(a, b []float32) float64 { // of two units' noise
		var ab, aa, bb float64
		for j := range a {
			ab, aa, bb = ab+float64(a[j]*b[j]), aa+float64(a[j]*a[j]), bb+float64(b[j]*b[j])
		}
		return ab / math.Sqrt(aa*bb)
	}
	fmt.Printf("first and second: %.1f\nfirst and third below 0.5: %v\n",
		correlation(couplings[0], couplings[1]), math.Abs(correlation(couplings[0], couplings[2])) < .5)
	// Output:
	// first and second: 1.0
	// first and third below 0.5: true
}

// A readout unit moves its weights and its bias along its error.
func ExampleDelta() {
	inputs := neuron.NewChannel("response", 2, 1)
	inputs.Out(0).Lanes()[0], inputs.Out(1).Lanes()[0] = 1, .5
	inputs.Flip()
	w, hebb, bias := []float32{0, 0}, make([]float32, 2), float32(0)
	err := []float32{1} // its answer was 0 and should have been 1
	inputs.All().Outer(hebb, err)
	plasticity.Delta(w, hebb, &bias, err, .5)
	fmt.Println(w, bias)
	// Output:
	// [0.5 0.25] 0.5
}
