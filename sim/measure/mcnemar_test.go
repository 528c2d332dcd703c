package measure

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestSignTest(t *testing.T) {
	for _, c := range []struct {
		a, b int
		p    float64
	}{{0, 0, 1}, {1, 0, 1}, {2, 0, .5}, {5, 0, .0625}, {4, 1, .375}, {3, 3, 1}, {8, 2, .109375}, {10, 0, 2. / 1024}} {
		for _, p := range []float64{SignTest(c.a, c.b), SignTest(c.b, c.a)} {
			if math.Abs(p-c.p) > 1e-14 {
				t.Errorf("%d and %d: p %v, want %v", c.a, c.b, p, c.p)
			}
		}
	}
	mustPanic(t, "negative", func() { SignTest(-1, 3) })
}

// The p-value is the sum of the probabilities of splits as uneven, and no level is exceeded.
func TestSignTestIsExact(t *testing.T) {
	for n := 1; n <= 60; n++ {
		law := distuv.Binomial{N: float64(n), P: .5}
		for a := range n + 1 {
			var want float64
			for k := range n + 1 {
				if max(k, n-k) >= max(a, n-a) {
					want += law.Prob(float64(k))
				}
			}
			if p := SignTest(a, n-a); math.Abs(p/want-1) > 1e-10 {
				t.Fatalf("%d and %d: p %v, want %v", a, n-a, p, want)
			}
		}
	}
}

func TestMcNemar(t *testing.T) {
	x := Right([][]uint8{{1, 1, 1, 0, 1}, {1, 0, 1, 0, 1}})
	y := Right([][]uint8{{0, 1, 1, 1, 0}, {0, 1, 1, 0, 1}})
	r := McNemar(x, y)
	if !slices.Equal(r.Seeds, []Discordant{{2, 1}, {1, 1}}) || r.Sum != (Discordant{3, 2}) || r.Images != (Discordant{2, 2}) {
		t.Errorf("%+v", r)
	}
	if p := r.Sum.P(); p != SignTest(3, 2) || p != 1 {
		t.Errorf("p %v", p)
	}
	mustPanic(t, "shapes", func() { McNemar(x, x[:1]) })
}

func TestMcNemarProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seeds, images := rapid.IntRange(1, 4).Draw(t, "seeds"), rapid.IntRange(1, 12).Draw(t, "images")
		x, y := drawSample(t, "x", seeds, images), drawSample(t, "y", seeds, images)
		there, back := McNemar(x, y), McNemar(y, x)
		if there.Sum.First != back.Sum.Second || there.Images.First != back.Images.Second || there.Sum.P() != back.Sum.P() {
			t.Fatalf("%+v one way, %+v the other", there, back)
		}
		if d := float64(there.Sum.First-there.Sum.Second)/float64(seeds*images) - x.Minus(y).Mean(); math.Abs(d) > 1e-12 {
			t.Fatalf("the counts give a difference that is off by %v", d)
		}
		if seeds == 1 && (there.Images != there.Sum || there.Seeds[0] != there.Sum) {
			t.Fatalf("of one seed %+v", there)
		}
		if p := there.Images.P(); p <= 0 || p > 1 {
			t.Fatalf("p %v", p)
		}
	})
}

// Two arms equally good whose luck with an image is the same in every seed: the test that takes every image once keeps
// its level, the stratified one is too sure, as its comment says.
func TestMcNemarByImage(t *testing.T) {
	const trials, seeds, images = 1000, 3, 80
	r := newNormals(500)
	var byImage, stratified int
	for range trials {
		rows := [2][][]uint8{}
		for arm := range rows {
			one := make([]uint8, images)
			for m := range one {
				if r.next() > 0 {
					one[m] = 1
				}
			}
			for range seeds {
				rows[arm] = append(rows[arm], one)
			}
		}
		d := McNemar(Right(rows[0]), Right(rows[1]))
		if d.Images.P() <= .05 {
			byImage++
		}
		if d.Sum.P() <= .05 {
			stratified++
		}
	}
	if share := float64(byImage) / trials; share > .05+below(.05, trials) {
		t.Errorf("by image it rejects in %.3f of the trials at level .05", share)
	}
	if share := float64(stratified) / trials; share < .15 {
		t.Errorf("stratified it rejects in %.3f: the trial shows nothing", share)
	}
}
