package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// value is as many lanes as a vector has: a register, or a constant in memory.
type value = operand.Op

// most is the number of lanes of the widest vectors. Constants in memory have so many, and narrower ones use the first.
const most = 16

// assembler writes the instructions of one function after the other. Each operation has a register of its own for its
// result; avo gives them their places. The first error stays and is returned at the end.
type assembler struct {
	lanes   int // of a vector: 8 with AVX2, 16 with AVX-512
	file    *ir.File
	fn      *ir.Function
	regs    *reg.Collection
	named   map[string]uint32
	placed  map[string]operand.Mem
	globals []*ir.Global
	err     error
}

func newAssembler(file *ir.File, named map[string]uint32) *assembler {
	return &assembler{file: file, named: named, placed: map[string]operand.Mem{}}
}

// wide tells whether AVX-512 is at hand.
func (a *assembler) wide() bool { return a.lanes == most }

// bytes returns the size of a vector.
func (a *assembler) bytes() int { return 4 * a.lanes }

// vector returns a new register.
func (a *assembler) vector() reg.VecVirtual {
	if a.wide() {
		return a.regs.ZMM()
	}
	return a.regs.YMM()
}

// function starts a function; its parameters do not escape.
func (a *assembler) function(name, signature string, doc ...string) {
	s, err := gotypes.ParseSignature(signature)
	a.check(err)
	a.fn, a.regs = ir.NewFunction(name), reg.NewCollection()
	a.fn.Attributes = attr.NOSPLIT
	a.fn.Doc = doc
	a.fn.AddPragma("noescape")
	if err == nil {
		a.fn.SetSignature(s)
	}
	a.file.AddSection(a.fn)
}

// finish places the constants and returns the first error.
func (a *assembler) finish() error {
	for _, g := range a.globals {
		a.file.AddSection(g)
	}
	return a.err
}

func (a *assembler) check(err error) {
	if a.err == nil && err != nil {
		a.err = err
	}
}

// emit appends an instruction, as its constructor returns it.
func (a *assembler) emit(i *ir.Instruction, err error) {
	a.check(err)
	if err == nil {
		a.fn.AddInstruction(i)
	}
}

// interleave appends the instructions of several independent pieces in turn, each at an even pace from the first to the
// last, so that the processor finds steps that do not wait for each other close together.
func (a *assembler) interleave(pieces ...func()) {
	before := a.fn.Nodes
	parts, total := make([][]ir.Node, len(pieces)), 0
	for i, p := range pieces {
		a.fn.Nodes = nil
		p()
		parts[i] = a.fn.Nodes
		total += len(parts[i])
	}
	a.fn.Nodes = before
	done := make([]int, len(parts))
	for range total {
		next := -1
		for i, p := range parts {
			// The one that is furthest behind: done / len is least.
			if done[i] < len(p) && (next < 0 || done[i]*len(parts[next]) < done[next]*len(p)) {
				next = i
			}
		}
		a.fn.AddNode(parts[next][done[next]])
		done[next]++
	}
}

// keep stores x in the function's frame, where registers are short, and returns its place.
func (a *assembler) keep(x value) value {
	m := a.fn.AllocLocal(a.bytes())
	a.emit(x86.VMOVUPS(x, m))
	return m
}

// param loads eight bytes of a parameter into a register.
func (a *assembler) param(c gotypes.Component) reg.GPVirtual {
	r := a.regs.GP64()
	b, err := c.Resolve()
	a.check(err)
	if err == nil {
		a.emit(x86.MOVQ(b.Addr, r))
	}
	return r
}

// lookup returns the parameter of a name.
func (a *assembler) lookup(name string) gotypes.Component {
	return a.fn.Signature.Params().Lookup(name)
}

// words returns words in memory.
func (a *assembler) words(name string, w ...uint32) value {
	m, ok := a.placed[name]
	if !ok {
		g := ir.NewStaticGlobal(name)
		g.Attributes = attr.RODATA | attr.NOPTR
		for _, v := range w {
			g.Append(operand.U32(v))
		}
		a.globals = append(a.globals, g)
		m = g.Base()
		a.placed[name] = m
	}
	return m
}

// all returns a vector of the word w.
func (a *assembler) all(name string, w uint32) value {
	return a.words(name, slices.Repeat([]uint32{w}, most)...)
}

// real returns a vector of the number v.
func (a *assembler) real(name string, v float32) value { return a.all(name, math.Float32bits(v)) }

// constant returns a vector of a constant of the scalar source.
func (a *assembler) constant(name string) value {
	w, ok := a.named[name]
	if !ok {
		a.check(fmt.Errorf("no constant %s of type float32 or uint32 in the scalar source", name))
	}
	return a.all(name, w)
}

func isVector(x value) bool { return operand.IsYMM(x) || operand.IsZMM(x) }

// load returns x in a register.
func (a *assembler) load(x value) value {
	if isVector(x) {
		return x
	}
	r := a.vector()
	a.emit(x86.VMOVUPS(x, r))
	return r
}

// first returns a mask of the first n lanes, fewer than a vector has.
func (a *assembler) first(n reg.GPVirtual) operand.Op {
	if a.wide() {
		ones, bits, mask := a.regs.GP32(), a.regs.GP32(), a.regs.K()
		a.emit(x86.MOVL(operand.U32(1<<most-1), ones))
		a.emit(x86.SHLXL(n.As32(), ones, bits)) // zeros where the lanes are
		a.emit(x86.KMOVW(bits, mask))
		inverse := a.regs.K()
		a.emit(x86.KNOTW(mask, inverse))
		return inverse
	}
	// eight words of ones, then eight of zeros: n words before the zeros
	table := a.words("firstLanes", append(slices.Repeat([]uint32{1<<32 - 1}, 8), make([]uint32, 8)...)...)
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

// broadcast returns a vector of the word at m.
func (a *assembler) broadcast(m operand.Mem) value {
	r := a.vector()
	a.emit(x86.VPBROADCASTD(m, r))
	return r
}

// variadic is the shape of most constructors.
type variadic func(...operand.Op) (*ir.Instruction, error)

// two returns the result of an instruction on x and y, of which only y may be in memory.
func (a *assembler) two(f variadic, x, y value) value {
	r := a.vector()
	a.emit(f(y, a.load(x), r))
	return r
}

// commute is two for an x that changes places with y where x is in memory and y is not.
func (a *assembler) commute(f variadic, x, y value) value {
	if isVector(y) && !isVector(x) {
		x, y = y, x
	}
	return a.two(f, x, y)
}

func (a *assembler) add(x, y value) value { return a.commute(x86.VADDPS, x, y) }
func (a *assembler) mul(x, y value) value { return a.commute(x86.VMULPS, x, y) }
func (a *assembler) sub(x, y value) value { return a.two(x86.VSUBPS, x, y) }
func (a *assembler) div(x, y value) value { return a.two(x86.VDIVPS, x, y) }

// atMost returns the smaller of x and bound, and a NaN x itself: where one is a NaN, the
// instruction returns its second source.
func (a *assembler) atMost(x, bound value) value { return a.two(x86.VMINPS, bound, x) }

// atLeast returns the larger of x and bound, and a NaN x itself.
func (a *assembler) atLeast(x, bound value) value { return a.two(x86.VMAXPS, bound, x) }

// addWord adds the word at m to every lane. AVX-512 only.
func (a *assembler) addWord(x value, m operand.Mem) value {
	r := a.vector()
	a.emit(x86.VPADDD_BCST(m, x, r))
	return r
}

func (a *assembler) addInt(x, y value) value { return a.commute(x86.VPADDD, x, y) }
func (a *assembler) subInt(x, y value) value { return a.two(x86.VPSUBD, x, y) }
func (a *assembler) and(x, y value) value    { return a.logic(x86.VPAND, x86.VPANDD, x, y) }
func (a *assembler) or(x, y value) value     { return a.logic(x86.VPOR, x86.VPORD, x, y) }
func (a *assembler) xor(x, y value) value    { return a.logic(x86.VPXOR, x86.VPXORD, x, y) }

func (a *assembler) logic(narrow func(y, x, r operand.Op) (*ir.Instruction, error), wide variadic, x, y value) value {
	if a.wide() {
		return a.commute(wide, x, y)
	}
	return a.commute(func(o ...operand.Op) (*ir.Instruction, error) { return narrow(o[0], o[1], o[2]) }, x, y)
}

func (a *assembler) shift(f variadic, x value, n uint8) value {
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

func (a *assembler) one(f variadic, x value) value {
	r := a.vector()
	a.emit(f(x, r))
	return r
}

func (a *assembler) sqrt(x value) value    { return a.one(x86.VSQRTPS, x) }
func (a *assembler) fromInt(x value) value { return a.one(x86.VCVTDQ2PS, x) }

// round returns x rounded to an integer, ties to even. AVX-512 only.
func (a *assembler) round(x value) value {
	const nearestEven = operand.U8(0x08)
	r := a.vector()
	a.emit(x86.VRNDSCALEPS(nearestEven, x, r))
	return r
}

// scale returns x times 2 to the power of the integer n, rounded once. AVX-512 only.
func (a *assembler) scale(x, n value) value {
	r := a.vector()
	a.emit(x86.VSCALEFPS(n, a.load(x), r))
	return r
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
	a.emit(x86.VPTERNLOGD(xorAnd, mask, a.load(y), r))
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
	a.emit(x86.VPTESTMD(a.all("oneInt", 1), a.load(n), odd))
	a.emit(x86.VBLENDMPS(y, a.load(x), odd, first))
	a.emit(x86.VBLENDMPS(x, a.load(y), odd, second))
	return first, second
}

// chooseLess returns yes where x < y and no elsewhere, NaN included.
func (a *assembler) chooseLess(x, y, yes, no value) value {
	const orderedQuietLess = operand.U8(0x11)
	r := a.vector()
	if a.wide() {
		mask := a.regs.K()
		a.emit(x86.VCMPPS(orderedQuietLess, y, a.load(x), mask))
		a.emit(x86.VBLENDMPS(yes, a.load(no), mask, r))
		return r
	}
	mask := a.vector()
	a.emit(x86.VCMPPS(orderedQuietLess, y, a.load(x), mask))
	a.emit(x86.VBLENDVPS(mask, yes, no, r))
	return r
}
