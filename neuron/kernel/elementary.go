package kernel

// ExpTo sets dst[i] to Exp(x[i]); dst may be x. It panics if the lengths differ.
func ExpTo(dst, x []float32) {
	if len(dst) != len(x) {
		panic(badLength)
	}
	for i := expVectors(dst, x); i < len(x); i++ {
		dst[i] = Exp(x[i])
	}
}

// TanhTo sets dst[i] to Tanh(x[i]); dst may be x. It panics if the lengths differ.
func TanhTo(dst, x []float32) {
	if len(dst) != len(x) {
		panic(badLength)
	}
	for i := tanhVectors(dst, x); i < len(x); i++ {
		dst[i] = Tanh(x[i])
	}
}
