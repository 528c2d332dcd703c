package attack

import (
	"context"
	"fmt"
	"slices"
)

// Named is an attack and the name that reports use.
type Named struct {
	Name string
	Attack
}

// Worst is the worst case over several attacks, image by image: every attack is
// made on every image, and of its results the first with the highest [Margin]
// of the Decision on the Select draws is kept. So on these draws no attack does
// more than Worst.
//
// The Select draws must lie outside of what any of the attacks asks for; the
// attacks may share draws with one another. They should be many: an image that
// was chosen because the Decision erred on a few draws looks worse on these than
// it is to a judge, who uses others again.
type Worst struct {
	Attacks  []Named
	Decision Decision
	Select   Draws
}

var _ Attack = Worst{}

// Member is what one attack of a [Worst] did to the images of a batch.
type Member struct {
	Name   string
	Images []float32 // [n][inputs]
	Errs   []bool    // [n], the Decision on the Select draws
	Loss   []float32 // [n], the margin of the Decision on the Select draws
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
func (w Worst) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	_, _, err := w.Table(ctx, dst, m, b, labels)
	return err
}

// Table is Perturb that also returns what each attack did, in the order of
// Attacks, and for each image the attack whose result dst holds, by its place
// there.
func (w Worst) Table(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) (table []Member, winner []int, err error) {
	w.check()
	v, err := newVictim(ctx, dst, m, b, labels, w.Select.N)
	if err != nil {
		return nil, nil, err
	}
	copy(dst, b.X)
	winner = make([]int, len(labels))
	best, scores := slices.Repeat([]verdict{nothing}, len(labels)), make([]float32, v.classes)
	for k, a := range w.Attacks {
		member := Member{Name: a.Name, Images: make([]float32, len(dst)), Errs: make([]bool, len(labels)), Loss: make([]float32, len(labels))}
		if err := a.Perturb(ctx, member.Images, m, b, labels); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		logits, err := v.look(Batch{X: member.Images, ID: b.ID}, w.Select)
		if err != nil {
			return nil, nil, fmt.Errorf("result of %s: %w", a.Name, err)
		}
		for i, label := range labels {
			z := row(logits, i, w.Select.N*v.classes)
			now := verdict{w.Decision.errs(z, scores, label), Margin{w.Decision}.Value(z, v.classes, label)}
			member.Errs[i], member.Loss[i] = now.broken, now.loss
			if now.above(best[i]) {
				best[i], winner[i] = now, k
				copy(row(dst, i, v.inputs), row(member.Images, i, v.inputs))
			}
		}
		table = append(table, member)
	}
	return table, winner, nil
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
