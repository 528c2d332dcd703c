package page

import (
	"fmt"
	"math"

	"murmur/sim/measure"
)

// couplings are the noise couplings of an arm: row i of L holds, from rows[i] on, what unit i adds of which source. Its
// noise is L xi + self own, so that Cov(n) = L L^T + diag(self^2).
type couplings struct {
	units, sources int
	rows           []int   // [unit+1], offsets
	source         []int32 // [coupling]
	value          []float32
	self           []float32 // [unit]
}

// couplingsOf reads those of the arm of a place in the result, or nil where it has none.
func (r Run) couplingsOf(arm int) *couplings {
	prefix := fmt.Sprintf("arm%02d.", arm)
	value, self := r.array(networkArchive, prefix+"couplings"), r.array(networkArchive, prefix+"self")
	if value == nil || self == nil {
		return nil
	}
	v, ok := value.Data.([]float32)
	own, ok2 := self.Data.([]float32)
	if !ok || !ok2 || len(own) == 0 {
		return nil
	}
	c := &couplings{units: len(own), value: v, self: own, rows: make([]int, len(own)+1), source: make([]int32, len(v))}
	if len(value.Shape) == 2 { // [unit, hub]
		if value.Shape[0] != c.units {
			return nil
		}
		c.sources = value.Shape[1]
		for i := range c.units {
			c.rows[i+1] = (i + 1) * c.sources
		}
		for k := range v {
			c.source[k] = int32(k % c.sources)
		}
		return c
	}
	return c.lateral(r.array(networkArchive, prefix+"source"), r.array(networkArchive, prefix+"target"))
}

// lateral sorts couplings between units, whose targets come in order.
func (c *couplings) lateral(source, target *measure.Array) *couplings {
	c.sources = c.units
	if len(c.value) == 0 {
		return c
	}
	if source == nil || target == nil {
		return nil
	}
	from, ok := source.Data.([]int32)
	to, ok2 := target.Data.([]int32)
	if !ok || !ok2 || len(from) != len(c.value) || len(to) != len(c.value) {
		return nil
	}
	last := int32(0)
	for k, i := range to {
		if i < last || int(i) >= c.units || from[k] < 0 || int(from[k]) >= c.sources {
			return nil
		}
		last = i
		c.rows[i+1] = k + 1
	}
	for i := range c.units {
		c.rows[i+1] = max(c.rows[i+1], c.rows[i])
	}
	c.source = from
	return c
}

// variances are the diagonal of the covariance.
func (c *couplings) variances() []float64 {
	list := make([]float64, c.units)
	for i := range list {
		list[i] = float64(float64(c.self[i]) * float64(c.self[i]))
		for _, v := range c.value[c.rows[i]:c.rows[i+1]] {
			list[i] += float64(float64(v) * float64(v))
		}
	}
	return list
}

// row returns the couplings of unit i: whom it hears, and how much.
func (c *couplings) row(i int) (source []int32, value []float32) {
	value = c.value[c.rows[i]:c.rows[i+1]]
	return c.source[c.rows[i]:][:len(value)], value
}

// times multiplies the covariance with a vector: y = L (L^T x) + self^2 x.
func (c *couplings) times(y, x []float64) {
	heard := make([]float64, c.sources)
	for i, xi := range x {
		source, value := c.row(i)
		for k, v := range value {
			heard[source[k]] += float64(float64(v) * xi)
		}
	}
	for i := range c.units {
		sum := float64(float64(c.self[i]) * float64(float64(c.self[i])*x[i]))
		source, value := c.row(i)
		for k, v := range value {
			sum += float64(float64(v) * heard[source[k]])
		}
		y[i] = sum
	}
}

// correlations is the correlation map of the noise, averaged over blocks of units: [block][block], each the mean over
// pairs of different units. Units whose noise has no power correlate with none.
func (c *couplings) correlations(b blocks) [][]float64 {
	scale := deviations(c.variances())
	rows := make([]float64, b.n*c.sources) // of each block, the sum of the normalised rows of L
	own := make([]float64, b.n)            // of each block, the sum of its units' correlations with themselves
	for i := range c.units {
		if scale[i] == 0 {
			continue
		}
		k := b.of[i]
		own[k]++
		row := rows[k*c.sources : (k+1)*c.sources]
		for j := c.rows[i]; j < c.rows[i+1]; j++ {
			row[c.source[j]] += float64(float64(c.value[j]) / scale[i])
		}
	}
	private := make([]float64, b.n)
	for i := range c.units {
		if scale[i] > 0 {
			s := float64(c.self[i]) / scale[i]
			private[b.of[i]] += float64(s * s)
		}
	}
	m := make([][]float64, b.n)
	for p := range m {
		m[p] = make([]float64, b.n)
	}
	for p := range b.n {
		x := rows[p*c.sources : (p+1)*c.sources]
		for q := range p + 1 {
			var sum float64
			for j, v := range rows[q*c.sources : (q+1)*c.sources] {
				sum += float64(v * x[j])
			}
			if p == q {
				sum += private[p]
			}
			m[p][q] = b.mean(sum, own[p], p, q)
			m[q][p] = m[p][q]
		}
	}
	return m
}

// deviations are the square roots of variances.
func deviations(variances []float64) []float64 {
	list := make([]float64, len(variances))
	for i, v := range variances {
		list[i] = math.Sqrt(max(v, 0))
	}
	return list
}
