package circuit

import (
	"fmt"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// Kind is a way to make noise.
type Kind int

const (
	None     Kind = iota // no noise
	Identity             // the same power in every unit, nothing shared
	Diagonal             // each unit the power of its own deviation, nothing shared
	Imprint              // couplings to lateral neighbours, learned by plasticity.Imprint
	GHA                  // couplings to hubs, learned by plasticity.GHA
	Given                // couplings to hubs that somebody outside sets
)

// NoiseRule says how the hidden units of an arm make noise and learn to.
type NoiseRule struct {
	Kind    Kind
	Radius  int     // of Imprint, in columns; topology.All reaches every unit
	Hubs    int     // of GHA and Given
	Rate    float32 // of Imprint (how fast it forgets) and GHA (relative to a component's power)
	Halving float32 // of GHA, the batches after which the rate has halved
}

// ReadoutRule says how readout units learn and decide.
type ReadoutRule struct {
	Classes int
	Rate    float32 // at the start; it falls to 0 in equal steps
	Bias    bool    // whether a bias is learned beside the weights; else it stays 0
	Batches int     // over which it falls
	Draws   int     // noise draws that a decision averages
}

// ReadoutName is what errors call the population of readout units.
const ReadoutName = "readout"

// Arm is the network of one arm: hidden units that remember their responses, their hubs, and readout units.
type Arm struct {
	network.Network
	Teacher  *neuron.Channel // [class][lane], 1 for the right class, written by the world
	Rule     NoiseRule
	sheet    topology.Sheet
	hidden   []*Hidden
	above    *Features
	hubs     []*Hub
	readout  []*Readout
	decision *neuron.Channel
}

// Lanes are the lanes of an arm's channels: Learn in all that takes part in learning and in drawing noise, Probe in what
// judges.
type Lanes struct{ Learn, Probe int }

// NewArm wires an arm on a sheet. memory holds the hidden units' noise-free responses by slot, [unit][trial] each; a
// unit gets its own rows alone. above, if not nil, is a sheet that looks at the activity of this one, noise and all, with
// the features it has learned; the readout then reads that sheet.
func NewArm(s topology.Sheet, lanes Lanes, noise NoiseRule, readout ReadoutRule, memory []Memory, above *Features, seed uint64, rt Runtime) *Arm {
	a := &Arm{Rule: noise, sheet: s, Teacher: neuron.NewChannel("teacher", readout.Classes, lanes.Learn),
		decision: neuron.NewChannel("decision", readout.Classes, lanes.Probe)}
	n := s.Len()
	response := neuron.NewChannel("response", n, max(lanes.Learn, lanes.Probe))
	activity := neuron.NewChannel("activity", n, lanes.Learn)
	noiseOut := neuron.NewChannel("noise", n, lanes.Learn)
	hidden := network.Population{Name: "hidden", Acts: Remember | Compare | Adapt, Publishes: []network.Publication{
		{Channel: response, When: Recall}, {Channel: activity, When: Act}, {Channel: noiseOut, When: Express}}}
	for i := range n {
		h := newHidden(lanes.Learn)
		h.response, h.activity, h.noiseOut = response.Out(i), activity.Out(i), noiseOut.Out(i)
		h.memory = recollection{&memory, i}
		a.hidden = append(a.hidden, h)
		hidden.Units = append(hidden.Units, h)
	}
	hubs := a.wireNoise(&hidden, s, lanes.Learn, noise, seed)
	read := activity // what readout units learn from
	if above != nil {
		a.above = wireSheet(above.Sheet, lanes.Learn, above.features[0].FeatureRule, activity, 0)
		a.above.learnFrom(above)
		read, response, noiseOut = a.above.response, a.above.response, a.above.response
		readout.Draws = 0 // none is kept
	}
	out := a.wireReadout(lanes, readout, response, read, noiseOut)
	a.Network = network.Network{UnitsPerGoroutine: rt.UnitsPerGoroutine, Stall: rt.Stall, ProcessName: ProcessName}
	a.Populations = append(a.Populations, hidden)
	if len(hubs.Units) > 0 {
		a.Populations = append(a.Populations, hubs)
	}
	if a.above != nil {
		a.Populations = append(a.Populations, a.above.population("upper"))
	}
	a.Populations = append(a.Populations, out)
	return a
}

// Memory is a block of noise-free responses, [unit][trial].
type Memory struct {
	Trials int
	Values []float32
}

// recollection is one unit's rows of the blocks: all that it can reach of them.
type recollection struct {
	blocks *[]Memory // by slot; those of all units, so that one look at a slot serves all. nil where nothing is remembered
	unit   int
}

// row returns some trials of the unit's row in a slot.
func (r recollection) row(slot, first, n int) ([]float32, error) {
	var blocks []Memory
	if r.blocks != nil {
		blocks = *r.blocks
	}
	if slot >= len(blocks) {
		return nil, fmt.Errorf("slot %d: remembers only %d", slot, len(blocks))
	}
	m := &blocks[slot]
	if first+n > m.Trials {
		return nil, fmt.Errorf("trials %d to %d of slot %d: remembers only %d", first, first+n, slot, m.Trials)
	}
	return m.Values[r.unit*m.Trials+first:][:n:n], nil
}

// wireNoise gives the hidden units their couplings and returns the hubs.
func (a *Arm) wireNoise(hidden *network.Population, s topology.Sheet, lanes int, r NoiseRule, seed uint64) network.Population {
	hubs := network.Population{Name: "hub"}
	if r.Kind == None {
		return hubs
	}
	n := len(a.hidden)
	source := neuron.NewChannel("source", n, lanes)
	hidden.Publishes = append(hidden.Publishes, network.Publication{Channel: source, When: Emit})
	for i, h := range a.hidden {
		h.noise = &noise{key: random.Key{Seed: seed, Purpose: random.Noise, Unit: uint32(i)},
			source: source.Out(i), own: source.View(neuron.Span{First: i, N: 1}), scale: 1, rule: fixed{}}
	}
	switch r.Kind {
	case Identity, Diagonal:
		for _, h := range a.hidden {
			h.noise.self, h.noise.level = 1, r.Kind == Diagonal
		}
	case Imprint:
		for i, h := range a.hidden {
			h.noise.heard = source.View(s.Lateral(s.Column(i), r.Radius)...)
			h.noise.l = make([]float32, h.noise.heard.Len())
			h.noise.level = true
			h.noise.rule = &imprint{rate: r.Rate, hebb: make([]float32, len(h.noise.l))}
		}
	case GHA, Given:
		a.wireHubs(hidden, &hubs, lanes, r, seed)
	default:
		panic(fmt.Sprintf("circuit: no such way to make noise: %d", r.Kind))
	}
	return hubs
}

func (a *Arm) wireHubs(hidden, hubs *network.Population, lanes int, r NoiseRule, seed uint64) {
	n := len(a.hidden)
	source := neuron.NewChannel("hub source", r.Hubs, lanes)
	answer := neuron.NewChannel("hub answer", r.Hubs, lanes)
	strength := neuron.NewChannel("hub power", r.Hubs, 1)
	hubs.Publishes = []network.Publication{{Channel: source, When: Emit}}
	if r.Kind == GHA {
		hubs.Publishes = append(hubs.Publishes,
			network.Publication{Channel: answer, When: Pool}, network.Publication{Channel: strength, When: Pool})
	}
	for k := range r.Hubs {
		h := &Hub{key: random.Key{Seed: seed, Purpose: random.Noise, Unit: uint32(n + k)}, source: source.Out(k),
			learns: r.Kind == GHA, power: plasticity.Average{Rate: hubPowerRate}}
		if h.learns {
			contribution := neuron.NewChannel("contribution", n, lanes)
			hidden.Publishes = append(hidden.Publishes, network.Publication{Channel: contribution, When: Compare})
			h.heard, h.answer, h.strength = contribution.All(), answer.Out(k), strength.Out(k)
			for i, u := range a.hidden {
				rule, ok := u.noise.rule.(*gha)
				if !ok {
					rule = &gha{rate: r.Rate, halving: r.Halving, answer: answer.All(), strength: strength.All(),
						scratch: make([]float32, r.Hubs), residual: make([]float32, lanes),
						private: plasticity.Average{Rate: hubPowerRate}}
					u.noise.rule = rule
				}
				rule.contribution = append(rule.contribution, contribution.Out(i))
			}
		}
		a.hubs = append(a.hubs, h)
		hubs.Units = append(hubs.Units, h)
	}
	for i, u := range a.hidden {
		u.noise.heard = source.All()
		u.noise.l = make([]float32, r.Hubs)
		if r.Kind == GHA {
			u.noise.level = true
			random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(u.noise.l, 1, 0, 0)
			for k := range u.noise.l { // so that each hub's weights start with a length of about 1
				u.noise.l[k] /= sqrt(float32(n))
			}
		}
	}
}

// hubPowerRate is the slowest pace of the running powers of hubs and residuals: they follow weights that still move.
const hubPowerRate = 0.02

// wireReadout makes the readout units. Their weights start at 0.
func (a *Arm) wireReadout(lanes Lanes, r ReadoutRule, response, activity, noise *neuron.Channel) network.Population {
	excitation := neuron.NewChannel("readout excitation", r.Classes, lanes.Learn)
	share := neuron.NewChannel("readout share", r.Classes, lanes.Learn)
	widest := max(lanes.Learn, lanes.Probe)
	drawn := make([]*neuron.Channel, r.Draws)
	out := network.Population{Name: ReadoutName, Acts: Superpose, Publishes: []network.Publication{
		{Channel: excitation, When: Integrate}, {Channel: share, When: Decide}, {Channel: a.decision, When: Judge | Tally}}}
	for k := range drawn {
		drawn[k] = neuron.NewChannel("readout excitation of a draw", r.Classes, lanes.Probe)
		out.Publishes = append(out.Publishes, network.Publication{Channel: drawn[k], When: Drive})
	}
	for c := range r.Classes {
		one := neuron.Span{First: c, N: 1}
		n := activity.Units()
		u := &Readout{rate: r.Rate, biased: r.Bias, batches: r.Batches, w: make([]float32, n), hebb: make([]float32, n), tallied: make([]float32, lanes.Learn),
			activity: activity.All(), response: response.All(), noise: noise.All(), teacher: a.Teacher.View(one),
			own: excitation.View(one), rivals: excitation.All(),
			excitation: excitation.Out(c), share: share.Out(c), decision: a.decision.Out(c),
			u: make([]float32, widest), y: make([]float32, widest), p: make([]float32, widest), potential: make([]float32, widest)}
		for _, d := range drawn {
			u.drawn = append(u.drawn, d.All())
			u.drawnOwn = append(u.drawnOwn, d.View(one))
			u.drawnOut = append(u.drawnOut, d.Out(c))
			u.kept = append(u.kept, make([]float32, lanes.Probe))
		}
		a.readout = append(a.readout, u)
		out.Units = append(out.Units, u)
	}
	return out
}
