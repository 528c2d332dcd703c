package plasticity_test

import (
	"fmt"
	"math"
	"testing"

	"murmur/neuron"
	"murmur/neuron/random"
	"murmur/plasticity"
)

// world draws deviations with a known covariance C = A A^T and independent noise sources.
type world struct {
	a       [][]float64 // lower triangular
	z, d    [][]float32
	xi      *neuron.Channel
	number  uint32
	sources [][]float32
}

const units = 6

// covariance is what the tests take for C: power falls along the ring, neighbours are alike, two far units opposed.
func covariance() (c [units][units]float64, w *world) {
	w = &world{a: [][]float64{{1}, {.6, .8}, {.3, .5, .7}, {-.5, .2, .1, .6}, {.2, -.4, .3, .3, .5}, {.6, .1, -.2, .2, .3, .4}}}
	for i := range c {
		for l := range c {
			for k := range min(i, l) + 1 {
				c[i][l] += w.a[i][k] * w.a[l][k]
			}
		}
	}
	return c, w
}

func (w *world) start(lanes int) {
	w.z, w.d, w.sources = grid(units, lanes), grid(units, lanes), grid(units, lanes)
	w.xi = neuron.NewChannel("source", units, lanes)
}

// next draws a batch: no two of all calls share a number.
func (w *world) next() {
	w.number++
	for i := range units {
		random.Key{Seed: 1, Purpose: random.Noise, Unit: uint32(i)}.Normals(w.sources[i], 0, w.number, 0)
		random.Key{Seed: 1, Purpose: random.Split, Unit: uint32(i)}.Normals(w.z[i], 0, w.number, 0)
	}
	publish(w.xi, w.sources)
	for i, row := range w.a {
		for l := range w.d[i] {
			var sum float64
			for k, v := range row {
				sum += v * float64(w.z[k][l])
			}
			w.d[i][l] = float32(sum)
		}
	}
}

// In expectation L L^T = C o O, and the estimate from R runs comes within a tolerance that is worked out, not guessed.
//
// After T batches of B lanes at a constant rate a, from L = 0, with S the set of sources of a unit, m = |S(i) & S(l)| and
// c_t = (1-a)^(T-t),
//
//	L_ij = s_i/B sum_t c_t sum_b d_itb xi_jtb,   s_i^2 = (2a - a^2) B / |S(i)|.
//
// Given d, the pairs (L_ij, L_lj) are normal, independent over the shared sources j, with the covariances
// Q_il = s_i s_l / B^2 sum_t c_t^2 sum_b d_itb d_ltb. So given d, X = sum_j L_ij L_lj is an entry of a Wishart matrix with
// m degrees of freedom: E[X|d] = m Q_il, Var[X|d] = m (Q_il^2 + Q_ii Q_ll). d is normal too, with covariance C. With
// rho = (2a - a^2) sum_t c_t^2 = 1 - (1-a)^(2T), n = sqrt(|S(i)| |S(l)|) and kappa = sum_t c_t^4 / (B (sum_t c_t^2)^2),
//
//	E[Q_il] = q = rho C_il / n,   Var[Q_il] = V = kappa (rho/n)^2 (C_il^2 + C_ii C_ll),
//	E[Q_ii Q_ll] = (rho/n)^2 (C_ii C_ll + 2 kappa C_il^2),
//
// from which E[X] = m q = rho C_il O_il and Var[X] = m (q^2 + V + E[Q_ii Q_ll]) + m^2 V. The mean over R independent runs
// is normal (R is large) with variance Var[X]/R; it leaves 5 standard deviations with a probability below 6e-7, and any
// of the 21 entries does with one below 2e-5. Rounding to float32 adds some 1e-6.
func TestImprintExpectation(t *testing.T) {
	const lanes, batches, runs = 5, 12, 12000
	const a = float32(.3)
	c, w := covariance()
	w.start(lanes)
	hears := make([][]int, units)
	views := make([]neuron.View, units)
	for i := range hears {
		hears[i] = []int{(i + units - 1) % units, i, (i + 1) % units}
		var spans []neuron.Span
		for _, j := range hears[i] {
			spans = append(spans, neuron.Span{First: j, N: 1})
		}
		views[i] = w.xi.View(spans...)
	}
	var sum [units][units]float64
	for range runs {
		var full [units][units]float64 // L with a place for every source
		rows := grid(units, 3)
		for range batches {
			w.next()
			for i := range rows {
				plasticity.Imprint(rows[i], hebb(views[i], w.d[i]), len(w.d[i]), a)
			}
		}
		for i, row := range rows {
			for at, j := range hears[i] {
				full[i][j] = float64(row[at])
			}
		}
		for i := range full {
			for l := range full {
				for j := range full {
					sum[i][l] += full[i][j] * full[l][j] / runs
				}
			}
		}
	}

	keep := 1 - float64(a)
	var squares, fourths float64
	for t := range batches {
		squares += math.Pow(keep, float64(2*t))
		fourths += math.Pow(keep, float64(4*t))
	}
	rho := (2*float64(a) - float64(a)*float64(a)) * squares
	kappa := fourths / (lanes * squares * squares)
	told := 0 // entries whose tolerance tells C o O from C
	for i := range units {
		for l := range i + 1 {
			var m float64
			for _, j := range hears[i] {
				for _, k := range hears[l] {
					if j == k {
						m++
					}
				}
			}
			const n = 3 // every neighbourhood
			q := rho * c[i][l] / n
			v := kappa * rho * rho / (n * n) * (c[i][l]*c[i][l] + c[i][i]*c[l][l])
			qq := rho * rho / (n * n) * (c[i][i]*c[l][l] + 2*kappa*c[i][l]*c[i][l])
			tolerance := 5*math.Sqrt((m*(q*q+v+qq)+m*m*v)/runs) + 1e-6
			if got, want := sum[i][l], m*q; !(math.Abs(got-want) <= tolerance) {
				t.Errorf("(L L^T)[%d][%d] = %.4f, want %.4f +- %.4f", i, l, got, want, tolerance)
			}
			if math.Abs(c[i][l]*rho-m*q) > 2*tolerance {
				told++
			}
		}
	}
	if told < 8 {
		t.Errorf("only %d entries tell C o O from C: the test is too weak", told)
	}
}

// With any rate, constant or falling as Pace does, the expected power of a row is that of d after every batch.
//
// With weights omega_t = (2 a_t - a_t^2) prod_{u>t} (1-a_u)^2, which sum to 1 as the first rate is 1 (Pace), and n = |S|,
// the couplings are, given d, independent and normal with variance V = 1/(n B) sum_t omega_t sum_b d_tb^2, whose mean is
// C/n and whose variance 2 C^2/(n^2 B) sum_t omega_t^2 <= 2 C^2/(n^2 B). So for the power P = sum_j L_j^2, E[P] = C and
//
//	Var[P] = 2 n E[V^2] + n^2 Var[V] <= C^2 (2/n + (2/n + 1) 2/B).
//
// 5 standard deviations of the mean of R runs, as above.
func TestImprintKeepsRowPower(t *testing.T) {
	const lanes, runs = 4, 4000
	c, w := covariance()
	w.start(lanes)
	all := w.xi.All()
	for _, rate := range []float32{.01, .2, .9} {
		seen := []int{1, 2, 5, 20}
		powers := make([]float64, len(seen))
		const unit = 2
		for range runs {
			l := make([]float32, units)
			at := 0
			for n := 1; n <= seen[len(seen)-1]; n++ {
				w.next()
				plasticity.Imprint(l, hebb(all, w.d[unit]), lanes, plasticity.Pace(float32(n), rate))
				if n == seen[at] {
					for _, v := range l {
						powers[at] += float64(v) * float64(v) / runs
					}
					at++
				}
			}
		}
		want := c[unit][unit]
		const m = float64(units)
		tolerance := 5 * want * math.Sqrt((2/m+(2/m+1)*2/lanes)/runs)
		if tolerance > .1*want {
			t.Fatalf("tolerance %v: too weak", tolerance)
		}
		for at, p := range powers {
			if !(math.Abs(p-want) <= tolerance) {
				t.Errorf("rate %v, %d batches: power %.4f, want %.4f +- %.4f", rate, seen[at], p, want, tolerance)
			}
		}
	}
}

// hebb returns the sums over lanes that a rule learns from.
func hebb(x neuron.View, post []float32) []float32 {
	dw := make([]float32, x.Len())
	x.Outer(dw, post)
	return dw
}

func TestImprintOneStep(t *testing.T) {
	xi := channel([][]float32{{1, 2}, {-1, 3}, {0, 1}})
	l := []float32{1, -2}
	plasticity.Imprint(l, hebb(xi.View(neuron.Span{First: 0, N: 1}, neuron.Span{First: 2, N: 1}), []float32{.5, 2}), 2, .5)
	s := math.Sqrt(.75 * 2 / 2)
	for j, want := range []float64{.5 + s*(.5+4)/2, -1 + s*2/2} {
		if math.Abs(float64(l[j])-want) > 1e-6 {
			t.Errorf("coupling %d is %v, want %v", j, l[j], want)
		}
	}
	plasticity.Imprint(nil, nil, 1, .5) // nobody to hear
	before := fmt.Sprint(l)
	plasticity.Imprint(l, make([]float32, 2), 0, .5)
	if fmt.Sprint(l) != before {
		t.Error("no lanes, and yet a step")
	}
}

func TestShapePanics(t *testing.T) {
	two, three, six := make([]float32, 2), make([]float32, 3), make([]float32, 6)
	x := channel(grid(3, 2))
	one := neuron.NewChannel("v", 3, 1)
	var b float32
	for name, f := range map[string]func(){
		"imprint edges":  func() { plasticity.Imprint(three, two, 2, .1) },
		"gha scratch":    func() { plasticity.GHA(three, two, six, two, x.All(), one.All(), .1) },
		"gha answers":    func() { plasticity.GHA(two, make([]float32, 2), six, two, x.All(), one.All(), .1) },
		"gha powers":     func() { plasticity.GHA(three, make([]float32, 3), six, two, x.All(), one.View(), .1) },
		"gha residuals":  func() { plasticity.GHA(three, make([]float32, 3), six[:5], two, x.All(), one.All(), .1) },
		"gha lanes":      func() { plasticity.GHA(three, make([]float32, 3), six, three, x.All(), one.All(), .1) },
		"softhebb edges": func() { plasticity.SoftHebb(three, two, two, two, two, .1) },
		"softhebb mean":  func() { plasticity.SoftHebb(three, three, three, two, two, .1) },
		"softhebb drive": func() { plasticity.SoftHebb(three, three, two, three, two, .1) },
		"delta edges":    func() { plasticity.Delta(three, two, &b, two, .1) },
	} {
		panics(t, name, f)
	}
}
