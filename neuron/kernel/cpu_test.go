package kernel

import (
	"slices"
	"strings"
	"testing"
)

// On every kind of processor: the names it has work, auto is the last of them, and any other is an error that tells them
// and changes nothing.
func TestUse(t *testing.T) {
	mine := best
	defer func() { best, using = mine, mine }()
	for b := generic; b <= mine; b++ {
		best = b
		names := Names()
		if len(names) != int(b)+1 {
			t.Errorf("a processor with %s has the kernels %q", formNames[b], names)
		}
		for _, name := range names {
			if err := Use(name); err != nil || Name() != name {
				t.Errorf("Use(%q) = %v, then Name() = %q", name, err, Name())
			}
		}
		for _, name := range []string{"avx2", "avx512", "sse", ""} {
			if slices.Contains(names, name) {
				continue
			}
			before := Name()
			if err := Use(name); err == nil || !strings.Contains(err.Error(), strings.Join(names, ", ")) {
				t.Errorf("a processor with %s: Use(%q) = %v", formNames[b], name, err)
			}
			if Name() != before {
				t.Errorf("a mistaken Use changed the kernels to %q", Name())
			}
		}
		if err := Use("auto"); err != nil || Name() != formNames[b] {
			t.Errorf("a processor with %s: Use(auto) = %v, then Name() = %q", formNames[b], err, Name())
		}
	}
}
