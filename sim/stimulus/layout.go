package stimulus

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
)

// layout says what the axes of an array of images are.
type layout struct {
	count, height, width, channels int
	image, row, column, channel    int // steps from one to the next, in values
}

// values is the number of values of an image.
func (l *layout) values() int { return l.height * l.width * l.channels }

// layout works out the axes of an array of as many images as there are labels:
// (images, height, width), (images, pixels) of square images, or with an axis of
// 1, 3 or 4 channels behind the images or last.
func (h *header) layout(s *source, lb *labels) (*layout, error) {
	steps := make([]int64, len(h.shape)) // the file holds the product of the shape, so none overflows
	step := int64(1)
	for k := range h.shape {
		axis := k
		if !h.fortran {
			axis = len(h.shape) - 1 - k
		}
		steps[axis] = step
		step *= max(1, h.shape[axis])
	}
	found := "shape " + shapeText(h.shape)
	n, rank := int64(len(lb.codes)), len(h.shape)
	const want = "shape (images, height, width)"
	if rank < 2 {
		return nil, s.fail(h.shapeAt, want, found)
	}
	if h.shape[0] != n {
		fault := s.fail(h.shapeAt, fmt.Sprintf("%d images as in %s", n, filepath.Base(lb.file)), found)
		if h.shape[rank-1] == n {
			fault.mended("np.moveaxis(X, -1, 0)")
		}
		return nil, fault
	}
	l := &layout{count: int(n), channels: 1, image: int(steps[0])}
	row, column, channel := 1, 2, 0
	height, width := h.shape[1], int64(0)
	switch rank {
	case 2:
		width = int64(math.Sqrt(float64(height)))
		if width*width != height {
			fault := s.fail(h.shapeAt, want+", or (images, pixels) of square images", found)
			if third := int64(math.Sqrt(float64(height / 3))); 3*third*third == height {
				return nil, fault.mended(fmt.Sprintf("X.reshape(len(X), 3, %d, %d)", third, third))
			}
			return nil, fault.mended("X.reshape(len(X), HEIGHT, WIDTH)")
		}
		height = width
		steps = []int64{steps[0], width * steps[1], steps[1]}
	case 3:
		width = h.shape[2]
	case 4:
		switch channel = channelAxis(h.shape); channel {
		case 1:
			row, column = 2, 3
		case 0:
			fault := s.fail(h.shapeAt, want+", with an axis of 1, 3 or 4 channels behind the images or last", found)
			switch {
			case h.shape[3] == 2: // grey and alpha
				fault.mended("X[..., 0]")
			case h.shape[1] == 1 || h.shape[3] == 1: // both are
				fault.mended("X.reshape(len(X), HEIGHT, WIDTH)")
			}
			return nil, fault
		}
		height, width = h.shape[row], h.shape[column]
		l.channels, l.channel = int(h.shape[channel]), int(steps[channel])
	default:
		return nil, s.fail(h.shapeAt, want, found).mended("X.reshape(len(X), HEIGHT, WIDTH)")
	}
	if height < 1 || width < 1 || height > maxPixels || width > maxPixels || height*width > maxPixels {
		return nil, s.fail(h.shapeAt, fmt.Sprintf("images of 1 to %d pixels", maxPixels), fmt.Sprintf("%d x %d", height, width))
	}
	l.height, l.width, l.row, l.column = int(height), int(width), int(steps[row]), int(steps[column])
	return l, nil
}

// channelAxis returns which axis of four holds channels, 1 or 3; 0 if it cannot
// be told.
func channelAxis(shape []int64) int {
	first, last := shape[1], shape[3]
	could := func(n int64) bool { return slices.Contains([]int64{1, 3, 4}, n) }
	switch {
	case could(first) && !could(last) || first == 1 && last > 1:
		return 1
	case could(last) && !could(first) || last == 1 && first > 1:
		return 3
	}
	return 0
}
