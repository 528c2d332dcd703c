package circuit

import (
	"fmt"

	"murmur/network"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/plasticity"
)

// Readout is the unit that stands for one class. It reads the hidden units, shares a softmax with the other readout
// units and learns by the delta rule; the teaching signal reaches it alone.
type Readout struct {
	w, hebb    []float32
	bias, rate float32
	biased     bool // whether the bias learns
	learned    int  // batches so far
	batches    int  // over which the rate falls to 0

	activity, response, noise neuron.View // of all hidden units
	teacher                   neuron.View // its own teaching signal
	own, rivals               neuron.View // excitations of itself and of all readout units, in learning
	drawn                     []neuron.View
	drawnOwn                  []neuron.View // the same for each draw, in judging

	excitation neuron.Out
	share      neuron.Out
	drawnOut   []neuron.Out
	decision   neuron.Out

	kept               [][]float32 // [draw][lane], the potential that noise alone gave
	u, y, p, potential []float32
	tallied            []float32
}

// Step implements network.Unit.
func (r *Readout) Step(t network.Tick) error { return network.InStages(r, t) }

// Stage implements network.Staged.
func (r *Readout) Stage(t network.Tick, k int) (neuron.Product, int, error) {
	return network.Proceed(r, readoutStages, t, k)
}

// readoutStages are what a readout unit does in a tick, in order.
var readoutStages = []network.Stage[*Readout]{
	{When: Decide, Do: func(r *Readout, t network.Tick) (neuron.Product, error) { return r.decide(t), nil }},
	{When: Decide | Integrate, Do: func(r *Readout, t network.Tick) (p neuron.Product, err error) {
		if t.Open.Has(Decide) && t.Learn {
			r.learn(t)
			if err = sound("weight", r.w); err == nil && !finite(r.bias) {
				err = fmt.Errorf("bias is %v", r.bias)
			}
			if err != nil {
				return p, err
			}
		}
		if t.Open.Has(Integrate) {
			p = r.sum(r.u[:t.Lanes], r.activity, r.bias)
		}
		return p, nil
	}},
	{When: Integrate | Superpose, Do: func(r *Readout, t network.Tick) (p neuron.Product, _ error) {
		if t.Open.Has(Integrate) {
			if err := sound("potential in lane", r.u[:t.Lanes]); err != nil { // the excitation would hide it
				return p, err
			}
			neuron.Excite(r.excitation.Lanes()[:t.Lanes], r.u[:t.Lanes], 1)
		}
		if t.Open.Has(Superpose) {
			if t.Slot >= len(r.kept) {
				return p, fmt.Errorf("draw %d: keeps only %d", t.Slot, len(r.kept))
			}
			p = r.sum(r.kept[t.Slot][t.Offset:][:t.Lanes], r.noise, 0)
		}
		return p, nil
	}},
	{When: Drive, Do: func(r *Readout, t network.Tick) (neuron.Product, error) {
		return r.sum(r.potential[:t.Lanes], r.response, r.bias), nil
	}},
	{When: Drive | Judge | Tally, Do: func(r *Readout, t network.Tick) (p neuron.Product, _ error) {
		if t.Open.Has(Drive) {
			r.drive(t.Lanes)
		}
		if t.Open.Has(Judge) {
			r.judge(t.Lanes)
		}
		if t.Open.Has(Tally) {
			r.tally(t)
		}
		return p, nil
	}},
}

// drive adds what each draw of noise gave to the potential of the noise-free response.
func (r *Readout) drive(n int) {
	for k, out := range r.drawnOut {
		copy(r.u[:n], r.potential[:n])
		kernel.Axpy(r.u[:n], 1, r.kept[k][:n])
		neuron.Excite(out.Lanes()[:n], r.u[:n], 1)
	}
}

// judge publishes the mean share over the draws.
func (r *Readout) judge(n int) {
	mean := r.decision.Lanes()[:n]
	clear(mean)
	for k, rivals := range r.drawn {
		r.drawnOwn[k].Copy(r.y[:n], 0)
		neuron.Share(r.p[:n], r.y[:n], rivals)
		kernel.Axpy(mean, 1, r.p[:n])
	}
	draws := float32(len(r.drawn))
	for l := range mean {
		mean[l] /= draws
	}
}

// tally adds the share of one draw and publishes the mean so far.
func (r *Readout) tally(t network.Tick) {
	n := t.Lanes
	r.own.Copy(r.y[:n], 0)
	neuron.Share(r.p[:n], r.y[:n], r.rivals)
	sum := r.tallied[:n]
	if t.Slot == 0 {
		clear(sum)
	}
	kernel.Axpy(sum, 1, r.p[:n])
	draws := float32(t.Slot + 1)
	mean := r.decision.Lanes()[:n]
	for l, v := range sum {
		mean[l] = v / draws
	}
}

// sum asks for bias + sum_i w_i x_i over the hidden units in order.
func (r *Readout) sum(dst []float32, x neuron.View, bias float32) neuron.Product {
	for l := range dst {
		dst[l] = bias
	}
	return x.Weigh(dst, r.w)
}

// decide forms the share p of the softmax and, if learning, asks for what the weights learn from.
func (r *Readout) decide(t network.Tick) (p neuron.Product) {
	n := t.Lanes
	share, err := r.p[:n], r.y[:n]
	r.own.Copy(err, 0)
	neuron.Share(share, err, r.rivals)
	copy(r.share.Lanes(), share)
	if !t.Learn {
		return p
	}
	r.teacher.Copy(err, 0)
	kernel.Axpy(err, -1, share)
	clear(r.hebb)
	return r.activity.Correlate(r.hebb, err)
}

// learn moves the weights by the delta rule.
func (r *Readout) learn(t network.Tick) {
	left := max(r.batches-r.learned, 0)
	r.learned++
	var bias *float32
	if r.biased {
		bias = &r.bias
	}
	plasticity.Delta(r.w, r.hebb, bias, r.y[:t.Lanes], r.rate*float32(left)/float32(r.batches))
}

// Hears implements network.Unit.
func (r *Readout) Hears() []neuron.View {
	return append([]neuron.View{r.activity, r.response, r.noise, r.teacher, r.own, r.rivals}, r.drawn...)
}
