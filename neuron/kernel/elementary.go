package kernel

// ExpTo sets dst[i] to Exp(x[i]); dst may be x. It panics if the lengths differ.
func ExpTo(dst, x []float32) {
	if len(dst) != len(x) {
		panic(badLength)
	}
	expTo(dst, x)
}

// TanhTo sets dst[i] to Tanh(x[i]); dst may be x. It panics if the lengths differ.
func TanhTo(dst, x []float32) {
	if len(dst) != len(x) {
		panic(badLength)
	}
	tanhTo(dst, x)
}

// The functions below are the meaning of those above: every other form gives their bits.

func expGo(dst, x []float32) {
	for i, v := range x {
		dst[i] = Exp(v)
	}
}

func tanhGo(dst, x []float32) {
	for i, v := range x {
		dst[i] = Tanh(v)
	}
}
