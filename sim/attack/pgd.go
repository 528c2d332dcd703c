package attack

import (
	"context"
	"fmt"
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

const badPGD = "attack: PGD needs Epsilon, Step and Momentum finite and not negative; Steps, Restarts and Draws.N at least 1; Select at least 1 where Restarts is above 1; a Loss; draw numbers below 2^32"

// PGD is projected gradient ascent: from the image, or from a random point of
// the ball around it, Steps times a steepest step of length Step, a projection
// onto the ball and a clip to [0, 1].
//
// Every step looks at Draws.N fresh draws: step t of restart r at the numbers
// from Draws.From + (r*Steps+t)*Draws.N; with Share all steps of restart r at
// those from Draws.From + r*Draws.N. The result of a restart is its last
// iterate. Of several restarts each image keeps the one with the highest loss (Compare),
// the earlier where two are equal; they are compared on the Select draws that
// follow those of all the steps, the same for every restart, so none is chosen
// for the luck of the draws it climbed on. With one restart nothing is
// compared and Select is not used.
type PGD struct {
	Norm        Norm
	Epsilon     float32 // radius of the ball, in units of the pixel range [0, 1]
	Steps       int
	Step        float32 // length of a step, absolute, in the same norm
	Restarts    int     // without RandomStart they differ in their draws alone
	RandomStart bool    // start uniform in the ball, by Seed, image and restart
	// Momentum is the share of the velocity that a step keeps; the gradient,
	// divided by its L1 norm, is added, and the step goes along the sum (Dong and
	// others, arXiv 1710.06081). 0 steps along the gradient itself.
	Momentum float32
	Draws    Draws // first draw number, and draws for each step
	Share    bool  // the steps of a restart share their draws
	Select   int   // draws on which restarts are compared
	Loss     Loss
	Compare  Loss // what restarts are compared by; nil: Loss
	Seed     uint64
}

// NewFGSM returns the single step of length eps, as in Foolbox: no random
// start, one restart, [CrossEntropyOfMean].
func NewFGSM(norm Norm, eps float32, draws Draws) PGD {
	return PGD{Norm: norm, Epsilon: eps, Steps: 1, Step: eps, Restarts: 1,
		Draws: draws, Select: draws.N, Loss: CrossEntropyOfMean{}}
}

// NewBIM returns the basic iterative method with Foolbox's figures: 10 steps of
// .2 eps, no random start, one restart, [CrossEntropyOfMean].
func NewBIM(norm Norm, eps float32, draws Draws) PGD {
	p := NewFGSM(norm, eps, draws)
	p.Steps, p.Step = 10, .2*eps
	return p
}

// NewMIFGSM returns the momentum iterative method with Foolbox's figures: 10
// steps of .2 eps, momentum 1, no random start, one restart,
// [CrossEntropyOfMean]. (For Linf Foolbox adds the sign of the gradient instead
// of the gradient divided by its L1 norm, which is the paper's.)
func NewMIFGSM(norm Norm, eps float32, draws Draws) PGD {
	p := NewBIM(norm, eps, draws)
	p.Momentum = 1
	return p
}

// NewPGD returns projected gradient ascent with Foolbox's figures: 40 steps of
// eps/30 in Linf, 50 steps of .025 eps in L2, a random start, one restart,
// [CrossEntropyOfMean].
func NewPGD(norm Norm, eps float32, draws Draws, seed uint64) PGD {
	p := NewFGSM(norm, eps, draws)
	p.RandomStart, p.Seed = true, seed
	switch norm {
	case Linf:
		p.Steps, p.Step = 40, eps/30
	case L2:
		p.Steps, p.Step = 50, .025*eps
	default:
		panic(badNorm)
	}
	return p
}

// Reserved returns every draw number that Perturb asks for, those of the steps
// and those that compare restarts. The judge of the result uses others.
func (p PGD) Reserved() Draws {
	n := p.climbing()
	if p.Restarts > 1 {
		n += p.Select
	}
	return Draws{From: p.Draws.From, N: n}
}

// climbing returns how many draws the steps of all restarts look at.
func (p PGD) climbing() int {
	if p.Share {
		return p.Restarts * p.Draws.N
	}
	return p.Restarts * p.Steps * p.Draws.N
}

// Perturb fills dst, [n][inputs], with an adversarial image for each image of b
// and its label. dst must not overlap b.X. The result of an image is the same
// in every batch. It returns an error, naming the image, where a pixel is not
// in [0, 1], a label is not a class, or the model returns a logit or gradient
// that is not finite; dst is then of no use. It panics where the lengths do not
// fit or the fields of p make no sense.
func (p PGD) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	p.check()
	inputs, classes := m.Dims()
	n := len(b.ID)
	if len(b.X) != n*inputs || len(dst) != n*inputs || len(labels) != n {
		panic(badShape)
	}
	if err := checkData(b, labels, inputs, classes); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	a := ascent{PGD: p, ctx: ctx, model: m, batch: b, labels: labels, inputs: inputs, classes: classes,
		logits:   make([]float32, n*max(p.Draws.N, p.Select)*classes),
		pull:     make([]float32, n*p.Draws.N*classes),
		gradient: make([]float32, n*inputs)}
	if p.Momentum > 0 {
		a.velocity = make([]float32, n*inputs)
	}
	if err := a.climb(dst, 0); err != nil || p.Restarts == 1 {
		return err
	}
	best, loss, candidate := make([]float32, n), make([]float32, n), make([]float32, n*inputs)
	if err := a.losses(best, dst, 0); err != nil {
		return err
	}
	for r := 1; r < p.Restarts; r++ {
		if err := a.climb(candidate, r); err != nil {
			return err
		}
		if err := a.losses(loss, candidate, r); err != nil {
			return err
		}
		for i := range n {
			if loss[i] > best[i] {
				best[i] = loss[i]
				copy(row(dst, i, inputs), row(candidate, i, inputs))
			}
		}
	}
	return nil
}

func (p PGD) check() {
	length := func(v float32) bool { return v >= 0 && v <= math.MaxFloat32 }
	steps := float64(float64(p.Restarts) * float64(p.Steps) * float64(p.Draws.N)) // an int might overflow
	if !length(p.Epsilon) || !length(p.Step) || !length(p.Momentum) || p.Steps < 1 || p.Restarts < 1 || p.Draws.N < 1 ||
		p.Restarts > 1 && p.Select < 1 || p.Loss == nil ||
		float64(p.Draws.From)+steps+float64(p.Select) > 1<<32 {
		panic(badPGD)
	}
	if p.Norm > L2 {
		panic(badNorm)
	}
}

func checkData(b Batch, labels []uint8, inputs, classes int) error {
	for i, id := range b.ID {
		for j, v := range row(b.X, i, inputs) {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("attack: image %d: pixel %d is %v, expected a value in [0, 1]", id, j, v)
			}
		}
		if int(labels[i]) >= classes {
			return fmt.Errorf("attack: image %d: label is %d, expected one below %d", id, labels[i], classes)
		}
	}
	return nil
}

// ascent is one call of Perturb with its buffers.
type ascent struct {
	PGD
	ctx             context.Context
	model           Model
	batch           Batch
	labels          []uint8
	inputs, classes int
	logits          []float32 // [n][draws][classes], for steps and for comparing
	pull            []float32 // [n][Draws.N][classes]
	gradient        []float32 // [n][inputs]
	velocity        []float32 // [n][inputs]; nil without momentum
}

// climb fills x, [n][inputs], with the last iterate of one restart.
func (a *ascent) climb(x []float32, restart int) error {
	a.start(x, restart)
	n, perImage := len(a.labels), a.Draws.N*a.classes
	logits := a.logits[:n*perImage]
	now := Batch{X: x, ID: a.batch.ID}
	clear(a.velocity)
	for step := range a.Steps {
		draws := a.Draws
		if a.Share {
			draws.From += uint32(restart * a.Draws.N)
		} else {
			draws.From += uint32((restart*a.Steps + step) * a.Draws.N)
		}
		if err := context.Cause(a.ctx); err != nil {
			return err
		}
		a.model.Logits(logits, now, draws)
		if err := a.finite(logits, "logit", restart); err != nil {
			return err
		}
		for i, label := range a.labels {
			a.Loss.Cotangent(row(a.pull, i, perImage), row(logits, i, perImage), a.classes, label)
		}
		if err := context.Cause(a.ctx); err != nil {
			return err
		}
		a.model.Pull(a.gradient, now, a.pull, draws)
		if err := a.finite(a.gradient, "gradient", restart); err != nil {
			return err
		}
		for i := range n {
			at, direction := row(x, i, a.inputs), row(a.gradient, i, a.inputs)
			if a.velocity != nil {
				velocity := row(a.velocity, i, a.inputs)
				accelerate(velocity, direction, a.Momentum)
				direction = velocity
			}
			a.Norm.move(at, direction, a.Step)
			a.Norm.project(at, row(a.batch.X, i, a.inputs), a.Epsilon)
		}
	}
	return nil
}

// accelerate lets the velocity keep its share and adds the gradient divided by
// its L1 norm; a gradient of 0 adds nothing.
func accelerate(velocity, gradient []float32, share float32) {
	size := Linf.dual(gradient)
	for j, g := range gradient {
		velocity[j] = float32(share * velocity[j])
		if size > 0 {
			velocity[j] += float32(float64(g) / size)
		}
	}
}

// start fills x with the images, or with points drawn uniformly from the ball
// around each and clipped. In L2 a normal vector gives the direction and
// u^(1/inputs) the share of the radius.
func (a *ascent) start(x []float32, restart int) {
	copy(x, a.batch.X)
	if !a.RandomStart {
		return
	}
	const inCube, direction, radius = 0, 1, 2 // rows of numbers that must not repeat one another
	offset := make([]float32, a.inputs)
	for i, id := range a.batch.ID {
		key := random.Key{Seed: a.Seed, Purpose: random.Attack, Unit: id}
		at := row(x, i, a.inputs)
		if a.Norm == Linf {
			key.Uniforms(offset, uint32(restart), inCube, 0)
			for j, u := range offset {
				centred := float32(2*u) - 1
				at[j] += float32(a.Epsilon * centred)
			}
		} else {
			var u [1]float32
			key.Uniforms(u[:], uint32(restart), radius, 0)
			key.Normals(offset, uint32(restart), direction, 0)
			a.Norm.move(at, offset, a.Epsilon*kernel.Exp(kernel.Log(u[0])/float32(a.inputs)))
		}
		a.Norm.project(at, row(a.batch.X, i, a.inputs), a.Epsilon)
	}
}

// losses fills dst, [n], with the losses of x on the draws that compare
// restarts.
func (a *ascent) losses(dst, x []float32, restart int) error {
	draws := Draws{From: a.Draws.From + uint32(a.climbing()), N: a.Select, Paired: a.Draws.Paired}
	compare := a.Compare
	if compare == nil {
		compare = a.Loss
	}
	perImage := a.Select * a.classes
	logits := a.logits[:len(dst)*perImage]
	if err := context.Cause(a.ctx); err != nil {
		return err
	}
	a.model.Logits(logits, Batch{X: x, ID: a.batch.ID}, draws)
	if err := a.finite(logits, "logit", restart); err != nil {
		return err
	}
	for i, label := range a.labels {
		dst[i] = compare.Value(row(logits, i, perImage), a.classes, label)
	}
	return nil
}

// finite returns an error that names the first image of which the model
// returned a value that is not finite.
func (a *ascent) finite(v []float32, what string, restart int) error {
	i := notFinite(v)
	if i < 0 {
		return nil
	}
	id := a.batch.ID[i/(len(v)/len(a.labels))]
	return fmt.Errorf("attack: image %d, restart %d: the model's %s is %v, expected a finite value", id, restart, what, v[i])
}
