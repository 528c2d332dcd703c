package attack

import (
	"context"
	"fmt"
	"math"
	"slices"

	"murmur/neuron/kernel"
)

// victim is the model as one call of Perturb sees it, with buffers for the
// whole batch. Attacks that finish images at different times hand it what is
// left: a model's answer does not depend on the rest of a batch.
type victim struct {
	ctx             context.Context
	model           Model
	inputs, classes int
	logits          []float32 // [n][most draws][classes]
	pull            []float32 // [n][most draws][classes]
}

// newVictim checks the arguments of Perturb and returns a victim for looks of
// at most draws draws. The error names the image.
func newVictim(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8, draws int) (*victim, error) {
	inputs, classes := m.Dims()
	n := len(b.ID)
	if len(b.X) != n*inputs || len(dst) != n*inputs || len(labels) != n {
		panic(badShape)
	}
	if err := checkData(b, labels, inputs, classes); err != nil {
		return nil, err
	}
	return &victim{ctx: ctx, model: m, inputs: inputs, classes: classes,
		logits: make([]float32, n*draws*classes), pull: make([]float32, n*draws*classes)}, nil
}

// look returns the logits of the images of b, [n][draws.N][classes], which hold
// until the next look.
func (v *victim) look(b Batch, draws Draws) ([]float32, error) {
	logits := v.logits[:len(b.ID)*draws.N*v.classes]
	if len(b.ID) == 0 {
		return logits, nil
	}
	if err := context.Cause(v.ctx); err != nil {
		return nil, err
	}
	v.model.Logits(logits, b, draws)
	return logits, finite(logits, b.ID, "logit")
}

// slope fills dst, [n][inputs], with the gradient whose cotangent stands in
// v.pull.
func (v *victim) slope(dst []float32, b Batch, draws Draws) error {
	if len(b.ID) == 0 {
		return nil
	}
	if err := context.Cause(v.ctx); err != nil {
		return err
	}
	v.model.Pull(dst, b, v.pull[:len(b.ID)*draws.N*v.classes], draws)
	return finite(dst, b.ID, "gradient")
}

// finite returns an error that names the first image with a value that is not
// finite; v holds equally many values of every image.
func finite(v []float32, id []uint32, what string) error {
	i := notFinite(v)
	if i < 0 {
		return nil
	}
	return fmt.Errorf("attack: image %d: the model's %s is %v, expected a finite value", id[i/(len(v)/len(id))], what, v[i])
}

// notFinite returns the first place of v that is not finite, or -1.
func notFinite(v []float32) int {
	if kernel.Finite(v) {
		return -1
	}
	return slices.IndexFunc(v, func(f float32) bool { return f-f != 0 })
}

// crowd is a part of a batch: images side by side, for a model to look at, and
// where they stand in the batch.
type crowd struct {
	at     []int // place in the batch
	batch  Batch // as many images as at has places
	inputs int
}

func newCrowd(n, inputs int) *crowd {
	return &crowd{at: make([]int, 0, n), batch: Batch{X: make([]float32, 0, n*inputs), ID: make([]uint32, 0, n)}, inputs: inputs}
}

// gather fills the crowd with the images of b that are wanted, their pixels
// taken from x, [n][inputs].
func (c *crowd) gather(x []float32, id []uint32, want func(i int) bool) {
	c.at, c.batch.X, c.batch.ID = c.at[:0], c.batch.X[:0], c.batch.ID[:0]
	for i := range id {
		if want(i) {
			c.at = append(c.at, i)
			c.batch.ID = append(c.batch.ID, id[i])
			c.batch.X = append(c.batch.X, row(x, i, c.inputs)...)
		}
	}
}

// errs tells whether the decision on one image differs from its label; scores,
// [classes], is scratch.
func (d Decision) errs(logits, scores []float32, label uint8) bool {
	d.Scores(scores, logits, len(scores))
	return argmax(scores) != int(label)
}

// nothing is the verdict that any other is above.
var nothing = verdict{loss: float32(math.Inf(-1))}

// rivals fills dst with the classes but the label, the best score first, of
// equals the lower class.
func rivals(dst []uint8, scores []float32, label uint8) {
	next := func(after int) int {
		best := -1
		for c, v := range scores {
			behind := after < 0 || v < scores[after] || v == scores[after] && c > after
			if c != int(label) && behind && (best < 0 || v > scores[best]) {
				best = c
			}
		}
		return best
	}
	last := -1
	for i := range dst {
		last = next(last)
		dst[i] = uint8(last)
	}
}

// dual returns the norm of a gradient that is dual to n: a plane w x = f is
// |f|/dual(w) away.
func (n Norm) dual(w []float32) float64 {
	var sum float64
	if n == Linf {
		for _, g := range w {
			sum += math.Abs(float64(g))
		}
		return sum
	}
	for _, g := range w {
		sum += float64(float64(g) * float64(g))
	}
	return math.Sqrt(sum)
}

// positive tells whether v is finite and not negative.
func positive(v float32) bool { return v >= 0 && v <= math.MaxFloat32 }

// counted tells whether a number of draws starting at from stays below 2^32.
func counted(from uint32, n float64) bool { return float64(from)+n <= 1<<32 }
