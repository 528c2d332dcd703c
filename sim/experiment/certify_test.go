package experiment

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"murmur/neuron/random"
	"murmur/sim/attack"
	"murmur/sim/certificate"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

const certified = "certificate={sigmas: [0.1, 0.6], samples: 60, first: 15, alpha: 0.01, images: 25}"

// TestCertificates: what a result says of certificates is what the votes give, image by image.
func TestCertificates(t *testing.T) {
	t.Parallel()
	r := allSeeds(t, certified, "sources.0.arms=[oracle, oracle when=learning, identity]", "attack.arms=[identity]", "thresholds=[]")
	w := outside(r)
	abstained := 0
	for i, a := range r.seeds[0].arms {
		m := w.model(a)
		if len(a.Certificates) != 2 || len(r.seeds[1].arms[i].Certificates) != 0 {
			t.Fatalf("%s: %d certificates of the first seed, %d of the second", a.arm, len(a.Certificates), len(r.seeds[1].arms[i].Certificates))
		}
		for at, c := range a.Certificates {
			var radius float64
			out, right := 0, make([]int, len(c.Points))
			for image := range 25 {
				draw := uint32(certifyDraws + 75*at)
				first, counts := w.votes(context.Background(), m, image, c.Sigma, draw, 15), w.votes(context.Background(), m, image, c.Sigma, draw+15, 60)
				sum := 0
				for _, n := range counts {
					sum += n
				}
				if sum != 60 {
					t.Fatalf("%s: %d votes of 60 on image %d", a.arm, sum, image)
				}
				cert := certificate.Certify(first, counts, .01, c.Sigma)
				switch {
				case cert.Class == certificate.Abstain:
					out++
				case cert.Class == int(w.test.Labels[image]):
					radius += cert.Radius
					for k, p := range c.Points {
						if cert.Radius >= p.Radius {
							right[k]++
						}
					}
				}
			}
			abstained += out
			if c.Sigma != []float64{.1, .6}[at] || c.Samples != 60 || c.Alpha != .01 || c.Images != 25 || c.Abstained != out || !near(c.AverageRadius, radius/25) {
				t.Errorf("%s: %+v; want %d abstained, an average radius of %v", a.arm, c, out, radius/25)
			}
			if len(c.Points) != 17 || c.Points[0].Radius != 0 || c.Points[16].Radius != 2 {
				t.Errorf("%s: radii %+v", a.arm, c.Points)
			}
			for k, p := range c.Points {
				if p.Accuracy != float64(right[k])/25 || k > 0 && (p.Accuracy > c.Points[k-1].Accuracy || p.Radius <= c.Points[k-1].Radius) {
					t.Errorf("%s: %v are certified within %v, %v within less; want %d of 25", a.arm, p.Accuracy, p.Radius, c.Points[max(k-1, 0)].Accuracy, right[k])
				}
			}
		}
	}
	if abstained == 0 {
		t.Error("no certificate abstains: the test says little")
	}
}

func near(x, y float64) bool { return x-y < 1e-12 && y-x < 1e-12 }

// TestVotes: a vote is the model's largest logit on the image under Gaussian noise, cut to [0, 1], with a fresh draw of
// the arm's own noise each.
func TestVotes(t *testing.T) {
	t.Parallel()
	const image, n, draw, sigma = 3, 40, certifyDraws + 7, .4
	r := lived(t, certified)
	w := outside(r)
	for _, spelling := range []string{"none", "oracle"} {
		a := armOf(t, r, spelling)
		m, size := w.model(a), w.test.Size()
		want := make([]int, len(a.Bias))
		own := map[float32]bool{}
		for k := range uint32(n) {
			x := make([]float32, size)
			random.Key{Seed: w.seed, Purpose: random.Smoothing, Unit: testTrials | image}.Normals(x, draw+k, 0, 0)
			for p, v := range w.test.Image(image) {
				x[p] = min(max(v+float32(float32(sigma)*x[p]), 0), 1)
			}
			z, bare := make([]float32, len(a.Bias)), make([]float32, len(a.Bias))
			m.Logits(z, attack.Batch{X: x, ID: []uint32{testTrials | image<<10 | k}}, attack.Draws{From: draw, N: 1})
			m.drive(bare, x, 1)
			own[z[0]-bare[0]] = true
			want[best(z, len(z), 1, 0)]++
		}
		if got := w.votes(context.Background(), m, image, sigma, draw, n); !slices.Equal(got, want) {
			t.Errorf("%s votes %v, want %v", spelling, got, want)
		}
		if noisy := spelling == "oracle"; (len(own) > n*9/10) != noisy {
			t.Errorf("%s: %d votes had %d draws of its own noise", spelling, n, len(own))
		}
		again, more := w.votes(context.Background(), m, image, sigma, draw, 3000), 0
		for _, v := range again { // in more than one run
			more += v
		}
		if more != 3000 {
			t.Errorf("%s: %d votes of 3000", spelling, more)
		}
	}
}

// TestActivityCertificates: there is one for every arm that is noisy when judged and whose source is a modification; it
// counts the images that it certifies rightly, and covers no more of them.
func TestActivityCertificates(t *testing.T) {
	t.Parallel()
	r := lived(t, certified, `sources=[{perturbation: brightness, strength: 1, arms: [oracle, diagonal, gha hubs=3, imprint radius=1, oracle when=learning, augmentation]},
		{perturbation: pgd-linf, strength: 1, arms: [oracle]}]`, "attack.arms=[]", "thresholds=[]", "perturbations=[brightness]", "strengths=[1]", "noise.power=0.05", "readout={epochs: 6, rate: 1}")
	w := outside(r)
	n, size := w.test.Len(), w.test.Size()
	clean, bright := looked(w, w.test.Pixels[:n*size]), looked(w, sure(w.modified(context.Background(), w.test, n, r.cells[0], testTrials)))
	covered, uncovered := 0, 0
	for _, a := range r.seeds[0].arms {
		c := a.Activity
		want := a.arm.Noisy() && w.When(a.arm) != scenario.Learning && a.source() == "brightness"
		if (c != nil) != want {
			t.Errorf("%s of %s has an activity certificate: %v", a.arm, a.source(), c != nil)
		}
		if c == nil {
			continue
		}
		if c.Samples != 60 || c.Alpha != .01 || c.Images != 25 || c.Right > 25 || c.Covered > c.Right || (c.Right > 0) != (c.Radius > 0) {
			t.Errorf("%s: %+v", a.arm, *c)
		}
		var law mat.Cholesky
		if !law.Factorize(unitLaw(a)) {
			t.Fatalf("%s: gonum finds no root of its noise", a.arm)
		}
		right, within, radius := 0, 0, 0.
		for i := range 25 {
			count := func(from, n int) []int {
				counts := make([]int, len(a.Bias))
				z := make([]float32, len(a.Bias)*n)
				w.model(a).Logits(z, attack.Batch{X: w.test.Image(i), ID: []uint32{uint32(i)}}, attack.Draws{From: uint32(activityDraws + from), N: n})
				for k := range n {
					counts[best(z[k*len(a.Bias):(k+1)*len(a.Bias)], len(a.Bias), 1, 0)]++
				}
				return counts
			}
			if cert := certificate.CertifyActivity(count(0, 15), count(15, 60), .01); cert.Class == int(w.test.Labels[i]) {
				right++
				radius += cert.Radius
				delta := mat.NewVecDense(len(a.Couplings.Self), nil)
				for u := range a.Couplings.Self {
					delta.SetVec(u, float64(bright.Values[u*n+i])-float64(clean.Values[u*n+i]))
				}
				if stat.Mahalanobis(delta, mat.NewVecDense(len(a.Couplings.Self), nil), &law) < cert.Radius {
					within++
				}
			}
		}
		covered, uncovered = covered+within, uncovered+right-within
		if c.Covered != within {
			t.Errorf("%s: %d changes covered, want %d", a.arm, c.Covered, within)
		}
		if c.Right != right || !near(c.Radius, radius/float64(max(right, 1))) {
			t.Errorf("%s: %d right with a mean radius of %v, want %d and %v", a.arm, c.Right, c.Radius, right, radius/float64(max(right, 1)))
		}
	}
	if covered == 0 || uncovered == 0 {
		t.Errorf("%d changes are covered, %d are not: the test says little", covered, uncovered)
	}
}

// TestCertificatesRepeat: the same bits on every run and any number of processors.
func TestCertificatesRepeat(t *testing.T) {
	t.Parallel()
	told := func() string {
		var list []any
		for _, a := range lived(t, certified, "attack.arms=[diagonal]").outcome().Result.Arms {
			list = append(list, a.Certificates, a.Activity)
		}
		return asJSON(t, list)
	}
	if diff := cmp.Diff(told(), told()); diff != "" {
		t.Error(diff)
	}
}

// TestCertificateWithoutNoise: with no power there is no noise of the units to certify by.
func TestCertificateWithoutNoise(t *testing.T) {
	t.Parallel()
	r := lived(t, certified, "noise.power=0", "sources.0.arms=[oracle, diagonal]", "attack.arms=[]", "thresholds=[]")
	var want []measure.Certificate
	for i, a := range r.seeds[0].arms {
		if i == 0 {
			want = a.Certificates
		}
		if diff := cmp.Diff(want, a.Certificates); diff != "" {
			t.Errorf("%s without power is certified otherwise than none:\n%s", a.arm, diff)
		}
		if a.Activity != nil && a.Activity.Covered > 0 {
			t.Errorf("%s without noise covers changes: %s", a.arm, fmt.Sprintf("%+v", *a.Activity))
		}
	}
	asJSON(t, r.outcome().Result)
}
