package measure

import "gonum.org/v1/gonum/mathext"

// SignTest returns the exact two-sided p-value of a successes and b failures where both are equally probable: the
// probability under Binomial(a+b, 1/2) of a split at least as uneven. Of none it is 1. It panics if one is negative.
func SignTest(a, b int) float64 {
	if a < 0 || b < 0 {
		panic("measure: a negative count")
	}
	if a-b <= 1 && b-a <= 1 { // no split is less uneven
		return 1
	}
	// P(X >= k) of n trials is the regularised incomplete beta function I_1/2(k, n-k+1); both tails are the same.
	return min(1, 2*mathext.RegIncBeta(float64(max(a, b)), float64(min(a, b)+1), .5))
}

// Discordant counts where two arms differ: images that the first decided rightly and the second wrongly, and the reverse.
type Discordant struct{ First, Second int }

// P is McNemar's exact p-value of the two arms being equally often right alone ([SignTest]).
// McNemar, Psychometrika 12, 153 (1947).
func (d Discordant) P() float64 { return SignTest(d.First, d.Second) }

// Discordance is what [McNemar] counts.
type Discordance struct {
	Seeds []Discordant // of each seed: an exact test of these two networks over images
	// Sum is the stratified test: the counts summed over seeds. It takes every image in every seed for a trial of its own,
	// so it is too sure where one image is discordant for the same reason in several seeds.
	Sum Discordant
	// Images takes every image once: for First if the first arm was right in more seeds than the second, for Second if in
	// fewer. It is exact over images whatever an image does across seeds, and speaks of these seeds.
	Images Discordant
}

// McNemar compares two arms over the same seeds and images, [seed][image], the larger number the better (right over
// wrong). Neither test speaks of other seeds; [Sample.Paired] does. It panics if the shapes differ.
func McNemar(x, y Sample) Discordance {
	d := x.Minus(y)
	r := Discordance{Seeds: make([]Discordant, len(d))}
	total := make([]float64, len(d[0]))
	for s, row := range d {
		for m, v := range row {
			r.Seeds[s].add(v)
			total[m] += v
		}
		r.Sum.First += r.Seeds[s].First
		r.Sum.Second += r.Seeds[s].Second
	}
	for _, v := range total {
		r.Images.add(v)
	}
	return r
}

func (d *Discordant) add(difference float64) {
	switch {
	case difference > 0:
		d.First++
	case difference < 0:
		d.Second++
	}
}
