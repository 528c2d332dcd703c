package certificate_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"murmur/neuron/random"
	"murmur/sim/certificate"
)

// layer is couplings and own noise of a random layer; the first bare units have none of their own.
type layer struct {
	units, sources int
	l, self        []float32
	stream         *random.Stream
}

func newLayer(seed uint64, units, sources, bare int) layer {
	y := layer{units, sources, make([]float32, units*sources), make([]float32, units), random.Key{Seed: seed, Purpose: random.Noise}.Stream(0, 0)}
	for i := range y.l {
		y.l[i] = y.stream.Normal()
	}
	for i := bare; i < units; i++ {
		y.self[i] = .1 + y.stream.Uniform()
	}
	return y
}

func drawLayer(t *rapid.T, bare bool) layer {
	units := rapid.IntRange(1, 7).Draw(t, "units")
	without := 0
	if bare {
		without = rapid.IntRange(0, units).Draw(t, "bare")
	}
	return newLayer(rapid.Uint64Range(0, 1000).Draw(t, "seed"), units, rapid.IntRange(0, 9).Draw(t, "sources"), without)
}

func (y layer) noise(t interface{ Fatal(...any) }) *certificate.LayerNoise {
	n, err := certificate.NewLayerNoise(y.l, y.self)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// normals returns n standard normal numbers.
func (y layer) normals(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(y.stream.Normal())
	}
	return v
}

// make returns the noise that sources xi and own draws eta make.
func (y layer) make(xi, eta []float64) []float64 {
	n := make([]float64, y.units)
	for i := range n {
		n[i] = float64(y.self[i]) * eta[i]
		for j, x := range xi {
			n[i] += float64(y.l[i*y.sources+j]) * x
		}
	}
	return n
}

// covariance is L L^T + diag(self^2).
func (y layer) covariance() *mat.SymDense {
	c := mat.NewSymDense(y.units, nil)
	for i := range y.units {
		for j := range i + 1 {
			var sum float64
			for k := range y.sources {
				sum += float64(y.l[i*y.sources+k]) * float64(y.l[j*y.sources+k])
			}
			if i == j {
				sum += float64(y.self[i]) * float64(y.self[i])
			}
			c.SetSym(i, j, sum)
		}
	}
	return c
}

func TestLengthByHand(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name            string
		l, self         []float32
		delta           []float64
		length, outside float64
	}{
		{"own noise alone", nil, []float32{2, .5}, []float64{2, 1}, math.Sqrt(5), 0},
		{"the sign of own noise says nothing", nil, []float32{-2, .5}, []float64{2, 1}, math.Sqrt(5), 0},
		{"one source for both, along it", []float32{1, 1}, []float32{0, 0}, []float64{3, 3}, 3, 0},
		{"one source for both, across", []float32{1, 1}, []float32{0, 0}, []float64{1, -1}, inf, 1},
		{"one source for both, partly across", []float32{1, 1}, []float32{0, 0}, []float64{2, 0}, inf, math.Sqrt(.5)},
		{"a unit without any noise", []float32{1, 0}, []float32{0, 0}, []float64{3, 4}, inf, .8},
		{"the same, left alone", []float32{1, 0}, []float32{0, 0}, []float64{3, 0}, 3, 0},
		{"Sigma = 1 1^T + I", []float32{1, 1}, []float32{1, 1}, []float64{1, 1}, math.Sqrt(2. / 3), 0},
		{"Sigma = 1 1^T + I, across", []float32{1, 1}, []float32{1, 1}, []float64{1, -1}, math.Sqrt(2), 0},
		{"one unit bare: its source is known from it", []float32{1, 1}, []float32{0, 1}, []float64{3, 4}, math.Sqrt(10), 0},
		{"two sources for one unit", []float32{3, 4}, []float32{0}, []float64{10}, 2, 0},
		{"two sources, one of them free", []float32{1, 0, 1, 1}, []float32{0, 1}, []float64{0, 2}, math.Sqrt2, 0},
		{"twice the same source", []float32{1, 1, 2, 2}, []float32{0, 0}, []float64{2, 4}, math.Sqrt2, 0},
		{"nothing shifted", []float32{1, 1}, []float32{0, 0}, []float64{0, 0}, 0, 0},
		{"no noise at all", nil, []float32{0, 0}, []float64{0, 1e-30}, inf, 1},
	} {
		n, err := certificate.NewLayerNoise(c.l, c.self)
		if err != nil {
			t.Fatal(err)
		}
		length, outside := n.Length(c.delta)
		if !(math.Abs(length-c.length) < 1e-12 || length == c.length) || math.Abs(outside-c.outside) > 1e-12 {
			t.Errorf("%s: length %v, outside %v, want %v and %v", c.name, length, outside, c.length, c.outside)
		}
	}
}

// Where Sigma has an inverse the length is the quadratic form of it, with bare units or without.
func TestLengthIsMahalanobis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := drawLayer(t, true)
		var chol mat.Cholesky
		if !chol.Factorize(y.covariance()) || chol.Cond() > 1e6 {
			t.Skip("singular")
		}
		delta := mat.NewVecDense(y.units, y.normals(y.units))
		var solved mat.VecDense
		if err := chol.SolveVecTo(&solved, delta); err != nil {
			t.Fatal(err)
		}
		want := math.Sqrt(mat.Dot(delta, &solved))
		got, outside := y.noise(t).Length(delta.RawVector().Data)
		if math.Abs(got-want) > 1e-8*want || outside != 0 {
			t.Fatalf("length %v, outside %v, want %v", got, outside, want)
		}
	})
}

// Singular or not: what some noise makes is no longer than that noise, what is added across the range is infinite, and
// lengths scale and obey the triangle inequality.
func TestLengthProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := drawLayer(t, true)
		n := y.noise(t)
		xi, eta := y.normals(y.sources), y.normals(y.units)
		made, other := y.make(xi, eta), y.make(y.normals(y.sources), y.normals(y.units))
		var bound float64
		for _, v := range append(append([]float64{}, xi...), eta...) {
			bound += v * v
		}
		length, outside := n.Length(made)
		if length > math.Sqrt(bound)*(1+1e-9) || outside > 1e-12 {
			t.Fatalf("length %v of what noise of length %v makes, %v of it outside", length, math.Sqrt(bound), outside)
		}
		sum, thrice := make([]float64, y.units), make([]float64, y.units)
		for i, v := range made {
			sum[i], thrice[i] = v+other[i], -3*v
		}
		third, _ := n.Length(other)
		if both, _ := n.Length(sum); both > (length+third)*(1+1e-9) {
			t.Fatalf("length %v of a sum of lengths %v and %v", both, length, third)
		}
		if got, _ := n.Length(thrice); math.Abs(got-3*length) > 1e-8*got {
			t.Fatalf("length %v, times -3 it is %v", length, got)
		}
		without := 0
		for _, s := range y.self {
			if s == 0 {
				without++
			}
		}
		if without <= y.sources {
			return // sources may make everything
		}
		var e mat.EigenSym
		if !e.Factorize(y.covariance(), true) {
			t.Fatal("no eigenvalues")
		}
		var v mat.Dense
		e.VectorsTo(&v)
		for i := range sum {
			sum[i] = made[i] + .1*v.At(i, 0)
		}
		if got, outside := n.Length(sum); !math.IsInf(got, 1) || outside <= 0 || outside > 1 {
			t.Fatalf("length %v, outside %v, of a shift that leaves the range", got, outside)
		}
	})
}

// The theorem on a network whose probabilities are known: what is decided by w^T a > b changes, under the noise, exactly
// at the radius along -Sigma w, and later along everything else.
func TestActivityRadiusIsSoundAndTight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := drawLayer(t, true)
		n, c := y.noise(t), y.covariance()
		w := mat.NewVecDense(y.units, y.normals(y.units))
		var cw mat.VecDense
		cw.MulVec(c, w)
		sd := math.Sqrt(mat.Dot(w, &cw))
		if sd < 1e-3 {
			t.Skip("no noise that the decision sees")
		}
		p := rapid.Float64Range(.51, .9999).Draw(t, "p")
		margin := sd * distuv.UnitNormal.Quantile(p) // w^T a - b
		after := func(delta []float64) float64 {     // the probability of the class after a shift
			return distuv.UnitNormal.CDF((margin + mat.Dot(w, mat.NewVecDense(y.units, delta))) / sd)
		}
		radius := certificate.ActivityRadius(p)
		certified := certificate.ActivityCertificate{Class: 3, Radius: radius, PLower: p}

		worst := make([]float64, y.units) // of length 1
		for i := range worst {
			worst[i] = -cw.AtVec(i) / sd
		}
		for _, factor := range []float64{.999, 1.001} {
			shift := make([]float64, y.units)
			for i, v := range worst {
				shift[i] = v * radius * factor
			}
			if covered, holds := n.Covers(certified, shift), after(shift) > .5; covered != (factor < 1) || holds != covered {
				t.Fatalf("at %v of the radius along the worst direction: covered %v, the vote holds: %v", factor, covered, holds)
			}
		}

		shift := y.make(y.normals(y.sources), y.normals(y.units))
		if length, _ := n.Length(shift); length > 0 {
			target := rapid.Float64Range(.1, 1.5).Draw(t, "length") * radius / length
			for i := range shift {
				shift[i] *= target
			}
		}
		if n.Covers(certified, shift) && after(shift) < .5-1e-9 { // at the radius itself rounding decides
			t.Fatalf("a covered shift changes the vote: probability %v", after(shift))
		}
		if n.Covers(certificate.ActivityCertificate{Class: certificate.Abstain, Radius: 9}, make([]float64, y.units)) {
			t.Fatal("an abstention covers a shift")
		}
	})
}

// As large as a layer of murmur: many units, of which some are bare, and shared sources with own noise.
func TestLargeLayer(t *testing.T) {
	for _, c := range [][3]int{{300, 16, 0}, {300, 16, 40}, {120, 120, 30}} {
		y := newLayer(7, c[0], c[1], c[2])
		n := y.noise(t)
		made := y.make(y.normals(y.sources), y.normals(y.units))
		length, _ := n.Length(made)
		singular := c[2] > c[1]
		if !singular {
			var chol mat.Cholesky
			var solved mat.VecDense
			if !chol.Factorize(y.covariance()) {
				t.Fatal("singular")
			}
			d := mat.NewVecDense(y.units, made)
			if err := chol.SolveVecTo(&solved, d); err != nil {
				t.Fatal(err)
			}
			if want := math.Sqrt(mat.Dot(d, &solved)); math.Abs(length-want) > 1e-8*want {
				t.Errorf("%v: length %v, want %v", c, length, want)
			}
			continue
		}
		if math.IsInf(length, 1) || length > 1.2*math.Sqrt(float64(y.units+y.sources)) {
			t.Errorf("%v: length %v of a draw of the noise", c, length)
		}
		made[0] += 1e-3
		if length, outside := n.Length(made); !math.IsInf(length, 1) || !(outside > 0 && outside < 1e-3) {
			t.Errorf("%v: length %v, outside %v, off the range by a thousandth", c, length, outside)
		}
	}
}

func TestLayerNoiseErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name    string
		l, self []float32
		want    []string
	}{
		{"own noise", []float32{1, 1}, []float32{1, nan}, []string{"own noise", "unit 1", "NaN"}},
		{"coupling", []float32{1, 1, inf, 1}, []float32{1, 1}, []string{"coupling", "unit 1", "source 0", "Inf"}},
		{"almost no own noise", []float32{1, 0, 1, 1}, []float32{1, 1e-10}, []string{"too small"}},
	} {
		_, err := certificate.NewLayerNoise(c.l, c.self)
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", c.name, err, w)
			}
		}
	}
	n, err := certificate.NewLayerNoise([]float32{1, 1}, []float32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if n.Covers(certificate.ActivityCertificate{Radius: 3}, []float64{math.NaN(), 0}) {
		t.Error("a shift of NaN is covered")
	}
	for name, f := range map[string]func(){
		"couplings": func() { _, _ = certificate.NewLayerNoise([]float32{1, 1, 1}, []float32{1, 1}) },
		"no units":  func() { _, _ = certificate.NewLayerNoise(nil, nil) },
		"shift":     func() { n.Length([]float64{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
