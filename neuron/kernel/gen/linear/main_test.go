package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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

// The AVX2 forms use nothing that a processor without AVX-512 lacks.
func TestNarrowForms(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "linear_amd64.s"))
	if err != nil {
		t.Fatal(err)
	}
	function, found := "", 0
	wide := regexp.MustCompile(`\b(Z\d+|K[0-7]|[XY](1[6-9]|[23]\d))\b`)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "TEXT") {
			function = line
			if strings.Contains(function, "AVX2(") {
				found++
			}
		}
		if strings.Contains(function, "AVX2(") && wide.MatchString(line) {
			t.Errorf("%s has %s", strings.TrimSpace(function), strings.TrimSpace(line))
		}
	}
	if found == 0 {
		t.Error("no function of AVX2")
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
