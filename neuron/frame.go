package neuron

import (
	"slices"

	"murmur/neuron/kernel"
)

const (
	badUnit  = "neuron: unit outside its population"
	badSpan  = "neuron: span outside its population"
	badShape = "neuron: length does not match the number of edges or lanes"
)

// A Channel is one named quantity that the units of a population publish: a float32 for each unit and lane. It has two
// sides. Units write the back, neighbours read the front, and Flip exchanges them between ticks; so what is published
// in a tick is read in the next, whatever order units run in.
type Channel struct {
	name         string
	units, lanes int
	front, back  []float32 // [unit][lane]
}

// NewChannel returns a channel of zeros for the given number of units and lanes.
func NewChannel(name string, units, lanes int) *Channel {
	return &Channel{name: name, units: units, lanes: lanes,
		front: make([]float32, units*lanes), back: make([]float32, units*lanes)}
}

// Name returns the name that the channel was made with.
func (c *Channel) Name() string { return c.name }

// Lanes returns the number of lanes.
func (c *Channel) Lanes() int { return c.lanes }

// Units returns the number of units.
func (c *Channel) Units() int { return c.units }

// Flip makes what was written visible. Only whoever runs the ticks may call it, between ticks.
func (c *Channel) Flip() { c.front, c.back = c.back, c.front }

// Out returns the place where unit i publishes. It panics if there is no such unit.
func (c *Channel) Out(i int) Out {
	if i < 0 || i >= c.units {
		panic(badUnit)
	}
	return Out{c, i}
}

// View returns a window on the units of the spans, in order. It panics if a span lies outside the population.
func (c *Channel) View(spans ...Span) View {
	n := 0
	for _, s := range spans {
		if s.First < 0 || s.N < 0 || s.First+s.N > c.units {
			panic(badSpan)
		}
		n += s.N
	}
	return View{c, slices.Clone(spans), n}
}

// All returns a window on every unit.
func (c *Channel) All() View { return c.View(Span{0, c.units}) }

// An Out is the right to publish one unit's values on one channel.
type Out struct {
	c *Channel
	i int
}

// Lanes returns the unit's values to be written in this tick, one for each lane. They hold what was written two ticks
// of this channel ago: a unit that publishes must write them all.
func (o Out) Lanes() []float32 { return o.c.back[o.i*o.c.lanes:][:o.c.lanes:o.c.lanes] }

// A Span is a run of presynaptic units, numbered First to First+N-1 in their population.
type Span struct{ First, N int }

// A View is all that a unit sees of its in-neighbours on one channel: what they published in the tick before. It can be
// read in the ways a synapse can, and not written. Edges are numbered along the spans it was made with.
type View struct {
	c     *Channel
	spans []Span
	n     int
}

// Len returns the number of edges.
func (v View) Len() int { return v.n }

// Channel returns the name of the channel the view looks at; a view of nothing has none.
func (v View) Channel() string {
	if v.c == nil {
		return ""
	}
	return v.c.name
}

// Spans returns the units the view looks at: its edges, in order, without what they publish.
func (v View) Spans() []Span { return slices.Clone(v.spans) }

// Lanes returns the number of lanes.
func (v View) Lanes() int {
	if v.c == nil {
		return 0
	}
	return v.c.lanes
}

// At returns the value of edge j in the given lane.
func (v View) At(j, lane int) float32 { return v.row(j)[lane] }

// Copy copies the values of edge j to dst, which holds at most as many lanes as the view.
func (v View) Copy(dst []float32, j int) { copy(dst, v.row(j)) }

func (v View) row(j int) []float32 {
	for _, s := range v.spans {
		if 0 <= j && j < s.N {
			return v.c.front[(s.First+j)*v.c.lanes:][:v.c.lanes:v.c.lanes]
		}
		j -= s.N
	}
	panic(badSpan)
}

// WeightedSum adds sum_j w[j] x_j to dst, lane by lane, over the edges in order. It panics if w has not one weight for
// each edge or dst more lanes than the view.
func (v View) WeightedSum(dst, w []float32) { v.Weigh(dst, w).compute() }

// Sum adds sum_j x_j to dst, lane by lane, over the edges in order. It panics if dst has more lanes than the view.
func (v View) Sum(dst []float32) {
	if len(dst) > v.Lanes() && v.n > 0 {
		panic(badShape)
	}
	for _, s := range v.spans {
		kernel.SumRows(dst, v.c.front[s.First*v.c.lanes:], s.N, v.c.lanes)
	}
}

// Outer adds sum_l post[l] x_j[l] to dw[j] for every edge j, over the lanes in order. It panics if dw has not one place
// for each edge or post more lanes than the view.
func (v View) Outer(dw, post []float32) { v.Correlate(dw, post).compute() }

// AddScaled adds a times the values of edge j to dst, lane by lane.
func (v View) AddScaled(dst []float32, a float32, j int) { kernel.Axpy(dst, a, v.row(j)[:len(dst)]) }

// Dots adds sum_l rows_j[l] x_j[l] to dst[j] for every edge j, over the given number of lanes in order. Row j of rows has
// a place for each lane of the view, from j*Lanes() on. It panics if dst has not one place for each edge, rows are too
// short or there are more lanes than the view has.
func (v View) Dots(dst, rows []float32, lanes int) {
	if len(dst) != v.n || lanes > v.Lanes() && v.n > 0 {
		panic(badShape)
	}
	for _, s := range v.spans {
		kernel.Dots(dst[:s.N], rows, v.c.front[s.First*v.c.lanes:], lanes, v.c.lanes)
		dst, rows = dst[s.N:], rows[min(s.N*v.c.lanes, len(rows)):]
	}
}
