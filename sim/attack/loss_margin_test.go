package attack_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/attack"
)

// definition computes a loss in float64 straight from its definition, and how
// far the logits are from where its slope jumps.
func definition(loss attack.Loss, logits []float64, classes, label int) (value, clear float64) {
	draws := len(logits) / classes
	mean, p, sharp := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	for k := range draws {
		z := logits[k*classes : (k+1)*classes]
		var sum, sharpSum float64
		for _, v := range z {
			sum += math.Exp(v)
			sharpSum += math.Exp(8 * v)
		}
		for c, v := range z {
			mean[c] += v / float64(draws)
			p[c] += math.Exp(v) / sum / float64(draws)
			sharp[c] += math.Exp(8*v) / sharpSum / float64(draws)
		}
	}
	for c := range p {
		p[c], sharp[c] = math.Log(p[c]), math.Log(sharp[c])
	}
	softmax := func(z []float64, c int) float64 {
		var sum float64
		for _, v := range z {
			sum += math.Exp(v - z[c])
		}
		return -math.Log(sum)
	}
	margin := func(z []float64) float64 {
		best := math.Inf(-1)
		for c, v := range z {
			if c != label {
				best = max(best, v)
			}
		}
		return best - z[label]
	}
	gap := func(z []float64) float64 {
		s, least := slices.Sorted(slices.Values(z)), math.Inf(1)
		for i := 1; i < len(s); i++ {
			least = min(least, s[i]-s[i-1])
		}
		return least
	}
	rank := func(z []float64, i int) float64 { return slices.Sorted(slices.Values(z))[len(z)-i] }
	of := func(d attack.Decision) []float64 { // what the decision compares, as logits
		switch {
		case d == attack.SumOfLogits || draws == 1:
			return mean
		case d == attack.Vote:
			return sharp
		}
		return p
	}
	switch l := loss.(type) {
	case attack.CrossEntropyOfMeanLogits:
		return -softmax(mean, label), 1
	case attack.TargetedCrossEntropy:
		return p[l.Target], 1
	case attack.Margin:
		return margin(of(l.Of)), gap(of(l.Of))
	case attack.TargetedMargin:
		return of(l.Of)[l.Target] - of(l.Of)[label], 1
	case attack.DLR:
		z := of(l.Of)
		return margin(z) / (rank(z, 1) - rank(z, 3)), gap(z)
	case attack.TargetedDLR:
		z := of(l.Of)
		return (z[l.Target] - z[label]) / (rank(z, 1) - (rank(z, 3)+rank(z, 4))/2), gap(z)
	}
	panic("no such loss")
}

func TestMarginsAgainstFloat64(t *testing.T) {
	for _, loss := range []attack.Loss{attack.CrossEntropyOfMeanLogits{}, attack.Margin{}, attack.Margin{Of: attack.SumOfLogits}, attack.Margin{Of: attack.Vote},
		attack.TargetedMargin{Target: 2}, attack.TargetedMargin{Of: attack.Vote, Target: 2}, attack.DLR{}, attack.DLR{Of: attack.SumOfLogits}, attack.TargetedDLR{Target: 2},
		attack.TargetedDLR{Of: attack.SumOfLogits, Target: 2}, attack.TargetedCrossEntropy{Target: 2}} {
		rapid.Check(t, func(t *rapid.T) {
			classes := rapid.IntRange(4, 7).Draw(t, "classes")
			draws := rapid.IntRange(1, 4).Draw(t, "draws")
			logits := rapid.SliceOfN(rapid.Float32Range(-6, 6), classes*draws, classes*draws).Draw(t, "logits")
			label := rapid.IntRange(0, classes-1).Draw(t, "label")
			z := widen(logits)
			want, room := definition(loss, z, classes, label)
			if room < .02 {
				t.Skip("too near a jump of the slope")
			}
			// A dozen roundings of 2^-24 of numbers up to 12, which a ratio
			// divides by no less than the .04 between first and third.
			const rounding = 1e-5
			scale := 1.
			switch loss {
			case attack.Margin{}, attack.Margin{Of: attack.SumOfLogits}, attack.CrossEntropyOfMeanLogits{}:
			default: // a ratio, or eight times the logits
				scale = 50
			}
			if got := float64(loss.Value(logits, classes, uint8(label))); math.Abs(got-want) > rounding*scale*(1+math.Abs(want)) {
				t.Fatalf("%T: value %v, want %v", loss, got, want)
			}
			cotangent := make([]float32, len(logits))
			loss.Cotangent(cotangent, logits, classes, uint8(label))
			for i := range z {
				const h = 1e-5
				at := z[i]
				z[i] = at + h
				up, _ := definition(loss, z, classes, label)
				z[i] = at - h
				down, _ := definition(loss, z, classes, label)
				z[i] = at
				slope := (up - down) / (2 * h)
				if math.Abs(float64(cotangent[i])-slope) > rounding*scale*(1+math.Abs(slope)) {
					t.Fatalf("%T: cotangent %d is %v, want %v", loss, i, cotangent[i], slope)
				}
			}
		})
	}
}

func TestMarginsTellErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logits := rapid.SliceOfN(rapid.Float32Range(-6, 6), 12, 12).Draw(t, "logits")
		label := rapid.Uint8Range(0, 3).Draw(t, "label")
		for _, c := range []struct {
			decision attack.Decision
			loss     attack.Loss
		}{{attack.MeanSoftmax, attack.Margin{}}, {attack.SumOfLogits, attack.Margin{Of: attack.SumOfLogits}},
			{attack.SumOfLogits, attack.DLR{Of: attack.SumOfLogits}}, {attack.MeanSoftmax, attack.DLR{}}} {
			v := c.loss.Value(logits, 4, label)
			if math.Abs(float64(v)) > 1e-5 && (v > 0) != (c.decision.Class(logits, 4) != int(label)) {
				t.Fatalf("%T is %v, the decision %d, the label %d", c.loss, v, c.decision.Class(logits, 4), label)
			}
		}
	})
}

// TestDLRIsScaleFree: cross-entropy is blind where a model is sure, the ratio
// is not.
func TestDLRIsScaleFree(t *testing.T) {
	z := []float32{400, 100, -200, 0}
	if got := (attack.DLR{}).Value(z, 4, 0); got != -.75 {
		t.Errorf("ratio %v, want -.75", got)
	}
	g := make([]float32, 4)
	attack.DLR{}.Cotangent(g, z, 4, 0)
	if want := []float32{-1./400 + .75/400, 1. / 400, 0, -.75 / 400}; math.Abs(float64(g[0]-want[0])) > 1e-9 || g[1] != want[1] || g[3] != want[3] {
		t.Errorf("cotangent %v, want %v", g, want)
	}
	if got := (attack.TargetedDLR{Target: 2}).Value(z, 4, 0); got != -600./500 {
		t.Errorf("targeted ratio %v, want -1.2", got)
	}
}

func TestMarginPanics(t *testing.T) {
	for name, call := range map[string]func(){
		"one class":      func() { attack.Margin{}.Value([]float32{1}, 1, 0) },
		"one class, sum": func() { attack.Margin{Of: attack.SumOfLogits}.Value([]float32{1}, 1, 0) },
		"two classes":    func() { attack.DLR{}.Value([]float32{1, 2}, 2, 0) },
		"three classes":  func() { attack.TargetedDLR{}.Value([]float32{1, 2, 3}, 3, 0) },
		"target":         func() { attack.TargetedDLR{Target: 4}.Value([]float32{1, 2, 3, 4}, 4, 0) },
		"target, CE":     func() { attack.TargetedCrossEntropy{Target: 4}.Value([]float32{1, 2, 3, 4}, 4, 0) },
		"cotangent":      func() { attack.DLR{}.Cotangent(make([]float32, 3), make([]float32, 6), 3, 0) },
	} {
		t.Run(name, func(t *testing.T) { mustPanic(t, call) })
	}
}
