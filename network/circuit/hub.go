package circuit

import (
	"math"

	"murmur/network"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// Hub hears what the hidden units in its reach contribute and emits one noise source to them. With gha it keeps the
// power of the component it stands for; a hub of the oracle only emits. It never reads a unit's state.
type Hub struct {
	key      random.Key
	heard    neuron.View // contributions of the units in reach
	answer   neuron.Out  // their sum e
	strength neuron.Out  // the running power v of e, in one lane
	source   neuron.Out
	power    plasticity.Average
	learns   bool // the power is that of what it hears, otherwise 1
}

// Step implements network.Unit.
func (h *Hub) Step(t network.Tick) error {
	if t.Open.Has(Pool) && h.learns {
		e := h.answer.Lanes()[:t.Lanes]
		clear(e)
		h.heard.Sum(e)
		if t.Learn {
			h.power.Observe(kernel.Power(e))
		}
		h.strength.Lanes()[0] = h.power.Value
	}
	if t.Open.Has(Emit) {
		xi := h.source.Lanes()[:t.Lanes]
		h.key.Normals(xi, t.Draw.Stage, t.Draw.Number, t.Draw.First)
		if h.learns {
			sd := float32(math.Sqrt(float64(h.power.Value)))
			for l := range xi {
				xi[l] *= sd
			}
		}
	}
	return nil
}

// Hears implements network.Unit.
func (h *Hub) Hears() []neuron.View { return []neuron.View{h.heard} }
