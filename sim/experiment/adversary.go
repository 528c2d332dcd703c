package experiment

import (
	"context"
	"fmt"

	"murmur/network/circuit"
	"murmur/neuron/kernel"
	"murmur/sim/attack"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// model returns an arm as its adversaries see it: noisy unless its noise is only there while it learns.
func (w *world) model(a *armRun) *model {
	return w.newModel(a, a.Readout, a.Bias, w.When(a.arm) != scenario.Learning)
}

// decision is what is deployed, attacked and reported.
func (w *world) decision() attack.Decision {
	switch w.Readout.Decision {
	case scenario.SumOfLogits:
		return attack.SumOfLogits
	case scenario.VoteOfDraws:
		return attack.Vote
	}
	return attack.MeanSoftmax
}

// options says how attacks on a model are made. Their draws are the adversary's own; none is ever judged with.
func (w *world) options(m *model, twin *model, epsilon float64) attack.Options {
	preset, _ := attack.LookupPreset(w.Attack.Preset) // the scenario was checked
	o := attack.Options{Preset: preset.With(w.Attack.Steps, w.Attack.Restarts, w.Attack.Draws, w.Attack.Queries),
		Epsilon: float32(epsilon), Noisy: m.stochastic(), Decision: w.decision(), Seed: w.seed,
		Classes: w.train.Classes, Width: w.test.Width, Height: w.test.Height}
	if twin != nil {
		o.Twin = twin
	}
	return o
}

// attacked returns pictures as an attack on a model leaves them, [image][pixel], checked for range and distance.
func (w *world) attacked(ctx context.Context, m, twin *model, pictures []float32, labels []uint8, l scenario.Level, id uint32) ([]float32, error) {
	adv, _, err := w.attackedBy(ctx, m, twin, pictures, labels, l, id)
	return adv, err
}

// attackedTogether is how many images are attacked side by side: what attacks keep of each, above all its logits under the
// draws of selection, does not grow with the test set, and a look at the model is short.
const attackedTogether = 1024

// attackedBy is attacked and, of an attack that takes the worst of several, also returns what each of them left.
func (w *world) attackedBy(ctx context.Context, m, twin *model, pictures []float32, labels []uint8, l scenario.Level, id uint32) (adv []float32, members []attack.Member, err error) {
	b := attack.Batch{X: pictures}
	for i := range labels {
		b.ID = append(b.ID, id+uint32(i))
	}
	adv = make([]float32, len(pictures))
	if l.Attack.Bound == attack.Ball && l.Value() == 0 { // the clean end of a curve
		copy(adv, pictures)
		return adv, nil, nil
	}
	a, together := l.Attack.New(w.options(m, twin, l.Value())), attackedTogether
	if l.Attack.Whole {
		together = len(labels)
	}
	for _, r := range batches(len(labels), together) {
		var table []attack.Member
		from, to := r.first*w.test.Size(), (r.first+r.n)*w.test.Size()
		part := attack.Batch{X: pictures[from:to], ID: b.ID[r.first : r.first+r.n]}
		if worst, ok := a.(attack.Worst); ok {
			table, _, err = worst.Table(ctx, adv[from:to], m, part, labels[r.first:r.first+r.n])
		} else {
			err = a.Perturb(ctx, adv[from:to], m, part, labels[r.first:r.first+r.n])
		}
		if err != nil {
			break
		}
		if members == nil {
			members = make([]attack.Member, len(table))
		}
		for k, t := range table {
			members[k].Name, members[k].Images = t.Name, append(members[k].Images, t.Images...)
		}
	}
	if err == nil && l.Attack.Bound == attack.Ball {
		err = attack.VerifyBatch(b, adv, l.Attack.Norm, float32(l.Value()))
	} else if err == nil {
		err = attack.VerifyRange(b, adv)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("attack %s at %v: %w", l.Name, l.Value(), err)
	}
	return adv, members, nil
}

// besiege attacks an arm that has been judged, audits the attacks and certifies what holds.
func (w *world) besiege(ctx context.Context, a *armRun) error {
	if w.Readout.Decision != scenario.MeanOfDraws {
		w.recount(a)
	}
	if len(a.attacks) == 0 && len(w.Certificate.Sigmas) == 0 {
		return nil
	}
	m, twin := w.model(a), w.newModel(a, a.Readout, a.Bias, false)
	a.Audits = append(a.Audits, w.sameDecisions(a, m))
	if c, ok := w.fewClasses(a); ok {
		a.Audits = append(a.Audits, c)
	}
	nearest := map[string][]float32{} // what attacks without a budget found, for all epsilons
	var worst worstCase
	for _, l := range a.attacks {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n := w.struck()
		adv, members := nearest[l.Name], []attack.Member(nil)
		if adv == nil {
			var err error
			if adv, members, err = w.attackedBy(ctx, m, twin, w.test.Pixels[:n*w.test.Size()], w.test.Labels[:n], l, 0); err != nil {
				return err
			}
			if l.Attack.Bound == attack.Nearest {
				nearest[l.Name] = adv
			}
		}
		s := w.judgeStrike(a, m, l, adv)
		for _, member := range members {
			worst.add(member.Name, w.judgeStrike(a, m, l, member.Images))
		}
		a.Strikes = append(a.Strikes, worst.settle(s))
		w.progress.Advance(attackTrials * n)
	}
	if c, ok := worst.check(m.stochastic()); ok {
		a.Audits = append(a.Audits, c)
	}
	if w.audited(a) {
		if err := w.audit(ctx, a, m, twin); err != nil {
			return err
		}
	}
	return w.certify(ctx, a, m)
}

// attackTrials is about how many trials take as long as one image that is attacked, for the progress.
const attackTrials = 50

// struck is the number of test images that are attacked.
func (w *world) struck() int { return min(w.Attack.Images, w.test.Len()) }

// judgeStrike decides on attacked pictures with the draws of judging, which the attack never saw. An image that an
// attack without a budget moved beyond epsilon counts as it was.
func (w *world) judgeStrike(a *armRun, m *model, l scenario.Level, adv []float32) strike {
	n, size := len(adv)/w.test.Size(), w.test.Size()
	s := strike{level: l}
	pictures := adv
	if l.Attack.Bound == attack.Nearest {
		pictures = make([]float32, len(adv))
		for i := range n {
			from, to := w.test.Image(i), adv[i*size:(i+1)*size]
			distance := l.Attack.Norm.Distance(from, to)
			s.Distance = append(s.Distance, distance)
			if distance > l.Value() {
				to = from
			}
			copy(pictures[i*size:], to)
		}
	}
	v := w.decideOn(a, m, pictures, n)
	s.Correct, s.Decided, s.Confidence, s.Single, s.Vote = v.correct, v.class, v.confidence, v.single, v.vote
	return s
}

// decideOn decides on versions of the first n test images, with the draws of judging, or, where noise reaches the readout
// through another sheet, with as many of the adversary's own that no attack asks for.
func (w *world) decideOn(a *armRun, m *model, x []float32, n int) verdicts {
	classes := len(m.b)
	if m.source == nil {
		drive := make([]float32, n*classes)
		m.drive(drive, x, n)
		return w.decide(drive, a.Noise, w.test.Len(), n)
	}
	draws := w.judging(m)
	logits := make([]float32, n*draws.N*classes)
	b := attack.Batch{X: x}
	for i := range n {
		b.ID = append(b.ID, uint32(i))
	}
	m.Logits(logits, b, draws)
	noise := make([]float32, draws.N*classes*n) // over a drive of nothing
	for i := range n {
		for k := range draws.N {
			for c := range classes {
				noise[(k*classes+c)*n+i] = logits[(i*draws.N+k)*classes+c]
			}
		}
	}
	return w.decide(make([]float32, n*classes), noise, n, n)
}

// judging are draws of the adversary's own that no attack asks for.
func (w *world) judging(m *model) attack.Draws {
	d := attack.Draws{From: certifyDraws - uint32(w.Noise.Draws), N: 1}
	if m.stochastic() {
		d.N = w.Noise.Draws
	}
	return d
}

// verdicts are decisions on the first test images, by the draws of judging.
type verdicts struct {
	class      []uint8
	correct    []uint8
	confidence []float32
	single     []float64
	vote       []uint8
}

// decide decides on the first n test images from what they drive the readout with, [image][class], and what each draw
// of noise adds, [draw][class][images], by every kind of decision. It computes as the readout units do, so that the mean
// over draws of softmax has their bits.
func (w *world) decide(drive, noise []float32, images, n int) verdicts {
	classes := w.train.Classes
	draws := 1
	if noise != nil {
		draws = len(noise) / classes / images
	}
	v := verdicts{make([]uint8, n), make([]uint8, n), make([]float32, n), make([]float64, n), make([]uint8, n)}
	parallel(n, func(i int) {
		label := int(w.test.Labels[i])
		right := func(scores []float32) uint8 {
			if best(scores, classes, 1, 0) == label {
				return 1
			}
			return 0
		}
		z, y := make([]float32, classes), make([]float32, classes)
		mean, sum, votes := make([]float32, classes), make([]float32, classes), make([]float32, classes)
		for k := range draws {
			for c := range z {
				z[c] = drive[i*classes+c]
				if noise != nil {
					z[c] += noise[(k*classes+c)*images+i]
				}
			}
			share(y, z)
			kernel.Axpy(mean, 1, y)
			kernel.Axpy(sum, 1, z)
			votes[best(z, classes, 1, 0)]++
			v.single[i] += float64(right(z)) / float64(draws)
		}
		for c := range mean {
			mean[c] /= float32(draws)
			votes[c] /= float32(draws)
		}
		v.vote[i] = right(votes)
		for c := range sum {
			sum[c] /= float32(draws)
		}
		scores, sure := mean, mean
		switch w.decision() {
		case attack.SumOfLogits:
			share(y, sum)
			scores, sure = sum, y
		case attack.Vote:
			scores, sure = votes, votes
		}
		class := best(scores, classes, 1, 0)
		v.class[i], v.correct[i], v.confidence[i] = uint8(class), right(scores), sure[class]
	})
	return v
}

// share writes the softmax of z to y as readout units form it.
func share(y, z []float32) {
	const most = 80 // neuron.Excite holds exponents within it
	for c, v := range z {
		y[c] = max(-most, min(most, v))
	}
	kernel.ExpTo(y, y)
	total := kernel.Sum(y)
	for c := range y {
		if total > 0 {
			y[c] /= total
		}
	}
}

// recount decides again on everything that an arm was judged under, from the remembered responses: the readout units
// know one kind of decision, and the scenario asks for another.
func (w *world) recount(a *armRun) {
	last := w.layers[w.last()]
	memory := []circuit.Memory{last.judge}
	for i, c := range w.cells {
		if a.at(c) > 0 {
			memory = append(memory, last.seen[i])
		}
	}
	for slot, m := range memory {
		v := w.decide(w.driven(a, m), a.Noise, m.Trials, m.Trials)
		a.Correct[slot], a.Decided[slot], a.Confidence[slot] = v.correct, v.class, v.confidence
	}
}

// driven returns what remembered responses drive the readout with, [image][class].
func (w *world) driven(a *armRun, m circuit.Memory) []float32 {
	units, classes := len(a.Readout)/len(a.Bias), len(a.Bias)
	drive := make([]float32, m.Trials*classes)
	each(classes, func(c int) {
		sum := make([]float32, m.Trials)
		for l := range sum {
			sum[l] = a.Bias[c]
		}
		kernel.WeightedSum(sum, a.Readout[c*units:(c+1)*units], m.Values, m.Trials)
		for l, v := range sum {
			drive[l*classes+c] = v
		}
	})
	return drive
}

// sameDecisions holds the model that adversaries attack against the network it stands for, on the clean test images.
func (w *world) sameDecisions(a *armRun, m *model) measure.Check {
	n := w.test.Len()
	v := w.decideOn(a, m, w.test.Pixels[:n*w.test.Size()], n)
	differ := 0
	for i, c := range v.correct {
		if c != a.Correct[0][i] {
			differ++
		}
	}
	if m.source != nil { // other draws: the shares that are right may differ by chance
		x, y := measure.Right([][]uint8{v.correct}), measure.Right([][]uint8{a.Correct[0]})
		p := measure.McNemar(x, y).Images.P()
		c := measure.Check{Name: "the-network-is-attacked", Status: Pass, Detail: fmt.Sprintf("the model that attacks see decides otherwise than the network on %d of %d clean images, by other draws of noise; McNemar's p is %.2g", differ, n, p)}
		if p < .001 {
			c.Status = Fail
		}
		return c
	}
	c := measure.Check{Name: "the-network-is-attacked", Status: Pass, Detail: fmt.Sprintf("the model that attacks see decides as the network did on all %d clean images", n)}
	if differ > 0 {
		c.Status, c.Detail = Fail, fmt.Sprintf("the model that attacks see decides otherwise than the network on %d of %d clean images", differ, n)
	}
	return c
}

// attackTraining attacks the training images against the readout as it stands and lets the arm remember its responses.
// The noise is left out of the gradient.
func (w *world) attackTraining(ctx context.Context, arm *circuit.Arm, r *armRun, taught circuit.Memory) error {
	weights, bias := arm.Door().Readout()
	m := w.newModel(r, weights, bias, false)
	budget, ok := r.lesson.TrainingEpsilon()
	if !ok {
		budget = w.Attack.Training.Epsilon
	}
	epsilon := float32(budget)
	p := attack.NewPGD(attack.Linf, epsilon, attack.Draws{N: 1}, w.seed)
	p.Steps, p.Step = w.Attack.Training.Steps, 2.5*epsilon/float32(w.Attack.Training.Steps)
	size := w.train.Size()
	for _, b := range batches(w.train.Len(), 1024) {
		x := attack.Batch{X: w.train.Pixels[b.first*size : (b.first+b.n)*size]}
		for i := range b.n {
			x.ID = append(x.ID, testTrials|uint32(b.first+i))
		}
		adv := make([]float32, len(x.X))
		if err := p.Perturb(ctx, adv, m, x, w.train.Labels[b.first:b.first+b.n]); err != nil {
			return err
		}
		blocks(b.n, func(_, first, lanes int) {
			r := rooms.Get().(*room)
			defer rooms.Put(r)
			in := sized(&r.inputs, size*modelLanes)
			sideBySide(in, adv[first*size:(first+lanes)*size], lanes)
			for _, below := range m.below[:len(m.below)-1] {
				out := make([]float32, below.Len()*modelLanes)
				below.respond(out, modelLanes, in, lanes)
				in = out
			}
			m.noisy().respond(taught.Values[b.first+first:], taught.Trials, in, lanes)
		})
	}
	return nil
}
