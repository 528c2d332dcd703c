package audit

import (
	"fmt"
	"math"

	"murmur/neuron/random"
	"murmur/sim/attack"
)

// zeroGradients counts images whose loss has no slope: every derivative is 0 or below the smallest normal number.
func zeroGradients(p *probe) verdict {
	const smallestNormal = 0x1p-126
	var faults []int
	for i := range p.Labels {
		flat := true
		for _, g := range row(p.gradients, i, p.inputs) {
			if !(math.Abs(float64(g)) < smallestNormal) {
				flat = false
				break
			}
		}
		if flat {
			faults = append(faults, i)
		}
	}
	return p.share(faults, "images whose loss has no slope")
}

// gradientAgrees holds Pull against central differences of a random weighted sum of the logits, along a few random
// directions of +1 and -1, and counts the images where they disagree. It asks near each image and inside the range of
// pixels: at the image itself an even background puts every unit that compares pixels, as max-pooling does, on a kink.
//
// Every direction is taken with two steps. Where the two differences differ the sum is not straight (a kink, a stair,
// rounding), and that much disagreement is forgiven; so is what the rounding of the logits can make.
func gradientAgrees(p *probe) verdict {
	const (
		directions = 4
		step       = 1. / 1024 // and half of it
		tolerance  = .1        // of the length of the larger of the two
		rounding   = 0x1p-22   // of a logit: two units in the last place at either end
		away       = 1. / 8    // how far towards a random picture
	)
	n, each := len(p.Labels), probes*p.classes
	near := make([]float32, len(p.Batch.X)) // within [step, 1-step]
	for i, id := range p.Batch.ID {
		x := row(near, i, p.inputs)
		p.key(id).Uniforms(x, 2, 0, 0)
		for j, u := range x {
			const margin = step / away
			inner := margin + float32((1-2*margin)*u)
			x[j] = float32((1-away)*p.Batch.X[i*p.inputs+j]) + float32(away*inner)
		}
	}
	weights := make([]float32, n*each)
	for i, id := range p.Batch.ID {
		p.key(id).Normals(row(weights, i, each), 0, 0, 0)
	}
	at := attack.Batch{X: near, ID: p.Batch.ID}
	slopes := make([]float32, len(near))
	p.Model.Pull(slopes, at, weights, p.draws)
	size := make([]float64, n) // of what is summed, for the rounding
	for j, z := range p.ask(at, p.draws) {
		size[j/each] += math.Abs(float64(float64(z) * float64(weights[j])))
	}

	whole, half := make([]float64, n), make([]float64, n) // the differences with either step
	errors, spreads := make([]float64, n), make([]float64, n)
	pulls, differences := make([]float64, n), make([]float64, n)
	direction := make([]float32, len(near))
	for k := range directions {
		for i, id := range p.Batch.ID {
			d := row(direction, i, p.inputs)
			p.key(id).Uniforms(d, 1, uint32(k), 0)
			for j, u := range d {
				d[j] = float32(math.Copysign(1, float64(u)-.5))
			}
		}
		p.difference(whole, near, direction, weights, step)
		p.difference(half, near, direction, weights, step/2)
		for i := range n {
			var pull float64
			for j, d := range row(direction, i, p.inputs) {
				pull += float64(float64(d) * float64(slopes[i*p.inputs+j]))
			}
			errors[i] += square(half[i] - pull)
			spreads[i] += square(half[i] - whole[i])
			pulls[i] += square(pull)
			differences[i] += square(half[i])
		}
	}
	var faults []int
	for i := range n {
		forgiven := float64(tolerance*math.Sqrt(max(pulls[i], differences[i]))) + float64(2*math.Sqrt(spreads[i])) +
			float64(rounding/step*math.Sqrt(directions)*size[i])
		if !(math.Sqrt(errors[i]) <= forgiven) {
			faults = append(faults, i)
		}
	}
	return p.share(faults, fmt.Sprintf("images whose gradient is not the slope that differences along %d random directions find", directions))
}

// difference fills dst, one number an image, with the central difference of the weighted sum of logits.
func (p *probe) difference(dst []float64, x, direction, weights []float32, step float32) {
	clear(dst)
	moved := make([]float32, len(x))
	each := len(weights) / len(dst)
	for _, side := range []float32{1, -1} {
		for j, v := range x {
			moved[j] = v + float32(side*float32(step*direction[j]))
		}
		for j, z := range p.ask(attack.Batch{X: moved, ID: p.Batch.ID}, p.draws) {
			dst[j/each] += float64(float64(side) * float64(float64(z)*float64(weights[j])))
		}
	}
	for i := range dst {
		dst[i] /= 2 * float64(step)
	}
}

// key returns the source of random numbers of an image.
func (p *probe) key(id uint32) random.Key {
	return random.Key{Seed: p.PGD.Seed, Purpose: random.Attack, Unit: id}
}

func square(x float64) float64 { return float64(x * x) }
