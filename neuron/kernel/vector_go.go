package kernel

import "math"

// The functions of this file are the meaning of the kernels: every other form gives their bits.

func axpyGo(y []float32, a float32, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

func scaleGo(dst []float32, a float32, x []float32) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = a * v
	}
}

func clampGo(dst, x []float32, lo, hi float32) {
	dst = dst[:len(x)]
	for i, v := range x {
		if v > hi {
			v = hi
		}
		if v < lo {
			v = lo
		}
		dst[i] = v
	}
}

func rectifyGo(dst []float32, a float32, x, y []float32) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] = a * max(0, v-y[i])
	}
}

func axpy64Go(y []float64, a float64, x []float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += float64(a * v)
	}
}

// laneTile is the number of lanes a weighted sum treats at a time, so that a tile of dst stays in the nearest cache.
// It moves no bit: lanes do not meet.
const laneTile = 128

func weightedSumGo(dst, w, block []float32, stride int) {
	for lo := 0; lo < len(dst); lo += laneTile {
		hi := min(lo+laneTile, len(dst))
		for j, wj := range w {
			axpyGo(dst[lo:hi], wj, block[j*stride+lo:j*stride+hi])
		}
	}
}

func outerGo(dw, post, block []float32, stride int) {
	lanes := len(post)
	j := 0
	for ; j+8 <= len(dw); j += 8 { // eight edges at a time: eight independent chains of additions
		r0 := block[(j+0)*stride:][:lanes]
		r1 := block[(j+1)*stride:][:lanes]
		r2 := block[(j+2)*stride:][:lanes]
		r3 := block[(j+3)*stride:][:lanes]
		r4 := block[(j+4)*stride:][:lanes]
		r5 := block[(j+5)*stride:][:lanes]
		r6 := block[(j+6)*stride:][:lanes]
		r7 := block[(j+7)*stride:][:lanes]
		d := dw[j : j+8 : j+8]
		s0, s1, s2, s3, s4, s5, s6, s7 := d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]
		for l, p := range post {
			s0 += float32(p * r0[l])
			s1 += float32(p * r1[l])
			s2 += float32(p * r2[l])
			s3 += float32(p * r3[l])
			s4 += float32(p * r4[l])
			s5 += float32(p * r5[l])
			s6 += float32(p * r6[l])
			s7 += float32(p * r7[l])
		}
		d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7] = s0, s1, s2, s3, s4, s5, s6, s7
	}
	for ; j < len(dw); j++ {
		row := block[j*stride:][:lanes]
		s := dw[j]
		for l, p := range post {
			s += float32(p * row[l])
		}
		dw[j] = s
	}
}

func dotsGo(dst, rows, block []float32, lanes, stride int) {
	for j, s := range dst {
		row := block[j*stride:][:lanes]
		for l, v := range rows[j*stride:][:lanes] {
			s += float32(v * row[l])
		}
		dst[j] = s
	}
}

func finiteGo(x []float32) bool {
	var m uint32
	for _, v := range x { // only a full exponent carries into the sign bit
		m |= math.Float32bits(v)&^(1<<31) + 1<<23
	}
	return m>>31 == 0
}
