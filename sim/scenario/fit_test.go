package scenario

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

const plain = "version: 1\nname: a\nperturbations: [rotate]\n"

// What the file leaves to the defaults fits the data; what it says stands.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		data        string
		train, test int // that there are
		wantTrain   int
		wantTest    int
	}{
		{"path: /x", 60000, 10000, 8000, 2000},
		{"path: /x", 600, 300, 600, 300},
		{"path: /x, train: 8000", 600, 300, 8000, 300},
		{"path: /x, test: 2000", 600, 300, 600, 2000},
		{"path: /x, train: 0", 600, 300, 0, 300},
		{"path: /x, judge_on: validation", 60000, 10000, 8000, 2000},
		{"path: /x, judge_on: validation", 600, 10000, 480, 120},
		{"path: /x, judge_on: validation, train: 590", 600, 300, 590, 10},
		{"path: /x, judge_on: validation, test: 300", 600, 300, 480, 300},
		{"path: /x, judge_on: validation", 1, 1, 1, 1},
		{"judge_on: validation", 10000, 2000, 8000, 2000},
		{"judge_on: validation", 10, 2, 8000, 2000},
		{"set: mnist", 10000, 2000, 8000, 2000},
	} {
		s, err := Parse("f", []byte(plain+"data: {"+c.data+"}\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		fitted := s.Fit(c.train, c.test)
		if fitted.Data.Train != c.wantTrain || fitted.Data.Test != c.wantTest {
			t.Errorf("%s of %d and %d: %d and %d, want %d and %d", c.data, c.train, c.test, fitted.Data.Train, fitted.Data.Test, c.wantTrain, c.wantTest)
		}
		for _, s := range []*Scenario{s, fitted} {
			again, err := Parse("f", s.YAML(), nil)
			if err != nil || !reflect.DeepEqual(again, s) {
				t.Errorf("%s: read back as %+v, %v", c.data, again, err)
			}
		}
	}
	s, err := Parse("f", []byte(plain), []string{"data={path: /x, test: 5}", "data.train=9"})
	if err != nil || s.Fit(1, 1).Data.Train != 9 || s.Fit(1, 1).Data.Test != 5 {
		t.Errorf("what overrides say stands: %+v, %v", s, err)
	}
}

// A path is relative to the file that it stands in, and in an override to the
// working directory.
func TestPathsAreRelativeToTheirFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"studies/base.yaml":     plain + "data: {path: ../images}\nsizes: {small: {data: {path: few}}}\n",
		"studies/in/leaf.yaml":  "version: 1\nname: leaf\nextends: ../base.yaml\n",
		"studies/in/own.yaml":   "version: 1\nname: own\nextends: ../base.yaml\ndata: {path: own}\n",
		"studies/absolute.yaml": plain + "data: {path: /images}\n",
		"studies/none.yaml":     plain + "data: {path: ''}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		file, want string
		set        []string
	}{
		{"studies/base.yaml", "images", nil},
		{"studies/base.yaml", "studies/few", []string{"size=small"}},
		{"studies/in/leaf.yaml", "images", nil},
		{"studies/in/own.yaml", "studies/in/own", nil},
		{"studies/in/own.yaml", "here", []string{"data.path=here"}},
		{"studies/none.yaml", "here", []string{"data={path: here}"}},
		{"studies/absolute.yaml", "/images", nil},
		{"studies/none.yaml", "", nil},
	} {
		s, err := Load(filepath.FromSlash(c.file), c.set)
		if err != nil {
			t.Fatal(err)
		}
		want := filepath.FromSlash(c.want)
		if want != "" && !filepath.IsAbs(want) {
			want = filepath.Join(dir, want)
		}
		if s.Data.Path != want {
			t.Errorf("%s %s: path %s, want %s", c.file, c.set, s.Data.Path, want)
		}
	}
}
