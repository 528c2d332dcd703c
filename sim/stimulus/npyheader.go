package stimulus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
)

// npyMagic begins every NPY file; the version, two bytes, follows
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
const npyMagic = "\x93NUMPY"

// npyMaxHeader bounds the header; numpy writes some hundred bytes.
const npyMaxHeader = 1 << 16

// npyHeader is what the dictionary of an NPY file declares, with the offsets of
// the values for error messages.
type npyHeader struct {
	descr            string
	shape            []int64
	descrAt, shapeAt int64
}

// readNPYHeader reads the header of an NPY file of version 1 or 2 in C order.
func readNPYHeader(s *source) (*npyHeader, error) {
	lead, err := s.take(1, 8, "NPY magic number and version")
	if err != nil {
		return nil, err
	}
	if string(lead[:6]) != npyMagic {
		return nil, s.fail(0, fmt.Sprintf("NPY magic number %q", npyMagic), fmt.Sprintf("%q", lead[:6]))
	}
	var size int64
	switch {
	case lead[6] == 1 && lead[7] == 0:
		field, err := s.take(1, 2, "NPY header length")
		if err != nil {
			return nil, err
		}
		size = int64(binary.LittleEndian.Uint16(field))
	case lead[6] == 2 && lead[7] == 0:
		field, err := s.take(1, 4, "NPY header length")
		if err != nil {
			return nil, err
		}
		size = int64(binary.LittleEndian.Uint32(field))
	default:
		return nil, s.fail(6, "NPY version 1.0 or 2.0", fmt.Sprintf("%d.%d", lead[6], lead[7]))
	}
	if size < 1 || size > npyMaxHeader {
		return nil, s.fail(8, fmt.Sprintf("an NPY header of 1 to %d bytes", npyMaxHeader), fmt.Sprintf("%d", size))
	}
	at := s.offset
	text, err := s.take(1, size, "NPY header")
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

func (d *npyDict) parse() (*npyHeader, error) {
	h := &npyHeader{}
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
func (d *npyDict) value(h *npyHeader, key string, keyPos int) (err error) {
	d.space()
	start := d.pos
	switch key {
	case "descr":
		h.descrAt = d.at + int64(start)
		h.descr, err = d.str()
		return err
	case "fortran_order":
		if !bytes.HasPrefix(d.text[d.pos:], []byte("False")) {
			return d.fail(start, "fortran_order False (C order)", d.here())
		}
		d.pos += len("False")
		return nil
	case "shape":
		h.shapeAt = d.at + int64(start)
		h.shape, err = d.tuple()
		return err
	}
	return d.fail(keyPos, "NPY header key 'descr', 'fortran_order' or 'shape'", strconv.Quote(key))
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

func (d *npyDict) fail(pos int, want, found string) error {
	return d.s.fail(d.at+int64(pos), want, found)
}
