package attack

import (
	"fmt"
	"math"
	"strings"
)

// Preset is how hard attacks try.
type Preset struct {
	Name, Doc string
	Steps     int // of attacks along gradients; twice as many of AutoPGD and FAB at least
	Restarts  int
	Draws     int // of a stochastic model, that a gradient or a score averages
	Queries   int // of attacks without gradients
	// Worst are the attacks that worst-linf and worst-l2 take the worst of, without their norms.
	Worst []string
}

var presets = []Preset{
	{Name: "standard", Doc: "40 steps, one start, 8 draws to a gradient, 1000 queries",
		Steps: 40, Restarts: 1, Draws: 8, Queries: 1000, Worst: []string{"fgsm", "pgd", "apgd", "apgd-dlr"}},
	{Name: "thorough", Doc: "100 steps, 5 starts, 20 draws to a gradient, 5000 queries, targets and black boxes among the worst",
		Steps: 100, Restarts: 5, Draws: 20, Queries: 5000, Worst: []string{"fgsm", "pgd", "apgd", "apgd-dlr", "apgd-t", "fab", "square"}},
	{Name: "paper", Doc: "the weak settings of arXiv 2606.13801: steps of .1, no random start, one draw to a gradient, 100 queries",
		Steps: 100, Restarts: 1, Draws: 1, Queries: 100, Worst: []string{"paper/fgm", "paper/pgd", "paper/autopgd", "paper/square"}},
}

// Presets returns the presets there are.
func Presets() []Preset { return presets }

// LookupPreset returns the preset with that name and whether there is one.
func LookupPreset(name string) (Preset, bool) {
	for _, p := range presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// With returns the preset with other numbers where they are not 0.
func (p Preset) With(steps, restarts, draws, queries int) Preset {
	for _, n := range []struct {
		own   *int
		given int
	}{{&p.Steps, steps}, {&p.Restarts, restarts}, {&p.Draws, draws}, {&p.Queries, queries}} {
		if n.given != 0 {
			*n.own = n.given
		}
	}
	return p
}

// Options say how a [Kind] is made.
type Options struct {
	Preset
	Epsilon  float32
	Noisy    bool // whether the model's answers change with the draw; else one draw is asked for
	Decision Decision
	Seed     uint64
	Width    int   // pixels in a row of the image
	Twin     Model // the model without its noise, for transfer; nil: the model itself
}

// randomTries is how many random changes noise-linf and noise-l2 try: random noise is only evidence where it had a chance.
const randomTries = 1000

// New makes the attack. Step lengths follow from the budget: eps/30 of PGD in 40 steps as in Foolbox, longer in fewer, so
// that the border is reached from anywhere.
func (k Kind) New(o Options) Attack {
	draws := Draws{N: 1}
	if o.Noisy {
		draws.N = o.Draws
	}
	pgd := func(norm Norm) PGD {
		p := NewPGD(norm, o.Epsilon, draws, o.Seed)
		p.Steps, p.Restarts = o.Steps, o.Restarts
		p.Step = max(p.Step, 2.5*o.Epsilon/float32(p.Steps))
		p.Loss = o.Decision.loss()
		return p
	}
	apgd := func(norm Norm, loss Loss) APGD {
		a := NewAPGD(norm, o.Epsilon, draws, o.Seed)
		a.Steps, a.Restarts, a.Loss, a.Decision, a.Share = max(o.Steps, 10), o.Restarts, loss, o.Decision, true
		return a
	}
	name, _, _ := strings.Cut(k.Name, "-l")
	switch name {
	case "fgsm":
		p := NewFGSM(k.Norm, o.Epsilon, draws)
		p.Loss = o.Decision.loss()
		return p
	case "bim":
		p := NewBIM(k.Norm, o.Epsilon, draws)
		p.Loss = o.Decision.loss()
		return p
	case "mifgsm":
		p := NewMIFGSM(k.Norm, o.Epsilon, draws)
		p.Loss = o.Decision.loss()
		return p
	case "pgd":
		return pgd(k.Norm)
	case "apgd":
		return apgd(k.Norm, o.Decision.loss())
	case "apgd-dlr":
		return apgd(k.Norm, DLR{})
	case "apgd-t":
		a := apgd(k.Norm, TargetedDLR{})
		a.Targets, a.Restarts, a.Early = 9, 1, true
		return a
	case "fab":
		f := NewFAB(k.Norm, draws, o.Seed)
		f.Steps, f.Decision = max(o.Steps, 10), o.Decision
		return f
	case "deepfool":
		f := NewDeepFool(k.Norm, draws)
		f.Decision = o.Decision
		return f
	case "cw":
		c := NewCarliniWagner(draws)
		c.Decision, c.Steps = o.Decision, 10*o.Steps
		return c
	case "square":
		s := NewSquare(k.Norm, o.Epsilon, o.Width, draws, o.Seed)
		s.Queries, s.Decision = o.Queries, o.Decision
		if o.Noisy { // the first success on its own draws may be luck
			s.Confidence = float32(math.Inf(1))
		}
		return s
	case "hopskipjump":
		h := NewHopSkipJump(k.Norm, o.Queries, draws, o.Seed)
		h.Decision = o.Decision
		return h
	case "spsa":
		s := NewSPSA(k.Norm, o.Epsilon, max(o.Queries/256, 1), draws, o.Seed)
		s.Decision = o.Decision
		return s
	case "smoothed":
		s := NewSmoothed(k.Norm, o.Epsilon, max(o.Queries/(2*o.Steps), 1), draws, o.Seed)
		s.Steps, s.Step, s.Decision = o.Steps, 2.5*o.Epsilon/float32(o.Steps), o.Decision
		return s
	case "noise":
		n := NewRandomNoise(k.Norm, o.Epsilon, draws, o.Seed)
		n.Tries, n.Decision = min(max(o.Queries, randomTries), n.Tries), o.Decision
		return n
	case "salt-pepper":
		s := NewSaltPepper(draws, o.Seed)
		s.Decision = o.Decision
		return s
	case "spatial":
		s := NewSpatial(o.Width, draws)
		s.Decision = o.Decision
		return s
	case "universal":
		u := NewUniversal(k.Norm, o.Epsilon, draws)
		u.Passes, u.Inner.Decision = 5, o.Decision
		return u
	case "transfer":
		if o.Twin == nil {
			return pgd(k.Norm)
		}
		p := pgd(k.Norm)
		p.Draws.N, p.Select = 1, 1
		return Transfer{Attack: p, From: o.Twin}
	case "frozen":
		p := pgd(k.Norm)
		p.Draws.N, p.Select = 1, 1
		return Still{Attack: p}
	case "worst":
		return o.worst(k.Norm, draws)
	case "paper/fgm":
		return NewFGSM(k.Norm, o.Epsilon, Draws{N: 1})
	case "paper/pgd":
		p := NewFGSM(k.Norm, o.Epsilon, Draws{N: 1})
		p.Steps, p.Step = 100, .1
		return p
	case "paper/autopgd":
		a := NewAPGD(k.Norm, o.Epsilon, Draws{N: 1}, o.Seed)
		a.Restarts = 5
		return a
	case "paper/square":
		return NewPaperSquare(k.Norm, o.Epsilon, o.Width, 0, o.Seed)
	}
	panic("attack: no such attack: " + k.Name)
}

// worst takes, image by image, the worst of the preset's attacks in a norm.
func (o Options) worst(norm Norm, draws Draws) Attack {
	w := Worst{Decision: o.Decision}
	from := draws.From
	for _, name := range o.Worst {
		k, ok := LookupKind(name)
		if !ok {
			k, ok = LookupKind(fmt.Sprintf("%s-%s", name, norm))
		}
		if !ok || k.Norm != norm {
			continue
		}
		a := k.New(o)
		if k.Bound == Nearest {
			a = Bounded{Attack: a, Norm: norm, Epsilon: o.Epsilon}
		}
		r := a.Reserved()
		from = max(from, r.From+uint32(r.N))
		w.Attacks = append(w.Attacks, Named{Name: k.Name, Attack: a})
	}
	w.Select = Draws{From: from, N: max(draws.N, 10)}
	if !o.Noisy {
		w.Select.N = 1
	}
	return w
}

// Still runs an attack on the model with its noise held at the attack's first draw.
type Still struct{ Attack }

// Perturb implements [Attack].
func (s Still) Perturb(dst []float32, m Model, b Batch, labels []uint8) error {
	return s.Attack.Perturb(dst, Frozen{Model: m, Draw: s.Reserved().From}, b, labels)
}

// loss is what raises the chance of a wrong decision.
func (d Decision) loss() Loss {
	if d == SumOfLogits {
		return CrossEntropyOfMeanLogits{}
	}
	return CrossEntropyOfMean{}
}

// VerifyRange returns an error, naming the image, unless every pixel of adv, [n][inputs], is in [0, 1].
func VerifyRange(b Batch, adv []float32) error {
	for i, id := range b.ID {
		for p, v := range row(adv, i, len(adv)/len(b.ID)) {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("image %d: adversarial pixel %d is %v, expected a value in [0, 1]", id, p, v)
			}
		}
	}
	return nil
}
