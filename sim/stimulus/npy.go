package stimulus

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// npyPixels and npyLabels give the size in bytes of the item types that are
// read; all are little-endian.
var (
	npyPixels = map[string]int64{"|u1": 1, "<f4": 4, "<f8": 8}
	npyLabels = map[string]int64{"|u1": 1, "<i4": 4, "<i8": 8}
)

// parseNPYImages reads an NPY file of shape (images, height, width), or
// (images, pixels) for square images, of bytes or of floats in 0..1.
func parseNPYImages(s *source) (*images, error) {
	h, err := readNPYHeader(s)
	if err != nil {
		return nil, err
	}
	size, ok := npyPixels[h.descr]
	if !ok {
		return nil, s.fail(h.descrAt, "descr '|u1', '<f4' or '<f8' for images", strconv.Quote(h.descr))
	}
	height, width, ok := imageShape(h.shape)
	if !ok {
		return nil, s.fail(h.shapeAt, "shape (images, height, width), or (images, pixels) of square images", fmt.Sprint(h.shape))
	}
	if err := s.checkShape(h.shapeAt, height, width); err != nil {
		return nil, err
	}
	raw, at, err := h.items(s, height*width, size, "pixels")
	if err != nil {
		return nil, err
	}
	pixels, err := npyGreys(s, h.descr, raw, at, size)
	if err != nil {
		return nil, err
	}
	return &images{s.file, int(h.shape[0]), int(height), int(width), h.shapeAt, pixels}, nil
}

// parseNPYLabels reads an NPY file of shape (images) of integers in 0..255.
func parseNPYLabels(s *source) (*labels, error) {
	h, err := readNPYHeader(s)
	if err != nil {
		return nil, err
	}
	size, ok := npyLabels[h.descr]
	if !ok {
		return nil, s.fail(h.descrAt, "descr '|u1', '<i4' or '<i8' for labels", strconv.Quote(h.descr))
	}
	if len(h.shape) != 1 {
		return nil, s.fail(h.shapeAt, "shape (images,) for labels", fmt.Sprint(h.shape))
	}
	raw, at, err := h.items(s, 1, size, "labels")
	if err != nil {
		return nil, err
	}
	values := make([]uint8, h.shape[0])
	for i := range values {
		item := raw[int64(i)*size:]
		var v int64
		switch h.descr {
		case "|u1":
			v = int64(item[0])
		case "<i4":
			v = int64(int32(binary.LittleEndian.Uint32(item)))
		case "<i8":
			v = int64(binary.LittleEndian.Uint64(item))
		}
		if v < 0 || v > 255 {
			return nil, s.fail(at+int64(i)*size, "a label in 0..255", fmt.Sprint(v))
		}
		values[i] = uint8(v)
	}
	return &labels{s.file, h.shapeAt, at, size, values}, nil
}

// imageShape returns the size of an image in an array of that shape.
func imageShape(shape []int64) (height, width int64, ok bool) {
	switch len(shape) {
	case 3:
		return shape[1], shape[2], true
	case 2:
		side := int64(math.Sqrt(float64(shape[1])))
		return side, side, side <= maxPixels && side*side == shape[1]
	}
	return 0, 0, false
}

// items reads the data, h.shape[0] rows of the given number of items, to the
// end of the file, and returns them with the offset of the first.
func (h *npyHeader) items(s *source, row, size int64, what string) ([]byte, int64, error) {
	if h.shape[0] < 1 {
		return nil, 0, s.fail(h.shapeAt, "at least one image", "0")
	}
	at := s.offset
	raw, err := s.take(h.shape[0], row*size, what)
	if err != nil {
		return nil, 0, err
	}
	return raw, at, s.end()
}

// npyGreys converts items to pixels; at is the offset of the first.
func npyGreys(s *source, descr string, raw []byte, at, size int64) ([]float32, error) {
	if descr == "|u1" {
		return greys(raw), nil
	}
	pixels := make([]float32, int64(len(raw))/size)
	for i := range pixels {
		item := raw[int64(i)*size:]
		var v float64
		if descr == "<f4" {
			v = float64(math.Float32frombits(binary.LittleEndian.Uint32(item)))
		} else {
			v = math.Float64frombits(binary.LittleEndian.Uint64(item))
		}
		if !(v >= 0 && v <= 1) { // so written that NaN fails
			return nil, s.fail(at+int64(i)*size, "a pixel in 0..1", strconv.FormatFloat(v, 'g', -1, 64))
		}
		pixels[i] = float32(v)
	}
	return pixels, nil
}
