package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"murmur/scenarios"
)

// TestOwn: murmur's own scenarios are known by name from anywhere; a file of exactly that name comes first; extends knows
// both.
func TestOwn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	file := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	seeds := func(path string) int {
		t.Helper()
		s, err := Load(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Seeds
	}
	for _, name := range scenarios.Names() {
		if s, err := Load(name, []string{"size=small"}); err != nil || s.Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := seeds("structured-noise"); n != 3 {
		t.Errorf("%d seeds", n)
	}
	if err := os.Mkdir("layers", 0o777); err != nil { // such as the folder of a run
		t.Fatal(err)
	}
	if _, err := Load("layers", nil); err != nil {
		t.Error(err)
	}
	if err := os.Mkdir("sub", 0o777); err != nil {
		t.Fatal(err)
	}
	file("sub/child.yaml", "version: 1\nname: child\nextends: structured-noise\n")
	if n := seeds("sub/child.yaml"); n != 3 {
		t.Errorf("the child has %d seeds", n)
	}
	file("structured-noise.yaml", "version: 1\nname: other\nperturbations: [rotate]\nseeds: 5\n")
	if n := seeds("structured-noise"); n != 3 {
		t.Errorf("structured-noise.yaml is not structured-noise, but has its %d seeds", n)
	}
	file("structured-noise", "version: 1\nname: other\nperturbations: [rotate]\nseeds: 7\n")
	if n := seeds("structured-noise"); n != 7 {
		t.Errorf("%d seeds, not those of the file", n)
	}
	file("sub/structured-noise", "version: 1\nname: other\nperturbations: [rotate]\nseeds: 9\n")
	if n := seeds("sub/child.yaml"); n != 9 {
		t.Errorf("the child has %d seeds, not those of the file beside it", n)
	}
	for path, want := range map[string]string{
		"structured-nois":       `structured-nois: cannot be read: no such file or directory (did you mean "structured-noise"?)`,
		"layer.yaml":            `layer.yaml: cannot be read: no such file or directory (did you mean "layers"?)`,
		"sub/layers":            `sub/layers: cannot be read: no such file or directory`,
		"../structured-noise":   `../structured-noise: cannot be read: no such file or directory`,
		"sub/../no/layers.yaml": `sub/../no/layers.yaml: cannot be read: no such file or directory`,
	} {
		if _, err := Load(path, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestStarter: what a scenario begins with reads, says what the original says at both sizes, and has a comment above every
// key.
func TestStarter(t *testing.T) {
	for _, name := range scenarios.Names() {
		text, err := Starter("mine", name)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []string{Small, Default} {
			got, err := Parse("mine.yaml", text, []string{"size=" + size})
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			want, err := Load(name, []string{"size=" + size})
			if err != nil {
				t.Fatal(err)
			}
			want.Name, want.About = "mine", ""
			if string(got.YAML()) != string(want.YAML()) {
				t.Errorf("%s, size %s: it says\n%s\nand the original\n%s", name, size, got.YAML(), want.YAML())
			}
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if key, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(lines[i-1], "# ") {
				t.Errorf("%s: no comment above %s", name, key)
			}
			if len(line) > 120 && strings.HasPrefix(strings.TrimSpace(line), "#") {
				t.Errorf("%s: a long line: %s", name, line)
			}
		}
	}
	for _, bad := range []string{"", "a b", "../x", "-x", strings.Repeat("a", 101), "a\x1b"} {
		if _, err := Starter(bad, "structured-noise"); err == nil || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%q is taken for a name: %v", bad, err)
		}
	}
	if _, err := Starter("mine", "structured-nois"); err == nil || !strings.Contains(err.Error(), `did you mean "structured-noise"`) {
		t.Error(err)
	}
}
