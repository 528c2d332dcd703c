package attack

import "context"

const badAPGD = "attack: APGD needs Epsilon finite and not negative, Rho in [0, 1]; Steps, Restarts and Draws.N at least 1, Targets not negative; Select at least 1 where there is more than one run or a target; a Loss, of kind Targeted where there are targets; draw numbers below 2^32"

// APGD is Auto-PGD: projected gradient ascent with momentum that starts on the
// surface of the ball with steps of 2 Epsilon, and at checkpoints halves an
// image's step and takes it back to its best point so far, where (a) at most
// Rho of the steps since the last checkpoint raised the loss, or (b) the best
// loss has not risen since a checkpoint that did not halve. Croce and Hein,
// arXiv 2003.01690, algorithm 1, with the momentum of their code.
//
// The losses that steer a run are all taken on one set of Draws.N draws, so
// that a step is judged by where it leads and not by its luck; gradients are
// taken on fresh draws at every step, or with Share on the set that steers. Run
// r has the numbers from Draws.From + r*(1+Steps)*Draws.N: those that steer,
// then those of the steps; with Share those from Draws.From + r*Draws.N.
//
// The result of a run is its point of highest loss among those where the
// Decision errs on the draws that steer, or among all where there are none.
// With Targets, the runs of an image go towards each of its likeliest wrong
// classes in turn, Restarts times each. Of several runs an image keeps the
// first result of highest [Margin] of the Decision on the Select draws that
// follow those of all runs; the classes are ranked on these too.
type APGD struct {
	Norm     Norm
	Epsilon  float32 // radius of the ball, in units of the pixel range [0, 1]
	Steps    int
	Rho      float32 // share of rising steps at or below which a step is halved
	Restarts int
	Targets  int      // number of wrong classes to go to, at most all; 0 for none in particular
	Early    bool     // leaves an image after the first run whose result errs on the Select draws
	Decision Decision // what is to err
	Draws    Draws    // first draw number, and draws for each look
	Share    bool
	Select   int // draws on which runs are compared
	Loss     Loss
	Seed     uint64
}

var _ Attack = APGD{}

// NewAPGD returns Auto-PGD with AutoAttack's figures: 100 steps, rho .75, one
// restart, [CrossEntropyOfMean]. AutoAttack's other runs have the Loss [DLR],
// or Targets 9 and the Loss [TargetedDLR].
func NewAPGD(norm Norm, eps float32, draws Draws, seed uint64) APGD {
	return APGD{Norm: norm, Epsilon: eps, Steps: 100, Rho: .75, Restarts: 1,
		Draws: draws, Select: draws.N, Loss: CrossEntropyOfMean{}, Seed: seed}
}

// NewTargetedAPGD returns Auto-PGD towards the nine likeliest wrong classes on
// [TargetedDLR], as in AutoAttack.
func NewTargetedAPGD(norm Norm, eps float32, draws Draws, seed uint64) APGD {
	a := NewAPGD(norm, eps, draws, seed)
	a.Targets, a.Loss = 9, TargetedDLR{}
	return a
}

// runs returns how often Perturb starts.
func (a APGD) runs() int { return a.Restarts * max(a.Targets, 1) }

// perRun returns how many draws a run has.
func (a APGD) perRun() int {
	if a.Share {
		return a.Draws.N
	}
	return (1 + a.Steps) * a.Draws.N
}

// compared tells whether Perturb looks at the Select draws.
func (a APGD) compared() bool { return a.Targets > 0 || a.Restarts > 1 }

// Reserved implements [Attack].
func (a APGD) Reserved() Draws {
	n := a.runs() * a.perRun()
	if a.compared() {
		n += a.Select
	}
	return Draws{From: a.Draws.From, N: n}
}

func (a APGD) selection() Draws {
	return Draws{From: a.Draws.From + uint32(a.runs()*a.perRun()), N: a.Select, Paired: a.Draws.Paired}
}

func (a APGD) check() {
	_, targeted := a.Loss.(Targeted)
	draws := float64(float64(float64(a.Restarts)*float64(max(a.Targets, 1))) * float64(float64(1+a.Steps)*float64(a.Draws.N)))
	if !positive(a.Epsilon) || !(a.Rho >= 0 && a.Rho <= 1) || a.Steps < 1 || a.Restarts < 1 || a.Targets < 0 ||
		a.Draws.N < 1 || a.compared() && a.Select < 1 || a.Loss == nil || a.Targets > 0 && !targeted ||
		!counted(a.Draws.From, draws+float64(a.Select)) {
		panic(badAPGD)
	}
	if a.Norm > L2 {
		panic(badNorm)
	}
}

// Perturb implements [Attack].
func (a APGD) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	a.check()
	v, err := newVictim(ctx, dst, m, b, labels, max(a.Draws.N, a.Select))
	if err != nil || len(labels) == 0 {
		return err
	}
	c := newClimber(a, v, len(labels))
	if !a.compared() {
		for i := range labels {
			c.join(i, b, labels[i], a.Loss)
		}
		if err := c.climb(0); err != nil {
			return err
		}
		copy(dst, c.result)
		return nil
	}
	copy(dst, b.X)
	toward, err := a.targets(v, b, labels)
	if err != nil {
		return err
	}
	best, scores := make([]verdict, len(labels)), make([]float32, v.classes)
	for i := range best {
		best[i] = nothing
	}
	for run := range a.runs() {
		rank := run / a.Restarts
		if rank > 0 && rank >= v.classes-1 {
			break
		}
		c.clear()
		for i := range labels {
			if a.Early && best[i].broken {
				continue
			}
			loss := a.Loss
			if a.Targets > 0 {
				loss = a.Loss.(Targeted).Toward(toward[i*(v.classes-1)+rank])
			}
			c.join(i, b, labels[i], loss)
		}
		if err := c.climb(run); err != nil {
			return err
		}
		logits, err := v.look(Batch{X: c.result[:len(c.at)*v.inputs], ID: c.id}, a.selection())
		if err != nil {
			return err
		}
		for k, i := range c.at {
			z := row(logits, k, a.Select*v.classes)
			now := verdict{a.Decision.errs(z, scores, labels[i]), Margin{a.Decision}.Value(z, v.classes, labels[i])}
			if now.above(best[i]) {
				best[i] = now
				copy(row(dst, i, v.inputs), row(c.result, k, v.inputs))
			}
		}
	}
	return nil
}

// targets returns the wrong classes of every image, [n][classes-1], the
// likeliest first; nothing where the attack has no targets.
func (a APGD) targets(v *victim, b Batch, labels []uint8) ([]uint8, error) {
	if a.Targets == 0 {
		return nil, nil
	}
	if v.classes < 2 {
		panic("attack: too few classes for a target")
	}
	logits, err := v.look(b, a.selection())
	if err != nil {
		return nil, err
	}
	toward, scores := make([]uint8, len(labels)*(v.classes-1)), make([]float32, v.classes)
	for i, label := range labels {
		a.Decision.Scores(scores, row(logits, i, a.Select*v.classes), v.classes)
		rivals(toward[i*(v.classes-1):][:v.classes-1], scores, label)
	}
	return toward, nil
}
