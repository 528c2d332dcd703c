package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"murmur/sim/measure"
)

// Recording is what came of a live run: enough to repeat it.
type Recording struct {
	Arm        string         `json:"arm"`
	Source     string         `json:"source"`
	Moments    uint64         `json:"moments"`
	Pokes      []measure.Poke `json:"pokes"`
	Trajectory string         `json:"trajectory"`
}

// maxRecording is the largest recording that is read, in bytes: many thousand pokes of whole sheets.
const maxRecording = 64 << 20

var sha256Text = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ReadRecording reads a recording, which has all of its keys and no others: what is lived again in another way than it
// was meant to be proves nothing. The error names the key and what was expected.
func ReadRecording(r io.Reader) (*Recording, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxRecording+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxRecording {
		return nil, fmt.Errorf("larger than %d MiB, which no recording is", maxRecording>>20)
	}
	var c Recording
	var pokes []json.RawMessage
	if err := object(text, "", map[string]any{"arm": &c.Arm, "source": &c.Source, "moments": &c.Moments, "pokes": &pokes, "trajectory": &c.Trajectory}); err != nil {
		return nil, err
	}
	switch {
	case c.Arm == "":
		return nil, errors.New("arm: must name an arm, and is empty")
	case c.Moments == 0:
		return nil, errors.New("moments: must be at least 1, not 0")
	case !sha256Text.MatchString(c.Trajectory):
		return nil, fmt.Errorf("trajectory: must be sha256: and 64 hexadecimal digits, not %q", c.Trajectory)
	}
	c.Pokes = make([]measure.Poke, len(pokes))
	last := uint64(1)
	for i, text := range pokes {
		path := fmt.Sprintf("pokes.%d.", i)
		p := &c.Pokes[i]
		if err := readPoke(text, path, p); err != nil {
			return nil, err
		}
		if p.Moment < last || p.Moment >= c.Moments {
			return nil, fmt.Errorf("%smoment: must be at least %d, as that before, and below %d, the moments of the run, not %d", path, last, c.Moments, p.Moment)
		}
		last = p.Moment
	}
	return &c, nil
}

// readPoke reads a poke, which has the keys of its kind.
func readPoke(text []byte, path string, p *measure.Poke) error {
	var of struct{ Kind string }
	json.Unmarshal(text, &of) // what is wrong with it is said below
	places := map[string]any{"moment": &p.Moment, "kind": &p.Kind}
	switch of.Kind {
	case measure.PokeSilence, measure.PokeRestore:
		places["units"] = &p.Units
	case measure.PokePower:
		places["power"] = &p.Power
	case measure.PokePerturb:
		places["perturbation"], places["strength"] = &p.Perturbation, &p.Strength
	default:
		return fmt.Errorf("%skind: must be silence, restore, power or perturb, not %q", path, of.Kind)
	}
	return object(text, path, places)
}

// object reads a JSON object that has these keys and no others, each into its place.
func object(text []byte, path string, places map[string]any) error {
	keys := strings.Join(slices.Sorted(maps.Keys(places)), ", ")
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil || parts == nil {
		return fmt.Errorf("%smust be a JSON object with the keys %s", path, keys)
	}
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		if places[key] == nil {
			return fmt.Errorf("%s%s: no such key, there are %s", path, key, keys)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(places)) {
		part, ok := parts[key]
		if !ok {
			return fmt.Errorf("%s%s: missing", path, key)
		}
		if err := json.Unmarshal(part, places[key]); err != nil || string(part) == "null" {
			return fmt.Errorf("%s%s: must be %s, not %.40s", path, key, meant(places[key]), part)
		}
	}
	return nil
}

// meant says what a place takes.
func meant(place any) string {
	switch place.(type) {
	case *string:
		return "text"
	case *uint64:
		return "a whole number that is not negative"
	case *int:
		return "a whole number"
	case *float64:
		return "a number"
	case *[]int:
		return "a list of whole numbers"
	}
	return "a list"
}
