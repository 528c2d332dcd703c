package attack

import (
	"context"
	"fmt"
)

// Preset is how hard attacks try.
type Preset struct {
	Name, Doc string
	Steps     int // of attacks along gradients
	Restarts  int
	Targets   int // wrong classes that targeted attacks go to, the likeliest first
	Draws     int // of a stochastic model, that a gradient or a score averages
	Queries   int // of attacks without gradients
	// Worst are the attacks that worst-linf and worst-l2 take the worst of, without their norms.
	Worst []string
}

var presets = []Preset{
	{Name: "standard", Doc: "40 steps, one start, 3 targets, 16 antithetic draws to a gradient, 1000 queries",
		Steps: 40, Restarts: 1, Targets: 3, Draws: 16, Queries: 1000, Worst: []string{"fgsm", "pgd", "apgd", "apgd-t"}},
	{Name: "thorough", Doc: "100 steps, 5 starts, 9 targets, 32 antithetic draws to a gradient, 5000 queries, ratios, nearest images and a black box among the worst",
		Steps: 100, Restarts: 5, Targets: 9, Draws: 32, Queries: 5000, Worst: []string{"fgsm", "pgd", "apgd", "apgd-dlr", "apgd-t", "fab-t", "square"}},
	{Name: "paper", Doc: "the weak settings of arXiv 2606.13801: steps of .1, no random start, one draw to a gradient, 100 queries",
		Steps: 100, Restarts: 1, Targets: 9, Draws: 1, Queries: 100, Worst: []string{"paper/fgm", "paper/pgd", "paper/autopgd", "paper/square"}},
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
	Classes  int   // of the model
	Width    int   // pixels in a row of the image
	Height   int   // rows
	Twin     Model // the model without its noise, for transfer; nil: the model itself
}

// randomTries is how many random changes noise-linf and noise-l2 try: random noise is only evidence where it had a chance.
const randomTries = 1000

// selectDraws is how many draws the results of runs, starts and attacks are compared on: enough that what is chosen is
// what errs, and not what errs on these.
const selectDraws = 256

// draws are those of a gradient or a score: antithetic pairs, or one where there is no noise.
func (o Options) draws() Draws {
	if !o.Noisy {
		return Draws{N: 1}
	}
	return Draws{N: o.Draws, Paired: true}
}

// selection is how many draws candidates are compared on.
func (o Options) selection() int {
	if !o.Noisy {
		return 1
	}
	return max(selectDraws, o.Draws)
}

// single returns the options of a model that needs one draw alone.
func (o Options) single() Options {
	o.Noisy = false
	return o
}

// climbing gives an attack along gradients what it needs to err the decision.
func (o Options) climbing(p PGD) PGD {
	p.Loss, p.Compare, p.Select = o.Decision.loss(), Margin{o.Decision}, o.selection()
	return p
}

// pgd is projected gradient descent with steps of eps/30 in 40 steps as in Foolbox, longer in fewer, so that the border
// is reached from anywhere.
func (o Options) pgd(norm Norm) PGD {
	p := NewPGD(norm, o.Epsilon, o.draws(), o.Seed)
	p.Steps, p.Restarts = o.Steps, o.Restarts
	p.Step = max(p.Step, 2.5*o.Epsilon/float32(p.Steps))
	return o.climbing(p)
}

func (o Options) apgd(norm Norm, loss Loss) APGD {
	a := NewAPGD(norm, o.Epsilon, o.draws(), o.Seed)
	a.Steps, a.Restarts, a.Loss, a.Decision, a.Share, a.Select = max(o.Steps, 10), o.Restarts, loss, o.Decision, true, o.selection()
	a.Early = !o.Noisy // without noise, what errs once errs
	return a
}

func (o Options) fab(norm Norm) FAB {
	f := NewFAB(norm, o.draws(), o.Seed)
	f.Steps, f.Decision = max(o.Steps, 10), o.Decision
	return f
}

// worst takes, image by image, the worst of the preset's attacks in a norm.
func (o Options) worst(norm Norm) Worst {
	w := Worst{Decision: o.Decision, Select: Draws{N: o.selection(), Paired: true}}
	for _, k := range o.members(norm) {
		a := k.New(o)
		if k.Bound == Nearest {
			a = Bounded{Attack: a, Norm: norm, Epsilon: o.Epsilon}
		}
		r := a.Reserved()
		w.Select.From = max(w.Select.From, r.From+uint32(r.N))
		w.Attacks = append(w.Attacks, Named{Name: k.Name, Attack: a})
	}
	return w
}

// members are the attacks of a norm that the worst takes the worst of.
func (p Preset) members(norm Norm) (list []Kind) {
	for _, name := range p.Worst {
		k, ok := LookupKind(name)
		if !ok {
			k, ok = LookupKind(name + "-" + norm.String())
		}
		if ok && k.Norm == norm {
			list = append(list, k)
		}
	}
	return list
}

// Behind returns the attacks that a kind makes under a preset: itself, or those that it takes the worst of.
func (k Kind) Behind(p Preset) []Kind {
	if k.Composite {
		return p.members(k.Norm)
	}
	return []Kind{k}
}

// Still runs an attack on the model with its noise held at the attack's first draw.
type Still struct{ Attack }

// Perturb implements [Attack].
func (s Still) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	return s.Attack.Perturb(ctx, dst, Frozen{Model: m, Draw: s.Reserved().From}, b, labels)
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
