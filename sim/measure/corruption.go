package measure

// Wrong turns correct decisions, [seed][image], into a sample of errors: 1 where the decision was wrong.
func Wrong(correct [][]uint8) Sample {
	x := Right(correct)
	for _, row := range x {
		for m := range row {
			row[m] = 1 - row[m]
		}
	}
	return x
}

// Corrupted is how often an arm errs ([Wrong]): on clean images, and under each level of each corruption,
// [corruption][level]. All samples are of the same seeds and images.
type Corrupted struct {
	Clean  Sample
	Levels [][]Sample
}

// ErrorShares makes a Corrupted of shares of errors that are known alone, such as a published table's: clean, and
// [corruption][level]. What is computed of shares has intervals without width.
func ErrorShares(clean float64, levels [][]float64) Corrupted {
	c := Corrupted{Clean: Sample{{clean}}}
	for _, row := range levels {
		var list []Sample
		for _, e := range row {
			list = append(list, Sample{{e}})
		}
		c.Levels = append(c.Levels, list)
	}
	return c
}

// CorruptionError holds the three ways to print errors under corruption; they belong side by side.
type CorruptionError struct {
	// Raw is the mean error over levels: what Hendrycks's own code prints as unnormalised and uses for CIFAR-10-C.
	Raw Estimate
	// CE is sum_level E / sum_level E_reference. It is nil where the 95 % interval of the reference's error reaches 0.
	CE *Paired
	// Relative is sum_level (E - E_clean) / sum_level (E_reference - E_reference,clean): what the corruption adds to the
	// errors, over what it adds to the reference's. It is nil where the interval of the latter reaches 0: a corruption that
	// does not hurt the reference has no relative error.
	Relative *Paired
}

// CorruptionErrors returns the errors of an arm under each corruption relative to a reference, and their means over
// corruptions: Mean.CE is mCE, Mean.Relative the relative mCE; a mean is nil where one of its terms is. Hendrycks and
// Dietterich, arXiv 1903.12261, section 4. They divide by AlexNet's errors; here the reference is the caller's, for murmur
// the noise-free network of the same shape, so values do not compare with published ones. 1 is as good as the reference.
//
// The 95 % intervals are those of ratios by linearisation (the delta method), paired with the reference image by image.
// It panics if the arm and the reference, or two samples, differ in shape, or a corruption has no level.
func CorruptionErrors(arm, reference Corrupted) (each []CorruptionError, mean CorruptionError) {
	if len(arm.Levels) != len(reference.Levels) || len(arm.Levels) == 0 {
		panic("measure: arm and reference met different corruptions")
	}
	var raw, ce, relative terms
	for c := range arm.Levels {
		if len(arm.Levels[c]) != len(reference.Levels[c]) || len(arm.Levels[c]) == 0 {
			panic("measure: arm and reference met different levels of a corruption")
		}
		e, base := average(arm.Levels[c]), average(reference.Levels[c])
		var r, n, d terms
		r.add(e.Mean(), e.plus(-1, constant(e, e.Mean())), true)
		n.add(ratio(e, base))
		d.add(ratio(e.Minus(arm.Clean), base.Minus(reference.Clean)))
		raw.join(r)
		ce.join(n)
		relative.join(d)
		each = append(each, CorruptionError{Raw: r.estimate(), CE: n.paired(), Relative: d.paired()})
	}
	return each, CorruptionError{Raw: raw.estimate(), CE: ce.paired(), Relative: relative.paired()}
}

// average returns the mean over samples of each seed and image.
func average(list []Sample) Sample {
	sum := list[0]
	for _, x := range list[1:] {
		sum = sum.plus(1, x)
	}
	return constant(sum, 0).plus(1/float64(len(list)), sum)
}

// constant returns a sample of v in the shape of x.
func constant(x Sample, v float64) Sample {
	z := make(Sample, len(x))
	for s := range x {
		z[s] = make([]float64, len(x[s]))
		for m := range z[s] {
			z[s][m] = v
		}
	}
	return z
}

// ratio returns the ratio of two means and the sample that its error is the mean of, to first order. ok is false where
// the 95 % interval of the denominator reaches 0.
func ratio(x, y Sample) (value float64, deviations Sample, ok bool) {
	mean, half := y.Interval()
	if mean-half <= 0 {
		return 0, constant(x, 0), false
	}
	value = x.Mean() / mean
	return value, constant(x, 0).plus(1/mean, x.plus(-value, y)), true
}

// terms are numbers to be averaged, each with the sample whose mean is its error.
type terms struct {
	values     float64
	deviations Sample
	n          int
	missing    bool
}

func (t *terms) add(value float64, deviations Sample, ok bool) {
	if t.n++; t.n == 1 {
		t.deviations = deviations
	} else {
		t.deviations = t.deviations.plus(1, deviations)
	}
	t.values += value
	t.missing = t.missing || !ok
}

func (t *terms) join(one terms) { t.add(one.values, one.deviations, !one.missing) }

func (t *terms) interval() (mean, half float64) {
	n := float64(t.n)
	_, half = t.deviations.Interval()
	return t.values / n, half / n
}

func (t *terms) paired() *Paired {
	if t.missing {
		return nil
	}
	mean, half := t.interval()
	return &Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
}

func (t *terms) estimate() Estimate {
	mean, half := t.interval()
	return Estimate{Mean: mean, Lo: max(mean-half, 0), Hi: min(mean+half, 1), Seeds: len(t.deviations)}
}
