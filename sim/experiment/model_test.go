package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/scenario"
)

// everyKind lists arms of every kind, with every option.
const everyKind = `sources=[{perturbation: rotate, strength: 4, arms: [identity, diagonal, shuffled, imprint radius=1, imprint radius=all, gha hubs=3, oracle,
	oracle when=learning, oracle when=testing, diagonal power=2, augmentation, gha hubs=3 + augmentation, gaussian-input, adversarial-training]}]`

func TestModelLogitsAndPull(t *testing.T) {
	t.Parallel()
	const images, draws, from, h = 3, 3, 17, 1e-6
	const layers = "sheet.second={columns: 2, units: 5, field: 2}"
	for _, tt := range []struct {
		arm string
		set []string
	}{
		{"none", nil},
		{"gha hubs=3", nil},
		{"imprint radius=all", nil},
		{"none", []string{layers}},
		{"gha hubs=3", []string{layers, "sources.0.arms=[gha hubs=3]"}},
		{"gha hubs=3 layer=1", []string{layers, "sources.0.arms=[gha hubs=3 layer=1]"}},
		{"imprint radius=1 layer=1", []string{layers, "sources.0.arms=[imprint radius=1 layer=1]"}},
		{"oracle layer=1 when=learning", []string{layers, "sources.0.arms=[oracle layer=1 when=learning]"}},
	} {
		name := tt.arm
		if tt.set != nil {
			name += ", two sheets"
		}
		t.Run(name, func(t *testing.T) {
			r := lived(t, append(tt.set, "thresholds=[]", "attack.arms=[]", "seeds=1")...)
			w := outside(r)
			a := armOf(t, r, tt.arm)
			m, other := w.model(a), newSecond(t, w, a)
			size, classes := m.Dims()
			x := nudged(w, images)
			g := make([]float32, images*draws*classes)
			random.Key{Seed: 6, Purpose: random.Split}.Normals(g, 0, 0, 0)
			logits, pull := make([]float32, len(g)), make([]float32, images*size)
			m.Logits(logits, x, attack.Draws{From: from, N: draws})
			m.Pull(pull, x, g, attack.Draws{From: from, N: draws})
			kinks, moved := 0, 0
			for l := range images {
				at := wide(x.X[l*size : (l+1)*size])
				weights := g[l*draws*classes:][:draws*classes]
				weighted := func() (sum float64, open []bool) {
					values, open := other.logits(at, x.ID[l], from, draws)
					for i, v := range values {
						sum += v * float64(weights[i])
					}
					return sum, open
				}
				want, _ := other.logits(at, x.ID[l], from, draws)
				for i, v := range want {
					if got := float64(logits[l*draws*classes+i]); math.Abs(got-v) > 1e-5*(1+math.Abs(v)) {
						t.Fatalf("image %d: logit %d is %v, want %v", l, i, got, v)
					}
				}
				for p := 0; p < size; p += 2 {
					middle := at[p]
					at[p] = middle + h
					up, openUp := weighted()
					at[p] = middle - h
					down, openDown := weighted()
					at[p] = middle
					if !slices.Equal(openUp, openDown) {
						kinks++ // a rectifier turns between: the difference says nothing about the slope
						continue
					}
					slope, got := (up-down)/(2*h), float64(pull[l*size+p])
					if math.Abs(got-slope) > 1e-4*(1+math.Abs(slope)) {
						t.Fatalf("image %d, pixel %d: pull %v, the finite difference is %v", l, p, got, slope)
					}
					if slope != 0 {
						moved++
					}
				}
			}
			if kinks > size/20 || moved < size/4 {
				t.Errorf("%d kinks and %d slopes that are not 0 in %d", kinks, moved, images*size/2)
			}
		})
	}
}

// TestModelBatches: what the model answers for an image does not depend on its batch, on what was asked before, or on
// how many draws are asked for at a time.
func TestModelBatches(t *testing.T) {
	t.Parallel()
	const images, draws = modelLanes + 3, 4
	r := lived(t)
	w := outside(r)
	m := w.model(armOf(t, r, "diagonal"))
	size, classes := m.Dims()
	x := nudged(w, images)
	g := make([]float32, images*draws*classes)
	random.Key{Seed: 6, Purpose: random.Split}.Normals(g, 0, 0, 0)
	whole, pull := make([]float32, images*draws*classes), make([]float32, images*size)
	m.Logits(whole, x, attack.Draws{N: draws})
	m.Pull(pull, x, g, attack.Draws{N: draws})
	one, alone := make([]float32, 2*classes), make([]float32, size)
	for _, l := range []int{0, 5, images - 1} {
		only := attack.Batch{X: x.X[l*size : (l+1)*size], ID: x.ID[l : l+1]}
		for from := range draws - 1 {
			m.Logits(one, only, attack.Draws{From: uint32(from), N: 2})
			if want := whole[(l*draws+from)*classes:][:2*classes]; !slices.Equal(one, want) {
				t.Fatalf("image %d, draws %d and %d: alone %v, in a batch %v", l, from, from+1, one, want)
			}
		}
		m.Pull(alone, only, g[l*draws*classes:][:draws*classes], attack.Draws{N: draws})
		if !slices.Equal(alone, pull[l*size:(l+1)*size]) {
			t.Fatalf("image %d is pulled otherwise alone than in a batch", l)
		}
	}
	other := attack.Batch{X: x.X[:size], ID: []uint32{x.ID[0] + 1}}
	m.Logits(one, other, attack.Draws{N: 2})
	if slices.Equal(one, whole[:2*classes]) {
		t.Error("another image of the same pixels meets the same noise")
	}
}

// TestModelIsTheNetwork: for every kind of arm and everything that it was judged under, the model decides as the network
// did, with the same confidence to the last bit.
func TestModelIsTheNetwork(t *testing.T) {
	t.Parallel()
	for _, set := range [][]string{{everyKind}, {everyKind, "noise.draws=1", "lanes.probe=100", "sheet={columns: 4, units: 7, field: 9}"}} {
		r := lived(t, append(set, "thresholds=[]", "perturbations=[rotate, contrast]", "attack.arms=[]")...)
		w := outside(r)
		n := w.test.Len()
		for _, a := range r.seeds[0].arms {
			m := w.model(a)
			if noisy := a.arm.Noisy() && w.When(a.arm) != scenario.Learning; (m.law != nil) != noisy {
				t.Errorf("%s: the model has noise: %v", a.arm, m.law != nil)
			}
			for slot, level := range append([]scenario.Level{{}}, a.levels...) {
				x := w.test.Pixels[:n*w.test.Size()]
				if slot > 0 {
					x = sure(w.modified(context.Background(), w.test, n, level, testTrials))
				}
				v := w.decideOn(a, m, x, n)
				if !slices.Equal(v.correct, a.Correct[slot]) || !slices.Equal(v.confidence, a.Confidence[slot]) {
					t.Errorf("%s under %s: the model decides otherwise than the network", a.arm, level.Name)
				}
			}
			if c := w.sameDecisions(a, m); c.Status != Pass {
				t.Errorf("%s: %+v", a.arm, c)
			}
		}
	}
}

// TestTamperedReadout: a model that is not the network is found out.
func TestTamperedReadout(t *testing.T) {
	t.Parallel()
	r := lived(t)
	w := outside(r)
	for _, spelling := range []string{"none", "oracle"} {
		a := armOf(t, r, spelling)
		tampered := *a
		tampered.Readout = slices.Clone(a.Readout)
		units := len(a.Readout) / len(a.Bias)
		for i := range units { // two classes change places
			tampered.Readout[i], tampered.Readout[units+i] = a.Readout[units+i], a.Readout[i]
		}
		if c := w.sameDecisions(a, w.model(&tampered)); c.Status != Fail || c.Name != "the-network-is-attacked" {
			t.Errorf("%s with two classes in each other's places: %+v", spelling, c)
		}
		blind := w.model(a)
		blind.below[0] = newSheetModel(w.layers[0].Sheet, make([]float32, len(w.layers[0].features)), 2)
		if c := w.sameDecisions(a, blind); c.Status != Fail {
			t.Errorf("%s without features: %+v", spelling, c)
		}
		if c := w.sameDecisions(a, w.model(a)); c.Status != Pass {
			t.Errorf("%s as it is: %+v", spelling, c)
		}
	}
}

// TestLaw: the law of the noise is that of the couplings, and the draws that the network judged with follow it.
func TestLaw(t *testing.T) {
	t.Parallel()
	const draws = 40
	r := lived(t, fmt.Sprintf("noise.draws=%d", draws))
	w := outside(r)
	for _, a := range r.seeds[0].arms[1:] {
		want, classes := noiseLaw(a), len(a.Bias)
		l := w.model(a).law
		root := mat.NewDense(classes, classes, wide(l.root))
		var got mat.Dense
		got.Mul(root, root.T())
		judged := w.test.Len()
		n := float64(draws * judged)
		for i := range classes {
			var mean float64
			for k := range draws {
				for m := range judged {
					mean += float64(a.Noise[(k*classes+i)*judged+m]) / n
				}
			}
			if math.Abs(mean) > 5*math.Sqrt(want.At(i, i)/n) {
				t.Errorf("%s: the judging noise of class %d has the mean %v", a.arm, i, mean)
			}
			for j := range i + 1 {
				size := math.Sqrt(want.At(i, i) * want.At(j, j))
				// Each number of the root is rounded to 24 bits; by Cauchy and Schwarz the products add up to no more.
				if math.Abs(got.At(i, j)-want.At(i, j)) > 4*0x1p-24*size {
					t.Errorf("%s: the law has the covariance %v of classes %d and %d, its couplings %v", a.arm, got.At(i, j), i, j, want.At(i, j))
				}
				var sample float64
				for k := range draws {
					for m := range judged {
						sample += float64(a.Noise[(k*classes+i)*judged+m]) * float64(a.Noise[(k*classes+j)*judged+m]) / n
					}
				}
				// The sample covariance of n normals of mean 0 strays by sqrt((c_ii c_jj + c_ij^2) / n); five times that is never seen.
				if stray := math.Sqrt((size*size + want.At(i, j)*want.At(i, j)) / n); math.Abs(sample-want.At(i, j)) > 5*stray {
					t.Errorf("%s: judging draws have the covariance %v of classes %d and %d, the law %v ± %v", a.arm, sample, i, j, want.At(i, j), stray)
				}
			}
		}
	}
}

// TestLawDraws: what the law adds to logits has its covariance, is the same for the same image and number, and different
// for others.
func TestLawDraws(t *testing.T) {
	t.Parallel()
	const draws = 20000
	r := lived(t)
	a := armOf(t, r, "oracle")
	l, want, classes := outside(r).model(a).law, noiseLaw(a), len(a.Bias)
	sum := mat.NewDense(classes, classes, nil)
	for k := range draws {
		z := make([]float32, classes)
		l.add(z, 5, uint32(k))
		for i := range classes {
			for j := range classes {
				sum.Set(i, j, sum.At(i, j)+float64(z[i])*float64(z[j])/draws)
			}
		}
	}
	for i := range classes {
		for j := range classes {
			stray := math.Sqrt((want.At(i, i)*want.At(j, j) + want.At(i, j)*want.At(i, j)) / draws)
			if math.Abs(sum.At(i, j)-want.At(i, j)) > 5*stray {
				t.Errorf("draws have the covariance %v of classes %d and %d, want %v ± %v", sum.At(i, j), i, j, want.At(i, j), stray)
			}
		}
	}
	draw := func(image, k uint32) []float32 {
		z := make([]float32, classes)
		l.add(z, image, k)
		return z
	}
	if !slices.Equal(draw(3, 4), draw(3, 4)) || slices.Equal(draw(3, 4), draw(4, 3)) || slices.Equal(draw(3, 4), draw(3, 5)) || slices.Equal(draw(3, 4), draw(4, 4)) {
		t.Error("a draw does not belong to its image and number")
	}
}

// TestSideBySide turns pictures and back, whatever number of lanes is in use.
func TestSideBySide(t *testing.T) {
	const size = 7
	for lanes := range modelLanes + 1 {
		x, turned, back := make([]float32, lanes*size), make([]float32, size*modelLanes), make([]float32, lanes*size)
		for i := range x {
			x[i] = float32(i + 1)
		}
		sideBySide(turned, x, lanes)
		for i, v := range turned {
			want := float32(0) // no lane in use
			if p, l := i/modelLanes, i%modelLanes; l < lanes {
				want = x[l*size+p]
			}
			if v != want {
				t.Fatalf("%d lanes: place %d holds %v, want %v", lanes, i, v, want)
			}
		}
		if oneByOne(back, turned, lanes); !slices.Equal(back, x) {
			t.Fatalf("%d lanes: %v comes back as %v", lanes, x, back)
		}
	}
}
