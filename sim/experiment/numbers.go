package experiment

import (
	"fmt"
	"math"
	"slices"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// numbers fills in what is measured of an arm beside its cells.
func (t *tables) numbers(i int, seeds []int, m *measure.Arm) {
	clean := t.sample(i, 0, seeds)
	for class := range t.train.Classes {
		x := clean.OfClass(t.test.Labels, class)
		if len(x[0]) > 0 {
			m.Classes = append(m.Classes, measure.Class{Class: class, Images: len(x[0]), Accuracy: x.Accuracy()})
		}
	}
	first := t.seeds[seeds[0]].arms[i]
	m.Abstaining = abstaining(first)
	m.Corruption, m.Families = t.corruption(i, seeds), t.families(i, seeds)
	m.Failures = failures(first)
	m.Certificates, m.Activity = first.Certificates, first.Activity
}

// abstaining is accuracy against coverage on clean images.
func abstaining(a *armRun) *measure.Abstain {
	curve := measure.RiskCoverage(widened(a.Confidence[0]), a.Correct[0])
	m := &measure.Abstain{AURC: curve.AURC, Best: curve.Best}
	const rows = 10
	for k := 1; k <= rows; k++ {
		p := curve.Points[max(len(curve.Points)*k/rows, 1)-1]
		m.Points = append(m.Points, measure.CoverageRow{Coverage: p.Coverage, Accuracy: p.Accuracy})
	}
	return m
}

func widened(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// failures asks whether an arm's errors are predictable from the image.
func failures(a *armRun) *measure.Failure {
	if len(a.levels) < 2 || len(a.Correct[0]) < 2 { // one image tells nothing of others
		return nil
	}
	m := &measure.Failure{}
	wrong := measure.Wrong(a.Correct[1:])
	if share := measure.Clustering(wrong).Share; !math.IsNaN(share) {
		m.Shared = &share
	}
	var margin []float64 // of images that are right when clean
	var right []int
	for i, c := range a.Correct[0] {
		if c == 1 {
			right = append(right, i)
			margin = append(margin, float64(a.Confidence[0][i]))
		}
	}
	var sum, n float64
	for _, row := range a.Correct[1:] {
		fails := make([]uint8, len(right))
		for k, i := range right {
			fails[k] = 1 - row[i]
		}
		if auc, ok := measure.FailureAUC(margin, fails); ok {
			sum += auc.Value
			n++
		}
	}
	if n > 0 {
		sum /= n
		m.AUC = &sum
	}
	return m
}

// decisions are the accuracies that other decisions would have had under the k-th attack.
func (t *tables) decisions(i, k int, seeds []int) *measure.Decisions {
	var one measure.Sample
	var vote [][]uint8
	for _, s := range seeds {
		strike := t.seeds[s].arms[i].Strikes[k]
		one = append(one, strike.Single)
		vote = append(vote, strike.Vote)
	}
	return &measure.Decisions{One: one.Accuracy(), Vote: measure.Right(vote).Accuracy()}
}

// distance is how far the k-th attack of an arm had to go, over the images that were right.
func distance(a *armRun, k int) *measure.Distance {
	s := a.Strikes[k]
	if s.Distance == nil {
		return nil
	}
	var list []float64
	for m, d := range s.Distance {
		switch {
		case a.Correct[0][m] == 0:
		case d == 0: // it found nothing
			list = append(list, math.Inf(1))
		default:
			list = append(list, d)
		}
	}
	r := measure.Distances(list)
	return &measure.Distance{Mean: r.Mean, Median: r.Median, Found: r.Found}
}

// transfers lists, for every arm that several sources share, what structure from each of them gains under each of them.
func (t *tables) transfers() []measure.Transfer {
	var list []measure.Transfer
	var seen []scenario.Arm
	for i, a := range t.seeds[0].arms {
		if a.lesson == nil || slices.Contains(seen, a.arm) || len(t.finished(i)) == 0 {
			continue
		}
		seen = append(seen, a.arm)
		if m, ok := t.transfer(a.arm); ok {
			list = append(list, m)
		}
	}
	return list
}

func (t *tables) transfer(arm scenario.Arm) (measure.Transfer, bool) {
	m := measure.Transfer{Name: arm.String(), Arm: arm.Kind(), Rule: arm.Rule(), Variant: arm.Variant(), Training: arm.Training()}
	var rows []int
	var columns []scenario.Level
	seeds := t.finished(0)
	for i, a := range t.seeds[0].arms {
		if a.lesson == nil {
			continue
		}
		if !slices.ContainsFunc(columns, a.lesson.Is) {
			columns = append(columns, a.lesson.Level)
		}
		if a.arm == arm {
			rows = append(rows, i)
			seeds = seeds[:min(len(seeds), len(t.finished(i)))]
		}
	}
	if len(rows) < 2 || len(columns) < 2 || len(seeds) == 0 {
		return m, false
	}
	name := func(l scenario.Level) string {
		same := func(m scenario.Level) bool { return m.Name == l.Name && m.Strength != l.Strength }
		if l.Attack == nil && slices.ContainsFunc(columns, same) {
			return fmt.Sprintf("%s %d", l.Name, l.Strength)
		}
		return levelName(l)
	}
	var gains []measure.Sample
	for _, i := range rows {
		m.Sources = append(m.Sources, name(t.seeds[0].arms[i].lesson.Level))
		for _, l := range columns {
			x, none := t.under(i, l, seeds), t.under(0, l, seeds)
			if x == nil || none == nil {
				return m, false
			}
			gains = append(gains, x.Minus(none))
		}
	}
	for _, l := range columns {
		m.Perturbations = append(m.Perturbations, name(l))
	}
	m.Comparisons = len(gains)
	for k, p := range measure.Bonferroni(gains, .95) {
		row, column := k/len(columns), k%len(columns)
		if column == 0 {
			m.Gains = append(m.Gains, nil)
		}
		matched := t.seeds[0].arms[rows[row]].lesson.Is(columns[column])
		m.Gains[row] = append(m.Gains[row], measure.TransferCell{Paired: p, Matched: matched})
		if matched {
			continue
		}
		m.Mismatched++
		switch {
		case p.Hi < 0:
			m.Worse++
		case p.Lo > 0:
			m.Better++
		}
	}
	return m, true
}

// levelName names a level in a matrix: the perturbation, and the epsilon of an attack.
func levelName(l scenario.Level) string {
	if l.Attack != nil {
		return l.Name + " " + number(l.Value())
	}
	return l.Name
}

// covariances describes the covariances that sources of a seed gave, where they were kept.
func covariances(lessons []*lesson) []measure.Covariance {
	var list []measure.Covariance
	for _, y := range lessons {
		if !y.keep || y.structures == nil {
			return nil
		}
		s := y.structures[len(y.structures)-1]
		c := measure.Covariance{Source: y.Name, Strength: float64(y.Strength)}
		for i := range s.units {
			c.Trace += s.covariance[i*s.units+i]
		}
		if s.norm > 0 {
			c.EffectiveRank = c.Trace / s.norm * c.Trace / s.norm
		}
		for _, v := range s.leading {
			if c.Trace > 0 { // where the source changes nothing there is no spectrum
				v /= c.Trace
			}
			c.Spectrum = append(c.Spectrum, v)
		}
		for _, other := range lessons {
			if other.structures == nil {
				return nil
			}
			o := other.structures[len(other.structures)-1]
			var dot float64
			for i, v := range s.covariance {
				dot += float64(v * o.covariance[i])
			}
			if norm := float64(s.norm * o.norm); norm > 0 {
				dot /= norm
			}
			c.Alignment = append(c.Alignment, dot)
		}
		list = append(list, c)
	}
	return list
}
