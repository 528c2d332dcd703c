package kernel

// The functions below do as many whole vectors from the start as the processor can, and return how many elements these
// are: none without AVX2.

func expVectors(dst, x []float32) int {
	n := len(x) &^ 7
	if using == generic || n == 0 {
		return 0
	}
	exp8(dst[:n], x[:n])
	return n
}

func tanhVectors(dst, x []float32) int {
	n := len(x) &^ 7
	if using == generic || n == 0 {
		return 0
	}
	tanh8(dst[:n], x[:n])
	return n
}

func normalVectors(dst []float32, key *[4]uint32, a, b, q uint32) int {
	n := len(dst) &^ 31
	if using == generic || n == 0 {
		return 0
	}
	k := [5]uint32{key[0], key[1], key[2], key[3], parity ^ key[0] ^ key[1] ^ key[2] ^ key[3]}
	normals8(dst[:n], &[4]uint32{a + k[0], b + k[1], q + k[2], k[3]}, &k)
	return n
}
