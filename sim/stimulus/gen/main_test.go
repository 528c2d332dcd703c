package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"murmur/sim/stimulus"
)

// unpack reads a gzip file.
func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	// Images of one pixel; the pixel is the position in the file.
	train := &stimulus.Set{Width: 1, Height: 1, Classes: 2, Labels: []uint8{1, 1, 0, 1, 0}}
	for i := range train.Labels {
		train.Pixels = append(train.Pixels, float32(250+i)/255)
	}
	for name, raw := range map[string][]byte{
		"train-images-idx3-ubyte": imageFile(train), "train-labels-idx1-ubyte": labelFile(train),
		"t10k-images-idx3-ubyte": imageFile(train), "t10k-labels-idx1-ubyte": labelFile(train),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := build(dir, "x", 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []file{
		{"x-train-images-idx3-ubyte", []byte{0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 252, 250, 254, 251}},
		{"x-train-labels-idx1-ubyte", []byte{0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 0, 1}},
		{"x-t10k-images-idx3-ubyte", []byte{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 252, 250}},
		{"x-t10k-labels-idx1-ubyte", []byte{0, 0, 8, 1, 0, 0, 0, 2, 0, 1}},
	}
	for i, w := range want {
		if files[i].name != w.name || !bytes.Equal(files[i].raw, w.raw) {
			t.Errorf("file %d: %s %v, want %s %v", i, files[i].name, files[i].raw, w.name, w.raw)
		}
		packed, err := pack(w.raw)
		if err != nil || !bytes.Equal(unpack(t, packed), w.raw) {
			t.Errorf("%s does not survive packing: %v", w.name, err)
		}
	}
	if _, err := build(dir, "x", 3, 1); err == nil {
		t.Error("no error where a class has too few images")
	}
}

// A byte survives the way through float32(byte)/255 and back.
func TestImageFileBytes(t *testing.T) {
	set := &stimulus.Set{Width: 16, Height: 16, Classes: 1, Labels: []uint8{0}}
	for b := range 256 {
		set.Pixels = append(set.Pixels, float32(b)/255)
	}
	for b, got := range imageFile(set)[16:] {
		if int(got) != b {
			t.Fatalf("byte %d came back as %d", b, got)
		}
	}
}

// The committed files are what the generator makes of the full ones. The
// unpacked bytes are compared: how gzip packs them may change with its version.
func TestReproducesCommittedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all 140,000 images")
	}
	from := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(from); err != nil {
		t.Skipf("the full files are not at %s beside the repository: %v", from, err)
	}
	files, err := subsets(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		packed, err := os.ReadFile(filepath.Join("..", "embedded", f.name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		if want := unpack(t, packed); !bytes.Equal(f.raw, want) {
			t.Errorf("%s: %d bytes differ from the %d that are committed", f.name, len(f.raw), len(want))
		}
	}
	want, err := os.ReadFile(filepath.Join("..", "embedded", "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if got := sums(files); !bytes.Equal(got, want) {
		t.Errorf("SHA256SUMS is\n%s\nwant\n%s", got, want)
	}
}

func TestRunWithoutFiles(t *testing.T) {
	if err := run(t.TempDir(), t.TempDir()); err == nil {
		t.Error("no error without the full files")
	}
}
