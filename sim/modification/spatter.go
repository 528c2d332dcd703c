package modification

import "murmur/neuron/random"

// splash is a row of a table of spatter.
type splash struct {
	mean, deviation float32 // of normal numbers
	spread          float32 // sigma of the blur that makes drops of them
	threshold       float32 // below it there is no drop
	amount          float32 // sigma of the blur of mud, or the strength of water
	mud             bool
}

var (
	// Always mud: MNIST-C has the column but not the water.
	mnistSplashes = []splash{
		{.65, .3, 4, .69, .6, true},
		{.65, .3, 3, .68, .6, true},
		{.65, .3, 2, .68, .5, true},
		{.65, .3, 1, .65, 1.5, true},
		{.67, .4, 1, .65, 1.5, true},
	}
	cifarSplashes = []splash{
		{.62, .1, .7, .7, .5, false},
		{.65, .1, .8, .7, .5, false},
		{.65, .3, 1, .69, .5, false},
		{.65, .1, .7, .69, .6, true},
		{.65, .1, .5, .68, .6, true},
	}
)

// spatter throws drops on the picture: mud of the given grey, or water.
func spatter(rows []splash, mud float32) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		p := rows[int(level)-1]
		liquid := make([]float32, len(src))
		for i := range liquid {
			dst[i] = p.mean + float32(p.deviation*s.Normal())
		}
		gaussianBlur(liquid, dst, width, height, p.spread, nil)
		for i, v := range liquid {
			if v < p.threshold {
				liquid[i] = 0
			}
		}
		if !p.mud {
			turquoise := cifarGrey.of(175, 238, 238) / 255
			film := water(liquid, width, height)
			for i, v := range src {
				dst[i] = v + float32(turquoise*float32(p.amount*film[i]))
			}
			return
		}
		for i, v := range liquid {
			if v > p.threshold {
				liquid[i] = 1
			}
		}
		gaussianBlur(dst, liquid, width, height, p.amount, nil)
		for i, m := range dst {
			if m < .8 {
				m = 0
			}
			dst[i] = float32(src[i]*(1-m)) + float32(mud*m)
		}
	}
}

// water returns the light of drops of liquid, at most 1: bright inside and at
// their lower right rims. It follows, with OpenCV's meaning of each step, the
// code of ImageNet-C: edges, distance from the edges up to 20, box blur,
// equalisation, an emboss filter, box blur, times the liquid.
func water(liquid []float32, width, height int) []float32 {
	grey := make([]int, len(liquid))
	for i, v := range liquid {
		grey[i] = int(float32(255 * limit(v)))
	}
	depth := distances(cannyBytes(grey, width, height, 50, 150), width, height)
	for i, v := range depth {
		depth[i] = min(v, 20)
	}
	depth = boxBlur(depth, width, height)
	bytes := make([]int, len(depth))
	for i, v := range depth {
		bytes[i] = int(v)
	}
	bytes = equalise(bytes)
	emboss := [3][3]int{{-2, -1, 0}, {-1, 1, 1}, {0, 1, 2}}
	for y := range height {
		for x := range width {
			sum := 0
			for j, weights := range emboss {
				for i, w := range weights {
					sum += w * bytes[mirror(y+j-1, height)*width+mirror(x+i-1, width)]
				}
			}
			depth[y*width+x] = float32(min(max(sum, 0), 255))
		}
	}
	film := boxBlur(depth, width, height)
	brightest := float32(0)
	for i, v := range film {
		film[i] = float32(float32(grey[i]) * float32(int(v+.5)))
		brightest = max(brightest, film[i])
	}
	if brightest > 0 {
		scale(film, film, 1/brightest)
	}
	return film
}

// boxBlur averages over 3 x 3 pixels, mirrored at the edge pixels.
func boxBlur(a []float32, width, height int) []float32 {
	b := make([]float32, len(a))
	for y := range height {
		for x := range width {
			sum := float32(0)
			for j := y - 1; j <= y+1; j++ {
				for i := x - 1; i <= x+1; i++ {
					sum += a[mirror(j, height)*width+mirror(i, width)]
				}
			}
			b[y*width+x] = sum / 9
		}
	}
	return b
}

// equalise spreads the bytes so that their distribution becomes even.
func equalise(bytes []int) []int {
	var histogram, table [256]int
	for _, v := range bytes {
		histogram[v]++
	}
	first := 0
	for histogram[first] == 0 {
		first++
	}
	rest := len(bytes) - histogram[first]
	table[first] = 0
	if rest == 0 {
		table[first] = first
	}
	sum := 0
	for v := first + 1; v < 256 && rest > 0; v++ {
		sum += histogram[v]
		table[v] = (2*255*sum + rest) / (2 * rest) // rounded
	}
	out := make([]int, len(bytes))
	for i, v := range bytes {
		out[i] = table[v]
	}
	return out
}

// distances returns the distance of each pixel from the nearest edge, in steps
// of 1, 1.4 and 2.1969 pixels along, across and like a knight.
func distances(edge []bool, width, height int) []float32 {
	const far = 1e4
	d := make([]float32, len(edge))
	for i, e := range edge {
		if !e {
			d[i] = far
		}
	}
	steps := [8]struct {
		dx, dy int
		length float32
	}{
		{-1, -2, 2.1969}, {1, -2, 2.1969}, {-2, -1, 2.1969}, {-1, -1, 1.4},
		{0, -1, 1}, {1, -1, 1.4}, {2, -1, 2.1969}, {-1, 0, 1},
	}
	relax := func(i, sign int) {
		x, y := i%width, i/width
		for _, s := range steps {
			u, v := x+sign*s.dx, y+sign*s.dy
			if u >= 0 && u < width && v >= 0 && v < height {
				d[i] = min(d[i], d[v*width+u]+s.length)
			}
		}
	}
	for i := range d {
		relax(i, 1)
	}
	for i := len(d) - 1; i >= 0; i-- {
		relax(i, -1)
	}
	return d
}
