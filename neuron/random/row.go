package random

import "murmur/neuron/kernel"

// errLanes is the panic of a row that runs past the last lane.
const errLanes = "random: row ends past lane 2^32"

// maxLanes is the length of a row.
const maxLanes = 1 << 32

// Normals sets dst[i] to the standard normal number lane+i of row (a, b), for instance
// tick a and draw b. Access is random: however a row is split into calls, its numbers are
// the same. Block (a, b, q) of Words gives lanes 4q to 4q+3: its words 0 and 1 the first
// two (a radius and an angle, cosine then sine), its words 2 and 3 the others.
//
// Normals panics if lane + len(dst) exceeds 2^32. It does not allocate.
func (k Key) Normals(dst []float32, a, b, lane uint32) {
	if uint64(lane)+uint64(len(dst)) > maxLanes {
		panic(errLanes)
	}
	q := lane >> 2
	if from := lane & 3; from != 0 && len(dst) > 0 {
		z := k.normals(a, b, q)
		dst = dst[copy(dst, z[from:]):]
		q++
	}
	whole := len(dst) &^ 3
	kernel.NormalBlocks(dst[:whole], k.words(), a, b, q)
	if dst = dst[whole:]; len(dst) > 0 {
		z := k.normals(a, b, q+uint32(whole/4))
		copy(dst, z[:])
	}
}

// normals returns the lanes 4q to 4q+3 of row (a, b).
func (k Key) normals(a, b, q uint32) (z [4]float32) {
	kernel.NormalBlocks(z[:], k.words(), a, b, q)
	return z
}

// Uniforms sets dst[i] to the uniform number lane+i of row (a, b), in (0, 1]. Access is
// random, as in Normals: word l mod 4 of block (a, b, l/4) of Words gives lane l.
//
// Uniforms panics if lane + len(dst) exceeds 2^32. It does not allocate.
func (k Key) Uniforms(dst []float32, a, b, lane uint32) {
	if uint64(lane)+uint64(len(dst)) > maxLanes {
		panic(errLanes)
	}
	q := lane >> 2
	if from := lane & 3; from != 0 && len(dst) > 0 {
		u := k.uniforms(a, b, q)
		dst = dst[copy(dst, u[from:]):]
		q++
	}
	for ; len(dst) >= 4; q++ {
		w0, w1, w2, w3 := k.block(a, b, q, 0)
		d := (*[4]float32)(dst)
		d[0], d[1], d[2], d[3] = kernel.Uniform(w0), kernel.Uniform(w1), kernel.Uniform(w2), kernel.Uniform(w3)
		dst = dst[4:]
	}
	if len(dst) > 0 {
		u := k.uniforms(a, b, q)
		copy(dst, u[:])
	}
}

// uniforms returns the lanes 4q to 4q+3 of row (a, b).
func (k Key) uniforms(a, b, q uint32) (u [4]float32) {
	for i, w := range k.Words(a, b, q) {
		u[i] = kernel.Uniform(w)
	}
	return u
}
