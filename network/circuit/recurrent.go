package circuit

import (
	"murmur/network"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// Recurrent is a network of rate units on any graph: unit i responds with tanh of the weighted activity of its
// in-neighbours, hears their noise sources, and imprints its deviations on the couplings to them. Every process is open
// in every tick; a glimpse is a tick. Units wake with a small random response: without it nothing would ever
// deviate.
type Recurrent struct {
	network.Network
	hidden   []*Hidden
	activity *neuron.Channel
}

// NewRecurrent wires n units for the given number of lanes; neighbours lists the in-neighbours of a unit. Weights are
// normal with a standard deviation of 1/sqrt(in-neighbours).
func NewRecurrent(n, lanes int, neighbours func(i int) []neuron.Span, imprintRate float32, seed uint64, rt Runtime) *Recurrent {
	r := &Recurrent{hidden: make([]*Hidden, n), activity: neuron.NewChannel("activity", n, lanes)}
	response := neuron.NewChannel("response", n, lanes)
	noiseOut := neuron.NewChannel("noise", n, lanes)
	source := neuron.NewChannel("source", n, lanes)
	units := make([]network.Unit, n)
	for i := range n {
		h := newHidden(lanes)
		heard := neighbours(i)
		in := r.activity.View(heard...)
		s := &recurrence{in: in, w: make([]float32, in.Len()), u: make([]float32, lanes)}
		random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(s.w, 0, 0, 0)
		for j := range s.w {
			s.w[j] /= sqrt(float32(len(s.w)))
		}
		h.sensor = s
		h.response, h.activity, h.noiseOut = response.Out(i), r.activity.Out(i), noiseOut.Out(i)
		h.noise = &noise{key: random.Key{Seed: seed, Purpose: random.Noise, Unit: uint32(i)}, source: source.Out(i),
			own: source.View(neuron.Span{First: i, N: 1}), heard: source.View(heard...), scale: 1, level: true}
		h.noise.l = make([]float32, h.noise.heard.Len())
		h.noise.rule = &imprint{rate: imprintRate, hebb: make([]float32, len(h.noise.l))}
		h.r = make([]float32, lanes)
		random.Key{Seed: seed, Purpose: random.Restart, Unit: uint32(i)}.Normals(h.r, 0, 0, 0)
		kernel.Scale(h.r, wakeResponse, h.r)
		r.hidden[i], units[i] = h, h
	}
	r.Network = network.Network{UnitsPerGoroutine: rt.UnitsPerGoroutine, Stall: rt.Stall, ProcessName: ProcessName,
		Populations: []network.Population{{Name: "unit", Units: units, Acts: Compare, Publishes: []network.Publication{
			{Channel: response, When: Respond}, {Channel: r.activity, When: Act},
			{Channel: noiseOut, When: Express}, {Channel: source, When: Emit}}}}}
	return r
}

// wakeResponse is the standard deviation of the response that a unit of a recurrent network wakes with.
const wakeResponse = 0.01

// Live is what is open in every tick of a recurrent network.
const Live = Respond | Compare | Express | Act | Emit

// recurrence is what a unit makes of its neighbours' activity.
type recurrence struct {
	in   neuron.View
	w, u []float32
}

func (s *recurrence) before(network.Tick, []float32) neuron.Product { return neuron.Product{} }

func (*recurrence) sound() error { return nil } // its weights stay as they are

func (s *recurrence) between(_ network.Tick, r []float32) neuron.Product {
	u := s.u[:len(r)]
	clear(u)
	return s.in.Weigh(u, s.w)
}

func (s *recurrence) after(_ network.Tick, r []float32) { neuron.Tanh(r, s.u[:len(r)]) }

func (s *recurrence) hears() []neuron.View { return []neuron.View{s.in} }
