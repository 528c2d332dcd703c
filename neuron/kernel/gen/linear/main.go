// Linear writes the AVX2 and the AVX-512 forms of the kernels that multiply and add.
//
// Their bits are those of the plain Go forms: every product is rounded before it is added (VMULPS then VADDPS, never
// a fused instruction), and each sum keeps its order: a weighted sum is vectorised across lanes, a learning sum across
// edges.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	table := laneMask()
	narrow, wide := form{"AVX2", 32, table}, form{"AVX512", 64, table}
	for _, f := range []form{narrow, wide} {
		f.axpy("axpy", single)
		f.scale()
		f.clamp()
		f.rectify()
		f.axpy("axpy64", double)
		for units := 1; units <= maxUnits; units++ {
			f.weightedSums(units)
		}
		f.finite()
		f.peak()
	}
	narrow.outer()
	narrow.dots()
	narrow.turn()
	Generate()
}

// form is one of the ways to write the kernels.
type form struct {
	name  string
	size  int // of a vector, in bytes
	table Mem // laneMask
}

func (f form) vector() VecVirtual {
	if f.size == 64 {
		return ZMM()
	}
	return YMM()
}

func (f form) vectors(n int) []VecVirtual {
	r := make([]VecVirtual, n)
	for i := range r {
		r[i] = f.vector()
	}
	return r
}

// at returns the place of vector i.
func (f form) at(base Register, i int) Mem { return Mem{Base: base, Disp: f.size * i} }

// zero clears a vector.
func (f form) zero(v VecVirtual) {
	if f.size == 64 {
		VPXORD(v, v, v)
	} else {
		VPXOR(v, v, v)
	}
}

// begin starts a function that keeps none of its pointers. The name of the form is added to its own, in the
// documentation as well.
func (f form) begin(name, signature, doc string) {
	TEXT(name+f.name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(name + f.name + " " + doc)
}

// align starts the next instruction with a line of the cache: loops that cross one more than they need are slower by up to
// a fifth where two threads share a core.
func align() { Instruction(&ir.Instruction{Opcode: "PCALIGN", Operands: []Op{U8(64)}}) }

func end() {
	VZEROUPPER()
	RET()
}

// mask is of the first words of a vector; the others are neither read nor written.
type mask struct {
	form
	bits Op
}

// laneMask declares 32 bytes of ones and 32 of zeros: read from byte 32-n on, a mask of the first n bytes.
func laneMask() Mem {
	m := GLOBL("laneMask", RODATA|NOPTR)
	for i := range 16 {
		var word uint32
		if i < 8 {
			word = 1<<32 - 1
		}
		DATA(4*i, U32(word))
	}
	return m
}

// lastMask returns the mask of what the last of several vectors holds, of n bytes altogether: all if they fill it.
func (f form) lastMask(n GPVirtual) mask {
	absent := GP64()
	MOVQ(n, absent)
	NEGQ(absent)
	ANDQ(U32(f.size-1), absent)
	if f.size == 64 {
		word, bits := GP32(), K()
		MOVL(U32(1<<16-1), word)
		SHRQ(U8(2), absent)
		SHRXL(absent.As32(), word, word)
		KMOVW(word, bits)
		return mask{f, bits}
	}
	base, bits := GP64(), YMM()
	LEAQ(f.table, base)
	VMOVUPS(Mem{Base: base, Index: absent, Scale: 1}, bits)
	return mask{f, bits}
}

// load sets v to the masked words and to 0 elsewhere.
func (m mask) load(from Mem, v VecVirtual) {
	if m.size == 64 {
		VMOVUPS_Z(from, m.bits, v)
	} else {
		VMASKMOVPS(from, m.bits, v)
	}
}

func (m mask) store(v VecVirtual, to Mem) {
	if m.size == 64 {
		VMOVUPS(v, m.bits, to)
	} else {
		VMASKMOVPS(v, m.bits, to)
	}
}

// parameter loads an integer or a pointer of the function's signature.
func parameter(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// part returns the name of a label, and jump a reference to it.
func part(name string, i int) string   { return fmt.Sprintf("%s%d", name, i) }
func jump(name string, i int) LabelRef { return LabelRef(part(name, i)) }
