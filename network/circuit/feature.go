package circuit

import (
	"murmur/network"
	"murmur/neuron"
	"murmur/plasticity"
)

// FeatureRule says how hidden units respond and learn their features.
type FeatureRule struct {
	Gain        float32 // of the rate response, 1/potential
	Temperature float32 // of the soft winner-take-all, 1/potential
	Rate        float32 // of SoftHebb
}

// feature is what a hidden unit makes of the picture.
type feature struct {
	FeatureRule
	in             neuron.View // the receptive field
	column, rivals neuron.View // potentials and excitations of the column, the unit's own among them
	w, scratch     []float32   // a place for each pixel of the field
	u, mean, level []float32   // potential, mean of the field, mean of the column; a place for each lane
	y              []float32   // excitation, then share
	potential      neuron.Out
	excitation     neuron.Out
}

func (f *feature) hears() []neuron.View { return []neuron.View{f.in, f.column, f.rivals} }

// before responds, and then asks for the next potential: a column's potentials of one tick are compared in the next, one's
// own among them.
func (f *feature) before(t network.Tick, r []float32) (in neuron.Input) {
	if t.Open.Has(Respond) {
		f.respond(r, t.Learn)
	}
	if t.Open.Has(Sense) {
		u := f.u[:t.Lanes]
		clear(u)
		in = f.in.Input(u, f.w)
	}
	return in
}

// after publishes the potential u = sum_j w_j x_j over the receptive field. The weights' mean is 0, at first and after
// every step of SoftHebb, so that brightness alone excites nobody.
func (f *feature) after(t network.Tick, _ []float32) {
	if !t.Open.Has(Sense) {
		return
	}
	u := f.u[:t.Lanes]
	copy(f.potential.Lanes(), u)
	neuron.Excite(f.y[:t.Lanes], u, f.Temperature)
	copy(f.excitation.Lanes(), f.y[:t.Lanes])
}

// respond forms the response among the column and, if learning, moves the features.
func (f *feature) respond(r []float32, learn bool) {
	n := len(r)
	neuron.Mean(f.level[:n], f.column)
	neuron.Rectify(r, f.u[:n], f.level[:n], f.Gain)
	if learn {
		share := f.level[:n]
		neuron.Share(share, f.y[:n], f.rivals)
		neuron.Mean(f.mean[:n], f.in)
		plasticity.SoftHebb(f.w, f.scratch, f.in, f.mean[:n], f.u[:n], share, f.Rate)
	}
}
