package scenario

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update if that is meant):\n%s\nwant:\n%s", path, got, want)
	}
}

func TestMistakes(t *testing.T) {
	for _, name := range []string{"mistakes", "selectors", "extends/child", "extends/cycle-a", "extends/orphan", "extends/self"} {
		s, err := Load("testdata/"+name+".yaml", nil)
		var problems Errors
		if s != nil || !errors.As(err, &problems) {
			t.Fatalf("%s: got %v, %v; want Errors alone", name, s, err)
		}
		golden(t, name, filepath.ToSlash(err.Error())+"\n")
	}
}

func TestResolved(t *testing.T) {
	for _, test := range []struct {
		name, file string
		set        []string
	}{
		{"example", "example.yaml", nil},
		{"example-small", "example.yaml", []string{"noise.power=0.2", "size=small", "data.test=200", "sources.0.strength=4",
			"sources.0.arms.6=gha hubs=2", "thresholds=[]", "runtime.units_per_goroutine=auto", "x-note=1", "about="}},
		{"extends/good", "extends/good.yaml", nil},
		{"extends/good-small", "extends/good.yaml", []string{"size=small", "strengths.0=2", "strengths=[4, 5]"}},
	} {
		s, err := Load("testdata/"+test.file, test.set)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		golden(t, test.name, string(s.YAML()))
		again, err := Parse("resolved", s.YAML(), nil)
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%s: the resolved form reads as %+v, %v", test.name, again, err)
		}
	}
}

// TestAdvice: where the text is no YAML, the error says at its place what to do about it.
func TestAdvice(t *testing.T) {
	for src, want := range map[string]string{
		"data:\n\tset: mnist\n":              `bad:2:1: found character '\t' that cannot start any token: YAML is indented with spaces: put spaces in place of the tab`,
		"sources:\n  - a:b\n    c: 5\n":      `bad:2:5: unexpected key name: the key before it lacks its value: a colon needs a space after it, as in key: value`,
		"data:\n  set: mnist\n  train:100\n": `bad:3:3: non-map value is specified: a key needs a colon and a space after it, as in key: value`,
		"data:\n    set: a\n  train: 1\n":    `bad:3:3: value is not allowed in this context: keys of one map begin in the same column: indent this line as its neighbours`,
	} {
		if _, err := Parse("bad", []byte(src), nil); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", src, err, want)
		}
	}
}

// TestReplaced: what a size replaces is named by key, of maps the keys within.
func TestReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	text := "version: 1\nname: a\nperturbations: [rotate]\nseeds: 2\ndata: {train: 100, test: 50}\nsizes: {small: {seeds: 1, data: {train: 10}, noise: {draws: 2}}}\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := Replaced(path, []string{"size=small"}); !reflect.DeepEqual(got, []string{"seeds", "data.train"}) {
		t.Errorf("got %q", got)
	}
	if got := Replaced(path, nil); got != nil {
		t.Errorf("without a size %q", got)
	}
}

func TestOverrideMistakes(t *testing.T) {
	for _, test := range []struct{ set, want string }{
		{"noise.pwer=1", `--set: noise.pwer: unknown key (did you mean "power"?)`},
		{"niose.power=1", `--set: niose: unknown key (did you mean "noise"?)`},
		{"sources.1.strength=1", `--set: sources.1.strength: a list of 1 has no entry "1"; entries count from 0`},
		{"sources.x=1", `--set: sources.x: a list of 1 has no entry "x"`},
		{"name.x=1", `--set: name.x: "structured-noise" has no entry "x"`},
		{"noise.power=-1", `--set: noise.power: must be at least 0, not -1`},
		{"noise.power=.nan", `--set: noise.power: must be a number, not ".nan"`},
		{"seeds=two", `--set: seeds: must be a whole number, not "two"`},
		{"noise", `--set: "noise" must read key=value`},
		{"=1", `--set: "=1" must read key=value`},
		{"perturbations=[mnist-c-extra/forst]", `--set: perturbations.0: "mnist-c-extra/forst" is none of the 116 modifications and attacks: murmur modifications lists the former (did you mean "mnist-c-extra/frost"?)`},
		{"size=ful", `--set: size: "ful" is not one of small, default, full (did you mean "full"?)`},
		{"sizes.small.seeds=1", `--set: sizes.small.seeds: can only stand in a file`},
		{"extends=x", `--set: extends: can only stand in a file`},
		{"noise={power: [1}", `--set: noise: `},
		{"strengths={}", `--set: strengths: must be a list, not a map`},
		{"sources.0.arms.0=imprint radius=10", `--set: sources.0.arms.0: a radius of 10 reaches beyond`},
		{"strengths=[40]", `--set: strengths.0: must be at most 11, not 40: strengths are levels, 1 to 5 of most`},
		{`thresholds.0.limit=">= 20"`, `--set: thresholds.0.limit: must be from -1 to 1, not 20: gain is a fraction: 0.2 is 20 points`},
		{"version=2", `--set: version: must be 1, not 2`},
	} {
		_, err := Load("testdata/example.yaml", []string{test.set})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("--set %s: got %v, want %s", test.set, err, test.want)
		}
	}
}

func TestSizes(t *testing.T) {
	const head = "version: 1\nname: a\nperturbations: [rotate]\n"
	for _, test := range []struct {
		text string
		set  []string
		want string // the beginning of the error; empty for none
	}{
		{head, nil, ""},
		{head, []string{"size=default"}, ""},
		{head, []string{"size=small"}, "--set: size: the file has the size default alone"},
		{head + "size: small\n", nil, ""},
		{head + "size: small\n", []string{"size=default"}, "--set: size: the file has the size small alone"},
		{head + "size: small\nsizes: {full: {}}\n", nil, "f:4:7: size: sizes has no small"},
		{head + "sizes: {full: {}}\n", []string{"size=full"}, ""},
		{head + "sizes: {full: {seeds: 2}}\n", []string{"size=full", "seeds=4", "seeds=5"}, ""},
		{head + "sizes: {full: {seeds: 0}}\n", nil, "f:4:23: sizes.full.seeds: must be at least 1, not 0"},
	} {
		s, err := Parse("f", []byte(test.text), test.set)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("%q %q: got %v, want %s", test.text, test.set, err, test.want)
		}
		if len(test.set) == 3 && s.Seeds != 5 {
			t.Errorf("overrides must win over the overlay, the last over the first; got %d", s.Seeds)
		}
	}
}

func TestTraps(t *testing.T) {
	const head = "version: 1\nname: a\nperturbations: [rotate]\n"
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "f: is empty"},
		{"comment", "# nothing\n", "f: is empty"},
		{"list", "- 1\n", "f:1:1: a scenario is a map, not a list"},
		{"scalar", "hello", `f:1:1: a scenario is a map, not "hello"`},
		{"null", "~", "f:1:1: a scenario is a map, not nothing"},
		{"tab", "data:\n\ttrain: 1\n", "f:2:1: found character '\\t'"},
		{"open", "data: {train: 1", "f:1:"},
		{"documents", head + "---\na: 1\n", "f: holds more than one document"},
		{"latin1", "name: caf\xe9\n", "f: is not UTF-8 text"},
		{"tag", head + "about: !!str 1\n", "f:4:8: tags are not used in a scenario"},
		{"alias", head + "about: *x\n", `f:4:8: no anchor "x" above`},
		{"cycle", head + "x-a: &x [*x]\n", `f:4:10: no anchor "x" above`},
		{"key", head + "? [a]\n: 1\n", "f:5:1: "},
		{"duplicate", head + "name: b\n", `f:4:1: the key "name" is already on line 2`},
		{"merge", head + "<<: 3\n", "f:4:5: a merge key << needs maps, not 3"},
		{"missing", "perturbations: [rotate]\n", "f:1:1: name: missing\nf:1:1: version: missing"},
		{"nothing", "version: 1\nname: a\n", "f:1:1: perturbations: nothing is measured"},
		{"null map", head + "noise:\n", "f:4:1: noise: must be a map, not nothing"},
		{"extends", head + "extends: b.yaml\n", "f:4:10: extends: only a file can extend another"},
		{"large", head + "#" + strings.Repeat("x", maxBytes), "f: is larger than 1048576 bytes"},
		{"control", head + "\"a\\n\\e[1m\": 1\n", `f:4:1: a\n\x1b[1m: unknown key`},
		{"number", head + "seed: 99999999999999999999\n", "f:4:7: seed: must be at most 9007199254740991"},
		{"infinite", head + "noise: {power: 1e999}\n", `f:4:16: noise.power: must be a number, not "1e999"`},
		{"hubs", head + "sheet: {columns: 2, units: 2}\nsources: [{perturbation: rotate, arms: [gha hubs=9]}]\n", "f:5:41: sources.0.arms.0: 9 hubs are more than the 8 units"},
		{"field", head + "sheet: {field: 29}\n", "f:4:16: sheet.field: a field of 29 pixels is larger than the picture of 28 x 28"},
		{"lanes", head + "lanes: {learn: 4097}\n", "f:4:16: lanes.learn: must be at most 4096, not 4097"},
		{"test images", head + "data: {test: 2001}\n", "f:4:14: data.test: the embedded fashion-mnist has 2000 test images, not 2001"},
		{"strengths lacked", "version: 1\nname: a\nperturbations: [rotate, mnist-c/shear, mnist-c, pgd-linf, paper]\nstrengths: [2, 11]\n",
			"f:3:25: perturbations.1: mnist-c/shear has the strength 1 alone, and strengths begins at 2\nf:3:40: perturbations.2: mnist-c has the strength 1 alone, and strengths begins at 2"},
		{"strengths beyond", "version: 1\nname: a\nperturbations: [rotate, paper]\nstrengths: [6]\n", "f:3:17: perturbations.0: rotate has strengths 1 to 5, and strengths begins at 6"},
		{"epsilons", head + "attack: {linf: []}\n", "f:4:16: attack.linf: must have at least 1 entry"},
		{"layer", head + "sheet: {second: {columns: 2}}\nsources: [{perturbation: rotate, arms: [oracle layer=2, oracle layer=1]}]\n", ""},
		{"fine", head, ""},
		{"mark", "\ufeff" + head, ""},
		{"returns", strings.ReplaceAll(head, "\n", "\r\n"), ""},
		{"numbers", head + "seed: 010\nnoise: {power: 1e-3}\nseeds: 2.0\nreadout: {epochs: 0x10}\n", ""},
		{"aliases", head + "x-d: &d {train: 5, test: 6}\ndata:\n  <<: *d\n  test: 7\n", ""},
	} {
		s, err := Parse("f", []byte(test.text), nil)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
			continue
		}
		switch test.name {
		case "numbers":
			if s.Seed != 10 || s.Noise.Power != 1e-3 || s.Seeds != 2 || s.Readout.Epochs != 16 {
				t.Errorf("numbers: got %+v", s)
			}
		case "aliases":
			if s.Data.Train != 5 || s.Data.Test != 7 {
				t.Errorf("aliases: got %+v", s.Data)
			}
		}
	}
}

// TestBombs feeds texts that are cheap to write and dear to read. One that went off would run into the time limit of tests.
func TestBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n")
	for i := byte('1'); i <= '9'; i++ {
		laughs.WriteString("x-" + string(i) + ": &a" + string(i) + " [" + strings.Repeat("*a"+string(i-1)+", ", 8) + "*a" + string(i-1) + "]\n")
	}
	texts := []string{laughs.String(), strings.Repeat("|\n", maxBytes/2), strings.Repeat("[", maxBytes)}
	for _, part := range []string{"[", "{a: ", "- ", "? ", "a: &b ", "!a ", "{", "a: 1\n", "'", "x", " ", "\n", "#", "<<: *a\n", "*a ", "|\n", "\"\\n"} {
		texts = append(texts, strings.Repeat(part, maxTokens/8), strings.Repeat(part, maxDepth+10))
	}
	for _, text := range texts {
		if _, err := Parse("f", []byte(text), nil); err == nil {
			t.Errorf("%.20q...: no error", text)
		}
	}
}

func TestCheckPicture(t *testing.T) {
	s, err := Load("testdata/example.yaml", []string{"data.path=/somewhere", "data.set=my own", "data.train=60000", "sheet.field=40"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		width, height int
		classes       []string
		want          string
	}{
		{64, 49, []string{"a", "b"}, ""},
		{64, 48, []string{"a", "b"}, "sheet.columns: at most 9 columns fit a picture of 64 x 48 with fields of 40 pixels, not 10"},
		{39, 64, []string{"a"}, "sheet.field: a field of 40 pixels is larger than the picture of 39 x 64\ndata: at least 2 classes are needed, not 1"},
	} {
		err := s.CheckPicture(test.width, test.height, test.classes)
		if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("%+v: got %v", test, err)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for _, path := range []string{"testdata/none.yaml", "testdata"} {
		_, err := Load(path, nil)
		if err == nil || !strings.HasPrefix(err.Error(), path+": cannot be read: ") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}
