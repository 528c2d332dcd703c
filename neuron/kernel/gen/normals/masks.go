package main

import (
	"slices"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// first returns a mask of the first n lanes, fewer than a vector has.
func (a *assembler) first(n reg.GPVirtual) operand.Op {
	if a.wide() {
		ones, bits, mask := a.regs.GP32(), a.regs.GP32(), a.regs.K()
		a.emit(x86.MOVL(operand.U32(1<<wide-1), ones))
		a.emit(x86.SHLXL(n.As32(), ones, bits)) // zeros where the lanes are
		a.emit(x86.KMOVW(bits, mask))
		inverse := a.regs.K()
		a.emit(x86.KNOTW(mask, inverse))
		return inverse
	}
	// ones, then zeros: read n words before the zeros
	table := a.words("firstLanes", append(slices.Repeat([]uint32{1<<32 - 1}, narrow), make([]uint32, narrow)...)...)
	base, mask := a.regs.GP64(), a.vector()
	a.emit(x86.LEAQ(table, base))
	a.emit(x86.NEGQ(n))
	a.emit(x86.VMOVUPS(operand.Mem{Base: base, Index: n, Scale: 4, Disp: 32}, mask))
	return mask
}

// loadMasked returns what lies at m where the mask is set, and 0 elsewhere.
func (a *assembler) loadMasked(m operand.Mem, mask operand.Op) value {
	r := a.vector()
	if a.wide() {
		a.emit(x86.VMOVUPS_Z(m, mask, r))
	} else {
		a.emit(x86.VMASKMOVPS(m, mask, r))
	}
	return r
}

func (a *assembler) storeMasked(x value, m operand.Mem, mask operand.Op) {
	if a.wide() {
		a.emit(x86.VMOVUPS(x, mask, m))
	} else {
		a.emit(x86.VMASKMOVPS(x, mask, m))
	}
}
