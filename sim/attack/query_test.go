package attack_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron/random"
	"murmur/sim/attack"
)

// setting is what the attacks by answers alone have in common.
type setting struct {
	norm     attack.Norm
	eps      float32
	width    int
	draws    attack.Draws
	decision attack.Decision
	seed     uint64
}

// byAnswers returns short runs of the attacks that ask for logits alone, by
// name.
func byAnswers(s setting) map[string]attack.Attack {
	square := attack.NewSquare(s.norm, s.eps, s.width, s.draws, s.seed)
	square.Queries, square.Decision = 30, s.decision
	stubborn := square
	stubborn.Confidence, stubborn.Rescale = float32(math.Inf(1)), true
	paper := attack.NewPaperSquare(s.norm, s.eps, s.width, s.draws.From, s.seed)
	paper.Queries, paper.Draws.N = 10, s.draws.N
	hop := attack.NewHopSkipJump(s.norm, 200, s.draws, s.seed)
	hop.Steps, hop.Probes, hop.Decision = 3, 10, s.decision
	spsa := attack.NewSPSA(s.norm, s.eps, 2, s.draws, s.seed)
	spsa.Samples, spsa.Decision = 5, s.decision
	smoothed := attack.NewSmoothed(s.norm, s.eps, 2, s.draws, s.seed)
	smoothed.Steps, smoothed.Decision = 2, s.decision
	noise := attack.NewRandomNoise(s.norm, s.eps, s.draws, s.seed)
	noise.Tries, noise.Decision = 10, s.decision
	salt := attack.NewSaltPepper(s.draws, s.seed)
	salt.Steps, salt.Decision = 20, s.decision
	spatial := attack.NewSpatial(s.width, s.width, s.draws)
	spatial.Rotations, spatial.Translations, spatial.Decision = []float32{-30, 20}, []float32{0, .5}, s.decision
	return map[string]attack.Attack{"square": square, "stubborn square": stubborn, "paper's square": paper,
		"hopskipjump": hop, "spsa": spsa, "smoothed": smoothed, "noise": noise, "salt and pepper": salt, "spatial": spatial}
}

// bounded tells which of them keep to a ball.
func bounded(name string) bool {
	return !slices.Contains([]string{"hopskipjump", "salt and pepper", "spatial"}, name)
}

// watched is a model that notes the draws it is asked for, and complains of an
// image that is not in [0, 1] and of a gradient asked for.
type watched struct {
	attack.Model
	draws    []attack.Draws
	images   int
	complain func(string)
}

func (w *watched) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	w.draws = append(w.draws, draws)
	w.images += len(b.ID)
	for _, v := range b.X {
		if !(v >= 0 && v <= 1) {
			w.complain("asked about a pixel out of [0, 1]")
		}
	}
	w.Model.Logits(dst, b, draws)
}

func (w *watched) Pull([]float32, attack.Batch, []float32, attack.Draws) {
	w.complain("asked for a gradient")
}

// TestAnswersProperties checks on random models and images that every attack
// keeps to its ball, the range and its draws, leaves the images alone, asks for
// no gradient, and gives an image the same result in every batch.
func TestAnswersProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 4).Draw(t, "images")
		width := rapid.IntRange(1, 6).Draw(t, "width")
		m := &toy{
			inputs:  width * rapid.IntRange(1, 6).Draw(t, "height"),
			classes: rapid.IntRange(2, 4).Draw(t, "classes"),
			sigma:   rapid.SampledFrom([]float32{0, .5}).Draw(t, "sigma"),
			curve:   rapid.Float32Range(-1, 1).Draw(t, "curve"),
		}
		m.weight = make([]float32, m.inputs*m.classes)
		random.Key{Seed: rapid.Uint64().Draw(t, "weights"), Purpose: random.Weights}.Normals(m.weight, 0, 0, 0)
		m.bias = make([]float32, m.classes)
		pixel := rapid.OneOf(rapid.SampledFrom([]float32{0, 1, math.SmallestNonzeroFloat32}), rapid.Float32Range(0, 1))
		b := attack.Batch{
			X:  rapid.SliceOfN(pixel, n*m.inputs, n*m.inputs).Draw(t, "pixels"),
			ID: rapid.SliceOfNDistinct(rapid.Uint32(), n, n, rapid.ID).Draw(t, "names"),
		}
		labels := rapid.SliceOfN(rapid.Uint8Range(0, uint8(m.classes-1)), n, n).Draw(t, "labels")
		s := setting{
			norm:     rapid.SampledFrom([]attack.Norm{attack.Linf, attack.L2}).Draw(t, "norm"),
			eps:      rapid.OneOf(rapid.Just[float32](0), rapid.Float32Range(0, .3), rapid.Float32Range(0, 3)).Draw(t, "epsilon"),
			width:    width,
			draws:    attack.Draws{From: rapid.Uint32Range(0, 1000).Draw(t, "from"), N: rapid.IntRange(1, 3).Draw(t, "draws")},
			decision: rapid.SampledFrom([]attack.Decision{attack.MeanSoftmax, attack.SumOfLogits, attack.Vote}).Draw(t, "decision"),
			seed:     rapid.Uint64().Draw(t, "seed"),
		}
		original := slices.Clone(b.X)
		for name, a := range byAnswers(s) {
			w := &watched{Model: m, complain: func(what string) { t.Fatalf("%s: %s", name, what) }}
			adv := make([]float32, len(b.X))
			if err := a.Perturb(t.Context(), adv, w, b, labels); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			norm, eps := s.norm, s.eps
			if !bounded(name) {
				norm, eps = attack.Linf, 1
			}
			if err := attack.VerifyBatch(b, adv, norm, eps); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !slices.Equal(original, b.X) {
				t.Fatalf("%s: the images themselves were changed", name)
			}
			reserved := a.Reserved()
			for _, d := range w.draws {
				if d.From < reserved.From || uint64(d.From)+uint64(d.N) > uint64(reserved.From)+uint64(reserved.N) {
					t.Fatalf("%s: asked for %v, reserved %v", name, d, reserved)
				}
			}
			one := make([]float32, m.inputs)
			for i := range n {
				part := attack.Batch{X: b.X[i*m.inputs : (i+1)*m.inputs], ID: b.ID[i : i+1]}
				if err := a.Perturb(t.Context(), one, m, part, labels[i:i+1]); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(one, adv[i*m.inputs:(i+1)*m.inputs]) {
					t.Fatalf("%s: image %d alone gives %v, in the batch %v", name, i, one, adv[i*m.inputs:(i+1)*m.inputs])
				}
			}
		}
	})
}

// TestAnswersNeverHelp: whatever the draws it looks at say of an image that is
// broken as it is, or that it cannot break, a search on fixed draws returns
// nothing that fares better than the image.
func TestAnswersNeverHelp(t *testing.T) {
	const inputs, n = 16, 30
	m := &toy{inputs: inputs, classes: 3, weight: numbers(1, 3*inputs, -1, 1), bias: make([]float32, 3), sigma: .2}
	b := attack.Batch{X: numbers(2, n*inputs, 0, 1), ID: make([]uint32, n)}
	labels := make([]uint8, n)
	for i := range n {
		b.ID[i], labels[i] = uint32(i), uint8(i%3)
	}
	draws := attack.Draws{From: 7, N: 5}
	for _, decision := range []attack.Decision{attack.MeanSoftmax, attack.SumOfLogits, attack.Vote} {
		clean := decision.Decide(m, b, draws)
		for name, a := range byAnswers(setting{attack.Linf, .05, 4, draws, decision, 1}) {
			if !slices.Contains([]string{"square", "stubborn square", "noise", "hopskipjump", "salt and pepper", "spatial"}, name) {
				continue // these look at other draws in every step
			}
			adv := make([]float32, len(b.X))
			if err := a.Perturb(t.Context(), adv, m, b, labels); err != nil {
				t.Fatal(err)
			}
			broken := 0
			for i, class := range decision.Decide(m, attack.Batch{X: adv, ID: b.ID}, draws) {
				if clean[i] != int(labels[i]) && class == int(labels[i]) {
					t.Errorf("%s, %v: image %d was wrong and is right", name, decision, i)
				}
				if clean[i] == int(labels[i]) && class != int(labels[i]) {
					broken++
				}
			}
			if broken == 0 {
				t.Errorf("%s, %v: broke nothing: the test shows nothing", name, decision)
			}
		}
	}
}

// TestAnswersErrors checks that bad data come back as errors that name the
// image, and fields that make no sense as panics.
func TestAnswersErrors(t *testing.T) {
	good := setting{norm: attack.Linf, eps: .1, width: 1, draws: attack.Draws{N: 2}}
	for name, a := range byAnswers(good) {
		for _, c := range []struct {
			model  attack.Model
			x      []float32
			labels []uint8
			want   string
		}{
			{linear(3), []float32{0, 0, 0, 0, 1.5, 0}, []uint8{0, 0}, "pixel 1"},
			{linear(3), make([]float32, 6), []uint8{0, 2}, "label is 2"},
			{broken{linear(3), false}, make([]float32, 6), []uint8{0, 0}, "logit is NaN"},
		} {
			err := a.Perturb(t.Context(), make([]float32, 6), c.model, attack.Batch{X: c.x, ID: []uint32{4, 5}}, c.labels)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "image 5") {
				t.Errorf("%s: error %v, want one that says image 5 and %q", name, err, c.want)
			}
		}
		mustPanic(t, func() {
			_ = a.Perturb(t.Context(), make([]float32, 2), linear(3), attack.Batch{X: make([]float32, 3), ID: []uint32{1}}, []uint8{0})
		})
	}
	for what, s := range map[string]setting{
		"norm":     {norm: 2, eps: .1, width: 1, draws: good.draws},
		"epsilon":  {eps: -1, width: 1, draws: good.draws},
		"width":    {eps: .1, width: 2, draws: good.draws},
		"draws":    {eps: .1, width: 1},
		"numbers":  {eps: .1, width: 1, draws: attack.Draws{From: math.MaxUint32, N: 2}},
		"decision": {eps: .1, width: 1, draws: good.draws, decision: 3},
	} {
		list := []string{"square"}
		switch what {
		case "norm":
			list = []string{"square", "paper's square", "hopskipjump", "spsa", "noise"}
		case "epsilon":
			list = []string{"square", "paper's square", "spsa", "smoothed", "noise"}
		case "width":
			list = []string{"square", "paper's square", "spatial"}
		case "draws", "numbers":
			list = []string{"square", "paper's square", "hopskipjump", "spsa", "smoothed", "noise", "salt and pepper", "spatial"}
		}
		for _, name := range list {
			t.Run(what+" "+name, func(t *testing.T) {
				mustPanic(t, func() {
					_ = byAnswers(s)[name].Perturb(t.Context(), make([]float32, 3), linear(3), attack.Batch{X: make([]float32, 3), ID: []uint32{1}}, []uint8{0})
				})
			})
		}
	}
}
