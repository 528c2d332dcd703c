package kernel

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/cpu"
)

// A form is one of the ways the kernels are written. All give the same bits; each is faster than those before it.
type form int

const (
	generic form = iota // plain Go
	avx2
	avx512
)

var formNames = []string{"generic", "avx2", "avx512"}

// best is the last form that this build has and this processor can run.
var best = func() form {
	x := &cpu.X86
	switch {
	case runtime.GOARCH != "amd64" || !x.HasAVX2:
		return generic
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasBMI2:
		return avx512
	}
	return avx2
}()

var using = best

// Name returns the name of the kernels in use, "generic", "avx2" or "avx512". All give the same bits.
func Name() string { return formNames[using] }

// Names returns the names of the kernels that this processor can use, from the slowest to the fastest.
func Names() []string { return slices.Clone(formNames[:best+1]) }

// Use chooses the kernels by name: "generic", "avx2", "avx512", or "auto" for the fastest that this processor has,
// which is also the choice at start. For any other name, and for kernels that this processor lacks, it returns an error
// and changes nothing. It must not be called while kernels run.
func Use(name string) error {
	f := form(slices.Index(formNames, name))
	switch {
	case name == "auto":
		f = best
	case f < 0:
		return fmt.Errorf("kernel: no kernels named %q: want auto, generic, avx2 or avx512 (this processor has %s)",
			name, strings.Join(Names(), ", "))
	case f > best:
		return fmt.Errorf("kernel: %s is not available on this processor: want auto or one of %s", name, strings.Join(Names(), ", "))
	}
	using = f
	return nil
}
