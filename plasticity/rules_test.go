package plasticity_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron"
	"murmur/neuron/random"
	"murmur/plasticity"
)

func TestAverageStartsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float32Range(.01, 1).Draw(t, "rate")
		x := rapid.SliceOfN(rapid.Float32Range(-1, 1), 1, 120).Draw(t, "x")
		a := plasticity.Average{Rate: rate}
		var sum, want float64
		for i, v := range x {
			a.Observe(v)
			sum += float64(v)
			if n := float64(i + 1); n <= 1/float64(rate) {
				want = sum / n
			} else {
				want += float64(rate) * (float64(v) - want)
			}
			// Each of the steps so far rounded values of at most 2 three times.
			if tolerance := float64(i+1) * 6 * 0x1p-24; math.Abs(float64(a.Value)-want) > tolerance {
				t.Fatalf("after %d: %v, want %v +- %v", i+1, a.Value, want, tolerance)
			}
		}
	})
}

func TestPace(t *testing.T) {
	for _, c := range []struct{ n, rate, want float32 }{{1, .1, 1}, {2, .1, .5}, {10, .1, .1}, {11, .1, .1}, {1e6, .1, .1}, {4, 1, 1}} {
		if got := plasticity.Pace(c.n, c.rate); got != c.want {
			t.Errorf("Pace(%v, %v) = %v, want %v", c.n, c.rate, got, c.want)
		}
	}
}

func TestGain(t *testing.T) {
	for _, c := range []struct{ target, power, want float32 }{{4, 1, 2}, {1, 4, .5}, {0, 1, 0}, {1, 0, 0}, {0, 0, 0}, {1, -1, 0}} {
		if got := plasticity.Gain(c.target, c.power); got != c.want {
			t.Errorf("Gain(%v, %v) = %v, want %v", c.target, c.power, got, c.want)
		}
	}
}

// Whatever length they start with, the features of a column that compete for one batch of patterns end with length 1.
func TestSoftHebbLength(t *testing.T) {
	const edges, lanes, column = 16, 30, 3
	rows := grid(edges, lanes)
	for j := range rows {
		random.Key{Seed: 5, Purpose: random.Split, Unit: uint32(j)}.Uniforms(rows[j], 0, 0, 0)
	}
	x := channel(rows)
	mean := make([]float32, lanes)
	neuron.Mean(mean, x.All())
	for _, length := range []float64{.3, 1, 2} {
		w := grid(column, edges)
		for i := range w {
			random.Key{Seed: 5, Purpose: random.Weights, Unit: uint32(i)}.Normals(w[i], 0, 0, 0)
			scale(w[i], length)
		}
		excitation := neuron.NewChannel("excitation", column, lanes)
		u, y, share := grid(column, lanes), grid(column, lanes), make([]float32, lanes)
		for range 4000 {
			for i := range w {
				clear(u[i])
				x.All().WeightedSum(u[i], w[i])
				var sum float32
				for _, v := range w[i] {
					sum += v
				}
				for l := range u[i] {
					u[i][l] -= sum * mean[l]
				}
				neuron.Excite(y[i], u[i], 4)
			}
			publish(excitation, y)
			for i := range w {
				neuron.Share(share, y[i], excitation.All())
				plasticity.SoftHebb(w[i], hebb(x.All(), share), mean, u[i], share, .2)
			}
		}
		for i := range w {
			if got := norm(w[i]); math.Abs(got-1) > 1e-3 {
				t.Errorf("from length %v: feature %d has length %v", length, i, got)
			}
		}
	}
}

func norm(w []float32) float64 {
	var sum float64
	for _, v := range w {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

func scale(w []float32, length float64) {
	n := norm(w)
	for j := range w {
		w[j] *= float32(length / n)
	}
}

// The delta rule goes down the gradient of the cross-entropy, which is worked out here by differences in float64.
func TestDeltaIsTheGradient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edges, lanes := rapid.IntRange(1, 6).Draw(t, "edges"), rapid.IntRange(1, 7).Draw(t, "lanes")
		classes := rapid.IntRange(2, 4).Draw(t, "classes")
		value := rapid.Float32Range(-1, 1)
		x := grid(edges, lanes)
		for j := range x {
			copy(x[j], rapid.SliceOfN(value, lanes, lanes).Draw(t, "x"))
		}
		w := make([][]float32, classes) // the last weight is the bias
		for c := range w {
			w[c] = rapid.SliceOfN(value, edges+1, edges+1).Draw(t, "w")
		}
		right := rapid.SliceOfN(rapid.IntRange(0, classes-1), lanes, lanes).Draw(t, "right")
		shares := func(w [][]float64, l int) []float64 {
			p := make([]float64, classes)
			var sum float64
			for c := range p {
				u := w[c][edges]
				for j := range x {
					u += w[c][j] * float64(x[j][l])
				}
				p[c] = math.Exp(u)
				sum += p[c]
			}
			for c := range p {
				p[c] /= sum
			}
			return p
		}
		loss := func(w [][]float64) (sum float64) {
			for l := range lanes {
				sum -= math.Log(shares(w, l)[right[l]]) / float64(lanes)
			}
			return sum
		}
		wide := make([][]float64, classes)
		for c := range wide {
			for _, v := range w[c] {
				wide[c] = append(wide[c], float64(v))
			}
		}
		const rate, h = .5, 1e-5
		for c := range w {
			err := make([]float32, lanes)
			for l := range err {
				err[l] = -float32(shares(wide, l)[c])
				if right[l] == c {
					err[l]++
				}
			}
			moved, bias := append([]float32(nil), w[c][:edges]...), w[c][edges]
			plasticity.Delta(moved, hebb(channel(x).All(), err), &bias, err, rate)
			for j, got := range append(moved, bias) {
				at := wide[c][j]
				wide[c][j] = at + h
				up := loss(wide)
				wide[c][j] = at - h
				down := loss(wide)
				wide[c][j] = at
				if want := at - rate*(up-down)/(2*h); math.Abs(float64(got)-want) > 2e-6 {
					t.Fatalf("class %d, weight %d: %v, want %v", c, j, got, want)
				}
			}
		}
	})
}

// Two readout units learn to tell points on either side of a line without a mistake.
func TestDeltaSeparates(t *testing.T) {
	const lanes = 40
	x := grid(2, lanes)
	answer := grid(2, lanes)
	for l := range lanes {
		angle := float64(l) * 2.4
		x[0][l], x[1][l] = float32(math.Cos(angle)), float32(math.Sin(angle))
		side := float32(1)
		if .6*x[0][l]-.8*x[1][l]+.2 < 0 {
			side = -1
		}
		x[0][l] += side * .6 * .2 // a margin
		x[1][l] -= side * .8 * .2
		answer[int(side+1)/2][l] = 1
	}
	in := channel(x).All()
	w, b := grid(2, 2), make([]float32, 2)
	y, p := grid(2, lanes), make([]float32, lanes)
	excitation := neuron.NewChannel("excitation", 2, lanes)
	wrong := 0
	for range 400 {
		for c := range w {
			for l := range y[c] {
				y[c][l] = b[c]
			}
			in.WeightedSum(y[c], w[c])
			neuron.Excite(y[c], y[c], 1)
		}
		publish(excitation, y)
		wrong = 0
		for c := range w {
			neuron.Share(p, y[c], excitation.All())
			for l := range p {
				if (p[l] > .5) != (answer[c][l] == 1) {
					wrong++
				}
				p[l] = answer[c][l] - p[l]
			}
			plasticity.Delta(w[c], hebb(in, p), &b[c], p, 1)
		}
	}
	if wrong > 0 {
		t.Errorf("%d mistakes", wrong)
	}
}
