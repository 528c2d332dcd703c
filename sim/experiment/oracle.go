package experiment

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"murmur/network/circuit"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// structure is what the oracle knows of a source: the sample covariance of the deviations of all units, taken together
// and factorised outside the network, in float64.
type structure struct {
	units      int
	covariance []float64 // [unit][unit]
	norm       float64   // Frobenius
	leading    []float64 // eigenvalues, from the largest
	couplings  []float32 // [unit][component], the leading eigenspace
	private    []float32 // to each unit's own source: what the leading components leave of its variance
}

// newStructure forms the covariance of deviations, modified less clean and less their mean, and factorises it.
func newStructure(ctx context.Context, clean, modified circuit.Memory, units, components int, seed uint64) (*structure, error) {
	c, err := covariance(ctx, clean, modified, units)
	if err != nil {
		return nil, err
	}
	y := &structure{units: units, covariance: c}
	var sum float64
	for _, c := range y.covariance {
		sum += float64(c * c)
	}
	y.norm = math.Sqrt(sum)
	return y, y.factorise(ctx, components, seed)
}

// covariance returns the sample covariance of modified - clean, [unit][unit], over the trials of modified, which clean
// begins with. Sums run over trials in order.
func covariance(ctx context.Context, clean, modified circuit.Memory, units int) ([]float64, error) {
	n := modified.Trials
	deviation := func(i, m int) float64 {
		return float64(modified.Values[i*n+m]) - float64(clean.Values[i*clean.Trials+m])
	}
	mean := make([]float64, units)
	parallel(units, func(i int) {
		for m := range n {
			mean[i] += deviation(i, m)
		}
		mean[i] /= float64(n)
	})
	c := make([]float64, units*units)
	const block = 32 // trials whose deviations stay in the cache while all rows take them up
	d := make([]float64, block*units)
	for lo := 0; lo < n; lo += block {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		hi := min(lo+block, n)
		parallel(units, func(i int) {
			for m := lo; m < hi; m++ {
				d[(m-lo)*units+i] = deviation(i, m) - mean[i]
			}
		})
		parallel(units, func(i int) {
			row := c[i*units+i : (i+1)*units]
			for m := range hi - lo {
				trial := d[m*units : (m+1)*units]
				kernel.Axpy64(row, trial[i], trial[i:])
			}
		})
	}
	for i := range units {
		for j := i; j < units; j++ {
			c[i*units+j] /= float64(max(n-1, 1))
			c[j*units+i] = c[i*units+j]
		}
	}
	return c, nil
}

// subspaceSteps is how often orthogonal iteration multiplies by the covariance. The error of a component falls by
// (lambda_K+1 / lambda_k)^2 a step; what is not yet separated stays in the private remainder.
const subspaceSteps = 8

// orthonormalEvery is after how many multiplications the columns are made orthonormal again. It divides subspaceSteps;
// in between float64 has room for the powers of the largest ratio of eigenvalues.
const orthonormalEvery = 4

// factorise finds the leading eigenspace Q by orthogonal iteration and couples to it with Q chol(Q^T C Q), so that the
// shared part of the noise has the covariance Q Q^T C Q Q^T; private noise makes up each unit's variance.
// Golub and Van Loan: Matrix Computations, 4th edition, section 8.2.4.
func (y *structure) factorise(ctx context.Context, k int, seed uint64) error {
	n := y.units
	q := make([]float64, n*k)
	start := make([]float32, k)
	for i := range n {
		random.Key{Seed: seed, Purpose: random.Restart, Unit: uint32(i)}.Normals(start, 0, 0, 0)
		for j, v := range start {
			q[i*k+j] = float64(v)
		}
	}
	z := make([]float64, n*k)
	orthonormalise(q, n, k)
	for i := range subspaceSteps {
		if err := y.multiply(ctx, z, q, k); err != nil {
			return err
		}
		q, z = z, q
		if (i+1)%orthonormalEvery == 0 {
			orthonormalise(q, n, k)
		}
	}
	if err := y.multiply(ctx, z, q, k); err != nil {
		return err
	}
	small := make([]float64, k*k) // Q^T C Q
	for i := range n {
		for a := range k {
			kernel.Axpy64(small[a*k:(a+1)*k], q[i*k+a], z[i*k:(i+1)*k])
		}
	}
	y.leading = eigenvalues(small, k)
	l := cholesky(small, k)
	y.couplings = make([]float32, n*k)
	y.private = make([]float32, n)
	row := make([]float64, k)
	for i := range n {
		clear(row)
		for a := range k {
			kernel.Axpy64(row, q[i*k+a], l[a*k:(a+1)*k])
		}
		left := y.covariance[i*n+i]
		for a, v := range row {
			y.couplings[i*k+a] = float32(v)
			left -= float64(v * v)
		}
		y.private[i] = float32(math.Sqrt(max(left, 0)))
	}
	return nil
}

// eigenvalues returns those of a symmetric [k][k] from the largest on, for reports alone.
func eigenvalues(a []float64, k int) []float64 {
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(k, a), false) {
		return nil
	}
	values := e.Values(nil)
	slices.Reverse(values)
	return values
}

// multiply sets z = C q, both [unit][k].
func (y *structure) multiply(ctx context.Context, z, q []float64, k int) error {
	return parallelUntil(ctx, y.units, func(i int) {
		row := z[i*k : (i+1)*k]
		clear(row)
		for j, c := range y.covariance[i*y.units : (i+1)*y.units] {
			kernel.Axpy64(row, c, q[j*k:(j+1)*k])
		}
	})
}

// orthonormalise makes the k columns of q, [n][k], orthonormal by modified Gram-Schmidt, twice for good measure.
func orthonormalise(q []float64, n, k int) {
	dots := make([]float64, k)
	for range 2 {
		for a := range k {
			var length float64
			for i := range n {
				length += float64(q[i*k+a] * q[i*k+a])
			}
			length = math.Sqrt(length)
			clear(dots[a:])
			for i := range n {
				if length > 0 {
					q[i*k+a] /= length
				}
				kernel.Axpy64(dots[a+1:], q[i*k+a], q[i*k+a+1:(i+1)*k])
			}
			for i := range n {
				kernel.Axpy64(q[i*k+a+1:(i+1)*k], -q[i*k+a], dots[a+1:])
			}
		}
	}
}

// cholesky returns the lower triangular L of a = L L^T, [k][k]. A pivot that rounding made negative counts as 0.
func cholesky(a []float64, k int) []float64 {
	l := make([]float64, k*k)
	for i := range k {
		for j := range i + 1 {
			sum := a[i*k+j]
			for m := range j {
				sum -= float64(l[i*k+m] * l[j*k+m])
			}
			switch {
			case i == j:
				l[i*k+i] = math.Sqrt(max(sum, 0))
			case l[j*k+j] > 0:
				l[i*k+j] = sum / l[j*k+j]
			}
		}
	}
	return l
}

// shuffled returns the couplings with units in random order: the right spectrum on the wrong units.
func (y *structure) shuffled(seed uint64) (couplings, private []float32) {
	k := len(y.couplings) / y.units
	couplings, private = make([]float32, len(y.couplings)), make([]float32, y.units)
	to := make([]int, y.units)
	for i := range to {
		to[i] = i
	}
	s := random.Key{Seed: seed, Purpose: random.Shuffle}.Stream(0, 0)
	s.Shuffle(len(to), func(i, j int) { to[i], to[j] = to[j], to[i] })
	for i, t := range to {
		copy(couplings[t*k:(t+1)*k], y.couplings[i*k:(i+1)*k])
		private[t] = y.private[i]
	}
	return couplings, private
}

// alignment returns <C, M> / (|C| |M|), C the covariance of deviations and M = L L^T + diag(self^2) that of the noise.
func (y *structure) alignment(ctx context.Context, c circuit.Couplings) (float64, error) {
	n := y.units
	sources := n
	if c.Hubs > 0 {
		sources = c.Hubs
	}
	byValue := make([]float32, sources*n) // L^T, [source][unit]
	for i := range n {
		for j, v := range c.L[i] {
			byValue[c.Source(i, j)*n+i] = v
		}
	}
	dot, norm := make([]float64, n), make([]float64, n)
	err := parallelUntil(ctx, n, func(i int) {
		row := make([]float32, n)
		for j, v := range c.L[i] {
			s := c.Source(i, j)
			kernel.Axpy(row[i:], v, byValue[s*n+i:(s+1)*n])
		}
		row[i] += float32(c.Self[i] * c.Self[i])
		for j, m := range row[i:] {
			twice := 2. // both matrices are symmetric
			if j == 0 {
				twice = 1
			}
			dot[i] += float64(twice * float64(y.covariance[i*n+i+j]*float64(m)))
			norm[i] += float64(twice * float64(float64(m)*float64(m)))
		}
	})
	var d, m float64
	for i := range n {
		d += dot[i]
		m += norm[i]
	}
	return d / (y.norm * math.Sqrt(m)), err
}
