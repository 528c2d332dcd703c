package stimulus

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// idx builds an IDX file of bytes.
func idx(data []byte, dims ...uint32) []byte {
	raw := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		raw = binary.BigEndian.AppendUint32(raw, d)
	}
	return append(raw, data...)
}

// npy builds an NPY file of version 1 as numpy does, its header padded to a
// multiple of 64 bytes, from little-endian items.
func npy(dict string, items any) []byte {
	raw := append([]byte(npyMagic), 1, 0)
	size := (len(raw)+2+len(dict)+1+63)/64*64 - len(raw) - 2
	raw = binary.LittleEndian.AppendUint16(raw, uint16(size))
	raw = append(raw, dict...)
	raw = append(raw, bytes.Repeat([]byte(" "), size-len(dict)-1)...)
	raw, err := binary.Append(append(raw, '\n'), binary.LittleEndian, items)
	if err != nil {
		panic(err)
	}
	return raw
}

// dict writes a header as numpy does.
func dict(descr, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
}

// bytesOf is an NPY file of bytes.
func bytesOf(shape string, items ...byte) []byte { return npy(dict("|u1", shape), items) }

// stored writes values in the form that descr names, with the given shape.
func stored(descr string, fortran bool, shape []int, values []float64) []byte {
	it, ok := parseItem(descr)
	if !ok {
		panic(descr)
	}
	var raw []byte
	for i := range values {
		if fortran {
			i = fortranPlace(i, shape)
		}
		raw = append(raw, storedItem(it, values[i])...)
	}
	long := make([]int64, len(shape))
	for i, n := range shape {
		long[i] = int64(n)
	}
	word := map[bool]string{true: "True", false: "False"}[fortran]
	return npy(fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, word, shapeText(long)), raw)
}

// fortranPlace returns where, in C order, the i-th value in Fortran order stands.
func fortranPlace(i int, shape []int) int {
	at, step := 0, 1
	for _, n := range shape {
		step *= n
	}
	for _, n := range shape {
		step /= n
		at += i % n * step
		i /= n
	}
	return at
}

func storedItem(it item, v float64) []byte {
	var bits uint64
	switch {
	case it.kind != 'f':
		bits = uint64(int64(v))
	case it.size == 8:
		bits = math.Float64bits(v)
	case it.size == 4:
		bits = uint64(math.Float32bits(float32(v)))
	default:
		for half(uint16(bits)) != v { // of few values, in tests alone
			bits++
		}
	}
	raw := make([]byte, 8)
	if it.order == binary.BigEndian {
		binary.BigEndian.PutUint64(raw, bits)
		return raw[8-it.size:]
	}
	binary.LittleEndian.PutUint64(raw, bits)
	return raw[:it.size]
}

// zipped packs with gzip.
func zipped(raw []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(raw)
	_ = w.Close()
	return buf.Bytes()
}

// npz packs arrays into an archive as numpy does.
func npz(method uint16, arrays map[string][]byte) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			panic(err)
		}
		_, _ = f.Write(arrays[name])
	}
	_ = w.Close()
	return buf.Bytes()
}

// encode writes a PNG.
func encode(img image.Image) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// greyPNG is a PNG with one row of grey bytes.
func greyPNG(row ...byte) []byte {
	return encode(&image.Gray{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, len(row), 1)})
}

// folder writes files, by slash-separated name, to a new folder; a name that ends
// in a slash is a folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pictures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		err := os.MkdirAll(path, 0o755)
		if !strings.HasSuffix(name, "/") {
			_ = os.Remove(path)
			err = os.WriteFile(path, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// with returns a copy of files with some changed; nil removes one.
func with(files map[string][]byte, changed map[string][]byte) map[string][]byte {
	files = maps.Clone(files)
	for name, data := range changed {
		if delete(files, name); data != nil {
			files[name] = data
		}
	}
	return files
}

// load opens a folder of files.
func load(t testing.TB, files map[string][]byte) (train, test *Set, err error) {
	t.Helper()
	return Open(t.Context(), folder(t, files), Options{})
}

// mustLoad opens a folder of files that is good.
func mustLoad(t testing.TB, files map[string][]byte) (train, test *Set) {
	t.Helper()
	train, test, err := load(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return train, test
}

// source0 is a source of bytes in memory.
func source0(t testing.TB, name string, raw []byte) *source {
	t.Helper()
	s, err := newLoader(context.Background(), Options{}).newSource(name, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nLabels are labels of n images, for tests of images alone.
func nLabels(n int) *labels { return &labels{file: "labels.npy", codes: make([]int, n)} }

// checkFault checks a FormatError.
func checkFault(t testing.TB, err error, file string, offset int64, want string) {
	t.Helper()
	var fault *FormatError
	if !errors.As(err, &fault) {
		t.Fatalf("error %v, want a FormatError", err)
	}
	if !strings.HasSuffix(filepath.ToSlash(fault.File), file) || fault.Offset != offset || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %q, byte %d\nwant %s, byte %d: %s", err, fault.Offset, file, offset, want)
	}
}

// noted returns the details of the notes of a name.
func noted(s *Set, name string) string {
	var details []string
	for _, n := range s.Notes {
		if n.Name == name {
			details = append(details, n.Detail)
		}
	}
	return strings.Join(details, "\n")
}
