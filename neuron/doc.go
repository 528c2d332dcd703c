// Package neuron holds the pure parts of a unit: the frames that units publish, the windows through which they see one
// another, and how potentials become responses.
//
// It starts no goroutine, reads no file and no clock. A unit writes its own values through an Out and reads its
// in-neighbours through Views; nothing here gives it more.
package neuron
