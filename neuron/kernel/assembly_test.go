package kernel_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The assembly has no instruction that fuses, and none that approximates. What is for AVX2 uses nothing that a processor
// without AVX-512 lacks, though the assembler would find instructions for it.
func TestAssembly(t *testing.T) {
	inexact := regexp.MustCompile(`\bV?(FN?M|RCP|RSQRT)\w*`)
	wide := regexp.MustCompile(`\b(Z\d+|K[0-7]|[XY](1[6-9]|[23]\d))\b`)
	function := regexp.MustCompile(`^TEXT ·(\w+)`)
	for _, file := range []string{"linear_amd64.s", "normals_amd64.s"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, narrow := "", 0
		for line := range strings.Lines(string(text)) {
			if m := function.FindStringSubmatch(line); m != nil {
				name = m[1]
				if isNarrow(name) {
					narrow++
				}
			}
			if strings.HasPrefix(line, "//") {
				continue
			}
			if inexact.MatchString(line) || isNarrow(name) && wide.MatchString(line) {
				t.Errorf("%s: %s has %s", file, name, strings.TrimSpace(line))
			}
		}
		if narrow == 0 {
			t.Errorf("%s has no function for AVX2", file)
		}
	}
}

// isNarrow tells by its name whether a function is for AVX2.
func isNarrow(name string) bool {
	return strings.HasSuffix(name, "AVX2") || strings.HasSuffix(name, "8")
}
