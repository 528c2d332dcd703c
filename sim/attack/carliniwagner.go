package attack

import (
	"context"
	"math"

	"murmur/neuron/kernel"
)

const badCarliniWagner = "attack: CarliniWagner needs Binary, Steps and Draws.N at least 1, Rate and Initial above 0, Kappa not negative, all finite, draw numbers below 2^32"

// CarliniWagner seeks the nearest adversarial image in L2: it descends
// |x'-x|^2 + c max(0, lead of the label over its best rival + Kappa), with
// x' = (tanh w + 1)/2 and w by Adam (beta .9 and .999, epsilon 1e-8), and
// searches c for each image: ten times as much as long as none was adversarial,
// then by bisection. The lead is of mean logits, or of the logarithms of mean
// probabilities, as the Decision has it. Of all the points on the way the
// nearest is kept for which the Decision errs and, with Kappa, the rival leads
// by more than that. An image leaves a search whose objective has not fallen by
// 1e-4 of itself in a tenth of the steps. All looks are at the same draws; on
// others the Decision may not err, unless Kappa grants it room. Carlini and
// Wagner, arXiv 1608.04644, as in Foolbox, which stops by the whole batch.
type CarliniWagner struct {
	Binary   int // searches for each image
	Steps    int // in each
	Rate     float32
	Initial  float32 // first c
	Kappa    float32
	Decision Decision
	Draws    Draws
}

var _ Attack = CarliniWagner{}

// NewCarliniWagner returns the attack with Foolbox's figures but 1,000 steps in
// place of 10,000: 9 searches, rate .01, first c 1e-3, kappa 0.
func NewCarliniWagner(draws Draws) CarliniWagner {
	return CarliniWagner{Binary: 9, Steps: 1000, Rate: .01, Initial: 1e-3, Draws: draws}
}

// Reserved implements [Attack].
func (a CarliniWagner) Reserved() Draws { return a.Draws }

func (a CarliniWagner) check() {
	if a.Binary < 1 || a.Steps < 1 || a.Draws.N < 1 || !positive(a.Rate) || !positive(a.Initial) || !positive(a.Kappa) ||
		a.Rate == 0 || a.Initial == 0 || !counted(a.Draws.From, float64(a.Draws.N)) {
		panic(badCarliniWagner)
	}
}

// Perturb implements [Attack].
func (a CarliniWagner) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	a.check()
	near, err := newNearest(ctx, dst, m, b, labels, L2, a.Decision, a.Draws)
	if err != nil || len(labels) == 0 {
		return err
	}
	if _, _, err := near.begin(1); err != nil {
		return err
	}
	block := func() []float32 { return make([]float32, len(dst)) }
	d := descent{CarliniWagner: a, nearest: near, w: block(), centre: block(), x: block(), w0: block(),
		mean: block(), square: block(), state: make([]tuning, len(labels)), crowd: newCrowd(len(labels), near.inputs),
		open: make([]uint32, 0, len(labels))}
	const inside = .999999 // keeps black and white from infinity
	for j, v := range b.X {
		y := float64(inside * (float64(2*v) - 1))
		d.w0[j] = kernel.Log(float32((1+y)/(1-y))) / 2
	}
	squash(d.centre, d.w0)
	for i := range labels {
		d.state[i] = tuning{c: float64(a.Initial), high: math.Inf(1)}
	}
	for range a.Binary {
		if err := d.search(); err != nil {
			return err
		}
		for i := range d.state {
			d.state[i].narrow()
		}
	}
	return nil
}

// tuning is the search for one image's c.
type tuning struct {
	c, low, high float64
	found        bool    // an adversarial image, with this c
	done         bool    // with this c
	checked      float64 // objective a tenth of the steps ago
}

// narrow chooses the next c.
func (s *tuning) narrow() {
	if s.found {
		s.high = s.c
	} else {
		s.low = s.c
	}
	if s.c *= 10; !math.IsInf(s.high, 1) {
		s.c = (s.low + s.high) / 2
	}
}

// descent is one call of CarliniWagner.Perturb; slices are [n][inputs].
type descent struct {
	CarliniWagner
	*nearest
	w0, w, x     []float32
	centre       []float32 // what w0 stands for: the images but for rounding and inside
	mean, square []float32 // of Adam
	state        []tuning
	crowd        *crowd
	open         []uint32 // scratch
}

// search descends with each image's c.
func (d *descent) search() error {
	copy(d.w, d.w0)
	clear(d.mean)
	clear(d.square)
	for i := range d.state {
		d.state[i].found, d.state[i].checked = false, math.Inf(1)
		d.state[i].done = d.distance[i] == 0
	}
	decayMean, decaySquare := 1., 1.
	tenth := (d.Steps + 9) / 10
	hinged := make([]bool, len(d.state))
	for step := range d.Steps {
		for i := range d.state {
			if !d.state[i].done {
				squash(row(d.x, i, d.inputs), row(d.w, i, d.inputs))
			}
		}
		d.crowd.gather(d.x, d.batch.ID, func(i int) bool { return !d.state[i].done })
		if len(d.crowd.at) == 0 {
			return nil
		}
		logits, err := d.look(d.crowd.batch, d.Draws)
		if err != nil {
			return err
		}
		d.weigh(logits, hinged, step%tenth == 0)
		d.crowd.gather(d.x, d.batch.ID, func(i int) bool { return !d.state[i].done })
		if err := d.pullHinged(hinged); err != nil {
			return err
		}
		decayMean, decaySquare = float64(decayMean*.9), float64(decaySquare*.999)
		for _, i := range d.crowd.at {
			d.adam(i, hinged[i], 1/(1-decayMean), 1/(1-decaySquare))
		}
	}
	return nil
}

// weigh keeps the images that are adversarial, notes of which the hinge is
// open, with its cotangent, and at a check which are done.
func (d *descent) weigh(logits []float32, hinged []bool, check bool) {
	loss, size := Margin{d.CarliniWagner.Decision}, d.Draws.N*d.classes
	open := 0
	for k, i := range d.crowd.at {
		s, z, label := &d.state[i], row(logits, k, size), d.labels[i]
		margin := loss.Value(z, d.classes, label)
		x := row(d.x, i, d.inputs)
		if d.CarliniWagner.Decision.errs(z, d.scores, label) && (d.Kappa == 0 || margin > d.Kappa) {
			s.found = true
			d.keep(i, x)
		}
		hinge := max(0, float64(d.Kappa)-float64(margin))
		if check {
			way := distance(row(d.centre, i, d.inputs), x)
			objective := float64(way*way) + float64(s.c*hinge)
			s.done = !(objective <= float64(.9999*s.checked))
			s.checked = objective
		}
		if hinged[i] = hinge > 0 && !s.done; hinged[i] {
			loss.Cotangent(row(d.pull, open, size), z, d.classes, label)
			open++
		}
	}
}

// pullHinged fills gradient with the slope of the margin of the images of which
// the hinge is open.
func (d *descent) pullHinged(hinged []bool) error {
	var part Batch
	part.X, part.ID = d.steepest[:0], d.open[:0]
	for k, i := range d.crowd.at {
		if hinged[i] {
			part.X, part.ID = append(part.X, row(d.crowd.batch.X, k, d.inputs)...), append(part.ID, d.batch.ID[i])
		}
	}
	if err := d.slope(d.gradient[:len(part.X)], part, d.Draws); err != nil {
		return err
	}
	// Spread what lies side by side over the batch, the last first so that
	// nothing is overwritten before it is moved.
	open := len(part.ID)
	for k := len(d.crowd.at) - 1; k >= 0; k-- {
		if i := d.crowd.at[k]; hinged[i] {
			open--
			copy(row(d.gradient, i, d.inputs), row(d.gradient, open, d.inputs))
		}
	}
	return nil
}

// adam moves w of image i down the objective.
func (d *descent) adam(i int, hinged bool, unbiasMean, unbiasSquare float64) {
	w, x, centre := row(d.w, i, d.inputs), row(d.x, i, d.inputs), row(d.centre, i, d.inputs)
	mean, square, slope := row(d.mean, i, d.inputs), row(d.square, i, d.inputs), row(d.gradient, i, d.inputs)
	c := float32(d.state[i].c)
	uMean, uSquare := float32(unbiasMean), float32(unbiasSquare)
	for j, v := range x {
		g := float32(2 * (v - centre[j]))
		if hinged {
			g -= float32(c * slope[j])
		}
		g *= float32(2*v) * (1 - v) // the derivative of x in w
		mean[j] = float32(.9*mean[j]) + float32(.1*g)
		square[j] = float32(.999*square[j]) + float32(.001*float32(g*g))
		root := float32(math.Sqrt(float64(float32(square[j]*uSquare)))) + 1e-8
		w[j] -= float32(d.Rate * (float32(mean[j]*uMean) / root))
	}
}

// squash fills x with (tanh w + 1)/2.
func squash(x, w []float32) {
	kernel.TanhTo(x, w)
	for j, t := range x {
		x[j] = (t + 1) / 2
	}
}
