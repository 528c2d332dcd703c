package attack

import (
	"context"
	"math"
)

// nearest is one call of Perturb of an attack that seeks the nearest image for
// which the decision errs. It looks at one set of draws throughout, so its
// model stands still.
type nearest struct {
	*victim
	norm     Norm
	decision Decision
	draws    Draws
	batch    Batch
	labels   []uint8
	images   []float32 // [n][inputs], the nearest found so far, at first the images themselves
	distance []float64 // [n], of images; +Inf where none is found
	scores   []float32
	gradient []float32 // [n][inputs], of a rival's lead
	steepest []float32 // [n][inputs], of the lead of the rival whose plane is nearest
	planes   []plane   // [n]
}

// plane is where a linearised model decides between a rival and the label.
type plane struct {
	away float64 // distance, in the norm
	lead float64 // of the rival, above 0 where it has won
	dual float64 // norm of the gradient of lead
}

// newNearest checks the arguments of Perturb and fills dst with the images. It
// panics where there is no other class.
func newNearest(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8, norm Norm, d Decision, draws Draws) (*nearest, error) {
	v, err := newVictim(ctx, dst, m, b, labels, draws.N)
	if err != nil {
		return nil, err
	}
	if v.classes < 2 {
		panic("attack: no class but the label's to go to")
	}
	copy(dst, b.X)
	a := &nearest{victim: v, norm: norm, decision: d, draws: draws, batch: b, labels: labels,
		images: dst, distance: make([]float64, len(labels)), scores: make([]float32, v.classes),
		gradient: make([]float32, len(dst)), steepest: make([]float32, len(dst)), planes: make([]plane, len(labels))}
	for i := range a.distance {
		a.distance[i] = math.Inf(1)
	}
	return a, nil
}

// begin looks at the images themselves. Those for which the decision errs are
// found, at distance 0. It returns the rivals of every image, [n][k], the best
// first, k being many or all there are.
func (a *nearest) begin(many int) (rival []uint8, k int, err error) {
	logits, err := a.look(a.batch, a.draws)
	if err != nil {
		return nil, 0, err
	}
	k = min(many, a.classes-1)
	rival = make([]uint8, len(a.labels)*k)
	for i, label := range a.labels {
		a.decision.Scores(a.scores, row(logits, i, a.draws.N*a.classes), a.classes)
		if argmax(a.scores) != int(label) {
			a.distance[i] = 0
		}
		rivals(rival[i*k:][:k], a.scores, label)
	}
	return rival, k, nil
}

// test looks at the images of c and tells of each whether the decision errs,
// keeping it where it is the nearest so far.
func (a *nearest) test(c *crowd, wrong []bool) ([]float32, error) {
	logits, err := a.look(c.batch, a.draws)
	if err != nil {
		return nil, err
	}
	for k, i := range c.at {
		wrong[k] = a.decision.errs(row(logits, k, a.draws.N*a.classes), a.scores, a.labels[i])
		if wrong[k] {
			a.keep(i, row(c.batch.X, k, a.inputs))
		}
	}
	return logits, nil
}

// keep notes an image for which the decision errs.
func (a *nearest) keep(i int, x []float32) {
	if d := a.norm.Distance(row(a.batch.X, i, a.inputs), x); d < a.distance[i] {
		a.distance[i] = d
		copy(row(a.images, i, a.inputs), x)
	}
}

// linearise finds, for every image of c, whose logits it gets, the nearest of
// the planes between the label and the rivals: steepest and planes, side by
// side as in c. A rival without a slope has no plane; where none has one, away
// is +Inf.
func (a *nearest) linearise(c *crowd, logits []float32, rival []uint8, rivals int) error {
	size, n := a.draws.N*a.classes, len(c.at)
	for k := range n {
		a.planes[k] = plane{away: math.Inf(1)}
	}
	for r := range rivals {
		for k, i := range c.at {
			a.lead(rival[i*rivals+r]).Cotangent(row(a.pull, k, size), row(logits, k, size), a.classes, a.labels[i])
		}
		if err := a.slope(a.gradient[:n*a.inputs], c.batch, a.draws); err != nil {
			return err
		}
		for k, i := range c.at {
			w := row(a.gradient, k, a.inputs)
			p := plane{dual: a.norm.dual(w), lead: float64(a.lead(rival[i*rivals+r]).Value(row(logits, k, size), a.classes, a.labels[i]))}
			p.away = math.Abs(p.lead) / p.dual
			if p.dual > 0 && p.away < a.planes[k].away {
				a.planes[k] = p
				copy(row(a.steepest, k, a.inputs), w)
			}
		}
	}
	return nil
}

// lead is by how much a rival leads the label.
func (a *nearest) lead(rival uint8) Loss { return TargetedMargin{a.decision, rival} }

// toPlane fills d with the smallest change of x, in the norm, that takes it to
// the plane where the lead, of slope w, has changed by need, while x stays in
// [0, 1]; where the plane cannot be reached, with the change that comes
// nearest. It returns the norm of d.
//
// Every pixel goes the way that helps, a length s in Linf and s|w_j| in L2, or
// as far as there is room. s follows from the pixels with room, which become
// fewer as s rises, so that it is found after a few rounds.
func (n Norm) toPlane(d []float64, x, w []float32, need float64) float64 {
	speed := func(j int) float64 {
		switch {
		case w[j] == 0:
			return 0
		case n == Linf:
			return 1
		}
		return math.Abs(float64(w[j]))
	}
	up := func(j int) bool { return (w[j] > 0) == (need > 0) }
	room := func(j int) float64 {
		if up(j) {
			return 1 - float64(x[j])
		}
		return float64(x[j])
	}
	goal := math.Abs(need)
	var s float64
	for range len(x) + 1 {
		left, gain := goal, 0.
		for j := range w {
			size := math.Abs(float64(w[j]))
			if v := speed(j); float64(s*v) < room(j) {
				gain += float64(size * v)
			} else {
				left -= float64(size * room(j))
			}
		}
		if gain == 0 {
			break
		}
		next := left / gain
		if !(next > s) {
			break
		}
		s = next
	}
	var most, sum float64
	for j := range w {
		d[j] = min(float64(s*speed(j)), room(j))
		most, sum = max(most, d[j]), sum+float64(d[j]*d[j])
		if !up(j) {
			d[j] = -d[j]
		}
	}
	if n == Linf {
		return most
	}
	return math.Sqrt(sum)
}
