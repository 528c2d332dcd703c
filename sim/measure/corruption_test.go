package measure

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCorruptionErrorsByHand(t *testing.T) {
	arm := ErrorShares(.1, [][]float64{{.2, .4}, {.3, .5}})
	reference := ErrorShares(.2, [][]float64{{.4, .8}, {.3, .3}})
	each, mean := CorruptionErrors(arm, reference)
	for _, c := range []struct {
		name              string
		got               CorruptionError
		raw, ce, relative float64
	}{
		{"first", each[0], .3, .6 / 1.2, (.6 - .2) / (1.2 - .4)},
		{"second", each[1], .4, .8 / .6, (.8 - .2) / (.6 - .4)},
		{"mean", mean, .35, (.5 + 4./3) / 2, (.5 + 3) / 2},
	} {
		for i, want := range []float64{c.raw, c.ce, c.relative} {
			got := []Paired{{c.got.Raw.Mean, c.got.Raw.Lo, c.got.Raw.Hi}, *c.got.CE, *c.got.Relative}[i]
			if math.Abs(got.Mean-want) > 1e-12 || got.Lo != got.Mean || got.Hi != got.Mean {
				t.Errorf("%s, number %d: %+v, want %v without width", c.name, i, got, want)
			}
		}
	}
}

func TestMissingCorruptionErrors(t *testing.T) {
	arm := ErrorShares(.1, [][]float64{{.2}, {.3}, {.3}})
	each, mean := CorruptionErrors(arm, ErrorShares(.2, [][]float64{{.4}, {.2}, {0}}))
	for c, want := range [][2]bool{{true, true}, {true, false}, {false, false}} { // corrupted worse, as good, and better than clean
		if got := [2]bool{each[c].CE != nil, each[c].Relative != nil}; got != want {
			t.Errorf("corruption %d: CE and relative there: %v, want %v", c, got, want)
		}
	}
	if mean.CE != nil || mean.Relative != nil || math.Abs(mean.Raw.Mean-.8/3) > 1e-12 {
		t.Errorf("mean %+v", mean)
	}
	for name, f := range map[string]func(){
		"corruptions":   func() { CorruptionErrors(arm, ErrorShares(.1, nil)) },
		"levels":        func() { CorruptionErrors(ErrorShares(.1, [][]float64{{.1}}), ErrorShares(.1, [][]float64{{.1, .2}})) },
		"no level":      func() { CorruptionErrors(ErrorShares(.1, [][]float64{{}}), ErrorShares(.1, [][]float64{{}})) },
		"no corruption": func() { CorruptionErrors(ErrorShares(.1, nil), ErrorShares(.1, nil)) },
	} {
		mustPanic(t, name, f)
	}
}

// An arm held against itself has mCE 1 exactly, and the raw mean is that of the samples.
func TestCorruptionErrorsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Corrupted {
			c := Corrupted{Clean: drawSample(t, name, 2, 8)}
			for range 2 {
				c.Levels = append(c.Levels, []Sample{drawSample(t, name, 2, 8), drawSample(t, name, 2, 8), drawSample(t, name, 2, 8)})
			}
			return c
		}
		arm, reference := draw("arm"), draw("reference")
		each, mean := CorruptionErrors(arm, arm)
		for _, e := range append(slices.Clone(each), mean) {
			for _, p := range []*Paired{e.CE, e.Relative} {
				if p != nil && (math.Abs(p.Mean-1) > 1e-12 || p.Hi-p.Lo > 1e-12) {
					t.Fatalf("an arm against itself: %+v", *p)
				}
			}
		}
		each, mean = CorruptionErrors(arm, reference)
		var want float64
		for c, levels := range arm.Levels {
			one := (levels[0].Mean() + levels[1].Mean() + levels[2].Mean()) / 3
			if e := each[c].Raw; math.Abs(e.Mean-one) > 1e-12 || e.Lo < 0 || e.Hi > 1 || e.Lo > e.Mean || e.Hi < e.Mean || e.Seeds != 2 {
				t.Fatalf("raw error %+v, want a mean of %v", e, one)
			}
			want += one / 2
			if p := each[c].CE; p != nil && (p.Mean < 0 || !(p.Lo <= p.Mean && p.Mean <= p.Hi)) {
				t.Fatalf("CE %+v", *p)
			}
		}
		if math.Abs(mean.Raw.Mean-want) > 1e-12 {
			t.Fatalf("raw mean %v, want %v", mean.Raw.Mean, want)
		}
	})
}

// The intervals of mCE and of the relative mCE cover the ratios that the errors were drawn with.
func TestCorruptionErrorsCover(t *testing.T) {
	const trials, seeds, images = 600, 3, 150
	truth := func(level int, factor float64) float64 { return factor * (.1 + .1*float64(level)) }
	factors, references := []float64{.8, 1.2}, []float64{1, 1.4}
	var wantCE, wantRelative float64
	for c := range factors {
		var e, base float64
		for level := range 3 {
			e, base = e+truth(level+1, factors[c]), base+truth(level+1, references[c])
		}
		wantCE += e / base / 2
		wantRelative += (e - 3*truth(0, 1)) / (base - 3*truth(0, 1.1)) / 2
	}
	r := newNormals(600)
	noise := func(mean float64, ease Sample) Sample {
		return r.sample(effects{mean: mean, seed: .005, image: .1, both: .2}, seeds, images).plus(1, ease)
	}
	var ce, relative, width int
	for range trials {
		ease := r.sample(effects{image: .2}, seeds, images) // an image is as easy for one arm as for the other
		var arm, reference Corrupted
		arm.Clean, reference.Clean = noise(truth(0, 1), ease), noise(truth(0, 1.1), ease)
		for c := range factors {
			var a, b []Sample
			for level := range 3 {
				a, b = append(a, noise(truth(level+1, factors[c]), ease)), append(b, noise(truth(level+1, references[c]), ease))
			}
			arm.Levels, reference.Levels = append(arm.Levels, a), append(reference.Levels, b)
		}
		_, mean := CorruptionErrors(arm, reference)
		if mean.CE == nil || mean.Relative == nil {
			t.Fatal("errors that are there were not found")
		}
		if mean.CE.Lo <= wantCE && wantCE <= mean.CE.Hi {
			ce++
		}
		if mean.Relative.Lo <= wantRelative && wantRelative <= mean.Relative.Hi {
			relative++
		}
		if mean.CE.Hi-mean.CE.Lo < .5 {
			width++
		}
	}
	t.Logf("coverage %.4f and %.4f", float64(ce)/trials, float64(relative)/trials)
	for name, covered := range map[string]int{"mCE": ce, "relative mCE": relative} {
		if share := float64(covered) / trials; share < .95-below(.95, trials) {
			t.Errorf("the interval of %s covers in %.4f", name, share)
		}
	}
	if width < trials {
		t.Errorf("%d of %d intervals of mCE are wider than .5", trials-width, trials)
	}
}

func TestWrong(t *testing.T) {
	if x := Wrong([][]uint8{{1, 0}, {0, 0}}); x[0][0] != 0 || x[0][1] != 1 || x.Mean() != .75 {
		t.Errorf("%v", x)
	}
}
