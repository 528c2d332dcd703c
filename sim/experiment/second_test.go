package experiment

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"murmur/network/circuit"
	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/scenario"
)

// outside returns the world that a run of one seed was in, as those outside see it.
func outside(r *run) *world {
	w := r.world(r.Seed, quiet{})
	w.train, _ = w.shuffle(context.Background(), r.train) // which fails with its context alone
	for k, sheet := range r.sheets() {
		w.layers = append(w.layers, &layer{Sheet: sheet, eyes: new(circuit.Features), features: r.seeds[0].Features[k]})
	}
	return w
}

// looked returns the noise-free responses to pictures, [image][pixel], of the one sheet of a world.
func looked(w *world, pictures []float32) circuit.Memory {
	s := newSheetModel(w.layers[0].Sheet, w.layers[0].features, float32(w.Features.Gain))
	n := len(pictures) / s.Inputs()
	m := circuit.Memory{Trials: n, Values: make([]float32, s.Len()*n)}
	blocks(n, func(_, first, lanes int) {
		in := make([]float32, s.Inputs()*modelLanes)
		sideBySide(in, pictures[first*s.Inputs():(first+lanes)*s.Inputs()], lanes)
		s.respond(m.Values[first:], n, in, lanes)
	})
	return m
}

// armOf returns the first arm of a run with that spelling.
func armOf(t testing.TB, r *run, spelling string) *armRun {
	t.Helper()
	i := slices.IndexFunc(r.seeds[0].arms, func(a *armRun) bool { return a.arm.String() == spelling })
	if i < 0 {
		t.Fatalf("no arm %s", spelling)
	}
	return r.seeds[0].arms[i]
}

// nudged returns test images, moved about as an attack does, so that no pixel stands at a border.
func nudged(w *world, n int) attack.Batch {
	size := w.test.Size()
	batch := attack.Batch{X: make([]float32, n*size)}
	s := random.Key{Seed: 5, Purpose: random.Split}.Stream(0, 0)
	for i := range batch.X {
		batch.X[i] = .1 + .6*w.test.Pixels[i] + .2*s.Uniform()
	}
	for i := range n {
		batch.ID = append(batch.ID, uint32(3*i+1))
	}
	return batch
}

func wide(x []float32) []float64 { return widened(x) }

// unitLaw is the covariance L L^T + diag(self^2) of an arm's noise at its units, by gonum.
func unitLaw(a *armRun) *mat.SymDense {
	c := a.Couplings
	units := len(c.Self)
	sources := units
	if c.Hubs > 0 {
		sources = c.Hubs
	}
	l := mat.NewDense(units, sources, nil)
	for i, row := range c.L {
		for j, v := range row {
			if c.Hubs == 0 {
				j = int(c.Sources[i][j])
			}
			l.Set(i, j, float64(v))
		}
	}
	var n mat.SymDense
	n.SymOuterK(1, l)
	for i, v := range c.Self {
		n.SetSym(i, i, n.At(i, i)+float64(v)*float64(v))
	}
	return &n
}

// noiseLaw is the covariance W (L L^T + diag(self^2)) W^T of an arm's noise at the readout, by gonum.
func noiseLaw(a *armRun) *mat.SymDense {
	classes := len(a.Bias)
	w := mat.NewDense(classes, len(a.Readout)/classes, wide(a.Readout))
	var wn, law mat.Dense
	wn.Mul(w, unitLaw(a))
	law.Mul(&wn, w.T())
	s := mat.NewSymDense(classes, nil)
	for i := range classes {
		for j := i; j < classes; j++ {
			s.SetSym(i, j, (law.At(i, j)+law.At(j, i))/2)
		}
	}
	return s
}

// second is another implementation of the model, in float64 and picture by picture.
type second struct {
	w     *world
	a     *armRun
	noise bool
	root  *mat.TriDense // of the law of the noise at the readout, nil without noise or where a sheet lies between
}

func newSecond(t testing.TB, w *world, a *armRun) *second {
	t.Helper()
	s := &second{w: w, a: a, noise: len(a.Couplings.Self) > 0 && w.When(a.arm) != scenario.Learning}
	if !s.noise || w.above(a) != nil {
		return s
	}
	var c mat.Cholesky
	if !c.Factorize(noiseLaw(a)) {
		t.Fatalf("%s: gonum finds no root of the law", a.arm)
	}
	s.root = mat.NewTriDense(len(a.Bias), mat.Lower, nil)
	c.LTo(s.root)
	return s
}

// respond returns what a sheet responds to inputs, and adds the units whose rectifier is open.
func (s *second) respond(l *layer, x []float64, open *[]bool) []float64 {
	field := l.Afferents()
	u, r := make([]float64, l.Len()), make([]float64, l.Len())
	for i := range u {
		at := 0
		for _, span := range l.ReceptiveField(l.Column(i)) {
			for p := range span.N {
				u[i] += float64(l.features[i*field+at]) * x[span.First+p]
				at++
			}
		}
	}
	for i := range u {
		mates := l.Mates(l.Column(i))
		var mean float64
		for j := range mates.N {
			mean += u[mates.First+j] / float64(mates.N)
		}
		*open = append(*open, u[i] > mean)
		r[i] = math.Tanh(s.w.Features.Gain * max(0, u[i]-mean))
	}
	return r
}

// normals are the numbers of an adversary's own draw for an image.
func (s *second) normals(n int, id uint32, draw, kind int) []float64 {
	xi := make([]float32, n)
	random.Key{Seed: s.w.seed, Purpose: random.Adversary, Unit: id}.Normals(xi, uint32(draw), uint32(kind), 0)
	return wide(xi)
}

// logits returns [draw][class] of an image, with the units whose rectifier is open.
func (s *second) logits(x []float64, id uint32, from, draws int) (logits []float64, open []bool) {
	a, c := s.a, s.a.Couplings
	noisy := s.w.layerOf(a.arm)
	for _, l := range s.w.layers[:noisy+1] {
		x = s.respond(l, x, &open)
	}
	for k := range draws {
		r := slices.Clone(x)
		if noisy < len(s.w.layers)-1 { // noise at the units, seen by the sheet above
			if len(c.Self) > 0 && s.noise {
				xi := s.normals(len(c.Self)+c.Hubs, id, from+k, 1)
				for i, row := range c.L {
					r[i] += float64(c.Self[i]) * xi[i]
					for j, v := range row {
						source := len(c.Self) + j
						if c.Hubs == 0 {
							source = int(c.Sources[i][j])
						}
						r[i] += float64(v) * xi[source]
					}
				}
			}
			r = s.respond(s.w.layers[noisy+1], r, &open)
		}
		xi := s.normals(len(a.Bias), id, from+k, 0)
		for c := range a.Bias {
			sum := float64(a.Bias[c])
			for i := range r {
				sum += float64(a.Readout[c*len(r)+i]) * r[i]
			}
			for j := 0; s.root != nil && j <= c; j++ {
				sum += s.root.At(c, j) * xi[j]
			}
			logits = append(logits, sum)
		}
	}
	return logits, open
}
