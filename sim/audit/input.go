package audit

import (
	"fmt"

	"murmur/sim/attack"
)

// inputIsUsed shows the model, under the same names and draws, the picture of the next image instead. Whatever changes
// is due to the picture. Changes of all logits of an answer alike do not count: no decision sees them.
func inputIsUsed(p *probe) verdict {
	n := len(p.Labels)
	if n < 2 {
		return notRun("it needs two images")
	}
	swapped := make([]float32, 0, len(p.Batch.X))
	swapped = append(append(swapped, p.Batch.X[p.inputs:]...), p.Batch.X[:p.inputs]...)
	other := p.ask(attack.Batch{X: swapped, ID: p.Batch.ID}, p.draws)

	// Of every logit: half of the squared change between pictures, and the variance between draws.
	var pictures, noise float64
	change, sum, squares := make([]float64, p.classes), make([]float64, p.classes), make([]float64, p.classes)
	for i := range n {
		clear(sum)
		clear(squares)
		first := row(p.logits, i*probes, p.classes)
		for k := range probes {
			z := row(p.logits, i*probes+k, p.classes)
			centredChange(change, z, row(other, i*probes+k, p.classes))
			for _, d := range change {
				pictures += square(d)
			}
			// From the first draw, so that equal answers give a variance of exactly 0.
			centredChange(change, z, first)
			for c, d := range change {
				sum[c] += d
				squares[c] += square(d)
			}
		}
		for c, s := range sum {
			noise += squares[c] - float64(square(s)/probes)
		}
	}
	pictures /= 2 * probes
	noise /= (probes - 1) * float64(p.Judge.N) // a decision averages over its draws
	chance := !aboveGuess(p.right, p.Labels, true, 1)
	text := fmt.Sprintf("%d of %d right, a guess %d; the variance of a decision between pictures is %.3g, by noise %.3g a logit",
		p.right, n, guess(p.Labels), pictures/float64(n*p.classes), noise/float64(n*p.classes))
	switch {
	case pictures == 0:
		return verdict{Fail, "another picture changes nothing: " + text}
	case chance && pictures < noise/100:
		return verdict{Fail, "the picture is nothing beside the noise: " + text}
	case chance:
		return verdict{Warn, "no better than guessing: " + text}
	}
	return verdict{Pass, text}
}

// centredChange fills dst with x - y less its mean.
func centredChange(dst []float64, x, y []float32) {
	var sum float64
	for c, v := range x {
		dst[c] = float64(v) - float64(y[c])
		sum += dst[c]
	}
	for c := range dst {
		dst[c] -= sum / float64(len(dst))
	}
}
