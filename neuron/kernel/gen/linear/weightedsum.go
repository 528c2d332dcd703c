package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const tile = 8 // the vectors of lanes whose sums stay in registers over all edges

// weightedSum adds the rows one after another to a tile of 64 lanes held in registers, then to the next tile. The last
// tile has as few vectors as it needs, and a mask for the last of them.
func weightedSum(mask Mem) {
	begin("weightedSumAVX2", "func(dst, w, block *float32, lanes, edges, stride int)",
		"weightedSumAVX2 adds sum_j w[j]*block[j*stride+l] to dst[l], for lanes and edges of at least 1.")
	s := sum{parameter("dst"), parameter("w"), parameter("block"), parameter("edges"), parameter("stride")}
	lanes := parameter("lanes")
	SHLQ(U8(2), s.stride)

	Label("tile")
	CMPQ(lanes, U32(8*tile))
	JL(LabelRef("last"))
	s.tile("edge", tile, nil)
	ADDQ(U32(32*tile), s.dst)
	ADDQ(U32(32*tile), s.block)
	SUBQ(U32(8*tile), lanes)
	JMP(LabelRef("tile"))

	Label("last")
	TESTQ(lanes, lanes)
	JZ(LabelRef("done"))
	table, absent, present := GP64(), GP64(), YMM()
	LEAQ(mask, table)
	MOVQ(lanes, absent)
	NEGQ(absent)
	ANDQ(U32(7), absent)
	VMOVUPS(Mem{Base: table, Index: absent, Scale: 4}, present)
	for vs := 1; vs < tile; vs++ {
		CMPQ(lanes, U32(8*vs))
		JLE(jump("vectors", vs))
	}
	for vs := tile; vs > 0; vs-- {
		Label(part("vectors", vs))
		s.tile(part("edge", vs), vs, present)
		JMP(LabelRef("done"))
	}

	Label("done")
	end()
}

type sum struct{ dst, w, block, edges, stride GPVirtual }

// tile adds all rows to vs vectors of lanes; with a mask, to the masked lanes of the last vector only.
func (s sum) tile(loop string, vs int, mask Op) {
	masked := func(i int) bool { return mask != nil && i == vs-1 }
	at := func(base Register, i int) Op { return Mem{Base: base, Disp: 32 * i} }

	sums := vectors(vs)
	for i, sum := range sums {
		if masked(i) {
			VMASKMOVPS(at(s.dst, i), mask, sum)
		} else {
			VMOVUPS(at(s.dst, i), sum)
		}
	}
	w, row, n := GP64(), GP64(), GP64()
	MOVQ(s.w, w)
	MOVQ(s.block, row)
	MOVQ(s.edges, n)
	Label(loop)
	weight := YMM()
	VBROADCASTSS(Mem{Base: w}, weight)
	for i, sum := range sums {
		product := YMM()
		if masked(i) {
			VMASKMOVPS(at(row, i), mask, product)
			VMULPS(product, weight, product)
		} else {
			VMULPS(at(row, i), weight, product)
		}
		VADDPS(product, sum, sum)
	}
	ADDQ(U32(4), w)
	ADDQ(s.stride, row)
	DECQ(n)
	JNZ(LabelRef(loop))
	for i, sum := range sums {
		if masked(i) {
			VMASKMOVPS(sum, mask, at(s.dst, i))
		} else {
			VMOVUPS(sum, at(s.dst, i))
		}
	}
}
