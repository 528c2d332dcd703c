package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// outer takes edges eight to a vector. It multiplies rows by post, four lanes of eight rows at a time, turns the
// products in registers so that each vector holds one lane of eight edges, and adds those vectors in lane order.
// Two groups of eight edges take turns, for each waits on its last addition.
func outer(mask Mem) {
	begin("outerAVX2", "func(dw, post, block *float32, edges, lanes, stride int)",
		"outerAVX2 adds sum_l post[l]*block[j*stride+l] to dw[j], for edges a multiple of 8 and lanes of at least 1.")
	o := product{dw: parameter("dw"), post: parameter("post"), block: parameter("block")}
	edges := parameter("edges")
	o.lanes = parameter("lanes")
	o.s1, o.s3, o.s5, o.s7 = parameter("stride"), GP64(), GP64(), GP64()
	SHLQ(U8(2), o.s1)
	LEAQ(Mem{Base: o.s1, Index: o.s1, Scale: 2}, o.s3)
	LEAQ(Mem{Base: o.s1, Index: o.s1, Scale: 4}, o.s5)
	LEAQ(Mem{Base: o.s3, Index: o.s1, Scale: 4}, o.s7)

	table, rest := GP64(), GP64()
	LEAQ(mask, table)
	MOVQ(o.lanes, rest)
	ANDQ(U32(3), rest)
	NEGQ(rest)
	o.mask = YMM()
	VMOVUPS(Mem{Base: table, Index: rest, Scale: 4, Disp: 32}, o.mask)

	for _, groups := range []int{2, 1} {
		Label(part("edges", groups))
		CMPQ(edges, U32(8*groups))
		JL(jump("fewer", groups))
		o.edges(groups)
		ADDQ(U32(32*groups), o.dw)
		SUBQ(U32(8*groups), edges)
		JMP(jump("edges", groups))
		Label(part("fewer", groups))
	}
	end()
}

type product struct {
	dw, post, block, lanes GPVirtual
	s1, s3, s5, s7         GPVirtual  // multiples of the stride, in bytes
	mask                   VecVirtual // of the lanes left when lanes are taken by four
}

// edges adds all lanes to the sums of some groups of eight edges, and moves on to the next block of rows.
func (o product) edges(groups int) {
	sums := vectors(groups)
	for g, sum := range sums {
		VMOVUPS(Mem{Base: o.dw, Disp: 32 * g}, sum)
	}
	block, post, n := GP64(), GP64(), GP64()
	MOVQ(o.block, block)
	MOVQ(o.post, post)
	MOVQ(o.lanes, n)

	for _, quads := range []int{4, 1} { // 16 lanes are a line of the cache: the rows of a group are left a line at a time
		lanes, fewer := fmt.Sprintf("lanes%dof%d", 4*quads, groups), fmt.Sprintf("fewer%dof%d", 4*quads, groups)
		Label(lanes)
		CMPQ(n, U32(4*quads))
		JL(LabelRef(fewer))
		ps := vectors(quads)
		for q, p := range ps {
			VBROADCASTF128(Mem{Base: post, Disp: 16 * q}, p)
		}
		row := GP64()
		MOVQ(block, row)
		for _, sum := range sums {
			for q, p := range ps {
				for _, lane := range o.products(Mem{Base: row, Disp: 16 * q}, p, false) {
					VADDPS(lane, sum, sum)
				}
			}
			LEAQ(Mem{Base: row, Index: o.s1, Scale: 8}, row)
		}
		ADDQ(U32(16*quads), block)
		ADDQ(U32(16*quads), post)
		SUBQ(U32(4*quads), n)
		JMP(LabelRef(lanes))
		Label(fewer)
	}

	TESTQ(n, n)
	JZ(jump("store", groups))
	p := YMM()
	VMASKMOVPS(Mem{Base: post}, o.mask, p)
	VINSERTF128(U8(1), p.AsX(), p, p)
	for g, sum := range sums {
		added := fmt.Sprintf("added%dof%d", g, groups)
		for l, lane := range o.products(Mem{Base: block}, p, true)[:3] {
			if l > 0 {
				CMPQ(n, U32(l))
				JE(LabelRef(added))
			}
			VADDPS(lane, sum, sum)
		}
		Label(added)
		LEAQ(Mem{Base: block, Index: o.s1, Scale: 8}, block)
	}

	Label(part("store", groups))
	for g, sum := range sums {
		VMOVUPS(sum, Mem{Base: o.dw, Disp: 32 * g})
		LEAQ(Mem{Base: o.block, Index: o.s1, Scale: 8}, o.block)
	}
}

// products returns four vectors, one for each lane, of the products of eight rows with p, which holds post twice.
func (o product) products(row Mem, p VecVirtual, masked bool) []VecVirtual {
	rows := [8]Mem{
		row, row.Idx(o.s1, 1), row.Idx(o.s1, 2), row.Idx(o.s3, 1),
		row.Idx(o.s1, 4), row.Idx(o.s5, 1), row.Idx(o.s3, 2), row.Idx(o.s7, 1),
	}
	r := vectors(4) // rows i and i+4
	for i, v := range r {
		if masked {
			high := YMM()
			VMASKMOVPS(rows[i], o.mask, v)
			VMASKMOVPS(rows[i+4], o.mask, high)
			VINSERTF128(U8(1), high.AsX(), v, v)
		} else {
			VBROADCASTF128(rows[i], v)
			VINSERTF128(U8(1), rows[i+4], v, v)
		}
		VMULPS(p, v, v)
	}
	low01, high01, low23, high23 := YMM(), YMM(), YMM(), YMM()
	VUNPCKLPS(r[1], r[0], low01)
	VUNPCKHPS(r[1], r[0], high01)
	VUNPCKLPS(r[3], r[2], low23)
	VUNPCKHPS(r[3], r[2], high23)
	lane := vectors(4)
	VUNPCKLPD(low23, low01, lane[0])
	VUNPCKHPD(low23, low01, lane[1])
	VUNPCKLPD(high23, high01, lane[2])
	VUNPCKHPD(high23, high01, lane[3])
	return lane
}
