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
	w, hebb        []float32   // a place for each pixel of the field
	u, mean, level []float32   // potential, mean of the field, mean of the column; a place for each lane
	y, share       []float32   // excitation, and its share of the softmax
	potential      neuron.Out
	excitation     neuron.Out
}

func (f *feature) hears() []neuron.View { return []neuron.View{f.in, f.column, f.rivals} }

// before forms the response among the column, of the potentials of the tick before, and returns what the features learn
// from.
func (f *feature) before(t network.Tick, r []float32) (p neuron.Product) {
	if !t.Open.Has(Respond) {
		return p
	}
	n := len(r)
	neuron.Mean(f.level[:n], f.column)
	neuron.Rectify(r, f.u[:n], f.level[:n], f.Gain)
	if !t.Learn {
		return p
	}
	neuron.Share(f.share[:n], f.y[:n], f.rivals)
	neuron.Mean(f.mean[:n], f.in)
	clear(f.hebb)
	return f.in.Correlate(f.hebb, f.share[:n])
}

// between moves the features, and asks for the next potential.
func (f *feature) between(t network.Tick, r []float32) (p neuron.Product) {
	if n := len(r); t.Open.Has(Respond) && t.Learn {
		plasticity.SoftHebb(f.w, f.hebb, f.mean[:n], f.u[:n], f.share[:n], f.Rate)
	}
	if t.Open.Has(Sense) {
		u := f.u[:t.Lanes]
		clear(u)
		p = f.in.Weigh(u, f.w)
	}
	return p
}

func (f *feature) sound() error { return sound("afferent weight", f.w) }

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
