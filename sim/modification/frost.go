package modification

import (
	"math"
	"sync"

	"murmur/neuron/random"
)

// ice is a row of a table of frost: what remains of the picture, and how much
// frost is added.
type ice struct{ picture, frost float32 }

var (
	mnistIce = []ice{{1, .4}, {.8, .6}, {.7, .7}, {.65, .7}, {.6, .75}}
	cifarIce = []ice{{1, .2}, {1, .3}, {.9, .4}, {.85, .4}, {.75, .45}}
)

// photographs stand in for the five photographs of frost that the original draws from:
// each has the mean of one of them and the deviation of its pixels.
var photographs = [5]struct{ mean, deviation float32 }{
	{.53, .064}, {.804, .08}, {.802, .08}, {.598, .107}, {.46, .158},
}

// frost lays a random part of a random photograph of frost over the picture,
// every step-th pixel of it along both axes: 1 is the photograph at its full
// scale (MNIST-C), 5 is one shrunk to a fifth (CIFAR-10-C), for which the
// original also takes pixels and averages none.
func frost(rows []ice, step int) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		f := rows[int(level)-1]
		p := photographs[s.IntN(len(photographs))]
		left, top := s.IntN(frostSide), s.IntN(frostSide)
		ferns := frostField()
		for y := range height {
			line := row(ferns, frostSide, (top+step*y)&(frostSide-1))
			for x := range width {
				v := limit(p.mean + float32(p.deviation*line[(left+step*x)&(frostSide-1)]))
				dst[y*width+x] = float32(f.picture*src[y*width+x]) + float32(f.frost*v)
			}
		}
	}
}

// frostSide is the side of the field of frost, which repeats like a torus.
const frostSide = 512

// frostField returns a field of frost made up from a fixed stream, of mean 0 and
// variance 1: bright veins, where one plasma is half way, on the clouds of
// another. How fast the two fall from scale to scale is chosen so that crops
// differ from each other, and within themselves, as those of the photographs.
var frostField = sync.OnceValue(func() []float32 {
	key := random.Key{Seed: 1, Purpose: random.Modification}
	field, veins := plasma(frostSide, 1.07, key.Stream(0, 1)), plasma(frostSide, 1.08, key.Stream(0, 2))
	sum, squares := 0., 0.
	for i, v := range veins {
		ridge := 1 - max(2*v-1, 1-2*v)
		ridge = float32(ridge * ridge)
		field[i] += float32(.45 * float32(ridge*ridge))
		sum += float64(field[i])
	}
	mean := sum / float64(len(field))
	for _, v := range field {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	deviation := math.Sqrt(squares / float64(len(field)))
	for i, v := range field {
		field[i] = float32((float64(v) - mean) / deviation)
	}
	return field
})
