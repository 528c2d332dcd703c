package attack_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"murmur/sim/attack"
)

// quick returns how every kind of attack is made in the tests below: small, on pictures of a size.
func quick(width, height, classes int, noisy bool) attack.Options {
	preset, _ := attack.LookupPreset("thorough")
	return attack.Options{Preset: preset.With(3, 2, 4, 20), Epsilon: .1, Noisy: noisy, Seed: 1, Classes: classes, Width: width, Height: height}
}

// TestEveryKindOnSmallAndOddPictures: whatever the shape of the pictures and however few classes there are, down to two,
// every attack ends with pictures, and those with a budget keep to it.
func TestEveryKindOnSmallAndOddPictures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 2}, {1, 9}, {3, 40}, {40, 3}, {5, 5}} {
		for _, classes := range []int{2, 4} {
			width, height := size[0], size[1]
			inputs := width * height
			for _, noisy := range []bool{false, true} {
				m := &toy{inputs: inputs, classes: classes, weight: numbers(3, classes*inputs, -1, 1), bias: make([]float32, classes)}
				if noisy {
					m.sigma = .3
				}
				b, labels := attack.Batch{X: numbers(4, 3*inputs, 0, 1), ID: []uint32{1, 2, 3}}, []uint8{0, 1, 1}
				for _, k := range attack.Kinds() {
					t.Run(fmt.Sprintf("%s on %d x %d, %d classes, noisy %v", k.Name, width, height, classes, noisy), func(t *testing.T) {
						adv := run(t, k.New(quick(width, height, classes, noisy)), m, b, labels)
						if k.Bound != attack.Ball {
							return
						}
						if err := attack.VerifyBatch(b, adv, k.Norm, .1); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	}
}

// leaving is a model that ends a context when it is asked for the first time, and counts how often it is asked.
type leaving struct {
	attack.Model
	end   context.CancelCauseFunc
	asked int
}

var errLeft = errors.New("the caller left")

func (m *leaving) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	m.asked++
	m.end(errLeft)
	m.Model.Logits(dst, b, draws)
}

func (m *leaving) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	m.asked++
	m.Model.Pull(dst, b, g, draws)
}

// TestEveryKindEndsWithItsContext: after the end of the context no attack asks the model anything more.
func TestEveryKindEndsWithItsContext(t *testing.T) {
	for _, k := range attack.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			ctx, end := context.WithCancelCause(context.Background())
			m := &leaving{Model: linear(9), end: end}
			o := quick(3, 3, 2, false)
			o.Twin = m
			b := attack.Batch{X: numbers(4, 18, .4, .6), ID: []uint32{1, 2}}
			class := attack.MeanSoftmax.Decide(linear(9), b, attack.Draws{N: 1})
			err := k.New(o).Perturb(ctx, make([]float32, 18), m, b, []uint8{uint8(class[0]), uint8(class[1])})
			if !errors.Is(err, errLeft) || m.asked != 1 {
				t.Errorf("error %v, asked %d times", err, m.asked)
			}
		})
	}
}
