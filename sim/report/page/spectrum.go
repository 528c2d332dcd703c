package page

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"murmur/neuron/random"
)

// steps is how far the Krylov space of leading grows: enough for two dozen eigenvalues to four digits.
const steps = 80

// leading returns the k largest eigenvalues of a covariance, largest first, and their vectors, [k][unit], by the method
// of Lanczos with every new direction made orthogonal to all before (Golub and Van Loan, Matrix Computations, 10.3). It
// returns fewer where the covariance has fewer different ones: of equal eigenvalues it sees one.
func leading(c covariance, k int) (values []float64, vectors [][]float64) {
	n := len(c.variances())
	start := make([]float32, n)
	random.Key{Seed: 1, Purpose: random.Weights}.Normals(start, 0, 0, 0)
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(start[i])
	}
	scale(v, 1/norm(v))
	var basis [][]float64
	var alpha, beta []float64
	for len(basis) < min(steps, n) {
		basis = append(basis, v)
		w := make([]float64, n)
		c.times(w, v)
		alpha = append(alpha, dot(w, v))
		for range 2 { // once is not enough where much cancels
			for _, u := range basis {
				subtract(w, dot(w, u), u)
			}
		}
		length := norm(w)
		if length <= 1e-10*math.Abs(alpha[0]) {
			break
		}
		beta = append(beta, length)
		scale(w, 1/length)
		v = w
	}
	m := len(basis)
	t := mat.NewSymDense(m, nil)
	for i := range m {
		t.SetSym(i, i, alpha[i])
		if i+1 < m {
			t.SetSym(i, i+1, beta[i])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(t, true) {
		return nil, nil // entries that are not finite
	}
	values = e.Values(nil)
	slices.Reverse(values)
	k = min(k, m)
	var q mat.Dense
	e.VectorsTo(&q)
	for r := range k {
		x := make([]float64, n)
		for j, u := range basis {
			subtract(x, -q.At(j, m-1-r), u)
		}
		if x[largest(x)] < 0 { // the sign of an eigenvector is free
			scale(x, -1)
		}
		vectors = append(vectors, x)
	}
	return values[:k], vectors
}

func largest(x []float64) (at int) {
	for i, v := range x {
		if math.Abs(v) > math.Abs(x[at])*(1+1e-9) {
			at = i
		}
	}
	return at
}

func dot(x, y []float64) (sum float64) {
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

func norm(x []float64) float64 { return math.Sqrt(dot(x, x)) }

func scale(x []float64, a float64) {
	for i := range x {
		x[i] *= a
	}
}

// subtract takes a times y off x.
func subtract(x []float64, a float64, y []float64) {
	for i, v := range y {
		x[i] -= float64(a * v)
	}
}
