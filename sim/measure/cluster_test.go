package measure

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// The ratings of Shrout and Fleiss (1979), table 2: four judges, six targets; ICC(3,1) is .71.
func TestClusteringIsShroutAndFleiss(t *testing.T) {
	judges := Sample{{9, 6, 8, 7, 10, 6}, {2, 1, 4, 1, 5, 2}, {5, 3, 6, 2, 6, 4}, {8, 2, 8, 6, 9, 7}}
	if c := Clustering(judges); math.Abs(c.Share-.7148407) > 1e-7 { // (11.24167-1.01944)/(11.24167+3*1.01944), their table 3
		t.Errorf("share %v", c.Share)
	}
}

func TestClusteringByHand(t *testing.T) {
	same := Sample{{1, 0, 0, 1}, {1, 0, 0, 1}, {1, 0, 0, 1}}
	if c := Clustering(same); math.Abs(c.Share-1) > 1e-12 || c.Shared != 6 || c.Expected != 3 || math.Abs(c.SD-1) > 1e-12 || math.Abs(c.Z()-3) > 1e-12 {
		t.Errorf("the same errors: %+v", c)
	}
	apart := Sample{{1, 1, 0, 0}, {0, 0, 1, 1}}
	if c := Clustering(apart); math.Abs(c.Share+1) > 1e-12 || c.Shared != 0 || c.Expected != 1 {
		t.Errorf("errors apart: %+v", c)
	}
	if c := Clustering(Sample{{0, 0}, {1, 1}}); !math.IsNaN(c.Share) || !math.IsNaN(c.Z()) {
		t.Errorf("errors that do not vary: %+v", c)
	}
	mustPanic(t, "one condition", func() { Clustering(same[:1]) })
	mustPanic(t, "one image", func() { Clustering(Sample{{1}, {1}}) })
	mustPanic(t, "images", func() { Clustering(Sample{{1, 1}, {1, 1, 1}}) })
}

// The share is the ANOVA's, Q is Cochran's, and mean and deviation of shared errors are those of permuted images.
func TestClusteringProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		conditions, images := rapid.IntRange(2, 5).Draw(t, "conditions"), rapid.IntRange(2, 12).Draw(t, "images")
		x := drawSample(t, "x", conditions, images)
		c := Clustering(x)
		if math.IsNaN(c.Share) {
			return
		}
		k, n := float64(conditions), float64(images)
		if c.Share < -1/(k-1)-1e-12 || c.Share > 1+1e-12 {
			t.Fatalf("share %v of %v conditions", c.Share, k)
		}
		var between, within, grand, sumR2, sumC2 float64
		for m := range images {
			var sum float64
			for s := range x {
				sum += x[s][m]
			}
			between += sum * sum / k
			sumC2 += sum * sum
			grand += sum
		}
		var squares, columns float64
		for _, row := range x {
			sum := stat.Mean(row, nil) * n
			columns += sum * sum / n
			sumR2 += sum * sum
			for _, v := range row {
				squares += v * v
			}
		}
		correction := grand * grand / (k * n)
		within = (squares - between - columns + correction) / (n - 1) / (k - 1)
		between = (between - correction) / (n - 1)
		if want := (between - within) / (between + (k-1)*within); math.Abs(c.Share-want) > 1e-9 {
			t.Fatalf("share %v, the analysis of variance gives %v", c.Share, want)
		}
		q := n * (n - 1) * (sumC2 - grand*grand/n) / (n*grand - sumR2)
		if got := (n - 1) * (1 + (k-1)*c.Share); math.Abs(got-q) > 1e-9*(1+q) {
			t.Fatalf("Q %v by the share, Cochran's is %v", got, q)
		}
		o := Overlapping(marks(x[0]), marks(x[1]))
		pair := Clustering(x[:2])
		if mean, sd := o.Expected(); pair.Shared != float64(o.Both) || math.Abs(pair.Expected-mean) > 1e-12 || !(math.Abs(pair.SD-sd) < 1e-9) {
			t.Fatalf("of two conditions %+v, their overlap %+v expects %v +- %v", pair, o, mean, sd)
		}
		if phi := o.Phi(); !math.IsNaN(phi) && math.Abs(phi-stat.Correlation(x[0], x[1], nil)) > 1e-9 {
			t.Fatalf("phi %v, the correlation is %v", phi, stat.Correlation(x[0], x[1], nil))
		}
	})
}

func marks(row []float64) []uint8 {
	list := make([]uint8, len(row))
	for m, v := range row {
		list[m] = uint8(v)
	}
	return list
}

// Independent errors of unequal rates give z of mean 0 and variance 1; images of unequal ease a large one.
func TestClusteringOfDrawnErrors(t *testing.T) {
	const trials, conditions, images = 1000, 5, 60
	r := newNormals(700)
	draw := func(ease float64) Sample {
		latent := r.sample(effects{image: ease, both: 1}, conditions, images)
		for s, row := range latent {
			for m, v := range row {
				row[m] = 0
				if v > float64(s)*.5-1 {
					row[m] = 1
				}
			}
		}
		return latent
	}
	var z, clustered []float64
	for range trials {
		z = append(z, Clustering(draw(0)).Z())
		clustered = append(clustered, Clustering(draw(1)).Z())
	}
	mean, variance := stat.MeanVariance(z, nil)
	if math.Abs(mean) > 4/math.Sqrt(trials) || math.Abs(variance-1) > 4*math.Sqrt(3./trials) { // kurtosis 4 at most
		t.Errorf("z of independent errors has mean %.3f and variance %.3f", mean, variance)
	}
	if m := stat.Mean(clustered, nil); m < 5 {
		t.Errorf("z of clustered errors is %.2f on the mean", m)
	}
}

func TestOverlappingByHand(t *testing.T) {
	o := Overlapping([]uint8{1, 1, 1, 0, 0}, []uint8{1, 0, 0, 1, 0})
	if o != (Overlap{Both: 1, First: 2, Second: 1, Neither: 1}) {
		t.Errorf("%+v", o)
	}
	if mean, sd := o.Expected(); math.Abs(mean-1.2) > 1e-12 || math.Abs(sd-.6) > 1e-12 { // 3*2/5; sqrt(3*2*2*3/(25*4))
		t.Errorf("expected %v +- %v", mean, sd)
	}
	if !math.IsNaN((Overlap{Both: 1, First: 1}).Phi()) {
		t.Error("one of them happens always, and they correlate")
	}
	mustPanic(t, "lengths", func() { Overlapping([]uint8{1}, nil) })
}

func TestFailureAUCByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		margin []float64
		wrong  []uint8
		auc    float64
		se     float64 // by DeLong's placements
	}{
		{"separated", []float64{1, 2, 3, 4}, []uint8{1, 1, 0, 0}, 1, 0},
		{"the wrong way", []float64{1, 2, 3, 4}, []uint8{0, 0, 1, 1}, 0, 0},
		{"all tied", []float64{2, 2, 2, 2}, []uint8{0, 1, 0, 1}, .5, 0},
		{"interleaved", []float64{1, 2, 3, 4}, []uint8{1, 0, 1, 0}, .75, math.Sqrt(.125/2 + .125/2)}, // placements 1, .5 and .5, 1
		{"a tie between", []float64{1, 2, 2, 3}, []uint8{1, 1, 0, 0}, .875, math.Sqrt(.03125/2 + .03125/2)},
	} {
		a, ok := FailureAUC(c.margin, c.wrong)
		if !ok || math.Abs(a.Value-c.auc) > 1e-12 || math.Abs(a.SE-c.se) > 1e-12 || a.Failures != 2 || a.Images != 4 {
			t.Errorf("%s: %+v, %v, want %v +- %v", c.name, a, ok, c.auc, c.se)
		}
	}
	for _, wrong := range [][]uint8{{1, 0, 0, 0}, {1, 1, 1, 0}, {0, 0, 0, 0}} {
		if a, ok := FailureAUC([]float64{1, 2, 3, 4}, wrong); ok {
			t.Errorf("%v: %+v of a group of one or none", wrong, a)
		}
	}
	mustPanic(t, "NaN", func() { FailureAUC([]float64{math.NaN()}, []uint8{0}) })
	mustPanic(t, "lengths", func() { FailureAUC([]float64{1}, nil) })
}

// It is the share of pairs, any increasing change of margins leaves it, and turning them about mirrors it.
func TestFailureAUCProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 30).Draw(t, "images")
		margin, grown, turned, wrong := make([]float64, n), make([]float64, n), make([]float64, n), make([]uint8, n)
		for m := range margin {
			margin[m] = float64(rapid.IntRange(-4, 4).Draw(t, "margin"))
			grown[m], turned[m] = math.Exp(margin[m]), -margin[m]
			wrong[m] = rapid.Uint8Range(0, 1).Draw(t, "wrong")
		}
		a, ok := FailureAUC(margin, wrong)
		var pairs, lower float64
		for i, w := range wrong {
			for j, v := range wrong {
				if w == 1 && v == 0 {
					pairs++
					if margin[i] < margin[j] {
						lower++
					} else if margin[i] == margin[j] {
						lower += .5
					}
				}
			}
		}
		if !ok {
			if pairs > 0 && a.Failures > 1 && a.Images-a.Failures > 1 {
				t.Fatalf("%v pairs, and no AUC", pairs)
			}
			return
		}
		if math.Abs(a.Value-lower/pairs) > 1e-12 {
			t.Fatalf("AUC %v, of %v pairs %v", a.Value, pairs, lower)
		}
		if b, _ := FailureAUC(grown, wrong); b != a {
			t.Fatalf("%+v after an increasing change, %+v before", b, a)
		}
		if b, _ := FailureAUC(turned, wrong); math.Abs(b.Value-(1-a.Value)) > 1e-12 || math.Abs(b.SE-a.SE) > 1e-12 {
			t.Fatalf("%+v turned about, %+v before", b, a)
		}
	})
}

// The standard error is that of repeated samples.
func TestFailureAUCStandardError(t *testing.T) {
	const trials, images = 1500, 120
	r := newNormals(800)
	var values []float64
	var squares float64
	for range trials {
		margin, wrong := make([]float64, images), make([]uint8, images)
		for m := range margin {
			if m%3 == 0 {
				wrong[m] = 1
			}
			margin[m] = math.Round(2*(r.next()-float64(wrong[m]))) / 2 // with ties
		}
		a, _ := FailureAUC(margin, wrong)
		values = append(values, a.Value)
		squares += a.SE * a.SE / trials
	}
	// A variance of n values is off by a share of sqrt(2/n); DeLong's is unbiased but for terms of 1/failures.
	if ratio := stat.Variance(values, nil) / squares; math.Abs(ratio-1) > 4*math.Sqrt(2./trials)+1./40 {
		t.Errorf("the variance over trials is %.3f of the mean square of SE", ratio)
	}
}
