package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// rotations are the constants of Threefry's rounds, two for each; they repeat after eight rounds.
var rotations = [8][2]uint8{{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}}

const rounds = 20

// schedule adds word i of the key schedule: the five words of the key, then those that come to the last word of a
// counter after each four rounds, to which the number of that turn has been added.
type schedule func(x value, i int) value

// threefry is Threefry, of as many counters, to which the key has been added.
func threefry(a *assembler, x [4]value, add schedule) [4]value {
	for round := range rounds {
		r := rotations[round%8]
		odd := 1 + 2*(round%2) // the word the first takes its turn with
		x[0], x[odd] = mix(a, x[0], x[odd], r[0])
		x[2], x[4-odd] = mix(a, x[2], x[4-odd], r[1])
		if round%4 == 3 {
			turn := round/4 + 1
			for i := range 3 {
				x[i] = add(x[i], (turn+i)%5)
			}
			x[3] = add(x[3], 4+turn)
		}
	}
	return x
}

// mix is half a round, on two of the words.
func mix(a *assembler, x, y value, r uint8) (value, value) {
	x = a.addInt(x, y)
	return x, a.xor(a.rotate(y, r), x)
}

// uniform is Uniform.
func uniform(a *assembler, w value) value {
	return a.mul(a.fromInt(a.addInt(a.right(w, 8), a.all("oneInt", 1))), a.real("uniformStep", 0x1p-24))
}

// boxMuller is BoxMuller. A uniform number is positive and normal, so that Log has no special case.
func boxMuller(a *assembler, w0, w1 value) (x, y value) {
	r := a.sqrt(a.mul(logUniform(a, uniform(a, w0)), a.real("minusTwo", -2)))
	s, c := sinCosTurns(a, uniform(a, w1))
	return a.mul(r, c), a.mul(r, s)
}

// normals writes the function that fills whole vectors of blocks with normals. Four lanes side by side hold every
// second or fourth block: so two steps of unpacking, which stay within four lanes, bring the numbers into the order of
// the blocks.
func normals(a *assembler) {
	name := fmt.Sprint("normals", a.lanes)
	a.function(name, "func(dst []float32, counter *[4]uint32, key *[10]uint32)",
		fmt.Sprintf("%s fills dst, a multiple of %d long and not empty, with the normals of the blocks from counter on, the", name, 4*a.lanes),
		"third word counting. The key's first four words have been added to counter; then come the fifth word of the schedule",
		"and, for each turn, the word that comes to the last of the counter, the number of the turn added.")
	dst, n := a.param(a.lookup("dst").Base()), a.param(a.lookup("dst").Len())
	counter, keys := a.param(a.lookup("counter")), a.param(a.lookup("key"))
	word := func(base reg.Register, i int) value { return a.broadcast(operand.Mem{Base: base, Disp: 4 * i}) }
	add := func(x value, i int) value { return a.addInt(x, splat{operand.Mem{Base: keys, Disp: 4 * i}}) }
	if !a.wide() {
		var kept [10]value
		for i := range kept {
			kept[i] = a.keep(word(keys, i))
		}
		add = func(x value, i int) value { return a.addInt(x, kept[i]) }
	}
	groups := a.lanes / 4
	blocks := make([]uint32, a.lanes)
	for i := range blocks {
		blocks[i] = uint32(i%4*groups + i/4)
	}
	count := a.addInt(word(counter, 2), a.words(fmt.Sprint("blocks", a.lanes), blocks...))

	vector := a.all(fmt.Sprint("lanes", a.lanes), uint32(a.lanes))
	words := func(count value) [4]value {
		return threefry(a, [4]value{word(counter, 0), word(counter, 1), count, word(counter, 3)}, add)
	}
	// store puts the normals of four vectors of words at vector i of dst and after.
	store := func(w [4]value, i int) {
		var x0, x1, x2, x3 value
		a.interleave(
			func() { x0, x1 = boxMuller(a, w[0], w[1]) },
			func() { x2, x3 = boxMuller(a, w[2], w[3]) },
		)
		lo, hi := a.two(unpackLowPS, x0, x1), a.two(unpackHighPS, x0, x1)
		lo2, hi2 := a.two(unpackLowPS, x2, x3), a.two(unpackHighPS, x2, x3)
		for j, y := range []value{
			a.two(unpackLowPD, lo, lo2), a.two(unpackHighPD, lo, lo2),
			a.two(unpackLowPD, hi, hi2), a.two(unpackHighPD, hi, hi2),
		} {
			a.emit(x86.VMOVUPS(y, operand.Mem{Base: dst, Disp: a.bytes() * (i + j)}))
		}
	}
	if a.wide() { // two at a time: the rounds alone are a long chain of steps that wait for one another
		a.fn.AddLabel(ir.Label("two"))
		a.emit(x86.CMPQ(n, operand.U32(8*a.lanes)))
		a.emit(x86.JL(operand.LabelRef("vector")))
		next := a.addInt(count, vector)
		var w, v [4]value
		a.interleave(func() { w = words(count) }, func() { v = words(next) })
		store(w, 0)
		store(v, 4)
		a.do(addD, vector, next, count)
		a.emit(x86.ADDQ(operand.U32(8*a.bytes()), dst))
		a.emit(x86.SUBQ(operand.U32(8*a.lanes), n))
		a.emit(x86.JE(operand.LabelRef("done")))
		a.emit(x86.JMP(operand.LabelRef("two")))
	}
	a.fn.AddLabel(ir.Label("vector"))
	store(words(count), 0)
	a.do(addD, vector, count, count)
	a.emit(x86.ADDQ(operand.U32(4*a.bytes()), dst))
	a.emit(x86.SUBQ(operand.U8(4*a.lanes), n))
	a.emit(x86.JNE(operand.LabelRef("vector")))
	a.fn.AddLabel(ir.Label("done"))
	a.emit(x86.VZEROUPPER())
	a.emit(x86.RET())
}
