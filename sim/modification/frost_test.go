package modification

import (
	"math"
	"testing"
)

// TestFrost: the made-up frost has the statistics of the photographs of the
// original: the mean over crops of 28 x 28, the deviation of their means, and
// the mean deviation within them; at full scale, and every fifth pixel of it.
func TestFrost(t *testing.T) {
	const crops = 4000
	only := []ice{{0, 1}} // the frost alone
	src, dst := shirt(0), make([]float32, side*side)
	for _, c := range []struct {
		step                  int
		mean, between, within float64
	}{
		{1, .640, .154, .070},
		{5, .637, .153, .084},
	} {
		var sum, squares, within float64
		for k := range crops {
			frost(only, c.step)(dst, src, side, side, 1, stream(3, k))
			m := mean(dst)
			sum += m / crops
			squares += m * m / crops
			variance := 0.
			for _, v := range dst {
				variance += (float64(v) - m) * (float64(v) - m) / float64(len(dst))
			}
			within += math.Sqrt(variance) / crops
		}
		between := math.Sqrt(squares - sum*sum)
		t.Logf("step %d: mean %.3f, between %.3f, within %.3f", c.step, sum, between, within)
		if math.Abs(sum-c.mean) > .01 || math.Abs(between-c.between) > .006 || math.Abs(within-c.within) > .004 {
			t.Errorf("step %d: mean %.3f, deviation between crops %.3f, within %.3f, want %v", c.step, sum, between, within, c)
		}
	}
}
