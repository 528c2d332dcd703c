package attack_test

import (
	"testing"

	"murmur/sim/attack"
)

// pursue attacks the twenty digits and returns how many keep their label and how
// far the images went on average.
func pursue(t *testing.T, a attack.Attack, m attack.Model, b attack.Batch) (correct int, distance float64) {
	t.Helper()
	adv := make([]float32, len(b.X))
	if err := a.Perturb(t.Context(), adv, m, b, cleanPredictions); err != nil {
		t.Fatal(err)
	}
	for i := range b.ID {
		distance += attack.L2.Distance(b.X[i*784:(i+1)*784], adv[i*784:(i+1)*784]) / 20
	}
	correct, _ = judge(m, attack.Batch{X: adv, ID: b.ID})
	return correct, distance
}

// TestFixtureSquare shows what the fixture is for: at .1 ascent on the
// cross-entropy leaves 8 of 20 digits, and a search without gradients fewer.
func TestFixtureSquare(t *testing.T) {
	t.Parallel()
	m, b := fixture(t)
	ascent, _ := pursue(t, attack.NewBIM(attack.Linf, .1, attack.Draws{N: 1}), m, b)
	square, _ := pursue(t, attack.NewSquare(attack.Linf, .1, 28, attack.Draws{N: 1}, 1), m, b)
	paper, _ := pursue(t, attack.NewPaperSquare(attack.Linf, .1, 28, 0, 1), m, b)
	wide, _ := pursue(t, attack.NewSquare(attack.Linf, .2, 28, attack.Draws{N: 1}, 1), m, b)
	l2, _ := pursue(t, attack.NewSquare(attack.L2, 2, 28, attack.Draws{N: 1}, 1), m, b)
	t.Logf("of 20 digits are left: at .1 by ascent %d, by Square %d, by the paper's 100 queries %d; at .2 by Square %d; in L2 at 2 %d",
		ascent, square, paper, wide, l2)
	if ascent != 8 {
		t.Errorf("ascent leaves %d digits, published 8", ascent)
	}
	if square > ascent-2 || paper <= square || wide != 0 || l2 != 0 {
		t.Error("want Square clearly below ascent, the paper's search above Square, and none left in the large balls")
	}
}

// TestFixtureReferences holds the attacks without gradients, as scenarios make them, against what public tools reach with
// as many queries: Square leaves 5 of the digits with 5,000, HopSkipJump ends 1.47 away with 1,000.
func TestFixtureReferences(t *testing.T) {
	t.Parallel()
	net, b := fixture(t)
	m := &quickNet{convNet: net}
	with := func(name string, queries int) attack.Attack {
		k, _ := attack.LookupKind(name)
		preset, _ := attack.LookupPreset("standard")
		return k.New(attack.Options{Preset: preset.With(0, 0, 0, queries), Epsilon: .1, Seed: 1, Classes: 10, Width: 28, Height: 28})
	}
	left, _ := pursue(t, with("square-linf", 5000), m, b)
	hop, distance := pursue(t, with("hopskipjump-l2", 1000), m, b)
	t.Logf("Square leaves %d, HopSkipJump ends %.3f away", left, distance)
	if left > 5 || hop > 0 || distance > 1.47 {
		t.Errorf("Square leaves %d of 20, want at most 5; HopSkipJump leaves %d at a mean distance of %.3f, want none at 1.47 or less", left, hop, distance)
	}
}

// TestFixtureNearest: without a bound nothing stands. The mean distance that
// DeepFool reports here is .667, and no honest attack is far below.
func TestFixtureNearest(t *testing.T) {
	t.Parallel()
	m, b := fixture(t)
	hop, distance := pursue(t, attack.NewHopSkipJump(attack.L2, 2000, attack.Draws{N: 1}, 1), m, b)
	salt := attack.NewSaltPepper(attack.Draws{N: 1}, 1)
	salt.Steps = 100
	left, salted := pursue(t, salt, m, b)
	t.Logf("mean L2 distance %.3f by decisions, %.3f by salt and pepper", distance, salted)
	if hop != 0 || left != 0 {
		t.Errorf("%d digits left by decisions, %d by salt and pepper", hop, left)
	}
	if distance < .6 || distance > 1.4 || salted < 2*distance {
		t.Error("want a mean distance by decisions from .6 to 1.4, and far more of salt and pepper")
	}
}

// TestFixtureWithoutGradient: estimated slopes do at .1 about what true ones do,
// and chance alone does far less.
func TestFixtureWithoutGradient(t *testing.T) {
	t.Parallel()
	m, b := fixture(t)
	spsa := attack.NewSPSA(attack.Linf, .1, 20, attack.Draws{N: 1}, 1)
	spsa.Samples = 24
	climbed, _ := pursue(t, spsa, m, b)
	smoothed := attack.NewSmoothed(attack.Linf, .1, 24, attack.Draws{N: 1}, 1)
	smoothed.Steps, smoothed.Step = 20, .01
	smooth, _ := pursue(t, smoothed, m, b)
	noise := attack.NewRandomNoise(attack.Linf, .1, attack.Draws{N: 1}, 1)
	noise.Tries = 500
	chance, _ := pursue(t, noise, m, b)
	moved, _ := pursue(t, attack.NewSpatial(28, 28, attack.Draws{N: 1}), m, b)
	t.Logf("of 20 digits are left: %d by SPSA, %d by smoothed slopes, %d by noise, %d by moves", climbed, smooth, chance, moved)
	if climbed > 13 || smooth > 13 || chance <= climbed || chance <= smooth || chance == 20 {
		t.Error("want at most 13 by either slope, and more by noise, not all")
	}
	if moved > 4 {
		t.Error("want nearly all broken by moves")
	}
}
