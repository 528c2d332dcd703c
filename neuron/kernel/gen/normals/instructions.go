package main

import (
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/x86"
)

// constructor returns an instruction.
type constructor func(...operand.Op) (*ir.Instruction, error)

// instruction is what makes an instruction for AVX2, for AVX-512, and for AVX-512 with one word in memory in the place
// of a vector.
type instruction struct{ narrow, wide, word constructor }

var (
	addPS = instruction{x86.VADDPS, x86.VADDPS, x86.VADDPS_BCST}
	subPS = instruction{x86.VSUBPS, x86.VSUBPS, x86.VSUBPS_BCST}
	mulPS = instruction{x86.VMULPS, x86.VMULPS, x86.VMULPS_BCST}
	divPS = instruction{x86.VDIVPS, x86.VDIVPS, x86.VDIVPS_BCST}
	minPS = instruction{x86.VMINPS, x86.VMINPS, x86.VMINPS_BCST}
	maxPS = instruction{x86.VMAXPS, x86.VMAXPS, x86.VMAXPS_BCST}
	cmpPS = instruction{x86.VCMPPS, x86.VCMPPS, x86.VCMPPS_BCST}

	addD = instruction{x86.VPADDD, x86.VPADDD, x86.VPADDD_BCST}
	subD = instruction{x86.VPSUBD, x86.VPSUBD, x86.VPSUBD_BCST}
	andD = instruction{three(x86.VPAND), x86.VPANDD, x86.VPANDD_BCST}
	orD  = instruction{three(x86.VPOR), x86.VPORD, x86.VPORD_BCST}
	xorD = instruction{three(x86.VPXOR), x86.VPXORD, x86.VPXORD_BCST}

	ternaryD = instruction{nil, x86.VPTERNLOGD, x86.VPTERNLOGD_BCST}
	testD    = instruction{nil, x86.VPTESTMD, x86.VPTESTMD_BCST}

	unpackLowPS  = instruction{x86.VUNPCKLPS, x86.VUNPCKLPS, nil}
	unpackHighPS = instruction{x86.VUNPCKHPS, x86.VUNPCKHPS, nil}
	unpackLowPD  = instruction{x86.VUNPCKLPD, x86.VUNPCKLPD, nil}
	unpackHighPD = instruction{x86.VUNPCKHPD, x86.VUNPCKHPD, nil}
)

func three(f func(y, x, r operand.Op) (*ir.Instruction, error)) constructor {
	return func(o ...operand.Op) (*ir.Instruction, error) { return f(o[0], o[1], o[2]) }
}

// do appends an instruction in the form that its operands ask for.
func (a *assembler) do(i instruction, operands ...value) {
	f := i.narrow
	if a.wide() {
		f = i.wide
	}
	o := make([]operand.Op, len(operands))
	for k, v := range operands {
		o[k] = v
		if s, ok := v.(splat); ok {
			o[k] = s.Mem
			if a.wide() {
				f = i.word
			}
		}
	}
	a.emit(f(o...))
}

// two returns the result of an instruction on x and y, of which only y may be in memory.
func (a *assembler) two(i instruction, x, y value) value {
	r := a.vector()
	a.do(i, y, a.load(x), r)
	return r
}

// commute is two for an x that changes places with y where x is in memory and y is not.
func (a *assembler) commute(i instruction, x, y value) value {
	if isVector(y) && !isVector(x) {
		x, y = y, x
	}
	return a.two(i, x, y)
}

func (a *assembler) add(x, y value) value { return a.commute(addPS, x, y) }
func (a *assembler) mul(x, y value) value { return a.commute(mulPS, x, y) }
func (a *assembler) sub(x, y value) value { return a.two(subPS, x, y) }
func (a *assembler) div(x, y value) value { return a.two(divPS, x, y) }

// atMost returns the smaller of x and bound, and a NaN x itself: where one is a NaN, the
// instruction returns its second source.
func (a *assembler) atMost(x, bound value) value { return a.two(minPS, bound, x) }

// atLeast returns the larger of x and bound, and a NaN x itself.
func (a *assembler) atLeast(x, bound value) value { return a.two(maxPS, bound, x) }

func (a *assembler) addInt(x, y value) value { return a.commute(addD, x, y) }
func (a *assembler) subInt(x, y value) value { return a.two(subD, x, y) }
func (a *assembler) and(x, y value) value    { return a.commute(andD, x, y) }
func (a *assembler) or(x, y value) value     { return a.commute(orD, x, y) }
func (a *assembler) xor(x, y value) value    { return a.commute(xorD, x, y) }

func (a *assembler) shift(f constructor, x value, n uint8) value {
	r := a.vector()
	a.emit(f(operand.U8(n), a.load(x), r))
	return r
}

func (a *assembler) left(x value, n uint8) value       { return a.shift(x86.VPSLLD, x, n) }
func (a *assembler) right(x value, n uint8) value      { return a.shift(x86.VPSRLD, x, n) }
func (a *assembler) arithmetic(x value, n uint8) value { return a.shift(x86.VPSRAD, x, n) }

// rotate turns the bits of each word to the left.
func (a *assembler) rotate(x value, n uint8) value {
	if a.wide() {
		return a.shift(x86.VPROLD, x, n)
	}
	return a.or(a.left(x, n), a.right(x, 32-n))
}

func (a *assembler) one(f constructor, x value) value {
	r := a.vector()
	a.emit(f(x, r))
	return r
}

func (a *assembler) sqrt(x value) value    { return a.one(x86.VSQRTPS, x) }
func (a *assembler) fromInt(x value) value { return a.one(x86.VCVTDQ2PS, x) }

// round returns x rounded to an integer, ties to even. AVX-512 only.
func (a *assembler) round(x value) value {
	const nearestEven = 0x08
	return a.shift(x86.VRNDSCALEPS, x, nearestEven)
}

// scale returns x times 2 to the power of the integer n, rounded once. AVX-512 only.
func (a *assembler) scale(x, n value) value {
	return a.two(instruction{wide: x86.VSCALEFPS}, x, n)
}

// turnSign returns x with its sign turned where y has one.
func (a *assembler) turnSign(x, y value) value {
	mask := a.constant("signBit")
	if !a.wide() {
		return a.xor(x, a.and(y, mask))
	}
	const xorAnd = operand.U8(0x78) // r ^ (y & mask)
	r := a.vector()
	a.emit(x86.VMOVAPS(x, r))
	a.do(ternaryD, xorAnd, mask, y, r)
	return r
}

// swapOdd returns x and y, exchanged where the integer n is odd.
func (a *assembler) swapOdd(n, x, y value) (value, value) {
	if !a.wide() {
		// -(n & 1) is the lowest bit of n in all places.
		swap := a.and(a.xor(x, y), a.arithmetic(a.left(n, 31), 31))
		return a.xor(x, swap), a.xor(y, swap)
	}
	odd, first, second := a.regs.K(), a.vector(), a.vector()
	a.do(testD, a.all("oneInt", 1), n, odd)
	a.emit(x86.VBLENDMPS(y, x, odd, first))
	a.emit(x86.VBLENDMPS(x, y, odd, second))
	return first, second
}

// chooseLess returns yes where x < y and no elsewhere, NaN included.
func (a *assembler) chooseLess(x, y, yes, no value) value {
	const orderedQuietLess = operand.U8(0x11)
	r := a.vector()
	if a.wide() {
		mask := a.regs.K()
		a.do(cmpPS, orderedQuietLess, y, x, mask)
		a.emit(x86.VBLENDMPS(yes, no, mask, r))
		return r
	}
	mask := a.vector()
	a.do(cmpPS, orderedQuietLess, y, x, mask)
	a.emit(x86.VBLENDVPS(mask, yes, no, r))
	return r
}
