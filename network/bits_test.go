package network

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestLittleEndian(t *testing.T) {
	x := []float32{0, 1, -2.5, math.MaxFloat32, 1e-45}
	var want []byte
	for _, v := range x {
		want = binary.LittleEndian.AppendUint32(want, math.Float32bits(v))
	}
	if got := littleEndian(x); string(got) != string(want) {
		t.Errorf("%x, want %x", got, want)
	}
	if len(littleEndian(nil)) != 0 {
		t.Error("nothing has bytes")
	}
}
