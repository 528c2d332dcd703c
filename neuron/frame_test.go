package neuron_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"murmur/neuron"
)

// publish makes rows, [unit][lane], visible.
func publish(c *neuron.Channel, rows [][]float32) {
	for i, row := range rows {
		copy(c.Out(i).Lanes(), row)
	}
	c.Flip()
}

// numbered returns a channel whose unit i shows 100i + lane + 1 in every lane.
func numbered(units, lanes int) *neuron.Channel {
	c := neuron.NewChannel("x", units, lanes)
	for i := range units {
		for l := range lanes {
			c.Out(i).Lanes()[l] = float32(100*i + l + 1)
		}
	}
	c.Flip()
	return c
}

// What is written is seen after Flip, not before; the other side holds what was written two ticks ago.
func TestChannelIsDoubleBuffered(t *testing.T) {
	c := neuron.NewChannel("activity", 2, 3)
	if c.Name() != "activity" || c.Units() != 2 || c.Lanes() != 3 {
		t.Fatalf("%s, %d units, %d lanes", c.Name(), c.Units(), c.Lanes())
	}
	out, view := c.Out(1), c.View(neuron.Span{First: 1, N: 1})
	see := func() []float32 {
		x := make([]float32, 3)
		view.Copy(x, 0)
		return x
	}
	for tick, want := range [][]float32{{0, 0, 0}, {1, 2, 3}, {2, 4, 6}, {3, 6, 9}} {
		if got := see(); !slices.Equal(got, want) {
			t.Errorf("tick %d: sees %v, want %v", tick, got, want)
		}
		two := float32(max(tick-1, 0))
		if got := out.Lanes(); !slices.Equal(got, []float32{two, 2 * two, 3 * two}) {
			t.Errorf("tick %d: finds %v", tick, got)
		}
		for l := range out.Lanes() {
			out.Lanes()[l] = float32((tick + 1) * (l + 1))
		}
		if got := see(); !slices.Equal(got, want) {
			t.Errorf("tick %d: sees %v before the tick is over", tick, got)
		}
		c.Flip()
	}
	if got := c.All().At(0, 0); got != 0 {
		t.Errorf("unit 0 shows %v, which unit 1 wrote", got)
	}
}

// A unit's place ends where the next unit's begins.
func TestOutIsOnesOwn(t *testing.T) {
	c := neuron.NewChannel("x", 3, 4)
	lanes := c.Out(1).Lanes()
	if len(lanes) != 4 || cap(lanes) != 4 {
		t.Errorf("length %d, capacity %d", len(lanes), cap(lanes))
	}
	_ = append(lanes, 1)
	if c.Out(2).Lanes()[0] != 0 {
		t.Error("append reaches the neighbour")
	}
}

// Edges are numbered along the spans, in their order, doubled and empty ones too.
func TestViewFollowsItsSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, lanes := rapid.IntRange(1, 12).Draw(t, "units"), rapid.IntRange(1, 9).Draw(t, "lanes")
		c := numbered(units, lanes)
		var spans []neuron.Span
		var edges []int
		for range rapid.IntRange(0, 4).Draw(t, "spans") {
			s := neuron.Span{First: rapid.IntRange(0, units-1).Draw(t, "first")}
			s.N = rapid.IntRange(0, units-s.First).Draw(t, "n")
			spans = append(spans, s)
			for i := range s.N {
				edges = append(edges, s.First+i)
			}
		}
		v := c.View(spans...)
		if v.Len() != len(edges) || v.Lanes() != lanes || v.Channel() != "x" || !slices.Equal(v.Spans(), spans) {
			t.Fatalf("%d edges, %d lanes, channel %s, spans %v", v.Len(), v.Lanes(), v.Channel(), v.Spans())
		}
		used := rapid.IntRange(0, lanes).Draw(t, "used")
		w := rapid.SliceOfN(rapid.Float32Range(-2, 2), len(edges), len(edges)).Draw(t, "w")
		post := rapid.SliceOfN(rapid.Float32Range(-2, 2), used, used).Draw(t, "post")
		value := func(j, l int) float32 { return float32(100*edges[j] + l + 1) }
		sum, dw := slices.Clone(post), slices.Clone(w)
		wantSum, wantDW := slices.Clone(post), slices.Clone(w)
		v.WeightedSum(sum, w)
		v.Outer(dw, post)
		rows := rapid.SliceOfN(rapid.Float32Range(-2, 2), len(edges)*lanes, len(edges)*lanes).Draw(t, "rows")
		dots, wantDots := slices.Clone(w), slices.Clone(w)
		v.Dots(dots, rows, used)
		for j := range edges {
			row := make([]float32, used)
			v.Copy(row, j)
			scaled := make([]float32, used)
			v.AddScaled(scaled, 2, j)
			for l := range used {
				x := value(j, l)
				wantSum[l] += float32(w[j] * x)
				wantDW[j] += float32(post[l] * x)
				wantDots[j] += float32(rows[j*lanes+l] * x)
				if row[l] != x || v.At(j, l) != x || scaled[l] != 2*x {
					t.Fatalf("edge %d, lane %d: Copy %v, At %v, AddScaled %v, want %v", j, l, row[l], v.At(j, l), scaled[l], x)
				}
			}
		}
		if !slices.Equal(sum, wantSum) || !slices.Equal(dw, wantDW) || !slices.Equal(dots, wantDots) {
			t.Fatalf("WeightedSum %v, want %v; Outer %v, want %v; Dots %v, want %v", sum, wantSum, dw, wantDW, dots, wantDots)
		}
	})
}

// Whoever walks the edges cannot move them.
func TestSpansAreACopy(t *testing.T) {
	v := numbered(4, 1).View(neuron.Span{First: 1, N: 2})
	v.Spans()[0].First = 3
	if v.At(0, 0) != 101 {
		t.Error("the view moved")
	}
}

// A view of nothing has no edges and can be summed.
func TestViewOfNothing(t *testing.T) {
	var v neuron.View
	x := []float32{1, 2}
	v.WeightedSum(x, nil)
	v.Outer(nil, x)
	if v.Len() != 0 || v.Lanes() != 0 || v.Channel() != "" || len(v.Spans()) != 0 || !slices.Equal(x, []float32{1, 2}) {
		t.Errorf("%d edges, %d lanes, channel %q, sum %v", v.Len(), v.Lanes(), v.Channel(), x)
	}
}

func TestPanics(t *testing.T) {
	c := numbered(4, 2)
	v := c.View(neuron.Span{First: 1, N: 2})
	two, three := make([]float32, 2), make([]float32, 3)
	for name, f := range map[string]func(){
		"out of no unit":         func() { c.Out(4) },
		"out before the first":   func() { c.Out(-1) },
		"span past the end":      func() { c.View(neuron.Span{First: 3, N: 2}) },
		"span before the start":  func() { c.View(neuron.Span{First: -1, N: 2}) },
		"span of less than none": func() { c.View(neuron.Span{First: 2, N: -1}) },
		"second span":            func() { c.View(neuron.Span{First: 0, N: 1}, neuron.Span{First: 4, N: 1}) },
		"edge past the view":     func() { v.At(2, 0) }, // unit 3 is there, but not a neighbour
		"edge before the view":   func() { v.At(-1, 0) },
		"lane past the unit":     func() { v.At(0, 2) }, // unit 2 begins there
		"too few weights":        func() { v.WeightedSum(two, make([]float32, 1)) },
		"too many weights":       func() { v.WeightedSum(two, three) },
		"too many lanes":         func() { v.WeightedSum(three, two) },
		"weigh edges":            func() { v.Weigh(two, three) },
		"weigh lanes":            func() { v.Weigh(three, two) },
		"correlate edges":        func() { v.Correlate(three, two) },
		"correlate lanes":        func() { v.Correlate(two, three) },
		"outer edges":            func() { v.Outer(three, two) },
		"outer lanes":            func() { v.Outer(two, three) },
		"add lanes":              func() { v.AddScaled(three, 1, 0) },
		"dots edges":             func() { v.Dots(three, make([]float32, 6), 2) },
		"dots lanes":             func() { v.Dots(two, make([]float32, 6), 3) },
		"dots rows":              func() { v.Dots(two, three, 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// The softmax shares out 1, and all of it, between any potentials.
func TestShareSumsToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, lanes := rapid.IntRange(1, 20).Draw(t, "units"), rapid.IntRange(1, 9).Draw(t, "lanes")
		temperature := rapid.Float32Range(0, 10).Draw(t, "temperature")
		potential := rapid.Float32Range(-100, 100)
		c := neuron.NewChannel("excitation", units, lanes)
		rows, u := make([][]float32, units), make([][]float32, units)
		for i := range rows {
			rows[i], u[i] = make([]float32, lanes), rapid.SliceOfN(potential, lanes, lanes).Draw(t, "u")
			neuron.Excite(rows[i], u[i], temperature)
		}
		publish(c, rows)
		sum, share := make([]float64, lanes), make([]float32, lanes)
		shares := make([][]float32, units)
		for i := range rows {
			neuron.Share(share, rows[i], c.All())
			shares[i] = slices.Clone(share)
			for l, p := range share {
				if !(p >= 0 && p <= 1) {
					t.Fatalf("share %v", p)
				}
				sum[l] += float64(p)
			}
		}
		for l := range sum {
			// The sum of n positive numbers is off by at most n-1 roundings, each quotient by one more.
			if tolerance := float64(units+1) * 0x1p-24; math.Abs(sum[l]-1) > tolerance {
				t.Fatalf("shares in lane %d sum to %v", l, sum[l])
			}
			for i := range u {
				for j := range u {
					if u[i][l] > u[j][l] && shares[i][l] < shares[j][l] {
						t.Fatalf("lane %d: potential %v has share %v, %v has %v", l, u[i][l], shares[i][l], u[j][l], shares[j][l])
					}
				}
			}
		}
	})
}

func TestMean(t *testing.T) {
	c := numbered(5, 2)
	mean := []float32{7, 7}
	neuron.Mean(mean, c.View(neuron.Span{First: 0, N: 2}, neuron.Span{First: 4, N: 1}))
	if !slices.Equal(mean, []float32{503. / 3, 506. / 3}) {
		t.Errorf("mean %v", mean)
	}
}
