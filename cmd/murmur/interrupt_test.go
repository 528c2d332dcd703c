package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"murmur/sim/record"
	"murmur/sim/report/page"
)

// watcher is a standard error that acts as soon as a text has been written to it.
type watcher struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	then func()
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if w.then != nil && strings.Contains(w.text.String(), w.want) {
		w.then()
		w.then = nil
	}
	return len(p), nil
}

func (w *watcher) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// long is a scenario that nobody waits for: fifty seeds, the second of which is interrupted. However late a signal comes, some
// are left.
var long = []string{"--set", "seeds=50", "--set", "readout.epochs=20", "--progress", "plain"}

// TestInterrupted: 130, and what was finished is printed and kept, to be gone on with, or nothing is left.
func TestInterrupted(t *testing.T) {
	for _, tt := range []struct {
		after, says string
		kept        bool
	}{
		{"1 of 50: features", "interrupted before any arm was finished: nothing to keep", false},
		{"2 of 50: features", "interrupted: what was finished is kept, go on with murmur run --resume DIR", true},
	} {
		t.Run(tt.after, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			parent := t.TempDir()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			stderr, stdout := &watcher{want: tt.after, then: cancel}, &watcher{}
			out := filepath.Join(parent, "a")
			args := append([]string{"murmur", "run", "testdata/files/tiny.yaml", "--out", out}, long...)
			if code := run(ctx, args, stdout, stderr); code != exitInterrupted {
				t.Errorf("exit status %d, want %d: %s", code, exitInterrupted, stderr)
			}
			if want := strings.ReplaceAll(tt.says, "DIR", out); !strings.HasSuffix(stderr.String(), "murmur: "+want+"\n") {
				t.Errorf("it says %q at the end, want %q", stderr, want)
			}
			var want []string
			if tt.kept {
				want = []string{out + ".partial"}
			}
			if list := left(t, parent); !slices.Equal(list, want) {
				t.Errorf("%v is left, want %v", list, want)
			}
			if shown := strings.Contains(stdout.String(), "interrupted"); shown != tt.kept {
				t.Errorf("it prints %q", stdout)
			}
		})
	}
}

// TestSignal: the same from outside, by the signal that Ctrl-C sends, the one that ends services and the one of a terminal
// that closes; under nohup the last is none.
func TestSignal(t *testing.T) {
	for _, sent := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sent.String(), func(t *testing.T) {
			if signal.Ignored(sent) {
				t.Skip("it is ignored here, and so by what is started here")
			}
			parent := t.TempDir()
			command := exec.Command("murmur", append([]string{"run", "testdata/files/tiny.yaml", "--out", filepath.Join(parent, "a")}, long...)...)
			stderr := &watcher{want: "2 of 50: features", then: func() { command.Process.Signal(sent) }}
			command.Stderr = stderr
			command.WaitDelay = 30 * time.Second
			err := command.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
				t.Fatalf("it ended with %v, want exit status %d: %s", err, exitInterrupted, stderr)
			}
			if list := left(t, filepath.Join(parent, "a.partial", "parts")); len(list) == 0 {
				t.Error("what was finished is not kept")
			}
		})
	}
}

// TestViewInterrupted: a live run that had an end and did not reach it says so, above all if it was to be compared; one
// without an end is ended in no other way.
func TestViewInterrupted(t *testing.T) {
	recorded := t.TempDir()
	scenario, err := os.ReadFile("testdata/files/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"scenario.yaml": string(scenario), "recording.json": `{"arm": "gha hubs=2", "source": "rotate", "moments": 1000000000,
		"pokes": [], "trajectory": "sha256:` + strings.Repeat("0", 64) + `"}`} {
		if err := os.WriteFile(filepath.Join(recorded, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{recorded}, exitInterrupted, `^murmur: interrupted after [0-9]+ of 1000000000 moments: it was not compared with the recording\n$`},
		{[]string{"testdata/files/tiny.yaml", "--moments", "1000000000"}, exitInterrupted, `^murmur: interrupted after [0-9]+ of 1000000000 moments\n$`},
		{[]string{"testdata/files/tiny.yaml"}, exitOK, `^Ctrl-C ends it.\n$`},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		stdout, stderr := &watcher{want: "watch it at", then: cancel}, &watcher{}
		code := run(ctx, append([]string{"murmur", "view"}, tt.args...), stdout, stderr)
		cancel()
		if code != tt.code || !regexp.MustCompile(tt.says).MatchString(stderr.String()) || strings.Contains(stdout.String(), "bit for bit") {
			t.Errorf("%q ended with %d and %q, want %d and %s", tt.args, code, stderr, tt.code, tt.says)
		}
	}
}

// TestBrokenPage: a page that cannot be made, or not all of it, costs nothing else of the run.
func TestBrokenPage(t *testing.T) {
	defer func(f func(page.Run) ([]page.File, error)) { makePage = f }(makePage)
	makePage = func(page.Run) ([]page.File, error) {
		return []page.File{{Name: "report.html", Data: []byte("half of it")}}, errors.New("no ink")
	}
	out := filepath.Join(t.TempDir(), "a")
	var stderr bytes.Buffer
	code := run(context.Background(), []string{"murmur", "run", "testdata/files/tiny.yaml", "--out", out, "--progress", "none"}, io.Discard, &stderr)
	if code != exitBroken || stderr.String() != "murmur: the run is kept, but not all of its page could be made: no ink\n" {
		t.Errorf("exit status %d: %s", code, &stderr)
	}
	if _, err := record.ReadResult(out); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(out, "report.html")); err != nil || string(text) != "half of it" {
		t.Errorf("the page is %q, %v", text, err)
	}

	makePage = func(page.Run) ([]page.File, error) { panic("no paper") } // which ends like any other error
	out = filepath.Join(t.TempDir(), "b")
	stderr.Reset()
	code = run(context.Background(), []string{"murmur", "run", "testdata/files/tiny.yaml", "--out", out, "--progress", "none"}, io.Discard, &stderr)
	if said := stderr.String(); code != exitBroken || !strings.HasPrefix(said, "murmur: panic: no paper\n") || !strings.HasSuffix(said, ": what was finished is kept, go on with murmur run --resume "+out+"\n") {
		t.Errorf("exit status %d: %s", code, &stderr)
	}
	makePage = page.Files
	stderr.Reset()
	if code = run(context.Background(), []string{"murmur", "run", "--resume", out, "--progress", "none"}, io.Discard, &stderr); code != exitOK {
		t.Errorf("exit status %d: %s", code, &stderr)
	}
}
