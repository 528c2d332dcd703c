package stimulus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// npyMagic begins every NPY file; the version, two bytes, follows
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
const npyMagic = "\x93NUMPY"

// npyMaxHeader bounds the header; numpy writes some hundred bytes.
const npyMaxHeader = 1 << 16

// readNPYHeader reads the header of an NPY file of any version.
func readNPYHeader(s *source) (*header, error) {
	lead, err := s.take(8, "NPY magic number and version")
	if err != nil {
		return nil, err
	}
	var size int64
	switch {
	case lead[6] == 1 && lead[7] == 0:
		field, err := s.take(2, "NPY header length")
		if err != nil {
			return nil, err
		}
		size = int64(binary.LittleEndian.Uint16(field))
	case (lead[6] == 2 || lead[6] == 3) && lead[7] == 0:
		field, err := s.take(4, "NPY header length")
		if err != nil {
			return nil, err
		}
		size = int64(binary.LittleEndian.Uint32(field))
	default:
		return nil, s.fail(6, "NPY version 1.0, 2.0 or 3.0", fmt.Sprintf("%d.%d", lead[6], lead[7]))
	}
	if size < 1 || size > npyMaxHeader {
		return nil, s.fail(8, fmt.Sprintf("an NPY header of 1 to %d bytes", npyMaxHeader), fmt.Sprintf("%d", size))
	}
	at := s.offset
	text, err := s.take(size, "NPY header")
	if err != nil {
		return nil, err
	}
	d := &npyDict{s: s, text: text, at: at}
	return d.parse()
}

// npyDict parses the header's Python dictionary, of which the format allows
// only quoted keys and strings, True and False, and tuples of integers.
type npyDict struct {
	s    *source
	text []byte
	pos  int
	at   int64 // offset of text in the file
}

func (d *npyDict) parse() (*header, error) {
	h := &header{}
	seen := map[string]bool{}
	if err := d.expect('{'); err != nil {
		return nil, err
	}
	for !d.accept('}') {
		d.space()
		start := d.pos
		key, err := d.str()
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, d.fail(start, "each NPY header key once", strconv.Quote(key))
		}
		seen[key] = true
		if err := d.expect(':'); err != nil {
			return nil, err
		}
		if err := d.value(h, key, start); err != nil {
			return nil, err
		}
		if !d.accept(',') {
			if err := d.expect('}'); err != nil {
				return nil, err
			}
			break
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return nil, d.fail(0, "NPY header key '"+key+"'", "none")
		}
	}
	d.space()
	if d.pos < len(d.text) {
		return nil, d.fail(d.pos, "end of NPY header", d.here())
	}
	return h, nil
}

// value parses the value of a key into h.
func (d *npyDict) value(h *header, key string, keyPos int) (err error) {
	d.space()
	start := d.pos
	switch key {
	case "descr":
		h.itemAt = d.at + int64(start)
		if d.pos < len(d.text) && d.text[d.pos] == '[' {
			return d.fail(start, "one number a value", "records of several fields").mended("X['field']")
		}
		descr, err := d.str()
		if err != nil {
			return err
		}
		var ok bool
		if h.item, ok = parseItem(descr); !ok {
			return d.foreign(start, descr)
		}
		return nil
	case "fortran_order":
		for word, fortran := range map[string]bool{"False": false, "True": true} {
			if bytes.HasPrefix(d.text[d.pos:], []byte(word)) {
				h.fortran = fortran
				d.pos += len(word)
				return nil
			}
		}
		return d.fail(start, "fortran_order True or False", d.here())
	case "shape":
		h.shapeAt = d.at + int64(start)
		h.shape, err = d.tuple()
		return err
	}
	return d.fail(keyPos, "NPY header key 'descr', 'fortran_order' or 'shape'", strconv.Quote(key))
}

// foreign is the error for values of a type that is not read.
func (d *npyDict) foreign(pos int, descr string) error {
	fault := d.fail(pos, "integers, bools, floats of 16 to 64 bits or words", "values of type "+strconv.Quote(descr))
	switch strings.TrimLeft(descr, "<>|=") {
	case "O":
		fault.Found += ", which are Python objects"
		return fault.mended("np.stack(list(X))", "allow_pickle=True")
	case "f12", "f16":
		return fault.mended("X.astype('float32')")
	}
	return fault
}

// str parses a quoted string without escapes.
func (d *npyDict) str() (string, error) {
	d.space()
	if d.pos < len(d.text) && (d.text[d.pos] == '\'' || d.text[d.pos] == '"') {
		from := d.pos + 1
		if n := bytes.IndexByte(d.text[from:], d.text[d.pos]); n >= 0 {
			d.pos = from + n + 1
			return string(d.text[from : from+n]), nil
		}
	}
	return "", d.fail(d.pos, "a quoted string", d.here())
}

// tuple parses (), (a,), (a, b) and so on.
func (d *npyDict) tuple() ([]int64, error) {
	if err := d.expect('('); err != nil {
		return nil, err
	}
	var items []int64
	for !d.accept(')') {
		d.space()
		start := d.pos
		for d.pos < len(d.text) && d.text[d.pos] >= '0' && d.text[d.pos] <= '9' {
			d.pos++
		}
		v, err := strconv.ParseInt(string(d.text[start:d.pos]), 10, 64)
		if err != nil {
			d.pos = start
			return nil, d.fail(start, "an integer in 0..2^63-1", d.here())
		}
		items = append(items, v)
		if !d.accept(',') {
			return items, d.expect(')')
		}
	}
	return items, nil
}

func (d *npyDict) space() {
	for d.pos < len(d.text) && (d.text[d.pos] == ' ' || d.text[d.pos] == '\n') {
		d.pos++
	}
}

// accept steps over c and the space before it, if c is next.
func (d *npyDict) accept(c byte) bool {
	d.space()
	if d.pos < len(d.text) && d.text[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

func (d *npyDict) expect(c byte) error {
	if !d.accept(c) {
		return d.fail(d.pos, fmt.Sprintf("%q", c), d.here())
	}
	return nil
}

// here quotes what stands at the current position.
func (d *npyDict) here() string {
	if d.pos >= len(d.text) {
		return "end of NPY header"
	}
	return fmt.Sprintf("%q", d.text[d.pos:min(d.pos+16, len(d.text))])
}

func (d *npyDict) fail(pos int, want, found string) *FormatError {
	return d.s.fail(d.at+int64(pos), want, found)
}
