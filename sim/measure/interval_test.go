package measure

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"murmur/neuron/random"
)

// effects is the size of each random effect: x[seed][image] = mean + seed + image + seed on image.
type effects struct {
	name              string
	mean              float64
	seed, image, both float64 // standard deviations
}

// normals draws from one stream; every test has one of its own.
type normals struct{ *random.Stream }

func (r normals) next() float64 { return float64(r.Normal()) }

func newNormals(number uint32) normals {
	return normals{random.Key{Seed: 1, Purpose: random.Split}.Stream(number, 0)}
}

func (r normals) sample(e effects, seeds, images int) Sample {
	x := make(Sample, seeds)
	image := make([]float64, images)
	for m := range image {
		image[m] = e.image * r.next()
	}
	for s := range x {
		x[s] = make([]float64, images)
		seed := e.seed * r.next()
		for m := range x[s] {
			x[s][m] = e.mean + seed + image[m] + e.both*r.next()
		}
	}
	return x
}

// below is by how much the share of n trials may stay below its probability p: four standard deviations of a binomial,
// which one honest test in 30,000 falls short of.
func below(p float64, n int) float64 { return 4 * math.Sqrt(p*(1-p)/float64(n)) }

// The interval errs to the wide side, least where seeds differ far more than images: there it is Student's of the seeds.
func TestIntervalCoversCrossedEffects(t *testing.T) {
	const trials, seeds, images = 2000, 3, 200
	for number, tt := range []struct {
		effects
		least float64
	}{
		{effects{"images alone", .3, 0, 1, 0}, .95},
		{effects{"seeds alone", .3, 1, 0, 0}, .95},
		{effects{"what is peculiar to a seed on an image alone", .3, 0, 0, 1}, .95},
		{effects{"images above all, as of accuracies", .8, .005, .35, .2}, .95},
		{effects{"seeds as much as images", .8, .03, .35, .2}, .95},
		{effects{"seeds five times as much as images", .8, .15, .35, .2}, .948},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newNormals(uint32(number))
			covered := 0
			for range trials {
				mean, half := r.sample(tt.effects, seeds, images).Interval()
				if math.Abs(mean-tt.mean) <= half {
					covered++
				}
			}
			share := float64(covered) / trials
			t.Logf("coverage %.4f", share)
			if share < tt.least-below(tt.least, trials) {
				t.Errorf("the 95 %% interval covers in %.4f of %d trials, want at least %v", share, trials, tt.least)
			}
		})
	}
}

// Decisions of three classifiers: right where an image's ease and a seed's skill say so.
func TestIntervalCoversAccuracies(t *testing.T) {
	const trials, seeds, images = 2000, 3, 300
	r := newNormals(100)
	// P(ease + skill + luck > -1) with variances 1, .0025 and .25 is that of one normal.
	truth := distuv.UnitNormal.CDF(1 / math.Sqrt(1+.0025+.25))
	covered := 0
	for range trials {
		correct := make([][]uint8, seeds)
		latent := r.sample(effects{seed: .05, image: 1, both: .5}, seeds, images)
		for s := range latent {
			correct[s] = make([]uint8, images)
			for m, v := range latent[s] {
				if v > -1 {
					correct[s][m] = 1
				}
			}
		}
		if a := Right(correct).Accuracy(); a.Lo <= truth && truth <= a.Hi && a.Seeds == seeds {
			covered++
		}
	}
	if share := float64(covered) / trials; share < .95-below(.95, trials) {
		t.Errorf("the 95 %% interval of an accuracy covers in %.4f of %d trials", share, trials)
	}
}

// oneSeed is n decisions of which k are right.
func oneSeed(k, n int) Sample {
	c := make([]uint8, n)
	for i := range k {
		c[i] = 1
	}
	return Right([][]uint8{c})
}

func TestOneSeedCoversImagesAlone(t *testing.T) {
	const n = 300
	student := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975)
	for k := range n + 1 {
		p := float64(k) / n
		mean, half := oneSeed(k, n).Interval()
		want := student * math.Sqrt(p*(1-p)/(n-1))
		if math.Abs(mean-p) > 1e-12 || math.Abs(half-want) > 1e-12 {
			t.Fatalf("%d of %d: %v +- %v, want %v +- %v", k, n, mean, half, p, want)
		}
	}
	for _, p := range []float64{.2, .5, .8} { // summed over every number right that a binomial may give
		law := distuv.Binomial{N: n, P: p}
		var covered float64
		for k := range n + 1 {
			if a := oneSeed(k, n).Accuracy(); a.Lo <= p && p <= a.Hi {
				covered += law.Prob(float64(k))
			}
		}
		if math.Abs(covered-.95) > .012 { // the lattice of k makes it jump by the largest probability at the ends, .0086 each
			t.Errorf("accuracy %v of %d images: covered with probability %.4f", p, n, covered)
		}
	}
}

func TestConstantSamplesHaveNoWidth(t *testing.T) {
	for _, shape := range [][2]int{{1, 2}, {1, 5}, {3, 2}, {3, 5}} {
		for _, v := range []float64{0, .25, 1} {
			x := make(Sample, shape[0])
			for s := range x {
				for range shape[1] {
					x[s] = append(x[s], v)
				}
			}
			if mean, half := x.Interval(); mean != v || half != 0 {
				t.Errorf("%d x %d of %v: %v +- %v", shape[0], shape[1], v, mean, half)
			}
			if a := x.Accuracy(); a != (Estimate{v, v, v, shape[0]}) {
				t.Errorf("%d x %d of %v: %+v", shape[0], shape[1], v, a)
			}
			if p := x.Paired(x); p != (Paired{}) {
				t.Errorf("%d x %d of %v less itself: %+v", shape[0], shape[1], v, p)
			}
		}
	}
}

func drawSample(t *rapid.T, name string, seeds, images int) Sample {
	c := make([][]uint8, seeds)
	for s := range c {
		c[s] = rapid.SliceOfN(rapid.Uint8Range(0, 1), images, images).Draw(t, name)
	}
	return Right(c)
}

func TestIntervalProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seeds, images := rapid.IntRange(1, 4).Draw(t, "seeds"), rapid.IntRange(2, 12).Draw(t, "images")
		x, y := drawSample(t, "x", seeds, images), drawSample(t, "y", seeds, images)
		a := x.Accuracy()
		if !(0 <= a.Lo && a.Lo <= a.Mean+1e-12 && a.Mean <= a.Hi+1e-12 && a.Hi <= 1) {
			t.Fatalf("accuracy %+v", a)
		}
		mean, half := x.Minus(y).Interval()
		if p := x.Paired(y); p != (Paired{mean, mean - half, mean + half}) {
			t.Fatalf("paired %+v, the interval of the differences is %v +- %v", p, mean, half)
		}
		if there, back := x.Paired(y), y.Paired(x); math.Abs(there.Lo+back.Hi) > 1e-12 || math.Abs(there.Mean+back.Mean) > 1e-12 {
			t.Fatalf("%+v one way, %+v the other", there, back)
		}
		if d := x.Mean() - y.Mean() - mean; math.Abs(d) > 1e-12 {
			t.Fatalf("the mean difference is off the difference of means by %v", d)
		}
		if math.IsNaN(half) || math.IsInf(half, 0) {
			t.Fatalf("half-width %v", half)
		}
	})
}

// Common images cancel: a paired interval is far narrower than that of either accuracy.
func TestPairingHelps(t *testing.T) {
	r := newNormals(200)
	x := r.sample(effects{mean: .5, image: 1}, 3, 300)
	y := make(Sample, len(x))
	for s := range x {
		for _, v := range x[s] {
			y[s] = append(y[s], v-.1+.01*r.next())
		}
	}
	_, alone := x.Interval()
	p := x.Paired(y)
	if math.Abs(p.Mean-.1) > .002 || p.Hi-p.Lo > alone/10 {
		t.Errorf("paired %+v, alone +-%v", p, alone)
	}
}

func TestRecovered(t *testing.T) {
	none := Sample{{0, 0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1}}
	oracle := Sample{{1, 1, 1, 1, 0, 1}, {1, 1, 1, 1, 0, 1}}
	half := Sample{{1, 1, 0, 0, 0, 1}, {1, 1, 0, 0, 0, 1}}
	tests := []struct {
		name         string
		arm          Sample
		oracle       Sample
		want         float64
		zero, absent bool // width 0; nothing to recover
	}{
		{"the oracle itself", oracle, oracle, 1, true, false},
		{"none itself", none, oracle, 0, true, false},
		{"half", half, oracle, .5, false, false},
		{"an oracle that is none", half, none, 0, false, true},
		{"an oracle that only loses", half, Sample{{0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}}, 0, false, true},
		{"an oracle whose gain may be nothing", half, Sample{{1, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 1}}, 0, false, true},
	}
	for _, tt := range tests {
		r, err := Recovered(tt.arm, none, tt.oracle)
		if (err != nil) != tt.absent {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if math.Abs(r.Mean-tt.want) > 1e-12 || tt.zero && r.Hi != r.Lo || !tt.zero && !tt.absent && r.Hi <= r.Lo {
			t.Errorf("%s: %+v, want a mean of %v", tt.name, r, tt.want)
		}
		if tt.absent && r != (Paired{}) {
			t.Errorf("%s: %+v where there is nothing to recover", tt.name, r)
		}
	}
	const reason = "the oracle does not clearly gain there: -66.7 points [-120.9, -12.5]"
	if _, err := Recovered(half, oracle, none); err == nil || err.Error() != reason {
		t.Errorf("an oracle that clearly loses: %v, want %q", err, reason)
	}
}

// Whatever is measured, there is a ratio if and only if the lower end of the oracle's paired interval is above 0.
func TestRecoveredNeedsAGain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seeds, images := rapid.IntRange(1, 3).Draw(t, "seeds"), rapid.IntRange(1, 12).Draw(t, "images")
		draw := func(name string) Sample {
			x := make(Sample, seeds)
			for s := range x {
				for range images {
					x[s] = append(x[s], float64(rapid.IntRange(0, 1).Draw(t, name)))
				}
			}
			return x
		}
		arm, none, oracle := draw("arm"), draw("none"), draw("oracle")
		if r, err := Recovered(arm, none, oracle); (err == nil) != (oracle.Paired(none).Lo > 0) || err != nil && r != (Paired{}) {
			t.Fatalf("%+v, %v where the oracle gains %+v", r, err, oracle.Paired(none))
		}
	})
}

func TestRecoveredCovers(t *testing.T) {
	const trials, seeds, images, gain, ratio = 2000, 3, 200, .3, .6
	r := newNormals(300)
	covered, asked := 0, 0
	for range trials {
		none := r.sample(effects{mean: .2, seed: .01, image: .35, both: .2}, seeds, images)
		most := r.sample(effects{mean: gain, seed: .01, image: .3, both: .2}, seeds, images)
		own := r.sample(effects{seed: .01, image: .2, both: .2}, seeds, images) // of the arm alone
		arm := none.plus(ratio, most).plus(1, own)
		p, err := Recovered(arm, none, none.plus(1, most))
		if err != nil {
			continue
		}
		asked++
		if p.Lo <= ratio && ratio <= p.Hi {
			covered++
		}
	}
	if asked < trials*99/100 {
		t.Fatalf("a gain of %v was found in %d of %d trials", gain, asked, trials)
	}
	share := float64(covered) / float64(asked)
	t.Logf("coverage %.4f", share)
	if share < .95-below(.95, asked) || share > .999 { // half the width, or twice
		t.Errorf("the interval of the ratio covers in %.4f of %d trials", share, asked)
	}
}

func TestShapesPanic(t *testing.T) {
	two, three := Sample{{1, 0}}, Sample{{1, 0, 1}}
	for name, f := range map[string]func(){
		"images": func() { two.Minus(three) },
		"seeds":  func() { two.Paired(Sample{{1, 0}, {1, 0}}) },
		"arm":    func() { Recovered(three, two, two) },
		"oracle": func() { Recovered(two, two, three) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: samples of different shapes pass", name)
				}
			}()
			f()
		}()
	}
}

// TestOneImageTellsNothing: of one image, in however many seeds, no difference is clear.
func TestOneImageTellsNothing(t *testing.T) {
	for _, right := range []Sample{{{1}}, {{1}, {1}, {1}}} {
		wrong := right.Minus(right)
		if p := right.Paired(wrong); p.Lo > 0 {
			t.Errorf("%d seeds: the difference of one image is clear: %+v", len(right), p)
		}
		if p := wrong.Paired(right); p.Hi < 0 {
			t.Errorf("%d seeds: the difference of one image is clear: %+v", len(right), p)
		}
		if a := right.Accuracy(); a.Lo != 0 || a.Hi != 1 {
			t.Errorf("%d seeds: accuracy of one image %+v", len(right), a)
		}
	}
}
