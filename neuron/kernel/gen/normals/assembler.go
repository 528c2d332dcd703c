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

// splat is one word in memory that stands for a vector of it. AVX-512 reads the word alone; for AVX2 the whole vector lies
// there.
type splat struct{ operand.Mem }

const (
	narrow = 8 // lanes of a vector with AVX2
	wide   = 16
)

// assembler writes the instructions of one function after the other. Each operation has a register of its own for its
// result; avo gives them their places. The first error stays and is returned at the end.
type assembler struct {
	lanes   int // of a vector: narrow or wide
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
func (a *assembler) wide() bool { return a.lanes == wide }

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
func (a *assembler) words(name string, w ...uint32) operand.Mem {
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
	return splat{a.words(name, slices.Repeat([]uint32{w}, narrow)...)}
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
	if s, ok := x.(splat); ok {
		return a.broadcast(s.Mem)
	}
	r := a.vector()
	a.emit(x86.VMOVUPS(x, r))
	return r
}

// broadcast returns a vector of the word at m.
func (a *assembler) broadcast(m operand.Mem) value {
	r := a.vector()
	a.emit(x86.VPBROADCASTD(m, r))
	return r
}
