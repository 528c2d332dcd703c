package modification

import (
	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// smoothField draws even numbers in (-1, 1], row by row, and mixes them.
func smoothField(width, height int, columns, rows []float32, s *random.Stream) []float32 {
	field := make([]float32, width*height)
	for i := range field {
		field[i] = symmetric(1, s)
	}
	mix(field, width, height, columns, rows)
	return field
}

// mix multiplies every row of a field by the width x width matrix columns and
// every column by the height x height matrix rows; nil leaves them.
func mix(field []float32, width, height int, columns, rows []float32) {
	if columns != nil {
		in := make([]float32, width)
		for y := range height {
			out := row(field, width, y)
			copy(in, out)
			for x := range out {
				out[x] = kernel.Dot(row(columns, width, x), in)
			}
		}
	}
	if rows != nil {
		in := append([]float32(nil), field...)
		clear(field)
		for y := range height {
			for k := range height {
				if w := rows[y*height+k]; w != 0 {
					add(row(field, width, y), row(in, width, k), w)
				}
			}
		}
	}
}

// mixing returns the n x n matrix, row by row, that blurs n values by a Gaussian
// cut at radius, where outside maps an index outside to one inside.
func mixing(n int, sigma float32, radius int, outside func(i, n int) int) []float32 {
	weights := make([]float32, radius+1)
	total := halfGaussian(weights, sigma)
	total = float32(2*total) - weights[0]
	m := make([]float32, n*n)
	for i := range n {
		for k := -radius; k <= radius; k++ {
			m[i*n+outside(i+k, n)] += weights[max(k, -k)] / total
		}
	}
	return m
}

// mirror reflects an index at the centres of the edge pixels: 2 1 0 1 2.
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = (i%period + period) % period
	return min(i, period-i)
}

// reflect reflects an index at the outer edges: 1 0 0 1 2.
func reflect(i, n int) int {
	period := 2 * n
	i = (i%period + period) % period
	return min(i, period-1-i)
}
