package experiment

import (
	"context"
	"fmt"
	"slices"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/neuron/kernel"
	"murmur/sim/attack"
	"murmur/sim/scenario"
)

// victim is an arm as the adversary sees it: it knows the features, the readout and the law of the noise, and may ask
// for draws of its own. It responds through a running twin of the feature network, so that what it sees is what the
// arm sees.
type victim struct {
	world *world
	eyes  *circuit.Features
	step  step
	err   error // of the network; the attack's model cannot return one

	features []float32 // [unit][pixel of the field]
	w, b     []float32 // readout, [class][unit] and [class]
	noise    []float32 // [draw][class][image], what each draw of the attack gives the readout
	draws    attack.Draws
	images   int

	seen      []float32 // the pictures last looked at
	responses []float32 // [unit][image] to them
}

// Dims implements attack.Model.
func (v *victim) Dims() (inputs, classes int) { return v.world.train.Size(), len(v.b) }

// look fills responses for the pictures of a batch.
func (v *victim) look(x []float32, n int) {
	if v.err != nil || slices.Equal(v.seen, x) {
		return
	}
	v.err = v.world.look(v.eyes, v.step, x, batch{n: n}, false)
	v.eyes.Responses(v.responses, n, 0, n)
	v.seen = append(v.seen[:0], x...)
}

// Logits implements attack.Model.
func (v *victim) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	n, classes := len(b.ID), len(v.b)
	v.look(b.X, n)
	units := v.world.sheet.Len()
	drive := make([]float32, n)
	for c := range classes {
		for l := range drive {
			drive[l] = v.b[c]
		}
		kernel.WeightedSum(drive, v.w[c*units:(c+1)*units], v.responses, n)
		for l, id := range b.ID {
			for k := range draws.N {
				dst[(l*draws.N+k)*classes+c] = drive[l] + v.drawn(int(draws.From-v.draws.From)+k, c, int(id))
			}
		}
	}
}

// drawn is what one draw of noise gives a readout unit for an image; without noise nothing.
func (v *victim) drawn(draw, class, image int) float32 {
	if v.noise == nil {
		return 0
	}
	return v.noise[(draw*len(v.b)+class)*v.images+image]
}

// Pull implements attack.Model. A response r = tanh(gain * max(0, u - mean)) has the slope gain * (1 - r^2) where it
// is above 0, less the column's mean of these; a potential u = sum_j w_j x_j has the slope w.
func (v *victim) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	n, classes, units := len(b.ID), len(v.b), v.world.sheet.Len()
	v.look(b.X, n)
	sums := make([]float32, classes*n) // [class][image], over draws
	for l := range n {
		for k := range draws.N {
			for c := range classes {
				sums[c*n+l] += g[(l*draws.N+k)*classes+c]
			}
		}
	}
	gain := float32(v.world.Features.Gain)
	slopes := make([]float32, units*n)
	for i := range units {
		s := slopes[i*n:][:n]
		for c := range classes {
			kernel.Axpy(s, v.w[c*units+i], sums[c*n:][:n])
		}
		for l, r := range v.responses[i*n:][:n] {
			if r > 0 {
				s[l] *= gain * (1 - float32(r*r))
			} else {
				s[l] = 0
			}
		}
	}
	v.pullPixels(dst, slopes, n)
}

// pullPixels carries slopes in the potentials above their columns' means, [unit][image], back to the pixels.
func (v *victim) pullPixels(dst, slopes []float32, n int) {
	s, size := v.world.sheet, v.world.train.Size()
	pixels := make([]float32, size*n) // [pixel][image]
	mean := make([]float32, n)
	for column := range s.Columns * s.Columns {
		clear(mean)
		mates := s.Mates(column)
		for i := range mates.N {
			kernel.Axpy(mean, 1/float32(mates.N), slopes[(mates.First+i)*n:][:n])
		}
		for i := mates.First; i < mates.First+mates.N; i++ {
			slope := slopes[i*n:][:n]
			kernel.Axpy(slope, -1, mean)
			field := s.Field * s.Field
			w := v.features[i*field:][:field]
			at := 0
			for _, span := range s.ReceptiveField(column) {
				for p := range span.N {
					kernel.Axpy(pixels[(span.First+p)*n:][:n], w[at], slope)
					at++
				}
			}
		}
	}
	for l := range n {
		for p := range size {
			dst[l*size+p] = pixels[p*n+l]
		}
	}
}

// pgd translates an attack of the scenario. Its draws are rows of a stage of their own: none is ever judged with.
func pgd(a scenario.Attack, noisy bool, seed uint64) attack.PGD {
	norm := attack.Linf
	if a.Kind == scenario.PGDL2 {
		norm = attack.L2
	}
	draws := attack.Draws{N: a.Draws}
	if !noisy {
		draws.N = 1
	}
	p := attack.NewPGD(norm, float32(a.Epsilon), draws, seed)
	p.Steps, p.Step = a.Steps, float32(a.Step)
	return p
}

// attackArm attacks an arm and judges it on what the attack made. slot is where the arm will remember its responses to
// the attacked pictures; memory is the block behind it, still empty.
func (w *world) attackArm(ctx context.Context, r *armRun, arm *circuit.Arm, eyes *circuit.Features, a scenario.Attack, slot int, memory circuit.Memory) ([]uint8, error) {
	rule := w.noiseRule(r.arm)
	noisy := rule.Kind != circuit.None && w.Noise.When != scenario.Learning
	p := pgd(a, noisy, w.seed)
	v := &victim{world: w, eyes: eyes.Twin(w.Lanes.Probe), features: eyes.Weights(), w: r.w, b: r.b, images: a.Images, draws: p.Reserved()}
	v.responses = make([]float32, w.sheet.Len()*w.Lanes.Probe)
	if noisy {
		if err := w.askForDraws(ctx, v, arm, rule); err != nil {
			return nil, err
		}
	}
	size := w.test.Size()
	pictures := make([]float32, a.Images*size)
	err := v.eyes.Run(ctx, func(step func(network.Tick) error) error {
		v.step = step
		for _, b := range batches(a.Images, w.Lanes.Probe) {
			x := attack.Batch{X: w.test.Pixels[b.first*size : (b.first+b.n)*size]}
			for i := range b.n {
				x.ID = append(x.ID, uint32(b.first+i))
			}
			adv := pictures[b.first*size : (b.first+b.n)*size]
			v.seen = v.seen[:0]
			err := p.Perturb(adv, v, x, w.test.Labels[b.first:b.first+b.n])
			if v.err != nil {
				return v.err
			}
			if err == nil {
				err = attack.VerifyBatch(x, adv, p.Norm, p.Epsilon)
			}
			if err != nil {
				return fmt.Errorf("attack %s on %s: %w", a.Kind, r.arm, err)
			}
			if err := w.look(v.eyes, step, pictures, b, false); err != nil {
				return err
			}
			v.eyes.Responses(memory.Values, a.Images, b.first, b.n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var correct []uint8
	err = arm.Run(ctx, func(step func(network.Tick) error) error {
		c, err := w.judge(step, arm, rule, w.draws(rule), slot, 1, w.test.Labels[:a.Images], nil)
		if err == nil {
			correct = c[0]
		}
		return err
	})
	r.trajectory = append(r.trajectory, v.eyes.Trajectory())
	return correct, err
}

// askForDraws fills the table of what each draw of the attack gives the readout.
func (w *world) askForDraws(ctx context.Context, v *victim, arm *circuit.Arm, rule circuit.NoiseRule) error {
	classes := len(v.b)
	v.noise = make([]float32, v.draws.N*classes*v.images)
	potentials := make([]float32, classes*w.Lanes.Learn)
	return arm.Run(ctx, func(step func(network.Tick) error) error {
		for _, b := range batches(v.images, min(w.Lanes.Learn, w.Lanes.Probe)) { // drawn in the lanes of learning, kept in those of judging
			from := network.Draw{Stage: stageAttack, Number: v.draws.From, First: uint32(b.first)}
			err := w.draw(step, rule, from, v.draws.N, batch{n: b.n}, func(k int) {
				arm.Door().NoisePotentials(potentials, 0, b.n)
				for c := range classes {
					copy(v.noise[(k*classes+c)*v.images+b.first:], potentials[c*b.n:(c+1)*b.n])
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
