package attack

import (
	"context"
	"math"

	"murmur/neuron/random"
)

const badFAB = "attack: FAB needs Steps, Restarts and Draws.N at least 1, Targets not negative, AlphaMax and Beta in [0, 1], Eta and Start finite and not negative, draw numbers below 2^32"

// FAB is the fast adaptive boundary attack, which seeks the nearest adversarial
// image: each step goes to the nearest linearised boundary, Eta times as far,
// both from where it stands and from the image itself, and to a mean of the two
// points that favours the image as the way to the boundary grows short; where
// the Decision errs, the point is kept if it is the nearest so far, and the
// next step starts Beta of the way from the image to it. All looks are at the
// same draws, on which the Decision errs for the result; on others it may not.
// With Targets it does so towards each of the likeliest wrong classes alone, in
// turn, and keeps the nearest of all. Croce and Hein, arXiv 1907.02044, as in AutoAttack.
type FAB struct {
	Norm     Norm
	Targets  int // number of wrong classes to go to one by one, at most all; 0 for the nearest at every step
	Steps    int
	AlphaMax float32 // largest weight of the point that comes from the image
	Eta      float32 // how far to go, 1 being the boundary
	Beta     float32 // share of the way that remains after a success
	Restarts int
	Start    float32 // a restart begins half this far from the image, or half as far as the nearest found where that is less
	Decision Decision
	Draws    Draws
	Seed     uint64
}

var _ Attack = FAB{}

// NewFAB returns FAB with AutoAttack's figures: 100 steps, alpha at most .1,
// eta 1.05, beta .9, one restart, later ones starting from .3 in Linf and 1 in
// L2.
func NewFAB(norm Norm, draws Draws, seed uint64) FAB {
	f := FAB{Norm: norm, Steps: 100, AlphaMax: .1, Eta: 1.05, Beta: .9, Restarts: 1, Start: 1, Draws: draws, Seed: seed}
	if norm == Linf {
		f.Start = .3
	}
	return f
}

// Reserved implements [Attack].
func (f FAB) Reserved() Draws { return f.Draws }

func (f FAB) check() {
	share := func(v float32) bool { return v >= 0 && v <= 1 }
	if f.Steps < 1 || f.Restarts < 1 || f.Targets < 0 || f.Draws.N < 1 || !share(f.AlphaMax) || !share(f.Beta) ||
		!positive(f.Eta) || !positive(f.Start) || !counted(f.Draws.From, float64(f.Draws.N)) {
		panic(badFAB)
	}
	if f.Norm > L2 {
		panic(badNorm)
	}
}

// Perturb implements [Attack].
func (f FAB) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	f.check()
	a, err := newNearest(ctx, dst, m, b, labels, f.Norm, f.Decision, f.Draws)
	if err != nil || len(labels) == 0 {
		return err
	}
	rival, all, err := a.begin(a.classes - 1)
	if err != nil {
		return err
	}
	w := fabWalk{FAB: f, nearest: a, x: make([]float32, len(dst)), wrong: make([]bool, len(labels)), crowd: newCrowd(len(labels), a.inputs),
		toward: make([]float64, a.inputs), back: make([]float64, a.inputs)}
	goals := [][]uint8{rival} // the classes of every image to go to, one run after another
	if f.Targets > 0 {
		goals = nil
		for t := range min(f.Targets, all) {
			var one []uint8
			for i := range labels {
				one = append(one, rival[i*all+t])
			}
			goals = append(goals, one)
		}
	}
	for _, goal := range goals {
		for r := range f.Restarts {
			f.start(w.x, a, r)
			if err := w.run(goal); err != nil {
				return err
			}
		}
	}
	return nil
}

// fabWalk is one call of FAB.Perturb.
type fabWalk struct {
	FAB
	*nearest
	x            []float32 // [n][inputs], where the images stand
	wrong        []bool
	crowd        *crowd
	toward, back []float64 // scratch, [inputs]
}

// run takes the steps of one restart to the nearest of as many classes an image as goal has.
func (w *fabWalk) run(goal []uint8) error {
	c, labels := w.crowd, w.labels
	for range w.Steps {
		c.gather(w.x, w.batch.ID, func(i int) bool { return w.distance[i] > 0 })
		logits, err := w.look(c.batch, w.draws)
		if err != nil {
			return err
		}
		if err := w.linearise(c, logits, goal, len(goal)/len(labels)); err != nil {
			return err
		}
		for k, i := range c.at {
			w.step(row(c.batch.X, k, w.inputs), row(w.batch.X, i, w.inputs), row(w.steepest, k, w.inputs), w.planes[k], w.toward, w.back)
		}
		if _, err := w.test(c, w.wrong); err != nil {
			return err
		}
		for k, i := range c.at {
			at, now, origin := row(w.x, i, w.inputs), row(c.batch.X, k, w.inputs), row(w.batch.X, i, w.inputs)
			copy(at, now)
			if w.wrong[k] {
				for j, o := range origin {
					at[j] = o + float32(w.Beta*(now[j]-o))
				}
			}
		}
	}
	return nil
}

// start fills x with the images or, from the second restart on, points at some
// distance in a random direction: that of a uniform point of the cube in Linf,
// of a normal one in L2.
func (f FAB) start(x []float32, a *nearest, restart int) {
	copy(x, a.batch.X)
	if restart == 0 {
		return
	}
	const inCube, direction = 5, 6 // rows of numbers apart from those of PGD and APGD
	u := make([]float32, a.inputs)
	for i, id := range a.batch.ID {
		key, at := random.Key{Seed: f.Seed, Purpose: random.Attack, Unit: id}, row(x, i, a.inputs)
		radius := float32(min(float64(f.Start), a.distance[i])) / 2
		if f.Norm == L2 {
			key.Normals(u, uint32(restart), direction, 0)
			f.Norm.move(at, u, radius)
		} else {
			key.Uniforms(u, uint32(restart), inCube, 0)
			var most float32
			for j := range u {
				u[j] = float32(2*u[j]) - 1
				most = max(most, u[j], -u[j])
			}
			for j := range u {
				if most > 0 {
					at[j] += float32(radius * (u[j] / most))
				}
			}
		}
		f.Norm.project(at, row(a.batch.X, i, a.inputs), radius)
	}
}

// step moves x by the plane nearest to it, whose slope is w. Both changes are
// measured from where the lead is known: at x.
func (f FAB) step(x, origin, w []float32, p plane, toward, back []float64) {
	if math.IsInf(p.away, 1) {
		return
	}
	var between float64 // change of the lead from x to the image, by the slope
	for j, g := range w {
		between += float64(float64(g) * (float64(origin[j]) - float64(x[j])))
	}
	const floor = 1e-8
	near := max(f.Norm.toPlane(toward, x, w, -p.lead), floor)
	far := max(f.Norm.toPlane(back, origin, w, -(p.lead+between)), floor)
	alpha := min(near/(near+far), float64(f.AlphaMax))
	for j, o := range origin {
		here := float64(x[j]) + float64(float64(f.Eta)*toward[j])
		there := float64(o) + float64(float64(f.Eta)*back[j])
		x[j] = float32(min(max(float64(here*(1-alpha))+float64(there*alpha), 0), 1))
	}
}
