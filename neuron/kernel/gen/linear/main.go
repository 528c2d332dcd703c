// Linear writes the AVX2 forms of the kernels that multiply and add.
//
// Their bits are those of the plain Go forms: every product is rounded before it is added (VMULPS then VADDPS, never
// a fused instruction), and each sum keeps its order: a weighted sum is vectorised across lanes, a learning sum across
// edges.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	mask := laneMask()
	axpy("axpyAVX2", "float32", 8, VBROADCASTSS, VMULPS, VADDPS)
	scale()
	axpy("axpy64AVX2", "float64", 4, VBROADCASTSD, VMULPD, VADDPD)
	weightedSum(mask)
	outer(mask)
	finite()
	Generate()
}

// laneMask declares eight words of ones and eight of zeros: read from word 8-n on, a mask of the first n lanes.
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

// begin starts a function that keeps none of its pointers.
func begin(name, signature, doc string) {
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(doc)
}

func end() {
	VZEROUPPER()
	RET()
}

// parameter loads an integer or a pointer of the function's signature.
func parameter(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// vectors returns n registers of 256 bits.
func vectors(n int) []VecVirtual {
	r := make([]VecVirtual, n)
	for i := range r {
		r[i] = YMM()
	}
	return r
}

// part returns the name of a label, and jump a reference to it.
func part(name string, i int) string   { return fmt.Sprintf("%s%d", name, i) }
func jump(name string, i int) LabelRef { return LabelRef(part(name, i)) }
