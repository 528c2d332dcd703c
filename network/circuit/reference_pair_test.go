package circuit

import (
	"fmt"

	"murmur/network"
)

// pair is an arm beside its reference.
type pair struct {
	scene
	a      *Arm
	ref    *refArm
	step   func(network.Tick) error
	memory []Memory
}

// compare holds all that can be seen from outside the network side by side.
func (p pair) compare() error {
	c := p.a.Door().Couplings()
	for i := range c.Self {
		row, self := p.ref.coupling(i)
		if err := differ(fmt.Sprintf("couplings of unit %d", i), append(row, self), append(append([]float32{}, c.L[i]...), c.Self[i])); err != nil {
			return err
		}
		if p.noise.Kind == Imprint && fmt.Sprint(c.Sources[i]) != fmt.Sprint(p.ref.sources[i]) {
			return fmt.Errorf("unit %d hears %v, want %v", i, c.Sources[i], p.ref.sources[i])
		}
	}
	powers := make([]float32, len(p.ref.power))
	for i, m := range p.ref.power {
		powers[i] = m.value
	}
	if err := differ("powers of deviations", p.a.Door().DeviationPower(), powers); err != nil {
		return err
	}
	w, b := p.a.Door().Readout()
	if err := differ("readout", w, flat(p.ref.w)); err != nil {
		return err
	}
	return differ("biases", b, p.ref.b)
}

func (p pair) experience(pass, first, lanes int) error {
	draw := network.Draw{Stage: 1, Number: uint32(pass), First: uint32(first)}
	if k := p.noise.Kind; k == Diagonal || k == Imprint || k == GHA {
		t := network.Tick{Lanes: lanes, Learn: true, First: first, Draw: draw}
		ticks := []network.Process{Recall, Recall | Compare}
		switch k {
		case Imprint:
			ticks[0] |= Emit
		case GHA:
			ticks = append(ticks, Pool, Adapt)
		}
		for i, open := range ticks {
			t.Open = open
			if i < 2 {
				t.Slot, t.Continues = i, i > 0
			}
			if p.often {
				p.a.Door().Couplings() // looking moves nothing
			}
			if err := p.step(t); err != nil {
				return err
			}
		}
		p.ref.experience(p.memory[0].lanes(first, lanes), p.memory[1].lanes(first, lanes), draw)
	}
	if p.often {
		return p.compare()
	}
	return nil
}

func (p pair) teach() error {
	for epoch := range 2 {
		if err := batches(p.train, p.lanes.Learn, func(first, lanes int) error {
			draw := network.Draw{Stage: 2, Number: uint32(epoch), First: uint32(first)}
			answer := newGrid(p.readout.Classes, lanes)
			for l := range lanes {
				answer[(first+l)*7%p.readout.Classes][l] = 1
			}
			for c := range answer {
				copy(p.a.Teacher.Out(c).Lanes(), answer[c])
			}
			p.a.Teacher.Flip()
			for _, open := range []network.Process{Emit, Recall | Express | Act, Integrate, Decide} {
				if err := p.step(network.Tick{Open: open, Lanes: lanes, Learn: true, First: first, Draw: draw}); err != nil {
					return err
				}
			}
			activity, noise := p.memory[0].lanes(first, lanes), p.ref.express(draw, lanes)
			for i := range activity {
				for l := range activity[i] {
					activity[i][l] = activity[i][l] + noise[i][l]
				}
			}
			share := p.ref.teach(activity, answer)
			for _, c := range []struct {
				population, channel string
				want                grid
			}{{"hidden", "noise", noise}, {"hidden", "activity", activity}, {"readout", "readout share", share}} {
				if err := differ(c.channel, published(&p.a.Network, c.population, c.channel, lanes), flat(c.want)); err != nil {
					return err
				}
			}
			return p.compare()
		}); err != nil {
			return fmt.Errorf("epoch %d: %w", epoch, err)
		}
	}
	return nil
}

// judge lets the readout keep its potential of every draw, then decide on two slots.
func (p pair) judge(first, lanes int) error {
	var kept []grid
	draws := p.readout.Draws
	from := network.Draw{Stage: 3, First: uint32(first)}
	for k := range draws {
		draw := from
		draw.Number = uint32(k)
		kept = append(kept, p.ref.potentials(p.ref.express(draw, lanes), make([]float32, p.readout.Classes)))
	}
	if err := batches(lanes, p.lanes.Learn, func(offset, n int) error { return p.superpose(from, offset, n) }); err != nil {
		return err
	}
	seen := make([]float32, p.readout.Classes*lanes)
	for k := range kept {
		p.a.Door().NoisePotentials(seen, k, lanes)
		if err := differ(fmt.Sprintf("potentials of draw %d", k), seen, flat(kept[k])); err != nil {
			return err
		}
	}
	const cells = 2
	for i := range cells + 2 {
		t := network.Tick{Lanes: lanes, First: first, Slot: 2 + i}
		if i < cells {
			t.Open |= Recall
		}
		if i > 0 && i <= cells {
			t.Open |= Drive
		}
		if i > 1 {
			t.Open |= Judge
		}
		if err := p.step(t); err != nil {
			return err
		}
		if i > 1 {
			p.a.Decisions(seen, lanes)
			want := p.ref.judge(p.memory[i].lanes(first, lanes), kept)
			if err := differ(fmt.Sprintf("decisions of cell %d", i-2), seen, flat(want)); err != nil {
				return err
			}
		}
	}
	return nil
}

// superpose makes the draws of some lanes of a batch to be judged; three draws are under way at a time.
func (p pair) superpose(from network.Draw, offset, lanes int) error {
	draws := p.readout.Draws
	for k := 0; k < draws+2 && p.noise.Kind != None; k++ {
		t := network.Tick{Lanes: lanes, Offset: offset, Draw: from}
		t.Draw.Number = uint32(k)
		t.Draw.First += uint32(offset)
		if k < draws {
			t.Open |= Emit
		}
		if k > 0 && k <= draws {
			t.Open |= Express
		}
		if k > 1 {
			t.Open |= Superpose
			t.Slot = k - 2
		}
		if err := p.step(t); err != nil {
			return err
		}
	}
	return nil
}
