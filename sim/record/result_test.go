package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"murmur/sim/measure"
)

func TestReadResult(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(f, smallRun(), smallManifest()); err != nil {
		t.Fatal(err)
	}
	got, err := ReadResult(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := normalise(smallResult())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" { // a list of nothing is read as an empty one
		t.Error(d)
	}
}

// filled gives v, whatever it is made of, values that differ from one another and from 0.
func filled(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *measure.Estimate:
		*x = measure.Estimate{Mean: float64(50000+*n) / 1e5, Lo: .25, Hi: .75, Seeds: *n}
		return
	case *measure.Check:
		*x = measure.Check{Name: fmt.Sprint("check", *n), Status: "fail", Detail: "detail", Accepted: true}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			filled(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			filled(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), n)
	case reflect.String:
		v.SetString(fmt.Sprint("word", *n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + .125)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(v.Kind().String())
	}
}

// TestEveryFieldIsKept: whatever a result may hold is written and read again, to the same bytes.
func TestEveryFieldIsKept(t *testing.T) {
	var r measure.Result
	n := 0
	filled(reflect.ValueOf(&r).Elem(), &n)
	r.Schema = measure.Schema
	text := encoded(t, &r)
	got, err := decodeResult(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&r, got); d != "" {
		t.Error(d)
	}
	if again := encoded(t, got); !bytes.Equal(text, again) {
		t.Error("written again it has other bytes")
	}
	// A number that is not finite is found wherever it is.
	for _, tt := range []struct {
		spoil func(r *measure.Result)
		field string
	}{
		{func(r *measure.Result) { r.Summary.Transfer[1].Gains[0][1].Lo = math.NaN() }, "summary.transfer[1].gains[0][1].lo"},
		{func(r *measure.Result) { r.Summary.Covariances[0].Spectrum[1] = math.Inf(1) }, "summary.covariances[0].spectrum[1]"},
		{func(r *measure.Result) { *r.Arms[1].Cells[0].Distance.Median = math.NaN() }, "arms[1].cells[0].distance.median"},
		{func(r *measure.Result) { r.Arms[0].Certificates[1].Points[1].Accuracy = math.NaN() }, "arms[0].certificates[1].points[1].accuracy"},
		{func(r *measure.Result) { r.Summary.Paper.Rows[1].Cells[1].Here.Hi = math.Inf(-1) }, "summary.paper.rows[1].cells[1].here.hi"},
	} {
		spoiled, err := decodeResult(text)
		if err != nil {
			t.Fatal(err)
		}
		tt.spoil(spoiled)
		if _, err := normalise(spoiled); err == nil || !strings.Contains(err.Error(), tt.field) {
			t.Errorf("error %v, want one that names %s", err, tt.field)
		}
	}
}

func TestReadResultNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "result.json")
	if _, err := ReadResult(dir); err == nil || err.Error() != "record: "+dir+" is no run folder: it has no result.json" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(name, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadResult(dir); err == nil || err.Error() != "record: "+name+`: schema: null, want "murmur.result/1"` {
		t.Errorf("error %v", err)
	}
}

func TestDecodeResult(t *testing.T) {
	good := written(t, smallRun()).files["result.json"].String()
	for _, c := range []struct{ old, new, want string }{
		{good, "", "line 1, column 1: unexpected end"},
		{good, "[]", "the file: [], want an object"},
		{good, "null", "the file: null, want an object"},
		{"result/1", "result/2", `schema: "murmur.result/2", want "murmur.result/1"`},
		{`"size"`, `size`, "line 4, column 3: invalid character 's'"},
		{"\n}\n", "\n}\n{}", "invalid character '{' after top-level value"},
		{`"seed": 9223372036854775809`, `"seed": -1`, "seed: -1, want a whole number, 0 or more"},
		{`"units": 12`, `"units": 1.5`, "network.units: 1.5, want a whole number"},
		{`"units": 12`, `"units": "12"`, `network.units: "12", want a whole number`},
		{`"units": 12,`, ``, "network.units: missing"},
		{`"scenario"`, `"scene"`, "scenario: missing"},
		{`"mean": 0.79,`, `"mean": null,`, "arms[1].clean.mean: null, want a number"},
		{`"mean": 0.79,`, `"mean": 1e999,`, "1e999"},
		{`"mean": 0.79,`, `"mean": 79,`, "arms[1].clean: mean: 79, want a fraction"},
		{`"pass": true`, `"pass": 1`, "thresholds[0].pass: 1, want true or false"},
		{`"cells": []`, `"cells": null`, "arms[0].cells: null, want a list"},
		{`"variant": "hubs=16"`, `"variant": null`, "arms[1].variant: null, want a string"},
		{`"status": "pass"`, `"status": "maybe"`, `checks[0].status: "maybe", want pass, warn or fail`},
		{`"noise_couplings": 17000`, `"noise_couplings": [1]`, "arms[1].noise_couplings: [1], want a whole number"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("the result has no %q", c.old)
		}
		if _, err := decodeResult([]byte(strings.Replace(good, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q for %.40q: error %v, want %s", c.new, c.old, err, c.want)
		}
	}
	for _, c := range []struct{ old, new string }{
		{`"size"`, `"added_later": {"x": null}, "size"`}, // more names may be added
		{`"noise_couplings": 17000`, `"noise_couplings": null`},
		{`"alignment": 0.981235,`, ``}, // a missing number may be left out
	} {
		if _, err := decodeResult([]byte(strings.Replace(good, c.old, c.new, 1))); err != nil {
			t.Errorf("%q for %q: %v", c.new, c.old, err)
		}
	}
}

func TestRound6(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{1.0 / 3, 0.333333}, {0.0000005, 0.000001}, {-0.0000004, 0}, {math.Copysign(0, -1), 0}, {40, 40},
		{0.1 + 0.2, 0.3}, {-2.5000005, -2.500001}, {1e300, 1e300}, {1<<33 + 0.1, 1<<33 + 0.1},
	} {
		if got := round6(c.x); got != c.want || math.Signbit(got) != math.Signbit(c.want) {
			t.Errorf("round6(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	short := regexp.MustCompile(`^-?[0-9]+(\.[0-9]{1,6})?$`)
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1<<33+1, 1<<33-1).Draw(t, "x")
		got := round6(x)
		text, err := json.Marshal(got)
		if err != nil || !short.Match(text) {
			t.Fatalf("%v is printed as %s (%v)", x, text, err)
		}
		if math.Abs(got-x) > 0.5000001e-6+math.Abs(x)*1e-15 {
			t.Fatalf("round6(%v) = %v", x, got)
		}
		if again := round6(got); again != got {
			t.Fatalf("rounded twice %v becomes %v", got, again)
		}
	})
}

// What is read without an error can be written and read again, to the same bytes.
func FuzzDecodeResult(f *testing.F) {
	f.Add(written(f, smallRun()).files["result.json"].Bytes())
	f.Add([]byte(`{"schema": "murmur.result/1"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeResult(data)
		if err != nil {
			return
		}
		first := encoded(t, r)
		again, err := decodeResult(first)
		if err != nil {
			t.Fatal(err)
		}
		if second := encoded(t, again); !bytes.Equal(first, second) {
			t.Fatalf("first %s, then %s", first, second)
		}
	})
}

func encoded(t testing.TB, r *measure.Result) []byte {
	t.Helper()
	r, err := normalise(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := encodeJSON(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A result that was written before the names that were added since is read: nothing was taken away, and what was added
// may be missing.
func TestResultOfTheFirstForm(t *testing.T) {
	data, err := os.ReadFile("testdata/result-first.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := decodeResult(data)
	if err != nil {
		t.Fatal(err)
	}
	if name := r.Arms[1].Spelling(); name != "gha hubs=16" {
		t.Errorf("the second arm is %q", name)
	}
}
