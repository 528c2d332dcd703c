package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// outer takes edges eight to a vector. It multiplies rows by post, eight lanes of eight rows at a time, turns the
// products in registers so that each vector holds one lane of eight edges, and adds those vectors in lane order.
// Two groups of eight edges take turns, for each waits on its last addition.
//
// Eight lanes are read at once: the same four lanes of two rows would often lie in one bank of the cache, and wait for
// each other. With vectors of 512 bits it was no faster: they need one more step of turning.
func (f form) outer() {
	f.begin("outer", "func(dw, post, block *float32, edges, lanes, stride int)",
		"adds sum_l post[l]*block[j*stride+l] to dw[j], for edges a multiple of 8 and lanes of at least 1.")
	f.learn(false)
}

// dots is outer with a row of its own in the place of post for each edge.
func (f form) dots() {
	f.begin("dots", "func(dw, post, block *float32, edges, lanes, stride int)",
		"adds sum_l post[j*stride+l]*block[j*stride+l] to dw[j], for edges a multiple of 8 and lanes of at least 1.")
	f.learn(true)
}

// turn writes lanes of eight rows side by side, eight lanes at a time.
func (f form) turn() {
	f.begin("turn", "func(dst, block *float32, lanes, stride, width int)",
		"writes block[j*stride+l] to dst[l*width+j] for j below 8, for lanes a multiple of 8 and at least 8.")
	dst, block, n := parameter("dst"), parameter("block"), parameter("lanes")
	stride, width := multiples(parameter("stride")), multiples(parameter("width"))
	Label("lanes")
	var r [8]VecVirtual
	for i, row := range stride.eight(Mem{Base: block}) {
		r[i] = YMM()
		VMOVUPS(row, r[i])
	}
	lane := turned(r)
	for i, to := range width.eight(Mem{Base: dst}) {
		VMOVUPS(lane[i], to)
	}
	ADDQ(U32(32), block)
	LEAQ(Mem{Base: dst, Index: width.s1, Scale: 8}, dst)
	SUBQ(U32(8), n)
	JNZ(LabelRef("lanes"))
	end()
}

// strides are multiples of a distance between rows, in bytes.
type strides struct{ s1, s3, s5, s7 GPVirtual }

func multiples(stride GPVirtual) strides {
	s := strides{stride, GP64(), GP64(), GP64()}
	SHLQ(U8(2), s.s1)
	LEAQ(Mem{Base: s.s1, Index: s.s1, Scale: 2}, s.s3)
	LEAQ(Mem{Base: s.s1, Index: s.s1, Scale: 4}, s.s5)
	LEAQ(Mem{Base: s.s3, Index: s.s1, Scale: 4}, s.s7)
	return s
}

// eight returns the places of eight rows.
func (s strides) eight(row Mem) [8]Mem {
	return [8]Mem{
		row, row.Idx(s.s1, 1), row.Idx(s.s1, 2), row.Idx(s.s3, 1),
		row.Idx(s.s1, 4), row.Idx(s.s5, 1), row.Idx(s.s3, 2), row.Idx(s.s7, 1),
	}
}

func (f form) learn(rows bool) {
	o := product{dw: parameter("dw"), post: parameter("post"), block: parameter("block"), rows: rows}
	edges := parameter("edges")
	o.lanes = parameter("lanes")
	o.strides = multiples(parameter("stride"))
	bytes := GP64()
	MOVQ(o.lanes, bytes)
	SHLQ(U8(2), bytes)
	o.mask = f.lastMask(bytes)

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
	strides
	mask mask // of the lanes left when lanes are taken by eight
	rows bool // post has a row for each edge
}

// factor is what rows are multiplied by: one vector for all of them, or rows of their own.
type factor struct {
	all  VecVirtual
	rows Mem
}

// factor returns the factor at post, under the mask if there is one. Rows are read when they are used.
func (o product) factor(post Mem, m *mask) factor {
	if o.rows {
		return factor{rows: post}
	}
	p := YMM()
	if m == nil {
		VMOVUPS(post, p)
	} else {
		m.load(post, p)
	}
	return factor{all: p}
}

// edges adds all lanes to the sums of some groups of eight edges, and moves on to the next block of rows.
func (o product) edges(groups int) {
	sums := make([]VecVirtual, groups)
	for g := range sums {
		sums[g] = YMM()
		VMOVUPS(Mem{Base: o.dw, Disp: 32 * g}, sums[g])
	}
	block, post, n := GP64(), GP64(), GP64()
	MOVQ(o.block, block)
	MOVQ(o.post, post)
	MOVQ(o.lanes, n)

	Label(part("lanes", groups))
	CMPQ(n, U32(8))
	JL(jump("rest", groups))
	row, own := GP64(), post
	MOVQ(block, row)
	if o.rows {
		own = GP64()
		MOVQ(post, own)
	}
	p := o.factor(Mem{Base: own}, nil)
	for _, sum := range sums {
		for _, lane := range o.products(Mem{Base: row}, p, nil) {
			VADDPS(lane, sum, sum)
		}
		o.nextGroup(row, own)
	}
	ADDQ(U32(32), block)
	ADDQ(U32(32), post)
	SUBQ(U32(8), n)
	JMP(jump("lanes", groups))

	Label(part("rest", groups))
	TESTQ(n, n)
	JZ(jump("store", groups))
	p = o.factor(Mem{Base: post}, &o.mask)
	for g, sum := range sums {
		added := fmt.Sprintf("added%dof%d", g, groups)
		for l, lane := range o.products(Mem{Base: block}, p, &o.mask)[:7] {
			if l > 0 {
				CMPQ(n, U32(l))
				JE(LabelRef(added))
			}
			VADDPS(lane, sum, sum)
		}
		Label(added)
		o.nextGroup(block, post)
	}

	Label(part("store", groups))
	for g, sum := range sums {
		VMOVUPS(sum, Mem{Base: o.dw, Disp: 32 * g})
		o.nextGroup(o.block, o.post)
	}
}

// nextGroup moves pointers to the next eight rows; that of post where it has rows.
func (o product) nextGroup(block, post GPVirtual) {
	LEAQ(Mem{Base: block, Index: o.s1, Scale: 8}, block)
	if o.rows {
		LEAQ(Mem{Base: post, Index: o.s1, Scale: 8}, post)
	}
}

// products returns eight vectors, one for each lane, of the products of eight rows with p.
func (o product) products(row Mem, p factor, m *mask) []VecVirtual {
	rows, own := o.eight(row), o.eight(p.rows)
	var r [8]VecVirtual
	for i := range r {
		r[i] = YMM()
		by := p.all
		if o.rows {
			by = YMM()
			if m == nil {
				VMOVUPS(own[i], by)
			} else {
				m.load(own[i], by)
			}
		}
		if m == nil {
			VMULPS(rows[i], by, r[i])
		} else {
			m.load(rows[i], r[i])
			VMULPS(r[i], by, r[i])
		}
	}
	return turned(r)
}

// turned returns eight vectors, one for each element, of eight vectors.
func turned(r [8]VecVirtual) []VecVirtual {
	// Within halves of vectors: lanes 0 to 3 of four rows in the low half, lanes 4 to 7 in the high one.
	half := func(r []VecVirtual) (lane [4]VecVirtual) {
		low01, high01, low23, high23 := YMM(), YMM(), YMM(), YMM()
		VUNPCKLPS(r[1], r[0], low01)
		VUNPCKHPS(r[1], r[0], high01)
		VUNPCKLPS(r[3], r[2], low23)
		VUNPCKHPS(r[3], r[2], high23)
		for i := range lane {
			lane[i] = YMM()
		}
		VUNPCKLPD(low23, low01, lane[0])
		VUNPCKHPD(low23, low01, lane[1])
		VUNPCKLPD(high23, high01, lane[2])
		VUNPCKHPD(high23, high01, lane[3])
		return lane
	}
	first, second := half(r[:4]), half(r[4:])
	lane := make([]VecVirtual, 8)
	for i := range 4 {
		lane[i], lane[i+4] = YMM(), YMM()
		VINSERTF128(U8(1), second[i].AsX(), first[i], lane[i])
		VPERM2F128(U8(0x31), second[i], first[i], lane[i+4])
	}
	return lane
}
