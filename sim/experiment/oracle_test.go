package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"murmur/network/circuit"
	"murmur/neuron/random"
)

// pictured returns responses to n trials before and after a change, whose deviations have the covariance M M^T + I/100
// for a random M with columns that shrink by decay, and a mean that is not 0.
func pictured(units, n int, decay float32) (clean, modified circuit.Memory) {
	clean = circuit.Memory{Trials: n, Values: make([]float32, units*n)}
	modified = circuit.Memory{Trials: n, Values: make([]float32, units*n)}
	s := random.Key{Seed: 3, Purpose: random.Split}.Stream(uint32(units), uint32(n))
	mix := make([]float32, units*units)
	size := float32(1)
	for k := range units {
		for i := range units {
			mix[i*units+k] = size * s.Normal()
		}
		size *= decay
	}
	latent := make([]float32, units)
	for m := range n {
		for k := range latent {
			latent[k] = s.Normal()
		}
		for i := range units {
			clean.Values[i*n+m] = s.Uniform()
			d := .3 + .1*s.Normal()
			for k, z := range latent {
				d += float32(mix[i*units+k] * z)
			}
			modified.Values[i*n+m] = clean.Values[i*n+m] + d
		}
	}
	return clean, modified
}

// sampleCovariance is gonum's covariance of the same deviations.
func sampleCovariance(clean, modified circuit.Memory, units int) *mat.SymDense {
	n := clean.Trials
	d := mat.NewDense(n, units, nil)
	for i := range units {
		for m := range n {
			d.Set(m, i, float64(modified.Values[i*n+m])-float64(clean.Values[i*n+m]))
		}
	}
	c := mat.NewSymDense(units, nil)
	stat.CovarianceMatrix(c, d, nil)
	return c
}

func TestCovarianceIsThatOfGonum(t *testing.T) {
	for _, tt := range []struct{ units, n int }{{1, 2}, {5, 7}, {24, 64}, {24, 65}, {33, 200}, {65, 129}} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			clean, modified := pictured(tt.units, tt.n, .9)
			got, want := sure(covariance(context.Background(), clean, modified, tt.units)), sampleCovariance(clean, modified, tt.units)
			for i := range tt.units {
				for j := range tt.units {
					// A sum of n products, each at most what Cauchy and Schwarz allow, in two orders.
					tol := 4 * float64(tt.n) * 0x1p-52 * math.Sqrt(want.At(i, i)*want.At(j, j))
					if g := got[i*tt.units+j]; math.Abs(g-want.At(i, j)) > tol {
						t.Fatalf("[%d, %d] is %v, gonum has %v", i, j, g, want.At(i, j))
					}
					if got[i*tt.units+j] != got[j*tt.units+i] {
						t.Fatalf("[%d, %d] and [%d, %d] differ", i, j, j, i)
					}
				}
			}
		})
	}
}

// TestOneTrialHasNoCovariance: a division by n - 1 must not make NaN of it.
func TestOneTrialHasNoCovariance(t *testing.T) {
	clean, modified := pictured(4, 1, 1)
	for _, c := range sure(covariance(context.Background(), clean, modified, 4)) {
		if c != 0 {
			t.Fatalf("the covariance of one trial is %v", c)
		}
	}
}

// made is the noise covariance of couplings to k hubs and private noise.
func made(couplings, private []float32, k int) *mat.SymDense {
	n := len(private)
	c := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			var sum float64
			for a := range k {
				sum += float64(couplings[i*k+a]) * float64(couplings[j*k+a])
			}
			if i == j {
				sum += float64(private[i]) * float64(private[i])
			}
			c.SetSym(i, j, sum)
		}
	}
	return c
}

func spectrum(t testing.TB, c mat.Symmetric) []float64 {
	t.Helper()
	var e mat.EigenSym
	if !e.Factorize(c, false) {
		t.Fatal("gonum finds no eigenvalues")
	}
	v := e.Values(nil)
	slices.Reverse(v)
	return v
}

func TestFactoriseKeepsTheLeadingComponents(t *testing.T) {
	const units = 40
	for _, tt := range []struct {
		components int
		decay      float32
		slack      float64 // of the power of the leading components; what is not yet separated goes to private noise
	}{{1, .5, 1e-6}, {4, .7, 1e-5}, {8, .9, .01}, {16, .97, .01}, {units, .9, 1e-6}} {
		t.Run(fmt.Sprintf("%d components, decay %v", tt.components, tt.decay), func(t *testing.T) {
			clean, modified := pictured(units, 300, tt.decay)
			y := sure(newStructure(context.Background(), clean, modified, units, tt.components, 1))
			c := mat.NewSymDense(units, slices.Clone(y.covariance))
			m := made(y.couplings, y.private, tt.components)
			for i := range units {
				// Each coupling is rounded to 24 bits, and so is the root of what is left.
				if rel := m.At(i, i)/c.At(i, i) - 1; math.Abs(rel) > 4*0x1p-24 {
					t.Errorf("unit %d has the noise power %v, its deviation %v", i, m.At(i, i), c.At(i, i))
				}
			}
			var shared float64
			for _, v := range y.couplings {
				shared += float64(v) * float64(v)
			}
			values := spectrum(t, c)
			leading := floats.Sum(values[:tt.components])
			if shared < leading*(1-tt.slack) {
				t.Errorf("the couplings share a power of %v, the leading %d eigenvalues are %v", shared, tt.components, leading)
			}
			if shared > leading*(1+1e-6) {
				t.Errorf("the couplings share a power of %v, more than the leading %d eigenvalues, %v", shared, tt.components, leading)
			}
			if least := spectrum(t, m)[units-1]; least < -1e-6*values[0] {
				t.Errorf("the noise covariance has the eigenvalue %v", least)
			}
			if tt.components == units {
				var diff mat.Dense
				diff.Sub(m, c)
				if d := mat.Norm(&diff, 2) / mat.Norm(c, 2); d > 1e-6 {
					t.Errorf("with all components the noise covariance is off by %v", d)
				}
			}
		})
	}
}

func TestShuffledKeepsTheSpectrum(t *testing.T) {
	const units, k = 30, 5
	clean, modified := pictured(units, 200, .8)
	y := sure(newStructure(context.Background(), clean, modified, units, k, 4))
	couplings, private := y.shuffled(4)
	before, after := made(y.couplings, y.private, k), made(couplings, private, k)
	want, got := spectrum(t, before), spectrum(t, after)
	if !floats.EqualApprox(got, want, 1e-12*want[0]) {
		t.Errorf("eigenvalues %v, want %v", got, want)
	}
	var diff mat.Dense
	diff.Sub(after, before)
	if mat.Norm(&diff, 2) < .1*mat.Norm(before, 2) {
		t.Error("nothing was shuffled")
	}
	if other, _ := y.shuffled(5); slices.Equal(other, couplings) {
		t.Error("another seed shuffles alike")
	}
}

// plainAlignment is <C, M> / (|C| |M|) with M from a dense matrix of couplings.
func plainAlignment(c *mat.SymDense, l *mat.Dense, self []float32) float64 {
	var m, cm mat.Dense
	m.Mul(l, l.T())
	for i, s := range self {
		m.Set(i, i, m.At(i, i)+float64(s)*float64(s))
	}
	cm.MulElem(c, &m)
	return mat.Sum(&cm) / (mat.Norm(c, 2) * mat.Norm(&m, 2))
}

func TestAlignmentIsThatOfGonum(t *testing.T) {
	const units, k = 30, 4
	clean, modified := pictured(units, 200, .8)
	y := sure(newStructure(context.Background(), clean, modified, units, k, 4))
	c := sampleCovariance(clean, modified, units)
	check := func(name string, got circuit.Couplings, l *mat.Dense) {
		t.Helper()
		want := plainAlignment(c, l, got.Self)
		// Rows of L L^T are summed in float32 over up to as many sources as there are units.
		if a := sure(y.alignment(context.Background(), got)); math.Abs(a-want) > units*0x1p-23 {
			t.Errorf("%s: alignment %v, gonum has %v", name, a, want)
		}
	}
	row := func(i int) []float32 { return y.couplings[i*k : (i+1)*k] }

	hubs := circuit.Couplings{Hubs: k, Self: y.private}
	dense := mat.NewDense(units, k, nil)
	for i := range units {
		hubs.L = append(hubs.L, row(i))
		for a, v := range row(i) {
			dense.Set(i, a, float64(v))
		}
	}
	check("hubs", hubs, dense)

	lateral := circuit.Couplings{Self: y.private}
	dense = mat.NewDense(units, units, nil)
	s := random.Key{Seed: 9, Purpose: random.Split}.Stream(0, 0)
	for i := range units {
		var sources []int32
		var l []float32
		for j := range units {
			if s.IntN(3) == 0 {
				v := s.Normal()
				sources, l = append(sources, int32(j)), append(l, v)
				dense.Set(i, j, float64(v))
			}
		}
		lateral.Sources, lateral.L = append(lateral.Sources, sources), append(lateral.L, l)
	}
	check("lateral neighbours", lateral, dense)

	private := circuit.Couplings{Self: y.private, L: make([][]float32, units), Sources: make([][]int32, units)}
	check("private noise", private, mat.NewDense(units, units, nil))

	whole := sure(newStructure(context.Background(), clean, modified, units, units, 4))
	all := circuit.Couplings{Hubs: units, Self: whole.private}
	for i := range units {
		all.L = append(all.L, whole.couplings[i*units:(i+1)*units])
	}
	if a := sure(whole.alignment(context.Background(), all)); math.Abs(a-1) > units*0x1p-23 {
		t.Errorf("the covariance itself has an alignment of %v", a)
	}
}

// TestStructureOfNothing: a change that changes nothing has no structure, and no NaN.
func TestStructureOfNothing(t *testing.T) {
	clean, _ := pictured(6, 20, .8)
	y := sure(newStructure(context.Background(), clean, clean, 6, 3, 1))
	for _, v := range slices.Concat(y.couplings, y.private) {
		if v != 0 {
			t.Fatalf("couplings %v, private noise %v", y.couplings, y.private)
		}
	}
}

// TestFactoriseOfLowRank: fewer trials than components, a unit that never deviates.
func TestFactoriseOfLowRank(t *testing.T) {
	const units, k = 20, 12
	clean, modified := pictured(units, 8, .9)
	copy(modified.Values[3*8:4*8], clean.Values[3*8:4*8])
	y := sure(newStructure(context.Background(), clean, modified, units, k, 1))
	m := made(y.couplings, y.private, k)
	c := mat.NewSymDense(units, slices.Clone(y.covariance))
	var diff mat.Dense
	diff.Sub(m, c)
	if d := mat.Norm(&diff, 2) / mat.Norm(c, 2); !(d < 1e-6) {
		t.Errorf("a covariance of rank 7 is off by %v with %d components", d, k)
	}
	if v := m.At(3, 3); v != 0 {
		t.Errorf("the unit that never deviates has a noise power of %v", v)
	}
}

// TestStructureIsInterrupted: what takes long ends with the context, and half of it is not kept.
func TestStructureIsInterrupted(t *testing.T) {
	e := newTiny(t)
	w := e.world(e.Seed, quiet{})
	y := w.lessons()[0]
	units := e.sheets()[0].Len()
	clean, modified := pictured(units, 40, .9)
	w.layers = []*layer{{Sheet: e.sheets()[0], clean: clean}}
	y.modified, y.structures = []circuit.Memory{modified}, make([]*structure, 1)
	why := errors.New("somebody said no")
	ctx, cancel := context.WithCancelCause(context.Background())
	whole := sure(newStructure(ctx, clean, modified, units, 3, 1))
	cancel(why)
	if s, err := y.structure(ctx, w, 0); s != nil || !errors.Is(err, why) || y.structures[0] != nil {
		t.Errorf("a structure is %v, %v", s, err)
	}
	if err := whole.factorise(ctx, 3, 1); !errors.Is(err, why) {
		t.Errorf("factors: %v", err)
	}
	if _, err := whole.alignment(ctx, circuit.Couplings{Self: make([]float32, units), L: make([][]float32, units)}); !errors.Is(err, why) {
		t.Errorf("an alignment: %v", err)
	}
	if _, err := w.modified(ctx, e.test, 5, e.cells[0], 0); !errors.Is(err, why) {
		t.Errorf("pictures: %v", err)
	}
}
