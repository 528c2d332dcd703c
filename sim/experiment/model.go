package experiment

import (
	"math"
	"slices"
	"sync"

	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/neuron"
	"murmur/neuron/kernel"
	"murmur/neuron/random"
	"murmur/sim/attack"
)

// modelLanes is how many images the model takes side by side: what a column needs of them stays in the cache.
const modelLanes = 64

// model is an arm as those outside see it, adversaries above all: they know the features, the readout and the law of
// the noise. It computes what the network computes, to the last bit where there is no noise, without running it.
//
// Where the readout reads the noisy units, noise reaches it as W n, W the readout's weights, whatever the image. So its
// law at the readout is all that an attack on the image can meet: normal, with the covariance W (L L^T + diag(self^2))
// W^T. Draws of the adversary's own come from that law directly; those of judging are the network's. Where another sheet
// looks at the noisy one, the noise of its units is drawn and carried through.
type model struct {
	below   []*sheetModel // from the picture to the noisy sheet
	above   *sheetModel   // what looks at the noisy sheet; nil for the readout itself
	w       [][]float32   // readout, [class][unit]
	b       []float32     // [class]
	columns [][]float32   // the weights again, [unit][class]
	law     *law          // of the noise at the readout; nil without noise or where a sheet lies between
	source  *sourceLaw    // of the noise at the units, where a sheet lies between

	seen      []float32   // the pictures last looked at
	responses [][]float32 // of each sheet below to them, for each run of modelLanes images a block [unit][modelLanes]
}

// room is what a block is computed in. Rooms are lent: to make and clear their parts anew at every look takes longer than
// to use them. What a part holds is left from another block.
type room struct{ inputs, field, slopes, sums []float32 }

var rooms = sync.Pool{New: func() any { return new(room) }}

// sized returns a part of a room with n places.
func sized(part *[]float32, n int) []float32 {
	if cap(*part) < n {
		*part = make([]float32, n)
	}
	return (*part)[:n]
}

// newModel returns the model of an arm with the given readout, with its noise or without.
func (w *world) newModel(a *armRun, weights, bias []float32, noise bool) *model {
	columns := make([]float32, len(weights))
	m := &model{w: split(weights, len(bias)), b: bias, columns: split(columns, len(weights)/len(bias))}
	k := w.layerOf(a.arm)
	for _, l := range w.layers[:k+1] {
		m.below = append(m.below, newSheetModel(l.Sheet, l.features, float32(w.Features.Gain)))
	}
	if k < w.last() {
		m.above = newSheetModel(w.layers[k+1].Sheet, w.layers[k+1].features, float32(w.Features.Gain))
	}
	m.responses = make([][]float32, len(m.below))
	units := len(weights) / len(bias)
	for c := range bias {
		for i := range units {
			columns[i*len(bias)+c] = weights[c*units+i]
		}
	}
	switch {
	case !noise || len(a.Couplings.Self) == 0:
	case m.above != nil:
		m.source = &sourceLaw{a.Couplings, w.seed}
	default:
		m.law = newLaw(a.Couplings, weights, len(bias), w.seed)
	}
	return m
}

// stochastic reports whether answers depend on draws.
func (m *model) stochastic() bool { return m.law != nil || m.source != nil }

// Dims implements attack.Model.
func (m *model) Dims() (inputs, classes int) { return m.below[0].Inputs(), len(m.b) }

// noisy is the sheet whose units are noisy.
func (m *model) noisy() *sheetModel { return m.below[len(m.below)-1] }

// blocks calls f for every run of modelLanes images of n, side by side.
func blocks(n int, f func(block, first, lanes int)) {
	runs := batches(n, modelLanes)
	each(len(runs), func(i int) { f(i, runs[i].first, runs[i].n) })
}

// look fills responses for pictures, [image][pixel].
func (m *model) look(x []float32, n int) {
	if slices.Equal(m.seen, x) {
		return
	}
	for k, s := range m.below {
		if need := (n + modelLanes - 1) / modelLanes * s.Len() * modelLanes; len(m.responses[k]) < need {
			m.responses[k] = make([]float32, need)
		}
	}
	size := m.below[0].Inputs()
	blocks(n, func(block, first, lanes int) {
		r := rooms.Get().(*room)
		defer rooms.Put(r)
		in := sized(&r.inputs, size*modelLanes)
		sideBySide(in, x[first*size:(first+lanes)*size], lanes)
		for k := range m.below {
			out := m.block(k, block)
			m.below[k].respond(out, modelLanes, in, lanes)
			in = out
		}
	})
	m.seen = append(m.seen[:0], x...)
}

// block is what the k-th sheet responds to a run of images, [unit][modelLanes].
func (m *model) block(k, block int) []float32 {
	units := m.below[k].Len()
	return m.responses[k][block*units*modelLanes:][:units*modelLanes]
}

// sideBySide turns pictures, [image][pixel], into dst, [pixel][modelLanes]: four at a time, so that each line of the cache
// is met four times less often.
func sideBySide(dst, x []float32, lanes int) {
	size := len(dst) / modelLanes
	l := 0
	for ; l+4 <= lanes; l += 4 {
		at, x1, x2, x3 := l, x[(l+1)*size:][:size], x[(l+2)*size:][:size], x[(l+3)*size:][:size]
		for p, v := range x[l*size:][:size] {
			d := (*[4]float32)(dst[at:])
			d[0], d[1], d[2], d[3] = v, x1[p], x2[p], x3[p]
			at += modelLanes
		}
	}
	for ; l < lanes; l++ {
		for p, v := range x[l*size:][:size] {
			dst[p*modelLanes+l] = v
		}
	}
}

// oneByOne turns x, [pixel][modelLanes], into pictures, [image][pixel].
func oneByOne(dst, x []float32, lanes int) {
	size := len(x) / modelLanes
	l := 0
	for ; l+4 <= lanes; l += 4 {
		at, d0, d1, d2, d3 := l, dst[l*size:][:size], dst[(l+1)*size:][:size], dst[(l+2)*size:][:size], dst[(l+3)*size:][:size]
		for p := range d0 {
			v := (*[4]float32)(x[at:])
			d0[p], d1[p], d2[p], d3[p] = v[0], v[1], v[2], v[3]
			at += modelLanes
		}
	}
	for ; l < lanes; l++ {
		for p := range size {
			dst[l*size+p] = x[p*modelLanes+l]
		}
	}
}

// read fills sum, [class][modelLanes], with the logits that responses, [unit][modelLanes], give without noise.
func (m *model) read(sum, responses []float32, lanes int) {
	out := laneRows(sum, len(m.b), lanes)
	for c, b := range m.b {
		for l := range out[c] {
			out[c][l] = b
		}
	}
	kernel.WeightedSums(out, m.w, responses, modelLanes)
}

// laneRows are the first n rows of a block [row][modelLanes], cut to the lanes in use.
func laneRows(block []float32, n, lanes int) [][]float32 {
	list := make([][]float32, n)
	for i := range list {
		list[i] = block[i*modelLanes:][:lanes]
	}
	return list
}

// split cuts values into n equal parts.
func split(values []float32, n int) [][]float32 {
	list := make([][]float32, n)
	size := len(values) / n
	for i := range list {
		list[i] = values[i*size : (i+1)*size]
	}
	return list
}

// drive fills dst, [n][classes], with the logits of n pictures without noise.
func (m *model) drive(dst, x []float32, n int) {
	m.look(x, n)
	classes := len(m.b)
	blocks(n, func(block, first, lanes int) {
		sum := make([]float32, classes*modelLanes)
		m.read(sum, m.topped(m.block(len(m.below)-1, block), lanes), lanes)
		for c := range classes {
			for l := range lanes {
				dst[(first+l)*classes+c] = sum[c*modelLanes+l]
			}
		}
	})
}

// topped is what the readout reads of the activity of the noisy sheet, [unit][modelLanes].
func (m *model) topped(activity []float32, lanes int) []float32 {
	if m.above == nil {
		return activity
	}
	out := make([]float32, m.above.Len()*modelLanes)
	m.above.respond(out, modelLanes, activity, lanes)
	return out
}

// Logits implements attack.Model.
func (m *model) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	n, classes := len(b.ID), len(m.b)
	if m.source != nil {
		m.look(b.X, n)
		blocks(n, func(block, first, lanes int) {
			sum := make([]float32, classes*modelLanes)
			for k := range draws.N {
				activity := m.source.add(m.block(len(m.below)-1, block), b.ID[first:first+lanes], draws, k)
				m.read(sum, m.topped(activity, lanes), lanes)
				for l := range lanes {
					for c := range classes {
						dst[((first+l)*draws.N+k)*classes+c] = sum[c*modelLanes+l]
					}
				}
			}
		})
		return
	}
	drive := make([]float32, n*classes)
	m.drive(drive, b.X, n)
	if m.law != nil {
		m.law.fill(b.ID, draws, classes)
	}
	for l := range b.ID {
		for k := range draws.N {
			z := dst[(l*draws.N+k)*classes:][:classes]
			copy(z, drive[l*classes:])
			if m.law != nil {
				for c, v := range m.law.noise[(l*draws.N+k)*classes:][:classes] {
					z[c] += v
				}
			}
		}
	}
}

// Pull implements attack.Model.
func (m *model) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	n := len(b.ID)
	inputs, classes := m.Dims()
	m.look(b.X, n)
	blocks(n, func(block, first, lanes int) {
		top := len(m.below) - 1
		r := rooms.Get().(*room)
		defer rooms.Put(r)
		slopes := sized(&r.slopes, m.noisy().Len()*modelLanes) // in the activity of the noisy sheet
		sums := sized(&r.sums, classes*modelLanes)             // [class][image], over draws
		clear(slopes)
		clear(sums)
		gather := func(k int) {
			for l := range lanes {
				at := l
				for _, v := range g[((first+l)*draws.N+k)*classes:][:classes] {
					sums[at] += v
					at += modelLanes
				}
			}
		}
		for k := range draws.N {
			gather(k)
			if m.source != nil { // each draw has slopes of its own
				activity := m.source.add(m.block(top, block), b.ID[first:first+lanes], draws, k)
				upper := m.topped(activity, lanes)
				back := make([]float32, m.above.Len()*modelLanes)
				m.spread(back, sums, lanes)
				m.above.pull(slopes, back, upper, lanes)
				clear(sums)
			}
		}
		switch {
		case m.source != nil:
		case m.above != nil:
			back := make([]float32, m.above.Len()*modelLanes)
			m.spread(back, sums, lanes)
			m.above.pull(slopes, back, m.topped(m.block(top, block), lanes), lanes)
		default:
			m.spread(slopes, sums, lanes)
		}
		for k := top; k >= 0; k-- {
			in := sized(&r.inputs, m.below[k].Inputs()*modelLanes)
			clear(in)
			m.below[k].pull(in, slopes, m.block(k, block), lanes)
			slopes, r.slopes, r.inputs = in, r.inputs, r.slopes
		}
		oneByOne(dst[first*inputs:(first+lanes)*inputs], slopes, lanes)
	})
}

// spread carries slopes in the logits, [class][modelLanes], to what the readout reads, [unit][modelLanes].
func (m *model) spread(dst, slopes []float32, lanes int) {
	kernel.WeightedSums(laneRows(dst, len(m.columns), lanes), m.columns, slopes, modelLanes)
}

// sheetModel is a sheet of units with the features it has learned.
type sheetModel struct {
	topology.Sheet
	fields   [][]neuron.Span // of each column
	gain     float32
	features [][]float32 // [unit][afferent]
	across   [][]float32 // the same, [column and afferent][unit of the column]
}

func newSheetModel(s topology.Sheet, features []float32, gain float32) *sheetModel {
	field := s.Afferents()
	across := make([]float32, len(features))
	m := &sheetModel{Sheet: s, gain: gain, features: split(features, s.Len()), across: split(across, len(features)/s.Units)}
	for column := range s.Columns * s.Columns {
		m.fields = append(m.fields, s.ReceptiveField(column))
		for u := range s.Units {
			for p := range field {
				m.across[column*field+p][u] = features[(column*s.Units+u)*field+p]
			}
		}
	}
	return m
}

// respond writes the noise-free responses to inputs, [input][modelLanes], to dst, [unit][stride].
func (m *sheetModel) respond(dst []float32, stride int, inputs []float32, lanes int) {
	field := m.Afferents()
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	in, mean := sized(&r.field, field*modelLanes), make([]float32, lanes)
	out := make([][]float32, m.Units)
	for column, spans := range m.fields {
		at := 0
		for _, span := range spans {
			at += copy(in[at:], inputs[span.First*modelLanes:(span.First+span.N)*modelLanes])
		}
		mates := m.Mates(column)
		for k := range out {
			out[k] = dst[(mates.First+k)*stride:][:lanes]
			clear(out[k])
		}
		kernel.WeightedSums(out, m.features[mates.First:mates.First+mates.N], in, modelLanes)
		clear(mean)
		kernel.SumRows(mean, dst[mates.First*stride:], mates.N, stride)
		for l := range mean {
			mean[l] /= float32(mates.N)
		}
		for _, u := range out {
			neuron.Rectify(u, u, mean, m.gain)
		}
	}
}

// pull adds to dst, [input][modelLanes], what slopes in the responses, [unit][modelLanes], are in the inputs. It uses
// slopes up. A response r = tanh(gain * max(0, u - mean)) has the slope gain * (1 - r^2) where it is above 0, less the
// column's mean of these; a potential u = sum_j w_j x_j has the slope w.
func (m *sheetModel) pull(dst, slopes, responses []float32, lanes int) {
	field := m.Afferents()
	mean := make([]float32, lanes)
	fields := make([][]float32, 0, field)
	for column, spans := range m.fields {
		mates := m.Mates(column)
		clear(mean)
		for i := mates.First; i < mates.First+mates.N; i++ {
			row := slopes[i*modelLanes:][:lanes]
			for l, r := range responses[i*modelLanes:][:lanes] {
				// A response is 0 or above, and half of them are 0: a mask where a branch would often be guessed wrongly.
				open := -int32(math.Float32bits(r)) >> 31
				row[l] = math.Float32frombits(math.Float32bits(row[l]*(m.gain*(1-float32(r*r)))) & uint32(open))
			}
			kernel.Axpy(mean, 1/float32(mates.N), row)
		}
		for i := mates.First; i < mates.First+mates.N; i++ {
			kernel.Axpy(slopes[i*modelLanes:][:lanes], -1, mean)
		}
		out := fields[:0]
		for _, span := range spans {
			for p := range span.N {
				out = append(out, dst[(span.First+p)*modelLanes:][:lanes])
			}
		}
		kernel.WeightedSums(out, m.across[column*field:(column+1)*field], slopes[mates.First*modelLanes:], modelLanes)
	}
}

// sourceLaw is the law of an arm's noise at its units: L xi + self*own.
type sourceLaw struct {
	circuit.Couplings
	seed uint64
}

// add returns activity, [unit][modelLanes], with the k-th of draws for each of the images.
func (s *sourceLaw) add(activity []float32, images []uint32, draws attack.Draws, k int) []float32 {
	number, mirrored := draws.Draw(k)
	sign := float32(1)
	if mirrored {
		sign = -1
	}
	units := len(s.Self)
	sources := units
	if s.Hubs > 0 {
		sources += s.Hubs
	}
	xi := make([]float32, sources*modelLanes) // [own source, then hub][image]
	one := make([]float32, sources)
	for l, image := range images {
		random.Key{Seed: s.seed, Purpose: random.Adversary, Unit: image}.Normals(one, number, 1, 0)
		for j, v := range one {
			xi[j*modelLanes+l] = sign * v
		}
	}
	out := slices.Clone(activity)
	lanes := len(images)
	for i := range units {
		row := out[i*modelLanes:][:lanes]
		kernel.Axpy(row, s.Self[i], xi[i*modelLanes:][:lanes])
		if s.Hubs > 0 {
			kernel.WeightedSum(row, s.L[i], xi[units*modelLanes:], modelLanes)
			continue
		}
		for j, v := range s.L[i] {
			kernel.Axpy(row, v, xi[int(s.Sources[i][j])*modelLanes:][:lanes])
		}
	}
	return out
}

// law is the law of an arm's noise at the readout: normal, of mean 0.
type law struct {
	root []float32 // lower triangular, [class][class]: its square is the covariance
	key  random.Key

	images []uint32 // whose noise was drawn last
	draws  attack.Draws
	noise  []float32 // [image][draw][class]; attacks that ask again and again on the same draws find it here
}

// fill draws the noise of images, unless it was drawn last.
func (l *law) fill(images []uint32, draws attack.Draws, classes int) {
	if draws == l.draws && slices.Equal(images, l.images) {
		return
	}
	l.images, l.draws = append(l.images[:0], images...), draws
	each := draws.N * classes
	l.noise = sized(&l.noise, len(images)*each)
	clear(l.noise)
	blocks(len(images), func(_, first, lanes int) {
		for i := first; i < first+lanes; i++ {
			for k := range draws.N {
				z := l.noise[i*each+k*classes:][:classes]
				number, mirrored := draws.Draw(k)
				if !mirrored {
					l.add(z, images[i], number)
					continue
				}
				for c, v := range l.noise[i*each+(k-1)*classes:][:classes] {
					z[c] = -v
				}
			}
		}
	})
}

// newLaw works out the covariance W (L L^T + diag(self^2)) W^T in float64 and its root.
func newLaw(c circuit.Couplings, weights []float32, classes int, seed uint64) *law {
	units := len(c.Self)
	covariance := make([]float64, classes*classes)
	outer := func(v []float64) {
		for a := range classes {
			kernel.Axpy64(covariance[a*classes:(a+1)*classes], v[a], v)
		}
	}
	sources := units
	if c.Hubs > 0 {
		sources = c.Hubs
	}
	heard := make([]float64, sources*classes) // what a source gives each class
	v := make([]float64, classes)
	for i := range units {
		for k := range classes {
			v[k] = float64(weights[k*units+i])
		}
		for j, l := range c.L[i] {
			source := c.Source(i, j)
			kernel.Axpy64(heard[source*classes:(source+1)*classes], float64(l), v)
		}
		for k := range v {
			v[k] *= float64(c.Self[i])
		}
		outer(v)
	}
	for j := range sources {
		outer(heard[j*classes : (j+1)*classes])
	}
	root := cholesky(covariance, classes)
	l := &law{root: make([]float32, len(root)), key: random.Key{Seed: seed, Purpose: random.Adversary}}
	for i, r := range root {
		l.root[i] = float32(r)
	}
	return l
}

// add adds draw number k for an image to its logits.
func (l *law) add(z []float32, image, k uint32) {
	var store [64]float32
	xi := store[:]
	whole := (len(z) + 3) &^ 3 // numbers come in blocks of four: part of a block costs as much as all
	if whole > len(xi) {
		xi = make([]float32, whole)
	}
	xi = xi[:whole]
	key := l.key
	key.Unit = image
	key.Normals(xi, k, 0, 0)
	for c := range z {
		var sum float32
		for j, r := range l.root[c*len(z) : c*len(z)+c+1] {
			sum += float32(r * xi[j])
		}
		z[c] += sum
	}
}
