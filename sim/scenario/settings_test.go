package scenario

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Settings are what differs from the defaults, lists as JSON; what a run is called and demands is none.
func TestSettings(t *testing.T) {
	s, err := Parse("a.yaml", []byte(`version: 1
name: a
about: words
seed: 7
seeds: 2
noise: {power: 0.25, when: both, oracle: {components: 8}}
readout: {epochs: 2}
strengths: [1, 5]
attack: {linf: [0.02, 0.05, 0.1, 0.2, 0.3], l2: [1.0]}
perturbations: [rotate]
sources:
  - {perturbation: rotate, arms: [gha hubs=16]}
thresholds:
  - {name: one, metric: clean, arm: none, limit: ">= 0"}
`), []string{"data.path=/some/folder"})
	if err != nil {
		t.Fatal(err)
	}
	var got []Setting
	for _, s := range s.Settings() {
		if s.Key != "readout.epochs" { // whose default is chosen on images
			got = append(got, s)
		}
	}
	want := []Setting{{"data.path", "/some/folder"}, {"noise.power", .25}, {"noise.oracle.components", int64(8)},
		{"sources", `[{"perturbation":"rotate","strength":5,"images":0,"arms":["gha hubs=16"]}]`},
		{"perturbations", `["rotate"]`}, {"strengths", "[1,5]"}, {"attack.l2", "[1]"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("settings %v, want %v", got, want)
	}
}

// What is written out as it is by default is no setting.
func TestDefaultsAreNoSettings(t *testing.T) {
	s, err := Parse("a.yaml", []byte("version: 1\nname: a\nperturbations: [rotate]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("b.yaml", s.YAML(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if list := again.Settings(); len(list) != 1 || list[0].Key != "perturbations" {
		t.Errorf("settings %v", list)
	}
}

// Differences are told key by key, those of lists of maps too; a key that one lacks is empty there. A text differs from
// itself in nothing, and the other way round the sides are exchanged.
func TestDifferences(t *testing.T) {
	a := "version: 1\nnoise:\n  power: 0.08\n  draws: 10\nsources:\n  - perturbation: rotate\n    arms: [oracle]\nold: 1.0\nstrengths: [1, 5]\n"
	b := "version: 1\nnoise:\n  power: 0.2\n  draws: 10\nsources:\n  - perturbation: rotate\n    arms: [oracle, \"gha hubs=4\"]\n  - perturbation: contrast\nold: 1\nstrengths: [1, 5]\n"
	got, err := Differences("a", []byte(a), "b", []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	want := []Difference{{"noise.power", "0.08", "0.2"}, {"sources.0.arms", `["oracle"]`, `["oracle","gha hubs=4"]`}, {"sources.1.perturbation", "", `"contrast"`}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("differences %v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		texts := []string{a, b, "version: 1\n", "x:\n  - [1, {y: 2}]\n"}
		x, y := rapid.SampledFrom(texts).Draw(t, "a"), rapid.SampledFrom(texts).Draw(t, "b")
		there, err := Differences("a", []byte(x), "b", []byte(y))
		if err != nil {
			t.Fatal(err)
		}
		back, err := Differences("b", []byte(y), "a", []byte(x))
		if err != nil || len(there) != len(back) || x == y && len(there) > 0 {
			t.Fatalf("%v and %v, %v", there, back, err)
		}
		for _, d := range there {
			found := false
			for _, e := range back {
				found = found || e == Difference{d.Key, d.B, d.A}
			}
			if !found {
				t.Fatalf("%v is not in %v", d, back)
			}
		}
	})
	if _, err := Differences("a", []byte(a), "b", []byte("- 1\n")); err == nil || !strings.HasPrefix(err.Error(), "b:1:1: ") {
		t.Errorf("a list: %v", err)
	}
}
