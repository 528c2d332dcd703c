package modification

import (
	"murmur/neuron/random"
)

// disc is a row of a table of defocus: an aperture.
type disc struct{ radius, alias float32 } // alias: sigma of a blur of the disc, 3 or 5 taps wide

var (
	mnistDiscs = []disc{{3, .1}, {4, .5}, {6, .5}, {8, .5}, {10, .5}}
	cifarDiscs = []disc{{.3, .4}, {.4, .5}, {.5, .6}, {1, .2}, {1.5, .1}}
)

// defocus averages over a disc. Outside, the picture is mirrored at the centres
// of the edge pixels.
func defocus(rows []disc) change {
	return func(dst, src []float32, width, height int, level float32, _ *random.Stream) {
		taps, reach := rows[int(level)-1].taps()
		side := 2*reach + 1
		padded := width + 2*reach
		line := make([]float32, padded)
		clear(dst)
		for y := -reach; y < height+reach; y++ {
			in := row(src, width, mirror(y, height))
			for x := range line {
				line[x] = in[mirror(x-reach, width)]
			}
			for dy := -reach; dy <= reach; dy++ {
				if y-dy < 0 || y-dy >= height {
					continue
				}
				out := row(dst, width, y-dy)
				for dx, w := range taps[(dy+reach)*side : (dy+reach+1)*side] {
					if w > 1e-9 {
						add(out, line[dx:], w)
					}
				}
			}
		}
	}
}

// taps returns the square of weights of side 2*reach+1: 17, for a disc that does
// not fit its own.
func (d disc) taps() (taps []float32, reach int) {
	edge := 1 // of the blur of the disc
	reach = 8
	if d.radius > 8 {
		edge, reach = 2, int(d.radius)
	}
	side := 2*reach + 1
	sharp := make([]float32, side*side)
	count := float32(0)
	for i := range sharp {
		x, y := float32(i%side-reach), float32(i/side-reach)
		if float32(x*x)+float32(y*y) <= float32(d.radius*d.radius) {
			sharp[i] = 1
			count++
		}
	}
	weights := make([]float32, edge+1)
	total := halfGaussian(weights, d.alias)
	total = float32(2*total) - weights[0]
	taps = make([]float32, len(sharp))
	for i := range taps {
		for dy := -edge; dy <= edge; dy++ {
			for dx := -edge; dx <= edge; dx++ {
				w := float32(weights[max(dx, -dx)]*weights[max(dy, -dy)]) / float32(total*total)
				// A disc that reaches the edge of the square is mirrored there.
				taps[i] += float32(w * sharp[mirror(i/side+dy, side)*side+mirror(i%side+dx, side)])
			}
		}
		taps[i] /= count
	}
	return taps, reach
}

// smearing is a motion blur along a direction within 45 degrees of the
// horizontal, by rows of a table.
func smearing(rows []smear) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		rows[int(level)-1].magick(dst, src, width, height, symmetric(45, s))
	}
}

var cifarSmears = []smear{{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}}

// zoomBlur is the mean of the picture and its zooms by 1, 1+step, ..., largest;
// the picture itself counts once more than its zooms. The factors are those of
// numpy's arange, which adds what remains of a step after 1 + step was rounded:
// a little more than 1.25 enlarges 26 of 32 pixels to 33 and not to 32.
func zoomBlur(step float64) change {
	stepped := float64(1 + step)
	added := stepped - 1
	return func(dst, src []float32, width, height int, largest float32, _ *random.Stream) {
		copy(dst, src)
		// The largest factor may miss its place on the grid by rounding alone.
		steps := int((float64(largest)-1)/step + 1e-4)
		enlarged := make([]float32, len(dst))
		for k := range steps + 1 {
			zoomed, w, h := clippedZoom(src, width, height, 1+float64(float64(k)*added))
			centre(enlarged, width, height, zoomed, w, h, false)
			for i, v := range enlarged {
				dst[i] += v
			}
		}
		scale(dst, dst, 1/float32(steps+2))
	}
}

// pane is a row of a table of glass.
type pane struct {
	sigma  float32 // of a blur before and after
	reach  int     // pixels are exchanged with others up to so far away
	passes int
}

var (
	mnistPanes = []pane{{.7, 1, 2}, {.9, 2, 1}, {1, 2, 3}, {1.1, 3, 2}, {1.5, 4, 2}}
	cifarPanes = []pane{{.05, 1, 1}, {.25, 1, 1}, {.4, 1, 1}, {.25, 1, 2}, {.4, 1, 2}}
)

// frosted looks through glass: it blurs, moves pixels about from the lower right
// to the upper left, and blurs again. The offsets are -reach..reach-1, so light
// moves to the upper left by half a pixel on average.
//
// In MNIST-C a coin decides whether a pixel is exchanged. In CIFAR-10-C every
// pixel is, but its code exchanges two views of one colour picture, so that
// both places end up with the pixel from further away: it copies.
func frosted(rows []pane, coin bool, blur change) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		p := rows[int(level)-1]
		x := make([]float32, len(src))
		blur(x, src, width, height, p.sigma, nil)
		each(x, truncated)
		for range p.passes {
			for h := height - p.reach; h > p.reach; h-- {
				for w := width - p.reach; w > p.reach; w-- {
					if coin && s.Uint32()&1 == 0 {
						continue
					}
					dx, dy := s.IntN(2*p.reach)-p.reach, s.IntN(2*p.reach)-p.reach
					here, there := h*width+w, (h+dy)*width+w+dx
					if coin {
						x[here], x[there] = x[there], x[here]
					} else {
						x[here] = x[there]
					}
				}
			}
		}
		blur(dst, x, width, height, p.sigma, nil)
	}
}

// verticalBlur is gaussianBlur along columns alone.
func verticalBlur(dst, src []float32, width, height int, sigma float32, _ *random.Stream) {
	clamped := func(i, n int) int { return min(max(i, 0), n-1) }
	copy(dst, src)
	mix(dst, width, height, nil, mixing(height, sigma, int(float32(4*sigma)+.5), clamped))
}
