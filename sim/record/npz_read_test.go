package record

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"murmur/sim/measure"
)

func npz(t interface{ Fatal(...any) }, arrays []measure.Array) []byte {
	var b bytes.Buffer
	if err := writeNPZ(&b, arrays, ""); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestArraysComeBack: what is written is read again, whatever its type and shape.
func TestArraysComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []measure.Array
		for _, name := range []string{"a", "group.b", "c00"} {
			shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(t, "shape")
			n, _ := elements(shape)
			var data any
			switch rapid.IntRange(0, 3).Draw(t, "type") {
			case 0:
				data = rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "data")
			case 1:
				data = rapid.SliceOfN(rapid.Float64(), n, n).Draw(t, "data")
			case 2:
				data = rapid.SliceOfN(rapid.Int32(), n, n).Draw(t, "data")
			default:
				data = rapid.SliceOfN(rapid.Uint8(), n, n).Draw(t, "data")
			}
			want = append(want, measure.Array{Name: name, Shape: shape, Data: data})
		}
		data := npz(t, want)
		got, err := parseNPZ(bytes.NewReader(data), int64(len(data)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestReadArraysByName(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.npz")
	big := make([]int32, 40000) // more than one chunk
	for i := range big {
		big[i] = int32(i)
	}
	arrays := []measure.Array{{Name: "a", Shape: []int{2}, Data: []uint8{1, 2}}, {Name: "b", Shape: []int{40000}, Data: big}}
	if err := os.WriteFile(name, npz(t, arrays), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := ReadArrays(name, func(array string) bool { return array == "b" })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(arrays[1:], got); d != "" {
		t.Fatal(d)
	}
	if _, err := ReadArrays(name+"x", nil); err == nil || !strings.Contains(err.Error(), name+"x: no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestBadArraysAreErrors: a damaged file is an error that names the array.
func TestBadArraysAreErrors(t *testing.T) {
	good := npz(t, []measure.Array{{Name: "a", Shape: []int{3}, Data: []float32{1, 2, 3}}})
	replace := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for _, c := range []struct {
		data []byte
		want string
	}{
		{good[:len(good)-30], "zip"},
		{replace("NUMPY\x01", "NUMPY\x02"), "a: begins with"},
		{replace("(3,)", "(9,)"), "a: shape [9] of <f4 does not fit"},
		{replace("'<f4'", "'>f4'"), "a: header"},
		{replace("False", "True "), "a: header"},
		{replace("\x00\x00\x80\x3f", "\x00\x00\x80\x40"), "a: zip: checksum error"},
		{bytes.ReplaceAll(good, []byte("a.npy"), []byte("a.txt")), "no array"},
	} {
		if _, err := parseNPZ(bytes.NewReader(c.data), int64(len(c.data)), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// FuzzReadNPZ: no bytes make it panic or read more than there is.
func FuzzReadNPZ(f *testing.F) {
	f.Add(npz(f, []measure.Array{{Name: "a", Shape: []int{2, 1}, Data: []float32{1, 2}}, {Name: "b", Shape: []int{}, Data: []uint8{7}}}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := parseNPZ(bytes.NewReader(data), int64(len(data)), nil)
		if err != nil {
			return
		}
		for _, a := range arrays {
			if _, n, err := layout(a.Data); err != nil || n > len(data) {
				t.Fatalf("%s: %d numbers of %d bytes, %v", a.Name, n, len(data), err)
			}
		}
	})
}
