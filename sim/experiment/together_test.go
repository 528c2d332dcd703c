package experiment

import (
	"fmt"
	"strings"
	"testing"

	"murmur/sim/measure"
)

// TestTogether: the intervals that hold for all gains of a result are those of Bonferroni over the whole family, and what
// is said of many cells counts them.
func TestTogether(t *testing.T) {
	t.Parallel()
	r := lived(t, "seeds=1", "thresholds=[]")
	res := r.outcome().Result
	tab := r.tables()
	var gains []measure.Sample
	var got []measure.Paired
	worse, surely := 0, 0
	for i, a := range res.Arms {
		levels := append(append(r.seeds[0].arms[i].levels[:0:0], r.seeds[0].arms[i].levels...), r.seeds[0].arms[i].attacks...)
		for k, c := range a.Cells {
			if (c.Gain == nil) != (c.Together == nil) {
				t.Fatalf("%s: %+v", a.Arm, c)
			}
			if c.Gain == nil {
				continue
			}
			gains = append(gains, tab.under(i, levels[k], []int{0}).Minus(tab.under(0, levels[k], []int{0})))
			got = append(got, *c.Together)
			if c.Gain.Hi < 0 {
				worse++
			}
			if c.Together.Hi < 0 {
				surely++
			}
		}
	}
	if len(gains) < 20 {
		t.Fatalf("only %d gains", len(gains))
	}
	for k, want := range measure.Bonferroni(gains, .95) {
		if got[k] != want {
			t.Errorf("gain %d has %+v, want %+v of %d together", k, got[k], want, len(gains))
		}
	}
	says := fmt.Sprintf("in %d of %d cells, controls included, an arm is clearly worse than no noise, in %d by intervals", worse, len(gains), surely)
	if c := noiseHurts(res); worse > 0 && !strings.Contains(c.Detail, says) {
		t.Errorf("%q does not say %q", c.Detail, says)
	}
}
