package experiment

import (
	"math"
	"slices"

	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/sim/attack"
)

// modelLanes is how many images the model takes side by side: what a column needs of them stays in the cache.
const modelLanes = 64

// model is an arm as those outside see it, adversaries above all: they know the features, the readout and the law of
// the noise. It computes what the network computes, to the last bit where there is no noise, without running it.
//
// Noise reaches the readout as W n, W the readout's weights, whatever the image. So its law at the readout is all that
// an attack on the image can meet: normal, with the covariance W (L L^T + diag(self^2)) W^T. Draws of the adversary's
// own come from that law directly; those of judging are the network's, which the model is given.
type model struct {
	sheet    topology.Sheet
	fields   [][]neuron.Span // of each column
	gain     float32
	features []float32 // [unit][pixel of the field]
	across   []float32 // the same, [column][pixel of the field][unit of the column]
	w, b     []float32 // readout, [class][unit] and [class]
	columns  []float32 // the weights again, [unit][class]
	law      *law      // nil without noise

	seen      []float32 // the pictures last looked at
	responses []float32 // to them, for each run of modelLanes images a block [unit][modelLanes]
}

// newModel returns the model of a readout on features. A nil law is one without noise.
func (w *world) newModel(features, weights, bias []float32, l *law) *model {
	s := w.sheet
	m := &model{sheet: s, gain: float32(w.Features.Gain), features: features, w: weights, b: bias, law: l,
		across: make([]float32, len(features)), columns: make([]float32, len(weights))}
	field := s.Field * s.Field
	for column := range s.Columns * s.Columns {
		m.fields = append(m.fields, s.ReceptiveField(column))
		for u := range s.Units {
			for p := range field {
				m.across[(column*field+p)*s.Units+u] = features[(column*s.Units+u)*field+p]
			}
		}
	}
	units := s.Len()
	for c := range bias {
		for i := range units {
			m.columns[i*len(bias)+c] = weights[c*units+i]
		}
	}
	return m
}

// Dims implements attack.Model.
func (m *model) Dims() (inputs, classes int) { return m.sheet.Width * m.sheet.Height, len(m.b) }

// blocks calls f for every run of modelLanes images of n, side by side.
func blocks(n int, f func(block, first, lanes int)) {
	runs := batches(n, modelLanes)
	each(len(runs), func(i int) { f(i, runs[i].first, runs[i].n) })
}

// look fills responses for pictures, [image][pixel].
func (m *model) look(x []float32, n int) {
	if slices.Equal(m.seen, x) {
		return
	}
	units, size := m.sheet.Len(), m.sheet.Width*m.sheet.Height
	runs := (n + modelLanes - 1) / modelLanes
	if need := runs * units * modelLanes; len(m.responses) < need {
		m.responses = make([]float32, need)
	}
	blocks(n, func(block, first, lanes int) {
		m.respond(m.responses[block*units*modelLanes:], modelLanes, x[first*size:(first+lanes)*size], lanes)
	})
	m.seen = append(m.seen[:0], x...)
}

// respond writes the noise-free responses to a few pictures, [image][pixel], to dst, [unit][stride].
func (m *model) respond(dst []float32, stride int, x []float32, lanes int) {
	s := m.sheet
	size, field := s.Width*s.Height, s.Field*s.Field
	pixels := make([]float32, size*lanes) // [pixel][image]
	for l := range lanes {
		for p, v := range x[l*size : (l+1)*size] {
			pixels[p*lanes+l] = v
		}
	}
	in, mean := make([]float32, field*lanes), make([]float32, lanes)
	for column, spans := range m.fields {
		at := 0
		for _, span := range spans {
			at += copy(in[at:], pixels[span.First*lanes:(span.First+span.N)*lanes])
		}
		mates := s.Mates(column)
		for i := mates.First; i < mates.First+mates.N; i++ {
			u := dst[i*stride:][:lanes]
			clear(u)
			kernel.WeightedSum(u, m.features[i*field:(i+1)*field], in, lanes)
		}
		clear(mean)
		kernel.SumRows(mean, dst[mates.First*stride:], mates.N, stride)
		for l := range mean {
			mean[l] /= float32(mates.N)
		}
		for i := mates.First; i < mates.First+mates.N; i++ {
			u := dst[i*stride:][:lanes]
			neuron.Rectify(u, u, mean, m.gain)
		}
	}
}

// drive fills dst, [n][classes], with the logits of n pictures without noise.
func (m *model) drive(dst, x []float32, n int) {
	m.look(x, n)
	units, classes := m.sheet.Len(), len(m.b)
	blocks(n, func(block, first, lanes int) {
		sum := make([]float32, lanes)
		for c, b := range m.b {
			for l := range sum {
				sum[l] = b
			}
			kernel.WeightedSum(sum, m.w[c*units:(c+1)*units], m.responses[block*units*modelLanes:], modelLanes)
			for l, v := range sum {
				dst[(first+l)*classes+c] = v
			}
		}
	})
}

// Logits implements attack.Model.
func (m *model) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	n, classes := len(b.ID), len(m.b)
	drive := make([]float32, n*classes)
	m.drive(drive, b.X, n)
	for l, id := range b.ID {
		for k := range draws.N {
			z := dst[(l*draws.N+k)*classes:][:classes]
			copy(z, drive[l*classes:])
			if m.law != nil {
				m.law.add(z, id, draws.From+uint32(k))
			}
		}
	}
}

// Pull implements attack.Model. A response r = tanh(gain * max(0, u - mean)) has the slope gain * (1 - r^2) where it
// is above 0, less the column's mean of these; a potential u = sum_j w_j x_j has the slope w.
func (m *model) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	n, units := len(b.ID), m.sheet.Len()
	inputs, classes := m.Dims()
	m.look(b.X, n)
	blocks(n, func(block, first, lanes int) {
		sums := make([]float32, classes*lanes) // [class][image], over draws
		for l := range lanes {
			for k := range draws.N {
				for c := range classes {
					sums[c*lanes+l] += g[((first+l)*draws.N+k)*classes+c]
				}
			}
		}
		m.pull(dst[first*inputs:], sums, m.responses[block*units*modelLanes:], lanes)
	})
}

// pull carries slopes in the logits, [class][image], back to the pixels, [image][pixel].
func (m *model) pull(dst, slopes, responses []float32, lanes int) {
	s, classes := m.sheet, len(m.b)
	size, field := s.Width*s.Height, s.Field*s.Field
	pixels := make([]float32, size*lanes) // [pixel][image]
	slope, mean := make([]float32, s.Units*lanes), make([]float32, lanes)
	for column, spans := range m.fields {
		mates := s.Mates(column)
		clear(slope)
		clear(mean)
		for u := range mates.N {
			i := mates.First + u
			row := slope[u*lanes:][:lanes]
			kernel.WeightedSum(row, m.columns[i*classes:(i+1)*classes], slopes, lanes)
			for l, r := range responses[i*modelLanes:][:lanes] {
				if r > 0 {
					row[l] *= m.gain * (1 - float32(r*r))
				} else {
					row[l] = 0
				}
			}
			kernel.Axpy(mean, 1/float32(mates.N), row)
		}
		for u := range mates.N {
			kernel.Axpy(slope[u*lanes:][:lanes], -1, mean)
		}
		w := m.across[column*field*s.Units:]
		for _, span := range spans {
			for p := range span.N {
				kernel.WeightedSum(pixels[(span.First+p)*lanes:][:lanes], w[:s.Units], slope, lanes)
				w = w[s.Units:]
			}
		}
	}
	for l := range lanes {
		for p := range size {
			dst[l*size+p] = pixels[p*lanes+l]
		}
	}
}

// law is the law of an arm's noise at the readout: normal, of mean 0.
type law struct {
	root []float32 // lower triangular, [class][class]: its square is the covariance
	key  random.Key
}

// newLaw works out the covariance W (L L^T + diag(self^2)) W^T in float64 and its root.
func newLaw(c circuit.Couplings, weights []float32, classes int, seed uint64) *law {
	units := len(c.Self)
	covariance := make([]float64, classes*classes)
	outer := func(v []float64) {
		for a := range classes {
			kernel.Axpy64(covariance[a*classes:(a+1)*classes], v[a], v)
		}
	}
	sources := units
	if c.Hubs > 0 {
		sources = c.Hubs
	}
	heard := make([]float64, sources*classes) // what a source gives each class
	v := make([]float64, classes)
	for i := range units {
		for k := range classes {
			v[k] = float64(weights[k*units+i])
		}
		for j, l := range c.L[i] {
			source := j
			if c.Hubs == 0 {
				source = int(c.Sources[i][j])
			}
			kernel.Axpy64(heard[source*classes:(source+1)*classes], float64(l), v)
		}
		for k := range v {
			v[k] *= float64(c.Self[i])
		}
		outer(v)
	}
	for j := range sources {
		outer(heard[j*classes : (j+1)*classes])
	}
	root := cholesky(covariance, classes)
	l := &law{root: make([]float32, len(root)), key: random.Key{Seed: seed, Purpose: random.Adversary}}
	for i, r := range root {
		l.root[i] = float32(r)
	}
	return l
}

// add adds draw number k for an image to its logits.
func (l *law) add(z []float32, image, k uint32) {
	var store [64]float32
	xi := store[:]
	if len(z) > len(xi) {
		xi = make([]float32, len(z))
	}
	xi = xi[:len(z)]
	key := l.key
	key.Unit = image
	key.Normals(xi, k, 0, 0)
	for c := range z {
		var sum float32
		for j, r := range l.root[c*len(z) : c*len(z)+c+1] {
			sum += float32(r * xi[j])
		}
		z[c] += sum
	}
}

// power is the mean power of the noise at a readout unit.
func (l *law) power() float64 {
	var sum float64
	for _, r := range l.root {
		sum += float64(float64(r) * float64(r))
	}
	return sum / math.Sqrt(float64(len(l.root)))
}
