package record

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"murmur/sim/measure"
)

// Tables as CSV and as Parquet hold the same columns in the same order and the same values; an empty field is a null.
func TestTwinsAgree(t *testing.T) {
	m := written(t, smallRun())
	for _, name := range []string{"cells", "arms", "curves"} {
		lines, err := csv.NewReader(&m.files[name+".csv"].Buffer).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		f, rows := readParquet(t, m.files[name+".parquet"].Bytes())
		var columns []string
		for _, c := range f.Schema().Columns() {
			columns = append(columns, strings.Join(c, "/"))
		}
		if !slices.Equal(columns, lines[0]) {
			t.Errorf("%s: columns %q, in CSV %q", name, columns, lines[0])
		}
		if len(rows) != len(lines)-1 || len(rows) == 0 {
			t.Fatalf("%s: %d rows, in CSV %d", name, len(rows), len(lines)-1)
		}
		for i, row := range rows {
			for c, v := range row {
				text := ""
				if !v.IsNull() {
					text = csvField(reflect.ValueOf(native(v)))
				}
				if text != lines[i+1][c] {
					t.Errorf("%s: row %d, %s: %q, in CSV %q", name, i, columns[c], text, lines[i+1][c])
				}
			}
		}
	}
}

func native(v parquet.Value) any {
	switch v.Kind() {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.Double:
		return v.Double()
	case parquet.Int64:
		return v.Int64()
	}
	return string(v.ByteArray())
}

func readParquet(t *testing.T, data []byte) (*parquet.File, []parquet.Row) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var rows []parquet.Row
	for _, g := range f.RowGroups() {
		r := g.Rows()
		buf := make([]parquet.Row, 10)
		for err == nil {
			var n int
			n, err = r.ReadRows(buf)
			for _, row := range buf[:n] {
				rows = append(rows, row.Clone())
			}
		}
		if err != io.EOF {
			t.Fatal(err)
		}
		if err = r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return f, rows
}

// Every Parquet file says what run it is of, and compresses with zstd.
func TestParquetSaysWhatItIsAbout(t *testing.T) {
	m := written(t, smallRun())
	for _, name := range []string{"cells", "arms", "curves", "outcomes"} {
		f, _ := readParquet(t, m.files[name+".parquet"].Bytes())
		for key, want := range map[string]string{"tables": Tables, "schema": measure.Schema, "murmur": "v0", "trajectory": "sha256:00",
			"scenario": string(smallRun().Scenario), "scenario_sha256": "2cfe91c50d448e97236e06839ba1db2cfae53d77cdfcd794d2cfd744ea98e173"} {
			if got, _ := f.Lookup(key); got != want {
				t.Errorf("%s: metadata %s is %q, want %q", name, key, got, want)
			}
		}
		if by := f.Metadata().CreatedBy; by != "murmur version 1(build record)" {
			t.Errorf("%s: created by %q", name, by)
		}
		for _, c := range f.Metadata().RowGroups[0].Columns {
			if codec := c.MetaData.Codec.String(); codec != "ZSTD" {
				t.Errorf("%s: codec %s", name, codec)
			}
		}
	}
}

// What is written as outcomes is read back, confidence to four digits; a run that ends before anything was decided has
// a file without rows.
func TestOutcomesRoundTrip(t *testing.T) {
	for _, want := range [][]measure.Outcomes{smallOutcomes(), nil} {
		r := smallRun()
		r.Outcomes = slices.Values(want)
		got, err := parseOutcomes(outcomesOf(t, r))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v, want %+v", got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "images")
		o := measure.Outcomes{Seed: rapid.Uint64Max(1<<53).Draw(t, "seed"), Arm: measure.ArmKey{Arm: rapid.StringMatching(`[a-z ]{1,20}`).Draw(t, "arm")},
			Cell: measure.CellKey{Perturbation: measure.Clean}}
		for i := range n {
			o.Image = append(o.Image, int32(i))
			o.Class, o.Decision = append(o.Class, rapid.Uint8().Draw(t, "class")), append(o.Decision, rapid.Uint8().Draw(t, "decision"))
			o.Right = append(o.Right, rapid.Uint8Max(1).Draw(t, "right"))
			o.Confidence = append(o.Confidence, float32(rapid.IntRange(0, 10000).Draw(t, "confidence"))/10000)
		}
		r := smallRun()
		r.Outcomes = slices.Values([]measure.Outcomes{o})
		var m memory
		if _, err := Write(&m, r); err != nil {
			t.Fatal(err)
		}
		data := m.files["outcomes.parquet"].Bytes()
		got, err := parseOutcomes(bytes.NewReader(data), int64(len(data)))
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], o) {
			t.Fatalf("read %+v, %v, want %+v", got, err, o)
		}
	})
}

func outcomesOf(t testing.TB, r Run) (*bytes.Reader, int64) {
	data := written(t, r).files["outcomes.parquet"].Bytes()
	return bytes.NewReader(data), int64(len(data))
}

// A file of a row group and more is written in several, and is small: two bytes a decision.
func TestManyOutcomes(t *testing.T) {
	const images, blocks = 2000, rowGroup/2000 + 2
	noise := uint32(1)
	random := func(n uint32) uint32 { // linear congruence; its upper bits are good enough
		noise = noise*1664525 + 1013904223
		return noise >> 8 % n
	}
	r := smallRun()
	r.Outcomes = func(yield func(measure.Outcomes) bool) {
		for b := range blocks {
			o := measure.Outcomes{Seed: 1, Arm: measure.ArmKey{Arm: "none"}, Cell: measure.CellKey{Perturbation: fmt.Sprint(b)}}
			for i := range images {
				class := uint8(i % 10)
				decision, right := class, uint8(1)
				if random(5) == 0 {
					decision, right = (class+1+uint8(random(9)))%10, 0
				}
				o.Image, o.Class = append(o.Image, int32(i)), append(o.Class, class)
				o.Decision, o.Right = append(o.Decision, decision), append(o.Right, right)
				o.Confidence = append(o.Confidence, float32(random(10000))/1e4)
			}
			if !yield(o) {
				return
			}
		}
	}
	data, size := outcomesOf(t, r)
	f, err := parquet.OpenFile(data, size)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.RowGroups()); n != 2 {
		t.Errorf("%d row groups, want 2", n)
	}
	if per := float64(size) / float64(f.NumRows()); per > 2.6 {
		t.Errorf("%.2f bytes a decision", per)
	}
	list, err := parseOutcomes(data, size)
	if err != nil || len(list) != blocks || len(list[blocks-1].Right) != images {
		t.Errorf("%d blocks, %v, want %d", len(list), err, blocks)
	}
}

// A file that is no table of outcomes is an error that names the file and the column.
func TestBadOutcomes(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, OutcomesFile)
	cells := written(t, smallRun()).files["cells.parquet"].Bytes()
	whole := written(t, smallRun()).files["outcomes.parquet"].Bytes()
	bad := smallOutcomes()[0]
	bad.Image[1] = -1
	r := smallRun()
	r.Outcomes = slices.Values([]measure.Outcomes{bad})
	negative := written(t, r).files["outcomes.parquet"].Bytes()
	for want, data := range map[string][]byte{
		"is not a Parquet file that can be read: ":       whole[:len(whole)/2],
		"column image: row 2 of its group: -1 cannot be": negative,
		"column seed: row 1 of its group: <null> cannot": cells,
	} {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadOutcomes(dir); err == nil || !strings.HasPrefix(err.Error(), "record: "+name+": "+want) {
			t.Errorf("error %v, want record: %s: %s", err, name, want)
		}
	}
}

func FuzzOutcomes(f *testing.F) {
	r, size := outcomesOf(f, smallRun())
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseOutcomes(bytes.NewReader(data), int64(len(data)))
		if err != nil && list != nil {
			t.Error("an error and outcomes")
		}
	})
}
