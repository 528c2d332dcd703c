package attack_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/attack"
)

// fenced is a model that notes every draw outside of a range.
type fenced struct {
	attack.Model
	within attack.Draws
	strays []attack.Draws
}

func (f *fenced) check(d attack.Draws) {
	if d.N < 1 || d.From < f.within.From || uint64(d.From)+uint64(d.N) > uint64(f.within.From)+uint64(f.within.N) {
		f.strays = append(f.strays, d)
	}
}

func (f *fenced) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	f.check(draws)
	f.Model.Logits(dst, b, draws)
}

func (f *fenced) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	f.check(draws)
	f.Model.Pull(dst, b, g, draws)
}

// budget returns the ball of an attack, or one that holds everything.
func budget(a attack.Attack) (attack.Norm, float32) {
	switch a := a.(type) {
	case attack.PGD:
		return a.Norm, a.Epsilon
	case attack.APGD:
		return a.Norm, a.Epsilon
	case attack.Bounded:
		return a.Norm, a.Epsilon
	case attack.Universal:
		return a.Norm, a.Epsilon
	}
	return attack.Linf, 1
}

// gradientAttacks returns one of each kind, short and with odd figures, for a
// model of at least four classes.
func gradientAttacks(t *rapid.T) map[string]attack.Attack {
	norm := rapid.SampledFrom([]attack.Norm{attack.Linf, attack.L2}).Draw(t, "norm")
	eps := rapid.OneOf(rapid.Just[float32](0), rapid.Float32Range(0, 1)).Draw(t, "epsilon")
	draws := attack.Draws{From: rapid.Uint32Range(0, 1000).Draw(t, "from"), N: rapid.IntRange(1, 3).Draw(t, "draws")}
	decision := rapid.SampledFrom([]attack.Decision{attack.MeanSoftmax, attack.SumOfLogits, attack.Vote}).Draw(t, "decision")
	restarts, share := rapid.IntRange(1, 2).Draw(t, "restarts"), rapid.Bool().Draw(t, "share")

	mi := attack.NewMIFGSM(norm, eps, draws)
	mi.Restarts, mi.RandomStart, mi.Share = restarts, true, share
	apgd := attack.NewAPGD(norm, eps, draws, 3)
	apgd.Steps, apgd.Restarts, apgd.Share, apgd.Decision, apgd.Select = 9, restarts, share, decision, 2
	apgd.Loss = rapid.SampledFrom([]attack.Loss{attack.CrossEntropyOfMean{}, attack.DLR{}, attack.CrossEntropyOfMeanLogits{}}).Draw(t, "loss")
	targeted := apgd
	targeted.Targets, targeted.Early = rapid.IntRange(1, 5).Draw(t, "targets"), rapid.Bool().Draw(t, "early")
	targeted.Loss = rapid.SampledFrom([]attack.Loss{attack.TargetedDLR{}, attack.TargetedCrossEntropy{}}).Draw(t, "targeted loss")
	deepfool := attack.NewDeepFool(norm, draws)
	deepfool.Steps, deepfool.Candidates, deepfool.Decision = 4, rapid.IntRange(2, 6).Draw(t, "candidates"), decision
	fab := attack.NewFAB(norm, draws, 3)
	fab.Steps, fab.Restarts, fab.Decision = 6, restarts, decision
	cw := attack.NewCarliniWagner(draws)
	cw.Binary, cw.Steps, cw.Rate, cw.Initial, cw.Decision = 3, 12, .1, .1, decision
	cw.Kappa = rapid.SampledFrom([]float32{0, .2}).Draw(t, "kappa")
	far := attack.Draws{From: 1 << 20, N: 2}
	return map[string]attack.Attack{
		"MI-FGSM": mi, "APGD": apgd, "targeted APGD": targeted, "DeepFool": deepfool, "FAB": fab, "CW": cw,
		"bounded FAB": attack.Bounded{Attack: fab, Norm: norm, Epsilon: eps},
		"worst": attack.Worst{Attacks: []attack.Named{{Name: "bounded", Attack: attack.Bounded{Attack: deepfool, Norm: norm, Epsilon: eps}},
			{Name: "apgd", Attack: apgd}, {Name: "mi", Attack: mi}}, Decision: decision, Select: far},
	}
}

// TestGradientProperties checks of every attack, on random models, that the
// result keeps to ball and range, that it is the same however the batch is
// split, that the images are left alone, and that no draw outside of Reserved
// is asked for.
func TestGradientProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3).Draw(t, "images")
		m := &toy{inputs: rapid.IntRange(1, 8).Draw(t, "inputs"), classes: rapid.IntRange(4, 5).Draw(t, "classes"),
			sigma: rapid.SampledFrom([]float32{0, .5}).Draw(t, "sigma"), curve: rapid.Float32Range(-1, 1).Draw(t, "curve")}
		weights := m.inputs * m.classes
		m.weight = rapid.SliceOfN(rapid.Float32Range(-2, 2), weights, weights).Draw(t, "weight")
		m.bias = make([]float32, m.classes)
		pixel := rapid.OneOf(rapid.SampledFrom([]float32{0, 1, math.SmallestNonzeroFloat32}), rapid.Float32Range(0, 1))
		b := attack.Batch{X: rapid.SliceOfN(pixel, n*m.inputs, n*m.inputs).Draw(t, "pixels"),
			ID: rapid.SliceOfN(rapid.Uint32(), n, n).Draw(t, "names")}
		labels := rapid.SliceOfN(rapid.Uint8Range(0, uint8(m.classes-1)), n, n).Draw(t, "labels")
		original := slices.Clone(b.X)
		for name, a := range gradientAttacks(t) {
			fence := &fenced{Model: m, within: a.Reserved()}
			adv := make([]float32, len(b.X))
			if err := a.Perturb(t.Context(), adv, fence, b, labels); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(fence.strays) > 0 {
				t.Fatalf("%s reserves %v and asks for %v", name, fence.within, fence.strays)
			}
			norm, eps := budget(a)
			if err := attack.VerifyBatch(b, adv, norm, eps); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !slices.Equal(original, b.X) {
				t.Fatalf("%s changed the images themselves", name)
			}
			for i := range n {
				one, at := make([]float32, m.inputs), i*m.inputs
				part := attack.Batch{X: b.X[at : at+m.inputs], ID: b.ID[i : i+1]}
				if err := a.Perturb(t.Context(), one, m, part, labels[i:i+1]); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if !slices.Equal(one, adv[at:at+m.inputs]) {
					t.Fatalf("%s: image %d alone gives %v, in the batch %v", name, i, one, adv[at:at+m.inputs])
				}
			}
		}
	})
}

// TestNearestAreAdversarial: what DeepFool, FAB and Carlini and Wagner return
// is the image itself or one for which the decision errs on their draws.
func TestNearestAreAdversarial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const inputs, n = 6, 3
		m := &toy{inputs: inputs, classes: 3, sigma: rapid.SampledFrom([]float32{0, .5}).Draw(t, "sigma"), curve: .3,
			weight: rapid.SliceOfN(rapid.Float32Range(-2, 2), 3*inputs, 3*inputs).Draw(t, "weight"), bias: make([]float32, 3)}
		b := attack.Batch{X: rapid.SliceOfN(rapid.Float32Range(0, 1), n*inputs, n*inputs).Draw(t, "pixels"), ID: []uint32{1, 2, 3}}
		draws := attack.Draws{From: 7, N: rapid.IntRange(1, 3).Draw(t, "draws")}
		decision := rapid.SampledFrom([]attack.Decision{attack.MeanSoftmax, attack.SumOfLogits}).Draw(t, "decision")
		labels := make([]uint8, n)
		for i, c := range decision.Decide(m, b, draws) {
			labels[i] = uint8(c)
		}
		deepfool, fab, cw := attack.NewDeepFool(attack.L2, draws), attack.NewFAB(attack.L2, draws, 1), attack.NewCarliniWagner(draws)
		deepfool.Decision, fab.Decision, cw.Decision = decision, decision, decision
		fab.Steps, cw.Binary, cw.Steps, cw.Rate, cw.Initial = 15, 3, 40, .1, 1
		for name, a := range map[string]attack.Attack{"DeepFool": deepfool, "FAB": fab, "CW": cw} {
			adv := make([]float32, len(b.X))
			if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
				t.Fatal(err)
			}
			for i, c := range decision.Decide(m, attack.Batch{X: adv, ID: b.ID}, draws) {
				moved := !slices.Equal(adv[i*inputs:(i+1)*inputs], b.X[i*inputs:(i+1)*inputs])
				if moved == (c == int(labels[i])) {
					t.Fatalf("%s: image %d: moved %v, class %d, label %d", name, i, moved, c, labels[i])
				}
			}
		}
	})
}

// TestAlreadyWrong: an image for which the decision errs is its own nearest
// adversarial image.
func TestAlreadyWrong(t *testing.T) {
	m := linear(5)
	b := attack.Batch{X: numbers(2, 5, .3, .6), ID: []uint32{1}}
	one := attack.Draws{N: 1}
	wrong := []uint8{uint8(1 - attack.MeanSoftmax.Decide(m, b, one)[0])}
	for name, a := range map[string]attack.Attack{"DeepFool": attack.NewDeepFool(attack.L2, one),
		"FAB": attack.NewFAB(attack.Linf, one, 1), "CW": attack.NewCarliniWagner(one)} {
		if adv := run(t, a, m, b, wrong); !slices.Equal(adv, b.X) {
			t.Errorf("%s moved an image that was wrong already", name)
		}
	}
}
