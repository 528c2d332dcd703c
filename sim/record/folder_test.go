package record

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entriesOf lists what is in dir, by name.
func entriesOf(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestFolderAppearsComplete(t *testing.T) {
	for _, existing := range []bool{false, true} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "runs", "a")
		if existing {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if f.Dir() != dir {
			t.Errorf("Dir() = %s, want %s", f.Dir(), dir)
		}
		if err := write(f, smallRun(), smallManifest()); err != nil {
			t.Fatal(err)
		}
		if err := f.Abort(); err != nil {
			t.Errorf("Abort after Commit: %v", err)
		}
		if got := entriesOf(t, filepath.Dir(dir)); !slices.Equal(got, []string{"a"}) {
			t.Errorf("beside the run there is %q", got)
		}
		want := written(t, smallRun())
		if got := entriesOf(t, dir); len(got) != len(want.names) { // figures is a folder of one file
			t.Errorf("files %q, want %q", got, want.names)
		}
		for name, content := range want.files {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(got) != content.String() {
				t.Errorf("%s differs (%v)", name, err)
			}
		}
		if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("second Commit: %v", err)
		}
		if _, err := f.Create("late"); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Create after Commit: %v", err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	parent := t.TempDir()
	full := filepath.Join(parent, "full")
	plain := filepath.Join(full, "plain")
	link := filepath.Join(full, "link")
	if err := errors.Join(os.Mkdir(full, 0o777), os.WriteFile(plain, []byte("precious"), 0o666), os.Symlink(t.TempDir(), link)); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"":                          "record: the run folder has no name",
		full:                        "record: " + full + ": exists and is not empty, name another folder",
		plain:                       "record: " + plain + ": exists and is not a folder",
		link:                        "record: " + link + ": exists and is not a folder",
		filepath.Join(plain, "sub"): "not a directory",
	} {
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q): %v, want %s", dir, err, want)
		}
	}
	if got := entriesOf(t, parent); !slices.Equal(got, []string{"full"}) {
		t.Errorf("left behind: %q", got)
	}
	if got := entriesOf(t, full); !slices.Equal(got, []string{"link", "plain"}) {
		t.Errorf("left behind: %q", got)
	}
}

// An empty folder that cannot be renamed, as a mount point cannot.
func TestOpenRefusesWhatCannotBeReplaced(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "mount")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := open(dir, &failingDisk{fail: "rename", failAt: -1})
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "cannot be replaced") {
		t.Errorf("error %v", err)
	}
	if got := entriesOf(t, parent); !slices.Equal(got, []string{"mount"}) {
		t.Errorf("left behind: %q", got)
	}
}

// A name is one run's from the start: another is told whether that run is alive, and may ask for the next name.
func TestOneRunTakesAName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	taken := func(alive bool, says string) {
		t.Helper()
		_, err := Open(dir)
		if e, ok := errors.AsType[*TakenError](err); !ok || e.Alive != alive || err.Error() != says {
			t.Errorf("a second run: %v, want %s", err, says)
		}
	}
	taken(true, dir+".partial: another run is writing there")
	first.letGo() // as a process that is killed
	taken(false, dir+".partial is left of a run that broke off: go on with murmur run --resume "+dir+", or remove it")
}

func TestCommitLosesNothing(t *testing.T) {
	for kind, appear := range map[string]func(dir string) error{
		"a file":   func(dir string) error { return os.WriteFile(dir, []byte("precious"), 0o666) },
		"a folder": func(dir string) error { return os.MkdirAll(filepath.Join(dir, "precious"), 0o777) },
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "a")
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := appear(dir); err != nil {
			t.Fatal(err)
		}
		err = write(f, smallRun(), smallManifest())
		if err == nil || !strings.Contains(err.Error(), dir+" is in the way, the complete run is kept as "+f.in(runDir)) {
			t.Fatalf("%s appeared: %v", kind, err)
		}
		if r, err := ReadResult(f.in(runDir)); err != nil || len(r.Arms) != 2 {
			t.Errorf("%s appeared: the run is lost: %v", kind, err)
		}
		if data, err := os.ReadFile(dir); err == nil && string(data) != "precious" {
			t.Errorf("the file in the way was changed")
		} else if _, statErr := os.Stat(filepath.Join(dir, "precious")); err != nil && statErr != nil {
			t.Errorf("the folder in the way was changed")
		}
	}
}

// Every operation on the disk fails in turn: a named error, and nothing left.
func TestEveryOperationFails(t *testing.T) {
	ops := []string{"mkdir", "sync folder", "rename"}
	for _, name := range written(t, smallRun()).names {
		name = filepath.Base(name)
		ops = append(ops, "create "+name, "sync "+name, "close "+name)
	}
	for _, op := range ops {
		parent := t.TempDir()
		f, err := open(filepath.Join(parent, "a"), &failingDisk{fail: op, failAt: -1})
		if err == nil {
			err = write(f, smallRun(), smallManifest())
		}
		if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "record: ") {
			t.Errorf("%s: error %v", op, err)
		} else if _, name, ok := strings.Cut(op, " "); ok && name != "folder" && !strings.HasSuffix(err.Error(), name+": "+errFull.Error()) {
			t.Errorf("%s: error %q does not name the file", op, err)
		}
		if got := entriesOf(t, parent); len(got) > 0 {
			t.Errorf("%s: left behind %q", op, got)
		}
	}
}

func TestFolderCannotBeRemoved(t *testing.T) {
	f, err := open(filepath.Join(t.TempDir(), "a"), &failingDisk{fail: "remove", failAt: 0})
	if err != nil {
		t.Fatal(err)
	}
	err = write(f, smallRun(), smallManifest())
	for _, want := range []string{"record: scenario.yaml: " + errFull.Error(), "record: " + f.partial + " cannot be removed"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// The run is complete and visible; only the parent was not synced.
func TestParentCannotBeSynced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	f, err := open(dir, &failingDisk{fail: "sync parent", failAt: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := write(f, smallRun(), smallManifest()); !errors.Is(err, errFull) || !strings.Contains(err.Error(), dir+" is complete") {
		t.Errorf("error %v", err)
	}
	if _, err := ReadResult(dir); err != nil {
		t.Error(err)
	}
}

// The disk is full after k bytes, for every k near the start and a stride of a prime beyond, so that every file and
// every buffer is cut at many places.
func TestEveryByteFails(t *testing.T) {
	total := 0
	for _, f := range written(t, smallRun()).files {
		total += f.Len()
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "a")
	named := map[string]bool{}
	for k := 0; k < total; k++ {
		if k > 300 || testing.Short() {
			k = min(k+30, total-1)
		}
		f, err := open(dir, &failingDisk{failAt: k})
		if err != nil {
			t.Fatal(err)
		}
		err = write(f, smallRun(), smallManifest())
		if !errors.Is(err, errFull) {
			t.Fatalf("byte %d of %d: error %v", k, total, err)
		}
		rest, ok := strings.CutPrefix(err.Error(), "record: ")
		name, cause, _ := strings.Cut(rest, ": ")
		if !ok || cause != errFull.Error() {
			t.Fatalf("byte %d: error %q", k, err)
		}
		named[name] = true
		if got := entriesOf(t, parent); len(got) > 0 {
			t.Fatalf("byte %d: left behind %q", k, got)
		}
	}
	if want := len(written(t, smallRun()).names); len(named) != want {
		t.Errorf("errors named %d files, want %d", len(named), want)
	}
	f, err := open(dir, &failingDisk{failAt: total})
	if err != nil {
		t.Fatal(err)
	}
	if err := write(f, smallRun(), smallManifest()); err != nil {
		t.Errorf("a disk that just holds the run: %v", err)
	}
}

func TestCreateKeepsToNewFiles(t *testing.T) {
	f, err := Open(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "x"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Create("x"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second Create: %v", err)
	}
	if err := errors.Join(f.Abort(), f.Abort()); err != nil {
		t.Errorf("Abort twice: %v", err)
	}
}
