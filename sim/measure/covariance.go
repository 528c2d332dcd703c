package measure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Spectrum is the eigenvalues of a covariance, [n], largest first, and their directions.
type Spectrum struct {
	Values  []float64
	vectors *mat.Dense // [n][n], a column for each value
}

// notCovariance is by how much of the trace eigenvalues may fall below 0: what the rounding of float32 entries leaves.
const notCovariance = 1e-4

// NewSpectrum factorises c, [n][n], in float64; a thousand units take a second or two. It takes singular values, which of
// a positive semidefinite matrix are the eigenvalues: gonum's EigenSym returns wrong ones where entries differ by tens of
// orders of magnitude. The error names an entry that is not finite, or says that c has negative eigenvalues and so is no
// covariance.
func NewSpectrum(c *mat.SymDense) (*Spectrum, error) {
	n := c.SymmetricDim()
	for i := range n {
		for j, v := range upper(c, i) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("measure: the covariance of units %d and %d is %v", i, i+j, v)
			}
		}
	}
	var svd mat.SVD
	if !svd.Factorize(c, mat.SVDThinU) {
		return nil, errors.New("measure: the eigenvalues of the covariance did not converge")
	}
	s := &Spectrum{Values: svd.Values(nil), vectors: new(mat.Dense)}
	svd.UTo(s.vectors)
	// The singular values sum to the trace less twice the negative eigenvalues.
	if sum := s.Trace(); math.Abs(sum-mat.Trace(c)) > notCovariance*sum {
		return nil, fmt.Errorf("measure: the matrix is no covariance: its eigenvalues add up to %v, their absolute values to %v", mat.Trace(c), sum)
	}
	return s, nil
}

// upper is row i of a symmetric matrix from the diagonal on.
func upper(c *mat.SymDense, i int) []float64 {
	raw := c.RawSymmetric()
	return raw.Data[i*raw.Stride+i : i*raw.Stride+raw.N]
}

// Trace is the sum of the eigenvalues.
func (s *Spectrum) Trace() (sum float64) {
	for _, v := range s.Values {
		sum += v
	}
	return sum
}

// Participation is the participation ratio tr(C)^2 / tr(C^2): k of a covariance with k equal eigenvalues and no others, 1
// to n. It is NaN of a zero covariance.
func (s *Spectrum) Participation() float64 {
	var squares float64
	for _, v := range s.Values {
		squares += float64(v * v)
	}
	trace := s.Trace()
	return trace * trace / squares
}

// Components is the smallest number of leading components that hold the given share of the trace, such as .9.
// A covariance of zeros needs none.
func (s *Spectrum) Components(share float64) int {
	want := share * s.Trace()
	var sum float64
	for k, v := range s.Values {
		if sum >= want {
			return k
		}
		sum += v
	}
	return len(s.Values)
}

// Captured is the share of c's trace inside the space of the k leading components of s, tr(V^T c V) / tr(c): 0 to 1, and
// k/n on average of directions at random. It says how much of a deviation's variance noise with k components can reach;
// [Alignment] asks also whether the powers fit. It is NaN of a zero c. It panics if c is of another size, or k is not
// between 0 and n.
func (s *Spectrum) Captured(k int, c *mat.SymDense) float64 {
	n := len(s.Values)
	if c.SymmetricDim() != n || k < 0 || k > n {
		panic("measure: a covariance of another size, or more components than it has")
	}
	if k == 0 {
		return 0 / mat.Trace(c)
	}
	v := s.vectors.Slice(0, n, 0, k).(*mat.Dense)
	var cv mat.Dense
	cv.Mul(c, v)
	var inside float64
	for i := range n {
		inside += mat.Dot(cv.RowView(i), v.RowView(i))
	}
	return inside / mat.Trace(c)
}

// Alignment is the cosine between two covariances, <a, b> / (|a| |b|) in the Frobenius product: 1 where they are the same
// up to scale, 0 to 1 of covariances. It is NaN where one is zero. It panics if their sizes differ.
func Alignment(a, b *mat.SymDense) float64 {
	if a.SymmetricDim() != b.SymmetricDim() {
		panic("measure: covariances of different sizes")
	}
	var dot, aa, bb float64
	for i := range a.SymmetricDim() {
		x, y := upper(a, i), upper(b, i)
		twice := 1. // the diagonal stands once in the matrix, the rest twice
		for j, v := range x {
			dot += float64(twice * float64(v*y[j]))
			aa += float64(twice * float64(v*v))
			bb += float64(twice * float64(y[j]*y[j]))
			twice = 2
		}
	}
	return dot / math.Sqrt(aa*bb)
}
