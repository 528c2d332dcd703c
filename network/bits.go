package network

import (
	"encoding/binary"
	"math"
	"unsafe"
)

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
