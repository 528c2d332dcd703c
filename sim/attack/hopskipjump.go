package attack

import (
	"context"
	"math"
)

var _ Attack = HopSkipJump{}

// HopSkipJump seeks the nearest adversarial image by decisions alone: Chen,
// Jordan and Wainwright (arXiv 1904.02144), with Foolbox's details. From an
// adversarial image it walks to the boundary by bisection, asks there in which
// directions the decision changes, takes a step along their mean, and bisects
// again. Image by image the nearest image found that errs is returned.
//
// Every decision is that of the same Draws, so that there is a boundary to walk
// along. What is found lies just behind it: fresh draws put many of the results
// on the other side. It is the distance that tells of a model with noise.
//
// The first adversarial image is noise: uniform, and failing that with runs of
// equal pixels, at most 1000 tries; then the closest of 50 blends of it with the
// image. Where all of it is classified as the label, or where the image errs as
// it is, the image itself is returned.
type HopSkipJump struct {
	Norm      Norm // whose distance is made small
	Steps     int
	Probes    int // directions asked in the first step; step t asks Probes*sqrt(t), t from 1
	MaxProbes int
	Gamma     float32 // the bisection ends at Gamma/inputs^1.5 of the distance in L2, Gamma/inputs^2 in Linf
	Queries   int     // most decisions asked of an image; a step whose probes exceed it is not begun
	Decision  Decision
	Draws     Draws
	Seed      uint64
}

// NewHopSkipJump returns the attack with Foolbox's figures: 64 steps, 100
// probes in the first, at most 10000, gamma 1, [MeanSoftmax]. All steps cost
// about 35,000 decisions; queries, the cap, may cut them short.
func NewHopSkipJump(norm Norm, queries int, draws Draws, seed uint64) HopSkipJump {
	return HopSkipJump{Norm: norm, Steps: 64, Probes: 100, MaxProbes: 10000, Gamma: 1, Queries: queries, Draws: draws, Seed: seed}
}

// Reserved implements [Attack].
func (a HopSkipJump) Reserved() Draws { return a.Draws }

// Perturb implements [Attack].
func (a HopSkipJump) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	checkNorm(a.Norm)
	checkAsks(a.Draws, a.Steps, a.Decision)
	if a.Probes < 1 || a.MaxProbes < 1 || a.Queries < 1 || !(a.Gamma > 0 && a.Gamma <= math.MaxFloat32) {
		panic("attack: HopSkipJump needs Probes, MaxProbes, Queries and Gamma above 0")
	}
	s, err := newSearch(ctx, dst, m, b, labels, a.Decision, a.Draws.N)
	if err != nil || len(labels) == 0 {
		return err
	}
	n := len(labels)
	w := walk{HopSkipJump: a, search: s, point: make([]float32, len(dst)), distance: make([]float64, n),
		used: make([]int, n), nearest: make([]float64, n),
		turns: make([]float32, len(dst)), drift: make([]float32, len(dst)), mean: make([]float32, n),
		direction: make([]float32, s.inputs)}
	_, images, err := s.askOriginals(a.Draws)
	if err != nil {
		return err
	}
	for i := range w.used {
		w.used[i], w.nearest[i] = 1, math.Inf(1)
	}
	if images, err = w.start(images); err != nil {
		return err
	}
	if err := w.bisect(images); err != nil {
		return err
	}
	w.note(dst, images)
	for t := range a.Steps {
		probes := min(int(float64(a.Probes)*math.Sqrt(float64(t+1))), a.MaxProbes)
		images = w.afford(images, probes+1)
		if err := w.estimate(images, t, probes); err != nil {
			return err
		}
		if err := w.jump(images, t); err != nil {
			return err
		}
		if err := w.bisect(images); err != nil {
			return err
		}
		w.note(dst, images)
	}
	return nil
}
