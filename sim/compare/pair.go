package compare

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"murmur/sim/measure"
	"murmur/sim/record"
)

// pairing is what two runs share: then what they decided can be held together image by image and seed by seed.
type pairing struct {
	a, b   *Run
	seeds  []uint64
	images map[int32]bool
	why    string // nothing is paired; empty where it is
}

// find looks for images and seeds that both runs have, and says why there are none.
func (p *pairing) find() (why string, err error) {
	for _, o := range p.a.blocks[p.a.order[0]] {
		if slices.ContainsFunc(p.b.blocks[p.b.order[0]], func(b *measure.Outcomes) bool { return b.Seed == o.Seed }) {
			p.seeds = append(p.seeds, o.Seed)
		}
	}
	pictures, err := p.a.pictures()
	if err != nil {
		return "", err
	}
	others, err := p.b.pictures()
	if err != nil {
		return "", err
	}
	p.images = map[int32]bool{}
	for i, picture := range pictures {
		other, ok := others[i]
		if !ok {
			continue
		}
		if !picture.is(other) {
			p.why = fmt.Sprintf("image %d is another picture in each", i)
			break
		}
		p.images[i] = true
	}
	switch {
	case pictures == nil || others == nil:
		p.why = "images.npz, which says what pictures were judged, is missing"
	case p.why != "":
	case len(p.images) == 0:
		p.why = "they judged other images"
	case len(p.seeds) == 0:
		p.why = "they have no seed in common"
	}
	if p.why != "" {
		p.images, p.seeds = nil, nil
	}
	return p.why, nil
}

// picture is an image that was judged.
type picture struct {
	pixels []float32
	class  uint8
}

func (x picture) is(y picture) bool { return x.class == y.class && slices.Equal(x.pixels, y.pixels) }

// pictures are the images that a run judged, by their numbers; nil where the folder does not hold them.
func (r *Run) pictures() (map[int32]picture, error) {
	const archive = "images.npz"
	arrays, err := record.ReadArrays(r.file(archive), func(name string) bool { return name == "images" || name == "labels" })
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var pixels []float32
	var labels []uint8
	for _, a := range arrays {
		switch a.Name { // data of another kind count as missing
		case "images":
			pixels, _ = a.Data.([]float32)
		case "labels":
			labels, _ = a.Data.([]uint8)
		}
	}
	clean := r.blocks[r.order[0]][0]
	n := len(clean.Image)
	if n > len(labels) || len(labels) == 0 || len(pixels)%len(labels) != 0 {
		return nil, fmt.Errorf("%s: holds %d pictures and %d pixels, the outcomes are of %d", r.file(archive), len(labels), len(pixels), n)
	}
	size := len(pixels) / len(labels)
	list := make(map[int32]picture, n)
	for row, i := range clean.Image {
		list[i] = picture{pixels[row*size : (row+1)*size], labels[row]}
	}
	return list, nil
}

// compare fills a cell; cells is how many there are.
func (p *pairing) compare(arm measure.ArmKey, c *Cell, cells int) error {
	k := place{arm, c.Key()}
	seeds, images := p.shared(k)
	x, decidedX, err := p.a.sample(k, seeds, images)
	if err != nil {
		return err
	}
	y, decidedY, err := p.b.sample(k, seeds, images)
	if err != nil {
		return err
	}
	difference := func(level float64) measure.Paired { return y.Unpaired(x, level) }
	if seeds != nil {
		if len(decidedX) != len(decidedY) {
			return errors.New("of the images that both judged a seed lacks some")
		}
		difference = func(level float64) measure.Paired { return y.PairedAt(x, level) }
		changed := 0
		for i, d := range decidedX {
			if d != decidedY[i] {
				changed++
			}
		}
		share := six(float64(changed) / float64(len(decidedX)))
		c.Changed = &share
	}
	c.A, c.B = six(x.Mean()), six(y.Mean())
	for _, k := range []struct {
		to    *measure.Paired
		level float64
	}{{&c.Difference, level}, {&c.Together, 1 - (1-level)/float64(cells)}} {
		d := difference(k.level)
		*k.to = measure.Paired{Mean: six(d.Mean), Lo: six(d.Lo), Hi: six(d.Hi)}
	}
	return nil
}

// six rounds to six digits, as the numbers of a result are; 0 has no sign.
func six(x float64) float64 { return math.Round(x*1e6)/1e6 + 0 }

// shared are the seeds and images in which both runs have a place; nil where none can be paired.
func (p *pairing) shared(k place) (seeds []uint64, images map[int32]bool) {
	images = map[int32]bool{}
	for _, a := range p.a.blocks[k] {
		i := slices.IndexFunc(p.b.blocks[k], func(b *measure.Outcomes) bool { return a.Seed == b.Seed })
		if i < 0 || p.why != "" {
			continue
		}
		seeds = append(seeds, a.Seed)
		there := make(map[int32]bool, len(a.Image))
		for _, image := range p.b.blocks[k][i].Image {
			there[image] = true
		}
		for _, image := range a.Image {
			images[image] = p.images[image] && there[image]
		}
	}
	return seeds, images
}

// sample is what a run has right in a place, of some seeds and images in the order of the images' numbers, or of all if
// there are none; and what it decided, seed by seed.
func (r *Run) sample(k place, seeds []uint64, images map[int32]bool) (x measure.Sample, decided []uint8, err error) {
	var first []int32
	for _, o := range r.blocks[k] {
		if seeds != nil && !slices.Contains(seeds, o.Seed) {
			continue
		}
		order := make([]int, 0, len(o.Image))
		for i, image := range o.Image {
			if seeds == nil || images[image] {
				order = append(order, i)
			}
		}
		slices.SortFunc(order, func(i, j int) int { return int(o.Image[i]) - int(o.Image[j]) })
		row, own := make([]float64, len(order)), make([]int32, len(order))
		for n, i := range order {
			row[n], own[n] = float64(o.Right[i]), o.Image[i]
			decided = append(decided, o.Decision[i])
		}
		if first == nil {
			first = own
		}
		if !slices.Equal(first, own) || len(own) == 0 {
			return nil, nil, fmt.Errorf("%s: its seeds have other images", r.file(record.OutcomesFile))
		}
		x = append(x, row)
	}
	return x, decided, nil
}
