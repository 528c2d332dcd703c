package stimulus

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// header is what an IDX or NPY file declares, with the offsets of what it
// declares for error messages.
type header struct {
	item
	shape           []int64
	fortran         bool // the first axis changes fastest, not the last
	itemAt, shapeAt int64
}

// readHeader reads the header of an IDX or NPY file and checks that the file can
// hold the values that it declares.
func readHeader(s *source) (*header, error) {
	const want = "an IDX or NPY file"
	read := readIDXHeader
	switch head, err := s.r.Peek(6); {
	case string(head) == npyMagic:
		read = readNPYHeader
	case len(head) < 4:
		return nil, s.fault(0, want, err, int64(len(head)))
	case head[0] != 0 || head[1] != 0:
		return nil, s.fail(0, want, fmt.Sprintf("a file that begins with %q", head))
	}
	h, err := read(s)
	if err != nil {
		return nil, err
	}
	values := int64(1)
	for _, n := range h.shape {
		if n > 0 && values > math.MaxInt64/n {
			return nil, s.fail(h.shapeAt, "a shape that the file can hold", "shape "+shapeText(h.shape))
		}
		values *= n
	}
	return h, s.promise(values, int64(h.size), "values")
}

// idxItems are the types of an IDX file, all big-endian
// (http://yann.lecun.com/exdb/mnist/).
var idxItems = map[byte]item{
	0x08: {'u', 1, binary.BigEndian},
	0x09: {'i', 1, binary.BigEndian},
	0x0b: {'i', 2, binary.BigEndian},
	0x0c: {'i', 4, binary.BigEndian},
	0x0d: {'f', 4, binary.BigEndian},
	0x0e: {'f', 8, binary.BigEndian},
}

// readIDXHeader reads two zero bytes, the type of an item, the number of
// dimensions, and the dimensions.
func readIDXHeader(s *source) (*header, error) {
	magic, err := s.take(4, "IDX magic number")
	if err != nil {
		return nil, err
	}
	h := &header{itemAt: 2, shapeAt: 4}
	var ok bool
	if h.item, ok = idxItems[magic[2]]; !ok {
		return nil, s.fail(2, "an IDX type, 0x08 to 0x0e", fmt.Sprintf("0x%02x", magic[2]))
	}
	dims, err := s.take(4*int64(magic[3]), "IDX dimensions")
	for i := range len(dims) / 4 {
		h.shape = append(h.shape, int64(binary.BigEndian.Uint32(dims[4*i:])))
	}
	return h, err
}

// shapeText writes a shape as NumPy does.
func shapeText(shape []int64) string {
	var b strings.Builder
	for i, n := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatInt(n, 10))
	}
	if len(shape) == 1 {
		b.WriteString(",")
	}
	return "(" + b.String() + ")"
}

// labels are the labels of a part, as codes of the set's classes.
type labels struct {
	file    string
	countAt int64 // where the file declares their number
	codes   []int
}

// readLabels reads an array of one label an image: whole numbers from 0 on, bools
// or words, with any axes of length 1 beside.
func readLabels(s *source) (*labels, error) {
	h, err := readHeader(s)
	if err != nil {
		return nil, err
	}
	n, long := int64(1), 0
	for _, length := range h.shape {
		if n *= length; length != 1 {
			long++
		}
	}
	switch {
	case n == 0:
		return nil, s.fail(h.shapeAt, "at least one label", "shape "+shapeText(h.shape))
	case len(h.shape) == 0:
		return nil, s.fail(h.shapeAt, "labels of shape (images,)", "shape ()")
	case long > 1 && len(h.shape) == 2:
		return nil, s.fail(h.shapeAt, "one label an image", "shape "+shapeText(h.shape)+", perhaps one-hot").mended("X.argmax(axis=1)")
	case long > 1:
		return nil, s.fail(h.shapeAt, "one label an image", "shape "+shapeText(h.shape))
	}
	if err := s.charge(h.shapeAt, n, 8); err != nil {
		return nil, err
	}
	at := s.offset
	lb := &labels{file: s.file, countAt: h.shapeAt}
	buf := make([]byte, h.size)
	for i := range n {
		if err := s.read(buf, "labels"); err != nil {
			return nil, err
		}
		name, ok := h.label(buf)
		if !ok {
			return nil, h.badLabel(s, at+i*int64(h.size), name)
		}
		code, ok := s.classes.code(name)
		if !ok {
			return nil, s.fail(at+i*int64(h.size), fmt.Sprintf("at most %d classes", maxClasses), fmt.Sprintf("another label, %q", name))
		}
		lb.codes = append(lb.codes, code)
	}
	return lb, s.end()
}

// badLabel is the error for a label that is none.
func (h *header) badLabel(s *source, at int64, name string) error {
	switch {
	case h.text():
		return s.fail(at, "a label", "an empty word")
	case strings.HasPrefix(name, "-"):
		return s.fail(at, "labels from 0 on (leave images out that have none)", name).mended("X - X.min()")
	}
	return s.fail(at, "labels that are whole numbers", name).mended("X.astype(int)")
}
