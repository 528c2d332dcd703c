package attack_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/attack"
)

// reference computes both losses in float64 straight from their definitions.
func reference(logits []float64, classes int, label int) (ofMean, mean float64) {
	draws := len(logits) / classes
	var p float64
	for k := range draws {
		z := logits[k*classes : (k+1)*classes]
		var sum float64
		for _, v := range z {
			sum += math.Exp(v - z[label])
		}
		p += 1 / sum
		mean += math.Log(sum)
	}
	return -math.Log(p / float64(draws)), mean / float64(draws)
}

func widen(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, f := range v {
		w[i] = float64(f)
	}
	return w
}

func TestLossAgainstFloat64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.IntRange(1, 6).Draw(t, "classes")
		draws := rapid.IntRange(1, 5).Draw(t, "draws")
		logits := rapid.SliceOfN(rapid.Float32Range(-8, 8), classes*draws, classes*draws).Draw(t, "logits")
		label := rapid.IntRange(0, classes-1).Draw(t, "label")
		want := [2]func(z []float64) float64{
			func(z []float64) float64 { v, _ := reference(z, classes, label); return v },
			func(z []float64) float64 { _, v := reference(z, classes, label); return v },
		}
		for l, loss := range []attack.Loss{attack.CrossEntropyOfMean{}, attack.MeanCrossEntropy{}} {
			z := widen(logits)
			// A dozen roundings of 2^-24, of numbers up to the logits' range.
			if got, want := float64(loss.Value(logits, classes, uint8(label))), want[l](z); math.Abs(got-want) > 4e-6*(1+want) {
				t.Fatalf("%T: value %v, want %v", loss, got, want)
			}
			cotangent := make([]float32, len(logits))
			loss.Cotangent(cotangent, logits, classes, uint8(label))
			for i := range z {
				const h = 1e-4
				at := z[i]
				z[i] = at + h
				up := want[l](z)
				z[i] = at - h
				down := want[l](z)
				z[i] = at
				if slope := (up - down) / (2 * h); math.Abs(float64(cotangent[i])-slope) > 4e-6 {
					t.Fatalf("%T: cotangent %d is %v, want %v", loss, i, cotangent[i], slope)
				}
			}
		}
	})
}

func TestLossOfExtremeLogits(t *testing.T) {
	for _, c := range []struct {
		name         string
		logits       []float32
		ofMean, mean float64
		slope        float64 // cotangent of CrossEntropyOfMean at the label of draw 0
	}{
		{"wrong by far", []float32{-500, 500}, 1000, 1000, -1},
		{"right by far", []float32{500, -500}, 0, 0, 0},
		{"all equal and large", []float32{3e38, 3e38}, math.Ln2, math.Ln2, -.5},
		{"right past the rounding of 1", []float32{30, 0}, math.Exp(-30), math.Exp(-30), -math.Exp(-30)},
		{"two such draws", []float32{30, 0, 40, 0}, (math.Exp(-30) + math.Exp(-40)) / 2, (math.Exp(-30) + math.Exp(-40)) / 2, -math.Exp(-30) / 2},
		{"one draw decides", []float32{0, 0, -1000, 0}, math.Log(4), (math.Ln2 + 1000) / 2, -.5},
		{"two draws wrong by far", []float32{-300, 0, -300, 0}, 300, 300, -.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			near := func(what string, got float32, want float64) {
				t.Helper()
				if d := math.Abs(float64(got) - want); !(d <= 1e-6*math.Abs(want)) {
					t.Errorf("%s: %v, want %v", what, got, want)
				}
			}
			near("loss of the mean", attack.CrossEntropyOfMean{}.Value(c.logits, 2, 0), c.ofMean)
			near("mean of the loss", attack.MeanCrossEntropy{}.Value(c.logits, 2, 0), c.mean)
			g := make([]float32, len(c.logits))
			attack.CrossEntropyOfMean{}.Cotangent(g, c.logits, 2, 0)
			near("slope", g[0], c.slope)
			near("slope of the other", g[1], -c.slope)
		})
	}
}

func TestLossPanics(t *testing.T) {
	for name, call := range map[string]func(){
		"label":     func() { attack.MeanCrossEntropy{}.Value(make([]float32, 4), 2, 2) },
		"draws":     func() { attack.CrossEntropyOfMean{}.Value(make([]float32, 5), 2, 0) },
		"no draw":   func() { attack.CrossEntropyOfMean{}.Value(nil, 2, 0) },
		"cotangent": func() { attack.MeanCrossEntropy{}.Cotangent(make([]float32, 2), make([]float32, 4), 2, 0) },
	} {
		t.Run(name, func(t *testing.T) { mustPanic(t, call) })
	}
}

func mustPanic(t *testing.T, call func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	call()
}
