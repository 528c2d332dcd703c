package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// chains is how many sums the measure of the peak has: enough to hide how long an addition takes.
const chains = 10

// peak multiplies and adds in registers alone: what no kernel can exceed.
func (f form) peak() {
	f.begin("peak", "func(n int)", fmt.Sprintf("multiplies and adds %d vectors in registers, n times: the measure for the others.", chains))
	n := parameter("n")
	factor, sums := f.vector(), f.vectors(chains)
	f.zero(factor)
	for _, s := range sums {
		f.zero(s)
	}
	Label("loop")
	for _, s := range sums {
		product := f.vector()
		VMULPS(factor, factor, product)
		VADDPS(product, s, s)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}
