package modification_test

import (
	"fmt"

	"murmur/neuron/random"
	"murmur/sim/modification"
)

// A modification has a size for each strength, in a unit; equal streams change equal pictures alike.
func ExampleModification_Apply() {
	m, ok := modification.Lookup("translate")
	if !ok {
		panic("murmur has translate")
	}
	picture := make([]float32, 8*8)
	picture[3*8+3] = 1 // one white pixel
	moved := make([]float32, len(picture))
	size := m.Value(2)
	m.Apply(moved, picture, 8, 8, size, random.Key{Seed: 1, Purpose: random.Modification}.Stream(0, 0))
	for i, v := range moved {
		if v > 0 {
			fmt.Printf("by %v %ss along each axis: from row 3, column 3 to row %d, column %d\n", size, m.Unit, i/8, i%8)
		}
	}
	// Output:
	// by 2 pixels along each axis: from row 3, column 3 to row 1, column 1
}
