package modification

import (
	"math"
	"testing"
)

// TestPoisson compares the share of the numbers u that lead to k with the
// probability of k: u on an even grid, which inverts exactly.
func TestPoisson(t *testing.T) {
	const grid = 200000
	for _, mean := range []float64{.02, .5, 1, 3, 7.99, 8, 8.01, 29.7, 250, 500, 1000} {
		counts := map[int]int{}
		var sum, squares float64
		for i := range grid {
			k := poisson(mean, (float64(i)+.5)/grid)
			counts[k]++
			sum += float64(k)
			squares += float64(k) * float64(k)
		}
		for k, n := range counts {
			logGamma, _ := math.Lgamma(float64(k + 1))
			want := math.Exp(float64(k)*math.Log(mean) - mean - logGamma)
			// A run of the grid is off by less than one step, and float32's exp by 1e-7.
			if math.Abs(float64(n)/grid-want) > 1./grid+1e-6*want {
				t.Errorf("mean %v: %d has a share of %v, want %v", mean, k, float64(n)/grid, want)
			}
		}
		average := sum / grid
		if variance := squares/grid - average*average; math.Abs(average-mean) > 1e-3*mean+1e-4 || math.Abs(variance-mean) > 3e-3*mean+1e-4 {
			t.Errorf("mean %v: mean %v and variance %v", mean, average, variance)
		}
	}
	for _, u := range []float64{1e-17, .5, 1 - 1e-16} {
		if got := poisson(0, u); got != 0 {
			t.Errorf("mean 0: %d", got)
		}
		if got := poisson(500, u); got < 0 || got > 1000 {
			t.Errorf("mean 500 at %v: %d", u, got)
		}
	}
}

// TestNoiseMoments: on uniform grey, far from black and white, noise has the
// mean and the variance of its formula, within four standard errors.
func TestNoiseMoments(t *testing.T) {
	const n, level = 200, 102. / 255
	src, dst := make([]float32, n*n), make([]float32, n*n)
	for i := range src {
		src[i] = level
	}
	luminanceSquares := .2989*.2989 + .587*.587 + .114*.114
	if got := math.Sqrt(luminanceSquares); math.Abs(got-.6685) > 5e-5 {
		t.Errorf("the norm of the luminance weights is %v", got)
	}
	const byteVariance = 1. / 12 / (255 * 255) // of what rounding or cutting adds
	for _, test := range []struct {
		name           string
		value          float32
		mean, variance float64
	}{
		{"cifar-c/gaussian_noise", .08, level - .5/255, .08*.08 + byteVariance},
		{"mnist-c-extra/gaussian_noise", .08, level, .08*.08 + byteVariance},
		// Three colours with noise of their own, each cut to bytes; the weights sum to .9999.
		{"paper/gaussian_noise", .08, .9999 * (level - .5/255), luminanceSquares * (.08*.08 + byteVariance)},
		{"cifar-c-validation/speckle_noise", .2, level - .5/255, .04*level*level + byteVariance},
		{"cifar-c/shot_noise", 500, level - .5/255, level/500 + byteVariance},
		{"mnist-c/shot_noise", 60, level, level/60 + byteVariance},
	} {
		mustLookup(t, test.name).Apply(dst, src, n, n, test.value, stream(5, 0))
		average := mean(dst)
		variance := 0.
		for _, v := range dst {
			variance += (float64(v) - average) * (float64(v) - average) / (n*n - 1)
		}
		// A grid of photons that bytes do not divide cuts unevenly: half a step more.
		if slack := 4*math.Sqrt(test.variance)/n + .5/255; math.Abs(average-test.mean) > slack {
			t.Errorf("%s: mean %v, want %v", test.name, average, test.mean)
		}
		if slack := 4 * math.Sqrt2 / n * test.variance * 1.1; math.Abs(variance-test.variance) > slack {
			t.Errorf("%s: variance %v, want %v", test.name, variance, test.variance)
		}
	}
	// Black has no photons and no speckles.
	clear(src)
	for _, name := range []string{"cifar-c/shot_noise", "cifar-c-validation/speckle_noise", "mnist-c/shot_noise", "mnist-c-extra/speckle_noise"} {
		m := mustLookup(t, name)
		m.Apply(dst, src, n, n, m.Value(m.Levels()), stream(5, 0))
		if mean(dst) != 0 {
			t.Errorf("%s lights black", name)
		}
	}
}

// TestPaperImpulse: of three colours each is hit with the probability p, black
// or white, and grey keeps its weight.
func TestPaperImpulse(t *testing.T) {
	const n, p = 200, .27
	src, dst := make([]float32, n*n), make([]float32, n*n)
	mustLookup(t, "paper/impulse_noise").Apply(dst, src, n, n, p, stream(1, 0))
	counts := map[float32]int{}
	for _, v := range dst {
		counts[v]++
	}
	if len(counts) != 8 { // each colour lit or not
		t.Fatalf("%d shades", len(counts))
	}
	untouched := math.Pow(1-p/2, 3)
	if got := float64(counts[0]) / (n * n); math.Abs(got-untouched) > 4*math.Sqrt(untouched*(1-untouched))/n {
		t.Errorf("%v remain black, want %v", got, untouched)
	}
}
