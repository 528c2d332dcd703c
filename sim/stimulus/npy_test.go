package stimulus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// npy builds an NPY file as numpy does: the header padded to a multiple of 64.
func npy(major byte, dict string, items any) []byte {
	raw := append([]byte(npyMagic), major, 0)
	lead := map[byte]int{1: 2, 2: 4}[major]
	size := (len(raw)+lead+len(dict)+1+63)/64*64 - len(raw) - lead
	if major == 1 {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(size))
	} else {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(size))
	}
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

func parse[T any](name string, raw []byte, f func(*source) (T, error)) (T, error) {
	s, err := newSource(name, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		var none T
		return none, err
	}
	return f(s)
}

func TestNPYImages(t *testing.T) {
	eighth := []float32{0, 0.125, 0.25, 0.5, 1, 0.75, 0.875, 1}
	for _, c := range []struct {
		name string
		raw  []byte
		h, w int
		want []float32
	}{
		{"bytes", npy(1, dict("|u1", "(2, 1, 2)"), []byte{0, 1, 254, 255}), 1, 2, greys([]byte{0, 1, 254, 255})},
		{"bytes, flat", npy(1, dict("|u1", "(1, 4)"), []byte{0, 1, 254, 255}), 2, 2, greys([]byte{0, 1, 254, 255})},
		{"float32", npy(2, dict("<f4", "(2, 2, 2)"), eighth), 2, 2, eighth},
		{"float64", npy(1, dict("<f8", "(1, 1, 3)"), []float64{1, 0.1, 0}), 1, 3, []float32{1, 0.1, 0}},
		{"other spelling", npy(1, `{ "shape":(1,1,1),"descr":"<f4" , "fortran_order":False}`, []float32{0.5}), 1, 1, []float32{0.5}},
	} {
		im, err := parse("x.npy", c.raw, parseNPYImages)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if im.height != c.h || im.width != c.w || im.count != len(c.want)/c.h/c.w || !slices.Equal(im.pixels, c.want) {
			t.Fatalf("%s: %+v", c.name, im)
		}
	}
}

func TestNPYLabels(t *testing.T) {
	want := []uint8{0, 255, 7}
	for _, raw := range [][]byte{
		npy(1, dict("|u1", "(3,)"), want),
		npy(2, dict("<i4", "(3,)"), []int32{0, 255, 7}),
		npy(1, dict("<i8", "(3,)"), []int64{0, 255, 7}),
	} {
		lb, err := parse("x.npy", raw, parseNPYLabels)
		if err != nil || !slices.Equal(lb.values, want) {
			t.Fatalf("%+v, %v", lb, err)
		}
	}
}

func TestNPYFaults(t *testing.T) {
	good := npy(1, dict("<f4", "(1, 1, 2)"), []float32{0, 1})
	// One-page headers: data begins at byte 128, the dictionary at 10 (version 1).
	shapeAt := int64(10 + strings.Index(dict("<f4", "("), "("))
	version := bytes.Clone(good)
	version[6] = 3
	long := append([]byte(npyMagic), 2, 0, 0xff, 0xff, 0xff, 0xff)
	for _, c := range []struct {
		name   string
		raw    []byte
		labels bool
		offset int64
		want   string
	}{
		{"empty", nil, false, 0, "want 8 bytes of NPY magic number and version, found 0 bytes"},
		{"magic", []byte("\x93NUMPZ\x01\x00"), false, 0, `want NPY magic number "\x93NUMPY"`},
		{"version", version, false, 6, "want NPY version 1.0 or 2.0, found 3.0"},
		{"no length", good[:9], false, 8, "want 2 bytes of NPY header length, found 1 bytes"},
		{"long header", long, false, 8, "want an NPY header of 1 to 65536 bytes, found 4294967295"},
		{"cut header", good[:40], false, 10, "bytes of NPY header, found 30 bytes"},
		{"cut data", good[:len(good)-1], false, 128, "want 8 bytes of pixels, found 7 bytes"},
		{"trailing", append(bytes.Clone(good), 1), false, 136, "want end of file, found 1 more bytes"},
		{"big-endian", npy(1, dict(">f4", "(1, 1, 2)"), []byte{}), false, 20, `want descr '|u1', '<f4' or '<f8' for images, found ">f4"`},
		{"Fortran", npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", []byte{}), false, 44, `want fortran_order False (C order), found "True`},
		{"record", npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False}", []byte{}), false, 20, "want a quoted string"},
		{"not square", npy(1, dict("|u1", "(1, 5)"), []byte{1, 2, 3, 4, 5}), false, shapeAt, "of square images, found [1 5]"},
		{"rank", npy(1, dict("|u1", "(1, 1, 1, 1)"), []byte{1}), false, shapeAt, "found [1 1 1 1]"},
		{"scalar", npy(1, dict("|u1", "()"), []byte{1}), true, shapeAt, "want shape (images,) for labels, found []"},
		{"no image", npy(1, dict("|u1", "(0, 2, 2)"), []byte{}), false, shapeAt, "want at least one image, found 0"},
		{"no pixel", npy(1, dict("|u1", "(2, 0)"), []byte{}), false, shapeAt, "found 0 x 0"},
		{"huge shape", npy(1, dict("<f8", "(9223372036854775807, 4096, 4096)"), []byte{}), false, 128, "want 9223372036854775807 x 134217728 bytes of pixels, found 0 bytes"},
		{"huge side", npy(1, dict("<f8", "(1, 9223372036854775807)"), []byte{}), false, shapeAt, "of square images"},
		{"too big for an integer", npy(1, dict("<f8", "(9223372036854775808,)"), []byte{}), false, shapeAt + 1, "want an integer in 0..2^63-1"},
		{"negative", npy(1, dict("<f8", "(-1,)"), []byte{}), false, shapeAt + 1, "want an integer"},
		{"unknown key", npy(1, "{'colour': 1}", []byte{}), false, 11, `found "colour"`},
		{"key twice", npy(1, "{'descr': '<f4', 'descr': '<f4'}", []byte{}), false, 27, "want each NPY header key once"},
		{"key missing", npy(1, "{'descr': '<f4', 'shape': (1,)}", []byte{}), false, 10, "want NPY header key 'fortran_order', found none"},
		{"no dictionary", npy(1, "descr", []byte{}), false, 10, "want '{', found"},
		{"no comma", npy(1, "{'descr': '<f4' 'shape': (1,)}", []byte{}), false, 26, "want '}', found"},
		{"after the dictionary", npy(1, dict("<f4", "(1, 1, 2)")+"x", []byte{}), false, 72, `want end of NPY header, found "x`},
		{"NaN", npy(1, dict("<f4", "(1, 1, 2)"), []float32{0, float32(math.NaN())}), false, 132, "want a pixel in 0..1, found NaN"},
		{"infinite", npy(1, dict("<f8", "(1, 1, 2)"), []float64{0, math.Inf(1)}), false, 136, "want a pixel in 0..1, found +Inf"},
		{"0 to 255", npy(1, dict("<f4", "(1, 1, 2)"), []float32{0, 255}), false, 132, "want a pixel in 0..1, found 255"},
		{"below 0", npy(1, dict("<f4", "(1, 1, 2)"), []float32{-0.5, 0}), false, 128, "want a pixel in 0..1, found -0.5"},
		{"label -1", npy(1, dict("<i4", "(2,)"), []int32{0, -1}), true, 132, "want a label in 0..255, found -1"},
		{"label 256", npy(1, dict("<i8", "(2,)"), []int64{0, 256}), true, 136, "want a label in 0..255, found 256"},
		{"float labels", npy(1, dict("<f4", "(2,)"), []float32{0, 1}), true, 20, "want descr '|u1', '<i4' or '<i8' for labels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if c.labels {
				_, err = parse("x.npy", c.raw, parseNPYLabels)
			} else {
				_, err = parse("x.npy", c.raw, parseNPYImages)
			}
			checkFault(t, err, "x.npy", c.offset, c.want)
		})
	}
}

func TestOpenNPY(t *testing.T) {
	files := map[string][]byte{
		"train-images.npy": npy(1, dict("<f4", "(2, 1, 1)"), []float32{0.5, 1}),
		"train-labels.npy": npy(1, dict("<i8", "(2,)"), []int64{4, 0}),
		"test-images.npy":  npy(1, dict("|u1", "(1, 1)"), []byte{51}),
		"test-labels.npy":  npy(1, dict("|u1", "(1,)"), []byte{3}),
	}
	train, test, err := Open(t.Context(), folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(train.ClassNames, []string{"0", "3", "4"}) || train.Classes != 3 || !slices.Equal(train.Labels, []uint8{2, 0}) || test.Pixels[0] != float32(51)/255 {
		t.Fatalf("%+v %+v", train, test)
	}
}
