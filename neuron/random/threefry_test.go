package random_test

import (
	"testing"

	"murmur/neuron/random"
)

// The vectors threefry4x32 20 of kat_vectors, Random123.
func TestThreefryKnownAnswers(t *testing.T) {
	ones := [4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}
	for _, v := range []struct {
		name               string
		counter, key, want [4]uint32
	}{
		{name: "zeros", want: [4]uint32{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8}},
		{name: "ones", counter: ones, key: ones, want: [4]uint32{0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732}},
		{
			name:    "digits of pi",
			counter: [4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			key:     [4]uint32{0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89},
			want:    [4]uint32{0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84},
		},
	} {
		if got := random.Threefry(v.counter, v.key); got != v.want {
			t.Errorf("%s: got %08x, want %08x", v.name, got, v.want)
		}
	}
}

func TestWordsKey(t *testing.T) {
	k := random.Key{Seed: 0x0123456789abcdef, Purpose: random.Attack, Unit: 77}
	want := random.Threefry([4]uint32{1, 2, 3, 0}, [4]uint32{0x89abcdef, 0x01234567, 5, 77})
	if got := k.Words(1, 2, 3); got != want {
		t.Errorf("got %08x, want %08x", got, want)
	}
}

func TestPurposeNumbers(t *testing.T) {
	for i, p := range []random.Purpose{random.Weights, random.Noise, random.Order, random.Modification,
		random.Attack, random.Split, random.Shuffle, random.Restart, random.Readout} {
		if p != random.Purpose(i+1) {
			t.Errorf("purpose %d has the number %d; the numbers are part of the format", i+1, p)
		}
	}
}
