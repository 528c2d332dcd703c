package record

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"murmur/sim/measure"
)

var npyDict = regexp.MustCompile(`^\{'descr': '([<|][fiu][148])', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n$`)

// readNPZ is written from the format's description, not from the writer.
func readNPZ(data []byte) ([]measure.Array, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var arrays []measure.Array
	for _, f := range z.File {
		if !f.Modified.Equal(zipEpoch) {
			return nil, fmt.Errorf("%s: a time, %v, gets into the file", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(r) // checks the CRC
		if err != nil {
			return nil, err
		}
		if len(raw) < 10 || string(raw[:8]) != "\x93NUMPY\x01\x00" {
			return nil, fmt.Errorf("%s: not NPY 1.0", f.Name)
		}
		end := 10 + int(binary.LittleEndian.Uint16(raw[8:]))
		if end%64 != 0 || end > len(raw) {
			return nil, fmt.Errorf("%s: header of %d bytes", f.Name, end)
		}
		dict := npyDict.FindStringSubmatch(string(raw[10:end]))
		if dict == nil {
			return nil, fmt.Errorf("%s: header %q", f.Name, raw[10:end])
		}
		a := measure.Array{Name: strings.TrimSuffix(f.Name, ".npy"), Shape: []int{}}
		dims := strings.Split(dict[2], ",")
		if len(dims) == 2 && strings.TrimSpace(dims[1]) == "" { // the one-tuple (n,)
			dims = dims[:1]
		}
		product := 1
		for _, dim := range dims {
			if dict[2] == "" {
				break
			}
			n, err := strconv.Atoi(strings.TrimSpace(dim))
			if err != nil {
				return nil, err
			}
			a.Shape = append(a.Shape, n)
			product *= n
		}
		kinds := map[string]any{"<f4": []float32{}, "<f8": []float64{}, "<i4": []int32{}, "|u1": []uint8{}}
		slice := reflect.MakeSlice(reflect.TypeOf(kinds[dict[1]]), product, product).Interface()
		if _, err := binary.Decode(raw[end:], binary.LittleEndian, slice); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if size := binary.Size(slice); size != len(raw)-end {
			return nil, fmt.Errorf("%s: %d bytes of data, want %d", f.Name, len(raw)-end, size)
		}
		a.Data = slice
		arrays = append(arrays, a)
	}
	return arrays, nil
}

func TestNPZRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Za-z0-9_=.,-]{1,8}(/[a-z]{1,3})?`).Filter(validArrayName), 0, 4, rapid.ID).Draw(t, "names")
		arrays := []measure.Array{}
		for _, name := range names {
			shape := rapid.SliceOfN(rapid.IntRange(0, 7), 0, 4).Draw(t, "shape")
			n, _ := elements(shape)
			var data any
			switch rapid.IntRange(0, 3).Draw(t, "type") {
			case 0:
				data = rapid.SliceOfN(rapid.Float32Range(-math.MaxFloat32, math.MaxFloat32), n, n).Draw(t, "data")
			case 1:
				data = rapid.SliceOfN(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), n, n).Draw(t, "data")
			case 2:
				data = rapid.SliceOfN(rapid.Int32(), n, n).Draw(t, "data")
			default:
				data = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "data")
			}
			arrays = append(arrays, measure.Array{Name: name, Shape: append([]int{}, shape...), Data: data})
		}
		if err := checkArchive(Archive{"a.npz", arrays}); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := writeNPZ(&buf, arrays, ""); err != nil {
			t.Fatal(err)
		}
		got, err := readNPZ(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(arrays) {
			t.Fatalf("%d arrays, want %d", len(got), len(arrays))
		}
		for i := range got {
			if fmt.Sprint(got[i]) != fmt.Sprint(arrays[i]) || reflect.TypeOf(got[i].Data) != reflect.TypeOf(arrays[i].Data) {
				t.Fatalf("got %v, want %v", got[i], arrays[i])
			}
		}
	})
}

// More elements than one chunk, and the bits of each.
func TestNPZChunks(t *testing.T) {
	data := make([]float32, 3<<14+5)
	for i := range data {
		data[i] = math.Float32frombits(uint32(i) * 7919 % (1 << 30))
	}
	var buf bytes.Buffer
	if err := writeNPZ(&buf, []measure.Array{{Name: "x", Shape: []int{len(data)}, Data: data}}, ""); err != nil {
		t.Fatal(err)
	}
	got, err := readNPZ(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got[0].Data, data) {
		t.Error("data differ")
	}
}

func TestNPYHeader(t *testing.T) {
	for _, c := range []struct {
		shape []int
		want  string
	}{
		{nil, "()"}, {[]int{3}, "(3,)"}, {[]int{2, 3}, "(2, 3)"}, {[]int{0, 4, 5}, "(0, 4, 5)"},
	} {
		header := npyHeader("<f4", c.shape)
		if !strings.Contains(header, "'shape': "+c.want+", }") || len(header)%64 != 0 || !strings.HasSuffix(header, "\n") {
			t.Errorf("shape %v: header %q", c.shape, header)
		}
	}
}

func TestCheckArchive(t *testing.T) {
	two := []float32{1, 2}
	array := func(name string, shape []int, data any) Archive {
		return Archive{"a.npz", []measure.Array{{Name: name, Shape: shape, Data: data}}}
	}
	for _, c := range []struct {
		archive Archive
		want    string
	}{
		{Archive{File: "a.npy"}, "ends in .npz"},
		{array("L", []int{3}, two), "L: shape [3] does not hold 2 numbers"},
		{array("L", nil, two), "L: shape [] does not hold 2 numbers"},
		{array("L", []int{-1, -2}, two), "L: shape [-1 -2] does not hold"},
		{array("L", []int{math.MaxInt, 4}, two), "does not hold"},
		{array("L", make([]int, 33), []uint8{}), "33 dimensions"},
		{array("L", []int{2}, []int{1, 2}), "L: data is []int, want"},
		{array("L", []int{2}, nil), "L: data is <nil>, want"},
		{array("L", []int{2}, []float32{1, float32(math.NaN())}), "L: element 1 is NaN"},
		{array("L", []int{2}, []float64{math.Inf(-1), 1}), "L: element 0 is -Inf"},
		{array("", []int{2}, two), `array 0: "" is not an array name`},
		{array("../L", []int{2}, two), "is not an array name"},
		{array("/L", []int{2}, two), "is not an array name"},
		{array(".", []int{2}, two), "is not an array name"},
		{array("L.npy", []int{2}, two), "is not an array name"},
		{array("a b", []int{2}, two), "is not an array name"},
		{array(`a\b`, []int{2}, two), "is not an array name"},
		{array("é", []int{2}, two), "is not an array name"},
		{Archive{"a.npz", []measure.Array{{Name: "L", Shape: []int{2}, Data: two}, {Name: "L", Shape: []int{2}, Data: two}}}, "L: a second array"},
	} {
		if err := checkArchive(c.archive); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %s", c.archive, err, c.want)
		}
	}
}

func TestNumpyReads(t *testing.T) {
	if err := exec.Command("python3", "-c", "import numpy").Run(); err != nil {
		t.Skip("python3 with numpy is not there: ", err)
	}
	name := filepath.Join(t.TempDir(), "couplings.npz")
	if err := os.WriteFile(name, written(t, smallRun()).files["couplings.npz"].Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	const script = `import numpy, sys
z = numpy.load(sys.argv[1], allow_pickle=False)
for k in z.files: print(k, z[k].dtype.str, z[k].tolist())`
	out, err := exec.Command("python3", "-c", script, name).CombinedOutput()
	const want = "hebbian/L <f4 [[1.0, 2.0, 3.0], [-4.0, 5.0, 0.5]]\nseeds <i4 [1, -2]\n"
	if err != nil || string(out) != want {
		t.Errorf("numpy reads %q (%v), want %q", out, err, want)
	}
}
