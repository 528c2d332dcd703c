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
	w, scratch []float32
	bias, rate float32
	learned    int // batches so far
	batches    int // over which the rate falls to 0

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
func (r *Readout) Step(t network.Tick) error {
	n := t.Lanes
	if t.Open.Has(Decide) {
		r.decide(t)
	}
	if t.Open.Has(Integrate) {
		r.sum(r.u[:n], r.activity, r.bias)
		neuron.Excite(r.excitation.Lanes()[:n], r.u[:n], 1)
	}
	if t.Open.Has(Superpose) {
		if t.Slot >= len(r.kept) {
			return fmt.Errorf("draw %d: keeps only %d", t.Slot, len(r.kept))
		}
		r.sum(r.kept[t.Slot][t.Offset:][:n], r.noise, 0)
	}
	if t.Open.Has(Drive) {
		drive := r.potential[:n]
		r.sum(drive, r.response, r.bias)
		for k, out := range r.drawnOut {
			copy(r.u[:n], drive)
			kernel.Axpy(r.u[:n], 1, r.kept[k][:n])
			neuron.Excite(out.Lanes()[:n], r.u[:n], 1)
		}
	}
	if t.Open.Has(Judge) {
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
	if t.Open.Has(Tally) {
		r.tally(t)
	}
	return nil
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

// sum forms bias + sum_i w_i x_i over the hidden units in order.
func (r *Readout) sum(dst []float32, x neuron.View, bias float32) {
	for l := range dst {
		dst[l] = bias
	}
	x.WeightedSum(dst, r.w)
}

// decide forms the share p of the softmax and, if learning, moves by the delta rule.
func (r *Readout) decide(t network.Tick) {
	n := t.Lanes
	p, y := r.p[:n], r.y[:n]
	r.own.Copy(y, 0)
	neuron.Share(p, y, r.rivals)
	copy(r.share.Lanes(), p)
	if !t.Learn {
		return
	}
	r.teacher.Copy(y, 0)
	kernel.Axpy(y, -1, p)
	left := max(r.batches-r.learned, 0)
	r.learned++
	plasticity.Delta(r.w, r.scratch, &r.bias, r.activity, y, r.rate*float32(left)/float32(r.batches))
}

// Hears implements network.Unit.
func (r *Readout) Hears() []neuron.View {
	return append([]neuron.View{r.activity, r.response, r.noise, r.teacher, r.own, r.rivals}, r.drawn...)
}
