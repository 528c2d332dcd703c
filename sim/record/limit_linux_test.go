package record

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"murmur/sim/measure"
)

const limitVariable = "MURMUR_RECORD_TEST_FOLDER"

// TestFileSizeLimit writes a run in a child process that the kernel lets write small files only. The Go runtime takes
// SIGXFSZ and goes on, so the write returns EFBIG; nothing has to ignore the signal.
func TestFileSizeLimit(t *testing.T) {
	if dir := os.Getenv(limitVariable); dir != "" {
		writeLimited(t, dir)
		return
	}
	for _, limit := range []int{0, 100, 20_000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			parent := t.TempDir()
			child := exec.Command(os.Args[0], "-test.run=^TestFileSizeLimit$", "-test.v")
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%d:%s", limitVariable, limit, filepath.Join(parent, "a")))
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			file := map[int]string{0: "scenario.yaml", 100: "result.json", 20_000: "big.npz"}[limit]
			if want := "record: " + file + ": file too large\n"; !strings.Contains(string(out), want) {
				t.Errorf("child printed %q, want %q", out, want)
			}
			if got := entriesOf(t, parent); len(got) > 0 {
				t.Errorf("left behind %q", got)
			}
		})
	}
}

func writeLimited(t *testing.T, variable string) {
	var limit uint64
	var dir string
	if _, err := fmt.Sscanf(strings.Replace(variable, ":", " ", 1), "%d %s", &limit, &dir); err != nil {
		t.Fatal(err)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := smallRun()
	r.Arrays = []Archive{{"big.npz", []measure.Array{{Name: "big", Shape: []int{100_000}, Data: make([]float32, 100_000)}}}}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	err = write(f, r, smallManifest())
	// Lifted again for the files of go test -cover.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Fatalf("error %v, want EFBIG", err)
	}
	fmt.Println(err)
}

// fullDisk opens /dev/full for every file: the kernel's own ENOSPC.
type fullDisk struct{ osDisk }

func (fullDisk) Create(string) (file, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full: ", err)
	}
	parent := t.TempDir()
	f, err := open(filepath.Join(parent, "a"), fullDisk{})
	if err != nil {
		t.Fatal(err)
	}
	err = write(f, smallRun(), smallManifest())
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "record: scenario.yaml: no space left on device" {
		t.Errorf("error %v", err)
	}
	if got := entriesOf(t, parent); len(got) > 0 {
		t.Errorf("left behind %q", got)
	}
}
