package kernel_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/kernel"
)

var mathInf, mathNaN = float32(math.Inf(1)), float32(math.NaN())

// mathULP returns the error of got in units of the last place of a float32 near want.
// Infinities count as 2^128, the next number if there were one.
func mathULP(got float32, want float64) float64 {
	clip := func(x float64) float64 { return max(-0x1p128, min(0x1p128, x)) }
	_, e := math.Frexp(clip(want))
	return math.Abs(clip(float64(got))-clip(want)) / math.Ldexp(1, min(max(e, -125), 128)-24)
}

// The arguments run over all float32 bits from one to the other, stride apart, away from 0.
func TestMathAccuracy(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to float32
		stride   uint32
		f        func(float32) float32
		want     func(float64) float64
		ulp      float64
	}{
		{"Exp", 1e-9, 89, 211, kernel.Exp, math.Exp, 1.01},
		{"Exp", -1e-9, -105, 211, kernel.Exp, math.Exp, 1.01},
		{"Log", 0x1p-149, math.MaxFloat32, 997, kernel.Log, math.Log, 1},
		{"Log", 0.5, 2, 7, kernel.Log, math.Log, 1},
		{"Tanh", 0x1p-149, 20, 997, kernel.Tanh, math.Tanh, 1.5},
		{"Tanh", 0.01, 10, 31, kernel.Tanh, math.Tanh, 1.5},
	} {
		var worst float64
		var at float32
		for b := math.Float32bits(c.from); b <= math.Float32bits(c.to); b += c.stride {
			x := math.Float32frombits(b)
			if u := mathULP(c.f(x), c.want(float64(x))); u > worst || u != u {
				worst, at = u, x
			}
		}
		if !(worst <= c.ulp) {
			t.Errorf("%s: error of %v ulp at %v, want at most %v", c.name, worst, at, c.ulp)
		}
	}
}

func TestSinCosAccuracy(t *testing.T) {
	const bound = 2e-7
	check := func(name string, x float32, got float32, want float64) {
		if !(math.Abs(float64(got)-want) <= bound) {
			t.Fatalf("%s(%v) = %v, want %v within %v", name, x, got, want, bound)
		}
	}
	for i := -300000; i <= 300000; i++ {
		x := float32(i) / 3000
		if i%300 == 0 {
			x *= 81.9 // to the end of the range
		}
		s, c := math.Sincos(float64(x))
		check("Sin", x, kernel.Sin(x), s)
		check("Cos", x, kernel.Cos(x), c)
	}
	for n := 0; n <= 1<<24; n += 31 {
		u := float32(n) * 0x1p-24
		s, c := math.Sincos(2 * math.Pi * float64(u))
		gs, gc := kernel.SinCosTurns(u)
		check("SinCosTurns, sine", u, gs, s)
		check("SinCosTurns, cosine", u, gc, c)
	}
	for i, want := range [][2]float32{{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {0, 1}} {
		if s, c := kernel.SinCosTurns(float32(i) / 4); s != want[0] || c != want[1] {
			t.Errorf("SinCosTurns(%d/4) = %v, %v, want %v", i, s, c, want)
		}
	}
}

func TestMathSpecialValues(t *testing.T) {
	minusZero := float32(math.Copysign(0, -1))
	for _, g := range mathGrid {
		if y := g.f(mathNaN); y == y {
			t.Errorf("%s(NaN) = %v", g.name, y)
		}
	}
	for _, c := range []struct {
		name    string
		f       func(float32) float32
		x, want float32
	}{
		{"Exp", kernel.Exp, 0, 1},
		{"Exp", kernel.Exp, mathInf, mathInf},
		{"Exp", kernel.Exp, -mathInf, 0},
		{"Exp", kernel.Exp, 88.72284, mathInf},
		{"Exp", kernel.Exp, -103.27893, 0x1p-149},
		{"Exp", kernel.Exp, -104, 0},
		{"Log", kernel.Log, 1, 0},
		{"Log", kernel.Log, 0, -mathInf},
		{"Log", kernel.Log, minusZero, -mathInf},
		{"Log", kernel.Log, mathInf, mathInf},
		{"Log", kernel.Log, -mathInf, mathNaN},
		{"Log", kernel.Log, -0x1p-149, mathNaN},
		{"Tanh", kernel.Tanh, minusZero, minusZero},
		{"Tanh", kernel.Tanh, 9.02, 1},
		{"Tanh", kernel.Tanh, mathInf, 1},
		{"Tanh", kernel.Tanh, -mathInf, -1},
		{"Sin", kernel.Sin, 0, 0},
		{"Sin", kernel.Sin, minusZero, minusZero},
		{"Sin", kernel.Sin, 8193, mathNaN},
		{"Cos", kernel.Cos, 0, 1},
		{"Cos", kernel.Cos, -mathInf, mathNaN},
	} {
		got := c.f(c.x)
		if bothNaN := got != got && c.want != c.want; !bothNaN && math.Float32bits(got) != math.Float32bits(c.want) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

func TestMathOddEven(t *testing.T) {
	for b := uint32(0); b < math.Float32bits(8192); b += 2477 {
		x := math.Float32frombits(b)
		if kernel.Tanh(-x) != -kernel.Tanh(x) || kernel.Sin(-x) != -kernel.Sin(x) || kernel.Cos(-x) != kernel.Cos(x) {
			t.Fatalf("Tanh or Sin is not odd, or Cos not even, at %v", x)
		}
	}
}

// Steps of one unit in the last place, in windows where a range reduction or a branch
// changes, and coarse steps over the whole range.
func TestMathMonotone(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(float32) float32
		join []float32
		end  float32
	}{
		{"Exp", kernel.Exp, []float32{0.34657359, 1.0397208, 40.548, 87.336, 88.722}, 90},
		{"Exp of -x", func(x float32) float32 { return -kernel.Exp(-x) }, []float32{0.34657359, 1.0397208, 87.336, 103.9}, 105},
		{"Tanh", kernel.Tanh, []float32{0.625, 0.86643398, 8.5, 9.01}, 11},
	} {
		check := func(from, to, stride uint32) {
			last := c.f(math.Float32frombits(from))
			for b := from; b <= to; b += stride {
				y := c.f(math.Float32frombits(b))
				if y < last {
					t.Fatalf("%s falls from %v to %v at %v", c.name, last, y, math.Float32frombits(b))
				}
				last = y
			}
		}
		check(0, math.Float32bits(c.end), 499)
		for _, x := range c.join {
			b := math.Float32bits(x)
			check(b-20000, b+20000, 1)
		}
	}
}

func softmaxProperty(t *rapid.T) {
	x := rapid.SliceOfN(rapid.Float32Range(-60, 60), 1, 200).Draw(t, "x")
	p := append([]float32(nil), x...)
	kernel.Softmax(p)
	var sum float64
	top := 0
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			t.Fatalf("value %d is %v", i, v)
		}
		sum += float64(v)
		if x[i] > x[top] {
			top = i
		}
	}
	// n-1 additions of the sum (the first is of 0, exact) and one division err by 2^-24
	// each, relative to a sum of 1; second-order terms and subnormals fit into one more.
	if bound := float64(len(x)+1) * 0x1p-24; math.Abs(sum-1) > bound {
		t.Fatalf("the sum is %v, want 1 within %v", sum, bound)
	}
	for i, v := range p {
		if v > p[top] {
			t.Fatalf("value %d is %v, above %v at the largest x, %d", i, v, p[top], top)
		}
	}
}

func TestSoftmax(t *testing.T) {
	rapid.Check(t, softmaxProperty)
	kernel.Softmax(nil)
	for _, c := range []struct{ x, want []float32 }{
		{[]float32{-7}, []float32{1}},
		{[]float32{3e38, 3e38, -3e38, 3e38, 3e38}, []float32{0.25, 0.25, 0, 0.25, 0.25}},
		{[]float32{1, -mathInf, 1}, []float32{0.5, 0, 0.5}},
		{[]float32{1, mathNaN, 2}, []float32{mathNaN, mathNaN, mathNaN}},
		{[]float32{1, mathInf}, []float32{mathNaN, mathNaN}},
		{[]float32{-mathInf, -mathInf}, []float32{mathNaN, mathNaN}},
	} {
		got := append([]float32(nil), c.x...)
		kernel.Softmax(got)
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("Softmax(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

func FuzzSoftmax(f *testing.F) { f.Fuzz(rapid.MakeFuzz(softmaxProperty)) }

// mathGrid holds the functions on the arguments the golden bits are for.
var mathGrid = []struct {
	name string
	f    func(float32) float32
	x    func(i int) float32 // i = 0 to 47
}{
	{"Exp", kernel.Exp, func(i int) float32 { return float32(i-26) * 4.1 }},
	{"Log", kernel.Log, func(i int) float32 { return math.Float32frombits(uint32(i)*44739243 + 1) }},
	{"Tanh", kernel.Tanh, func(i int) float32 { return float32(i-7) / 7 }},
	{"Sin", kernel.Sin, func(i int) float32 { return float32(i-23) * 4.3 }},
	{"Cos", kernel.Cos, func(i int) float32 { return float32(i-23) * 4.3 }},
	{"turns, sine", func(u float32) float32 { s, _ := kernel.SinCosTurns(u); return s }, func(i int) float32 { return float32(i) / 47 }},
	{"turns, cosine", func(u float32) float32 { _, c := kernel.SinCosTurns(u); return c }, func(i int) float32 { return float32(i) / 47 }},
}

func TestMathGolden(t *testing.T) {
	for _, g := range mathGrid {
		var got []string
		for i := range 48 {
			got = append(got, fmt.Sprintf("%08x", math.Float32bits(g.f(g.x(i)))))
		}
		want := strings.Fields(mathGolden[g.name])
		for i, v := range got {
			if i >= len(want) || v != want[i] {
				t.Errorf("%s: value %d differs; all values:\n%s", g.name, i, strings.Join(got, " "))
				break
			}
		}
	}
}

func BenchmarkMath(b *testing.B) {
	var x [48]float32
	for _, g := range mathGrid[:6] {
		for i := range x {
			x[i] = g.x(i * 37 % 48)
		}
		b.Run(g.name, func(b *testing.B) {
			for b.Loop() {
				for _, v := range x {
					g.f(v)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
		})
	}
	b.Run("Softmax of 10", func(b *testing.B) {
		row := make([]float32, 10)
		for b.Loop() {
			copy(row, x[:])
			kernel.Softmax(row)
		}
	})
}

// mathGolden holds the bits; they are part of the format.
var mathGolden = map[string]string{
	"Exp": `
		00000000 00000002 00000083 00001efe 00074e1e 015c6592 044fcb22 0743e933 0a38b594 0d2e2594 10243034 131acc9e 1611f29e 19099a0f 1c01bbcd 1ef4a135 21e6a405 24d973d5 27cd0480 2ac14b4c 2db63db6 30abd1d8 33a1fe9e 3698bb38
		398fff63 3c87c36c 3f800000 42715c73 45638f32 48568bf4 4b4a4742 4e3eb628 5133ce49 54298627 571fd488 5a16b0be 5d0e12e4 6005f30b 62fc9442 65ee22ee 68e084cc 6bd3ae3a 6ec79363 71bc29c1 74b16732 77a7427a 7a9db1ed 7d94ad65
	`,
	"Log": `
		c2ce8ed0 c2a88d74 c2a12cbf c299e0f1 c2925f31 c28afe7c c283b2ae c27861dc c269a072 c25b08d5 c24c0555 c23d43ec c22eac4f c21fa8cf c210e766 c2024fc9 c1e69893 c1c915c0 c1abe687 c18ddf87 c160b967 c1265af5 c0d499eb c03d1d3d
		3f31722a 408e4a45 41022ac9 413c893b 4178973a 4199ce70 41b6fda9 41d504a9 41f2877c 4207db5b 4216dedb 4225a044 423437e1 42433b61 4251fcca 42609467 426f97e7 427e5950 42867876 428dfa36 42955aeb 429ca6b9 42a42879 42ab892e
	`,
	"Tanh": `
		bf42f7d6 bf31dd47 bf1d04fc bf04334b becee9b3 be8e6e54 be114c74 00000000 3e114c74 3e8e6e54 3ecee9b3 3f04334b 3f1d04fc 3f31dd47 3f42f7d6 3f50bc59 3f5ba5e3 3f64310d 3f6ad113 3f6fea75 3f73d169 3f76ca83 3f790c72 3f7ac22e
		3f7c0d14 3f7d06db 3f7dc331 3f7e5114 3f7ebbe9 3f7f0c4d 3f7f48c8 3f7f7645 3f7f9878 3f7fb22f 3f7fc584 3f7fd40c 3f7fdef7 3f7fe72d 3f7fed58 3f7ff1fb 3f7ff577 3f7ff815 3f7ffa0d 3f7ffb87 3f7ffca4 3f7ffd7a 3f7ffe1a 3f7ffe93
	`,
	"Sin": `
		3f7f896a beb0a254 bf38be1a 3f6c67c6 bc985385 bf689723 3f3f344a 3e9ea4aa bf7ec9b3 3ef9d519 3f1aa7e1 bf78e32c 3e3368c0 3f54ef30 bf578a18 be20a1c4 3f77bae5 bf1e6c08 bef17aab 3f7f34d9 bea7aacd bf3c016e 3f6a89db 00000000
		bf6a89db 3f3c016e 3ea7aacd bf7f34d9 3ef17aab 3f1e6c08 bf77bae5 3e20a1c4 3f578a18 bf54ef30 be3368c0 3f78e32c bf1aa7e1 bef9d519 3f7ec9b3 be9ea4aa bf3f344a 3f689723 3c985385 bf6c67c6 3f38be1a 3eb0a254 bf7f896a 3ee90adc
	`,
	"Cos": `
		bd764bae 3f70488b bf3137c8 bec4741f 3f7ff4ab bed5e501 bf2a39e3 3f7366ad bdc70f2d bf5f745e 3f4c0100 3e6fb3c5 bf7c0a4c 3f0e1be8 3f0a2038 bf7cd4a5 3e811616 3f4917db bf61bd1a bda121a2 3f71e256 bf2dc09e becd3587 3f800000
		becd3587 bf2dc09e 3f71e256 bda121a2 bf61bd1a 3f4917db 3e811616 bf7cd4a5 3f0a2038 3f0e1be8 bf7c0a4c 3e6fb3c5 3f4c0100 bf5f745e bdc70f2d 3f7366ad bf2a39e3 bed5e501 3f7ff4ab bec4741f bf3137c8 3f70488b bd764bae bf63f1db
	`,
	"turns, sine": `
		00000000 3e087c61 3e87449f 3ec7e11a 3f02763d 3f1ea7ee 3f3804d4 3f4e1912 3f607fca 3f6ee4ed 3f7906b6 3f7eb6de 3f7fdb67 3f7c6f1a 3f748199 3f68371d 3f57c7ca 3f437eb6 3f2bb88c 3f10e1e8 3ee6eacb 3ea7f2df 3e4bf768 3d88ca93
		bd88ca93 be4bf768 bea7f2df bee6eacb bf10e1e8 bf2bb88c bf437eb4 bf57c7c9 bf68371c bf748198 bf7c6f1a bf7fdb67 bf7eb6de bf7906b5 bf6ee4ec bf607fc9 bf4e1910 bf3804d3 bf1ea7ed bf02763c bec7e119 be87449e be087c60 00000000
	`,
	"turns, cosine": `
		3f800000 3f7db741 3f76e774 3f6bafb6 3f5c4347 3f48e89c 3f31f822 3f17daa1 3ef60ed2 3eb8044b 3e6d6241 3dccfef8 bd08de24 be2a523d be97b16e bed784c1 bf09bfc3 bf2547dd bf3ddcea bf530e9b bf647c1d bf71d5d5 bf7adec5 bf7f6da6
		bf7f6da6 bf7adec5 bf71d5d5 bf647c1d bf530e9b bf3ddcea bf2547df bf09bfc6 bed784c7 be97b174 be2a524a bd08de56 3dccff10 3e6d624e 3eb80451 3ef60ed4 3f17daa3 3f31f823 3f48e89e 3f5c4348 3f6bafb6 3f76e774 3f7db741 3f800000
	`,
}
