package kernel

import "math/bits"

// parity is the constant of the Threefish key schedule (C240 of Random123, low word).
const parity uint32 = 0x1bd11bda

// mix is half a round, on two of the words; r is the rotation constant.
func mix(a, b uint32, r int) (uint32, uint32) {
	a += b
	return a, bits.RotateLeft32(b, r) ^ a
}

// Threefry returns the Threefry4x32-20 block of the counter (x0, x1, x2, x3) under the key (k0, k1, k2, k3), all in
// registers: 20 rounds, the rotation constants repeating after eight, the key added before the first and, turned by one
// word and with its number, after every fourth. The odd rounds exchange the words x1 and x3. The source is Salmon,
// Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
func Threefry(x0, x1, x2, x3, k0, k1, k2, k3 uint32) (y0, y1, y2, y3 uint32) {
	k4 := parity ^ k0 ^ k1 ^ k2 ^ k3
	x0, x1, x2, x3 = x0+k0, x1+k1, x2+k2, x3+k3

	x0, x1 = mix(x0, x1, 10)
	x2, x3 = mix(x2, x3, 26)
	x0, x3 = mix(x0, x3, 11)
	x2, x1 = mix(x2, x1, 21)
	x0, x1 = mix(x0, x1, 13)
	x2, x3 = mix(x2, x3, 27)
	x0, x3 = mix(x0, x3, 23)
	x2, x1 = mix(x2, x1, 5)
	x0, x1, x2, x3 = x0+k1, x1+k2, x2+k3, x3+k4+1

	x0, x1 = mix(x0, x1, 6)
	x2, x3 = mix(x2, x3, 20)
	x0, x3 = mix(x0, x3, 17)
	x2, x1 = mix(x2, x1, 11)
	x0, x1 = mix(x0, x1, 25)
	x2, x3 = mix(x2, x3, 10)
	x0, x3 = mix(x0, x3, 18)
	x2, x1 = mix(x2, x1, 20)
	x0, x1, x2, x3 = x0+k2, x1+k3, x2+k4, x3+k0+2

	x0, x1 = mix(x0, x1, 10)
	x2, x3 = mix(x2, x3, 26)
	x0, x3 = mix(x0, x3, 11)
	x2, x1 = mix(x2, x1, 21)
	x0, x1 = mix(x0, x1, 13)
	x2, x3 = mix(x2, x3, 27)
	x0, x3 = mix(x0, x3, 23)
	x2, x1 = mix(x2, x1, 5)
	x0, x1, x2, x3 = x0+k3, x1+k4, x2+k0, x3+k1+3

	x0, x1 = mix(x0, x1, 6)
	x2, x3 = mix(x2, x3, 20)
	x0, x3 = mix(x0, x3, 17)
	x2, x1 = mix(x2, x1, 11)
	x0, x1 = mix(x0, x1, 25)
	x2, x3 = mix(x2, x3, 10)
	x0, x3 = mix(x0, x3, 18)
	x2, x1 = mix(x2, x1, 20)
	x0, x1, x2, x3 = x0+k4, x1+k0, x2+k1, x3+k2+4

	x0, x1 = mix(x0, x1, 10)
	x2, x3 = mix(x2, x3, 26)
	x0, x3 = mix(x0, x3, 11)
	x2, x1 = mix(x2, x1, 21)
	x0, x1 = mix(x0, x1, 13)
	x2, x3 = mix(x2, x3, 27)
	x0, x3 = mix(x0, x3, 23)
	x2, x1 = mix(x2, x1, 5)
	x0, x1, x2, x3 = x0+k0, x1+k1, x2+k2, x3+k3+5
	return x0, x1, x2, x3
}
