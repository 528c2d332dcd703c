package experiment

import (
	"math"
	"slices"
	"testing"

	"murmur/sim/measure"
)

// Every accuracy of the result is the share of right decisions among its outcomes, of all seeds together and of each.
func TestOutcomesAreTheResult(t *testing.T) {
	o, err := newTiny(t).Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	type place struct {
		arm  measure.ArmKey
		cell measure.CellKey
	}
	right := map[place]map[uint64]float64{}
	for d := range o.Decisions {
		n := len(d.Right)
		if len(d.Image) != n || len(d.Class) != n || len(d.Decision) != n || len(d.Confidence) != n {
			t.Fatalf("%v: %d images, %d classes, %d decisions, %d right, %d confidences", d.Arm, len(d.Image), len(d.Class), len(d.Decision), n, len(d.Confidence))
		}
		k := place{d.Arm, d.Cell}
		if right[k] == nil {
			right[k] = map[uint64]float64{}
		}
		for i, r := range d.Right {
			right[k][d.Seed] += float64(r) / float64(n)
			if (r == 1) != (d.Class[i] == d.Decision[i]) || d.Confidence[i] <= 0 || d.Confidence[i] > 1 {
				t.Fatalf("%v, image %d: class %d, decision %d, right %d, confidence %v", k, d.Image[i], d.Class[i], d.Decision[i], r, d.Confidence[i])
			}
		}
	}
	cells := 0
	accuracy := func(a *measure.Arm, c measure.CellKey, seeds []uint64, want measure.Estimate) {
		t.Helper()
		var mean float64
		for _, s := range seeds {
			mean += right[place{a.Key(), c}][s] / float64(len(seeds))
		}
		if cells++; math.Abs(mean-want.Mean) > 1e-12 || want.Seeds != len(seeds) {
			t.Errorf("%s under %v: %v of %d seeds, of the outcomes %v", a.Name, c, want.Mean, want.Seeds, mean)
		}
	}
	check := func(arms []measure.Arm, seeds ...uint64) {
		for i := range arms {
			a := &arms[i]
			accuracy(a, measure.CellKey{Perturbation: measure.Clean}, seeds, a.Clean)
			for _, c := range a.Cells {
				accuracy(a, c.Key(), seeds, c.Accuracy)
			}
		}
	}
	check(o.Result.Arms, 7, 8)
	if cells != len(right) {
		t.Errorf("%d cells, %d of the outcomes", cells, len(right))
	}
	if len(o.Seeds) != 2 {
		t.Fatalf("%d seeds", len(o.Seeds))
	}
	for _, s := range o.Seeds {
		check(s.Arms, s.Seed)
		if len(s.RecoveredGain) != len(o.Result.Summary.RecoveredGain) {
			t.Errorf("seed %d: %d recovered gains", s.Seed, len(s.RecoveredGain))
		}
	}
}

// A curve leads to the noise that the arm ends with. Only what learns its noise has one.
func TestCurves(t *testing.T) {
	e := newTiny(t, "seeds=1")
	o, err := e.Run(t.Context(), quiet{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range o.Curves {
		names = append(names, c.Arm.Arm)
		i := slices.IndexFunc(o.Result.Arms, func(a measure.Arm) bool { return a.Key() == c.Arm })
		if i < 0 {
			t.Fatalf("no arm %v", c.Arm)
		}
		last := c.Points[len(c.Points)-1]
		passes := 1
		if o.Result.Arms[i].Rule == "gha" {
			passes = e.Noise.GHA.Passes
		}
		if want := 2 * passes * e.train.Len(); last.Glimpses != want {
			t.Errorf("%s: ends after %d glimpses, want %d", c.Arm.Arm, last.Glimpses, want)
		}
		if a := o.Result.Arms[i].Alignment; last.Alignment == nil || a == nil || math.Abs(*a-*last.Alignment) > 1e-5 {
			t.Errorf("%s: ends aligned %v, the arm %v", c.Arm.Arm, last.Alignment, a)
		}
		for k, p := range c.Points {
			if p.Power <= 0 || k > 0 && p.Glimpses <= c.Points[k-1].Glimpses {
				t.Errorf("%s: point %d is %+v", c.Arm.Arm, k, p)
			}
		}
	}
	if want := []string{"diagonal", "imprint radius=1", "imprint radius=all", "gha hubs=3"}; !slices.Equal(names, want) {
		t.Errorf("curves of %q, want %q", names, want)
	}
}
