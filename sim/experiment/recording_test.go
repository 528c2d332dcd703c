package experiment

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"murmur/sim/measure"
)

// A recording is read as it was written.
func TestRecordingIsReadBack(t *testing.T) {
	want := Recording{Arm: "gha hubs=3", Source: "rotate", Moments: 30, Trajectory: "sha256:" + strings.Repeat("0a", 32), Pokes: []measure.Poke{
		{Moment: 1, Kind: measure.PokeSilence, Units: []int{0, 2}}, {Moment: 1, Kind: measure.PokeRestore, Units: []int{0}},
		{Moment: 5, Kind: measure.PokePower, Power: .5}, {Moment: 29, Kind: measure.PokePerturb, Perturbation: "rotate", Strength: 2}}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadRecording(strings.NewReader(string(text)))
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// What is no recording is refused by the key that is wrong.
func TestRecordingIsReadStrictly(t *testing.T) {
	const good = `{"arm": "a", "source": "s", "moments": 9, "pokes": [{"moment": 3, "kind": "power", "power": 1}, {"moment": 4, "kind": "silence", "units": [1]}], "trajectory": "sha256:`
	end := strings.Repeat("0", 64) + `"}`
	if _, err := ReadRecording(strings.NewReader(good + end)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{good, "", "must be a JSON object with the keys arm, moments, pokes, source, trajectory"},
		{end, end + "{}", "must be a JSON object"},
		{`"arm": "a"`, `"arm": ""`, "arm: must name an arm, and is empty"},
		{`"arm": "a"`, `"arm": null`, "arm: must be text, not null"},
		{`"arm": "a"`, `"Arm": "a"`, "Arm: no such key, there are arm, moments"},
		{`"source": "s", `, ``, "source: missing"},
		{`"source": "s"`, `"source": "s", "speed": 2`, "speed: no such key"},
		{`"moments": 9`, `"moments": 0`, "moments: must be at least 1, not 0"},
		{`"moments": 9`, `"moments": -9`, "moments: must be a whole number that is not negative, not -9"},
		{`"moments": 9`, `"moments": 1.5`, "moments: must be a whole number that is not negative, not 1.5"},
		{`sha256:`, `sha256:0`, "trajectory: must be sha256: and 64 hexadecimal digits, not"},
		{`"pokes": [`, `"pokes": [7, `, `pokes.0.kind: must be silence, restore, power or perturb, not ""`},
		{`"power": 1}`, `"power": 1, "units": [1]}`, "pokes.0.units: no such key, there are kind, moment, power"},
		{`"power": 1}`, `"power": "1"}`, `pokes.0.power: must be a number, not "1"`},
		{`, "power": 1}`, `}`, "pokes.0.power: missing"},
		{`"moment": 3`, `"moment": 0`, "pokes.0.moment: must be at least 1, as that before, and below 9, the moments of the run, not 0"},
		{`"moment": 3`, `"moment": 5`, "pokes.1.moment: must be at least 5"},
		{`"moment": 4`, `"moment": 9`, "pokes.1.moment: must be at least 3"},
		{`[1]`, `[1.5]`, "pokes.1.units: must be a list of whole numbers, not [1.5]"},
	} {
		if _, err := ReadRecording(strings.NewReader(strings.Replace(good+end, c.old, c.new, 1))); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, want %s", c.new, c.old, err, c.want)
		}
	}
	if _, err := ReadRecording(strings.NewReader(strings.Repeat(" ", maxRecording) + good + end)); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("a large one: %v", err)
	}
}
