package kernel

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasAVX2 tells whether this build has AVX2 kernels and this processor can run them.
var hasAVX2 = runtime.GOARCH == "amd64" && cpu.X86.HasAVX2

var avx2 = hasAVX2 // whether the AVX2 kernels are in use

// Name returns the name of the kernels in use, "generic" or "avx2". Both give the same bits.
func Name() string {
	if avx2 {
		return "avx2"
	}
	return "generic"
}

// Use chooses the kernels by name: "generic", "avx2", or "auto" for the fastest that this processor has, which is
// also the choice at start. For any other name, and for kernels that this processor lacks, it returns an error and
// changes nothing. It must not be called while kernels run.
func Use(name string) error {
	switch {
	case name == "auto":
		avx2 = hasAVX2
	case name == "generic":
		avx2 = false
	case name == "avx2" && hasAVX2:
		avx2 = true
	case name == "avx2":
		return fmt.Errorf("kernel: avx2 is not available on this processor: want auto or generic")
	default:
		has := "has"
		if !hasAVX2 {
			has = "lacks"
		}
		return fmt.Errorf("kernel: no kernels named %q: want auto, generic or avx2 (which this processor %s)", name, has)
	}
	return nil
}
