package kernel

const (
	badLength = "kernel: lengths do not match"
	badStride = "kernel: rows do not lie within the block"
)

// laneTile is the number of lanes a weighted sum treats at a time, so that one tile of every presynaptic row stays in
// the cache while postsynaptic units take turns. It moves no bit: lanes do not meet.
const laneTile = 128

// Axpy adds a*x to y, element by element. A zero weight passes nothing, not even an infinity.
// It panics if the lengths differ.
func Axpy(y []float32, a float32, x []float32) {
	if len(x) != len(y) {
		panic(badLength)
	}
	if a == 0 {
		return
	}
	axpy(y, a, x)
}

// Axpy64 is Axpy in float64, for those who compute outside the network.
func Axpy64(y []float64, a float64, x []float64) {
	if len(x) != len(y) {
		panic(badLength)
	}
	if a == 0 {
		return
	}
	axpy64(y, a, x)
}

// WeightedSum adds sum_j w[j] * row_j to dst, lane by lane, in the order of j. Row j is block[j*stride:][:len(dst)].
// It panics if the rows do not lie within the block.
func WeightedSum(dst, w, block []float32, stride int) {
	lanes := len(dst)
	checkRows(block, len(w), stride, lanes)
	for lo := 0; lo < lanes; lo += laneTile {
		hi := min(lo+laneTile, lanes)
		for j, wj := range w {
			Axpy(dst[lo:hi], wj, block[j*stride+lo:j*stride+hi])
		}
	}
}

// Outer adds sum_l post[l] * row_j[l] to dw[j] for every edge j, in the order of the lanes l: the learning sum of a
// Hebbian rule. Row j is block[j*stride:][:len(post)]. It panics if the rows do not lie within the block.
func Outer(dw, post, block []float32, stride int) {
	lanes := len(post)
	checkRows(block, len(dw), stride, lanes)
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

func checkRows(block []float32, rows, stride, lanes int) {
	if rows > 0 && (stride < lanes || len(block) < (rows-1)*stride+lanes) {
		panic(badStride)
	}
}

// Sum returns the sum of x in index order.
func Sum(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

// Dot returns the sum of x[i]*y[i] in index order. It panics if the lengths differ.
func Dot(x, y []float32) float32 {
	if len(x) != len(y) {
		panic(badLength)
	}
	var s float32
	for i, v := range x {
		s += float32(v * y[i])
	}
	return s
}

// Power returns the mean square of x, summed in index order; 0 for an empty x.
func Power(x []float32) float32 {
	if len(x) == 0 {
		return 0
	}
	return Dot(x, x) / float32(len(x))
}
