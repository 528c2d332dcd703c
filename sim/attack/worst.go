package attack

import (
	"fmt"
	"slices"
)

// Named is an attack and the name that reports use.
type Named struct {
	Name string
	Attack
}

// Worst is the worst case over several attacks, image by image: the result of
// the first for which the Decision errs on the Select draws or, where it errs
// for none, the result of highest Loss on them. Later attacks are not run on
// images for which the Decision errs already; as an attack's result for an
// image is the same in every batch, that changes no result. (Not so [Universal],
// which sees what is left of the batch.)
//
// The Select draws must lie outside of what any of the attacks asks for; the
// attacks may share draws with one another. The judge uses others again: an
// image that was chosen because the Decision erred on some draws looks worse on
// these than it is.
type Worst struct {
	Attacks  []Named
	Decision Decision
	Select   Draws
	Loss     Loss // nil is the margin of the Decision
}

var _ Attack = Worst{}

// Member is what one attack of a [Worst] did to the images of a batch.
type Member struct {
	Name   string
	Images []float32 // [n][inputs]
	Errs   []bool    // [n], the Decision on the Select draws
	Loss   []float32 // [n], on the Select draws
}

// Reserved implements [Attack]: the smallest range that holds the draws of all
// attacks and those of Select.
func (w Worst) Reserved() Draws {
	from, end := uint64(w.Select.From), uint64(w.Select.From)+uint64(w.Select.N)
	for _, a := range w.Attacks {
		if r := a.Reserved(); r.N > 0 {
			from, end = min(from, uint64(r.From)), max(end, uint64(r.From)+uint64(r.N))
		}
	}
	return Draws{From: uint32(from), N: int(end - from)}
}

// Perturb implements [Attack]. The error names the attack.
func (w Worst) Perturb(dst []float32, m Model, b Batch, labels []uint8) error {
	_, err := w.run(dst, m, b, labels, nil)
	return err
}

// Choose is Perturb that also tells, for each image of b, the attack whose
// result dst holds, by its place in Attacks.
func (w Worst) Choose(dst []float32, m Model, b Batch, labels []uint8) (winner []int, err error) {
	return w.run(dst, m, b, labels, nil)
}

// Table runs every attack on every image and returns what each did, in the
// order of Attacks, with the worst case in dst and who won, as in Choose. dst
// and winner are those of Choose to the bit.
func (w Worst) Table(dst []float32, m Model, b Batch, labels []uint8) (table []Member, winner []int, err error) {
	winner, err = w.run(dst, m, b, labels, &table)
	return table, winner, err
}

// run appends what every attack did to table or, where that is nil, leaves
// out the images for which the decision errs already.
func (w Worst) run(dst []float32, m Model, b Batch, labels []uint8, table *[]Member) ([]int, error) {
	w.check()
	v, err := newVictim(dst, m, b, labels, w.Select.N)
	if err != nil {
		return nil, err
	}
	n := len(labels)
	copy(dst, b.X)
	winner, best := make([]int, n), make([]verdict, n)
	for i := range best {
		best[i] = nothing
	}
	left, part := newCrowd(n, v.inputs), make([]uint8, 0, n)
	adversarial, scores := make([]float32, n*v.inputs), make([]float32, v.classes)
	for k, a := range w.Attacks {
		left.gather(b.X, b.ID, func(i int) bool { return table != nil || !best[i].broken })
		part = part[:0]
		for _, i := range left.at {
			part = append(part, labels[i])
		}
		adv := adversarial[:len(left.batch.X)]
		if len(left.at) > 0 {
			if err := a.Perturb(adv, m, left.batch, part); err != nil {
				return nil, fmt.Errorf("%s: %w", a.Name, err)
			}
		}
		logits, err := v.look(Batch{X: adv, ID: left.batch.ID}, w.Select)
		if err != nil {
			return nil, fmt.Errorf("result of %s: %w", a.Name, err)
		}
		member := Member{Name: a.Name, Errs: make([]bool, len(left.at)), Loss: make([]float32, len(left.at))}
		for j, i := range left.at {
			z := row(logits, j, w.Select.N*v.classes)
			now := verdict{w.Decision.errs(z, scores, labels[i]), w.objective().Value(z, v.classes, labels[i])}
			member.Errs[j], member.Loss[j] = now.broken, now.loss
			if !best[i].broken && now.above(best[i]) {
				best[i], winner[i] = now, k
				copy(row(dst, i, v.inputs), row(adv, j, v.inputs))
			}
		}
		if table != nil {
			member.Images = slices.Clone(adv)
			*table = append(*table, member)
		}
	}
	return winner, nil
}

// objective returns the loss that compares results for which the decision does
// not err.
func (w Worst) objective() Loss {
	if w.Loss == nil {
		return w.Decision.margin()
	}
	return w.Loss
}

func (w Worst) check() {
	if len(w.Attacks) == 0 || w.Select.N < 1 || !counted(w.Select.From, float64(w.Select.N)) {
		panic("attack: Worst needs an attack and at least one Select draw, draw numbers below 2^32")
	}
	for _, a := range w.Attacks {
		if a.Reserved().Overlaps(w.Select) {
			panic(fmt.Sprintf("attack: Worst selects on draws that %s asks for", a.Name))
		}
	}
}
