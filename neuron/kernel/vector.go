package kernel

//go:generate go -C gen run ./linear -out ../linear_amd64.s -stubs ../linear_amd64.go -pkg kernel
//go:generate go -C gen run ./normals -out ../normals_amd64.s -stubs ../normals_amd64.go -math ../math.go -pkg kernel

const (
	badLength = "kernel: lengths do not match"
	badStride = "kernel: rows do not lie within the block"
)

// Axpy adds a*x to y, element by element. x and y may be the same but must not overlap otherwise.
// It panics if the lengths differ.
func Axpy(y []float32, a float32, x []float32) {
	if len(x) != len(y) {
		panic(badLength)
	}
	axpy(y, a, x)
}

// Axpy64 is Axpy in float64, for those who compute outside the network.
func Axpy64(y []float64, a float64, x []float64) {
	if len(x) != len(y) {
		panic(badLength)
	}
	axpy64(y, a, x)
}

// WeightedSum adds sum_j w[j] * row_j to dst, lane by lane, in the order of j. Row j is block[j*stride:][:len(dst)].
// dst must not overlap the others. It panics if the rows do not lie within the block.
func WeightedSum(dst, w, block []float32, stride int) {
	checkRows(block, len(w), stride, len(dst))
	if len(w) > 0 && len(dst) > 0 {
		weightedSum(dst, w, block, stride)
	}
}

// WeightedSums is WeightedSum for several units that share their inputs: it adds sum_j w[i][j] * row_j to dst[i], lane by
// lane, in the order of j, for every i. Row j is block[j*stride:][:lanes]; each dst[i] has a place for each lane, each
// w[i] one for each row. Each row is loaded once for up to five units, so this is up to twice as fast as one by one; the
// bits are the same. No dst[i] may overlap anything else. It panics if the lengths differ or the rows do not lie within
// the block.
func WeightedSums(dst, w [][]float32, block []float32, stride int) {
	if len(dst) != len(w) {
		panic(badLength)
	}
	if len(dst) == 0 {
		return
	}
	lanes, edges := len(dst[0]), len(w[0])
	for i := range dst {
		if len(dst[i]) != lanes || len(w[i]) != edges {
			panic(badLength)
		}
	}
	checkRows(block, edges, stride, lanes)
	if lanes > 0 && edges > 0 {
		weightedSums(dst, w, block, stride)
	}
}

// ones are the weights of a plain sum: a product with 1 is exact.
var ones = func() (w [64]float32) {
	for i := range w {
		w[i] = 1
	}
	return w
}()

// SumRows adds the rows of a block to dst, lane by lane, in order. Row j, of n, is block[j*stride:][:len(dst)].
// It panics if the rows do not lie within the block.
func SumRows(dst, block []float32, n, stride int) {
	for ; n > 0; n -= len(ones) {
		some := min(n, len(ones))
		WeightedSum(dst, ones[:some], block, stride)
		block = block[min(some*stride, len(block)):]
	}
}

// Scale writes a*x to dst, element by element; dst may be x. It panics if the lengths differ.
func Scale(dst []float32, a float32, x []float32) {
	if len(x) != len(dst) {
		panic(badLength)
	}
	scale(dst, a, x)
}

// Clamp writes x to dst, element by element, or the bound that it exceeds: hi if x > hi, then lo if x < lo. A NaN passes;
// dst may be x. It panics if the lengths differ.
func Clamp(dst, x []float32, lo, hi float32) {
	if len(x) != len(dst) {
		panic(badLength)
	}
	clamp(dst, x, lo, hi)
}

// Rectify writes a*max(0, x-y) to dst, element by element. A NaN passes; dst may be x or y. It panics if the lengths
// differ.
func Rectify(dst []float32, a float32, x, y []float32) {
	if len(x) != len(dst) || len(y) != len(dst) {
		panic(badLength)
	}
	rectify(dst, a, x, y)
}

// Outer adds sum_l post[l] * row_j[l] to dw[j] for every edge j, in the order of the lanes l: the learning sum of a
// Hebbian rule. Row j is block[j*stride:][:len(post)]. dw must not overlap the others.
// It panics if the rows do not lie within the block.
func Outer(dw, post, block []float32, stride int) {
	checkRows(block, len(dw), stride, len(post))
	if len(dw) > 0 && len(post) > 0 {
		outer(dw, post, block, stride)
	}
}

// Dots adds sum_l rows_j[l] * block_j[l] to dst[j] for every row j, in the order of the lanes l: a product for each row of
// two blocks. Row j of either is its part from j*stride on, of the given number of lanes. dst must not overlap the
// others. It panics if the rows do not lie within both.
func Dots(dst, rows, block []float32, lanes, stride int) {
	checkRows(rows, len(dst), stride, lanes)
	checkRows(block, len(dst), stride, lanes)
	if len(dst) > 0 && lanes > 0 {
		dots(dst, rows, block, lanes, stride)
	}
}

// Outers is Outer for several units that share their inputs: it adds sum_l post[i][l] * row_j[l] to dw[i][j] for every
// edge j, in the order of the lanes, for every i. Rows are turned once for all units, some edges at a time, in scratch,
// which is best 8192 long; so this is up to three times as fast as one by one, and the bits are the same. No dw[i] may
// overlap anything else. It panics if the lengths differ or the rows do not lie within the block.
func Outers(dw, post [][]float32, block []float32, stride int, scratch []float32) {
	if len(dw) != len(post) {
		panic(badLength)
	}
	if len(dw) == 0 {
		return
	}
	lanes, edges := len(post[0]), len(dw[0])
	for i := range dw {
		if len(post[i]) != lanes || len(dw[i]) != edges {
			panic(badLength)
		}
	}
	checkRows(block, edges, stride, lanes)
	if lanes > 0 && edges > 0 {
		outers(dw, post, block, stride, scratch)
	}
}

func checkRows(block []float32, rows, stride, lanes int) {
	if rows > 0 && (lanes < 0 || stride < lanes || len(block) < (rows-1)*stride+lanes) {
		panic(badStride)
	}
}

// Finite tells whether x holds neither a NaN nor an infinity.
func Finite(x []float32) bool { return finite(x) }

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
