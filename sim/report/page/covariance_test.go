package page

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"murmur/sim/measure"
)

// TestCorrelationsOfCouplings: the map worked out from couplings is that of the whole covariance, averaged pair by pair.
func TestCorrelationsOfCouplings(t *testing.T) {
	r := fixture()
	for _, arm := range []int{1, 2, 3, 4} {
		c := r.couplingsOf(arm)
		if c == nil {
			t.Fatalf("arm %d has no couplings", arm)
		}
		whole := dense(c)
		for _, n := range []int{1, 7, fixtureUnits} {
			b := blocks{n: n, of: make([]int, fixtureUnits), size: make([]float64, n)}
			for i := range b.of {
				b.of[i] = i * 7 % fixtureUnits * n / fixtureUnits
				b.size[b.of[i]]++
			}
			got, same := c.correlations(b), whole.correlations(b)
			for p := range n {
				for q := range n {
					var sum, pairs float64
					for i := range fixtureUnits {
						for j := range fixtureUnits {
							if b.of[i] == p && b.of[j] == q && (i != j || b.size[p] == 1) {
								v := whole.data
								sum += float64(v[i*whole.n+j]) / math.Sqrt(float64(v[i*whole.n+i])*float64(v[j*whole.n+j]))
								pairs++
							}
						}
					}
					if want := sum / pairs; math.Abs(got[p][q]-want) > 1e-5 || math.Abs(same[p][q]-want) > 1e-5 {
						t.Fatalf("arm %d, %d blocks, %d and %d: %v from couplings, %v from the covariance, want %v", arm, n, p, q, got[p][q], same[p][q], want)
					}
				}
			}
		}
	}
}

// TestLeading: the leading eigenvalues are those that gonum finds, and their vectors are eigenvectors.
func TestLeading(t *testing.T) {
	c := fixture().couplingsOf(4)
	s := mat.NewSymDense(c.units, nil)
	for i := range c.units {
		for j := range i + 1 {
			s.SetSym(i, j, float64(dense(c).data[i*c.units+j]))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, false) {
		t.Fatal("gonum finds none")
	}
	want := e.Values(nil)
	slices.Reverse(want)
	values, vectors := leading(c, 6)
	for k, v := range values {
		if math.Abs(v-want[k]) > 1e-5*want[0] {
			t.Errorf("eigenvalue %d is %v, want %v", k, v, want[k])
		}
		y := make([]float64, c.units)
		c.times(y, vectors[k])
		subtract(y, v, vectors[k])
		if r := norm(y); r > 1e-6*want[0] {
			t.Errorf("vector %d: residual %v", k, r)
		}
	}
	if len(values) != 6 {
		t.Errorf("%d eigenvalues", len(values))
	}
}

// TestLeadingOfEqualVariances: of private noise of one power there is one eigenvalue.
func TestLeadingOfEqualVariances(t *testing.T) {
	c := &couplings{units: 9, rows: make([]int, 10), self: slices.Repeat([]float32{.5}, 9)}
	if values, _ := leading(c, 4); len(values) != 1 || math.Abs(values[0]-.25) > 1e-12 {
		t.Errorf("%v, want .25 alone", values)
	}
	silent := &couplings{units: 3, rows: make([]int, 4), self: make([]float32, 3)}
	if m := silent.correlations(newBlocks(seriate(silent))); m[0][0] != 0 || m[1][2] != 0 {
		t.Errorf("units without noise correlate: %v", m)
	}
}

// TestSeriate: units of two groups, mixed, come to stand together, and the order is a permutation.
func TestSeriate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 40).Draw(t, "units")
		second := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "group")
		s := &square{n, make([]float32, n*n)}
		for i := range n {
			for j := range n {
				switch {
				case i == j:
					s.data[i*n+j] = 1
				case second[i] == second[j]:
					s.data[i*n+j] = .6
				default:
					s.data[i*n+j] = -.5
				}
			}
		}
		order := seriate(s)
		changes := 0
		for k, unit := range order {
			if second[unit] != second[order[(k+1)%n]] {
				changes++
			}
		}
		if changes > 2 {
			t.Fatalf("the groups are mixed: %v of %v", order, second)
		}
		slices.Sort(order)
		for k, unit := range order {
			if k != unit {
				t.Fatalf("no permutation: %v", order)
			}
		}
	})
}

// TestBadCouplingsAreLeftOut: arrays that do not fit one another are no couplings.
func TestBadCouplingsAreLeftOut(t *testing.T) {
	for name, change := range map[string]func(list []measure.Array){
		"a source that is no unit":   func(l []measure.Array) { l[5].Data.([]int32)[3] = fixtureUnits },
		"targets out of order":       func(l []measure.Array) { l[6].Data.([]int32)[0] = 9 },
		"fewer targets than sources": func(l []measure.Array) { l[6].Data = l[6].Data.([]int32)[1:] },
		"whole numbers":              func(l []measure.Array) { l[4].Data = l[5].Data },
		"no self":                    func(l []measure.Array) { l[7].Name = "x" },
	} {
		r := fixture()
		change(r.Arrays[networkArchive])
		if r.couplingsOf(2) != nil {
			t.Errorf("%s: couplings all the same", name)
		}
		filesOf(t, r)
	}
}

// TestBlocks: neighbours in the order share a block, and sizes differ by one at most.
func TestBlocks(t *testing.T) {
	order := make([]int, 250)
	for i := range order {
		order[i] = (i * 7) % len(order)
	}
	b := newBlocks(order)
	if b.n != mostBlocks || slices.Max(b.size)-slices.Min(b.size) > 1 {
		t.Errorf("%d blocks of %v to %v units", b.n, slices.Min(b.size), slices.Max(b.size))
	}
	for place, unit := range order[1:] {
		if d := b.of[unit] - b.of[order[place]]; d != 0 && d != 1 {
			t.Errorf("places %d and %d are in blocks %d apart", place, place+1, d)
		}
	}
}

// TestAxes: ticks ascend and hold every number between their ends.
func TestAxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Float64Range(1e-4, 1e4), 1, 9).Draw(t, "numbers")
		for _, a := range []axis{linear("", 5, short, numbers...), logarithmic("", true, numbers...), logarithmic("", false, numbers...)} {
			if !slices.IsSorted(a.ticks) || len(a.ticks) < 2 || len(a.ticks) > 40 {
				t.Fatalf("ticks %v", a.ticks)
			}
			for _, v := range numbers {
				if p := a.place(v); !(p > -1e-6 && p < 1+1e-6) {
					t.Fatalf("%v is at %v of an axis from %v to %v", v, p, a.lo, a.hi)
				}
			}
		}
	})
}

func TestFormat(t *testing.T) {
	for got, want := range map[string]string{
		percent(.1234): "12.3", percent(.2415): "24.2", signed(.2415 - 1e-12): "+24.2", percent(-.0001): "0.0", signed(.05): "+5.0", signed(-.05): "−5.0", fixed(-.5, 2): "−0.50",
		short(1000): "1000", short(.00002): "2e−05", short(-.2): "−0.2", number(-.05): "−0.05", csvNumber(-.2): "-0.2", short(.375): "0.375", count(12345): "12,345", plural(1, "run"): "1 run",
		(&page{result: fixture().Result}).className(9): "ankle boot", (&page{result: fixture().Result}).className(10): "10", say("paper/motion_blur"): "motion blur",
		size(measure.Cell{Value: .05, Unit: "1"}): "0.05", size(measure.Cell{Value: 40, Unit: "degree"}): "40°", size(measure.Cell{Value: 3, Unit: "level"}): "level 3",
		size(measure.Cell{Value: 10, Unit: "quality"}): "quality 10", size(measure.Cell{Value: .04, Unit: "1", Decisions: &measure.Decisions{}}): "ε 0.04",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestDashed: dashes and gaps follow a line round its corners, and end where it ends.
func TestDashed(t *testing.T) {
	line := []point{{0, 0}, {4, 0}, {4, 5}}
	want := [][]point{{{0, 0}, {3, 0}}, {{4, 1}, {4, 4}}}
	if got := dashed(line, []float64{3, 2}); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v, want %v", got, want)
	}
	want = [][]point{{{0, 0}, {4, 0}, {4, 2}}, {{4, 3}, {4, 5}}}
	if got := dashed(line, []float64{6, 1}); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := dashed(line, nil); len(got) != 1 || !slices.Equal(got[0], line) {
		t.Errorf("%v, want the line", got)
	}
}
