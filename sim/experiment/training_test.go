package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// TestSyllabus: half of the batches are changed, in turn with clean ones; all training images come once an epoch, and
// changed images that are fewer come round again.
func TestSyllabus(t *testing.T) {
	t.Parallel()
	e := newTiny(t)
	w := e.world(e.Seed, quiet{})
	for _, tt := range []struct {
		arm    string
		images int // seen changed
		slot   int
	}{{"augmentation", 300, slotModified}, {"augmentation", 100, slotModified}, {"oracle + augmentation", 40, slotModified},
		{"gaussian-input", 300, slotTaught}, {"adversarial-training", 300, slotTaught}, {"gha hubs=3 + gaussian-input", 300, slotTaught},
		{"none", 300, -1}, {"oracle", 100, -1}} {
		a := &armRun{arm: mustArm(t, tt.arm), lesson: &lesson{images: tt.images}}
		seen := map[int]int{} // how often a changed image is shown
		for epoch := range 20 {
			list := w.syllabus(epoch, a)
			clean := w.pass(300, stageTeach, epoch)
			if len(list) != len(clean) {
				t.Fatalf("%s: %d batches, want %d", tt.arm, len(list), len(clean))
			}
			position := 0
			for i, b := range list {
				want := slotClean
				if tt.slot >= 0 && (epoch+i)%2 == 1 {
					want = tt.slot
				}
				if b.slot != want || b.position != position {
					t.Fatalf("%s: epoch %d, batch %d is of slot %d at %d, want %d at %d", tt.arm, epoch, i, b.slot, b.position, want, position)
				}
				position += b.n
				switch {
				case b.slot != slotClean:
					for m := range b.n {
						seen[b.first+m]++
					}
					if b.first+b.n > tt.images {
						t.Fatalf("%s: image %d is shown changed, of %d", tt.arm, b.first+b.n-1, tt.images)
					}
				case b.first != clean[i].first || b.n != clean[i].n:
					t.Fatalf("%s: epoch %d, batch %d shows %+v, want %+v", tt.arm, epoch, i, b, clean[i])
				}
				if tt.images == 300 && b.first != clean[i].first {
					t.Fatalf("%s: an image comes twice in epoch %d", tt.arm, epoch)
				}
			}
		}
		if want := tt.images; tt.slot >= 0 && len(seen) != want {
			t.Errorf("%s: %d images are shown changed in 20 epochs, want %d", tt.arm, len(seen), want)
		}
	}
}

// trained is the readout that the delta rule learns without noise, in float64: [class][unit] and then the biases. changed
// holds what slots other than the clean one show, [image][pixel]; before is called before each epoch with the readout.
func trained(w *world, a *armRun, changed func(epoch int, weights []float64) []float32) []float64 {
	classes, units := len(a.Bias), len(a.Readout)/len(a.Bias)
	weights := make([]float64, len(a.Readout)+classes)
	clean := looked(w, w.train.Pixels[:w.train.Len()*w.train.Size()])
	steps := w.Readout.Epochs * len(batches(w.train.Len(), w.Lanes.Learn))
	step := 0
	for epoch := range w.Readout.Epochs {
		other := looked(w, changed(epoch, weights))
		for _, b := range w.syllabus(epoch, a) {
			r := clean
			if b.slot != slotClean {
				r = other
			}
			move := make([]float64, len(weights))
			for m := b.first; m < b.first+b.n; m++ {
				z, total := make([]float64, classes), 0.
				for c := range z {
					z[c] = weights[len(a.Readout)+c]
					for i := range units {
						z[c] += weights[c*units+i] * float64(r.Values[i*r.Trials+m])
					}
					z[c] = math.Exp(z[c])
					total += z[c]
				}
				for c := range z {
					err := -z[c] / total
					if int(w.train.Labels[m]) == c {
						err++
					}
					for i := range units {
						move[c*units+i] += err * float64(r.Values[i*r.Trials+m]) / float64(b.n)
					}
					move[len(a.Readout)+c] += err / float64(b.n)
				}
			}
			rate := w.Readout.Rate * float64(steps-step) / float64(steps)
			for i, v := range move {
				weights[i] += rate * v
			}
			step++
		}
	}
	return weights
}

// apart is the root mean square distance between an arm's readout and another.
func apart(a *armRun, other []float64) float64 {
	var sum float64
	for i, v := range slices.Concat(a.Readout, a.Bias) {
		sum += (float64(v) - other[i]) * (float64(v) - other[i])
	}
	return math.Sqrt(sum / float64(len(other)))
}

// TestTrainedOnWhatTheySay: the readouts of arms without noise are those that the delta rule learns from the images that
// each says it trains on.
func TestTrainedOnWhatTheySay(t *testing.T) {
	t.Parallel()
	r := lived(t, "sources=[{perturbation: rotate, strength: 4, images: 200, arms: [augmentation, gaussian-input, adversarial-training]}]", "attack.arms=[]", "thresholds=[]",
		"readout={epochs: 4, rate: 0.5, bias: true, input_sigma: 0.3}", "attack.training={epsilon: 0.15, steps: 4}", "perturbations=[rotate]")
	w := outside(r)
	size, n := w.train.Size(), w.train.Len()
	clean := func(int, []float64) []float32 { return w.train.Pixels[:n*size] }
	rotated := func(int, []float64) []float32 {
		return sure(w.modified(context.Background(), w.train, 200, r.lessons[0].Level, 0))
	}
	noisy := func(int, []float64) []float32 {
		x := make([]float32, n*size)
		for i := range n {
			row := x[i*size : (i+1)*size]
			random.Key{Seed: w.seed, Purpose: random.Smoothing, Unit: uint32(i)}.Normals(row, 0, 0, 0)
			for p, v := range w.train.Image(i) {
				row[p] = float32(math.Min(math.Max(float64(v)+float64(float32(.3))*float64(row[p]), 0), 1))
			}
		}
		return x
	}
	attacked := func(epoch int, weights []float64) []float32 {
		if epoch == 0 { // there is nothing to attack yet
			return clean(0, nil)
		}
		narrow := make([]float32, len(weights))
		for i, v := range weights {
			narrow[i] = float32(v)
		}
		a := *r.seeds[0].arms[0]
		units := len(a.Readout)
		a.Readout, a.Bias = narrow[:units], narrow[units:]
		p := attack.NewPGD(attack.Linf, .15, attack.Draws{N: 1}, w.seed)
		p.Steps, p.Step = 4, 2.5*.15/4
		b := attack.Batch{X: clean(0, nil)}
		for i := range n {
			b.ID = append(b.ID, testTrials|uint32(i))
		}
		x := make([]float32, n*size)
		if err := p.Perturb(t.Context(), x, w.newModel(&a, a.Readout, a.Bias, false), b, w.train.Labels[:n]); err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		arm     string
		changed func(int, []float64) []float32
		slack   float64 // of how far it is from training on clean images alone
	}{
		{"none", clean, 1e-4},
		{"augmentation", rotated, 1e-4},
		{"gaussian-input", noisy, 1e-4},
		{"adversarial-training", attacked, .02}, // where a slope is all but 0, rounding turns an attack's step about
	} {
		a := armOf(t, r, tt.arm)
		got, far := apart(a, trained(w, a, tt.changed)), apart(a, trained(w, r.seeds[0].arms[0], clean))
		if tt.arm == scenario.None {
			far = apart(a, make([]float64, len(a.Readout)+len(a.Bias)))
		}
		if got > tt.slack*far || far < 1e-3 {
			t.Errorf("%s is %v from the readout it says it learned, %v from the one that clean images teach", tt.arm, got, far)
		}
	}
}

// TestTrainingHelps against what is trained on: augmentation under its own modification, adversarial training under its
// own attack.
func TestTrainingHelps(t *testing.T) {
	t.Parallel()
	o := runTiny(t, "seeds=1", "data={train: 1000, test: 300}", "sheet={columns: 5, units: 6, field: 10}", "readout={epochs: 10, rate: 1}", "thresholds=[]",
		"sources=[{perturbation: rotate, strength: 5, arms: [augmentation]}, {perturbation: pgd-linf, strength: 1, arms: [adversarial-training]}]",
		"perturbations=[rotate, pgd-linf]", "strengths=[5]", "attack={linf: [0.1], steps: 10, arms: [], images: 300, audit: 0}", "attack.training.steps=5")
	for name, places := range map[string]string{scenario.Augmentation: "rotate", scenario.AdversarialTraining: "pgd-linf"} {
		i := slices.IndexFunc(o.Result.Arms, func(a measure.Arm) bool { return a.Arm == name })
		a := o.Result.Arms[i]
		if a.Source != places || a.Training != name || a.Alignment != nil {
			t.Errorf("%s: %+v", name, a)
		}
		for _, c := range a.Cells {
			if c.Perturbation == places && c.Gain.Lo < .05 {
				t.Errorf("%s gains %+v under what it trained on", name, *c.Gain)
			}
		}
	}
}

// TestImagesLimitWhatIsLearned: a source that sees some images teaches the structure of these alone.
func TestImagesLimitWhatIsLearned(t *testing.T) {
	t.Parallel()
	of := func(images int) *run {
		return lived(t, fmt.Sprintf("sources=[{perturbation: rotate, strength: 4, images: %d, arms: [oracle, diagonal, gha hubs=3, imprint radius=1]}]", images), "attack.arms=[]")
	}
	r, whole := of(70), of(0)
	w := outside(r)
	a := armOf(t, r, "oracle")
	units, size := len(a.Couplings.Self), w.train.Size()
	y := sure(newStructure(context.Background(), looked(w, w.train.Pixels[:300*size]), looked(w, sure(w.modified(context.Background(), w.train, 70, r.lessons[0].Level, 0))), units, 6, w.seed))
	scale := float64(a.Couplings.Self[0]) / float64(y.private[0])
	for i := range units {
		for k, v := range a.Couplings.L[i] {
			if want := scale * float64(y.couplings[i*6+k]); math.Abs(float64(v)-want) > 1e-5 {
				t.Fatalf("the oracle's coupling of unit %d is %v, want %v", i, v, want)
			}
		}
	}
	for _, spelling := range []string{"oracle", "diagonal", "gha hubs=3", "imprint radius=1"} {
		if slices.EqualFunc(armOf(t, r, spelling).Couplings.L, armOf(t, whole, spelling).Couplings.L, slices.Equal) &&
			slices.Equal(armOf(t, r, spelling).Couplings.Self, armOf(t, whole, spelling).Couplings.Self) {
			t.Errorf("%s learns the same from 70 images as from all", spelling)
		}
	}
	for i, arm := range r.outcome().Result.Arms {
		if none := i == 0; none != (arm.SourceImages == nil) || !none && *arm.SourceImages != 70 {
			t.Errorf("%s: source_images %v", arm.Arm, arm.SourceImages)
		}
	}
	if whole.outcome().Result.Arms[1].SourceImages != nil {
		t.Error("all images are said to be some")
	}
}
