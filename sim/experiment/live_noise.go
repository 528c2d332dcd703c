package experiment

import (
	"math"

	"murmur/network/circuit"
)

// noiseHubs is how many hubs the units of the chosen arm hear.
func (l *Live) noiseHubs() int { return l.noiseRule(l.chosen.arm).Hubs }

// lookedAt returns the couplings as of the last whole frame. Any goroutine may ask.
func (l *Live) lookedAt() circuit.Couplings {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.couplings
}

// Correlations returns the correlation of a unit's noise with that of every unit, as of the last whole frame; nil where there
// is no noise yet. Any goroutine may ask.
func (l *Live) Correlations(unit int) []float32 {
	c := l.lookedAt()
	if unit < 0 || unit >= len(c.Self) {
		return nil
	}
	powers := c.RowPowers()
	weights := map[int]float32{} // of the sources that the unit hears
	for j, v := range c.L[unit] {
		weights[c.Source(unit, j)] = v
	}
	out := make([]float32, len(c.Self))
	for i, row := range c.L {
		var sum float32
		for j, v := range row {
			sum += float32(v * weights[c.Source(i, j)])
		}
		if i == unit {
			sum += float32(c.Self[i] * c.Self[i])
		}
		if norm := float64(powers[i]) * float64(powers[unit]); norm > 0 {
			out[i] = float32(float64(sum) / math.Sqrt(norm))
		}
	}
	return out
}

// Couplings returns the couplings of a unit to what it hears, as of the last whole frame: [hub] where it hears hubs, else
// [unit], 0 for units that it does not hear; nil where there is no noise yet. Any goroutine may ask.
func (l *Live) Couplings(unit int) []float32 {
	c := l.lookedAt()
	if unit < 0 || unit >= len(c.Self) {
		return nil
	}
	if c.Hubs > 0 {
		return c.L[unit]
	}
	out := make([]float32, len(c.Self))
	out[unit] = c.Self[unit]
	for j, v := range c.L[unit] {
		out[c.Source(unit, j)] += v
	}
	return out
}

// Hub returns the couplings of every unit to a hub, as of the last whole frame; nil where there is no such hub or no noise
// yet. Any goroutine may ask.
func (l *Live) Hub(k int) []float32 {
	c := l.lookedAt()
	if k < 0 || k >= c.Hubs {
		return nil
	}
	out := make([]float32, len(c.L))
	for i, row := range c.L {
		out[i] = row[k]
	}
	return out
}
