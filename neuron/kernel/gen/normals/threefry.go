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

// threefry is Threefry, of eight counters to which the key has been added.
func threefry(a *assembler, x [4]value, key [5]value) [4]value {
	for round := range rounds {
		r := rotations[round%8]
		odd := 1 + 2*(round%2) // the word the first takes its turn with
		x[0], x[odd] = mix(a, x[0], x[odd], r[0])
		x[2], x[4-odd] = mix(a, x[2], x[4-odd], r[1])
		if round%4 == 3 {
			turn := round/4 + 1
			for i := range x {
				x[i] = a.addInt(x[i], key[(turn+i)%5])
			}
			x[3] = a.addInt(x[3], a.all("turn"+string(rune('0'+turn)), uint32(turn)))
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
	a.function(name, "func(dst []float32, counter *[4]uint32, key *[5]uint32)",
		fmt.Sprintf("%s fills dst, a multiple of %d long and not empty, with the normals of the blocks from counter on, the", name, 4*a.lanes),
		"third word counting. The key's first four words have been added to counter; its fifth is that of the schedule.")
	dst, n := a.param(a.lookup("dst").Base()), a.param(a.lookup("dst").Len())
	counter, keys := a.param(a.lookup("counter")), a.param(a.lookup("key"))
	word := func(base reg.Register, i int) value { return a.broadcast(operand.Mem{Base: base, Disp: 4 * i}) }
	var key [5]value
	for i := range key {
		key[i] = a.keep(word(keys, i))
	}
	groups := a.lanes / 4
	blocks := make([]uint32, a.lanes)
	for i := range blocks {
		blocks[i] = uint32(i%4*groups + i/4)
	}
	count := a.addInt(word(counter, 2), a.words(fmt.Sprint("blocks", a.lanes), blocks...))

	a.fn.AddLabel(ir.Label("vector"))
	w := threefry(a, [4]value{word(counter, 0), word(counter, 1), count, word(counter, 3)}, key)
	a.emit(x86.VPADDD(a.all(fmt.Sprint("lanes", a.lanes), uint32(a.lanes)), count, count))
	var x0, x1, x2, x3 value
	a.interleave(
		func() { x0, x1 = boxMuller(a, w[0], w[1]) },
		func() { x2, x3 = boxMuller(a, w[2], w[3]) },
	)
	lo, hi := a.two(x86.VUNPCKLPS, x0, x1), a.two(x86.VUNPCKHPS, x0, x1)
	lo2, hi2 := a.two(x86.VUNPCKLPS, x2, x3), a.two(x86.VUNPCKHPS, x2, x3)
	for i, y := range []value{
		a.two(x86.VUNPCKLPD, lo, lo2), a.two(x86.VUNPCKHPD, lo, lo2),
		a.two(x86.VUNPCKLPD, hi, hi2), a.two(x86.VUNPCKHPD, hi, hi2),
	} {
		a.emit(x86.VMOVUPS(y, operand.Mem{Base: dst, Disp: a.bytes() * i}))
	}
	a.emit(x86.ADDQ(operand.U32(4*a.bytes()), dst))
	a.emit(x86.SUBQ(operand.U8(4*a.lanes), n))
	a.emit(x86.JNE(operand.LabelRef("vector")))
	a.emit(x86.VZEROUPPER())
	a.emit(x86.RET())
}
