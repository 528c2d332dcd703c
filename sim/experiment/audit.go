package experiment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"murmur/sim/attack"
	"murmur/sim/audit"
	"murmur/sim/measure"
)

// roles says what an attack of the scenario is for the checks.
var roles = map[attack.Sort]audit.Role{
	attack.SingleStep: audit.SingleStep,
	attack.Iterative:  audit.Iterative,
	attack.BlackBox:   audit.BlackBox,
	attack.Random:     audit.Random,
	attack.Elsewhere:  audit.Transfer,
}

// audit holds the attacks on an arm, and what the arm answers, against what must be so if the claim is honest. The arm
// is the one that learned; its decisions are made on draws that no attack asks for.
func (w *world) audit(ctx context.Context, a *armRun, m, twin *model) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	n := min(w.Attack.Audit, w.struck())
	b := attack.Batch{X: w.test.Pixels[:n*w.test.Size()]}
	for i := range n {
		b.ID = append(b.ID, uint32(i))
	}
	norm, epsilon := w.claim()
	o := w.options(m, twin, epsilon)
	of := func(name string) attack.Attack {
		k, _ := attack.LookupKind(name + "-" + norm.String())
		return k.New(o)
	}
	pgd := of("pgd").(attack.PGD)
	draws := w.judging(m)
	report, err := audit.Audit{Model: m, Batch: b, Labels: w.test.Labels[:n], Noisy: m.stochastic(), Decision: w.decision(),
		Judge: draws, PGD: pgd, Others: w.others(m, norm, epsilon, o)}.Run(ctx)
	if err != nil {
		return err
	}
	a.Audits = append(a.Audits, report.Checks...)
	if w.Attack.Preset == "paper" && norm == attack.Linf {
		c, err := w.flattery(ctx, m, report.Study, b, w.test.Labels[:n], o, draws)
		if err != nil {
			return err
		}
		a.Audits = append(a.Audits, c)
	}
	return nil
}

// audited reports whether the attacks on an arm are audited. Of arms that are measured under their own source alone, those
// whose source is an attack at the budget of the claim are.
func (w *world) audited(a *armRun) bool {
	if w.Attack.Audit == 0 || len(a.attacks) == 0 || w.seed != w.Seed {
		return false
	}
	norm, epsilon := w.claim()
	l := a.lesson
	return a.everywhere(w) || l.Attack != nil && l.Attack.Norm == norm && l.Value() == epsilon
}

// claim is the norm and the budget that an audit is made at: those of the first attack with a ball, at its middle budget.
func (w *world) claim() (attack.Norm, float64) {
	norm, budgets := attack.Linf, w.Attack.Linf
	for _, l := range w.attacks {
		if l.Attack.Bound == attack.Ball {
			norm, budgets = l.Attack.Norm, l.Values
			break
		}
	}
	if budgets[0] == 0 { // the clean end of a curve
		budgets = budgets[1:]
	}
	return norm, budgets[(len(budgets)-1)/2]
}

// others are the attacks that an audit makes beside the variants of projected gradient descent: every one of the scenario
// in the norm of the claim, and a black box, random noise and the twin without noise in any case.
func (w *world) others(m *model, norm attack.Norm, epsilon float64, o attack.Options) []audit.Member {
	names := []string{"square-" + norm.String(), "noise-" + norm.String(), "transfer-linf"}
	for _, l := range w.attacks {
		names = append(names, l.Name)
	}
	var list []audit.Member
	seen := map[string]bool{"fgsm-" + norm.String(): true, "pgd-" + norm.String(): true}
	for _, name := range names {
		k, ok := attack.LookupKind(name)
		if !ok || k.Norm != norm || k.Bound == attack.Grid || seen[name] || name == "transfer-linf" && !m.stochastic() || k.Name == "universal-linf" {
			continue
		}
		seen[name] = true
		list = append(list, audit.Member{Attempt: audit.Attempt{Name: name, Role: roles[k.Sort], Norm: norm, Epsilon: o.Epsilon,
			Nearest: k.Bound == attack.Nearest, Draws: o.Draws}, Attack: k.New(o)})
	}
	return list
}

// flattery says how much of what the paper's weak settings leave standing falls to the thorough ones, at the same budget
// and on the same images.
func (w *world) flattery(ctx context.Context, m *model, study audit.Study, b attack.Batch, labels []uint8, o attack.Options, judge attack.Draws) (measure.Check, error) {
	c := measure.Check{Name: "thorough-against-paper-settings"}
	weak := slices.Clone(study.Clean)
	for _, r := range study.Outcomes {
		if strings.HasPrefix(r.Name, "paper/") {
			for i, stands := range r.Correct {
				weak[i] = weak[i] && stands
			}
		}
	}
	o.Preset, _ = attack.LookupPreset("thorough")
	k, _ := attack.LookupKind("worst-linf")
	adv := make([]float32, len(b.X))
	if err := k.New(o).Perturb(ctx, adv, m, b, labels); err != nil {
		return c, err
	}
	before, after := 0, 0
	for i, class := range o.Decision.Decide(m, attack.Batch{X: adv, ID: b.ID}, judge) {
		if weak[i] {
			before++
		}
		if class == int(labels[i]) {
			after++
		}
	}
	c.Status = Pass
	if after < before {
		c.Status = Warn
	}
	c.Detail = fmt.Sprintf("at %v the paper's attacks together leave %d of %d right, thorough ones %d", o.Epsilon, before, len(labels), after)
	return c, nil
}
