package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The committed files are what this generator writes; only the command in their first line may differ.
func TestCommittedFilesAreGenerated(t *testing.T) {
	dir := t.TempDir()
	assembly, stubs := filepath.Join(dir, "linear_amd64.s"), filepath.Join(dir, "linear_amd64.go")
	if out, err := exec.Command("go", "run", ".", "-out", assembly, "-stubs", stubs, "-pkg", "kernel").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, path := range []string{assembly, stubs} {
		committed := filepath.Join("..", "..", filepath.Base(path))
		if !bytes.Equal(body(t, path), body(t, committed)) {
			t.Errorf("%s is not what the generator writes: run go generate in neuron/kernel", committed)
		}
	}
}

func body(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
