package circuit

import (
	"fmt"

	"murmur/network"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/plasticity"
)

// averageRate is the slowest pace of a unit's running means: of its deviation and of powers. A mean starts plain and
// forgets at this rate once it has seen 1/averageRate batches.
const averageRate = 0.01

// sensor is what makes a hidden unit respond, r, in a tick where Sense or Respond is open. Twice it may wait for a product:
// one that it learns from, and one of what it sees.
type sensor interface {
	before(t network.Tick, r []float32) neuron.Product
	between(t network.Tick, r []float32) neuron.Product
	after(t network.Tick, r []float32)
	// sound returns an error that names what it keeps and is no number.
	sound() error
	hears() []neuron.View
}

// Hidden is a unit between pixels and readout: it responds, remembers, compares and makes noise. Either of sensor and
// noise may be absent, and memory may be empty.
type Hidden struct {
	sensor sensor
	noise  *noise
	memory recollection

	r, last []float32    // response now and before: memory itself, or one of the two
	own     [2][]float32 // places that a sensor's responses alternate between
	turn    int
	d       []float32 // deviation; a place for each lane
	shift   plasticity.Average
	power   plasticity.Average

	response, activity, noiseOut neuron.Out
	silent                       bool // others hear nothing of it
}

// Step implements network.Unit.
func (h *Hidden) Step(t network.Tick) error { return network.InStages(h, t) }

// Stage implements network.Staged.
func (h *Hidden) Stage(t network.Tick, k int) (neuron.Product, int, error) {
	if h.sensor == nil { // it sees nothing, whatever units above it do
		t.Open &^= Sense | Respond
	}
	p, next, err := network.Proceed(h, hiddenStages, t, k)
	if next == 0 && h.silent {
		h.hush(t.Open)
	}
	return p, next, err
}

// hiddenStages are what a hidden unit does in a tick, in order.
var hiddenStages = []network.Stage[*Hidden]{
	// What was before comes back, and features learn from it.
	{When: Recall | Remember | Sense | Respond, Do: func(h *Hidden, t network.Tick) (p neuron.Product, err error) {
		switch {
		case t.Open.Has(Recall | Remember):
			err = h.recall(t)
		case t.Open.Has(Respond):
			h.turn = 1 - h.turn
			h.last, h.r = h.r, h.own[h.turn][:t.Lanes]
		}
		if err == nil && t.Open.Has(Sense|Respond) {
			p = h.sensor.before(t, h.r)
		}
		return p, err
	}},
	{When: Sense | Respond, Do: func(h *Hidden, t network.Tick) (neuron.Product, error) {
		p := h.sensor.between(t, h.r)
		if t.Open.Has(Respond) && t.Learn {
			return p, h.sensor.sound()
		}
		return p, nil
	}},
	// It responds, and compares.
	{When: Sense | Respond | Recall | Compare, Do: func(h *Hidden, t network.Tick) (p neuron.Product, err error) {
		if t.Open.Has(Sense | Respond) {
			h.sensor.after(t, h.r)
		}
		if t.Open.Has(Respond | Recall) {
			copy(h.response.Lanes(), h.r)
		}
		if t.Open.Has(Compare) && h.noise != nil {
			return h.compare(t)
		}
		return p, nil
	}},
	// Noise couplings learn, and it hears the noise of others.
	{When: Compare | Adapt | Express, Do: func(h *Hidden, t network.Tick) (p neuron.Product, err error) {
		if t.Open.Has(Compare) && t.Learn && t.Continues && h.noise != nil {
			h.noise.rule.learn(h.noise, h.d[:t.Lanes])
			h.noise.moved = true
			err = h.noise.sound()
		}
		if t.Open.Has(Adapt) && t.Learn && h.noise != nil {
			h.noise.rule.adapt(h.noise, h.d[:t.Lanes])
			h.noise.moved = true
			err = h.noise.sound()
		}
		if err != nil {
			return p, err
		}
		if t.Open.Has(Express) {
			out := h.noiseOut.Lanes()[:t.Lanes]
			clear(out)
			if h.noise != nil {
				p = h.noise.hear(out)
			}
		}
		return p, nil
	}},
	// It makes noise, and acts.
	{When: Express | Act | Emit, Do: func(h *Hidden, t network.Tick) (p neuron.Product, _ error) {
		if t.Open.Has(Express) && h.noise != nil {
			h.noise.express(h.noiseOut.Lanes()[:t.Lanes], h.power.Value)
		}
		if t.Open.Has(Act) {
			activity := h.activity.Lanes()[:t.Lanes]
			copy(activity, h.r[:t.Lanes])
			if t.Open.Has(Express) {
				kernel.Axpy(activity, 1, h.noiseOut.Lanes()[:t.Lanes])
			}
		}
		if t.Open.Has(Emit) && h.noise != nil {
			h.noise.emit(t)
		}
		return p, nil
	}},
}

// hush publishes nothing, in whatever the unit has published in this tick.
func (h *Hidden) hush(open network.Process) {
	if open.Has(Respond | Recall) {
		clear(h.response.Lanes())
	}
	if open.Has(Express) {
		clear(h.noiseOut.Lanes())
	}
	if open.Has(Act) {
		clear(h.activity.Lanes())
	}
	if h.noise == nil {
		return
	}
	if open.Has(Emit) {
		clear(h.noise.source.Lanes())
	}
	if r, ok := h.noise.rule.(*gha); ok && open.Has(Compare) {
		for _, out := range r.contribution {
			clear(out.Lanes())
		}
	}
}

func (h *Hidden) recall(t network.Tick) error {
	r, err := h.memory.row(t.Slot, t.First, t.Lanes)
	if err == nil {
		h.last, h.r = h.r, r
	}
	return err
}

// compare forms the deviation and lets the noise couplings learn from it. Without the onset bit there is no glimpse of
// the same object to compare with, and the deviation is 0.
func (h *Hidden) compare(t network.Tick) (p neuron.Product, err error) {
	d := h.d[:t.Lanes]
	if !t.Continues {
		clear(d)
		return h.noise.rule.compare(h.noise, d, false), nil
	}
	if len(h.r) < len(d) || len(h.last) < len(d) {
		return p, fmt.Errorf("%d lanes to compare, but the glimpses had %d and %d", len(d), len(h.last), len(h.r))
	}
	copy(d, h.r)
	kernel.Axpy(d, -1, h.last[:len(d)])
	if t.Learn {
		h.shift.Observe(kernel.Sum(d) / float32(len(d)))
	}
	for l := range d {
		d[l] -= h.shift.Value
	}
	if t.Learn {
		power := kernel.Power(d)
		if !finite(power) {
			return p, fmt.Errorf("power of the deviation is %v", power)
		}
		h.power.Observe(power)
	}
	return h.noise.rule.compare(h.noise, d, t.Learn), nil
}

// Hears implements network.Unit.
func (h *Hidden) Hears() []neuron.View {
	var v []neuron.View
	if h.sensor != nil {
		v = append(v, h.sensor.hears()...)
	}
	if h.noise != nil {
		v = append(v, h.noise.own, h.noise.heard)
		v = append(v, h.noise.rule.hears()...)
	}
	return v
}
