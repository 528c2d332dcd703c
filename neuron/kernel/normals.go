package kernel

import "math"

const badBlocks = "kernel: length is not a multiple of 4"

// NormalBlocks fills dst with standard normal numbers, four for each of the Threefry blocks of the counters (a, b, q, 0),
// (a, b, q+1, 0) and on under the key: the words 0 and 1 of a block give the first two, by BoxMuller, the words 2 and 3
// the others. The third counter wraps. NormalBlocks panics if the length of dst is not a multiple of 4; it does not
// allocate.
func NormalBlocks(dst []float32, key [4]uint32, a, b, q uint32) {
	if len(dst)%4 != 0 {
		panic(badBlocks)
	}
	normals(dst, &key, a, b, q)
}

// normalsGo is the meaning of NormalBlocks: every other form gives its bits.
func normalsGo(dst []float32, key *[4]uint32, a, b, q uint32) {
	for ; len(dst) >= 4; q++ {
		w0, w1, w2, w3 := Threefry(a, b, q, 0, key[0], key[1], key[2], key[3])
		d := (*[4]float32)(dst)
		d[0], d[1] = BoxMuller(w0, w1)
		d[2], d[3] = BoxMuller(w2, w3)
		dst = dst[4:]
	}
}

// Uniform returns ((w>>8)+1) 2^-24, in (0, 1]: exact in float32 and never 0.
func Uniform(w uint32) float32 {
	return float32(float32(int32(w>>8)+1) * 0x1p-24)
}

// BoxMuller returns two independent standard normal numbers: the words give the radius
// sqrt(-2 log u) and the angle, in turns, of a point in the plane.
func BoxMuller(w0, w1 uint32) (x, y float32) {
	r := float32(math.Sqrt(float64(-2 * Log(Uniform(w0))))) // one rounding: sqrt is exact
	s, c := SinCosTurns(Uniform(w1))
	return float32(r * c), float32(r * s)
}
