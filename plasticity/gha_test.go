package plasticity_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// On one batch shown again and again nothing is left to chance: the columns of W become the leading eigenvectors of the
// covariance of that very batch, in order, and the hubs' powers its eigenvalues.
func TestGHAFindsPrincipalComponents(t *testing.T) {
	const n, hubs, lanes = 8, 3, 40
	z := grid(n, lanes)
	for i := range z {
		random.Key{Seed: 2, Purpose: random.Split, Unit: uint32(i)}.Normals(z[i], 0, 0, 0)
	}
	d := grid(n, lanes)
	for i := range d {
		for l := range d[i] { // a mixture with powers that fall
			for k, p := range []float32{2, 1.3, .8, .4, .3, .2, .2, .1} {
				d[i][l] += p * z[k][l] * float32(math.Cos(float64(k+1)*(float64(i)+.5)*math.Pi/n)+.1*float64(i%3))
			}
		}
	}
	c := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			var sum float64
			for l := range lanes {
				sum += float64(d[i][l]) * float64(d[j][l])
			}
			c.SetSym(i, j, sum/lanes)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(c, true) {
		t.Fatal("no eigenvectors")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil) // ascending
	for k := range hubs {
		if values[n-1-k] < 1.3*values[n-2-k] {
			t.Fatalf("eigenvalues %v lie too close for a test", values)
		}
	}

	w, residual := grid(n, hubs), grid(n, lanes)
	for i := range w {
		random.Key{Seed: 3, Purpose: random.Weights, Unit: uint32(i)}.Normals(w[i], 0, 0, 0)
		for k := range w[i] {
			w[i][k] /= float32(math.Sqrt(n))
		}
	}
	answer, strength := neuron.NewChannel("answer", hubs, lanes), neuron.NewChannel("power", hubs, 1)
	scratch, rows := make([]float32, hubs), make([]float32, hubs*lanes)
	for range 3000 {
		e, v := grid(hubs, lanes), grid(hubs, 1)
		for k := range e {
			for i := range d {
				kernel.Axpy(e[k], w[i][k], d[i])
			}
			v[k][0] = kernel.Power(e[k])
		}
		publish(answer, e)
		publish(strength, v)
		for i := range w {
			copy(residual[i], plasticity.GHA(w[i], scratch, rows, d[i], answer.All(), strength.All(), .1))
		}
	}
	const tolerance = 1e-4 // float32 sums of 40 products of the order of 1, and what convergence leaves
	for k := range hubs {
		for m := range k + 1 {
			var dot float64
			for i := range n {
				dot += float64(w[i][k]) * float64(w[i][m])
			}
			if want := map[bool]float64{true: 1}[k == m]; math.Abs(dot-want) > tolerance {
				t.Errorf("columns %d and %d: product %v, want %v", m, k, dot, want)
			}
		}
		var along float64
		for i := range n {
			along += float64(w[i][k]) * vectors.At(i, n-1-k)
		}
		if math.Abs(math.Abs(along)-1) > tolerance {
			t.Errorf("column %d is not eigenvector %d: cosine %v", k, k, along)
		}
		if v := float64(strength.All().At(k, 0)); math.Abs(v/values[n-1-k]-1) > tolerance {
			t.Errorf("hub %d has power %v, want the eigenvalue %v", k, v, values[n-1-k])
		}
	}
	// W diag(v) W^T and the powers of the residuals make up the powers of d.
	for i := range n {
		sum := float64(kernel.Power(residual[i]))
		for k := range hubs {
			sum += float64(w[i][k]) * float64(w[i][k]) * values[n-1-k]
		}
		if math.Abs(sum/c.At(i, i)-1) > 10*tolerance {
			t.Errorf("unit %d: hubs and residual have power %v, its deviation %v", i, sum, c.At(i, i))
		}
	}
}

// The step is the equation, to the bit, for any number of hubs and of lanes in use.
func TestGHAIsTheEquation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hubs, lanes := rapid.IntRange(0, 20).Draw(t, "hubs"), rapid.IntRange(1, 20).Draw(t, "lanes")
		used := rapid.IntRange(1, lanes).Draw(t, "used")
		values := func(name string, n int) []float32 {
			return rapid.SliceOfN(rapid.Float32Range(-2, 2), n, n).Draw(t, name)
		}
		w, d, rate := values("w", hubs), values("d", used), float32(.1)
		e, v := neuron.NewChannel("e", hubs, lanes), neuron.NewChannel("v", hubs, 1)
		for k := range hubs {
			copy(e.Out(k).Lanes(), values("e", lanes))
			v.Out(k).Lanes()[0] = .5 + float32(k)
		}
		e.Flip()
		v.Flip()
		want, residual := slices.Clone(w), slices.Clone(d)
		for k := range w {
			var sum float32
			for l := range residual {
				residual[l] += float32(-w[k] * e.All().At(k, l))
				sum += float32(e.All().At(k, l) * residual[l])
			}
			want[k] += float32(rate / float32(used) / (.5 + float32(k)) * sum)
		}
		left := plasticity.GHA(w, make([]float32, hubs), make([]float32, hubs*lanes), d, e.All(), v.All(), rate)
		if !slices.Equal(w, want) || !slices.Equal(left, residual) {
			t.Fatalf("weights %v, want %v; residual %v, want %v", w, want, left, residual)
		}
	})
}

// A hub that has heard nothing yet does no harm.
func TestGHAOfNothing(t *testing.T) {
	w, d := []float32{.5, -.5}, []float32{1, 2, 3}
	zero := channel(grid(2, 3))
	residual := plasticity.GHA(w, make([]float32, 2), make([]float32, 6), d, zero.All(), channel(grid(2, 1)).All(), .1)
	if w[0] != .5 || w[1] != -.5 || residual[2] != 3 {
		t.Errorf("weights %v, residual %v", w, residual)
	}
}
