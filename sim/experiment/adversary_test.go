package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"murmur/network"
	"murmur/network/circuit"
	"murmur/neuron/random"
	"murmur/sim/attack"
)

// besieged is an arm that has learned and been judged, and its adversary.
type besieged struct {
	world  *world
	arm    *circuit.Arm
	run    *armRun
	rule   circuit.NoiseRule
	eyes   *circuit.Features
	victim *victim
}

// newBesieged lives one arm of the tiny scenario and asks for the draws of an attack on the first images.
func newBesieged(t testing.TB, spelling string, images, draws int) *besieged {
	t.Helper()
	ctx := context.Background()
	r := &run{Experiment: newTiny(t, fmt.Sprintf("noise.draws=%d", draws)), progress: quiet{}}
	w := r.world(r.Seed, quiet{})
	w.train = w.shuffle(r.train)
	eyes := circuit.NewFeatures(w.sheet, w.widest(), circuit.FeatureRule{Gain: float32(r.Features.Gain),
		Temperature: float32(r.Features.Temperature), Rate: float32(r.Features.Rate)}, w.seed, w.runtime())
	if err := w.learnFeatures(ctx, eyes); err != nil {
		t.Fatal(err)
	}
	clean, sources, cells, err := r.responses(ctx, w, eyes)
	if err != nil {
		t.Fatal(err)
	}
	b := &besieged{world: w, eyes: eyes, run: &armRun{arm: mustArm(t, spelling)}}
	b.rule = w.noiseRule(b.run.arm)
	y := newStructure(clean, sources[0], w.sheet.Len(), w.components(), w.seed)
	b.arm, err = w.runArm(ctx, b.run, append([]circuit.Memory{clean, sources[0]}, cells...), len(cells), y)
	if err != nil {
		t.Fatal(err)
	}
	b.victim = &victim{world: w, eyes: eyes.Twin(w.Lanes.Probe), features: eyes.Weights(), w: b.run.w, b: b.run.b,
		images: images, draws: attack.Draws{N: draws}, responses: make([]float32, w.sheet.Len()*w.Lanes.Probe)}
	if b.rule.Kind != circuit.None {
		if err := w.askForDraws(ctx, b.victim, b.arm, b.rule); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// ask runs the network that the victim sees through.
func (b *besieged) ask(t testing.TB, f func(v *victim)) {
	t.Helper()
	err := b.victim.eyes.Run(context.Background(), func(step func(network.Tick) error) error {
		b.victim.step = step
		f(b.victim)
		return b.victim.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// logits is a second implementation of the victim, in float64 and picture by picture: [draw][class], with the units
// whose rectifier is open.
func (b *besieged) logits(x []float64, image, draws int) (logits []float64, open []bool) {
	w, v := b.world, b.victim
	field := w.sheet.Field * w.sheet.Field
	u := make([]float64, w.sheet.Len())
	for i := range u {
		at := 0
		for _, span := range w.sheet.ReceptiveField(w.sheet.Column(i)) {
			for p := range span.N {
				u[i] += float64(v.features[i*field+at]) * x[span.First+p]
				at++
			}
		}
	}
	r := make([]float64, len(u))
	open = make([]bool, len(u))
	for i := range u {
		mates := w.sheet.Mates(w.sheet.Column(i))
		var mean float64
		for j := range mates.N {
			mean += u[mates.First+j] / float64(mates.N)
		}
		open[i] = u[i] > mean
		r[i] = math.Tanh(w.Features.Gain * max(0, u[i]-mean))
	}
	for k := range draws {
		for c := range v.b {
			sum := float64(v.b[c])
			for i := range r {
				sum += float64(v.w[c*len(r)+i]) * r[i]
			}
			if v.noise != nil {
				sum += float64(v.noise[(k*len(v.b)+c)*v.images+image])
			}
			logits = append(logits, sum)
		}
	}
	return logits, open
}

// pictures returns test images, moved about as an attack does, so that no pixel stands at a border.
func (b *besieged) pictures(n int) attack.Batch {
	size := b.world.test.Size()
	batch := attack.Batch{X: make([]float32, n*size)}
	s := random.Key{Seed: 5, Purpose: random.Split}.Stream(0, 0)
	for i := range batch.X {
		batch.X[i] = .1 + .6*b.world.test.Pixels[i] + .2*s.Uniform()
	}
	for i := range n {
		batch.ID = append(batch.ID, uint32(i))
	}
	return batch
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func TestVictimLogitsAndPull(t *testing.T) {
	const images, draws, h = 4, 3, 1e-6
	for _, spelling := range []string{"none", "gha hubs=3"} {
		t.Run(spelling, func(t *testing.T) {
			b := newBesieged(t, spelling, images, draws)
			size, classes := b.victim.Dims()
			x := b.pictures(images)
			g := make([]float32, images*draws*classes)
			random.Key{Seed: 6, Purpose: random.Split}.Normals(g, 0, 0, 0)
			logits, pull := make([]float32, len(g)), make([]float32, images*size)
			b.ask(t, func(v *victim) {
				v.Logits(logits, x, v.draws)
				v.Pull(pull, x, g, v.draws)
			})
			kinks, moved := 0, 0
			for l := range images {
				at := wide(x.X[l*size : (l+1)*size])
				weights := g[l*draws*classes:][:draws*classes]
				weighted := func() (sum float64, open []bool) {
					values, open := b.logits(at, l, draws)
					for i, v := range values {
						sum += v * float64(weights[i])
					}
					return sum, open
				}
				want, _ := b.logits(at, l, draws)
				for i, v := range want {
					if got := float64(logits[l*draws*classes+i]); math.Abs(got-v) > 1e-5*(1+math.Abs(v)) {
						t.Fatalf("image %d: logit %d is %v, want %v", l, i, got, v)
					}
				}
				for p := range size {
					middle := at[p]
					at[p] = middle + h
					up, openUp := weighted()
					at[p] = middle - h
					down, openDown := weighted()
					at[p] = middle
					if !slices.Equal(openUp, openDown) {
						kinks++ // a rectifier turns between: the difference says nothing about the slope
						continue
					}
					slope, got := (up-down)/(2*h), float64(pull[l*size+p])
					if math.Abs(got-slope) > 1e-4*(1+math.Abs(slope)) {
						t.Fatalf("image %d, pixel %d: pull %v, the finite difference is %v", l, p, got, slope)
					}
					if slope != 0 {
						moved++
					}
				}
			}
			if kinks > size/100 || moved < size/2 {
				t.Errorf("%d kinks and %d slopes that are not 0 in %d", kinks, moved, images*size)
			}
		})
	}
}

// TestVictimBatches: what the victim answers for an image does not depend on its batch or on how many draws are asked
// for at a time.
func TestVictimBatches(t *testing.T) {
	const images, draws = 6, 4
	b := newBesieged(t, "diagonal", images, draws)
	size, classes := b.victim.Dims()
	x := b.pictures(images)
	whole, one := make([]float32, images*draws*classes), make([]float32, 2*classes)
	b.ask(t, func(v *victim) {
		v.Logits(whole, x, v.draws)
		for l := range images {
			for from := range draws - 1 {
				v.Logits(one, attack.Batch{X: x.X[l*size : (l+1)*size], ID: x.ID[l : l+1]}, attack.Draws{From: uint32(from), N: 2})
				if want := whole[(l*draws+from)*classes:][:2*classes]; !slices.Equal(one, want) {
					t.Fatalf("image %d, draws %d and %d: alone %v, in a batch %v", l, from, from+1, one, want)
				}
			}
		}
	})
}

// TestVictimDecidesAsTheArm: asked for the same draws, the arm's own units come to the decision that the adversary's
// model predicts.
func TestVictimDecidesAsTheArm(t *testing.T) {
	const images, draws = 40, 3 // fewer than the probe lanes, fewer than the learning lanes
	for _, spelling := range []string{"none", "diagonal", "imprint radius=1", "gha hubs=3", "oracle"} {
		t.Run(spelling, func(t *testing.T) {
			b := newBesieged(t, spelling, images, draws)
			w, n := b.world, draws
			if b.rule.Kind == circuit.None {
				n = 1
			}
			size, classes := b.victim.Dims()
			x := attack.Batch{X: w.test.Pixels[:images*size]}
			for i := range images {
				x.ID = append(x.ID, uint32(i))
			}
			logits := make([]float32, images*n*classes)
			b.ask(t, func(v *victim) { v.Logits(logits, x, attack.Draws{N: n}) })
			decisions := make([]float32, classes*images)
			err := b.arm.Run(context.Background(), func(step func(network.Tick) error) error {
				if err := w.draw(step, b.rule, network.Draw{Stage: stageAttack}, n, batch{n: images}, nil); err != nil {
					return err
				}
				for _, open := range []network.Process{circuit.Recall, circuit.Drive, circuit.Judge} {
					if err := step(network.Tick{Open: open, Lanes: images, Slot: slotTest}); err != nil {
						return err
					}
				}
				b.arm.Decisions(decisions, images)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for l := range images {
				mean := make([]float64, classes)
				for k := range n {
					var sum float64
					row := wide(logits[(l*n+k)*classes:][:classes])
					for _, v := range row {
						sum += math.Exp(v)
					}
					for c, v := range row {
						mean[c] += math.Exp(v) / sum / float64(n)
					}
				}
				for c, want := range mean {
					if got := float64(decisions[c*images+l]); math.Abs(got-want) > 1e-5 {
						t.Fatalf("image %d: the arm decides %v for class %d, the adversary's model %v", l, got, c, want)
					}
				}
			}
		})
	}
}

// TestAttackDrawsAreNeverJudged: no draw that an attack climbs on is one that judges, in any arm.
func TestAttackDrawsAreNeverJudged(t *testing.T) {
	stages := []int{stageExperience, stageTeach, stageJudge, stageAttack}
	for i, s := range stages {
		if slices.Contains(stages[:i], s) {
			t.Fatalf("stage %d serves twice", s)
		}
	}
	const images, draws = 20, 3
	for _, spelling := range []string{"identity", "imprint radius=1", "gha hubs=3", "oracle"} {
		b := newBesieged(t, spelling, images, draws)
		seen := map[[2]float32]bool{} // two classes of one draw on one image
		classes, judged := len(b.victim.b), b.world.test.Len()
		for k := range draws {
			for m := range judged {
				seen[[2]float32{b.run.noise[k*classes*judged+m], b.run.noise[(k*classes+1)*judged+m]}] = true
			}
		}
		if len(seen) != draws*judged {
			t.Errorf("%s: %d different draws judge, want %d", spelling, len(seen), draws*judged)
		}
		for k := range draws {
			for m := range images {
				if seen[[2]float32{b.victim.noise[k*classes*images+m], b.victim.noise[(k*classes+1)*images+m]}] {
					t.Errorf("%s: draw %d of image %d attacks and judges", spelling, k, m)
				}
			}
		}
	}
}

// TestAttackBites: with a ball that leaves nothing of a picture, no arm is right more often than a guess, and an attack
// moves no picture out of its ball (VerifyBatch would end the run).
func TestAttackBites(t *testing.T) {
	r := lived(t, `attacks=[{kind: pgd-linf, epsilon: 0.5, steps: 5, step: 0.2, draws: 2, images: 50, source: rotate, arms: [none, gha hubs=3, oracle]},
		{kind: pgd-l2, epsilon: 8, steps: 5, step: 3, draws: 2, images: 50, source: rotate, arms: [none, oracle]}]`)
	attacked := 0
	for _, a := range r.seeds[0].arms {
		for k, row := range a.attacked {
			attacked++
			right := 0
			for _, c := range row {
				right += int(c)
			}
			if right > 5 {
				t.Errorf("%s is right on %d of %d under %s", a.arm, right, len(row), r.Attacks[k].Kind)
			}
		}
	}
	if attacked != 5 {
		t.Errorf("%d attacks were measured, want 5", attacked)
	}
}
