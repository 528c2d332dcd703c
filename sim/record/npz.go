package record

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"murmur/sim/measure"
)

// maxRank is what every version of numpy takes.
const maxRank = 32

// The first day a zip file can name. A fixed one, so that equal runs give equal bytes.
var zipEpoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// writeNPZ writes the arrays, which checkArchive has passed, as numpy.savez does: a zip file of stored NPY version 1.0
// files (numpy.lib.format), C order, little-endian, and a comment at the end. Beyond 4 GiB archive/zip changes to zip64
// by itself.
func writeNPZ(w io.Writer, arrays []measure.Array, comment string) error {
	z := zip.NewWriter(w)
	if err := z.SetComment(comment); err != nil {
		return err
	}
	for _, a := range arrays {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store, Modified: zipEpoch})
		if err != nil {
			return err
		}
		descr, _, err := layout(a.Data)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, npyHeader(descr, a.Shape)); err != nil {
			return err
		}
		if err := writeData(f, a.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// npyHeader returns magic, version, length and dictionary, padded so that the data begins at a multiple of 64 bytes.
func npyHeader(descr string, shape []int) string {
	var dims strings.Builder
	for i, n := range shape {
		if i > 0 {
			dims.WriteByte(' ')
		}
		dims.WriteString(strconv.Itoa(n) + ",")
	}
	tuple := dims.String()
	if len(shape) > 1 {
		tuple = strings.TrimSuffix(tuple, ",")
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, tuple)
	const prefix, newline, align = 10, 1, 64
	pad := (align - (prefix+len(dict)+newline)%align) % align
	dict += strings.Repeat(" ", pad) + "\n"
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(dict)))) + dict
}

// layout gives numpy's name for the element type and the number of elements.
func layout(data any) (descr string, n int, err error) {
	switch d := data.(type) {
	case []float32:
		return "<f4", len(d), nil
	case []float64:
		return "<f8", len(d), nil
	case []int32:
		return "<i4", len(d), nil
	case []uint8:
		return "|u1", len(d), nil
	}
	return "", 0, fmt.Errorf("data is %T, want []float32, []float64, []int32 or []uint8", data)
}

func writeData(w io.Writer, data any) error {
	switch d := data.(type) {
	case []float32:
		return writeChunks(w, d)
	case []float64:
		return writeChunks(w, d)
	case []int32:
		return writeChunks(w, d)
	default:
		_, err := w.Write(d.([]uint8))
		return err
	}
}

func writeChunks[T float32 | float64 | int32](w io.Writer, data []T) error {
	var buf []byte
	for chunk := range slices.Chunk(data, 1<<14) {
		var err error
		if buf, err = binary.Append(buf[:0], binary.LittleEndian, chunk); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// checkArchive finds all that could be wrong with the arrays before the file is begun.
func checkArchive(a Archive) error {
	if !strings.HasSuffix(a.File, ".npz") {
		return errors.New("the name of a file of arrays ends in .npz")
	}
	seen := make(map[string]bool, len(a.Arrays))
	for i, array := range a.Arrays {
		if !validArrayName(array.Name) {
			return fmt.Errorf("array %d: %q is not an array name", i, array.Name)
		}
		if seen[array.Name] {
			return fmt.Errorf("%s: a second array of this name", array.Name)
		}
		seen[array.Name] = true
		if err := checkArray(array); err != nil {
			return fmt.Errorf("%s: %w", array.Name, err)
		}
	}
	return nil
}

func checkArray(a measure.Array) error {
	_, n, err := layout(a.Data)
	if err != nil {
		return err
	}
	if len(a.Shape) > maxRank {
		return fmt.Errorf("shape has %d dimensions, at most %d are read by numpy", len(a.Shape), maxRank)
	}
	if product, ok := elements(a.Shape); !ok || product != n {
		return fmt.Errorf("shape %v does not hold %d numbers", a.Shape, n)
	}
	switch d := a.Data.(type) {
	case []float32:
		return checkFinite(d)
	case []float64:
		return checkFinite(d)
	}
	return nil
}

// elements is the product of the shape, 1 for a scalar; ok is false for negative dimensions and for an overflow.
func elements(shape []int) (product int, ok bool) {
	product = 1
	for _, n := range shape {
		if n < 0 || n > 0 && product > math.MaxInt/n {
			return 0, false
		}
		product *= n
	}
	return product, true
}

func checkFinite[T float32 | float64](data []T) error {
	for i, x := range data {
		if x-x != 0 { // NaN and infinities
			return fmt.Errorf("element %d is %v", i, x)
		}
	}
	return nil
}

// validArrayName admits what numpy and unpackers take: a plain or slash-separated path of printable ASCII. A name that
// ends in .npy would be a second name for the array without it.
func validArrayName(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c > '~' || strings.IndexByte(`\:*?"<>|`, c) >= 0 {
			return false
		}
	}
	return fs.ValidPath(name) && name != "." && !strings.HasSuffix(name, ".npy")
}
