package circuit

// SetWeights sets the features of a sheet, [unit][pixel of the field], as [Features.Weights] gives them. It panics if
// they are of another shape.
func (f *Features) SetWeights(w []float32) {
	for _, ft := range f.features {
		w = w[copy(ft.w, w[:len(ft.w)]):]
	}
	if len(w) > 0 {
		panic("circuit: features do not fit the sheet")
	}
}

// Restore sets, from outside, what an arm has learned: its couplings as they act ([Door.Couplings]) and the readout's
// weights, [class][unit], and biases. Nothing is to learn on from there: gains and the powers of hubs are worked into
// the couplings. The arm is one whose units hear what the couplings name: of the kind Given for hubs, Imprint with the
// radius for neighbours, Identity for a unit's own source alone, None for no noise. It panics if shapes do not match.
func (a *Arm) Restore(c Couplings, w, b []float32) {
	if len(w) != len(a.readout)*len(a.readout[0].w) || len(b) != len(a.readout) {
		panic("circuit: the readout does not fit the arm")
	}
	for k, r := range a.readout {
		copy(r.w, w[k*len(r.w):])
		r.bias = b[k]
	}
	for i := range c.Self {
		n := a.hidden[i].noise
		if len(c.L[i]) != len(n.l) {
			panic("circuit: couplings do not fit the arm")
		}
		copy(n.l, c.L[i])
		n.self, n.level = c.Self[i], false
	}
}

// Source is the number of the j-th source that a unit hears: of the hub, or of the hidden unit, that emits it.
func (c Couplings) Source(unit, j int) int {
	if c.Hubs > 0 {
		return j
	}
	return int(c.Sources[unit][j])
}
