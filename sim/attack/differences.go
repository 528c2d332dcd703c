package attack

// differences estimates the slope of the margin loss from answers alone:
// random changes u and -u, and how much the loss differs between them.
type differences struct {
	*search
	seed     uint64
	samples  int     // pairs
	size     float32 // of a change
	gaussian bool    // u is standard normal; otherwise each pixel is +1 or -1

	loss     []float32 // [n]: at the ends that were asked about first
	other    []float32 // [n][inputs]: the ends that are not in x
	change   []float32 // [inputs]: u
	gradient []float32 // [n][inputs]: the estimate
	power    []float32 // [n][inputs]
}

func newDifferences(s *search, samples int, size float32, gaussian bool, seed uint64) *differences {
	if samples < 1 || !(size > 0 && size <= 1) {
		panic("attack: differences need at least one sample and changes above 0, at most 1")
	}
	n := len(s.labels)
	return &differences{search: s, seed: seed, samples: samples, size: size, gaussian: gaussian,
		loss: make([]float32, n), other: make([]float32, n*s.inputs), change: make([]float32, s.inputs),
		gradient: make([]float32, n*s.inputs), power: make([]float32, n*s.inputs)}
}

// estimate fills gradient with the slopes at x, [n][inputs]; step tells the
// steps apart. All answers of a step are to the same draws. Both ends of a pair
// are clipped to [0, 1], so what the loss differs by is divided by how far
// apart they really are: the least squares fit, a pixel at a time, of the
// difference to the distance. Inside it is the usual estimate.
func (e *differences) estimate(x []float32, step int, draws Draws) error {
	images := e.all()
	clear(e.gradient)
	clear(e.power)
	for sample := range e.samples {
		for i := range images {
			e.displace(e.at(i), row(e.other, i, e.inputs), row(x, i, e.inputs), i, uint32(step*e.samples+sample))
		}
		if err := e.ask(images, draws); err != nil {
			return err
		}
		for i, v := range e.answer {
			e.loss[i] = v.loss
		}
		e.x, e.other = e.other, e.x
		if err := e.ask(images, draws); err != nil {
			return err
		}
		for i, v := range e.answer {
			rise := e.loss[i] - v.loss
			minus, plus := e.at(i), row(e.other, i, e.inputs)
			gradient, power := row(e.gradient, i, e.inputs), row(e.power, i, e.inputs)
			for j, p := range plus {
				apart := p - minus[j]
				gradient[j] += float32(rise * apart)
				power[j] += float32(apart * apart)
			}
		}
	}
	for j, p := range e.power {
		if p > 0 {
			e.gradient[j] /= p
		}
	}
	return nil
}

// draw fills change with u.
func (e *differences) draw(i int, number uint32) {
	key := e.key(e.seed, i)
	if e.gaussian {
		key.Normals(e.change, number, rowPairs, 0)
		return
	}
	for j := 0; j < len(e.change); j += 128 { // a block is 128 signs
		words := key.Words(number, rowPairs, uint32(j/128))
		for bit := range min(128, len(e.change)-j) {
			e.change[j+bit] = signOf(words[bit/32] << (bit % 32))
		}
	}
}

// displace fills plus and minus with the ends of a pair about from.
func (e *differences) displace(plus, minus, from []float32, i int, number uint32) {
	e.draw(i, number)
	for j, u := range e.change {
		step := float32(e.size * u)
		plus[j] = min(max(from[j]+step, 0), 1)
		minus[j] = min(max(from[j]-step, 0), 1)
	}
}
