package attack

import "math"

// walk is one call of Perturb. Numbers of an image stand at its place in the
// batch.
type walk struct {
	HopSkipJump
	*search
	point    []float32 // [n][inputs]: an image that errs, after bisect at the boundary
	distance []float64 // of point
	nearest  []float64 // distance of what dst holds
	used     []int     // decisions asked

	turns, drift []float32 // [n][inputs]: sums over probes of change*sign and of change; turns then the direction
	mean         []float32 // mean sign
	direction    []float32
	probed       uint32 // probes of all steps so far
}

// decide asks about x for the images.
func (w *walk) decide(images []int) error {
	for _, i := range images {
		w.used[i]++
	}
	return w.ask(images, w.Draws)
}

// afford returns the images that may still be asked about a number of times.
func (w *walk) afford(images []int, times int) []int {
	var list []int
	for _, i := range images {
		if w.used[i]+times <= w.Queries {
			list = append(list, i)
		}
	}
	return list
}

// note keeps in dst the points that are nearer than what it holds.
func (w *walk) note(dst []float32, images []int) {
	for _, i := range images {
		point := row(w.point, i, w.inputs)
		w.distance[i] = w.Norm.Distance(w.original(i), point)
		if w.distance[i] < w.nearest[i] {
			w.nearest[i] = w.distance[i]
			copy(row(dst, i, w.inputs), point)
		}
	}
}

// start finds a point for each image and returns the images that have one.
func (w *walk) start(images []int) (found []int, err error) {
	lengths := 1 // runs of 1, 2, 4 .. pixels, to a quarter of the image
	for 4<<lengths <= w.inputs {
		lengths++
	}
	open := images
	for try := 0; try < 1000; try++ {
		if open = w.afford(open, 1); len(open) == 0 {
			break
		}
		for k, i := range open {
			x := w.at(k)
			w.key(w.Seed, i).Uniforms(x, uint32(try), rowStart, 0)
			for j := range x {
				x[j] = x[j>>(try%lengths)<<(try%lengths)]
			}
		}
		if err := w.decide(open); err != nil {
			return nil, err
		}
		var rest []int
		for k, i := range open {
			if w.answer[k].broken {
				copy(row(w.point, i, w.inputs), w.at(k))
				found = append(found, i)
			} else {
				rest = append(rest, i)
			}
		}
		open = rest
	}
	return found, w.blend(found)
}

// blend moves each point to the closest of fifty points on the line from its
// image that errs.
func (w *walk) blend(images []int) error {
	const blends = 50
	open := images
	for j := 1; j < blends; j++ {
		open = w.afford(open, 1)
		for k, i := range open {
			w.between(w.at(k), i, float64(j)/blends)
		}
		if err := w.decide(open); err != nil {
			return err
		}
		var rest []int
		for k, i := range open {
			if w.answer[k].broken {
				copy(row(w.point, i, w.inputs), w.at(k))
			} else {
				rest = append(rest, i)
			}
		}
		open = rest
	}
	return nil
}

// between fills x with the point a share of the way from image i to its point.
func (w *walk) between(x []float32, i int, share float64) {
	for j, o := range w.original(i) {
		change := float64(row(w.point, i, w.inputs)[j]) - float64(o)
		x[j] = float32(float64(o) + float64(share*change))
	}
}

// bisect moves the points towards their images as far as they err: along the
// line in L2, by cutting the change of every pixel in Linf.
func (w *walk) bisect(images []int) error {
	n := len(w.used)
	low, high, end := make([]float64, n), make([]float64, n), make([]float64, n)
	d := float64(w.inputs)
	for _, i := range images {
		high[i], end[i] = 1, float64(w.Gamma)/(d*math.Sqrt(d))
		if w.Norm == Linf {
			high[i] = Linf.Distance(w.original(i), row(w.point, i, w.inputs))
			end[i] = high[i] * float64(w.Gamma) / (d * d)
		}
	}
	reached := make([]bool, n)
	place := func(x []float32, i int, at float64) {
		if w.Norm == L2 {
			w.between(x, i, at)
			return
		}
		copy(x, row(w.point, i, w.inputs))
		Linf.project(x, w.original(i), float32(at))
	}
	for open := images; len(open) > 0; {
		var rest []int
		for _, i := range open {
			middle := (low[i] + high[i]) / 2
			if high[i]-low[i] > end[i] && middle > low[i] && middle < high[i] {
				rest = append(rest, i)
			}
		}
		open = w.afford(rest, 1)
		for k, i := range open {
			place(w.at(k), i, (low[i]+high[i])/2)
		}
		if err := w.decide(open); err != nil {
			return err
		}
		for k, i := range open {
			if middle := (low[i] + high[i]) / 2; w.answer[k].broken {
				high[i], reached[i] = middle, true
			} else {
				low[i] = middle
			}
		}
	}
	for _, i := range images {
		if reached[i] {
			place(w.at(0), i, high[i]) // the same bits as when it was asked about
			copy(row(w.point, i, w.inputs), w.at(0))
		}
	}
	return nil
}

// estimate sets turns to the direction at each point in which the decision
// falls: the mean of the probes' changes, weighted by how they were decided
// less how all were.
func (w *walk) estimate(images []int, t, probes int) error {
	for _, i := range images {
		w.mean[i] = 0
		clear(row(w.turns, i, w.inputs))
		clear(row(w.drift, i, w.inputs))
	}
	for range probes {
		for k, i := range images {
			w.probe(w.at(k), i, t)
		}
		if err := w.decide(images); err != nil {
			return err
		}
		for k, i := range images {
			sign := float32(-1)
			if w.answer[k].broken {
				sign = 1
			}
			w.mean[i] += sign / float32(probes)
			turns, drift, point := row(w.turns, i, w.inputs), row(w.drift, i, w.inputs), row(w.point, i, w.inputs)
			for j, v := range w.at(k) {
				change := v - point[j]
				turns[j] += float32(sign * change)
				drift[j] += change
			}
		}
		w.probed++
	}
	for _, i := range images {
		if math.Abs(float64(w.mean[i])) > 1-.5/float64(probes) {
			continue // all alike: no contrast to weigh by
		}
		turns := row(w.turns, i, w.inputs)
		for j, v := range row(w.drift, i, w.inputs) {
			turns[j] -= float32(w.mean[i] * v)
		}
	}
	return nil
}

// probe fills x with the point of image i and a random change, of length .1 in
// the first step and then a share 1/inputs of the distance.
func (w *walk) probe(x []float32, i, t int) {
	delta := float32(.1)
	if t > 0 {
		delta = w.Gamma * float32(w.distance[i]/float64(w.inputs))
	}
	key := w.key(w.Seed, i)
	if w.Norm == L2 {
		key.Normals(w.direction, w.probed, rowProbe, 0)
	} else {
		key.Uniforms(w.direction, w.probed, rowProbe, 0)
		for j, u := range w.direction {
			w.direction[j] = float32(2*u) - 1
		}
	}
	copy(x, row(w.point, i, w.inputs))
	L2.move(x, w.direction, delta)
	clip(x)
}

// jump takes from each point the longest step that errs, of the distance over
// the root of the step's number and its halves.
func (w *walk) jump(images []int, t int) error {
	open := images
	for halvings := 0; halvings < 40 && len(open) > 0; halvings++ {
		open = w.afford(open, 1)
		for k, i := range open {
			x := w.at(k)
			copy(x, row(w.point, i, w.inputs))
			w.Norm.move(x, row(w.turns, i, w.inputs), float32(math.Ldexp(w.distance[i]/math.Sqrt(float64(t+1)), -halvings)))
			clip(x)
		}
		if err := w.decide(open); err != nil {
			return err
		}
		var rest []int
		for k, i := range open {
			if w.answer[k].broken {
				copy(row(w.point, i, w.inputs), w.at(k))
			} else {
				rest = append(rest, i)
			}
		}
		open = rest
	}
	return nil
}
