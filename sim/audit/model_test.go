package audit_test

import (
	"slices"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/audit"
)

// net is logits = w h + b, h = tanh(gain a (x - 1/2)) + sigma*noise, or without the tanh. The noise belongs to an
// image's name and a draw.
type net struct {
	inputs, hidden, classes int
	a, w, b                 []float32 // [hidden][inputs], [classes][hidden], [classes]
	linear                  bool
	sigma                   float32
}

func (m *net) Dims() (int, int) { return m.inputs, m.classes }

// respond fills h, [hidden], with the responses to one image before noise.
func (m *net) respond(h, x []float32) {
	for u := range h {
		var sum float32
		for j, v := range x {
			sum += float32(m.a[u*m.inputs+j] * (v - .5))
		}
		if h[u] = sum; !m.linear {
			h[u] = kernel.Tanh(sum)
		}
	}
}

func (m *net) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	h, noise := make([]float32, m.hidden), make([]float32, m.hidden)
	for i, id := range b.ID {
		m.respond(h, b.X[i*m.inputs:(i+1)*m.inputs])
		for k := range draws.N {
			if m.sigma > 0 {
				random.Key{Seed: 11, Purpose: random.Noise, Unit: id}.Normals(noise, draws.From+uint32(k), 0, 0)
			}
			for c := range m.classes {
				z := m.b[c]
				for u, r := range h {
					z += float32(m.w[c*m.hidden+u] * (r + float32(m.sigma*noise[u])))
				}
				dst[(i*draws.N+k)*m.classes+c] = z
			}
		}
	}
}

func (m *net) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	clear(dst)
	h := make([]float32, m.hidden)
	for i := range b.ID {
		m.respond(h, b.X[i*m.inputs:(i+1)*m.inputs])
		for u, r := range h {
			var slope float32
			for k := range draws.N {
				for c := range m.classes {
					slope += float32(g[(i*draws.N+k)*m.classes+c] * m.w[c*m.hidden+u])
				}
			}
			if !m.linear {
				slope *= 1 - float32(r*r)
			}
			for j := range m.inputs {
				dst[i*m.inputs+j] += float32(slope * m.a[u*m.inputs+j])
			}
		}
	}
}

const (
	inputs, hidden, classes = 36, 30, 4
	images                  = 120
)

// task returns pictures around one prototype a class, pixels mostly between .2 and .8.
func task() (b attack.Batch, labels []uint8) {
	prototypes := make([]float32, classes*inputs)
	random.Key{Seed: 5, Purpose: random.Split, Unit: 1}.Normals(prototypes, 0, 0, 0)
	jitter := make([]float32, inputs)
	for i := range images {
		label := i % classes
		random.Key{Seed: 5, Purpose: random.Split, Unit: 2}.Normals(jitter, uint32(i), 0, 0)
		for j, n := range jitter {
			v := .5 + float32(.12*prototypes[label*inputs+j]) + float32(.12*n)
			b.X = append(b.X, min(max(v, 0), 1))
		}
		b.ID = append(b.ID, uint32(1000+i))
		labels = append(labels, uint8(label))
	}
	return b, labels
}

// healthy returns a network that solves the task: it answers for the class whose mean response is nearest.
func healthy(linear bool, sigma float32) *net {
	m := &net{inputs: inputs, hidden: hidden, classes: classes, linear: linear, sigma: sigma,
		a: make([]float32, hidden*inputs), w: make([]float32, classes*hidden), b: make([]float32, classes)}
	random.Key{Seed: 5, Purpose: random.Weights, Unit: 1}.Normals(m.a, 0, 0, 0)
	for j := range m.a {
		m.a[j] *= .4
	}
	b, labels := task()
	h := make([]float32, hidden)
	for i, label := range labels {
		m.respond(h, b.X[i*inputs:(i+1)*inputs])
		for u, r := range h {
			m.w[int(label)*hidden+u] += r / (images / classes)
		}
	}
	for c := range classes {
		for _, w := range m.w[c*hidden : (c+1)*hidden] {
			m.b[c] -= float32(.5 * float32(w*w))
		}
	}
	return m
}

// broken changes what a model says.
type broken struct {
	attack.Model
	logits func(dst []float32, b attack.Batch, draws attack.Draws)
	pull   func(dst []float32, b attack.Batch, g []float32, draws attack.Draws)
}

func (m broken) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	if m.logits == nil {
		m.Model.Logits(dst, b, draws)
		return
	}
	m.logits(dst, b, draws)
}

func (m broken) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	if m.pull == nil {
		m.Model.Pull(dst, b, g, draws)
		return
	}
	m.pull(dst, b, g, draws)
}

// scaled multiplies the logits, so that softmax saturates.
func scaled(m attack.Model, by float32) attack.Model {
	return broken{m, func(dst []float32, b attack.Batch, draws attack.Draws) {
		m.Logits(dst, b, draws)
		kernel.Scale(dst, by, dst)
	}, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
		scaled := slices.Clone(g)
		kernel.Scale(scaled, by, scaled)
		m.Pull(dst, b, scaled, draws)
	}}
}

// stairs rounds the logits to steps, and tells the truth about the slope of a stair: none.
func stairs(m attack.Model, step float32) attack.Model {
	return broken{m, func(dst []float32, b attack.Batch, draws attack.Draws) {
		m.Logits(dst, b, draws)
		for i, z := range dst {
			dst[i] = step * float32(int(z/step+1000)-1000)
		}
	}, func(dst []float32, _ attack.Batch, _ []float32, _ attack.Draws) { clear(dst) }}
}

// fixedSeed draws the same noise whatever draw it is asked for.
func fixedSeed(m attack.Model) attack.Model { return attack.Frozen{Model: m, Draw: 3} }

// probabilities returns softmax for logits, with the right gradient.
func probabilities(m attack.Model) attack.Model {
	soft := func(dst []float32, b attack.Batch, draws attack.Draws) {
		m.Logits(dst, b, draws)
		for k := 0; k < len(dst); k += classes {
			kernel.Softmax(dst[k : k+classes])
		}
	}
	return broken{m, soft, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
		p := make([]float32, len(g))
		soft(p, b, draws)
		inner := make([]float32, len(g))
		for k := 0; k < len(g); k += classes {
			mean := kernel.Dot(p[k:k+classes], g[k:k+classes])
			for c := k; c < k+classes; c++ {
				inner[c] = p[c] * (g[c] - mean)
			}
		}
		m.Pull(dst, b, inner, draws)
	}}
}

// deaf hears share of the picture, and noise.
func deaf(share float32) attack.Model {
	m := healthy(true, 1)
	kernel.Scale(m.a, share, m.a)
	return m
}

// opposite turns the gradient round.
func opposite(m attack.Model) attack.Model {
	return broken{m, nil, func(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
		m.Pull(dst, b, g, draws)
		kernel.Scale(dst, -1, dst)
	}}
}

// claim returns an audit of a model with the claim that it withstands a small PGD.
func claim(m attack.Model, noisy bool) audit.Audit {
	b, labels := task()
	a := audit.Audit{Model: m, Batch: b, Labels: labels, Noisy: noisy, Judge: attack.Draws{From: 1 << 20, N: 1}}
	a.PGD = attack.NewPGD(attack.Linf, .05, attack.Draws{N: 1}, 1)
	if noisy {
		a.PGD.Draws.N, a.Judge.N = 4, 20
	}
	a.PGD.Steps, a.PGD.Step = 40, .005
	return a
}
