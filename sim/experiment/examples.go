package experiment

import (
	"context"
	"fmt"

	"murmur/sim/attack"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

const (
	exampleImages = 8 // of test images, from the first
	exampleLevels = 6 // of modifications that sources learned from
	exampleArms   = 12
)

// examples shows a few test images as they are, as each source changes them and as the first attack on none leaves them,
// and what the arms of a seed decide on them.
func (w *world) examples(ctx context.Context, arms []*armRun) ([]measure.Example, []measure.Array, error) {
	n := min(exampleImages, w.test.Len())
	clean := w.test.Pixels[:n*w.test.Size()]
	var list []measure.Example
	var arrays []measure.Array
	add := func(e measure.Example, pictures []float32) {
		e.Array = fmt.Sprintf("example%02d", len(list))
		for i := range n {
			e.Images = append(e.Images, i)
			e.Labels = append(e.Labels, int(w.test.Labels[i]))
		}
		for k, a := range arms[:min(len(arms), exampleArms)] {
			if !a.done {
				continue
			}
			v := w.decideOn(a, w.model(a), pictures, n)
			d := measure.ExampleDecision{Arm: k}
			for i := range n {
				d.Classes = append(d.Classes, int(v.class[i]))
				d.Confidence = append(d.Confidence, float64(v.confidence[i]))
			}
			e.Decisions = append(e.Decisions, d)
		}
		list = append(list, e)
		arrays = append(arrays, measure.Array{Name: e.Array, Shape: []int{n, w.test.Size()}, Data: pixelBytes(pictures)})
	}
	level := func(l scenario.Level) measure.Example {
		return measure.Example{Perturbation: l.Name, Strength: float64(l.Strength), Value: l.Value(), Unit: l.Unit}
	}
	add(measure.Example{Perturbation: "clean", Unit: "1"}, clean)
	for _, y := range w.Experiment.lessons {
		if y.Attack == nil && len(list) <= exampleLevels {
			changed, err := w.modified(ctx, w.test, n, y.Level, testTrials)
			if err != nil {
				return nil, nil, err
			}
			add(level(y.Level), changed)
		}
	}
	for _, l := range w.attacks {
		if l.Attack.Bound != attack.Ball {
			continue
		}
		m := w.model(arms[0])
		adv, err := w.attacked(ctx, m, nil, clean, w.test.Labels[:n], l, 0)
		if err != nil {
			return nil, nil, err
		}
		e := level(l)
		e.Attacked = scenario.None
		add(e, adv)
		break
	}
	return list, arrays, nil
}

// covarianceArrays are the covariances of deviations of the sources of a seed, where they were kept.
func covarianceArrays(lessons []*lesson) []measure.Array {
	var list []measure.Array
	for k, y := range lessons {
		s := y.structures[len(y.structures)-1]
		values := make([]float32, len(s.covariance))
		for i, v := range s.covariance {
			values[i] = float32(v)
		}
		list = append(list, measure.Array{Name: fmt.Sprintf("source%02d.covariance", k), Shape: []int{s.units, s.units}, Data: values})
	}
	return list
}
