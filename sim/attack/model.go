package attack

// Draws is the range [From, From+N) of noise-draw numbers.
type Draws struct {
	From uint32
	N    int
	// Paired asks a model whose noise is symmetric about 0 for antithetic draws: every second one of the range is the
	// one before with its sign changed, which takes what is odd in the noise out of a mean. A model may know nothing of
	// it. Draws that judge or certify are independent, and so not paired.
	Paired bool
}

// Draw returns the number of the k-th draw of the range and whether it is that draw with its sign changed.
func (d Draws) Draw(k int) (number uint32, mirrored bool) {
	if d.Paired && k&1 == 1 {
		return d.From + uint32(k-1), true
	}
	return d.From + uint32(k), false
}

// Overlaps reports whether d and e have a draw number in common.
func (d Draws) Overlaps(e Draws) bool {
	return d.N > 0 && e.N > 0 &&
		uint64(d.From) < uint64(e.From)+uint64(e.N) &&
		uint64(e.From) < uint64(d.From)+uint64(d.N)
}

// Batch is n images to look at. X is [n][inputs], row-major, in [0, 1]. ID[i]
// names image i: noise belongs to an image and a draw number, not to a place in
// a batch.
type Batch struct {
	X  []float32
	ID []uint32
}

// Model is all that an attack may know of its victim. What it returns for an
// image depends on that image, its ID and the draw numbers alone, not on the
// rest of the batch.
type Model interface {
	// Dims returns the number of inputs (pixels) and of classes.
	Dims() (inputs, classes int)
	// Logits fills dst, [n][draws.N][classes], with the logits of every image
	// under every draw. A deterministic model repeats itself, or is asked with
	// draws.N = 1.
	Logits(dst []float32, b Batch, draws Draws)
	// Pull fills dst, [n][inputs], with the vector-Jacobian product: for each
	// image the gradient in its inputs of the sum over draws and classes of
	// g*logits, g being [n][draws.N][classes].
	Pull(dst []float32, b Batch, g []float32, draws Draws)
}
