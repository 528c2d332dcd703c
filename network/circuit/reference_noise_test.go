package circuit

import (
	"math"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron/random"
)

// refArm is an arm.
type refArm struct {
	noise   NoiseRule
	readout ReadoutRule
	seed    uint64
	sources [][]int // of Imprint: the units that unit i hears

	l                      grid // [unit][source it hears]
	self                   []float32
	scale                  float32
	shift, power, residual []refMean // of each unit
	component              []refMean // of each hub, the power of what it hears
	batches                float32

	w      grid // [class][unit]
	b      []float32
	taught int
}

func newRefArm(s topology.Sheet, noise NoiseRule, readout ReadoutRule, seed uint64) *refArm {
	n := s.Len()
	a := &refArm{noise: noise, readout: readout, seed: seed, sources: make([][]int, n), l: make(grid, n), self: make([]float32, n), scale: 1,
		shift: make([]refMean, n), power: make([]refMean, n), residual: make([]refMean, n),
		component: make([]refMean, noise.Hubs), w: newGrid(readout.Classes, n), b: make([]float32, readout.Classes)}
	for i := range n {
		a.shift[i].rate, a.power[i].rate, a.residual[i].rate = .01, .01, .02
		switch noise.Kind {
		case Identity, Diagonal:
			a.self[i] = 1
		case Imprint:
			a.sources[i] = refLateral(s, i, noise.Radius)
			a.l[i] = make([]float32, len(a.sources[i]))
		case GHA:
			a.l[i] = make([]float32, noise.Hubs)
			random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Normals(a.l[i], 1, 0, 0)
			for k := range a.l[i] {
				a.l[i][k] = a.l[i][k] / refRoot(float32(n))
			}
		case Given:
			a.l[i] = make([]float32, noise.Hubs)
		}
	}
	for k := range a.component {
		a.component[k].rate = .02
	}
	return a
}

// draw returns one draw of source i, a unit or, after the units, a hub, with power 1.
func (a *refArm) draw(i int, d network.Draw, lanes int) []float32 {
	xi := make([]float32, lanes)
	random.Key{Seed: a.seed, Purpose: random.Noise, Unit: uint32(i)}.Normals(xi, d.Stage, d.Number, d.First)
	return xi
}

// experience shows a clean and a modified glimpse, [unit][lane] of noise-free responses. It returns the deviations.
func (a *refArm) experience(clean, modified grid, draw network.Draw) grid {
	n, lanes := len(clean), len(clean[0])
	d := newGrid(n, lanes)
	for i := range n {
		var sum float32
		for l := range lanes {
			d[i][l] = modified[i][l] - clean[i][l]
			sum = sum + d[i][l]
		}
		a.shift[i].see(sum / float32(lanes))
		for l := range lanes {
			d[i][l] = d[i][l] - a.shift[i].value
		}
		a.power[i].see(refPower(d[i]))
	}
	a.batches++
	switch a.noise.Kind {
	case Imprint:
		a.imprint(d, draw)
	case GHA:
		a.gha(d)
	}
	return d
}

// imprint is L_ij <- (1-a) L_ij + s_i mean_lanes(d_i xi_j), s_i = sqrt((2a-a^2) B/|S_i|), the rate a falling as in a
// plain mean until it reaches the rule's.
func (a *refArm) imprint(d grid, draw network.Draw) {
	rate, lanes := max(1/a.batches, a.noise.Rate), float32(len(d[0]))
	for i, sources := range a.sources {
		open := float32(2*rate) - float32(rate*rate)
		s := refRoot(float32(open*lanes)/float32(len(sources))) / lanes
		for at, j := range sources {
			var sum float32
			for l, xi := range a.draw(j, draw, len(d[i])) {
				sum = sum + float32(d[i][l]*xi)
			}
			a.l[i][at] = float32((1-rate)*a.l[i][at]) + float32(s*sum)
		}
	}
}

// gha is e_k = sum_i W_ik d_i, v_k its running power, W_ik += rate/v_k mean_lanes(e_k (d_i - sum_{m<=k} W_im e_m)), and
// the running power of what no hub explains.
func (a *refArm) gha(d grid) {
	lanes := len(d[0])
	e := newGrid(a.noise.Hubs, lanes)
	for k := range e {
		for l := range lanes {
			for i := range d {
				e[k][l] = e[k][l] + float32(a.l[i][k]*d[i][l])
			}
		}
		a.component[k].see(refPower(e[k]))
	}
	step := a.noise.Rate / (1 + a.batches/a.noise.Halving) / float32(lanes)
	for i := range d {
		rest := append([]float32(nil), d[i]...)
		change := make([]float32, len(e))
		for k := range e {
			var sum float32
			for l := range rest {
				rest[l] = rest[l] - float32(a.l[i][k]*e[k][l])
				sum = sum + float32(e[k][l]*rest[l])
			}
			change[k] = step / max(a.component[k].value, 1e-12) * sum
		}
		for k := range change {
			a.l[i][k] = a.l[i][k] + change[k]
		}
		a.residual[i].see(refPower(rest))
		a.self[i] = refRoot(a.residual[i].value)
	}
}

// gain is homeostasis: the noise gets the power of the unit's deviation.
func (a *refArm) gain(i int) float32 {
	if a.noise.Kind == None || a.noise.Kind == Identity || a.noise.Kind == Given {
		return 1
	}
	p, row := float32(a.self[i]*a.self[i]), float32(0)
	for k, v := range a.l[i] {
		if a.noise.Kind == GHA {
			p = p + float32(float32(v*v)*a.component[k].value)
		} else {
			row = row + float32(v*v)
		}
	}
	if p = p + row; p <= 0 {
		return 0
	}
	return refRoot(a.power[i].value / p)
}

// coupling returns how strongly unit i adds each source of power 1, and its own.
func (a *refArm) coupling(i int) (row []float32, self float32) {
	g := a.scale * a.gain(i)
	for k, v := range a.l[i] {
		v = g * v
		if a.noise.Kind == GHA {
			v = v * refRoot(a.component[k].value)
		}
		row = append(row, v)
	}
	return row, g * a.self[i]
}

// setPower scales all noise so that its mean power a unit is p.
func (a *refArm) setPower(p float64) {
	a.scale = 1
	var sum float64
	for i := range a.l {
		row, self := a.coupling(i)
		sum = sum + float64(float64(self)*float64(self))
		for _, v := range row {
			sum = sum + float64(float64(v)*float64(v))
		}
	}
	a.scale = 0
	if now := sum / float64(len(a.l)); now > 0 {
		a.scale = float32(math.Sqrt(p / now))
	}
}

// express returns the noise of one draw, [unit][lane].
func (a *refArm) express(draw network.Draw, lanes int) grid {
	out := newGrid(len(a.l), lanes)
	if a.noise.Kind == None || a.scale == 0 {
		return out
	}
	heard := make(grid, a.noise.Hubs) // what a hub emits has the power of what it hears
	for k := range heard {
		heard[k] = a.draw(len(a.l)+k, draw, lanes)
		for l := range heard[k] {
			if a.noise.Kind == GHA {
				heard[k][l] = heard[k][l] * refRoot(a.component[k].value)
			}
		}
	}
	if a.noise.Kind != GHA && a.noise.Kind != Given {
		for i := range a.l {
			heard = append(heard, a.draw(i, draw, lanes))
		}
	}
	for i := range out {
		own := a.draw(i, draw, lanes)
		for l := range lanes {
			var sum float32
			sum = sum + float32(a.self[i]*own[l])
			for at, v := range a.l[i] {
				source := at
				if a.noise.Kind == Imprint {
					source = a.sources[i][at]
				}
				sum = sum + float32(v*heard[source][l])
			}
			out[i][l] = sum * (a.scale * a.gain(i))
		}
	}
	return out
}

// potentials returns bias_c + sum_i w_ci x_i, [class][lane].
func (a *refArm) potentials(x grid, b []float32) grid {
	u := newGrid(len(a.w), len(x[0]))
	for c := range u {
		for l := range u[c] {
			u[c][l] = b[c]
			for i := range x {
				u[c][l] = u[c][l] + float32(a.w[c][i]*x[i][l])
			}
		}
	}
	return u
}

// teach is the delta rule on noisy activity; answer is 1 for the right class, [class][lane]. It returns the softmax.
func (a *refArm) teach(x, answer grid) grid {
	lanes := float32(len(x[0]))
	left := max(a.readout.Batches-a.taught, 0)
	rate := a.readout.Rate * float32(left) / float32(a.readout.Batches)
	a.taught++
	p := refSoftmax(a.potentials(x, a.b), 1)
	for c := range p {
		var bias float32
		for i := range x {
			var sum float32
			for l := range x[i] {
				sum = sum + float32((answer[c][l]-p[c][l])*x[i][l])
			}
			a.w[c][i] = a.w[c][i] + float32(rate/lanes*sum)
		}
		for l := range p[c] {
			bias = bias + (answer[c][l] - p[c][l])
		}
		if a.readout.Bias {
			a.b[c] = a.b[c] + float32(rate/lanes*bias)
		}
	}
	return p
}

// judge returns the mean softmax over the draws, given what each gave the readout, [draw][class][lane].
func (a *refArm) judge(r grid, kept []grid) grid {
	drive := a.potentials(r, a.b)
	mean := newGrid(len(drive), len(drive[0]))
	for _, noise := range kept {
		u := newGrid(len(drive), len(drive[0]))
		for c := range u {
			for l := range u[c] {
				u[c][l] = drive[c][l] + noise[c][l]
			}
		}
		for c, p := range refSoftmax(u, 1) {
			for l := range p {
				mean[c][l] = mean[c][l] + p[l]
			}
		}
	}
	for c := range mean {
		for l := range mean[c] {
			mean[c][l] = mean[c][l] / float32(len(kept))
		}
	}
	return mean
}
