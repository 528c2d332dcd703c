package circuit

import (
	"math"

	"murmur/network/topology"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// This file is the model once more, slow and plain: loops over [unit][lane], no views, no kernels but exp and tanh, no
// goroutines and no ticks. reference_property_test.go holds the network to it, bit by bit. In the real one everything
// happens a tick after the other at units that see one another's frames; here a batch is one call.

// grid is values of units, [unit][lane].
type grid [][]float32

func newGrid(units, lanes int) grid {
	g := make(grid, units)
	for i := range g {
		g[i] = make([]float32, lanes)
	}
	return g
}

// lanes returns the lanes of trials first to first+n-1 of a block [unit][trial].
func (m Memory) lanes(first, n int) grid {
	g := newGrid(len(m.Values)/m.Trials, n)
	for i := range g {
		for l := range n {
			g[i][l] = m.Values[i*m.Trials+first+l]
		}
	}
	return g
}

// refMean is a mean whose n-th observation counts max(1/n, rate).
type refMean struct{ n, value, rate float32 }

func (m *refMean) see(x float32) {
	m.n++
	m.value = m.value + float32(max(1/m.n, m.rate)*(x-m.value))
}

func refPower(x []float32) float32 {
	var sum float32
	for _, v := range x {
		sum = sum + float32(v*v)
	}
	return sum / float32(len(x))
}

func refRoot(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// refSoftmax returns exp(t*u_i) / sum_j exp(t*u_j) in every lane, the exponent held within +-80.
func refSoftmax(u grid, t float32) grid {
	y, p := newGrid(len(u), len(u[0])), newGrid(len(u), len(u[0]))
	for l := range u[0] {
		var sum float32
		for i := range u {
			y[i][l] = kernel.Exp(max(-80, min(80, t*u[i][l])))
			sum = sum + y[i][l]
		}
		for i := range u {
			p[i][l] = y[i][l] / sum
		}
	}
	return p
}

// refField returns the pixels of a column's receptive field: fields are spread evenly from border to border, rounded to
// whole pixels, halves up; a single one sits in the middle.
func refField(s topology.Sheet, column int) []int {
	begin := func(k, side int) int {
		if s.Columns == 1 {
			return (side - s.Field) / 2
		}
		return int(math.Floor(float64(k*(side-s.Field))/float64(s.Columns-1) + .5))
	}
	var pixels []int
	for y := range s.Height {
		for x := range s.Width {
			dy, dx := y-begin(column/s.Columns, s.Height), x-begin(column%s.Columns, s.Width)
			if dy >= 0 && dy < s.Field && dx >= 0 && dx < s.Field {
				pixels = append(pixels, y*s.Width+x)
			}
		}
	}
	return pixels
}

// refLateral returns the units at most radius columns away from unit i, by brute force.
func refLateral(s topology.Sheet, i, radius int) []int {
	var near []int
	ci := i / s.Units
	for j := range s.Columns * s.Columns * s.Units {
		cj := j / s.Units
		dr, dc := ci/s.Columns-cj/s.Columns, ci%s.Columns-cj%s.Columns
		if radius == topology.All || max(dr, -dr, dc, -dc) <= radius {
			near = append(near, j)
		}
	}
	return near
}

// refFeatures is the sheet that sees.
type refFeatures struct {
	sheet topology.Sheet
	rule  FeatureRule
	w     grid // [unit][pixel of the field]
}

func newRefFeatures(s topology.Sheet, rule FeatureRule, seed uint64) *refFeatures {
	f := &refFeatures{s, rule, newGrid(s.Len(), s.Field*s.Field)}
	for i, w := range f.w {
		random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(w, 0, 0, 0)
		var sum, square float32
		for _, v := range w {
			sum = sum + v
		}
		for j := range w {
			w[j] = w[j] - sum/float32(len(w))
			square = square + float32(w[j]*w[j])
		}
		for j := range w {
			if square > 0 {
				w[j] = w[j] / refRoot(square)
			}
		}
	}
	return f
}

// look returns the responses to pictures, [pixel][lane], and learns if it is asked to.
func (f *refFeatures) look(x grid, learn bool) grid {
	n, lanes := len(f.w), len(x[0])
	u, mean, r := newGrid(n, lanes), newGrid(n, lanes), newGrid(n, lanes)
	for i, w := range f.w {
		field := refField(f.sheet, i/f.sheet.Units)
		for l := range lanes {
			var sum, drive float32
			for j, p := range field {
				sum = sum + x[p][l]
				drive = drive + float32(w[j]*x[p][l])
			}
			mean[i][l] = sum / float32(len(field))
			u[i][l] = drive
		}
	}
	for first := 0; first < n; first += f.sheet.Units {
		column := u[first : first+f.sheet.Units]
		for l := range lanes {
			var level float32
			for _, v := range column {
				level = level + v[l]
			}
			level = level / float32(len(column))
			for i := range column {
				r[first+i][l] = kernel.Tanh(f.rule.Gain * max(0, column[i][l]-level))
			}
		}
		if learn {
			for i, y := range refSoftmax(column, f.rule.Temperature) {
				f.softHebb(first+i, x, mean[first+i], column[i], y)
			}
		}
	}
	return r
}

// softHebb is w_j += rate * mean_lanes(y*(x_j-m) - y*u*w_j).
func (f *refFeatures) softHebb(i int, x grid, m, u, y []float32) {
	var ym, yu float32
	for l := range y {
		ym = ym + float32(y[l]*m[l])
		yu = yu + float32(y[l]*u[l])
	}
	for j, p := range refField(f.sheet, i/f.sheet.Units) {
		var yx float32
		for l := range y {
			yx = yx + float32(y[l]*x[p][l])
		}
		change := (yx - ym) - float32(yu*f.w[i][j])
		f.w[i][j] = f.w[i][j] + float32(f.rule.Rate/float32(len(y))*change)
	}
}
