package kernel_test

import (
	"syscall"
	"testing"
	"unsafe"

	"murmur/neuron/kernel"
)

// The kernels read and write nothing beyond their slices, not even numbers they do not use: each slice ends where the
// memory that may be touched ends.
func TestStaysWithinSlices(t *testing.T) {
	const floats = 1 << 12
	page := syscall.Getpagesize()
	fenced := func() []float32 {
		size := (4*floats + page - 1) / page * page
		memory, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := syscall.Munmap(memory); err != nil {
				t.Error(err)
			}
		})
		if err := syscall.Mprotect(memory[size:], syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
		return unsafe.Slice((*float32)(unsafe.Pointer(&memory[size-4*floats])), floats)
	}
	last := func(x []float32, n int) []float32 { return x[len(x)-n:] }
	a, b, c := fenced(), fenced(), fenced()
	defer kernel.Use("auto")
	for _, name := range kernel.Names() {
		if err := kernel.Use(name); err != nil {
			t.Fatal(err)
		}
		for lanes := 1; lanes < 150; lanes++ {
			for _, edges := range []int{1, 8, 9, 17, 24} {
				kernel.WeightedSum(last(a, lanes), last(b, edges), last(c, edges*lanes), lanes)
				for units := 2; units <= 5; units++ { // the last one's lanes and weights end at the fence
					var dst, w [][]float32
					for i := range units {
						dst = append(dst, last(a, (units-i)*lanes)[:lanes])
						w = append(w, last(b, (units-i)*edges)[:edges])
					}
					kernel.WeightedSums(dst, w, last(c, edges*lanes), lanes)
				}
				kernel.Outer(last(a, edges), last(b, lanes), last(c, edges*lanes), lanes)
				kernel.Dots(last(a, edges), last(b, edges*lanes), last(c, edges*lanes), lanes, lanes)
			}
			kernel.Axpy(last(a, lanes), 1, last(b, lanes))
			kernel.Scale(last(a, lanes), 1, last(b, lanes))
			kernel.Clamp(last(a, lanes), last(b, lanes), 0, 1)
			kernel.Rectify(last(a, lanes), 1, last(b, lanes), last(c, lanes))
			kernel.ExpTo(last(a, lanes), last(b, lanes))
			kernel.TanhTo(last(a, lanes), last(b, lanes))
			kernel.Finite(last(a, lanes))
		}
	}
}
