// Package topology says who neighbours whom: receptive fields and columns on a sheet, rings, random graphs.
// It knows numbers of units only, no unit.
package topology

import (
	"slices"

	"murmur/neuron"
	"murmur/neuron/random"
)

// Sheet is a square grid of columns over a picture, or over another sheet. Column (row, col) has number row*Columns+col;
// its units are numbered from there times Units. Pixel (y, x) of the picture has number y*Width+x; over a sheet the
// places are its columns, and each holds Depth units.
type Sheet struct {
	Columns       int // columns a side
	Units         int // units a column
	Field         int // side of the square receptive field, in pixels or columns
	Width, Height int // of the picture or the sheet below, in pixels or columns
	Depth         int // units at each place of the sheet below; 0 or 1 for pixels
}

// Over returns a sheet over s.
func (s Sheet) Over(columns, units, field int) Sheet {
	return Sheet{Columns: columns, Units: units, Field: field, Width: s.Columns, Height: s.Columns, Depth: s.Units}
}

// Inputs returns the number of pixels, or of units of the sheet below.
func (s Sheet) Inputs() int { return s.Width * s.Height * s.depth() }

// Afferents returns the number of edges into a unit.
func (s Sheet) Afferents() int { return s.Field * s.Field * s.depth() }

func (s Sheet) depth() int { return max(s.Depth, 1) }

// All is the radius that reaches every column.
const All = -1

// Len returns the number of units.
func (s Sheet) Len() int { return s.Columns * s.Columns * s.Units }

// Column returns the number of the column that unit i belongs to.
func (s Sheet) Column(i int) int { return i / s.Units }

// Mates returns the units of a column.
func (s Sheet) Mates(column int) neuron.Span { return neuron.Span{First: column * s.Units, N: s.Units} }

// ReceptiveField returns the pixels, or units of the sheet below, that a column sees, a span for each row. Fields are
// spread evenly from border to border.
func (s Sheet) ReceptiveField(column int) []neuron.Span {
	y := s.origin(column/s.Columns, s.Height)
	x := s.origin(column%s.Columns, s.Width)
	spans := make([]neuron.Span, s.Field)
	for r := range spans {
		spans[r] = neuron.Span{First: ((y+r)*s.Width + x) * s.depth(), N: s.Field * s.depth()}
	}
	return spans
}

// origin returns where the k-th field along a side of the given length begins, rounded to whole pixels.
func (s Sheet) origin(k, side int) int {
	room := side - s.Field
	if s.Columns == 1 {
		return room / 2
	}
	return (2*k*room + s.Columns - 1) / (2 * (s.Columns - 1))
}

// Lateral returns the units in columns at most radius away, diagonals counting as one, the column itself among them; a
// span for each row of the grid. Radius All reaches every unit.
func (s Sheet) Lateral(column, radius int) []neuron.Span {
	if radius == All {
		return []neuron.Span{{First: 0, N: s.Len()}}
	}
	row, col := column/s.Columns, column%s.Columns
	left, right := max(col-radius, 0), min(col+radius, s.Columns-1)
	var spans []neuron.Span
	for r := max(row-radius, 0); r <= min(row+radius, s.Columns-1); r++ {
		spans = append(spans, neuron.Span{First: (r*s.Columns + left) * s.Units, N: (right - left + 1) * s.Units})
	}
	return spans
}

// Ring returns the in-neighbours of unit i on a ring of n: k on either side and, if self is set, i itself, in unit
// order. On a ring with fewer than 2k+1 units everybody is a neighbour.
func Ring(n, i, k int, self bool) []neuron.Span {
	var units []int
	for d := -k; d <= k; d++ {
		if u := ((i+d)%n + n) % n; u != i || self {
			units = append(units, u)
		}
	}
	return runs(units)
}

// Random returns k distinct in-neighbours of unit i, other than i, among n units, in unit order. It panics if k >= n.
func Random(n, i, k int, seed uint64) []neuron.Span {
	if k >= n {
		panic("topology: more neighbours than other units")
	}
	s := random.Key{Seed: seed, Purpose: random.Weights, Unit: uint32(i)}.Stream(0, 0)
	var units []int
	for len(units) < k {
		if j := s.IntN(n); j != i && !slices.Contains(units, j) {
			units = append(units, j)
		}
	}
	return runs(units)
}

// runs sorts units and joins neighbouring numbers into spans.
func runs(units []int) []neuron.Span {
	slices.Sort(units)
	var spans []neuron.Span
	for _, u := range slices.Compact(units) {
		if n := len(spans); n > 0 && spans[n-1].First+spans[n-1].N == u {
			spans[n-1].N++
		} else {
			spans = append(spans, neuron.Span{First: u, N: 1})
		}
	}
	return spans
}
