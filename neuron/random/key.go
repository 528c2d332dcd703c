package random

import "murmur/neuron/kernel"

// Purpose says what random numbers are for, so that two uses of one seed and unit are
// independent.
type Purpose uint32

// The purposes. Their numbers are part of the format: append, never renumber.
const (
	Weights      Purpose = 1  // initial weights and couplings
	Noise        Purpose = 2  // the noise sources of units and hubs
	Order        Purpose = 3  // the order of images and objects
	Modification Purpose = 4  // angles, offsets and the like of naturalistic changes
	Attack       Purpose = 5  // random starts of adversaries
	Split        Purpose = 6  // training, validation and test parts
	Shuffle      Purpose = 7  // permutations of units, as in the shuffled arm
	Restart      Purpose = 8  // repeated starts of an optimisation
	Readout      Purpose = 9  // the readout's noise while it learns
	Adversary    Purpose = 10 // noise that an adversary draws for itself
	Smoothing    Purpose = 11 // noise on the input, of certificates and of training
)

// Key names a source of random numbers: all of them are functions of the key and a
// counter. The zero Purpose belongs to nobody.
type Key struct {
	Seed    uint64  // of the run
	Purpose Purpose // what the numbers are for
	Unit    uint32  // whose they are; 0 where no unit is concerned
}

// Words returns the block (c0, c1, c2, 0) of the key: Threefry under the key words
// (seed low, seed high, purpose, unit).
func (k Key) Words(c0, c1, c2 uint32) [4]uint32 {
	w0, w1, w2, w3 := k.block(c0, c1, c2, 0)
	return [4]uint32{w0, w1, w2, w3}
}

func (k Key) block(c0, c1, c2, c3 uint32) (w0, w1, w2, w3 uint32) {
	w := k.words()
	return kernel.Threefry(c0, c1, c2, c3, w[0], w[1], w[2], w[3])
}

// words returns the key of Threefry.
func (k Key) words() [4]uint32 {
	return [4]uint32{uint32(k.Seed), uint32(k.Seed >> 32), uint32(k.Purpose), k.Unit}
}
