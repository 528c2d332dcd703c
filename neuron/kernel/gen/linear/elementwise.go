package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// axpy writes y += a*x for vectors of the given number of elements: four vectors at a time, then one.
func axpy(name, float string, width int, broadcast, mul, add func(...Op)) {
	begin(name, fmt.Sprintf("func(y *%[1]s, a %[1]s, x *%[1]s, n int)", float),
		fmt.Sprintf("%s adds a*x to y, for n a multiple of %d.", name, width))
	y, x, n := parameter("y"), parameter("x"), parameter("n")
	a := YMM()
	broadcast(Load(Param("a"), XMM()), a)
	for _, vs := range []int{4, 1} {
		Label(part("loop", vs))
		CMPQ(n, U32(vs*width))
		JL(jump("done", vs))
		products := vectors(vs)
		for i, p := range products {
			mul(Mem{Base: x, Disp: 32 * i}, a, p)
		}
		for i, p := range products {
			add(Mem{Base: y, Disp: 32 * i}, p, p)
			VMOVUPS(p, Mem{Base: y, Disp: 32 * i})
		}
		ADDQ(U32(32*vs), x)
		ADDQ(U32(32*vs), y)
		SUBQ(U32(vs*width), n)
		JMP(jump("loop", vs))
		Label(part("done", vs))
	}
	end()
}

// scale writes dst = a*x: four vectors at a time, then one.
func scale() {
	begin("scaleAVX2", "func(dst *float32, a float32, x *float32, n int)",
		"scaleAVX2 writes a*x to dst, for n a multiple of 8.")
	dst, x, n := parameter("dst"), parameter("x"), parameter("n")
	a := YMM()
	VBROADCASTSS(Load(Param("a"), XMM()), a)
	for _, vs := range []int{4, 1} {
		Label(part("loop", vs))
		CMPQ(n, U32(8*vs))
		JL(jump("done", vs))
		products := vectors(vs)
		for i, p := range products {
			VMULPS(Mem{Base: x, Disp: 32 * i}, a, p)
		}
		for i, p := range products {
			VMOVUPS(p, Mem{Base: dst, Disp: 32 * i})
		}
		ADDQ(U32(32*vs), x)
		ADDQ(U32(32*vs), dst)
		SUBQ(U32(8*vs), n)
		JMP(jump("loop", vs))
		Label(part("done", vs))
	}
	end()
}

// finite adds one to every exponent, sign removed: only a full exponent, that of NaN and infinity, carries into the
// sign bit.
func finite() {
	begin("finiteAVX2", "func(x *float32, n int) bool",
		"finiteAVX2 tells whether x holds neither a NaN nor an infinity, for n a multiple of 8.")
	x, n := parameter("x"), parameter("n")
	constant := func(bits uint32) Op {
		r, v := GP32(), YMM()
		MOVL(U32(bits), r)
		VMOVD(r, v.AsX())
		VPBROADCASTD(v.AsX(), v)
		return v
	}
	magnitude, one := constant(1<<31-1), constant(1<<23)
	seen := vectors(4)
	for _, s := range seen {
		VPXOR(s, s, s)
	}
	for _, vs := range []int{4, 1} {
		Label(part("loop", vs))
		CMPQ(n, U32(8*vs))
		JL(jump("done", vs))
		for i, s := range seen[:vs] {
			bits := YMM()
			VPAND(Mem{Base: x, Disp: 32 * i}, magnitude, bits)
			VPADDD(one, bits, bits)
			VPOR(bits, s, s)
		}
		ADDQ(U32(32*vs), x)
		SUBQ(U32(8*vs), n)
		JMP(jump("loop", vs))
		Label(part("done", vs))
	}
	for _, s := range seen[1:] {
		VPOR(s, seen[0], seen[0])
	}
	signs, none := GP32(), GP8()
	VMOVMSKPS(seen[0], signs)
	TESTL(signs, signs)
	SETEQ(none)
	Store(none, ReturnIndex(0))
	end()
}
