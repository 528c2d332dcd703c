package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// maxUnits is how many units share the rows that are loaded.
const maxUnits = 5

// header is the size of a slice.
const header = 24

// unrolled is how many edges a turn of the loop takes, an even number.
const unrolled = 4

// tileVectors is how many vectors of lanes have their sums in registers over all edges, those of all units together
// leaving room for the rows, a weight and products.
func (f form) tileVectors(units int) int {
	switch {
	case units == 1:
		return 8
	case f.size == 64:
		return 4
	}
	return 2
}

// weightedSums adds the rows one after another to a tile of lanes of some units, held in registers, then to the next
// tile. Each row is loaded once for all units. The last tile has as few vectors as it needs, and a mask for the last of
// them.
func (f form) weightedSums(units int) {
	f.begin(part("weightedSums", units), "func(dst, w *[]float32, block *float32, lanes, from, edges, stride int)",
		fmt.Sprintf("adds sum_j w[i][from+j]*block[j*stride+l] to dst[i][l] for each of %d slices i, for lanes and edges of at least 1.", units))
	s := sums{form: f, dst: parameter("dst"), block: parameter("block"), edges: parameter("edges"), stride: parameter("stride"), at: GP64()}
	w, lanes := parameter("w"), parameter("lanes")
	SHLQ(U8(2), s.stride)
	SHLQ(U8(2), lanes)
	last := parameter("from") // to the ends of the weights: the edges count up to 0
	ADDQ(s.edges, last)
	for u := range units {
		p := GP64()
		MOVQ(Mem{Base: w, Disp: header * u}, p)
		LEAQ(Mem{Base: p, Index: last, Scale: 4}, p)
		s.w = append(s.w, p)
	}
	NEGQ(s.edges)
	XORQ(s.at, s.at)
	tile := f.tileVectors(units)

	Label("tile")
	CMPQ(lanes, U32(f.size*tile))
	JL(LabelRef("last"))
	s.tile("edge", tile, nil)
	ADDQ(U32(f.size*tile), s.at)
	ADDQ(U32(f.size*tile), s.block)
	SUBQ(U32(f.size*tile), lanes)
	JMP(LabelRef("tile"))

	Label("last")
	TESTQ(lanes, lanes)
	JZ(LabelRef("done"))
	m := f.lastMask(lanes)
	for vs := 1; vs < tile; vs++ {
		CMPQ(lanes, U32(f.size*vs))
		JLE(jump("vectors", vs))
	}
	for vs := tile; vs > 0; vs-- {
		Label(part("vectors", vs))
		s.tile(part("edge", vs), vs, &m)
		JMP(LabelRef("done"))
	}

	Label("done")
	end()
}

type sums struct {
	form
	dst, block, edges, stride GPVirtual
	at                        GPVirtual   // the tile's place in dst, in bytes
	w                         []GPVirtual // of each unit, the end
}

// tile adds all rows to vs vectors of lanes; with a mask, to the masked lanes of the last vector only.
func (s sums) tile(loop string, vs int, m *mask) {
	masked := func(i int) bool { return m != nil && i == vs-1 }
	all := make([][]VecVirtual, len(s.w)) // [unit][vector]
	each := func(do func(sum VecVirtual, at Mem, masked bool)) {
		for u := range s.w {
			dst := GP64()
			MOVQ(Mem{Base: s.dst, Disp: header * u}, dst)
			for i := range vs {
				do(all[u][i], s.form.at(dst, i).Idx(s.at, 1), masked(i))
			}
		}
	}
	for u := range all {
		all[u] = s.vectors(vs)
	}
	each(func(sum VecVirtual, at Mem, masked bool) {
		if masked {
			m.load(at, sum)
		} else {
			VMOVUPS(at, sum)
		}
	})

	row, j := GP64(), GP64()
	MOVQ(s.block, row)
	MOVQ(s.edges, j)
	edge := func(ahead int) { // of j; row is at the last even one
		from := func(i int) Mem {
			if ahead%2 == 1 {
				return s.form.at(row, i).Idx(s.stride, 1)
			}
			return s.form.at(row, i)
		}
		xs := make([]Op, vs)
		for i := range xs {
			xs[i] = from(i)
			if x := s.vector(); masked(i) {
				m.load(from(i), x)
				xs[i] = x
			} else if len(s.w) > 1 {
				VMOVUPS(xs[i], x)
				xs[i] = x
			}
		}
		for u, w := range s.w {
			weight := s.vector()
			VBROADCASTSS(Mem{Base: w, Index: j, Scale: 4, Disp: 4 * ahead}, weight)
			for i, x := range xs {
				product := s.vector()
				VMULPS(x, weight, product)
				VADDPS(product, all[u][i], all[u][i])
			}
		}
	}
	if m == nil { // the tile that most of the time goes to
		CMPQ(j, I8(-unrolled))
		JG(LabelRef(loop + "left"))
		align()
		Label(loop)
		for k := range unrolled {
			edge(k)
			if k%2 == 1 {
				LEAQ(Mem{Base: row, Index: s.stride, Scale: 2}, row)
			}
		}
		ADDQ(I8(unrolled), j)
		CMPQ(j, I8(-unrolled))
		JLE(LabelRef(loop))
		Label(loop + "left")
		TESTQ(j, j)
		JZ(LabelRef(loop + "done"))
	}
	Label(loop + "single")
	edge(0)
	ADDQ(s.stride, row)
	INCQ(j)
	JNZ(LabelRef(loop + "single"))
	Label(loop + "done")

	each(func(sum VecVirtual, at Mem, masked bool) {
		if masked {
			m.store(sum, at)
		} else {
			VMOVUPS(sum, at)
		}
	})
}
