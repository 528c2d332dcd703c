package kernel

func expTo(dst, x []float32) {
	switch using {
	case avx512:
		exp16(dst, x)
	case avx2:
		exp8(dst, x)
	default:
		expGo(dst, x)
	}
}

func tanhTo(dst, x []float32) {
	switch using {
	case avx512:
		tanh16(dst, x)
	case avx2:
		tanh8(dst, x)
	default:
		tanhGo(dst, x)
	}
}

// normals takes whole vectors; of one more vector's worth the first numbers may be wanted.
func normals(dst []float32, key *[4]uint32, a, b, q uint32) {
	k4 := parity ^ key[0] ^ key[1] ^ key[2] ^ key[3]
	k := [10]uint32{key[0], key[1], key[2], key[3], k4, k4 + 1, key[0] + 2, key[1] + 3, key[2] + 4, key[3] + 5}
	from := [4]uint32{a + k[0], b + k[1], q + k[2], k[3]}
	n := 0
	switch using {
	case avx512:
		if n = len(dst) &^ 63; n > 0 {
			normals16(dst[:n], &from, &k)
			from[2] += uint32(n / 4)
		}
		if n < len(dst) {
			var last [64]float32
			normals16(last[:], &from, &k)
			copy(dst[n:], last[:])
		}
	case avx2:
		if n = len(dst) &^ 31; n > 0 {
			normals8(dst[:n], &from, &k)
			from[2] += uint32(n / 4)
		}
		if n < len(dst) {
			var last [32]float32
			normals8(last[:], &from, &k)
			copy(dst[n:], last[:])
		}
	default:
		normalsGo(dst, key, a, b, q)
	}
}
