package circuit

import (
	"time"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// Runtime is what changes speed and nothing else, and how long a tick may take before it counts as stalled (0: for
// ever).
type Runtime struct {
	UnitsPerGoroutine int
	Stall             time.Duration
}

// Features is the network of hidden units that see: it learns features and turns pictures into responses.
type Features struct {
	network.Network
	Sheet    topology.Sheet
	Pixels   *neuron.Channel // [pixel][lane], written by the world
	hidden   []*Hidden
	features []*feature
	response *neuron.Channel
}

// NewFeatures wires a sheet for the given number of lanes. Features start as random directions of mean 0 and length 1.
func NewFeatures(s topology.Sheet, lanes int, rule FeatureRule, seed uint64, rt Runtime) *Features {
	n := s.Len()
	f := &Features{Sheet: s,
		Pixels:   neuron.NewChannel("pixel", s.Width*s.Height, lanes),
		response: neuron.NewChannel("response", n, lanes)}
	potential := neuron.NewChannel("potential", n, lanes)
	excitation := neuron.NewChannel("excitation", n, lanes)
	units := make([]network.Unit, n)
	for i := range n {
		h := newHidden(lanes)
		column := s.Column(i)
		in := f.Pixels.View(s.ReceptiveField(column)...)
		ft := &feature{FeatureRule: rule, in: in,
			column: potential.View(s.Mates(column)), rivals: excitation.View(s.Mates(column)),
			w: make([]float32, in.Len()), scratch: make([]float32, in.Len()),
			u: make([]float32, lanes), mean: make([]float32, lanes), level: make([]float32, lanes), y: make([]float32, lanes),
			potential: potential.Out(i), excitation: excitation.Out(i)}
		random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(ft.w, 0, 0, 0)
		direction(ft.w)
		h.sensor = ft
		f.features = append(f.features, ft)
		h.response = f.response.Out(i)
		f.hidden = append(f.hidden, h)
		units[i] = h
	}
	f.Network = network.Network{UnitsPerGoroutine: rt.UnitsPerGoroutine, Stall: rt.Stall, ProcessName: ProcessName,
		Populations: []network.Population{{Name: "hidden", Units: units, Publishes: []network.Publication{
			{Channel: potential, When: Sense}, {Channel: excitation, When: Sense}, {Channel: f.response, When: Respond}}}}}
	return f
}

func newHidden(lanes int) *Hidden {
	zero := make([]float32, lanes)
	return &Hidden{r: zero, last: zero, own: [2][]float32{make([]float32, lanes), make([]float32, lanes)}, d: make([]float32, lanes),
		shift: plasticity.Average{Rate: averageRate}, power: plasticity.Average{Rate: averageRate}}
}

// direction takes the mean from w and gives it a length of 1, unless nothing is left.
func direction(w []float32) {
	mean := kernel.Sum(w) / float32(len(w))
	for i := range w {
		w[i] -= mean
	}
	if length := sqrt(kernel.Dot(w, w)); length > 0 {
		for i := range w {
			w[i] /= length
		}
	}
}

// Responses copies what the hidden units published last to dst, [unit][stride], from the given column on: what a
// recorder sees.
func (f *Features) Responses(dst []float32, stride, from, lanes int) {
	all := f.response.All()
	for i := range f.hidden {
		all.Copy(dst[i*stride+from:][:lanes], i)
	}
}

// Weights returns a copy of the features, [unit][pixel of the field].
func (f *Features) Weights() []float32 {
	var w []float32
	for _, ft := range f.features {
		w = append(w, ft.w...)
	}
	return w
}

// Twin returns a network with the same features and the given number of lanes, which shares nothing with f.
func (f *Features) Twin(lanes int) *Features {
	rule := f.features[0].FeatureRule
	g := NewFeatures(f.Sheet, lanes, rule, 0, Runtime{f.UnitsPerGoroutine, f.Stall})
	for i, ft := range g.features {
		copy(ft.w, f.features[i].w)
	}
	return g
}
