package attack

// DLR is the difference-of-logits ratio on z, the logits of the decision Of:
// (max_{j!=label} z_j - z_label) / (z_1st - z_3rd + 1e-12), the ranks
// being those of all classes. It is blind to a shift and to the scale of the
// logits, so a model cannot hide its slope behind large ones as it can from a
// cross-entropy. It is above 0 where the decision errs, and needs three
// classes. Croce and Hein, arXiv 2003.01690, equation 6.
type DLR struct{ Of Decision }

// TargetedDLR is (z_target - z_label) / (z_1st - (z_3rd + z_4th)/2 + 1e-12) on
// the logits of the decision Of; it needs four classes. Croce and Hein,
// equation 7.
type TargetedDLR struct {
	Of     Decision
	Target uint8
}

var _ Targeted = TargetedDLR{}

// ratioFloor keeps the ratio finite where the ranks are equal.
const ratioFloor = 1e-12

// Value implements [Loss].
func (l DLR) Value(logits []float32, classes int, label uint8) float32 {
	checkRivals(logits, classes, label, 2)
	var room [roomy]float32
	z := l.Of.logits(room[:0], logits, classes)
	top := ranks(z)
	return (z[rival(z, label)] - z[label]) / (z[top[0]] - z[top[2]] + ratioFloor)
}

// Cotangent implements [Loss].
func (l DLR) Cotangent(dst, logits []float32, classes int, label uint8) {
	checkRivals(logits, classes, label, 2)
	checkCotangent(dst, logits)
	var room [roomy]float32
	z := l.Of.logits(room[:0], logits, classes)
	top, other := ranks(z), rival(z, label)
	width := z[top[0]] - z[top[2]] + ratioFloor
	slope := 1 / width
	shrink := float32(slope * ((z[other] - z[label]) / width))
	clear(z) // its slopes take its place
	z[other] += slope
	z[label] -= slope
	z[top[0]] -= shrink
	z[top[2]] += shrink
	l.Of.pull(dst, logits, classes, z)
}

// Toward implements [Targeted].
func (t TargetedDLR) Toward(class uint8) Loss { return TargetedDLR{t.Of, class} }

// Value implements [Loss].
func (t TargetedDLR) Value(logits []float32, classes int, label uint8) float32 {
	t.check(logits, classes, label)
	var room [roomy]float32
	z := t.Of.logits(room[:0], logits, classes)
	top := ranks(z)
	return (z[t.Target] - z[label]) / (z[top[0]] - float32((z[top[2]]+z[top[3]])/2) + ratioFloor)
}

// Cotangent implements [Loss].
func (t TargetedDLR) Cotangent(dst, logits []float32, classes int, label uint8) {
	t.check(logits, classes, label)
	checkCotangent(dst, logits)
	var room [roomy]float32
	z := t.Of.logits(room[:0], logits, classes)
	top := ranks(z)
	width := z[top[0]] - float32((z[top[2]]+z[top[3]])/2) + ratioFloor
	slope := 1 / width
	shrink := float32(slope * ((z[t.Target] - z[label]) / width))
	clear(z) // its slopes take its place
	z[t.Target] += slope
	z[label] -= slope
	z[top[0]] -= shrink
	z[top[2]] += float32(shrink / 2)
	z[top[3]] += float32(shrink / 2)
	t.Of.pull(dst, logits, classes, z)
}

func (t TargetedDLR) check(logits []float32, classes int, label uint8) {
	if int(t.Target) >= classes {
		panic(badLogits)
	}
	checkRivals(logits, classes, label, 3)
}

// ranks returns the classes with the four largest values, or of three classes
// all; of equals the first comes first.
func ranks(z []float32) (top [4]int) {
	for rank := range min(len(top), len(z)) {
		best := -1
		for c, v := range z {
			taken := false
			for _, t := range top[:rank] {
				taken = taken || t == c
			}
			if !taken && (best < 0 || v > z[best]) {
				best = c
			}
		}
		top[rank] = best
	}
	return top
}
