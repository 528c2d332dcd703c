package audit

import (
	"fmt"
	"math"
	"slices"

	"murmur/sim/attack"
	"murmur/sim/measure"
)

// probes is how many draws the flags look at. Two tell fresh noise from fixed noise; eight also see a short cycle.
const probes = 8

// some is the share of the images above which a fault is no exception any more.
const some = .1

// probe is a model under questions, with the answers that several flags share.
type probe struct {
	Audit
	inputs, classes int
	draws           attack.Draws
	logits          []float32 // [image][draw][class], on the images as they are
	gradients       []float32 // [image][input], of the loss of the attack that is audited
	right           int       // images whose clean decision is right
}

// Flags asks the model and returns every flag, in the order of [Terms]. It takes about thirty looks at the images,
// gradients included, of eight draws each. It panics where the lengths do not fit.
func (a Audit) Flags() []measure.Check {
	a.fits()
	p := &probe{Audit: a, draws: attack.Draws{From: a.PGD.Draws.From, N: probes}}
	p.inputs, p.classes = a.Model.Dims()
	p.logits = p.ask(a.Batch, p.draws)
	p.gradients = make([]float32, len(a.Batch.X))
	draws := a.PGD.Draws
	logits := p.ask(a.Batch, draws)
	pull := make([]float32, len(logits))
	each := draws.N * p.classes
	for i, label := range a.Labels {
		a.PGD.Loss.Cotangent(row(pull, i, each), row(logits, i, each), p.classes, label)
	}
	a.Model.Pull(p.gradients, a.Batch, pull, draws)
	p.right = count(a.judge(a.Model, a.Batch.X, a.Judge))

	checks := make([]measure.Check, len(flags))
	for i, f := range flags {
		checks[i] = f.check(p).named(f.Name)
	}
	return checks
}

func (p *probe) ask(b attack.Batch, draws attack.Draws) []float32 {
	logits := make([]float32, len(b.ID)*draws.N*p.classes)
	p.Model.Logits(logits, b, draws)
	return logits
}

// image returns image i as a batch of one.
func (p *probe) image(i int) attack.Batch {
	return attack.Batch{X: row(p.Batch.X, i, p.inputs), ID: p.Batch.ID[i : i+1]}
}

// share judges a fault by how many images have it.
func (p *probe) share(faults []int, text string) verdict {
	n := len(p.Labels)
	status := Pass
	switch {
	case float64(len(faults)) > some*float64(n):
		status = Fail
	case len(faults) > 0:
		status = Warn
	}
	return verdict{status, fmt.Sprintf("%s: %s of %d", text, list(p.Batch.ID, faults), n)}
}

func enoughImages(p *probe) verdict {
	const enough = 100
	n := float64(len(p.Labels))
	text := fmt.Sprintf("%d images: an accuracy of one half is known to ±%.0f %% at 95 %% confidence", len(p.Labels), 196*.5/math.Sqrt(n))
	if n < enough {
		return verdict{Warn, text}
	}
	return verdict{Pass, text}
}

func enoughClasses(p *probe) verdict {
	text := fmt.Sprintf("%d classes", p.classes)
	if p.classes < 3 {
		return verdict{Warn, text}
	}
	return verdict{Pass, text}
}

func finiteAnswers(p *probe) verdict {
	var faults []int
	for i := range p.Labels {
		if !finite(row(p.logits, i, probes*p.classes)) || !finite(row(p.gradients, i, p.inputs)) {
			faults = append(faults, i)
		}
	}
	v := p.share(faults, "images with a logit or gradient that is not finite")
	if len(faults) > 0 {
		v.status = Fail // no attack accepts such a number
	}
	return v
}

// answersRepeat: what a model returns for an image depends on that image, its name and the draw number alone.
func answersRepeat(p *probe) verdict {
	again := p.ask(p.Batch, p.draws)
	if faults := p.differ(again, p.logits); len(faults) > 0 {
		return verdict{Fail, "asked twice for the same draws the model answers differently: " + list(p.Batch.ID, faults)}
	}
	alone := make([]float32, 0, len(p.logits))
	for i := range p.Labels {
		for k := range probes {
			alone = append(alone, p.ask(p.image(i), attack.Draws{From: p.draws.From + uint32(k), N: 1})...)
		}
	}
	if faults := p.differ(alone, p.logits); len(faults) > 0 {
		return verdict{Fail, "asked for one image and one draw the model answers differently than for many: " + list(p.Batch.ID, faults)}
	}
	return verdict{Pass, fmt.Sprintf("%d draws of %d images, asked for twice, together and one by one, gave the same bits", probes, len(p.Labels))}
}

// differ returns the images of which two answers to the same question are not the same bits.
func (p *probe) differ(x, y []float32) []int {
	var images []int
	each := len(x) / len(p.Labels)
	for i := range p.Labels {
		if !slices.EqualFunc(row(x, i, each), row(y, i, each), func(a, b float32) bool {
			return math.Float32bits(a) == math.Float32bits(b)
		}) {
			images = append(images, i)
		}
	}
	return images
}

func randomnessDetected(p *probe) verdict {
	var byDraw []int
	for i := range p.Labels {
		if p.distinct(i) > 1 {
			byDraw = append(byDraw, i)
		}
	}
	// A name must not matter either: each image is asked for under the name of the next.
	names := append(slices.Clone(p.Batch.ID[1:]), p.Batch.ID[0])
	byName := p.differ(p.ask(attack.Batch{X: p.Batch.X, ID: names}, p.draws), p.logits)
	text := fmt.Sprintf("answers differ between draw numbers for %d, between image names for %d of %d images", len(byDraw), len(byName), len(p.Labels))
	if !p.Noisy && len(byDraw)+len(byName) > 0 {
		return verdict{Fail, text + ", but the model claims no noise"}
	}
	return verdict{Pass, text}
}

// distinct returns how many different answers image i gets under the draws of the probe.
func (p *probe) distinct(i int) int {
	seen := map[string]bool{}
	z := row(p.logits, i, probes*p.classes)
	for k := range probes {
		seen[fmt.Sprint(row(z, k, p.classes))] = true
	}
	return len(seen)
}

func noiseIsFresh(p *probe) verdict {
	if !p.Noisy {
		return verdict{Pass, "does not apply: the model claims no noise"}
	}
	var repeated []int
	least := probes
	for i := range p.Labels {
		d := p.distinct(i)
		least = min(least, d)
		if d < probes {
			repeated = append(repeated, i)
		}
	}
	return p.share(repeated, fmt.Sprintf("images whose answers under %d draws are not all different (the fewest: %d)", probes, least))
}

func softmaxOutput(p *probe) verdict {
	lo, hi, off := math.Inf(1), math.Inf(-1), 0.
	for k := range len(p.logits) / p.classes {
		var sum float64
		for _, z := range row(p.logits, k, p.classes) {
			lo, hi = min(lo, float64(z)), max(hi, float64(z))
			sum += float64(z)
		}
		off = max(off, math.Abs(sum-1))
	}
	text := fmt.Sprintf("answers lie in [%.4g, %.4g], their sums up to %.4g from 1", lo, hi, off)
	if lo > -1e-5 && hi < 1+1e-5 && off < 1e-4 {
		return verdict{Fail, text + ": probabilities, on which a loss made for logits is flat"}
	}
	return verdict{Pass, text}
}

func finite(v []float32) bool {
	for _, f := range v {
		if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
			return false
		}
	}
	return true
}

func row(v []float32, i, width int) []float32 { return v[i*width : (i+1)*width] }
