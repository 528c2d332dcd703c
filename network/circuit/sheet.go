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

	potential, excitation, response *neuron.Channel
}

// NewFeatures wires a sheet for the given number of lanes. Features start as random directions of mean 0 and length 1.
func NewFeatures(s topology.Sheet, lanes int, rule FeatureRule, seed uint64, rt Runtime) *Features {
	pixels := neuron.NewChannel("pixel", s.Inputs(), lanes)
	f := wireSheet(s, lanes, rule, pixels, seed)
	f.Pixels = pixels
	f.Network = network.Network{UnitsPerGoroutine: rt.UnitsPerGoroutine, Stall: rt.Stall, ProcessName: ProcessName,
		Populations: []network.Population{f.population("hidden")}}
	return f
}

// wireSheet makes the units of a sheet that looks at a channel.
func wireSheet(s topology.Sheet, lanes int, rule FeatureRule, in *neuron.Channel, seed uint64) *Features {
	n := s.Len()
	f := &Features{Sheet: s, response: neuron.NewChannel("response", n, lanes),
		potential: neuron.NewChannel("potential", n, lanes), excitation: neuron.NewChannel("excitation", n, lanes)}
	for i := range n {
		h := newHidden(lanes)
		column := s.Column(i)
		in := in.View(s.ReceptiveField(column)...)
		ft := &feature{FeatureRule: rule, in: in,
			column: f.potential.View(s.Mates(column)), rivals: f.excitation.View(s.Mates(column)),
			w: make([]float32, in.Len()), hebb: make([]float32, in.Len()),
			u: make([]float32, lanes), mean: make([]float32, lanes), level: make([]float32, lanes),
			y: make([]float32, lanes), share: make([]float32, lanes),
			potential: f.potential.Out(i), excitation: f.excitation.Out(i)}
		random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(ft.w, 0, 0, 0)
		direction(ft.w)
		h.sensor = ft
		f.features = append(f.features, ft)
		h.response = f.response.Out(i)
		f.hidden = append(f.hidden, h)
	}
	return f
}

// population returns the units of the sheet as one population.
func (f *Features) population(name string) network.Population {
	p := network.Population{Name: name, Publishes: []network.Publication{
		{Channel: f.potential, When: Sense}, {Channel: f.excitation, When: Sense}, {Channel: f.response, When: Respond}}}
	for _, h := range f.hidden {
		p.Units = append(p.Units, onlooker{h})
	}
	return p
}

// onlooker is a unit that looks and responds, and takes no part in what units below it do.
type onlooker struct{ *Hidden }

// Step implements network.Unit.
func (o onlooker) Step(t network.Tick) error { return network.InStages(o, t) }

// Stage implements network.Staged.
func (o onlooker) Stage(t network.Tick, k int) (neuron.Product, int, error) {
	t.Open &= Sense | Respond
	return o.Hidden.Stage(t, k)
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
	g.learnFrom(f)
	return g
}

// learnFrom takes over the features of another sheet of the same shape.
func (f *Features) learnFrom(g *Features) {
	for i, ft := range f.features {
		copy(ft.w, g.features[i].w)
	}
}
