package audit

import (
	"context"
	"fmt"
	"math"

	"murmur/sim/attack"
	"murmur/sim/measure"
)

// Audit is a model and what is claimed of it.
type Audit struct {
	Model    attack.Model
	Batch    attack.Batch // images as they are; what the audit costs grows with their number, and 100 are enough
	Labels   []uint8
	Noisy    bool // the model claims that its answers change with the draw number
	Decision attack.Decision
	Judge    attack.Draws // every decision is judged on these; they lie outside [Audit.Reserved]
	PGD      attack.PGD   // the attack that the claim rests on: norm, budget, steps, loss, and the draws of each gradient
	Others   []Member     // attacks that Run is to make besides its own
}

// Member is an attack that the caller brings.
type Member struct {
	Attempt
	Attack attack.Attack
}

// Report is what an audit found.
type Report struct {
	Study  Study
	Checks []measure.Check // flags, then orders
}

// Members returns every attack that Run makes. Those of its own are variants of PGD, "pgd":
//
//   - one step as long as the budget, "fgsm";
//   - half and twice the budget, with steps in proportion;
//   - twice the steps, and five times the restarts;
//   - a budget that turns every picture grey, .5 in Linf and sqrt(inputs)/2 in L2;
//   - any picture: Linf 1, 100 steps of .02, as in the Adversarial Robustness Toolbox;
//   - where there is noise: one draw and twice the draws for each gradient, and the noise held at one draw.
func (a Audit) Members() []Member {
	inputs, _ := a.Model.Dims()
	var list []Member
	add := func(name string, role Role, p attack.PGD) *Attempt {
		list = append(list, Member{Attempt{Name: name, Role: role, Norm: p.Norm, Epsilon: p.Epsilon, Draws: p.Draws.N}, p})
		return &list[len(list)-1].Attempt
	}
	variant := func(name string, role Role, p attack.PGD) { add(name, role, p).Of = "pgd" }
	scaled := func(eps float32) attack.PGD {
		p := a.PGD
		if p.Epsilon > 0 {
			p.Step *= eps / p.Epsilon
		}
		p.Epsilon = eps
		return p
	}
	grey := float32(.5)
	if a.PGD.Norm == attack.L2 {
		grey = float32(math.Ceil(.5 * math.Sqrt(float64(inputs))))
	}

	fgsm := attack.NewFGSM(a.PGD.Norm, a.PGD.Epsilon, a.PGD.Draws)
	fgsm.Loss = a.PGD.Loss
	add("fgsm", SingleStep, fgsm)
	add("pgd", Iterative, a.PGD)
	for _, eps := range []float32{a.PGD.Epsilon / 2, 2 * a.PGD.Epsilon, grey} {
		if eps <= grey && eps != a.PGD.Epsilon {
			add("pgd", Iterative, scaled(eps))
		}
	}
	p := a.PGD
	p.Steps *= 2
	variant("pgd-steps", MoreIterations, p)
	p = a.PGD
	p.Restarts *= 5
	p.Select = max(p.Select, p.Draws.N)
	p.RandomStart = true
	variant("pgd-restarts", MoreRestarts, p)
	p = a.PGD
	p.Norm, p.Epsilon, p.Steps, p.Step = attack.Linf, 1, 100, .02
	add("pgd-unbounded", Unbounded, p)
	if a.Noisy {
		for _, draws := range []int{1, 2 * a.PGD.Draws.N} {
			if draws != a.PGD.Draws.N {
				p = a.PGD
				p.Draws.N = draws
				variant("pgd-draws", MoreDraws, p)
			}
		}
		p = a.PGD
		p.Draws.N = 1 // all are the same
		variant("pgd-frozen", FrozenNoise, p)
	}
	return append(list, a.Others...)
}

// Reserved returns a range that holds every draw number that the audit asks for, but for those of Judge.
func (a Audit) Reserved() attack.Draws {
	from := uint64(a.PGD.Draws.From)
	end := from + max(probes, uint64(a.PGD.Draws.N))
	for _, m := range a.Members() {
		r := m.Attack.Reserved()
		if r.N > 0 {
			from, end = min(from, uint64(r.From)), max(end, uint64(r.From)+uint64(r.N))
		}
	}
	return attack.Draws{From: uint32(from), N: int(end - from)}
}

// Run asks the model, makes every attack of Members, judges each on the draws of Judge, and returns all that it found.
// It returns an error where draws that attack are among those that judge, before anything is asked; and, with the flags,
// where an attack fails, as it does at a number that is not finite, or leaves its budget. It panics where the lengths do
// not fit or the fields of PGD make no sense. Where ctx ends, so does Run, with its cause.
func (a Audit) Run(ctx context.Context) (Report, error) {
	a.fits()
	if r := a.Reserved(); r.Overlaps(a.Judge) {
		return Report{}, fmt.Errorf("audit: Judge is draws %d to %d, expected none of %d to %d, which attack", a.Judge.From,
			uint64(a.Judge.From)+uint64(a.Judge.N)-1, r.From, uint64(r.From)+uint64(r.N)-1)
	}
	inputs, _ := a.Model.Dims()
	r := Report{Checks: a.Flags()}
	r.Study = Study{ID: a.Batch.ID, Labels: a.Labels, Inputs: inputs, Noisy: a.Noisy, Clean: a.judge(a.Model, a.Batch.X, a.Judge)}
	for _, m := range a.Members() {
		o, err := a.attempt(ctx, m, r.Study.Clean)
		if err != nil {
			return r, fmt.Errorf("audit: %s: %w", m.at(), err)
		}
		r.Study.Outcomes = append(r.Study.Outcomes, o)
	}
	r.Checks = append(r.Checks, r.Study.Checks()...)
	return r, nil
}

// attempt makes and judges one attack.
func (a Audit) attempt(ctx context.Context, m Member, clean []bool) (Outcome, error) {
	model, judge := a.Model, a.Judge
	if m.Role == FrozenNoise {
		model, judge = attack.Frozen{Model: a.Model, Draw: a.PGD.Draws.From}, attack.Draws{N: 1}
	}
	adv := make([]float32, len(a.Batch.X))
	if err := m.Attack.Perturb(ctx, adv, model, a.Batch, a.Labels); err != nil {
		return Outcome{}, err
	}
	o := Outcome{Attempt: m.Attempt}
	standing := a.judge(model, adv, judge)
	if !m.Nearest {
		o.Correct = standing
		return o, attack.VerifyBatch(a.Batch, adv, m.Norm, m.Epsilon)
	}
	inputs := len(adv) / len(standing)
	o.Distance = make([]float64, len(standing))
	for i, stands := range standing {
		switch {
		case !clean[i]:
			o.Distance[i] = 0
		case stands:
			o.Distance[i] = math.Inf(1)
		default:
			o.Distance[i] = m.Norm.Distance(row(a.Batch.X, i, inputs), row(adv, i, inputs))
		}
	}
	return o, nil
}

// judge returns which images the model decides rightly.
func (a Audit) judge(m attack.Model, x []float32, draws attack.Draws) []bool {
	correct := make([]bool, len(a.Labels))
	for i, class := range a.Decision.Decide(m, attack.Batch{X: x, ID: a.Batch.ID}, draws) {
		correct[i] = class == int(a.Labels[i])
	}
	return correct
}

// fits panics unless there are images, with labels, and draws to judge on.
func (a Audit) fits() {
	inputs, _ := a.Model.Dims()
	n := len(a.Batch.ID)
	if n == 0 || len(a.Labels) != n || len(a.Batch.X) != n*inputs || a.Judge.N < 1 || a.PGD.Draws.N < 1 || a.PGD.Loss == nil {
		panic("audit: an audit needs images, as many names and labels, draws to judge on and draws to attack with, and a loss")
	}
}
