package attack_test

import (
	"testing"

	"murmur/sim/attack"
)

// quickNet is convNet with its sums in the same order but a plainer loop: the
// attacks below look many thousand times.
type quickNet struct {
	convNet
	value  [25]float64
	corner [25]int
}

func (m *quickNet) pool(x []float32) {
	for f := range m.value {
		m.value[f], m.corner[f] = 0, -1
		for i := range 16 {
			at := (f/5*4+i/4)*28 + f%5*4 + i%4
			sum := m.convBias[0]
			for r := range 7 {
				pixels, weights := x[at+r*28:][:7], m.kernel[r*7:][:7]
				for k, w := range weights {
					sum += float64(w * float64(pixels[k]))
				}
			}
			if sum > m.value[f] {
				m.value[f], m.corner[f] = sum, at
			}
		}
	}
}

func (m *quickNet) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	for i := range b.ID {
		m.pool(b.X[i*784 : (i+1)*784])
		for c := range 10 {
			z := m.denseBias[c]
			for f, v := range m.value {
				z += float64(v * m.dense[f*10+c])
			}
			for k := range draws.N {
				dst[(i*draws.N+k)*10+c] = float32(z)
			}
		}
	}
}

func (m *quickNet) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	clear(dst)
	for i := range b.ID {
		m.pool(b.X[i*784 : (i+1)*784])
		for f, at := range m.corner {
			var slope float64
			for k := range draws.N {
				for c := range 10 {
					slope += float64(float64(g[(i*draws.N+k)*10+c]) * m.dense[f*10+c])
				}
			}
			for k, w := range m.kernel {
				if at >= 0 {
					dst[i*784+at+k/7*28+k%7] += float32(float64(slope * w))
				}
			}
		}
	}
}

// run returns what any attack makes of a batch, whose pixels must stay in range.
func run(t testing.TB, a attack.Attack, m attack.Model, b attack.Batch, labels []uint8) []float32 {
	t.Helper()
	adv := make([]float32, len(b.X))
	if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
		t.Fatal(err)
	}
	if err := attack.VerifyBatch(b, adv, attack.Linf, 1); err != nil {
		t.Fatal(err)
	}
	return adv
}

// TestFixtureDistances holds the mean L2 distance over all twenty digits, for
// all of which an adversarial image is found, against what Foolbox gets.
func TestFixtureDistances(t *testing.T) {
	t.Parallel()
	net, b := fixture(t)
	m := &quickNet{convNet: net}
	one := attack.Draws{N: 1}
	cw := attack.NewCarliniWagner(one)
	cw.Steps = 500 // .653; 1,000 give .647
	fab := attack.NewFAB(attack.L2, one, 1)
	fab.Steps = 50
	each := fab
	each.Targets = 9
	for _, c := range []struct {
		name     string
		attack   attack.Attack
		from, to float64
	}{
		{"DeepFool", attack.NewDeepFool(attack.L2, one), .97 * .667, 1.03 * .667},
		{"Carlini and Wagner", cw, .97 * .645, 1.03 * .645},
		{"FAB, that comes nearer than either", fab, .6, .645},
		{"FAB towards each class", each, .6, .64},
	} {
		t.Run(c.name, func(t *testing.T) {
			adv := run(t, c.attack, m, b, cleanPredictions)
			if correct, _ := judge(m, attack.Batch{X: adv, ID: b.ID}); correct != 0 {
				t.Errorf("%d of 20 are not adversarial", correct)
			}
			var mean float64
			for i := range b.ID {
				mean += attack.L2.Distance(b.X[i*784:(i+1)*784], adv[i*784:(i+1)*784]) / 20
			}
			t.Logf("mean distance %.4f", mean)
			if mean < c.from || mean > c.to {
				t.Errorf("mean distance %.4f, want %.4f to %.4f", mean, c.from, c.to)
			}
		})
	}
}

// TestFixtureWorstCase: where cross-entropy PGD leaves .40 of the digits at
// Linf .1, stronger attacks must leave less than half of that.
func TestFixtureWorstCase(t *testing.T) {
	t.Parallel()
	net, b := fixture(t)
	m := &quickNet{convNet: net}
	const eps = .1
	one := attack.Draws{N: 1}
	dlr := attack.NewAPGD(attack.Linf, eps, one, 1)
	dlr.Loss = attack.DLR{}
	ce := attack.NewAPGD(attack.Linf, eps, one, 1)
	targeted := attack.NewTargetedAPGD(attack.Linf, eps, one, 1)
	targeted.Share = true // without noise the same, at half the looks
	bounded := attack.Bounded{Attack: attack.NewFAB(attack.Linf, one, 1), Norm: attack.Linf, Epsilon: eps}
	deepfool := attack.Bounded{Attack: attack.NewDeepFool(attack.Linf, one), Norm: attack.Linf, Epsilon: eps}
	w := attack.Worst{Attacks: []attack.Named{
		{Name: "PGD", Attack: attack.NewPGD(attack.Linf, eps, one, 1)},
		{Name: "MI-FGSM", Attack: attack.NewMIFGSM(attack.Linf, eps, one)},
		{Name: "APGD CE", Attack: ce},
		{Name: "APGD DLR", Attack: dlr},
		{Name: "APGD targeted DLR", Attack: targeted},
		{Name: "DeepFool", Attack: deepfool},
		{Name: "FAB", Attack: bounded},
	}, Select: attack.Draws{From: 1 << 20, N: 1}}
	adv := make([]float32, len(b.X))
	table, winner, err := w.Table(t.Context(), adv, m, b, cleanPredictions)
	if err != nil {
		t.Fatal(err)
	}
	if err := attack.VerifyBatch(b, adv, attack.Linf, eps); err != nil {
		t.Fatal(err)
	}
	left := map[string]int{}
	for _, a := range table {
		left[a.Name], _ = judge(m, attack.Batch{X: a.Images, ID: b.ID})
		t.Logf("%s leaves %d of 20", a.Name, left[a.Name])
	}
	worst, _ := judge(m, attack.Batch{X: adv, ID: b.ID})
	t.Logf("worst case leaves %d of 20; winners %v", worst, winner)
	if worst > 3 {
		t.Errorf("the worst case leaves %d of 20, want at most 3", worst)
	}
}
