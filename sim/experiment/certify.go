package experiment

import (
	"context"
	"slices"

	"murmur/network/circuit"
	"murmur/sim/attack"
	"murmur/sim/certificate"
	"murmur/sim/measure"
)

// The first of the draw numbers that certificates ask for: attacks stay far below.
const (
	certifyDraws  = 1 << 30
	activityDraws = 3 << 30
)

// certify certifies an arm's decisions on the first test images by randomised smoothing at the input, for each sigma, and
// by the arm's own noise at the activity; of the first seed.
func (w *world) certify(ctx context.Context, a *armRun, m *model) error {
	if w.seed != w.Seed {
		return nil
	}
	n := min(w.Certificate.Images, w.test.Len())
	labels := make([]int, n)
	for i := range labels {
		labels[i] = int(w.test.Labels[i])
	}
	for at, sigma := range w.Certificate.Sigmas {
		certs := make([]certificate.Certificate, n)
		for i := range certs {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			draw := uint32(certifyDraws + at*(w.Certificate.First+w.Certificate.Samples))
			first := w.votes(ctx, m, i, sigma, draw, w.Certificate.First)
			counts := w.votes(ctx, m, i, sigma, draw+uint32(w.Certificate.First), w.Certificate.Samples)
			if err := context.Cause(ctx); err != nil {
				return err
			}
			certs[i] = certificate.Certify(first, counts, w.Certificate.Alpha, sigma)
		}
		c := measure.Certificate{Sigma: sigma, Samples: w.Certificate.Samples, Alpha: w.Certificate.Alpha, Images: n,
			AverageRadius: certificate.AverageRadius(certs, labels)}
		for _, cert := range certs {
			if cert.Class == certificate.Abstain {
				c.Abstained++
			}
		}
		radii := make([]float64, 17)
		for k := range radii {
			radii[k] = float64(k) / 8
		}
		for k, share := range certificate.Accuracy(certs, labels, radii) {
			c.Points = append(c.Points, measure.CertifiedPoint{Radius: radii[k], Accuracy: share})
		}
		a.Certificates = append(a.Certificates, c)
	}
	if len(w.Certificate.Sigmas) > 0 && m.law != nil && a.lesson != nil {
		var err error
		if a.Activity, err = w.certifyActivity(ctx, a, m, n); err != nil {
			return err
		}
	}
	return nil
}

// votes counts what a model decides for under n draws of noise on an image, each with a draw of its own noise, until the
// context ends.
func (w *world) votes(ctx context.Context, m *model, image int, sigma float64, draw uint32, n int) []int {
	counts := make([]int, len(m.b))
	size := w.test.Size()
	for _, run := range batches(n, 16*modelLanes) {
		if ctx.Err() != nil {
			break
		}
		x := make([]float32, run.n*size)
		parallel(run.n, func(k int) {
			w.smooth(x[k*size:(k+1)*size], w.test.Image(image), sigma, testTrials|uint32(image), draw+uint32(run.first+k))
		})
		z := make([]float32, run.n*len(m.b))
		b := attack.Batch{X: x}
		for k := range run.n { // a name of its own for each, and so noise of its own
			b.ID = append(b.ID, testTrials|uint32(image)<<10|uint32(k))
		}
		m.Logits(z, b, attack.Draws{From: draw + uint32(run.first), N: 1})
		for k := range run.n {
			counts[best(z[k*len(m.b):(k+1)*len(m.b)], len(m.b), 1, 0)]++
		}
	}
	return counts
}

// certifyActivity certifies decisions under the arm's own noise, at the activity of its units, and asks of how many images
// the change that the arm's own source makes is covered.
func (w *world) certifyActivity(ctx context.Context, a *armRun, m *model, n int) (*measure.ActivityCertificate, error) {
	cell := slices.IndexFunc(w.cells, a.lesson.Is)
	if cell < 0 { // the source is an attack
		return nil, nil
	}
	noise, err := layerNoise(a.Couplings)
	if err != nil {
		return nil, err
	}
	last := w.layers[w.last()]
	changed, judge := last.seen[cell], last.judge
	drive := w.driven(a, judge)
	c := &measure.ActivityCertificate{Samples: w.Certificate.Samples, Alpha: w.Certificate.Alpha, Images: n}
	delta := make([]float64, last.Len())
	z := make([]float32, len(m.b))
	var lengths []float64
	for i := range n {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		count := func(from, n int) []int {
			counts := make([]int, len(z))
			for k := range n {
				copy(z, drive[i*len(z):])
				m.law.add(z, uint32(i), uint32(activityDraws+from+k))
				counts[best(z, len(z), 1, 0)]++
			}
			return counts
		}
		first := w.Certificate.First
		cert := certificate.CertifyActivity(count(0, first), count(first, w.Certificate.Samples), w.Certificate.Alpha)
		if cert.Class != int(w.test.Labels[i]) {
			continue
		}
		for u := range delta {
			delta[u] = float64(changed.Values[u*changed.Trials+i]) - float64(judge.Values[u*judge.Trials+i])
		}
		c.Right++
		c.Radius += cert.Radius
		length, _ := noise.Length(delta)
		lengths = append(lengths, length)
		if length < cert.Radius {
			c.Covered++
		}
	}
	if c.Right > 0 {
		c.Radius /= float64(c.Right)
		c.Length = measure.Distances(lengths).Median
	}
	return c, nil
}

// layerNoise is the noise of an arm at its units' activity.
func layerNoise(c circuit.Couplings) (*certificate.LayerNoise, error) {
	units := len(c.Self)
	sources := 0
	switch {
	case c.Hubs > 0:
		sources = c.Hubs
	case len(c.L[0]) > 0:
		sources = units
	}
	l := make([]float32, units*sources)
	for i, row := range c.L {
		for j, v := range row {
			l[i*sources+c.Source(i, j)] = v
		}
	}
	return certificate.NewLayerNoise(l, c.Self)
}
