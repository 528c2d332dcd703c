package random

import "murmur/neuron/kernel"

// Threefry returns the Threefry4x32-20 block of a counter under a key. For one key it
// is a permutation of the counters.
func Threefry(counter, key [4]uint32) [4]uint32 {
	x0, x1, x2, x3 := kernel.Threefry(counter[0], counter[1], counter[2], counter[3], key[0], key[1], key[2], key[3])
	return [4]uint32{x0, x1, x2, x3}
}
