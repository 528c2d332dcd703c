package circuit

import (
	"fmt"
	"math"
	"slices"

	"murmur/network"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// noise is how a hidden unit makes noise: n = scale * gain * (self*xi_own + sum_j L_j xi_j).
type noise struct {
	key    random.Key
	source neuron.Out  // where it emits its own source
	own    neuron.View // its own source, as all others hear it
	heard  neuron.View // the sources of lateral neighbours or hubs
	l      []float32   // coupling to each source it hears
	self   float32     // coupling to its own source, beside what heard may hold
	scale  float32     // the experimenter's constant
	level  bool        // homeostasis: the power of the noise follows that of the deviation
	rule   rule

	gain  float32 // of row homeostasis
	moved bool    // couplings or powers moved since gain was worked out
}

// rule is how couplings learn; it sees its own unit's couplings and deviation, and what it was wired to hear.
type rule interface {
	// compare is called when the deviation d is known. It publishes what hubs need and, if learn is set, returns what the
	// couplings learn from.
	compare(n *noise, d []float32, learn bool) neuron.Product
	// learn is called when that is there.
	learn(n *noise, d []float32)
	// adapt is called when the hubs have answered.
	adapt(n *noise, d []float32)
	// power returns the power of the noise before gain and scale.
	power(n *noise) float32
	hears() []neuron.View
}

// emit publishes the unit's next draw.
func (n *noise) emit(t network.Tick) {
	n.key.Normals(n.source.Lanes()[:t.Lanes], t.Draw.Stage, t.Draw.Number, t.Draw.First)
}

// hear adds what the unit's own source gives to dst, which is 0, and asks for what those of others do.
func (n *noise) hear(dst []float32) neuron.Product {
	if n.scale == 0 {
		return neuron.Product{}
	}
	if n.self != 0 {
		n.own.AddScaled(dst, n.self, 0)
	}
	return n.heard.Weigh(dst, n.l)
}

// express makes the unit's noise of what it heard.
func (n *noise) express(dst []float32, deviation float32) {
	if n.scale != 0 {
		kernel.Scale(dst, n.scale*n.homeostasis(deviation), dst)
	}
}

// homeostasis returns the factor that gives the unit's noise the power of its deviation, which is passed.
func (n *noise) homeostasis(deviation float32) float32 {
	if !n.level {
		return 1
	}
	if n.moved {
		n.gain, n.moved = plasticity.Gain(deviation, n.rule.power(n)), false
	}
	return n.gain
}

// sound returns an error that names the coupling that is no number or, where all are but their squares are too large, the
// power of the noise. It is asked after every step of learning; the power alone tells whether anything is wrong.
func (n *noise) sound() error {
	power := n.rule.power(n)
	if finite(power) {
		return nil
	}
	if err := sound("coupling", n.l); err != nil {
		return err
	}
	if !finite(n.self) {
		return fmt.Errorf("coupling to its own source is %v", n.self)
	}
	return fmt.Errorf("power of the noise is %v", power)
}

// sound returns an error that names the one of some numbers that is none.
func sound(name string, x []float32) error {
	if kernel.Finite(x) {
		return nil
	}
	i := slices.IndexFunc(x, func(v float32) bool { return !finite(v) })
	return fmt.Errorf("%s %d is %v", name, i, x[i])
}

func finite(x float32) bool { return x-x == 0 }

// rowPower returns the power of the noise before gain and scale if every source has power 1.
func (n *noise) rowPower() float32 { return float32(n.self*n.self) + kernel.Dot(n.l, n.l) }

// fixed couplings do not learn: those of the identity, the diagonal (whose power is the homeostasis' business) and the
// oracle.
type fixed struct{}

func (fixed) compare(*noise, []float32, bool) neuron.Product { return neuron.Product{} }
func (fixed) learn(*noise, []float32)                        {}
func (fixed) adapt(*noise, []float32)                        {}
func (fixed) power(n *noise) float32                         { return n.rowPower() }
func (fixed) hears() []neuron.View                           { return nil }

// imprint writes deviations into couplings with the sources that were heard at the time.
type imprint struct {
	rate, batches float32
	hebb          []float32 // sums over lanes of deviation times source
}

func (r *imprint) compare(n *noise, d []float32, learn bool) neuron.Product {
	if !learn {
		return neuron.Product{}
	}
	clear(r.hebb)
	return n.heard.Correlate(r.hebb, d)
}

func (r *imprint) learn(n *noise, d []float32) {
	r.batches++
	plasticity.Imprint(n.l, r.hebb, len(d), plasticity.Pace(r.batches, r.rate))
}
func (*imprint) adapt(*noise, []float32) {}
func (*imprint) power(n *noise) float32  { return n.rowPower() }
func (*imprint) hears() []neuron.View    { return nil }

// gha learns one coupling for each hub and the power of what no hub explains. The synapse lives at the unit: the unit
// publishes what it contributes to each hub, W_ik d_i, and the hub only adds.
type gha struct {
	rate, halving     float32 // the rate, and the batches after which it has halved
	batches           float32
	contribution      []neuron.Out // to each hub
	answer, strength  neuron.View  // e_k and v_k of each hub
	scratch, residual []float32
	private           plasticity.Average
}

func (r *gha) compare(n *noise, d []float32, _ bool) (p neuron.Product) {
	for k, out := range r.contribution {
		kernel.Scale(out.Lanes()[:len(d)], n.l[k], d)
	}
	return p
}

func (*gha) learn(*noise, []float32) {}

func (r *gha) adapt(n *noise, d []float32) {
	r.batches++
	rate := r.rate / (1 + r.batches/r.halving)
	if need := len(n.l) * r.answer.Lanes(); len(r.residual) < need {
		r.residual = make([]float32, need) // once: a row for each hub
	}
	residual := plasticity.GHA(n.l, r.scratch, r.residual, d, r.answer, r.strength, rate)
	r.private.Observe(kernel.Power(residual))
	n.self = float32(math.Sqrt(float64(r.private.Value)))
}

// power counts each hub's source with the power that the hub publishes.
func (r *gha) power(n *noise) float32 {
	p := float32(n.self * n.self)
	for k, w := range n.l {
		p += float32(float32(w*w) * r.strength.At(k, 0))
	}
	return p
}

func (r *gha) hears() []neuron.View { return []neuron.View{r.answer, r.strength} }
