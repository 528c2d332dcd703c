package network

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// nonFinite returns the first index of a NaN or an infinity, or -1.
func nonFinite(x []float32) int {
	var all uint32
	for _, v := range x {
		// an exponent of all ones, and only that, carries into the sign bit
		all |= math.Float32bits(v)&0x7fffffff + 0x00800000
	}
	if all&0x80000000 == 0 {
		return -1
	}
	for i, v := range x {
		if math.Float32bits(v)&0x7f800000 == 0x7f800000 {
			return i
		}
	}
	return -1
}

var hostIsLittleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// littleEndian returns the bytes of x, little-endian, without copying where the host is so.
func littleEndian(x []float32) []byte {
	if len(x) == 0 {
		return nil
	}
	if hostIsLittleEndian {
		return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x))
	}
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
