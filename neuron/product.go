package neuron

import "murmur/neuron/kernel"

// A Product is a product of what presynaptic units published with values of the unit's own, that the unit waits for. The
// zero Product is nothing to wait for.
type Product struct {
	over     View
	own, dst []float32
	hebbian  bool // summed over lanes and not over edges
}

// Weigh is WeightedSum as a product to wait for: sum_j w[j] x_j, over the edges in order, is to be added to dst, lane by
// lane. It panics if w has not one weight for each edge or dst more lanes than the view.
func (v View) Weigh(dst, w []float32) Product {
	if len(w) != v.n || len(dst) > v.Lanes() && v.n > 0 {
		panic(badShape)
	}
	return Product{over: v, own: w, dst: dst}
}

// Correlate is Outer as a product to wait for: sum_l post[l] x_j[l], over the lanes in order, is to be added to dw[j] for
// every edge j. It panics if dw has not one place for each edge or post more lanes than the view.
func (v View) Correlate(dw, post []float32) Product {
	if len(dw) != v.n || len(post) > v.Lanes() && v.n > 0 {
		panic(badShape)
	}
	return Product{over: v, own: post, dst: dw, hebbian: true}
}

// Size is how many multiplications the product takes.
func (p Product) Size() int { return len(p.own) * len(p.dst) }

// AtOnce is how many products are handed to the kernel together, at most.
const AtOnce = 10

// Scratch is room for Compute to work in. Only one goroutine may use it at a time.
type Scratch [1 << 13]float32

// Compute forms products, no two of which may be added to the same place. Those that follow one another and are over the
// same edges it forms together, which loads and turns what the presynaptic units published once for several postsynaptic
// ones: up to three times as fast as one by one, with the same bits. Without scratch it forms them one by one.
func Compute(products []Product, scratch *Scratch) {
	for len(products) > 0 {
		n := 1
		for n < min(len(products), AtOnce) && products[n].alike(&products[0]) {
			n++
		}
		if n == 1 || scratch == nil {
			products[0].compute()
			products = products[1:]
			continue
		}
		together(products[:n], scratch)
		products = products[n:]
	}
}

func (p Product) compute() {
	c, dst, own := p.over.c, p.dst, p.own
	for _, s := range p.over.spans {
		block := c.front[s.First*c.lanes:]
		if p.hebbian {
			kernel.Outer(dst[:s.N], own, block, c.lanes)
			dst = dst[s.N:]
		} else {
			kernel.WeightedSum(dst, own[:s.N], block, c.lanes)
			own = own[s.N:]
		}
	}
}

// alike reports whether two products are of one kind, over the same edges and as many lanes.
func (p *Product) alike(q *Product) bool {
	if p.over.c != q.over.c || p.hebbian != q.hebbian || len(p.dst) != len(q.dst) || len(p.own) != len(q.own) ||
		len(p.over.spans) != len(q.over.spans) {
		return false
	}
	for i, s := range p.over.spans {
		if s != q.over.spans[i] {
			return false
		}
	}
	return true
}

func together(products []Product, scratch *Scratch) {
	var dst, own [AtOnce][]float32
	v, n, done := products[0].over, len(products), 0
	for _, s := range v.spans {
		block := v.c.front[s.First*v.c.lanes:]
		for i, p := range products {
			if p.hebbian {
				dst[i], own[i] = p.dst[done:done+s.N], p.own
			} else {
				dst[i], own[i] = p.dst, p.own[done:done+s.N]
			}
		}
		if products[0].hebbian {
			kernel.Outers(dst[:n], own[:n], block, v.c.lanes, scratch[:])
		} else {
			kernel.WeightedSums(dst[:n], own[:n], block, v.c.lanes)
		}
		done += s.N
	}
}
