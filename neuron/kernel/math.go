package kernel

import "math"

// The polynomials below are minimax fits (Remez, the coefficients rounded to
// float32 one after the other, lowest first, and the rest fitted anew), with
// range reductions as in Cody and Waite, Software Manual for the Elementary
// Functions (1980). All constants are written in hexadecimal: the digits are the
// bits. Polynomials are summed in pairs (Estrin), for short chains of dependent steps.
// Every product that is added is rounded first, so no processor may fuse it, and a
// vector form that does the same steps in the same order has the same bits.
const (
	// roundBias added to and taken from |x| < 2^22 rounds x to an integer, ties to
	// even; the low bits of the sum hold that integer plus roundBits.
	roundBias float32 = 0x1.8p23
	roundBits uint32  = 0x4b400000

	// turnBias does the same in quarters.
	turnBias float32 = 0x1.8p21

	signBit uint32 = 1 << 31

	log2E float32 = 0x1.715476p0
	// ln2Hi has 15 bits, so its product with an exponent is exact.
	ln2Hi float32 = 0x1.62e4p-1
	ln2Lo float32 = 0x1.7f7d1cp-20
)

const (
	// Past expMax the result is +Inf, past expMin it rounds to 0.
	expMax float32 = 89
	expMin float32 = -104

	// exp(r) = 1 + r + r^2 (exp0 + exp1 r + ...), |r| <= ln(2)/2; the fit errs by 2^-28.2.
	exp0 float32 = 0x1.fffffcp-2
	exp1 float32 = 0x1.55548cp-3
	exp2 float32 = 0x1.555858p-5
	exp3 float32 = 0x1.123de2p-7
	exp4 float32 = 0x1.6ac6e2p-10
)

// Exp returns e**x, with an error of at most 1.01 ulp (subnormal results included).
// Exp(0) = 1, Exp(-Inf) = 0, Exp(+Inf) = +Inf; NaN passes. It never falls as x rises.
func Exp(x float32) float32 {
	// Written so that NaN fails both comparisons and passes.
	if x > expMax {
		x = expMax
	}
	if x < expMin {
		x = expMin
	}
	t := float32(x*log2E) + roundBias
	n := t - roundBias
	r := x - float32(n*ln2Hi)
	r -= float32(n * ln2Lo)
	z := float32(r * r)
	p := (float32(exp3*r) + exp2) + float32(exp4*z)
	p = (float32(exp1*r) + exp0) + float32(p*z)
	y := 1 + (r + float32(z*p))
	// 2^n in two factors: the first product is exact, and the second rounds once
	// where the result is subnormal and overflows only where it should.
	k := int32(math.Float32bits(t) - roundBits)
	h := k >> 1
	return float32(float32(y*pow2(h)) * pow2(k-h))
}

// pow2 returns 2^n for -126 <= n <= 127.
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

const (
	sqrtHalfBits  uint32 = 0x3f3504f3 // bits of sqrt(1/2), where the mantissa's octave starts
	minNormalBits uint32 = 0x00800000
	infBits       uint32 = 0x7f800000

	// log(1+f) = f - f^2/2 + f^3 (log0 + log1 f + ...), sqrt(1/2) <= 1+f < sqrt(2);
	// the fit errs by 2^-27.2 of the logarithm.
	log0 float32 = 0x1.555554p-2
	log1 float32 = -0x1.000228p-2
	log2 float32 = 0x1.99a034p-3
	log3 float32 = -0x1.547198p-3
	log4 float32 = 0x1.22d4b0p-3
	log5 float32 = -0x1.0d8884p-3
	log6 float32 = 0x1.058568p-3
	log7 float32 = -0x1.39062ap-4
)

// Log returns the natural logarithm of x, with an error of at most 1 ulp (subnormal
// arguments included). Log(1) = 0, Log(0) = -Inf, Log(+Inf) = +Inf; Log(x < 0) is NaN,
// and NaN passes.
func Log(x float32) float32 {
	ix := math.Float32bits(x)
	var shift int32
	if ix-minNormalBits >= infBits-minNormalBits { // not a positive normal number
		switch {
		case x == 0:
			return float32(math.Inf(-1))
		case !(x > 0):
			return float32(math.NaN())
		case ix == infBits:
			return x
		}
		ix, shift = math.Float32bits(x*0x1p23), 23
	}
	k := int32(ix-sqrtHalfBits) >> 23
	f := math.Float32frombits(ix-uint32(k)<<23) - 1
	e := float32(k - shift)
	z := float32(f * f)
	p := (float32(log1*f) + log0) + float32((float32(log3*f)+log2)*z)
	h := (float32(log5*f) + log4) + float32((float32(log7*f)+log6)*z)
	p += float32(h * float32(z*z))
	y := float32(float32(z*f)*p) + float32(e*ln2Lo)
	y -= float32(0.5 * z)
	return (f + y) + float32(e*ln2Hi)
}

const (
	tanhSmall float32 = 0.625 // below it the polynomial, from it on the exponential
	tanhMax   float32 = 10    // beyond about 9.01 the result is 1 in any case

	// tanh(a) = a + a^3 (tanh0 + tanh1 a^2 + ...), a < tanhSmall; the fit errs by 2^-27.7.
	tanh0 float32 = -0x1.555532p-2
	tanh1 float32 = 0x1.1106f6p-3
	tanh2 float32 = -0x1.b835a4p-5
	tanh3 float32 = 0x1.51f8cep-6
	tanh4 float32 = -0x1.750ce4p-8
)

// Tanh returns the hyperbolic tangent of x, with an error of at most 1.5 ulp. It is odd
// to the bit, never falls as x rises, and is exactly +-1 for large |x|; NaN passes.
func Tanh(x float32) float32 {
	sign := math.Float32bits(x) & signBit
	a := math.Float32frombits(math.Float32bits(x) &^ signBit)
	var y float32
	if a < tanhSmall {
		z := float32(a * a)
		zz := float32(z * z)
		p := (float32(tanh3*z) + tanh2) + float32(tanh4*zz)
		p = (float32(tanh1*z) + tanh0) + float32(p*zz)
		y = a + float32(float32(a*z)*p)
	} else {
		if a > tanhMax {
			a = tanhMax
		}
		y = 1 - 2/(Exp(2*a)+1)
	}
	return math.Float32frombits(math.Float32bits(y) | sign)
}

const (
	twoPi     float32 = 0x1.921fb6p2
	twoOverPi float32 = 0x1.45f306p-1
	// pi/2 in three parts; the first two are short, so that their products with a
	// number of quarter turns below 2^13 are exact.
	halfPi1 float32 = 0x1.92p0
	halfPi2 float32 = 0x1.fb4p-12
	halfPi3 float32 = 0x1.4442d2p-24
	// maxAngle is where that number is still below 2^13.
	maxAngle float32 = 8192

	// sin(r) = r (1 + z (sin0 + sin1 z + ...)), cos(r) = 1 - z/2 + z^2 (cos0 + ...),
	// z = r^2, |r| <= pi/4; the fits err by 2^-28 and 2^-33.
	sin0 float32 = -0x1.555546p-3
	sin1 float32 = 0x1.11077cp-7
	sin2 float32 = -0x1.9955b6p-13
	cos0 float32 = 0x1.55554ap-5
	cos1 float32 = -0x1.6c0c1ap-10
	cos2 float32 = 0x1.99e0eep-16
)

// Sin returns the sine of x radians, within 2e-7 of it for |x| <= 8192. Beyond that,
// and for NaN, it is NaN. It is odd to the bit.
func Sin(x float32) float32 {
	s, _ := sinCos(x)
	return s
}

// Cos returns the cosine of x radians, within 2e-7 of it for |x| <= 8192. Beyond that,
// and for NaN, it is NaN. It is even to the bit.
func Cos(x float32) float32 {
	_, c := sinCos(x)
	return c
}

func sinCos(x float32) (s, c float32) {
	if !(x >= -maxAngle && x <= maxAngle) {
		x = float32(math.NaN())
	}
	t := float32(x*twoOverPi) + roundBias
	q := t - roundBias
	r := x - float32(q*halfPi1)
	r -= float32(q * halfPi2)
	r -= float32(q * halfPi3)
	return quarter(r, math.Float32bits(t))
}

// SinCosTurns returns the sine and the cosine of 2 pi u, u an angle in turns in [0, 1],
// within 2e-7; NaN passes. At quarter turns both are exact (a zero may be -0). The
// reduction to an eighth of a turn is exact and costs two additions.
func SinCosTurns(u float32) (s, c float32) {
	t := u + turnBias
	r := float32((u - (t - turnBias)) * twoPi)
	return quarter(r, math.Float32bits(t))
}

// quarter returns the sine and the cosine of r + q pi/2, |r| <= pi/4, q the low bits of n.
// It selects by masks: the quadrant of a random angle cannot be predicted.
func quarter(r float32, n uint32) (s, c float32) {
	z := float32(r * r)
	p := float32(sin2*z) + sin1
	p = float32(p*z) + sin0
	sb := math.Float32bits(float32(r * (1 + float32(p*z))))
	p = float32(cos2*z) + cos1
	p = float32(p*z) + cos0
	cb := math.Float32bits((1 - float32(0.5*z)) + float32(float32(z*z)*p))
	swap := (sb ^ cb) & -(n & 1)
	s = math.Float32frombits(sb ^ swap ^ (n&2)<<30)
	c = math.Float32frombits(cb ^ swap ^ ((n+1)&2)<<30)
	return s, c
}

// Softmax replaces x by exp(x_i) / sum_j exp(x_j): the largest value is subtracted
// first, the sum runs in index order, and each value is divided by it. The values sum to
// 1 within len(x) 2^-24, and a larger x never becomes a smaller value. An empty x stays
// empty. Where a value is NaN or +Inf, or all are -Inf, all results are NaN.
func Softmax(x []float32) {
	if len(x) == 0 {
		return
	}
	m := x[0]
	for _, v := range x[1:] {
		if v > m {
			m = v
		}
	}
	var sum float32
	for i, v := range x {
		x[i] = Exp(v - m)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}
