package experiment

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"murmur/network/circuit"
	"murmur/neuron/random"
	"murmur/sim/scenario"
)

// lesson is a source under way: what its arms learn from. It is prepared when the first arm asks and let go of after the
// last.
type lesson struct {
	scenario.Lesson
	images     int              // training images that are seen changed
	modified   []circuit.Memory // responses of each layer to them
	trajectory [][sha256.Size]byte

	keep bool // the structure is asked for after the last arm
	once sync.Once
	err  error
	lock sync.Mutex
	left int // arms that are not done with it

	structures []*structure // of each layer, nil until it is asked for
}

// kept is how many covariances of a seed are kept to be described.
const kept = 16

// lessons returns the sources of a seed.
func (w *world) lessons() []*lesson {
	var list []*lesson
	for _, y := range w.Experiment.lessons {
		l := &lesson{Lesson: y, images: y.Images, keep: len(w.Experiment.lessons) <= kept && w.seed == w.Seed}
		if l.images == 0 {
			l.images = w.train.Len()
		}
		list = append(list, l)
	}
	return list
}

// prepare shows the changed training images to twins of the sheets.
func (y *lesson) prepare(ctx context.Context, w *world) error {
	y.once.Do(func() {
		pictures, err := y.pictures(ctx, w)
		if err != nil {
			y.err = err
			return
		}
		twins := w.twins()
		if y.modified, y.err = w.see(ctx, twins, pictures, y.images); y.err != nil {
			return
		}
		y.trajectory = trajectories(twins)
		y.structures = make([]*structure, len(w.layers))
		if y.keep {
			_, y.err = y.structure(ctx, w, w.last())
		}
	})
	return y.err
}

// structure returns the covariance of deviations of a layer, worked out when it is first asked for.
func (y *lesson) structure(ctx context.Context, w *world, layer int) (*structure, error) {
	y.lock.Lock()
	defer y.lock.Unlock()
	if y.structures[layer] == nil {
		l := w.layers[layer]
		s, err := newStructure(ctx, l.clean, y.modified[layer], l.Len(), min(w.Noise.Oracle.Components, l.Len()), w.seed)
		if err != nil {
			return nil, err
		}
		y.structures[layer] = s
	}
	return y.structures[layer], nil
}

// pictures returns the changed training images, [image][pixel]. An attack is made against the network without noise.
func (y *lesson) pictures(ctx context.Context, w *world) ([]float32, error) {
	if y.Attack == nil {
		return w.modified(ctx, w.train, y.images, y.Level, 0)
	}
	adv, err := w.attacked(ctx, w.newModel(w.base, w.base.Readout, w.base.Bias, false), nil, w.train.Pixels[:y.images*w.train.Size()], w.train.Labels[:y.images], y.Level, testTrials)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", y.Name, err)
	}
	return adv, nil
}

// done lets go of what was prepared once the last arm has used it.
func (y *lesson) done() {
	y.lock.Lock()
	defer y.lock.Unlock()
	if y.left--; y.left > 0 {
		return
	}
	y.modified = nil
	if !y.keep {
		y.structures = nil
	}
}

// noisyImages returns the training images under Gaussian noise on the input.
func (w *world) noisyImages(ctx context.Context) ([]float32, error) {
	size := w.train.Size()
	pictures := make([]float32, w.train.Len()*size)
	err := parallelUntil(ctx, w.train.Len(), func(i int) {
		w.smooth(pictures[i*size:(i+1)*size], w.train.Image(i), w.Readout.InputSigma, uint32(i), 0)
	})
	return pictures, err
}

// smooth writes an image with Gaussian noise to dst, cut to [0, 1].
func (w *world) smooth(dst, image []float32, sigma float64, id, draw uint32) {
	random.Key{Seed: w.seed, Purpose: random.Smoothing, Unit: id}.Normals(dst, draw, 0, 0)
	for p, v := range image {
		dst[p] = min(max(v+float32(float32(sigma)*dst[p]), 0), 1)
	}
}
