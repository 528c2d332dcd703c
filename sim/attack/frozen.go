package attack

// Frozen is a model whose noise stands still: it answers every draw number with
// one draw of Model. An attack must break it as it breaks a model without
// noise; one that does not was stopped by the randomness alone, or is broken
// itself (Carlini and others, arXiv 1902.06705: "verify that attacks succeed if
// randomness is assigned to one fixed value").
type Frozen struct {
	Model
	Draw uint32
}

// Logits implements [Model].
func (f Frozen) Logits(dst []float32, b Batch, draws Draws) {
	if draws.N < 1 {
		return
	}
	_, classes := f.Dims()
	f.Model.Logits(dst[:len(b.ID)*classes], b, Draws{From: f.Draw, N: 1})
	// Spread out from the end, where nothing is overwritten that is yet to be read.
	for i := len(b.ID) - 1; i >= 0; i-- {
		z := row(dst, i, classes)
		for k := draws.N - 1; k >= 0; k-- {
			copy(row(dst, i*draws.N+k, classes), z)
		}
	}
}

// Pull implements [Model]: all draws being one, their cotangents add up.
func (f Frozen) Pull(dst []float32, b Batch, g []float32, draws Draws) {
	_, classes := f.Dims()
	sum := make([]float32, len(b.ID)*classes)
	for i := range b.ID {
		for k := range draws.N {
			for c, v := range row(g, i*draws.N+k, classes) {
				sum[i*classes+c] += v
			}
		}
	}
	f.Model.Pull(dst, b, sum, Draws{From: f.Draw, N: 1})
}
