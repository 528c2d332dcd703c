package audit_test

import (
	"encoding/binary"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"murmur/sim/attack"
	"murmur/sim/audit"
	"murmur/sim/measure"
)

// digits is convolution 7x7 -> ReLU -> max-pool 4 -> dense, 28x28 to 10, in float64 inside.
type digits struct{ kernel, convBias, dense, denseBias []float64 }

func (digits) Dims() (int, int) { return 784, 10 }

// features returns the 25 pooled features and the corner of the window of each, or -1 where the ReLU closed it.
func (m digits) features(x []float32) (value [25]float64, corner [25]int) {
	for f := range value {
		corner[f] = -1
		for i := range 16 {
			at := (f/5*4+i/4)*28 + f%5*4 + i%4
			sum := m.convBias[0]
			for k, w := range m.kernel {
				sum += float64(w * float64(x[at+k/7*28+k%7]))
			}
			if sum > value[f] {
				value[f], corner[f] = sum, at
			}
		}
	}
	return value, corner
}

func (m digits) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
	for i := range b.ID {
		value, _ := m.features(b.X[i*784 : (i+1)*784])
		for c := range 10 {
			z := m.denseBias[c]
			for f, v := range value {
				z += float64(v * m.dense[f*10+c])
			}
			for k := range draws.N {
				dst[(i*draws.N+k)*10+c] = float32(z)
			}
		}
	}
}

func (m digits) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	clear(dst)
	for i := range b.ID {
		_, corner := m.features(b.X[i*784 : (i+1)*784])
		for f, at := range corner {
			if at < 0 {
				continue
			}
			var slope float64
			for k := range draws.N {
				for c := range 10 {
					slope += float64(float64(g[(i*draws.N+k)*10+c]) * m.dense[f*10+c])
				}
			}
			for k, w := range m.kernel {
				dst[i*784+at+k/7*28+k%7] += float32(slope * w)
			}
		}
	}
}

// fixture loads an outside network and twenty digits with the classes it gives them, or skips the test.
func fixture(t *testing.T) (m digits, b attack.Batch, labels []uint8) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "fixture")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the outside fixture (a small network and twenty digits) is not at %s", dir)
	}
	load := func(name string, n int) []float64 {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if header, _, _ := strings.Cut(string(raw), "\n"); !strings.Contains(header, "'descr': '<f8', 'fortran_order': False") || len(raw)-len(header)-1 != 8*n {
			t.Fatalf("%s is not %d little-endian float64 in C order", name, n)
		}
		v := make([]float64, n)
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[len(raw)-8*(n-i):]))
		}
		return v
	}
	m = digits{load("W_CONV2D_MNIST.npy", 49), load("B_CONV2D_MNIST.npy", 1), load("W_DENSE_MNIST.npy", 250), load("B_DENSE_MNIST.npy", 10)}
	names, err := filepath.Glob(filepath.Join(dir, "mnist_*.png"))
	if err != nil || len(names) != 20 {
		t.Fatalf("%d digits, want 20; error %v", len(names), err)
	}
	slices.Sort(names)
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for p := range 784 {
			b.X = append(b.X, float32(color.GrayModel.Convert(picture.At(p%28, p/28)).(color.Gray).Y)/255)
		}
		b.ID = append(b.ID, uint32(i))
	}
	for _, class := range attack.MeanSoftmax.Decide(m, b, attack.Draws{N: 1}) {
		labels = append(labels, uint8(class))
	}
	if want := []uint8{7, 1, 1, 4, 4, 1, 4, 4, 4, 4, 4, 4, 4, 4, 1, 4, 4, 7, 8, 4}; !slices.Equal(labels, want) {
		t.Fatalf("classes %v, published %v", labels, want)
	}
	return m, b, labels
}

// TestFixture: of this network ten steps up the cross-entropy break less than random squares do at Linf .1, and a check
// must say so.
func TestFixture(t *testing.T) {
	m, b, labels := fixture(t)
	const eps = .1
	a := audit.Audit{Model: m, Batch: b, Labels: labels, Judge: attack.Draws{From: 1 << 20, N: 1}}
	a.PGD = attack.NewBIM(attack.Linf, eps, attack.Draws{N: 1})
	a.PGD.Step = a.PGD.Epsilon / 4
	square := attack.NewSquare(attack.Linf, eps, 28, attack.Draws{N: 1}, 1)
	square.Queries, square.Rescale = 1500, true
	a.Others = []audit.Member{{Attempt: audit.Attempt{Name: "square", Role: audit.BlackBox, Norm: attack.Linf, Epsilon: eps}, Attack: square}}
	r, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Study.Outcomes {
		left := 0
		for _, right := range o.Correct {
			if right {
				left++
			}
		}
		t.Logf("%s at %v leaves %d", o.Name, o.Epsilon, left)
	}
	by := map[string]measure.Check{}
	for _, c := range r.Checks {
		t.Logf("%s %s: %s", c.Status, c.Name, c.Detail)
		by[c.Name] = c
	}
	if c := by["black-box-not-stronger-than-white-box"]; c.Status != audit.Fail {
		t.Errorf("%+v", c)
	}
	for _, name := range []string{"answers-repeat", "randomness-detected", "softmax-output", "zero-gradients", "attack-never-helps",
		"iterative-at-least-single-step", "larger-budget-never-weaker", "high-epsilon-reaches-chance", "unbounded-reaches-zero"} {
		if c := by[name]; c.Status != audit.Pass {
			t.Errorf("%+v", c)
		}
	}
}

// The thorough preset finds what cross-entropy alone misses: no black box is stronger, and at most 3 of 20 are left.
func TestFixtureThorough(t *testing.T) {
	m, b, labels := fixture(t)
	const eps = .1
	preset, _ := attack.LookupPreset("thorough")
	o := attack.Options{Preset: preset, Epsilon: eps, Width: 28, Seed: 1}
	study := audit.Study{ID: b.ID, Labels: labels, Inputs: 784, Clean: make([]bool, len(labels))}
	decide := func(x []float32) []bool {
		right := make([]bool, len(labels))
		for i, c := range attack.MeanSoftmax.Decide(m, attack.Batch{X: x, ID: b.ID}, attack.Draws{N: 1}) {
			right[i] = c == int(labels[i])
		}
		return right
	}
	copy(study.Clean, decide(b.X))
	roles := map[attack.Sort]audit.Role{attack.SingleStep: audit.SingleStep, attack.Iterative: audit.Iterative, attack.BlackBox: audit.BlackBox}
	k, _ := attack.LookupKind("worst-linf")
	worst := make([]float32, len(b.X))
	table, _, err := k.New(o).(attack.Worst).Table(t.Context(), worst, m, b, labels)
	if err != nil {
		t.Fatal(err)
	}
	standing := func(x []float32) (right []bool, left int) {
		if err := attack.VerifyBatch(b, x, attack.Linf, eps); err != nil {
			t.Error(err)
		}
		right = decide(x)
		for _, r := range right {
			if r {
				left++
			}
		}
		return right, left
	}
	_, least := standing(worst)
	for _, member := range table {
		right, left := standing(member.Images)
		t.Logf("%s leaves %d of %d", member.Name, left, len(labels))
		if left < least {
			t.Errorf("%s leaves %d, the worst case %d", member.Name, left, least)
		}
		k, _ := attack.LookupKind(member.Name)
		study.Outcomes = append(study.Outcomes, audit.Outcome{Attempt: audit.Attempt{Name: k.Name, Role: roles[k.Sort], Norm: attack.Linf, Epsilon: eps}, Correct: right})
	}
	if least > 3 {
		t.Errorf("the worst case leaves %d of %d, want at most 3", least, len(labels))
	}
	for _, c := range study.Checks() {
		if c.Name == "black-box-not-stronger-than-white-box" && c.Status == audit.Fail {
			t.Errorf("%+v", c)
		}
	}
}
