package circuit

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Decisions copies the decision of the readout units, [class][lane], to dst: what a recorder sees.
func (a *Arm) Decisions(dst []float32, lanes int) {
	all := a.decision.All()
	for c := range a.readout {
		all.Copy(dst[c*lanes:][:lanes], c)
	}
}

// Door is the one way to look inside an arm. Only the adversary, the oracle and the recorder hold it; they stand
// outside the network. It copies, and moves nothing.
type Door struct{ a *Arm }

// Door opens the arm for those who may look inside.
func (a *Arm) Door() Door { return Door{a} }

// Readout returns the weights, [class][unit], and biases of the readout units.
func (d Door) Readout() (w, b []float32) {
	for _, r := range d.a.readout {
		w = append(w, r.w...)
		b = append(b, r.bias)
	}
	return w, b
}

// NoisePotentials copies to dst, [class][lane], what the readout units keep of noise draw k.
func (d Door) NoisePotentials(dst []float32, k, lanes int) {
	for c, r := range d.a.readout {
		copy(dst[c*lanes:][:lanes], r.kept[k])
	}
}

// DeviationPower returns the running power of every hidden unit's deviation.
func (d Door) DeviationPower() []float32 {
	p := make([]float32, len(d.a.hidden))
	for i, h := range d.a.hidden {
		p[i] = h.power.Value
	}
	return p
}

// Digest is a hash of the couplings to sources that are heard, before gain and scale: it changes as soon as one moves.
func (d Door) Digest() [sha256.Size]byte {
	h := sha256.New()
	for _, u := range d.a.hidden {
		if u.noise != nil {
			_ = binary.Write(h, binary.LittleEndian, u.noise.l) // a hash takes all
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Couplings are the noise couplings of an arm as they act: the noise is L xi + Self*own, with sources of power 1.
// Row i of L holds the coupling of hidden unit i to each of its sources: hub k if Hubs is not 0, otherwise the hidden
// units of the spans in Sources[i].
type Couplings struct {
	Hubs    int
	L       [][]float32
	Self    []float32
	Sources [][]int32
}

// Couplings returns the couplings with gain and scale worked in. An arm without noise has none.
func (d Door) Couplings() Couplings {
	c := Couplings{Hubs: len(d.a.hubs)}
	for i, h := range d.a.hidden {
		if h.noise == nil {
			return Couplings{}
		}
		g := h.noise.scale * h.noise.homeostasis(h.power.Value)
		row := make([]float32, len(h.noise.l))
		var sources []int32
		for j, v := range h.noise.l {
			row[j] = g * v
			if c.Hubs > 0 && d.a.hubs[j].learns {
				row[j] *= sqrt(d.a.hubs[j].power.Value)
			}
		}
		if c.Hubs == 0 && len(row) > 0 {
			s := d.a.sheet
			for _, span := range s.Lateral(s.Column(i), d.a.Rule.Radius) {
				for u := range span.N {
					sources = append(sources, int32(span.First+u))
				}
			}
		}
		c.L = append(c.L, row)
		c.Self = append(c.Self, g*h.noise.self)
		c.Sources = append(c.Sources, sources)
	}
	return c
}

// Power returns the mean noise power a unit.
func (c Couplings) Power() float64 {
	if len(c.Self) == 0 {
		return 0
	}
	var sum float64
	for i, s := range c.Self {
		sum += float64(float64(s) * float64(s))
		for _, v := range c.L[i] {
			sum += float64(float64(v) * float64(v))
		}
	}
	return sum / float64(len(c.Self))
}

// Count returns the number of couplings, those to a unit's own source included where it has one.
func (c Couplings) Count() int {
	n := 0
	for i := range c.Self {
		n += len(c.L[i])
		if c.Self[i] != 0 {
			n++
		}
	}
	return n
}

// SetCouplings sets, from outside, the couplings of an arm of kind Given: l is [unit][hub], self a place for each
// unit, for sources of power 1. It panics if the arm is of another kind or the shapes do not match.
func (a *Arm) SetCouplings(l, self []float32) {
	if a.Rule.Kind != Given || len(l) != len(a.hidden)*a.Rule.Hubs || len(self) != len(a.hidden) {
		panic("circuit: couplings do not fit the arm")
	}
	for i, h := range a.hidden {
		copy(h.noise.l, l[i*a.Rule.Hubs:])
		h.noise.self = self[i]
	}
}

// SetPower sets the experimenter's constant so that the mean noise power a unit is p; 0 turns the noise off. Where an
// arm has no noise to scale it stays without.
func (a *Arm) SetPower(p float64) {
	for _, h := range a.hidden {
		if h.noise != nil {
			h.noise.scale = 1
		}
	}
	now := a.Door().Couplings().Power()
	scale := float32(0)
	if now > 0 {
		scale = float32(math.Sqrt(p / now))
	}
	for _, h := range a.hidden {
		if h.noise != nil {
			h.noise.scale = scale
		}
	}
}

// Silence makes hidden units publish nothing, or restores them: a perturbation, by the world.
func (a *Arm) Silence(units []int, silent bool) {
	for _, i := range units {
		a.hidden[i].silent = silent
	}
}

// Seen copies the noise-free responses of the hidden units in one lane to dst, [unit]; 0 of silent ones.
func (d Door) Seen(dst []float32, lane int) {
	for i, h := range d.a.hidden {
		if dst[i] = 0; lane < len(h.r) && !h.silent {
			dst[i] = h.r[lane]
		}
	}
}

// Shares copies the shares of the readout units' softmax, [class][lane], as they last decided while learning.
func (d Door) Shares(dst []float32, lanes int) {
	for c, r := range d.a.readout {
		copy(dst[c*lanes:][:lanes], r.p)
	}
}

// RowPowers returns the power of the noise of each hidden unit.
func (c Couplings) RowPowers() []float32 {
	p := make([]float32, len(c.Self))
	for i, s := range c.Self {
		p[i] = float32(s * s)
		for _, v := range c.L[i] {
			p[i] += float32(v * v)
		}
	}
	return p
}
