package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/x86"
)

// slice writes a function that sets dst[i] = f(x[i]): whole vectors, then the rest under a mask.
func slice(a *assembler, name, scalar string, f func(a *assembler, x value) value) {
	name = fmt.Sprint(name, a.lanes)
	a.function(name, "func(dst, x []float32)",
		fmt.Sprintf("%s sets dst[i] to %s(x[i]). The lengths are equal; dst may be x.", name, scalar))
	dst, src := a.param(a.lookup("dst").Base()), a.param(a.lookup("x").Base())
	n := a.param(a.lookup("x").Len())
	a.fn.AddLabel(ir.Label("vector"))
	a.emit(x86.CMPQ(n, operand.U8(a.lanes)))
	a.emit(x86.JL(operand.LabelRef("rest")))
	a.emit(x86.VMOVUPS(f(a, a.load(operand.Mem{Base: src})), operand.Mem{Base: dst}))
	a.emit(x86.ADDQ(operand.U8(a.bytes()), src))
	a.emit(x86.ADDQ(operand.U8(a.bytes()), dst))
	a.emit(x86.SUBQ(operand.U8(a.lanes), n))
	a.emit(x86.JMP(operand.LabelRef("vector")))
	a.fn.AddLabel(ir.Label("rest"))
	a.emit(x86.TESTQ(n, n))
	a.emit(x86.JE(operand.LabelRef("done")))
	mask := a.first(n)
	a.storeMasked(f(a, a.loadMasked(operand.Mem{Base: src}, mask)), operand.Mem{Base: dst}, mask)
	a.fn.AddLabel(ir.Label("done"))
	a.emit(x86.VZEROUPPER())
	a.emit(x86.RET())
}

// exp is Exp. Where the processor rounds to integers and scales by powers of two, it does so: rounding by a large number
// to be added and taken is the same, and so are two factors of which the first is exact.
func exp(a *assembler, x value) value {
	x = a.atLeast(a.atMost(x, a.constant("expMax")), a.constant("expMin"))
	bias := a.constant("roundBias")
	var t, n value
	if v := a.mul(x, a.constant("log2E")); a.wide() {
		n = a.round(v)
	} else {
		t = a.add(v, bias)
		n = a.sub(t, bias)
	}
	r := a.sub(x, a.mul(n, a.constant("ln2Hi")))
	r = a.sub(r, a.mul(n, a.constant("ln2Lo")))
	z := a.mul(r, r)
	p := a.add(a.add(a.mul(r, a.constant("exp3")), a.constant("exp2")), a.mul(z, a.constant("exp4")))
	p = a.add(a.add(a.mul(r, a.constant("exp1")), a.constant("exp0")), a.mul(p, z))
	y := a.add(a.add(r, a.mul(z, p)), a.real("one", 1))
	if a.wide() {
		return a.scale(y, n)
	}
	k := a.subInt(t, a.constant("roundBits"))
	h := a.arithmetic(k, 1)
	return a.mul(a.mul(y, pow2(a, h)), pow2(a, a.subInt(k, h)))
}

// pow2 is pow2.
func pow2(a *assembler, n value) value { return a.left(a.addInt(n, a.all("exponentBias", 127)), 23) }

// tanh is Tanh: both branches, then the choice.
func tanh(a *assembler, x value) value {
	r := a.and(x, a.all("magnitude", 1<<31-1))
	z := a.mul(r, r)
	zz := a.mul(z, z)
	p := a.add(a.add(a.mul(z, a.constant("tanh3")), a.constant("tanh2")), a.mul(zz, a.constant("tanh4")))
	p = a.add(a.add(a.mul(z, a.constant("tanh1")), a.constant("tanh0")), a.mul(p, zz))
	small := a.add(r, a.mul(a.mul(r, z), p))
	clipped := a.atMost(r, a.constant("tanhMax"))
	e := a.add(exp(a, a.add(clipped, clipped)), a.real("one", 1))
	large := a.sub(a.real("one", 1), a.div(a.real("two", 2), e))
	return a.turnSign(a.chooseLess(r, a.constant("tanhSmall"), small, large), x)
}

// logUniform is Log for positive normal x, without its other cases.
func logUniform(a *assembler, x value) value {
	k := a.arithmetic(a.subInt(x, a.constant("sqrtHalfBits")), 23)
	f := a.sub(a.subInt(x, a.left(k, 23)), a.real("one", 1))
	e := a.fromInt(k)
	z := a.mul(f, f)
	pair := func(odd, even string) value { return a.add(a.mul(f, a.constant(odd)), a.constant(even)) }
	p := a.add(pair("log1", "log0"), a.mul(pair("log3", "log2"), z))
	h := a.add(pair("log5", "log4"), a.mul(pair("log7", "log6"), z))
	p = a.add(p, a.mul(h, a.mul(z, z)))
	y := a.add(a.mul(a.mul(z, f), p), a.mul(e, a.constant("ln2Lo")))
	y = a.sub(y, a.mul(z, a.real("half", 0.5)))
	return a.add(a.add(f, y), a.mul(e, a.constant("ln2Hi")))
}

// sinCosTurns is SinCosTurns.
func sinCosTurns(a *assembler, u value) (s, c value) {
	bias := a.constant("turnBias")
	t := a.add(u, bias)
	r := a.mul(a.sub(u, a.sub(t, bias)), a.constant("twoPi"))
	return quarter(a, r, t)
}

// quarter is quarter.
func quarter(a *assembler, r, n value) (s, c value) {
	one := a.real("one", 1)
	z := a.mul(r, r)
	p := a.add(a.mul(z, a.constant("sin2")), a.constant("sin1"))
	p = a.add(a.mul(p, z), a.constant("sin0"))
	s = a.mul(r, a.add(a.mul(p, z), one))
	p = a.add(a.mul(z, a.constant("cos2")), a.constant("cos1"))
	p = a.add(a.mul(p, z), a.constant("cos0"))
	c = a.add(a.sub(one, a.mul(z, a.real("half", 0.5))), a.mul(a.mul(z, z), p))
	s, c = a.swapOdd(n, s, c)
	return a.turnSign(s, a.left(n, 30)), a.turnSign(c, a.left(a.addInt(n, a.all("oneInt", 1)), 30))
}
