package attack_test

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/attack"
)

// TestAPGDReachesTheTop: on a linear model the corner of the cube, or the point
// of the sphere along the gradient.
func TestAPGDReachesTheTop(t *testing.T) {
	const inputs, eps = 20, .3
	m := linear(inputs)
	b := attack.Batch{X: numbers(2, 2*inputs, .4, .6), ID: []uint32{7, 8}}
	labels := []uint8{0, 1}
	for _, share := range []bool{false, true} {
		for _, norm := range []attack.Norm{attack.Linf, attack.L2} {
			a := attack.NewAPGD(norm, eps, attack.Draws{N: 1}, 3)
			a.Share = share
			adv := run(t, a, m, b, labels)
			for i, label := range labels {
				g := uphill(m, label)
				size := length(g)
				for j, v := range g {
					x := b.X[i*inputs+j]
					want, tolerance := float64(x)+eps*float64(v)/size, 2e-4 // the loss is flat to the second order at the top
					if norm == attack.Linf {
						want, tolerance = float64(x)+math.Copysign(eps, float64(v)), 1e-7
					}
					if got := float64(adv[i*inputs+j]); math.Abs(got-want) > tolerance {
						t.Errorf("%v share %v: image %d pixel %d: %v, want %v", norm, share, i, j, got, want)
					}
				}
			}
		}
	}
}

// tracer notes every image that a model of one input is asked for logits of.
type tracer struct {
	attack.Model
	path []float32
}

func (r *tracer) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	r.path = append(r.path, b.X[0])
	r.Model.Logits(dst, b, draws)
}

// TestAPGDHalves follows the one pixel of a hill with its top at .5: steps of 2
// epsilon bounce between the ends of the ball until the checkpoints have halved
// them, and the top is reached in the end.
func TestAPGDHalves(t *testing.T) {
	// Class 1 is h + h^2 with curve -1: h - h^2, h = x, highest at x = .5.
	m := &tracer{Model: &toy{inputs: 1, classes: 2, weight: []float32{0, 1}, bias: []float32{0, 0}, curve: -1}}
	b := attack.Batch{X: []float32{.4}, ID: []uint32{1}}
	a := attack.NewAPGD(attack.Linf, .4, attack.Draws{N: 1}, 1)
	a.Share = true // one look a step
	adv := run(t, a, m, b, []uint8{0})
	if math.Abs(float64(adv[0])-.5) > .01 {
		t.Errorf("ended at %v, want the top at .5", adv[0])
	}
	if len(m.path) != a.Steps+1 {
		t.Fatalf("%d looks, want %d", len(m.path), a.Steps+1)
	}
	if m.path[0] != 0 && m.path[0] != float32(.4)+float32(.4) {
		t.Errorf("started at %v, want an end of the ball", m.path[0])
	}
	// The widest move between neighbours in a stretch of the path.
	widest := func(path []float32) (most float32) {
		for i := 1; i < len(path); i++ {
			most = max(most, path[i]-path[i-1], path[i-1]-path[i])
		}
		return most
	}
	// Checkpoints are after 22, 41, 57, 70, 80, 87, 93 and 99 steps.
	early, late := widest(m.path[:23]), widest(m.path[94:100])
	if early < .3 || late > early/16 {
		t.Errorf("moves of up to %v before the first checkpoint and %v at the end", early, late)
	}
}

func TestAPGDDraws(t *testing.T) {
	m := &recorder{Model: &toy{inputs: 4, classes: 4, weight: numbers(1, 16, -1, 1), bias: make([]float32, 4), sigma: .5}}
	b := attack.Batch{X: numbers(2, 8, 0, 1), ID: []uint32{1, 2}}
	labels := []uint8{0, 1}
	draws := func(from uint32) attack.Draws { return attack.Draws{From: from, N: 3} }
	a := attack.NewAPGD(attack.Linf, .1, draws(40), 1)
	a.Steps = 2
	for _, c := range []struct {
		name   string
		change func(a *attack.APGD)
		n      int
		want   []asked
	}{
		{"one run", func(*attack.APGD) {}, 9, []asked{{false, draws(40)},
			{false, draws(43)}, {true, draws(43)}, {false, draws(40)},
			{false, draws(46)}, {true, draws(46)}, {false, draws(40)}}},
		{"shared", func(a *attack.APGD) { a.Share = true }, 3, []asked{{false, draws(40)},
			{true, draws(40)}, {false, draws(40)}, {true, draws(40)}, {false, draws(40)}}},
		{"shared, two restarts", func(a *attack.APGD) { a.Share, a.Restarts, a.Select = true, 2, 5 }, 11, []asked{{false, draws(40)},
			{true, draws(40)}, {false, draws(40)}, {true, draws(40)}, {false, draws(40)}, {false, attack.Draws{From: 46, N: 5}},
			{false, draws(43)}, {true, draws(43)}, {false, draws(43)}, {true, draws(43)}, {false, draws(43)}, {false, attack.Draws{From: 46, N: 5}}}},
		{"one target, one step", func(a *attack.APGD) { a.Targets, a.Loss, a.Steps = 1, attack.TargetedDLR{}, 1 }, 9, []asked{{false, draws(46)},
			{false, draws(40)}, {false, draws(43)}, {true, draws(43)}, {false, draws(40)}, {false, draws(46)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a
			c.change(&a)
			m.calls = nil
			run(t, a, m, b, labels)
			if !slices.Equal(m.calls, c.want) {
				t.Errorf("asked for %v, want %v", m.calls, c.want)
			}
			if got, want := a.Reserved(), (attack.Draws{From: 40, N: c.n}); got != want {
				t.Errorf("reserved %v, want %v", got, want)
			}
		})
	}
}

// TestTargetsFindTheWayOut: where the likeliest wrong class cannot win inside
// the ball, the run towards the next finds the error.
func TestTargetsFindTheWayOut(t *testing.T) {
	// Class 1 stands at .3, below the label's .45; class 2 at .15 rises to .55.
	m := &toy{inputs: 2, classes: 4, weight: []float32{0, 0, 0, 0, 0, 1, 0, 0}, bias: []float32{.45, .3, -.35, -2}}
	b := attack.Batch{X: []float32{.5, .5}, ID: []uint32{3}}
	one := attack.Draws{N: 1}
	if attack.MeanSoftmax.Decide(m, b, one)[0] != 0 {
		t.Fatal("the clean image is wrong already")
	}
	a := attack.NewTargetedAPGD(attack.Linf, .4, one, 1)
	a.Loss = attack.TargetedCrossEntropy{}
	for targets, broken := range map[int]bool{1: false, 3: true, 9: true} {
		a.Targets = targets
		adv := run(t, a, m, b, []uint8{0})
		if got := attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, one)[0] != 0; got != broken {
			t.Errorf("%d targets: an error: %v, want %v", targets, got, broken)
		}
	}
}

// TestEarlyKeepsTheFirst: Early leaves out runs, not errors.
func TestEarlyKeepsTheFirst(t *testing.T) {
	m := &toy{inputs: 8, classes: 5, weight: numbers(3, 40, -1, 1), bias: make([]float32, 5), curve: .8}
	b := attack.Batch{X: numbers(2, 160, 0, 1), ID: make([]uint32, 20)}
	labels := make([]uint8, 20)
	one := attack.Draws{N: 1}
	for i := range b.ID {
		b.ID[i] = uint32(i)
	}
	for i, c := range attack.MeanSoftmax.Decide(m, b, one) {
		labels[i] = uint8(c)
	}
	for _, eps := range []float32{.05, .2} {
		a := attack.NewTargetedAPGD(attack.Linf, eps, one, 1)
		a.Steps = 20
		count := func(early bool) (wrong, looks int) {
			a.Early = early
			r := &recorder{Model: counting{m, &looks}}
			adv := run(t, a, r, b, labels)
			for i, c := range attack.MeanSoftmax.Decide(m, attack.Batch{X: adv, ID: b.ID}, one) {
				if c != int(labels[i]) {
					wrong++
				}
			}
			return wrong, looks
		}
		all, long := count(false)
		early, short := count(true)
		if early != all || all == 0 || short >= long {
			t.Errorf("epsilon %v: early finds %d errors in %d looks at an image, all runs %d in %d", eps, early, short, all, long)
		}
	}
}

// counting counts the images a model looks at.
type counting struct {
	attack.Model
	images *int
}

func (c counting) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	*c.images += len(b.ID)
	c.Model.Logits(dst, b, draws)
}

func TestShareAndMomentumOfPGD(t *testing.T) {
	m := &recorder{Model: linear(4)}
	b := attack.Batch{X: numbers(2, 4, 0, 1), ID: []uint32{1}}
	p := attack.NewBIM(attack.Linf, .1, attack.Draws{From: 40, N: 5})
	p.Steps, p.Restarts, p.Select, p.Share = 2, 2, 3, true
	run(t, p, m, b, []uint8{0})
	first, second, compare := attack.Draws{From: 40, N: 5}, attack.Draws{From: 45, N: 5}, attack.Draws{From: 50, N: 3}
	if want := []asked{{false, first}, {true, first}, {false, first}, {true, first}, {false, compare},
		{false, second}, {true, second}, {false, second}, {true, second}, {false, compare}}; !slices.Equal(m.calls, want) {
		t.Errorf("asked for %v, want %v", m.calls, want)
	}
	if got, want := p.Reserved(), (attack.Draws{From: 40, N: 13}); got != want {
		t.Errorf("reserved %v, want %v", got, want)
	}

	// Class 1 is h - h^2, highest at .5. From .3 a step of .3 leads to .6, where
	// the slope is -.2 of the first's .4 or, each divided by its size, as large
	// and opposed: velocity 1, then mu - 1. So with mu = 2 the second step goes
	// on, to .9, and without momentum back.
	hill := &toy{inputs: 1, classes: 2, weight: []float32{0, 1}, bias: []float32{0, 0}, curve: -1}
	at := attack.Batch{X: []float32{.3}, ID: []uint32{1}}
	for momentum, want := range map[float32]float64{0: .3, .5: .3, 2: .9} {
		p := attack.NewMIFGSM(attack.Linf, 1, attack.Draws{N: 1})
		if p.Momentum != 1 || p.Steps != 10 || p.Step != .2 {
			t.Errorf("defaults %v", p)
		}
		p.Momentum, p.Steps, p.Step = momentum, 2, .3
		if got := run(t, p, hill, at, []uint8{0})[0]; math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("momentum %v: %v, want %v", momentum, got, want)
		}
	}
}
