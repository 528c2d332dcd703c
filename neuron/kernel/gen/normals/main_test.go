package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const kernel = "../.." // the package's folder

// The committed files are those that the generator writes.
func TestCommitted(t *testing.T) {
	code, declarations, err := generate(filepath.Join(kernel, "math.go"), "kernel")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"normals_amd64.s": code, "normals_amd64.go": declarations} {
		got, err := os.ReadFile(filepath.Join(kernel, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run it again", name)
		}
	}
	for _, fused := range []string{"VFMADD", "VFMSUB", "VFNMADD", "VFNMSUB", "VRCP", "VRSQRT"} {
		if strings.Contains(string(code), fused) {
			t.Errorf("the assembly has a %s: products are rounded before they are added, and nothing is approximated", fused)
		}
	}
}

func TestReadConstants(t *testing.T) {
	name := filepath.Join(t.TempDir(), "scalar.go")
	source := `package scalar

import "math"

const (
	signBit uint32  = 1 << 31
	half    float32 = -0x1p-1
	other           = 3
)

var inf = math.Inf(1)
`
	if err := os.WriteFile(name, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := readConstants(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["signBit"] != 1<<31 || got["half"] != 0xbf000000 {
		t.Errorf("got %08x, want signBit 80000000 and half bf000000", got)
	}
	if _, _, err := generate(name, "kernel"); err == nil || !strings.Contains(err.Error(), "expMax") {
		t.Errorf("generated from a source without constants: error %v, want one that names expMax", err)
	}
	if _, err := readConstants(filepath.Join(kernel, "none.go")); err == nil {
		t.Error("a source that is not there: no error")
	}
}
