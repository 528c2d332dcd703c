package attack

import "murmur/neuron/random"

// climber is what one call of APGD.Perturb needs: the images that take part in
// a run, side by side, and their state. Slices of state are [n][inputs] or [n].
type climber struct {
	APGD
	v      *victim
	at     []int // place in the batch
	id     []uint32
	labels []uint8
	losses []Loss

	origin, x, before, best, result, gradient, ahead []float32

	state        []climb
	steer        []float32 // [n][Draws.N][classes], the logits of x on the draws that steer, for Share
	steerAtBest  []float32 // the same of best
	scores, room []float32 // scratch, [classes] and [inputs]
}

// climb is the state of one image in a run.
type climb struct {
	step       float32
	last, best float32 // loss of x, and of the best point
	checked    float32 // best loss at the last checkpoint
	rises      int     // steps since then that raised the loss
	halved     bool    // at the last checkpoint
	found      verdict // of result
}

func newClimber(a APGD, v *victim, n int) *climber {
	block := func() []float32 { return make([]float32, n*v.inputs) }
	c := &climber{APGD: a, v: v, origin: block(), x: block(), before: block(), best: block(), result: block(),
		gradient: block(), ahead: make([]float32, v.inputs), state: make([]climb, n),
		scores: make([]float32, v.classes), room: make([]float32, v.inputs)}
	if a.Share {
		c.steer = make([]float32, n*a.Draws.N*v.classes)
		c.steerAtBest = make([]float32, n*a.Draws.N*v.classes)
	}
	return c
}

// clear leaves no image in the climber.
func (c *climber) clear() {
	c.at, c.id, c.labels, c.losses = c.at[:0], c.id[:0], c.labels[:0], c.losses[:0]
}

// join adds image i of the batch to the next run.
func (c *climber) join(i int, b Batch, label uint8, loss Loss) {
	copy(row(c.origin, len(c.at), c.v.inputs), row(b.X, i, c.v.inputs))
	c.at, c.id = append(c.at, i), append(c.id, b.ID[i])
	c.labels, c.losses = append(c.labels, label), append(c.losses, loss)
}

// climb fills result with what one run makes of the images that joined.
func (c *climber) climb(run int) error {
	if len(c.at) == 0 {
		return nil
	}
	n, inputs := len(c.at), c.v.inputs
	first := c.Draws.From + uint32(run*c.perRun())
	now := Batch{X: c.x[:n*inputs], ID: c.id}
	for k := range n {
		c.start(k, run)
		c.state[k] = climb{step: 2 * c.Epsilon, halved: true, found: nothing}
	}
	if err := c.judge(now, first, true); err != nil {
		return err
	}
	spacing := max(22*c.Steps/100, 1)
	since := 0
	for step := range c.Steps {
		if err := c.slope(now, first, step); err != nil {
			return err
		}
		for k := range n {
			c.step(k, step == 0)
		}
		if err := c.judge(now, first, false); err != nil {
			return err
		}
		if since++; since == spacing {
			for k := range n {
				c.checkpoint(k, since)
			}
			since, spacing = 0, max(spacing-max(3*c.Steps/100, 1), max(6*c.Steps/100, 1))
		}
	}
	return nil
}

// start puts x of image k on the surface of its ball: a uniform point of the
// cube, or a normal one, brought to the length Epsilon, then clipped.
func (c *climber) start(k, run int) {
	const inCube, direction = 3, 4 // rows of numbers apart from those of PGD
	key := random.Key{Seed: c.Seed, Purpose: random.Attack, Unit: c.id[k]}
	origin, x := row(c.origin, k, c.v.inputs), row(c.x, k, c.v.inputs)
	copy(x, origin)
	if c.Norm == Linf {
		key.Uniforms(c.room, uint32(run), inCube, 0)
		var most float32
		for j, u := range c.room {
			c.room[j] = float32(2*u) - 1
			most = max(most, c.room[j], -c.room[j])
		}
		for j, u := range c.room {
			if most > 0 {
				x[j] += float32(c.Epsilon * (u / most))
			}
		}
	} else {
		key.Normals(c.room, uint32(run), direction, 0)
		c.Norm.move(x, c.room, c.Epsilon)
	}
	c.Norm.project(x, origin, c.Epsilon)
	copy(row(c.before, k, c.v.inputs), x)
}

// steering are the draws that steer a run, of which the first is given.
func (c *climber) steering(first uint32) Draws {
	return Draws{From: first, N: c.Draws.N, Paired: c.Draws.Paired}
}

// slope fills gradient at x: on the draws of the step, or with Share on those
// that steer, of which the logits are known.
func (c *climber) slope(now Batch, first uint32, step int) error {
	draws := c.steering(first)
	logits := c.steer
	if !c.Share {
		draws.From += uint32((1 + step) * c.Draws.N)
		var err error
		if logits, err = c.v.look(now, draws); err != nil {
			return err
		}
	}
	size := c.Draws.N * c.v.classes
	for k, label := range c.labels {
		c.losses[k].Cotangent(row(c.v.pull, k, size), row(logits, k, size), c.v.classes, label)
	}
	return c.v.slope(c.gradient[:len(now.X)], now, draws)
}

// step moves x of image k: ahead along the gradient, and of that, but for the
// first step, three quarters, with a quarter of the step before.
func (c *climber) step(k int, first bool) {
	inputs := c.v.inputs
	x, before, origin := row(c.x, k, inputs), row(c.before, k, inputs), row(c.origin, k, inputs)
	copy(c.ahead, x)
	c.Norm.move(c.ahead, row(c.gradient, k, inputs), c.state[k].step)
	c.Norm.project(c.ahead, origin, c.Epsilon)
	for j, z := range c.ahead {
		at := x[j]
		if first {
			x[j] = z
		} else {
			x[j] = at + float32(.75*(z-at)) + float32(.25*(at-before[j]))
		}
		before[j] = at
	}
	if !first {
		c.Norm.project(x, origin, c.Epsilon)
	}
}

// judge takes the losses of x on the draws that steer and keeps what is best.
func (c *climber) judge(now Batch, first uint32, atStart bool) error {
	logits, err := c.v.look(now, c.steering(first))
	if err != nil {
		return err
	}
	copy(c.steer, logits)
	inputs, size := c.v.inputs, c.Draws.N*c.v.classes
	for k, label := range c.labels {
		s, x, z := &c.state[k], row(c.x, k, inputs), row(logits, k, size)
		loss := c.losses[k].Value(z, c.v.classes, label)
		if atStart {
			s.best, s.checked = loss, loss
		} else if loss > s.last {
			s.rises++
		}
		s.last = loss
		if atStart || loss > s.best {
			s.best = loss
			copy(row(c.best, k, inputs), x)
			if c.Share {
				copy(row(c.steerAtBest, k, size), z)
			}
		}
		if o := (verdict{c.Decision.errs(z, c.scores, label), loss}); o.above(s.found) {
			s.found = o
			copy(row(c.result, k, inputs), x)
		}
	}
	return nil
}

// checkpoint halves the step of image k and takes it back to its best point
// where it does not get on.
func (c *climber) checkpoint(k, steps int) {
	s, size := &c.state[k], c.Draws.N*c.v.classes
	few := float32(s.rises) <= float32(c.Rho*float32(steps))
	stuck := !s.halved && s.checked >= s.best
	s.halved, s.checked, s.rises = few || stuck, s.best, 0
	if !s.halved {
		return
	}
	s.step /= 2
	s.last = s.best
	copy(row(c.x, k, c.v.inputs), row(c.best, k, c.v.inputs))
	if c.Share {
		copy(row(c.steer, k, size), row(c.steerAtBest, k, size))
	}
}
