package attack

import (
	"math"
	"slices"
)

// Bound is what limits an attack.
type Bound uint8

const (
	Ball    Bound = iota // a ball in the attack's norm, its radius epsilon
	Nearest              // nothing: it seeks the nearest adversarial image in its norm
	Grid                 // a set of changes of its own, that no norm measures
)

// Sort says what an attack uses, for the checks that hold attacks against one another.
type Sort uint8

const (
	SingleStep Sort = iota // one step along the gradient
	Iterative              // many steps along the gradient
	BlackBox               // answers alone, no gradient
	Random                 // luck alone
	Elsewhere              // made against another model
)

// Kind is an attack by the name that scenarios and results use.
type Kind struct {
	Name  string
	Norm  Norm // of its budget or its distance; of no meaning for a Grid
	Bound Bound
	Sort  Sort
	// Values are epsilons of its own, from weak to strong. Most have none and take those of the scenario.
	Values []float64
	// Classes is the fewest that its loss is made for. With fewer, but at least the two that every attack needs, it
	// climbs the margin of the decision instead.
	Classes   int
	Composite bool // it takes the worst of several others
	Whole     bool // what it makes of an image depends on the others of a batch
	Doc       string
	make      func(o Options, norm Norm) Attack
}

// New makes the attack.
func (k Kind) New(o Options) Attack { return k.make(o, k.Norm) }

// paperEpsilons are the budgets of arXiv 2606.13801.
var paperEpsilons = []float64{.001, .02, .04, .06, .08, .1, .12, .14, .16, .18, .2}

// dlrClasses is how many classes DLR needs.
const dlrClasses = 3

// inBoth returns an attack that there is in both norms.
func inBoth(k Kind) []Kind {
	list := []Kind{k, k}
	for i, norm := range []Norm{Linf, L2} {
		list[i].Norm = norm
		list[i].Name += "-" + norm.String()
	}
	return list
}

var kinds = slices.Concat(
	inBoth(Kind{Name: "fgsm", Sort: SingleStep, Doc: "one step along the sign of the gradient, in L2 along the gradient",
		make: func(o Options, norm Norm) Attack { return o.climbing(NewFGSM(norm, o.Epsilon, o.draws())) }}),
	inBoth(Kind{Name: "bim", Sort: Iterative, Doc: "basic iterative method: steps without a random start",
		make: func(o Options, norm Norm) Attack { return o.climbing(NewBIM(norm, o.Epsilon, o.draws())) }}),
	inBoth(Kind{Name: "pgd", Sort: Iterative, Doc: "projected gradient descent from random starts",
		make: func(o Options, norm Norm) Attack { return o.pgd(norm) }}),
	inBoth(Kind{Name: "mifgsm", Sort: Iterative, Doc: "steps along a momentum of gradients",
		make: func(o Options, norm Norm) Attack { return o.climbing(NewMIFGSM(norm, o.Epsilon, o.draws())) }}),
	inBoth(Kind{Name: "apgd", Sort: Iterative, Doc: "AutoPGD on the cross-entropy",
		make: func(o Options, norm Norm) Attack { return o.apgd(norm, o.Decision.loss()) }}),
	inBoth(Kind{Name: "apgd-dlr", Sort: Iterative, Classes: dlrClasses, Doc: "AutoPGD on the difference of logits ratio of the decision that is deployed",
		make: func(o Options, norm Norm) Attack {
			if o.Classes > 0 && o.Classes < dlrClasses {
				return o.apgd(norm, Margin{o.Decision})
			}
			return o.apgd(norm, DLR{o.Decision})
		}}),
	inBoth(Kind{Name: "apgd-t", Sort: Iterative, Doc: "AutoPGD on the margin of the decision that is deployed, towards each of the likeliest wrong classes",
		make: func(o Options, norm Norm) Attack {
			a := o.apgd(norm, Margin{o.Decision})
			a.Targets, a.Restarts = o.Targets, 1
			return a
		}}),
	inBoth(Kind{Name: "fab", Bound: Nearest, Sort: Iterative, Doc: "fast adaptive boundary: the nearest image of another class",
		make: func(o Options, norm Norm) Attack { return o.fab(norm) }}),
	inBoth(Kind{Name: "fab-t", Bound: Nearest, Sort: Iterative, Doc: "fast adaptive boundary, towards each of the likeliest wrong classes",
		make: func(o Options, norm Norm) Attack {
			f := o.fab(norm)
			f.Targets = o.Targets
			return f
		}}),
	[]Kind{
		{Name: "deepfool-l2", Norm: L2, Bound: Nearest, Sort: Iterative, Doc: "steps to the nearest linearised boundary",
			make: func(o Options, norm Norm) Attack {
				f := NewDeepFool(norm, o.draws())
				f.Decision = o.Decision
				return f
			}},
		{Name: "cw-l2", Norm: L2, Bound: Nearest, Sort: Iterative, Doc: "Carlini and Wagner: distance and margin weighed against one another",
			make: func(o Options, _ Norm) Attack {
				c := NewCarliniWagner(o.draws())
				c.Decision, c.Steps = o.Decision, 10*o.Steps
				return c
			}},
	},
	inBoth(Kind{Name: "square", Sort: BlackBox, Doc: "random squares, by scores alone",
		make: func(o Options, norm Norm) Attack {
			s := NewSquare(norm, o.Epsilon, o.Width, o.draws(), o.Seed)
			s.Queries, s.Decision, s.Rescale = o.Queries, o.Decision, true
			if o.Noisy { // the first success on its own draws may be luck
				s.Confidence = float32(math.Inf(1))
			}
			return s
		}}),
	[]Kind{
		{Name: "hopskipjump-l2", Norm: L2, Bound: Nearest, Sort: BlackBox, Doc: "along the boundary, by decisions alone",
			make: func(o Options, norm Norm) Attack {
				h := NewHopSkipJump(norm, o.Queries, o.draws(), o.Seed)
				h.Decision = o.Decision
				// Foolbox's 100 probes in the first step are meant for ten thousands of queries. With fewer, many rough steps
				// come nearer, whose probes and bisections are as fine as the picture's size asks for.
				h.Probes = min(max(o.Queries/60, 10), h.Probes)
				h.Gamma = max(float32(o.Width*o.Height)/26, h.Gamma)
				return h
			}},
		{Name: "spsa-linf", Norm: Linf, Sort: BlackBox, Doc: "gradients from simultaneous random differences",
			make: func(o Options, norm Norm) Attack {
				s := NewSPSA(norm, o.Epsilon, max(o.Queries/256, 1), o.draws(), o.Seed)
				s.Decision = o.Decision
				return s
			}},
		{Name: "smoothed-linf", Norm: Linf, Sort: BlackBox, Doc: "gradients from differences under Gaussian smoothing, where the true ones are masked",
			make: func(o Options, norm Norm) Attack {
				s := NewSmoothed(norm, o.Epsilon, max(o.Queries/(2*o.Steps), 1), o.draws(), o.Seed)
				s.Steps, s.Step, s.Decision = o.Steps, 2.5*o.Epsilon/float32(o.Steps), o.Decision
				return s
			}},
	},
	inBoth(Kind{Name: "noise", Sort: Random, Doc: "the worst of many random changes",
		make: func(o Options, norm Norm) Attack {
			n := NewRandomNoise(norm, o.Epsilon, o.draws(), o.Seed)
			n.Tries, n.Decision = min(max(o.Queries, randomTries), n.Tries), o.Decision
			return n
		}}),
	[]Kind{
		{Name: "salt-pepper-l2", Norm: L2, Bound: Nearest, Sort: Random, Doc: "ever more black and white pixels",
			make: func(o Options, _ Norm) Attack {
				s := NewSaltPepper(o.draws(), o.Seed)
				s.Decision = o.Decision
				return s
			}},
		{Name: "spatial", Bound: Grid, Sort: BlackBox, Doc: "the worst of a grid of rotations and translations",
			make: func(o Options, _ Norm) Attack {
				s := NewSpatial(o.Width, o.Height, o.draws())
				s.Decision = o.Decision
				return s
			}},
		{Name: "universal-linf", Norm: Linf, Sort: Elsewhere, Whole: true, Doc: "one change for all images",
			make: func(o Options, norm Norm) Attack {
				u := NewUniversal(norm, o.Epsilon, o.draws())
				u.Passes, u.Inner.Decision = 5, o.Decision
				return u
			}},
		{Name: "transfer-linf", Norm: Linf, Sort: Elsewhere, Doc: "projected gradient descent on the twin without noise",
			make: func(o Options, norm Norm) Attack {
				if o.Twin == nil {
					return o.pgd(norm)
				}
				return Transfer{Attack: o.single().pgd(norm), From: o.Twin}
			}},
		{Name: "frozen-linf", Norm: Linf, Sort: Elsewhere, Doc: "projected gradient descent with the noise held still",
			make: func(o Options, norm Norm) Attack { return Still{Attack: o.single().pgd(norm)} }},
	},
	inBoth(Kind{Name: "worst", Sort: Iterative, Composite: true, Doc: "image by image, the worst that the preset's attacks can do",
		make: func(o Options, norm Norm) Attack { return o.worst(norm) }}),
	[]Kind{
		{Name: "paper/fgm", Norm: Linf, Sort: SingleStep, Values: paperEpsilons, Doc: "the paper's fast gradient method",
			make: func(o Options, norm Norm) Attack { return NewFGSM(norm, o.Epsilon, Draws{N: 1}) }},
		{Name: "paper/pgd", Norm: Linf, Sort: Iterative, Values: paperEpsilons, Doc: "the paper's projected gradient descent: 100 steps of .1, no random start, one draw a gradient",
			make: func(o Options, norm Norm) Attack {
				p := NewFGSM(norm, o.Epsilon, Draws{N: 1})
				p.Steps, p.Step = 100, .1
				return p
			}},
		{Name: "paper/autopgd", Norm: Linf, Sort: Iterative, Values: paperEpsilons, Doc: "the paper's AutoPGD: 100 steps, 5 starts, one draw a gradient",
			make: func(o Options, norm Norm) Attack {
				a := NewAPGD(norm, o.Epsilon, Draws{N: 1}, o.Seed)
				a.Restarts = 5
				return a
			}},
		{Name: "paper/square", Norm: Linf, Sort: BlackBox, Values: paperEpsilons, Doc: "the paper's Square attack: 100 queries, one fresh draw each",
			make: func(o Options, norm Norm) Attack {
				return NewPaperSquare(norm, o.Epsilon, o.Width, 0, o.Seed)
			}},
	},
)

// The worst takes other kinds, so its row cannot be part of what kinds begins as.
var byName = map[string]Kind{}

func init() {
	for _, k := range kinds {
		byName[k.Name] = k
	}
}

// Kinds returns the attacks there are.
func Kinds() []Kind { return kinds }

// LookupKind returns the attack with that name and whether there is one.
func LookupKind(name string) (Kind, bool) {
	k, ok := byName[name]
	return k, ok
}
