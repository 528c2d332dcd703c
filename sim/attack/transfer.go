package attack

import "context"

var _ Attack = Transfer{}

// Transfer makes its images against another model, for instance the same
// network with its noise switched off, and hands them over. Where they do more
// harm than an attack on the model itself, that attack was misled.
type Transfer struct {
	Attack Attack
	From   Model
}

// Perturb implements [Attack]; m is asked nothing but its dimensions. It panics
// where those of From differ.
func (t Transfer) Perturb(ctx context.Context, dst []float32, m Model, b Batch, labels []uint8) error {
	inputs, classes := m.Dims()
	if i, c := t.From.Dims(); i != inputs || c != classes {
		panic("attack: Transfer between models of different dimensions")
	}
	return t.Attack.Perturb(ctx, dst, t.From, b, labels)
}

// Reserved implements [Attack]. m is asked for no draw; From may share m's
// noise, so the numbers that From is asked for are reserved all the same.
func (t Transfer) Reserved() Draws { return t.Attack.Reserved() }
