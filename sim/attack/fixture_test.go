package attack_test

import (
	"encoding/binary"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"murmur/sim/attack"
)

// convNet is convolution 7x7 -> ReLU -> max-pool 4 -> dense, 28x28 to 10, in
// float64 inside: what it shows is the attack's arithmetic, not its own.
type convNet struct{ kernel, convBias, dense, denseBias []float64 }

func (convNet) Dims() (int, int) { return 784, 10 }

// features returns the 25 pooled features and, for each, where its maximum
// stood in the image (the corner of the window), or -1 where the ReLU closed it.
func (m convNet) features(x []float32) (value [25]float64, corner [25]int) {
	for f := range value {
		value[f], corner[f] = 0, -1 // the ReLU's floor
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

func (m convNet) Logits(dst []float32, b attack.Batch, draws attack.Draws) {
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

func (m convNet) Pull(dst []float32, b attack.Batch, g []float32, draws attack.Draws) {
	for i := range b.ID {
		var gradient [784]float64
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
				gradient[at+k/7*28+k%7] += float64(slope * w)
			}
		}
		for j, v := range gradient {
			dst[i*784+j] = float32(v)
		}
	}
}

// fixture loads the network and the twenty digits, or skips the test.
func fixture(t *testing.T) (convNet, attack.Batch) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "fixture")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the outside fixture (a small network and twenty digits) is not at %s", dir)
	}
	load := func(name string, n int) []float64 {
		t.Helper()
		v, err := readNPY(filepath.Join(dir, name))
		if err != nil || len(v) != n {
			t.Fatalf("%s: %d numbers, want %d; error %v", name, len(v), n, err)
		}
		return v
	}
	m := convNet{kernel: load("W_CONV2D_MNIST.npy", 49), convBias: load("B_CONV2D_MNIST.npy", 1),
		dense: load("W_DENSE_MNIST.npy", 250), denseBias: load("B_DENSE_MNIST.npy", 10)}
	names, err := filepath.Glob(filepath.Join(dir, "mnist_*.png"))
	if err != nil || len(names) != 20 {
		t.Fatalf("%d digits, want 20; error %v", len(names), err)
	}
	slices.Sort(names)
	var b attack.Batch
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(f)
		f.Close()
		if err != nil || picture.Bounds().Dx() != 28 || picture.Bounds().Dy() != 28 {
			t.Fatalf("%s: not a picture of 28 x 28: %v", name, err)
		}
		for p := range 784 {
			grey := color.GrayModel.Convert(picture.At(p%28, p/28)).(color.Gray)
			b.X = append(b.X, float32(grey.Y)/255)
		}
		b.ID = append(b.ID, uint32(i))
	}
	return m, b
}

// readNPY reads a version 1 file of little-endian float64 in C order.
func readNPY(name string) ([]float64, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(raw) < 10 || string(raw[:8]) != "\x93NUMPY\x01\x00" {
		return nil, fmt.Errorf("not an NPY file of version 1")
	}
	body := 10 + int(binary.LittleEndian.Uint16(raw[8:]))
	if len(raw) < body || !strings.Contains(string(raw[10:body]), "'descr': '<f8', 'fortran_order': False") {
		return nil, fmt.Errorf("not little-endian float64 in C order")
	}
	n := 1
	for _, side := range regexp.MustCompile(`\d+`).FindAllString(string(raw[10+strings.Index(string(raw[10:body]), "shape"):body]), -1) {
		d, err := strconv.Atoi(side)
		if err != nil {
			return nil, err
		}
		n *= d
	}
	if len(raw)-body != 8*n {
		return nil, fmt.Errorf("%d bytes of data, want %d", len(raw)-body, 8*n)
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[body+8*i:]))
	}
	return v, nil
}

var cleanPredictions = []uint8{7, 1, 1, 4, 4, 1, 4, 4, 4, 4, 4, 4, 4, 4, 1, 4, 4, 7, 8, 4}

// judge returns how many images keep their label, and their mean cross-entropy.
func judge(m attack.Model, b attack.Batch) (correct int, mean float64) {
	logits := make([]float32, len(b.ID)*10)
	m.Logits(logits, b, attack.Draws{N: 1})
	for i, label := range cleanPredictions {
		z := logits[i*10 : (i+1)*10]
		if slices.Index(z, slices.Max(z)) == int(label) {
			correct++
		}
		mean += float64(attack.CrossEntropyOfMean{}.Value(z, 10, label)) / float64(len(cleanPredictions))
	}
	return correct, mean
}

// The figures below are those that independent attack libraries agree on; they
// are stated with six decimals (five for the logits).
const digit = 1e-6

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.7f, want %.7f", what, got, want)
	}
}

func TestFixtureClean(t *testing.T) {
	m, b := fixture(t)
	correct, mean := judge(m, b)
	if correct != 20 {
		t.Errorf("%d of 20 predictions as published", correct)
	}
	near(t, "mean cross-entropy", mean, 1.240569, digit)
	for i, want := range []float64{1.181374, 1.874105, 1.456748, 1.204963, .694087} {
		near(t, fmt.Sprintf("loss %d", i), float64(lossOf(m, b, cleanPredictions, attack.Draws{N: 1})[i]), want, digit)
	}
	first := attack.Batch{X: b.X[:784], ID: b.ID[:1]}
	logits, pull, gradient := make([]float32, 10), make([]float32, 10), make([]float32, 784)
	m.Logits(logits, first, attack.Draws{N: 1})
	for c, want := range []float64{.1571, -.73106, -.0404, -.47905, .09379, -.80106, -.47753, 1.08687, -.30658, -.57498} {
		near(t, fmt.Sprintf("logit %d", c), float64(logits[c]), want, 1e-5)
	}
	attack.CrossEntropyOfMean{}.Cotangent(pull, logits, 10, 7)
	m.Pull(gradient, first, pull, attack.Draws{N: 1})
	var l1, largest float64
	nonzero := 0
	for _, g := range gradient {
		l1 += math.Abs(float64(g))
		largest = max(largest, math.Abs(float64(g)))
		if g != 0 {
			nonzero++
		}
	}
	near(t, "L1 of the gradient", l1, 13.969809, 2*digit)
	near(t, "L2 of the gradient", length(gradient), .870010, digit)
	near(t, "Linf of the gradient", largest, .175136, digit)
	if nonzero != 508 {
		t.Errorf("%d gradients are not 0, want 508", nonzero)
	}
}

func TestFixtureAttacks(t *testing.T) {
	m, b := fixture(t)
	fgsm := func(eps float32) attack.PGD { return attack.NewFGSM(attack.Linf, eps, attack.Draws{N: 1}) }
	bim := func(eps float32) attack.PGD {
		p := attack.NewBIM(attack.Linf, eps, attack.Draws{N: 1})
		p.Step = eps / 4
		return p
	}
	pgd := func(eps float32) attack.PGD {
		p := attack.NewPGD(attack.L2, eps, attack.Draws{N: 1}, 0)
		p.RandomStart = false
		return p
	}
	for _, c := range []struct {
		name    string
		attack  func(eps float32) attack.PGD
		eps     float32
		correct int // of 20
		mean    float64
		within  float64
	}{
		{"FGSM", fgsm, .05, 13, 1.597656, 5 * digit},
		{"FGSM", fgsm, .1, 10, 1.876602, 5 * digit},
		{"FGSM", fgsm, .2, 3, 2.316276, 5 * digit},
		{"FGSM", fgsm, .3, 1, 2.661846, 5 * digit},
		{"BIM", bim, .05, 13, 1.645464, 5 * digit},
		{"BIM", bim, .1, 8, 2.022646, 5 * digit},
		{"BIM", bim, .2, 0, 2.701818, 5 * digit},
		{"BIM", bim, .3, 0, 3.196184, 5 * digit},
		{"PGD L2", pgd, .5, 14, 1.591015, 5 * digit},
		// At step 29 image 11 meets two pooled values of .812277, which float32
		// pixels rank otherwise than float64 ones: the mean is 1.8943548 in
		// float64 throughout, 1.8943474 in float32 throughout.
		{"PGD L2", pgd, 1, 10, 1.894355, 10 * digit},
		{"PGD L2", pgd, 2, 0, 2.368730, 5 * digit},
	} {
		t.Run(fmt.Sprintf("%s %v", c.name, c.eps), func(t *testing.T) {
			adv := perturb(t, c.attack(c.eps), m, b, cleanPredictions)
			correct, mean := judge(m, attack.Batch{X: adv, ID: b.ID})
			if correct != c.correct {
				t.Errorf("accuracy %d/20, want %d/20", correct, c.correct)
			}
			near(t, "mean cross-entropy", mean, c.mean, c.within)
		})
	}
}
