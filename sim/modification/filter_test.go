package modification

import (
	"math"
	"testing"
)

// TestGaussianBlurImpulse compares a blurred point with the Gaussian itself.
func TestGaussianBlurImpulse(t *testing.T) {
	m := mustLookup(t, "gaussian_blur")
	const n = 31
	src, dst := make([]float32, n*n), make([]float32, n*n)
	src[15*n+15] = 1
	for _, sigma := range []float64{.5, .75, 1, 1.25, 1.5, 2.9} {
		radius := int(4*sigma + .5)
		total := 0.0
		for k := -radius; k <= radius; k++ {
			total += math.Exp(-float64(k*k) / (2 * sigma * sigma))
		}
		m.Apply(dst, src, n, n, float32(sigma), nil)
		for i, v := range dst {
			x, y := i%n-15, i/n-15
			want := math.Exp(-float64(x*x+y*y)/(2*sigma*sigma)) / (total * total)
			if max(x, -x, y, -y) > radius {
				want = 0
			}
			if math.Abs(float64(v)-want) > 1e-7+1e-5*want {
				t.Fatalf("sigma %v: (%d, %d) is %v, want %v", sigma, x, y, v, want)
			}
		}
	}
}

// TestBlurMean: blurs move the light of an interior blob about and keep it all.
func TestBlurMean(t *testing.T) {
	const n = 48
	src, dst := make([]float32, n*n), make([]float32, n*n)
	for y := 20; y < 28; y++ {
		for x := 20; x < 29; x++ {
			src[y*n+x] = float32(x*y%7) / 7
		}
	}
	for _, name := range []string{"gaussian_blur", "motion_blur"} {
		m := mustLookup(t, name)
		for strength := 1; strength <= Strengths; strength++ {
			m.Apply(dst, src, n, n, m.Value(strength), stream(1, strength))
			if got, want := mean(dst), mean(src); math.Abs(got-want) > 1e-6*want {
				t.Errorf("%s %d: mean %v, want %v", name, strength, got, want)
			}
		}
	}
}

// TestBlurUniform: with the edge repeated, a uniform picture stays as it is, at
// any shape and at blurs wider than the picture and than the stack's line.
func TestBlurUniform(t *testing.T) {
	for _, shape := range [][2]int{{28, 28}, {1, 1}, {3, 40}, {700, 2}} {
		src := make([]float32, shape[0]*shape[1])
		for i := range src {
			src[i] = .7
		}
		dst := make([]float32, len(src))
		for _, name := range []string{"gaussian_blur", "motion_blur"} {
			m := mustLookup(t, name)
			for _, sigma := range []float32{.01, .4, 1.5, 20, 64} {
				m.Apply(dst, src, shape[0], shape[1], sigma, stream(1, 0))
				for i, v := range dst {
					if math.Abs(float64(v)-.7) > 1e-5 {
						t.Fatalf("%s %v of %v: pixel %d is %v", name, sigma, shape, i, v)
					}
				}
			}
		}
	}
}

// TestMotionBlurImpulse: at 0 degrees a point is smeared to the left by half a
// Gaussian, at 45 degrees along the diagonal to the upper left, both as in the
// formula of imagecorruptions with a step of 1/sqrt(2) rounded to pixels.
func TestMotionBlurImpulse(t *testing.T) {
	const n, sigma = 31, 1.5
	src, dst := make([]float32, n*n), make([]float32, n*n)
	src[15*n+15] = 1
	for _, degrees := range []float64{-45, -20, 0, 10, 45} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		want := make([]float64, n*n)
		total := 0.0
		for i := range 7 { // radius 3
			total += math.Exp(-float64(i*i) / (2 * sigma * sigma))
		}
		for i := range 7 {
			dx, dy := -int(math.Ceil(float64(i)*cos-.5)), -int(math.Ceil(float64(i)*sin-.5))
			want[(15+dy)*n+15+dx] += math.Exp(-float64(i*i)/(2*sigma*sigma)) / total
		}
		motionBlurBy(dst, src, n, n, sigma, float32(degrees))
		for i, v := range dst {
			if math.Abs(float64(v)-want[i]) > 1e-6 {
				t.Errorf("%v degrees: (%d, %d) is %v, want %v", degrees, i%n-15, i/n-15, v, want[i])
			}
		}
	}
}

func TestMotionBlurEdge(t *testing.T) {
	// Seven taps on a row of three: from the second column on, the last pixel is
	// repeated, so the last column stays as it is.
	src, dst := []float32{1, 0, .5}, make([]float32, 3)
	motionBlurBy(dst, src, 3, 1, 1.5, 0)
	total, w := 0.0, [7]float64{}
	for i := range w {
		w[i] = math.Exp(-float64(i*i) / 4.5)
		total += w[i]
	}
	want := []float64{(w[0] + .5*(total-w[0]-w[1])) / total, .5 * (total - w[0]) / total, .5}
	for i := range want {
		if math.Abs(float64(dst[i])-want[i]) > 1e-6 {
			t.Errorf("column %d is %v, want %v", i, dst[i], want[i])
		}
	}
}

func TestGaussianNoise(t *testing.T) {
	m := mustLookup(t, "gaussian_noise")
	src, dst := make([]float32, 200*200), make([]float32, 200*200)
	for i := range src {
		src[i] = .5
	}
	m.Apply(dst, src, 200, 200, .1, stream(1, 0)) // clipped at five deviations
	average, square := mean(dst), meanSquare(dst, src)
	if math.Abs(average-.5) > 4*.1/200 {
		t.Errorf("mean %v, want .5", average)
	}
	// The standard error of the variance is sqrt(2/n) of it.
	if math.Abs(square-.01) > 4*.01*math.Sqrt2/200 {
		t.Errorf("variance %v, want .01", square)
	}
}

func TestImpulseNoise(t *testing.T) {
	m := mustLookup(t, "impulse_noise")
	src, dst := make([]float32, 200*200), make([]float32, 200*200)
	for i := range src {
		src[i] = .5
	}
	var hit [200 * 200]bool
	for strength := 1; strength <= Strengths; strength++ {
		value := m.Value(strength)
		m.Apply(dst, src, 200, 200, value, stream(1, 0))
		black, white := 0, 0
		for i, v := range dst {
			switch v {
			case 0:
				black++
			case 1:
				white++
			case .5:
				if hit[i] {
					t.Fatalf("pixel %d is hit at strength %d and not at %d", i, strength-1, strength)
				}
				continue
			default:
				t.Fatalf("pixel %d is %v", i, v)
			}
			hit[i] = true
		}
		want := float64(value) / 2
		slack := 4 * math.Sqrt(want*(1-want)) / 200
		for _, count := range []int{black, white} {
			if got := float64(count) / 40000; math.Abs(got-want) > slack {
				t.Errorf("strength %d: a fraction of %v, want %v", strength, got, want)
			}
		}
	}
	m.Apply(dst, src, 200, 200, 1, stream(1, 0))
	for i, v := range dst {
		if v == .5 {
			t.Fatalf("pixel %d survives the fraction 1", i)
		}
	}
}

func TestBrightnessAndContrast(t *testing.T) {
	src, dst := []float32{0, .25, .5, .75}, make([]float32, 4)
	for _, test := range []struct {
		name  string
		value float32
		want  []float64
	}{
		{"brightness", .5, []float64{.5, .75, 1, 1}},
		{"brightness", 1, []float64{1, 1, 1, 1}},
		{"contrast", .4, []float64{.225, .325, .425, .525}},
		{"contrast", 0, []float64{.375, .375, .375, .375}},
	} {
		mustLookup(t, test.name).Apply(dst, src, 2, 2, test.value, nil)
		for i := range dst {
			if math.Abs(float64(dst[i])-test.want[i]) > 1e-7 {
				t.Errorf("%s %v: %v, want %v", test.name, test.value, dst, test.want)
				break
			}
		}
	}
}
