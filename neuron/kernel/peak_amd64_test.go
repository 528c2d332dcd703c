package kernel

// peak returns a loop that multiplies and adds in registers alone, in the vectors of the form in use, and how many
// operations it does. Plain Go has none, and it returns nil.
func peak() (loop func(), flops int) {
	const n, chains = 10000, 10
	switch using {
	case avx512:
		return func() { peakAVX512(n) }, 2 * n * chains * 16
	case avx2:
		return func() { peakAVX2(n) }, 2 * n * chains * 8
	}
	return nil, 0
}
