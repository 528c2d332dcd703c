package page

import (
	"math"
	"slices"
)

// mostBlocks is how many rows and columns a map of correlations has at most.
const mostBlocks = 100

// blocks puts units, in an order, into groups of neighbours of nearly equal size.
type blocks struct {
	n    int
	of   []int // [unit], the block of each
	size []float64
}

// newBlocks groups units in the given order, [place], into at most mostBlocks blocks.
func newBlocks(order []int) blocks {
	b := blocks{n: min(len(order), mostBlocks), of: make([]int, len(order))}
	b.size = make([]float64, b.n)
	for place, unit := range order {
		b.of[unit] = place * b.n / len(order)
		b.size[b.of[unit]]++
	}
	return b
}

// mean turns the sum of correlations between two blocks into the mean over pairs of different units. own is the sum of
// correlations of units with themselves, which within a block is taken off; the one unit of a block of its own has 1.
func (b blocks) mean(sum, own float64, p, q int) float64 {
	switch {
	case p != q:
		return sum / (b.size[p] * b.size[q])
	case b.size[p] == 1:
		return own
	}
	return (sum - own) / (b.size[p] * (b.size[p] - 1))
}

// square is a covariance over all units, row-major.
type square struct {
	n    int
	data []float32
}

// deviationsOf reads the covariance of deviations under the k-th source, or nil.
func (r Run) deviationsOf(k int) *square {
	a := r.array(covarianceArchive, "source"+twoDigits(k)+".covariance")
	if a == nil || len(a.Shape) != 2 || a.Shape[0] != a.Shape[1] || a.Shape[0] == 0 {
		return nil
	}
	data, ok := a.Data.([]float32)
	if !ok {
		return nil
	}
	return &square{a.Shape[0], data}
}

func twoDigits(k int) string { return string([]byte{'0' + byte(k/10%10), '0' + byte(k%10)}) }

func (c *square) variances() []float64 {
	list := make([]float64, c.n)
	for i := range list {
		list[i] = float64(c.data[i*c.n+i])
	}
	return list
}

func (c *square) times(y, x []float64) {
	for i := range c.n {
		var sum float64
		for j, v := range c.data[i*c.n : (i+1)*c.n] {
			sum += float64(float64(v) * x[j])
		}
		y[i] = sum
	}
}

// correlations is the map of correlations averaged over blocks, as that of couplings.
func (c *square) correlations(b blocks) [][]float64 {
	scale := deviations(c.variances())
	m := make([][]float64, b.n)
	for p := range m {
		m[p] = make([]float64, b.n)
	}
	own := make([]float64, b.n)
	for i := range c.n {
		if scale[i] == 0 {
			continue
		}
		own[b.of[i]]++
		row := m[b.of[i]]
		for j, v := range c.data[i*c.n : (i+1)*c.n] {
			if scale[j] > 0 {
				row[b.of[j]] += float64(v) / scale[i] / scale[j]
			}
		}
	}
	for p := range m {
		for q := range m[p] {
			m[p][q] = b.mean(m[p][q], own[p], p, q)
		}
	}
	return m
}

// covariance is the covariance of deviations or of an arm's noise.
type covariance interface {
	variances() []float64
	times(y, x []float64)
	correlations(b blocks) [][]float64
}

// correlation is a covariance scaled to variances of 1.
type correlation struct {
	covariance
	scale []float64
}

func (c correlation) times(y, x []float64) {
	z := make([]float64, len(x))
	for i, s := range c.scale {
		if s > 0 {
			z[i] = x[i] / s
		}
	}
	c.covariance.times(y, z)
	for i, s := range c.scale {
		if s > 0 {
			y[i] /= s
		}
	}
}

// seriate orders units so that structure shows: by the angle of each in the plane of the two leading eigenvectors of the
// correlations, cut where the gap between neighbours is widest. Units that share their noise come to stand side by side.
// Friendly, The American Statistician 56, 316 (2002).
func seriate(c covariance) []int {
	_, vectors := leading(correlation{c, deviations(c.variances())}, 2)
	n := len(c.variances())
	order := make([]int, n)
	angle := make([]float64, n)
	for i := range order {
		order[i] = i
		if len(vectors) == 2 {
			// In 2^-20 turns: the order must not hang on the last bits of an arc tangent.
			angle[i] = math.Round(math.Atan2(vectors[1][i], vectors[0][i]) / math.Pi * (1 << 19))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case angle[a] < angle[b]:
			return -1
		case angle[a] > angle[b]:
			return 1
		}
		return a - b
	})
	cut, widest := 0, -1.0
	for place, unit := range order {
		before := order[(place+n-1)%n]
		gap := angle[unit] - angle[before]
		if place == 0 {
			gap += 1 << 20
		}
		if gap > widest {
			cut, widest = place, gap
		}
	}
	return slices.Concat(order[cut:], order[:cut])
}
