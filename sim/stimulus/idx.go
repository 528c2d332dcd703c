package stimulus

import (
	"encoding/binary"
	"fmt"
)

// Magic numbers of the IDX format (http://yann.lecun.com/exdb/mnist/): two zero
// bytes, the type of an item (8 = unsigned byte), the number of dimensions.
const (
	idxImages = 0x00000803
	idxLabels = 0x00000801
)

// images is a parsed image file.
type images struct {
	file          string
	count         int
	height, width int
	sizeAt        int64 // offset of the field that declares height and width
	pixels        []float32
}

// labels is a parsed label file; label i stands at byte at + i*size.
type labels struct {
	file    string
	countAt int64 // offset of the field that declares their number
	at      int64
	size    int64
	values  []uint8
}

// grey[b] is float32(b)/255, the pixel that byte b stands for.
var grey = func() (table [256]float32) {
	for b := range table {
		table[b] = float32(b) / 255
	}
	return table
}()

// parseIDXImages reads an IDX file of unsigned bytes with three dimensions.
func parseIDXImages(s *source) (*images, error) {
	dims, err := idxHeader(s, idxImages, "images")
	if err != nil {
		return nil, err
	}
	if err := s.checkShape(8, dims[1], dims[2]); err != nil {
		return nil, err
	}
	raw, err := s.take(dims[0], dims[1]*dims[2], "pixels")
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return &images{s.file, int(dims[0]), int(dims[1]), int(dims[2]), 8, greys(raw)}, nil
}

// parseIDXLabels reads an IDX file of unsigned bytes with one dimension.
func parseIDXLabels(s *source) (*labels, error) {
	dims, err := idxHeader(s, idxLabels, "labels")
	if err != nil {
		return nil, err
	}
	values, err := s.take(dims[0], 1, "labels")
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return &labels{s.file, 4, 8, 1, values}, nil
}

// idxHeader reads the magic number and the dimensions, big-endian; the first
// dimension, the number of items, is at least 1.
func idxHeader(s *source, magic uint32, what string) ([]int64, error) {
	rank := int64(magic & 0xff)
	word, err := s.take(1, 4, fmt.Sprintf("IDX magic number 0x%08x (%s)", magic, what))
	if err != nil {
		return nil, err
	}
	if got := binary.BigEndian.Uint32(word); got != magic {
		return nil, s.fail(0, fmt.Sprintf("IDX magic number 0x%08x (%s)", magic, what), fmt.Sprintf("0x%08x", got))
	}
	fields, err := s.take(rank, 4, "IDX dimensions")
	if err != nil {
		return nil, err
	}
	dims := make([]int64, rank)
	for i := range dims {
		dims[i] = int64(binary.BigEndian.Uint32(fields[4*i:]))
	}
	if dims[0] == 0 {
		return nil, s.fail(4, "at least one of "+what, "0")
	}
	return dims, nil
}

// checkShape checks the size of an image that the header declares at offset.
// The product of the two cannot overflow once each is bounded.
func (s *source) checkShape(offset, height, width int64) error {
	if height < 1 || width < 1 || height > maxPixels || width > maxPixels || height*width > maxPixels {
		return s.fail(offset, fmt.Sprintf("images of 1 to %d pixels", maxPixels), fmt.Sprintf("%d x %d", height, width))
	}
	return nil
}

// greys converts bytes to pixels.
func greys(raw []byte) []float32 {
	pixels := make([]float32, len(raw))
	for i, b := range raw {
		pixels[i] = grey[b]
	}
	return pixels
}
