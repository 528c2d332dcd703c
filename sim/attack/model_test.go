package attack_test

import (
	"math"
	"testing"

	"murmur/neuron/random"
	"murmur/sim/attack"
)

// toy is h + curve*h^2 with h = (weight + sigma*noise)x + bias, noise being a
// standard normal matrix for each image and draw. With curve and sigma 0 it is
// a linear model.
type toy struct {
	inputs, classes int
	weight, bias    []float32 // [classes][inputs], [classes]
	sigma, curve    float32
}

func (m *toy) Dims() (int, int) { return m.inputs, m.classes }

// weights fills dst with the weights of one image and draw.
func (m *toy) weights(dst []float32, id, draw uint32) {
	if m.sigma == 0 {
		copy(dst, m.weight)
		return
	}
	random.Key{Seed: 11, Purpose: random.Noise, Unit: id}.Normals(dst, draw, 0, 0)
	for i, w := range m.weight {
		dst[i] = float32(m.sigma*dst[i]) + w
	}
}

func (m *toy) hidden(w, x []float32, class int) float32 {
	h := m.bias[class]
	for j, v := range x {
		h += float32(w[class*m.inputs+j] * v)
	}
	return h
}

func (m *toy) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	w := make([]float32, len(m.weight))
	for i, id := range b.ID {
		for k := range draws.N {
			m.weights(w, id, draws.From+uint32(k))
			for c := range m.classes {
				h := m.hidden(w, b.X[i*m.inputs:(i+1)*m.inputs], c)
				dst[(i*draws.N+k)*m.classes+c] = h + float32(m.curve*float32(h*h))
			}
		}
	}
}

func (m *toy) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	clear(dst)
	w := make([]float32, len(m.weight))
	for i, id := range b.ID {
		for k := range draws.N {
			m.weights(w, id, draws.From+uint32(k))
			for c := range m.classes {
				h := m.hidden(w, b.X[i*m.inputs:(i+1)*m.inputs], c)
				slope := float32(g[(i*draws.N+k)*m.classes+c] * (1 + float32(2*float32(m.curve*h))))
				for j := range m.inputs {
					dst[i*m.inputs+j] += float32(slope * w[c*m.inputs+j])
				}
			}
		}
	}
}

// asked is one call that a recorder saw.
type asked struct {
	pull  bool
	draws attack.Draws
}

// recorder notes which draws its model is asked for.
type recorder struct {
	attack.Model
	calls []asked
}

func (r *recorder) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	r.calls = append(r.calls, asked{false, draws})
	r.Model.Logits(dst, b, draws)
}

func (r *recorder) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	r.calls = append(r.calls, asked{true, draws})
	r.Model.Pull(dst, b, g, draws)
}

// margin is the mean over draws of how far the largest other class, in a model
// of two classes, lies above the label: linear in the logits.
type margin struct{}

func (margin) Value(logits []float32, classes int, label uint8) float32 {
	var sum float32
	for k := 0; k < len(logits); k += classes {
		sum += logits[k+1-int(label)] - logits[k+int(label)]
	}
	return sum / float32(len(logits)/classes)
}

func (margin) Cotangent(dst, logits []float32, classes int, label uint8) {
	each := 1 / float32(len(logits)/classes)
	for k := 0; k < len(logits); k += classes {
		dst[k+int(label)], dst[k+1-int(label)] = -each, each
	}
}

// numbers returns n numbers uniform in (lo, hi], the same for the same name.
func numbers(name uint32, n int, lo, hi float32) []float32 {
	v := make([]float32, n)
	random.Key{Seed: 5, Purpose: random.Split, Unit: name}.Uniforms(v, 0, 0, 0)
	for i, u := range v {
		v[i] = lo + float32((hi-lo)*u)
	}
	return v
}

// linear returns a linear model of two classes.
func linear(inputs int) *toy {
	return &toy{inputs: inputs, classes: 2, weight: numbers(1, 2*inputs, -1, 1), bias: []float32{.1, -.1}}
}

// uphill returns the gradient of the margin of a linear model of two classes.
func uphill(m *toy, label uint8) []float32 {
	g := make([]float32, m.inputs)
	for j := range g {
		g[j] = m.weight[(1-int(label))*m.inputs+j] - m.weight[int(label)*m.inputs+j]
	}
	return g
}

func length(v []float32) float64 {
	var sum float64
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	return math.Sqrt(sum)
}

// lossOf returns the cross-entropy of every image on the given draws.
func lossOf(m attack.Model, b attack.Batch, labels []uint8, draws attack.Draws) []float32 {
	_, classes := m.Dims()
	logits := make([]float32, len(b.ID)*draws.N*classes)
	m.Logits(logits, b, draws)
	losses := make([]float32, len(b.ID))
	for i := range losses {
		losses[i] = attack.CrossEntropyOfMean{}.Value(logits[i*draws.N*classes:(i+1)*draws.N*classes], classes, labels[i])
	}
	return losses
}

func perturb(t testing.TB, p attack.PGD, m attack.Model, b attack.Batch, labels []uint8) []float32 {
	t.Helper()
	adv := make([]float32, len(b.X))
	if err := p.Perturb(t.Context(), adv, m, b, labels); err != nil {
		t.Fatal(err)
	}
	if err := attack.VerifyBatch(b, adv, p.Norm, p.Epsilon); err != nil {
		t.Fatal(err)
	}
	return adv
}
