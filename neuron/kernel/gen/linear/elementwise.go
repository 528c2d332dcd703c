package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// float is a type of elements, with the instructions that depend on it.
type float struct {
	name                string
	log                 uint8 // of its size in bytes
	mul, add, broadcast func(...Op)
}

var (
	single = float{"float32", 2, VMULPS, VADDPS, func(o ...Op) { VBROADCASTSS(o...) }}
	double = float{"float64", 3, VMULPD, VADDPD, func(o ...Op) { VBROADCASTSD(o...) }}
)

// elementwise runs over n bytes, of which there are some, in chunks of four vectors, then of one, then of a masked one.
// chunk treats some vectors; m is nil or the mask of the only one. The pointers move on by themselves.
func (f form) elementwise(n GPVirtual, chunk func(vectors int, m *mask), pointers ...GPVirtual) {
	for _, vs := range []int{4, 1} {
		Label(part("loop", vs))
		CMPQ(n, U32(f.size*vs))
		JL(jump("rest", vs))
		chunk(vs, nil)
		for _, p := range pointers {
			ADDQ(U32(f.size*vs), p)
		}
		SUBQ(U32(f.size*vs), n)
		JMP(jump("loop", vs))
		Label(part("rest", vs))
	}
	TESTQ(n, n)
	JZ(LabelRef("done"))
	m := f.lastMask(n)
	chunk(1, &m)
	Label("done")
}

// axpy writes y += a*x.
func (f form) axpy(name string, t float) {
	f.begin(name, fmt.Sprintf("func(y *%[1]s, a %[1]s, x *%[1]s, n int)", t.name), "adds a*x to y, for n of at least 1.")
	y, x, n, a := parameter("y"), parameter("x"), parameter("n"), f.vector()
	t.broadcast(Load(Param("a"), XMM()), a)
	SHLQ(U8(t.log), n)
	f.elementwise(n, func(vs int, m *mask) {
		if m != nil {
			product, sum := f.vector(), f.vector()
			m.load(Mem{Base: x}, product)
			m.load(Mem{Base: y}, sum)
			t.mul(product, a, product)
			t.add(product, sum, sum)
			m.store(sum, Mem{Base: y})
			return
		}
		products := f.vectors(vs)
		for i, p := range products {
			t.mul(f.at(x, i), a, p)
		}
		for i, p := range products {
			t.add(f.at(y, i), p, p)
			VMOVUPS(p, f.at(y, i))
		}
	}, y, x)
	end()
}

// scale writes dst = a*x.
func (f form) scale() {
	f.begin("scale", "func(dst *float32, a float32, x *float32, n int)", "writes a*x to dst, for n of at least 1.")
	dst, a, x := parameter("dst"), f.broadcast("a"), parameter("x")
	f.apply(dst, parameter("n"), func(v []VecVirtual, ins [][]Op) {
		for i := range v {
			VMULPS(ins[0][i], a, v[i])
		}
	}, x)
	end()
}

// clamp keeps x within bounds. Where one of two numbers is a NaN the instructions return the one that comes first here.
func (f form) clamp() {
	f.begin("clamp", "func(dst *float32, x *float32, lo float32, hi float32, n int)",
		"writes x, or the bound that it exceeds, to dst, for n of at least 1.")
	dst, x, lo, hi := parameter("dst"), parameter("x"), f.broadcast("lo"), f.broadcast("hi")
	f.apply(dst, parameter("n"), func(v []VecVirtual, ins [][]Op) {
		for i := range v {
			VMINPS(ins[0][i], hi, v[i])
			VMAXPS(v[i], lo, v[i])
		}
	}, x)
	end()
}

// rectify writes dst = a*max(0, x-y), NaN included. Adding 0 makes a 0 of -0.
func (f form) rectify() {
	f.begin("rectify", "func(dst *float32, a float32, x *float32, y *float32, n int)",
		"writes a*max(0, x-y) to dst, for n of at least 1.")
	dst, a, x, y, zero := parameter("dst"), f.broadcast("a"), parameter("x"), parameter("y"), f.vector()
	f.zero(zero)
	f.apply(dst, parameter("n"), func(v []VecVirtual, ins [][]Op) {
		for i := range v {
			VMOVUPS(ins[0][i], v[i])
			VSUBPS(ins[1][i], v[i], v[i])
			VADDPS(zero, v[i], v[i])
			VMAXPS(v[i], zero, v[i])
			VMULPS(v[i], a, v[i])
		}
	}, x, y)
	end()
}

// broadcast returns a vector of a parameter.
func (f form) broadcast(name string) VecVirtual {
	v := f.vector()
	VBROADCASTSS(Load(Param(name), XMM()), v)
	return v
}

// apply writes what do makes of the elements of some slices to dst, in chunks; ins is [slice][vector].
func (f form) apply(dst, n GPVirtual, do func(v []VecVirtual, ins [][]Op), slices ...GPVirtual) {
	SHLQ(U8(2), n)
	f.elementwise(n, func(vs int, m *mask) {
		ins := make([][]Op, len(slices))
		for i, s := range slices {
			for j := range vs {
				if m == nil {
					ins[i] = append(ins[i], f.at(s, j))
					continue
				}
				v := f.vector()
				m.load(f.at(s, j), v)
				ins[i] = append(ins[i], v)
			}
		}
		v := f.vectors(vs)
		do(v, ins)
		for i := range v {
			if m == nil {
				VMOVUPS(v[i], f.at(dst, i))
			} else {
				m.store(v[i], f.at(dst, i))
			}
		}
	}, append(slices, dst)...)
}

// finite adds one to every exponent, sign removed: only a full exponent, that of NaN and infinity, carries into the
// sign bit.
func (f form) finite() {
	f.begin("finite", "func(x *float32, n int) bool", "tells whether x holds neither a NaN nor an infinity, for n of at least 1.")
	x, n := parameter("x"), parameter("n")
	constant := func(bits uint32) VecVirtual {
		r, v := GP32(), f.vector()
		MOVL(U32(bits), r)
		VMOVD(r, v.AsX())
		VPBROADCASTD(v.AsX(), v)
		return v
	}
	and, or := VPAND, VPOR
	if f.size == 64 {
		and = func(a, b, c Op) { VPANDD(a, b, c) }
		or = func(a, b, c Op) { VPORD(a, b, c) }
	}
	magnitude, one := constant(1<<31-1), constant(1<<23)
	seen := f.vectors(4)
	for _, s := range seen {
		f.zero(s)
	}
	SHLQ(U8(2), n)
	f.elementwise(n, func(vs int, m *mask) {
		for i, s := range seen[:vs] {
			bits := f.vector()
			if m != nil {
				m.load(f.at(x, i), bits)
				and(bits, magnitude, bits)
			} else {
				and(f.at(x, i), magnitude, bits)
			}
			VPADDD(one, bits, bits)
			or(bits, s, s)
		}
	}, x)
	for _, s := range seen[1:] {
		or(s, seen[0], seen[0])
	}
	signs, none := GP32(), GP8()
	if f.size == 64 {
		k := K()
		VPMOVD2M(seen[0], k)
		KMOVW(k, signs)
	} else {
		VMOVMSKPS(seen[0], signs)
	}
	TESTL(signs, signs)
	SETEQ(none)
	Store(none, ReturnIndex(0))
	end()
}
