package record

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"murmur/sim/measure"
)

// ReadArrays reads an NPZ file of a run folder, or those of its arrays that want names; a nil want takes all. It reads
// what this package writes: stored, version 1.0, C order, little-endian. A file that promises more than it holds is an
// error before room is made for it. The error names the file and the array.
func ReadArrays(name string, want func(array string) bool) ([]measure.Array, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, bare(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, bare(err))
	}
	arrays, err := parseNPZ(f, info.Size(), want)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", filepath.Clean(name), err)
	}
	return arrays, nil
}

func parseNPZ(r io.ReaderAt, size int64, want func(string) bool) ([]measure.Array, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	var arrays []measure.Array
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, fmt.Errorf("%q is no array: its name does not end in .npy", f.Name)
		}
		if want != nil && !want(name) {
			continue
		}
		a, err := parseNPY(f, size)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		a.Name = name
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// npyHead is the header that writeNPZ writes.
var npyHead = regexp.MustCompile(`^\{'descr': '(<f4|<f8|<i4|\|u1)', 'fortran_order': False, 'shape': \(((?:\d+,? ?)*)\), \} *\n$`)

func parseNPY(f *zip.File, size int64) (a measure.Array, err error) {
	if f.Method != zip.Store || f.UncompressedSize64 > uint64(size) {
		return a, errors.New("compressed or longer than the file, want it stored")
	}
	r, err := f.Open()
	if err != nil {
		return a, err
	}
	defer r.Close()
	var lead [10]byte
	if _, err := io.ReadFull(r, lead[:]); err != nil {
		return a, fmt.Errorf("the header is cut off: %w", err)
	}
	if string(lead[:8]) != "\x93NUMPY\x01\x00" {
		return a, fmt.Errorf("begins with %q, want NPY version 1.0", lead[:8])
	}
	dict := make([]byte, binary.LittleEndian.Uint16(lead[8:]))
	if _, err := io.ReadFull(r, dict); err != nil {
		return a, fmt.Errorf("the header is cut off: %w", err)
	}
	parts := npyHead.FindSubmatch(dict)
	if parts == nil {
		return a, fmt.Errorf("header %q: want numbers of 4 or 8 bytes or single bytes in C order", dict)
	}
	a.Shape = []int{}
	for _, d := range strings.FieldsFunc(string(parts[2]), func(c rune) bool { return c == ',' || c == ' ' }) {
		n, err := strconv.Atoi(d)
		if err != nil {
			return a, fmt.Errorf("shape (%s): %w", parts[2], err)
		}
		a.Shape = append(a.Shape, n)
	}
	width := map[string]uint64{"<f4": 4, "<f8": 8, "<i4": 4, "|u1": 1}[string(parts[1])]
	n, ok := elements(a.Shape)
	if held := f.UncompressedSize64 - 10 - uint64(len(dict)); !ok || uint64(n) > held || uint64(n)*width != held {
		return a, fmt.Errorf("shape %v of %s does not fit the %d bytes there are", a.Shape, parts[1], held)
	}
	switch string(parts[1]) {
	case "<f4":
		a.Data, err = readNumbers[float32](r, n)
	case "<f8":
		a.Data, err = readNumbers[float64](r, n)
	case "<i4":
		a.Data, err = readNumbers[int32](r, n)
	default:
		a.Data, err = readNumbers[uint8](r, n)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, r) // to its end, where the checksum is compared
	}
	return a, err
}

func readNumbers[T float32 | float64 | int32 | uint8](r io.Reader, n int) ([]T, error) {
	const chunk = 1 << 14
	data := make([]T, n)
	buf := make([]byte, min(n, chunk)*binary.Size(T(0)))
	for rest := data; len(rest) > 0; {
		part := rest[:min(len(rest), chunk)]
		raw := buf[:binary.Size(part)]
		if _, err := io.ReadFull(r, raw); err != nil {
			return nil, fmt.Errorf("the numbers are cut off: %w", err)
		}
		if _, err := binary.Decode(raw, binary.LittleEndian, part); err != nil {
			return nil, err
		}
		rest = rest[len(part):]
	}
	return data, nil
}
