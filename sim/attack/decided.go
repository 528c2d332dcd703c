package attack

import "murmur/neuron/kernel"

// sharpness is what [Vote] multiplies logits with before their softmax: a draw's softmax is then nearly the class it
// chooses, and still has a slope.
const sharpness = 8

func (d Decision) sharpness() float32 {
	if d == Vote {
		return sharpness
	}
	return 1
}

// plain tells whether the logits of a decision are the mean of those of its draws.
func (d Decision) plain(draws int) bool { return d == SumOfLogits || draws == 1 }

// logits appends to dst, which is empty, the logits of the decision on one image: one number a class, the largest that
// of the class decided for. They are the mean over draws of the logits for [SumOfLogits], the logarithm of the mean over
// draws of their softmax for [MeanSoftmax], and for [Vote] the same of the sharpened logits, as shares of votes have no
// slope. With one draw all are the logits themselves.
func (d Decision) logits(dst, logits []float32, classes int) []float32 {
	draws := len(logits) / classes
	if d.plain(draws) {
		return meanLogits(dst, logits, classes)
	}
	var some [roomy]float32
	exps := append(some[:0], logits[:classes]...)
	dst = append(dst, exps...)
	clear(dst)
	for k := range draws {
		_, total := d.soften(exps, row(logits, k, classes))
		for c, v := range exps {
			dst[c] += v / total
		}
	}
	const faint = 1e-30 // a probability whose logarithm still has all digits
	for c, p := range dst {
		if p /= float32(draws); p > faint {
			dst[c] = kernel.Log(p)
			continue
		}
		var few, few2 [fewDraws]float32
		_, most, sum := d.column(few[:0], logits, d.normalisers(few2[:0], logits, classes), classes, c)
		dst[c] = most + kernel.Log(sum/float32(draws))
	}
	return dst
}

// pull fills dst, [draws][classes], with the slopes in every draw's logits of what has the slopes h, [classes], in the
// logits of the decision: of each class its slope by the draw's share in the class's mean probability, less the draw's
// softmax times the sum of these.
func (d Decision) pull(dst, logits []float32, classes int, h []float32) {
	draws := len(logits) / classes
	if d.plain(draws) {
		for c, v := range h {
			dst[c] = v / float32(draws)
		}
		repeat(dst, classes)
		return
	}
	var few, few2 [fewDraws]float32
	normaliser := d.normalisers(few[:0], logits, classes)
	clear(dst)
	for c, slope := range h {
		if slope == 0 {
			continue
		}
		shares, _, sum := d.column(few2[:0], logits, normaliser, classes, c)
		for k, s := range shares {
			dst[k*classes+c] = float32(slope * (s / sum))
		}
	}
	scale := d.sharpness()
	var some [roomy]float32
	p := append(some[:0], logits[:classes]...)
	for k := range draws {
		for c, z := range row(logits, k, classes) {
			p[c] = float32(scale*z) - normaliser[k]
		}
		kernel.ExpTo(p, p)
		g := row(dst, k, classes)
		all := kernel.Sum(g)
		for c, v := range p {
			g[c] = float32(scale * (g[c] - float32(all*v)))
		}
	}
}

// soften fills exps with exp(x - most) of a draw's sharpened logits x, most being the largest, and returns their sum.
func (d Decision) soften(exps, z []float32) (most, total float32) {
	scale := d.sharpness()
	most = z[0]
	for _, v := range z {
		most = max(most, v)
	}
	for c, v := range z {
		exps[c] = float32(scale * (v - most))
	}
	kernel.ExpTo(exps, exps)
	for _, v := range exps {
		total += v
	}
	return float32(scale * most), total
}

// normalisers appends, for every draw, the logarithm of the sum of exp of its sharpened logits.
func (d Decision) normalisers(dst, logits []float32, classes int) []float32 {
	var some [roomy]float32
	exps := append(some[:0], logits[:classes]...)
	for k := range len(logits) / classes {
		most, total := d.soften(exps, row(logits, k, classes))
		dst = append(dst, most+kernel.Log(total))
	}
	return dst
}

// column appends, for every draw, the probability of class c as a share of the largest, exp(most), and returns these and
// their sum.
func (d Decision) column(dst, logits, normaliser []float32, classes, c int) (shares []float32, most, sum float32) {
	scale := d.sharpness()
	for k, n := range normaliser {
		dst = append(dst, float32(scale*logits[k*classes+c])-n)
	}
	most = dst[0]
	for _, v := range dst {
		most = max(most, v)
	}
	for k := range dst {
		dst[k] -= most
	}
	kernel.ExpTo(dst, dst)
	for _, v := range dst {
		sum += v
	}
	return dst, most, sum
}
