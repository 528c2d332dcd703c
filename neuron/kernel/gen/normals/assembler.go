package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// value is eight lanes: a register, or a constant in memory.
type value = operand.Op

// assembler writes the instructions of one function after the other. Each operation has a register of its own for its
// result; avo gives them their places. The first error stays and is returned at the end.
type assembler struct {
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
	m := a.fn.AllocLocal(4 * lanes)
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

// words returns eight words in memory.
func (a *assembler) words(name string, w [8]uint32) value {
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

// all returns eight times the word w.
func (a *assembler) all(name string, w uint32) value {
	return a.words(name, [8]uint32{w, w, w, w, w, w, w, w})
}

// real returns eight times the number v.
func (a *assembler) real(name string, v float32) value { return a.all(name, math.Float32bits(v)) }

// constant returns eight times a constant of the scalar source.
func (a *assembler) constant(name string) value {
	w, ok := a.named[name]
	if !ok {
		a.check(fmt.Errorf("no constant %s of type float32 or uint32 in the scalar source", name))
	}
	return a.all(name, w)
}

// load returns x in a register.
func (a *assembler) load(x value) value {
	if operand.IsYMM(x) {
		return x
	}
	r := a.regs.YMM()
	a.emit(x86.VMOVUPS(x, r))
	return r
}

// broadcast returns eight times the word at m.
func (a *assembler) broadcast(m operand.Mem) value {
	r := a.regs.YMM()
	a.emit(x86.VPBROADCASTD(m, r))
	return r
}

// variadic is the shape of most constructors.
type variadic func(...operand.Op) (*ir.Instruction, error)

// two returns the result of an instruction on x and y, of which only y may be in memory.
func (a *assembler) two(f variadic, x, y value) value {
	r := a.regs.YMM()
	a.emit(f(y, a.load(x), r))
	return r
}

// commute is two for an x that changes places with y where x is in memory and y is not.
func (a *assembler) commute(f variadic, x, y value) value {
	if operand.IsYMM(y) && !operand.IsYMM(x) {
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

func (a *assembler) addInt(x, y value) value { return a.commute(x86.VPADDD, x, y) }
func (a *assembler) subInt(x, y value) value { return a.two(x86.VPSUBD, x, y) }
func (a *assembler) and(x, y value) value    { return a.logic(x86.VPAND, x, y) }
func (a *assembler) or(x, y value) value     { return a.logic(x86.VPOR, x, y) }
func (a *assembler) xor(x, y value) value    { return a.logic(x86.VPXOR, x, y) }

func (a *assembler) logic(f func(y, x, r operand.Op) (*ir.Instruction, error), x, y value) value {
	return a.commute(func(o ...operand.Op) (*ir.Instruction, error) { return f(o[0], o[1], o[2]) }, x, y)
}

func (a *assembler) shift(f variadic, x value, n uint8) value {
	r := a.regs.YMM()
	a.emit(f(operand.U8(n), a.load(x), r))
	return r
}

func (a *assembler) left(x value, n uint8) value       { return a.shift(x86.VPSLLD, x, n) }
func (a *assembler) right(x value, n uint8) value      { return a.shift(x86.VPSRLD, x, n) }
func (a *assembler) arithmetic(x value, n uint8) value { return a.shift(x86.VPSRAD, x, n) }

func (a *assembler) one(f variadic, x value) value {
	r := a.regs.YMM()
	a.emit(f(x, r))
	return r
}

func (a *assembler) sqrt(x value) value    { return a.one(x86.VSQRTPS, x) }
func (a *assembler) fromInt(x value) value { return a.one(x86.VCVTDQ2PS, x) }

// less returns all ones where x < y and zeros elsewhere, NaN included.
func (a *assembler) less(x, y value) value {
	const orderedQuietLess = 0x11
	r := a.regs.YMM()
	a.emit(x86.VCMPPS(operand.U8(orderedQuietLess), y, a.load(x), r))
	return r
}

// choose returns yes where the mask is set and no elsewhere.
func (a *assembler) choose(mask, yes, no value) value {
	r := a.regs.YMM()
	a.emit(x86.VBLENDVPS(mask, yes, no, r))
	return r
}
