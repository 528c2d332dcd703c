package certificate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// rounding is what float64 arithmetic may leave of a part that is 0, relative to what it was taken from.
const rounding = 1e-12

// worst is the condition number beyond which lengths would lose half their digits.
const worst = 1e8

// LayerNoise measures shifts of a layer's activity against its noise n = L xi + self*eta, xi and eta standard normal and
// independent, so that Sigma = L L^T + diag(self^2).
//
// The Mahalanobis length of a shift is that of the shortest (xi, eta) that makes it: sqrt(delta^T Sigma^-1 delta), and
// defined for a singular Sigma too, where a shift that no noise can make has length +Inf. For units with noise of their
// own that is a least-squares problem in the shared sources alone, Woodbury's identity without its cancelling difference;
// units without (self 0) are equations that the shared sources must meet.
type LayerNoise struct {
	units, sources int
	l              []float64 // [unit][source]
	self           []float64 // [unit]
	bare           *bare     // nil where every unit has noise of its own
	free           *mat.Dense
	white          *mat.Dense // [unit][freedom], L free / self; 0 of bare units
	solver         mat.QR     // of white over the identity
}

// bare is what shared sources can do to the units without noise of their own.
type bare struct {
	unit     []int
	reach    *mat.Dense // [bare][rank], orthonormal: the shifts they can make; nil if none
	shortest *mat.Dense // [source][rank], the shortest sources that make each
}

// NewLayerNoise takes couplings L, [unit][source], row-major, with all gains worked in, and the standard deviation of each
// unit's own noise, self, [unit]. Without shared sources couplings is empty; without noise of their own self is 0. It
// takes in the order of (units + sources) sources^2 steps. The error names a number that is not finite, or says that own
// noise is so small beside the shared noise, though not 0, that float64 cannot tell. It panics if couplings are not a
// whole number for each unit, or there is no unit.
func NewLayerNoise(couplings, self []float32) (*LayerNoise, error) {
	n := &LayerNoise{units: len(self)}
	if n.units == 0 || len(couplings)%n.units != 0 {
		panic("certificate: couplings and own noise are of different units, or of none")
	}
	sources := len(couplings) / n.units
	n.sources = max(sources, 1) // a source nobody hears does no harm
	n.l = make([]float64, n.units*n.sources)
	n.self = make([]float64, n.units)
	var without []int
	for i, s := range self {
		if n.self[i] = math.Abs(float64(s)); !finite(n.self[i]) {
			return nil, fmt.Errorf("certificate: the own noise of unit %d is %v", i, s)
		}
		if s == 0 {
			without = append(without, i)
		}
		for j, v := range couplings[i*sources : (i+1)*sources] {
			if !finite(float64(v)) {
				return nil, fmt.Errorf("certificate: the coupling of unit %d to source %d is %v", i, j, v)
			}
			n.l[i*n.sources+j] = float64(v)
		}
	}
	if err := n.part(without); err != nil {
		return nil, err
	}
	return n, n.whiten()
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// part splits the sources into combinations that units without own noise hear, and those that they do not.
func (n *LayerNoise) part(without []int) error {
	k := n.sources
	if len(without) == 0 {
		n.free = mat.NewDense(k, k, nil)
		for j := range k {
			n.free.Set(j, j, 1)
		}
		return nil
	}
	n.bare = &bare{unit: without}
	l := mat.NewDense(len(without), k, nil)
	for r, i := range without {
		l.SetRow(r, n.l[i*k:(i+1)*k])
	}
	var svd mat.SVD
	if !svd.Factorize(l, mat.SVDThinU|mat.SVDFullV) {
		return fmt.Errorf("certificate: the singular values of the couplings did not converge")
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	values, rank := svd.Values(nil), 0
	for rank < len(values) && values[rank] > float64(max(len(without), k))*0x1p-52*values[0] {
		rank++
	}
	if rank > 0 {
		n.bare.reach = mat.DenseCopyOf(u.Slice(0, len(without), 0, rank))
		n.bare.shortest = mat.DenseCopyOf(v.Slice(0, k, 0, rank))
		n.bare.shortest.Apply(func(_, r int, x float64) float64 { return x / values[r] }, n.bare.shortest)
	}
	if rank < k {
		n.free = mat.DenseCopyOf(v.Slice(0, k, rank, k))
	}
	return nil
}

// whiten prepares the least-squares problem in the free combinations of sources.
func (n *LayerNoise) whiten() error {
	if n.free == nil {
		return nil
	}
	_, freedom := n.free.Dims()
	n.white = mat.NewDense(n.units, freedom, nil)
	n.white.Mul(mat.NewDense(n.units, n.sources, n.l), n.free)
	n.white.Apply(func(i, _ int, v float64) float64 {
		if n.self[i] == 0 { // such units hear none of them
			return 0
		}
		return v / n.self[i]
	}, n.white)
	stacked := mat.NewDense(n.units+freedom, freedom, nil)
	stacked.Slice(0, n.units, 0, freedom).(*mat.Dense).Copy(n.white)
	for j := range freedom {
		stacked.Set(n.units+j, j, 1)
	}
	n.solver.Factorize(stacked)
	if c := n.solver.Cond(); !(c < worst) {
		return fmt.Errorf("certificate: own noise is too small beside shared noise (condition number %.3g): use 0 for it", c)
	}
	return nil
}

// Length returns the Mahalanobis length of a shift of the layer's noise-free activity, delta, [unit], and the share of its
// Euclidean length that lies in directions without noise. Where that share is not 0 the length is +Inf: no certificate
// covers any of it, and a measured shift against a noise of few components is of this kind almost always. It panics if
// delta is of other units.
func (n *LayerNoise) Length(delta []float64) (length, outside float64) {
	if len(delta) != n.units {
		panic("certificate: a shift of other units")
	}
	whole := mat.Norm(mat.NewVecDense(n.units, delta), 2)
	if whole == 0 {
		return 0, 0
	}
	xi := mat.NewVecDense(n.sources, nil)
	if n.bare != nil {
		if outside = n.bare.meet(xi, delta) / whole; !(outside <= rounding) {
			return math.Inf(1), outside
		}
	}
	eta := mat.NewVecDense(n.units, nil)
	for i, s := range n.self {
		if s != 0 {
			row := mat.NewVecDense(n.sources, n.l[i*n.sources:(i+1)*n.sources])
			eta.SetVec(i, (delta[i]-mat.Dot(row, xi))/s)
		}
	}
	if n.free != nil {
		_, freedom := n.free.Dims()
		right := mat.NewVecDense(n.units+freedom, nil)
		right.SliceVec(0, n.units).(*mat.VecDense).CopyVec(eta)
		var z, step mat.VecDense
		if err := n.solver.SolveVecTo(&z, false, right); err != nil {
			panic(err) // the condition number was checked
		}
		step.MulVec(n.free, &z)
		xi.AddVec(xi, &step)
		step.Reset()
		step.MulVec(n.white, &z)
		eta.SubVec(eta, &step)
	}
	return math.Hypot(mat.Norm(xi, 2), mat.Norm(eta, 2)), 0
}

// meet sets xi to the shortest sources that shift the bare units as delta does, as far as sources can, and returns the
// length of what they cannot.
func (b *bare) meet(xi *mat.VecDense, delta []float64) float64 {
	want := mat.NewVecDense(len(b.unit), nil)
	for r, i := range b.unit {
		want.SetVec(r, delta[i])
	}
	if b.reach != nil {
		var inside, made mat.VecDense
		inside.MulVec(b.reach.T(), want)
		xi.MulVec(b.shortest, &inside)
		made.MulVec(b.reach, &inside)
		want.SubVec(want, &made)
	}
	return mat.Norm(want, 2)
}

// Covers reports whether the certificate of one image holds for a shift of the layer's noise-free activity, delta,
// [unit]: the vote is then the certificate's class. Another image of which delta is the shift need not be near in pixels;
// and that one shift is covered says nothing of others of its size. It panics if delta is of other units.
func (n *LayerNoise) Covers(c ActivityCertificate, delta []float64) bool {
	length, _ := n.Length(delta)
	return c.Class != Abstain && length < c.Radius
}
