package experiment

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"murmur/sim/scenario"
)

// counted decides on an image by its logits, [draw][class], as each decision is defined, in float64: the class, the
// share of draws that are right alone, whether the vote is, and how sure the decision is. clear is false where two
// classes are too close to tell.
func counted(decision string, logits []float64, classes, label int) (class int, single, vote, confidence float64, clear bool) {
	draws := len(logits) / classes
	mean, sum, votes := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	top := func(x []float64) (int, float64) {
		k := 0
		for c, v := range x {
			if v > x[k] {
				k = c
			}
		}
		second := math.Inf(-1)
		for c, v := range x {
			if c != k {
				second = max(second, v)
			}
		}
		return k, x[k] - second
	}
	soft := func(z []float64) []float64 {
		y, total := make([]float64, classes), 0.
		for c, v := range z {
			y[c] = math.Exp(v)
			total += y[c]
		}
		for c := range y {
			y[c] /= total
		}
		return y
	}
	clear = true
	for k := range draws {
		z := logits[k*classes : (k+1)*classes]
		for c, v := range soft(z) {
			mean[c] += v / float64(draws)
			sum[c] += z[c] / float64(draws)
		}
		c, lead := top(z)
		votes[c] += 1 / float64(draws)
		clear = clear && lead > 1e-6
		if c == label {
			single += 1 / float64(draws)
		}
	}
	if c, _ := top(votes); c == label {
		vote = 1
	}
	scores, sure := mean, mean
	switch decision {
	case scenario.SumOfLogits:
		scores, sure = sum, soft(sum)
	case scenario.VoteOfDraws:
		scores, sure = votes, votes
	}
	class, lead := top(scores)
	return class, single, vote, sure[class], clear && (lead > 1e-6 || decision == scenario.VoteOfDraws)
}

// TestDecisions: what is deployed, on clean, modified and attacked images, is the decision that the scenario names.
func TestDecisions(t *testing.T) {
	t.Parallel()
	runs := map[string]*run{}
	for _, decision := range []string{scenario.MeanOfDraws, scenario.SumOfLogits, scenario.VoteOfDraws} {
		r := lived(t, "readout.decision="+decision, "noise={power: 0.6, draws: 5}", "sources.0.arms=[oracle, diagonal, oracle when=learning]", "attack.arms=[]", "attack.images=40")
		runs[decision] = r
		w := outside(r)
		n := w.test.Len()
		told := 0
		for _, a := range r.seeds[0].arms {
			m, classes := w.model(a), len(a.Bias)
			logits := func(x []float32, i int) (list []float64) {
				drive := make([]float32, classes)
				m.drive(drive, x[i*w.test.Size():(i+1)*w.test.Size()], 1)
				for k := range max(len(a.Noise)/classes/n, 1) {
					for c, v := range drive {
						if a.Noise != nil {
							list = append(list, float64(v)+float64(a.Noise[(k*classes+c)*n+i]))
						} else {
							list = append(list, float64(v))
						}
					}
				}
				return list
			}
			right := func(class, i int) uint8 {
				if class == int(w.test.Labels[i]) {
					return 1
				}
				return 0
			}
			for slot, level := range append([]scenario.Level{{}}, a.levels...) {
				x := w.test.Pixels[:n*w.test.Size()]
				if slot > 0 {
					x = sure(w.modified(context.Background(), w.test, n, level, testTrials))
				}
				for i := range n {
					class, _, _, sure, clear := counted(decision, logits(x, i), classes, int(w.test.Labels[i]))
					if clear && (a.Correct[slot][i] != right(class, i) || math.Abs(float64(a.Confidence[slot][i])-sure) > 1e-5) {
						t.Fatalf("%s by %s under %q: image %d counts %d with confidence %v, want %d with %v", a.arm, decision, level.Name, i,
							a.Correct[slot][i], a.Confidence[slot][i], right(class, i), sure)
					}
				}
			}
			for _, s := range a.Strikes {
				adv, err := w.attacked(t.Context(), m, w.newModel(a, a.Readout, a.Bias, false), w.test.Pixels[:40*w.test.Size()], w.test.Labels[:40], s.level, 0)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 40 {
					class, single, vote, _, clear := counted(decision, logits(adv, i), classes, int(w.test.Labels[i]))
					if !clear {
						continue
					}
					told++
					if s.Correct[i] != right(class, i) || math.Abs(s.Single[i]-single) > 1e-9 || float64(s.Vote[i]) != vote {
						t.Fatalf("%s by %s under attack: image %d counts %d, alone %v, by vote %d; want %d, %v, %v", a.arm, decision, i,
							s.Correct[i], s.Single[i], s.Vote[i], right(class, i), single, vote)
					}
				}
			}
		}
		if told < 100 {
			t.Errorf("%s: only %d decisions under attack were clear", decision, told)
		}
	}
	mean := runs[scenario.MeanOfDraws]
	for decision, r := range runs {
		if got, want := r.trajectory(), mean.trajectory(); got != want {
			t.Errorf("deciding by %s changes the network", decision)
		}
		if decision != scenario.MeanOfDraws && cmp.Equal(decisions(r)["oracle"], decisions(mean)["oracle"]) {
			t.Errorf("deciding by %s decides as the mean", decision)
		}
		if !cmp.Equal(decisions(r)["none"][:5], decisions(mean)["none"][:5]) {
			t.Errorf("without noise %s decides otherwise than the mean", decision)
		}
	}
}
