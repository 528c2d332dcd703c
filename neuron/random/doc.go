// Package random draws random numbers from a counter, not from a state: a number is a
// function of who asks (the Key: seed, purpose, unit) and of what for (the counter: a
// tick or an image, a draw, a lane). So it does not matter in which order, on which
// goroutine or in which process numbers are drawn, a checkpoint has no generator to
// save, and two arms of a comparison can share their draws.
//
// The generator is Threefry4x32 with 20 rounds of Salmon, Moraes, Dror and Shaw,
// "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Uniform numbers are
// ((w>>8)+1) 2^-24 for a word w, in (0, 1]. Normal numbers are those of Box and Muller
// in float32, from the polynomials of package kernel; none exceeds
// sqrt(48 ln 2) = 5.77 in magnitude (a true one would, once in 1.2e8 draws). The
// bits of every function are the same on every processor and are part of the format.
//
// Rows (Words, Normals, Uniforms) are for many lanes at once. Streams are for the
// places where the count of numbers is not known beforehand. A row and a stream of
// one key share no words. Words, Normals and Uniforms of one key and row do: give the
// uses that must be independent different purposes, units or rows.
package random
