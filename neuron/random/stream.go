package random

import (
	"math/bits"

	"murmur/neuron/kernel"
)

// Panics of Stream.
const (
	errIntN    = "random: IntN of n <= 0"
	errShuffle = "random: Shuffle of n < 0"
)

// Stream is a sequence of random numbers for one (a, b) of a key, for instance an image
// and a strength. Its numbers depend on the order of the calls on it, and on nothing
// else. A Stream is for one goroutine.
type Stream struct {
	key     Key
	counter [4]uint32 // of the next block
	words   [4]uint32
	used    int     // words of the block that are spent
	spare   float32 // the second normal of a pair, if there is one
	paired  bool
}

// Stream returns the sequence of (a, b), at its start. Its blocks are those of the counters
// (a, b, 0, 1), (a, b, 1, 1) and on, which no row uses.
func (k Key) Stream(a, b uint32) *Stream {
	return &Stream{key: k, counter: [4]uint32{a, b, 0, 1}, used: 4}
}

// Uint32 returns the next word.
func (s *Stream) Uint32() uint32 {
	if s.used == len(s.words) {
		c := &s.counter
		s.words[0], s.words[1], s.words[2], s.words[3] = s.key.block(c[0], c[1], c[2], c[3])
		s.used = 0
		if c[2]++; c[2] == 0 {
			c[3]++
		}
	}
	w := s.words[s.used]
	s.used++
	return w
}

// Uniform returns a number in (0, 1], ((u>>8)+1) 2^-24 for the next word u.
func (s *Stream) Uniform() float32 { return kernel.Uniform(s.Uint32()) }

// Normal returns a standard normal number. Numbers come in pairs from two words (radius,
// then angle; cosine, then sine), so every second call takes no word.
func (s *Stream) Normal() float32 {
	if s.paired {
		s.paired = false
		return s.spare
	}
	radius := s.Uint32()
	x, y := kernel.BoxMuller(radius, s.Uint32())
	s.spare, s.paired = y, true
	return x
}

// IntN returns an integer in [0, n), each with the same probability (Lemire, "Fast random
// integer generation in an interval", 2019). It panics if n <= 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic(errIntN)
	}
	m := uint64(n)
	if m <= 1<<32-1 {
		p := uint64(s.Uint32()) * m
		if uint32(p) < uint32(m) {
			for least := -uint32(m) % uint32(m); uint32(p) < least; {
				p = uint64(s.Uint32()) * m
			}
		}
		return int(p >> 32)
	}
	hi, lo := bits.Mul64(s.uint64(), m)
	if lo < m {
		for least := -m % m; lo < least; {
			hi, lo = bits.Mul64(s.uint64(), m)
		}
	}
	return int(hi)
}

// uint64 returns the next two words, the low one first.
func (s *Stream) uint64() uint64 {
	lo := uint64(s.Uint32())
	return uint64(s.Uint32())<<32 | lo
}

// Shuffle calls swap for the exchanges that bring n things into a random order, each with
// the same probability (Fisher and Yates, from the last thing to the first). It panics if
// n < 0.
func (s *Stream) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic(errShuffle)
	}
	for i := n - 1; i > 0; i-- {
		swap(i, s.IntN(i+1))
	}
}
