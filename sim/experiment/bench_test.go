package experiment

import (
	"context"
	"testing"

	"murmur/sim/attack"
	"murmur/sim/scenario"
)

// BenchmarkThousandImages attacks a thousand images of the main scenario's network, noise of 16 hubs, with 40 steps of
// projected gradient descent and 20 fresh draws to a gradient.
func BenchmarkThousandImages(b *testing.B) {
	s, err := scenario.Load("../../scenarios/structured-noise.yaml", []string{"seeds=1", "data={train: 2000, test: 1000}", "thresholds=[]",
		"sources=[{perturbation: rotate, strength: 5, arms: [gha hubs=16]}]", "perturbations=[rotate]", "strengths=[5]", "attack={arms: [], sources: []}"})
	if err != nil {
		b.Fatal(err)
	}
	e, err := New(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	r := &run{Experiment: e, progress: quiet{}}
	w := r.world(r.Seed, quiet{})
	w.train = shuffled(b, w, r.train)
	ctx := context.Background()
	if err := w.learn(ctx); err != nil {
		b.Fatal(err)
	}
	if err := w.responses(ctx); err != nil {
		b.Fatal(err)
	}
	list := w.arms(w.lessons())
	for _, a := range list {
		if err := w.arm(ctx, a); err != nil {
			b.Fatal(err)
		}
	}
	m := w.model(list[1])
	n := w.test.Len()
	x := attack.Batch{X: w.test.Pixels[:n*w.test.Size()]}
	for i := range n {
		x.ID = append(x.ID, uint32(i))
	}
	adv := make([]float32, len(x.X))
	p := attack.NewPGD(attack.Linf, .04, attack.Draws{N: 20}, 1)
	for b.Loop() {
		if err := p.Perturb(b.Context(), adv, m, x, w.test.Labels[:n]); err != nil {
			b.Fatal(err)
		}
	}
}
