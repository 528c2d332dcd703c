package stimulus

import (
	"encoding/binary"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// item is how an array stores one value.
type item struct {
	kind  byte // in NumPy's letters: b bool, u and i integers, f floats, S bytes, U text
	size  int  // in bytes
	order binary.ByteOrder
}

var descriptor = regexp.MustCompile(`^([<>|])([buifSU])([1-9][0-9]{0,2})$`)

// parseItem reads the descriptor of an item as NumPy writes it, such as <f4.
func parseItem(descr string) (item, bool) {
	m := descriptor.FindStringSubmatch(descr)
	if m == nil {
		return item{}, false
	}
	size, _ := strconv.Atoi(m[3])
	it := item{kind: m[2][0], size: size, order: binary.LittleEndian}
	if m[1] == ">" {
		it.order = binary.BigEndian
	}
	switch it.kind {
	case 'b':
		return it, size == 1
	case 'f':
		return it, size == 2 || size == 4 || size == 8
	case 'u', 'i':
		return it, size == 1 || size == 2 || size == 4 || size == 8
	case 'U':
		it.size *= 4 // a code point each
	}
	return it, true
}

// text tells whether values are words.
func (it item) text() bool { return it.kind == 'S' || it.kind == 'U' }

// bits returns the bits of the value that raw begins with, at most 8 bytes.
func (it item) bits(raw []byte) uint64 {
	switch it.size {
	case 1:
		return uint64(raw[0])
	case 2:
		return uint64(it.order.Uint16(raw))
	case 4:
		return uint64(it.order.Uint32(raw))
	}
	return it.order.Uint64(raw)
}

// float returns a number; large integers and float64 are rounded.
func (it item) float(raw []byte) float64 {
	bits := it.bits(raw)
	switch {
	case it.kind == 'i':
		return float64(signed(bits, it.size))
	case it.kind != 'f':
		return float64(bits)
	case it.size == 2:
		return half(uint16(bits))
	case it.size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// label returns a label as it is written, and whether it is one: a word, or a
// whole number from 0 on.
func (it item) label(raw []byte) (name string, ok bool) {
	switch it.kind {
	case 'S':
		name = strings.TrimRight(string(raw[:it.size]), "\x00")
		return name, name != ""
	case 'U':
		var b strings.Builder
		for at := 0; at < it.size; at += 4 {
			if r := it.order.Uint32(raw[at:]); r != 0 {
				b.WriteRune(rune(min(r, math.MaxInt32))) // what is no code point becomes U+FFFD
			}
		}
		return b.String(), b.Len() > 0
	case 'b':
		return map[bool]string{false: "False", true: "True"}[raw[0] != 0], true
	case 'u':
		return strconv.FormatUint(it.bits(raw), 10), true
	case 'i':
		v := signed(it.bits(raw), it.size)
		return strconv.FormatInt(v, 10), v >= 0
	}
	v := it.float(raw) + 0 // -0 is 0
	return strconv.FormatFloat(v, 'f', -1, 64), v >= 0 && v <= 1<<53 && v == math.Trunc(v)
}

// signed extends the sign of an integer of size bytes.
func signed(bits uint64, size int) int64 {
	unused := 64 - 8*size
	return int64(bits<<unused) >> unused
}

// half returns the value of a float16 (IEEE 754 binary16).
func half(bits uint16) float64 {
	sign, exponent, fraction := 1-2*float64(bits>>15), int(bits>>10&31), float64(bits&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}
