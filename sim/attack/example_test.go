package attack_test

import (
	"context"
	"fmt"

	"murmur/sim/attack"
)

// brighter takes a picture of two pixels for class 0 if the first is brighter, else for class 1.
type brighter struct{}

func (brighter) Dims() (inputs, classes int) { return 2, 2 }

func (brighter) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	for i := range b.ID {
		for k := range draws.N { // every draw is the same: there is no noise
			z := dst[(i*draws.N+k)*2:]
			z[0], z[1] = 10*b.X[2*i], 10*b.X[2*i+1]
		}
	}
}

func (brighter) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	clear(dst)
	for i := range b.ID {
		for k := range draws.N {
			for c := range 2 {
				dst[2*i+c] += 10 * g[(i*draws.N+k)*2+c]
			}
		}
	}
}

// A model that answers and gives gradients is attacked within a budget; what it decides on the result is counted on draws
// that the attack has not seen.
func ExamplePGD() {
	picture := attack.Batch{X: []float32{.5, .4}, ID: []uint32{0}}
	look, judge := attack.Draws{From: 0, N: 1}, attack.Draws{From: 1000, N: 1}
	fmt.Println("clean:", attack.MeanSoftmax.Decide(brighter{}, picture, judge))
	for _, epsilon := range []float32{.04, .08} {
		a := attack.NewFGSM(attack.Linf, epsilon, look)
		changed := attack.Batch{X: make([]float32, 2), ID: picture.ID}
		if err := a.Perturb(context.Background(), changed.X, brighter{}, picture, []uint8{0}); err != nil {
			fmt.Println(err)
		}
		fmt.Printf("epsilon %.2f: %.2f, class %d\n", epsilon, changed.X, attack.MeanSoftmax.Decide(brighter{}, changed, judge))
	}
	// Output:
	// clean: [0]
	// epsilon 0.04: [0.46 0.44], class [0]
	// epsilon 0.08: [0.42 0.48], class [1]
}
