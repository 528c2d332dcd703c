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

	"murmur/sim/measure"
)

const resultFile = "result.json"

// ReadResult reads and checks the result.json of a run folder. The error names the file and the field that is wrong
// and what was expected. Fields it does not know are passed over, as the schema allows for more; a field that is
// missing, null where a number must be, or of another type is an error.
func ReadResult(dir string) (*measure.Result, error) {
	name := filepath.Join(dir, resultFile)
	data, err := os.ReadFile(name)
	if _, there := os.Stat(dir); errors.Is(err, os.ErrNotExist) && there == nil {
		return nil, fmt.Errorf("record: %w", noRun(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, bare(err))
	}
	r, err := decodeResult(data)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, err)
	}
	return r, nil
}

// noRun is the error of a folder without a result.
type noRun string

func (dir noRun) Error() string    { return string(dir) + " is no run folder: it has no " + resultFile }
func (noRun) Is(target error) bool { return target == os.ErrNotExist }

func decodeResult(data []byte) (*measure.Result, error) {
	var whole json.RawMessage // the syntax of the file to its end, which a Decoder does not look at
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, locate(data, err)
	}
	tree := json.NewDecoder(bytes.NewReader(data))
	tree.UseNumber()
	var value any
	if err := tree.Decode(&value); err != nil {
		return nil, err
	}
	// The schema first: in a file of another schema no other field means anything.
	if object, ok := value.(map[string]any); ok && object["schema"] != measure.Schema {
		found, _ := json.Marshal(object["schema"])
		return nil, fmt.Errorf("schema: %s, want %q", found, measure.Schema)
	}
	if err := conform(reflect.TypeFor[measure.Result](), value, ""); err != nil {
		return nil, err
	}
	var r measure.Result
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	return &r, validate(&r)
}

// locate adds line and column to a syntax error.
func locate(data []byte, err error) error {
	e, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return err
	}
	before := data[:max(0, min(e.Offset-1, int64(len(data))))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// normalise returns a checked copy with every float rounded to six digits and every missing list an empty one: what
// goes into result.json and into the tables.
func normalise(r *measure.Result) (*measure.Result, error) {
	if r == nil {
		return nil, errors.New("there is no result")
	}
	v, err := rounded(reflect.ValueOf(*r), "")
	if err != nil {
		return nil, err
	}
	out := v.Interface().(measure.Result)
	return &out, validate(&out)
}

// roundedSeeds returns a checked copy with every float rounded as those of the result are.
func roundedSeeds(seeds []measure.SeedArms) ([]measure.SeedArms, error) {
	v, err := rounded(reflect.ValueOf(seeds), "seeds")
	if err != nil {
		return nil, err
	}
	return v.Interface().([]measure.SeedArms), nil
}

func encodeManifest(m Manifest) ([]byte, error) {
	m.Schema = ManifestSchema
	m.Started, m.Finished = m.Started.UTC(), m.Finished.UTC()
	for i, p := range m.Durations {
		if !finite(p.Seconds) {
			return nil, fmt.Errorf("durations[%d].seconds is %v", i, p.Seconds)
		}
	}
	return encodeJSON(m)
}

func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // limits such as ">= 0.8" stay readable
	err := e.Encode(v)     // ends the last line
	return buf.Bytes(), err
}

// validate checks what the types do not say.
func validate(r *measure.Result) error {
	if r.Schema != measure.Schema {
		return fmt.Errorf("schema: %q, want %q", r.Schema, measure.Schema)
	}
	for i, a := range r.Arms {
		if a.Arm == "" {
			return fmt.Errorf("arms[%d].arm: empty, want the name of the arm", i)
		}
		if err := validAccuracy(a.Clean); err != nil {
			return fmt.Errorf("arms[%d].clean: %w", i, err)
		}
		for j, c := range a.Cells {
			if c.Perturbation == "" {
				return fmt.Errorf("arms[%d].cells[%d].perturbation: empty, want the name of the perturbation", i, j)
			}
			if err := validAccuracy(c.Accuracy); err != nil {
				return fmt.Errorf("arms[%d].cells[%d].accuracy: %w", i, j, err)
			}
		}
	}
	for i, c := range r.Checks {
		switch c.Status {
		case "pass", "warn", "fail":
		default:
			return fmt.Errorf("checks[%d].status: %q, want pass, warn or fail", i, c.Status)
		}
	}
	return nil
}

func validAccuracy(e measure.Estimate) error {
	switch {
	case e.Mean < 0 || e.Mean > 1:
		return fmt.Errorf("mean: %v, want a fraction from 0 to 1", e.Mean)
	case e.Lo > e.Hi:
		return fmt.Errorf("lo: %v, want at most hi, which is %v", e.Lo, e.Hi)
	case e.Seeds < 1:
		return fmt.Errorf("seeds: %d, want at least 1", e.Seeds)
	}
	return nil
}

func finite(x float64) bool { return x-x == 0 }

// round6 gives the float nearest to x with six digits after the point, which encoding/json then prints with no more.
// Beyond 2^33 doubles are too sparse for six digits and x stays as it is.
func round6(x float64) float64 {
	if math.Abs(x) < 1<<33 {
		x = math.Round(x*1e6) / 1e6
	}
	if x == 0 {
		return 0 // not -0
	}
	return x
}
