package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// begun starts the program in a folder.
func begun(t *testing.T, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	c := exec.Command("murmur", append(args, "--progress", "none")...)
	c.Dir, c.Stdout, c.Stderr = dir, &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &said
}

// tiny is the path of the scenario that takes a second.
func tiny(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/files/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKilled: a run that is killed at any moment, and another that goes on with it and is killed too, come to the bytes of
// one that nobody kills. MURMUR_KILLS says how many are killed.
func TestKilled(t *testing.T) {
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("MURMUR_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	args := []string{"run", tiny(t), "--set", "seeds=2"}
	start := time.Now()
	c, said := begun(t, dir, append(args, "--out", "whole")...)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	took := time.Since(start)
	random := rand.New(rand.NewPCG(1, 2))
	for killed, n := 0, 0; killed < kills; n++ {
		name := "run" + strconv.Itoa(n)
		next := append(slices.Clone(args), "--out", name)
		for again := true; again; {
			c, said = begun(t, dir, next...)
			if again = random.IntN(3) > 0; again {
				time.Sleep(time.Duration(random.Int64N(int64(took))))
				c.Process.Kill()
			}
			err := c.Wait()
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == -1 {
				killed++
			} else if err != nil {
				t.Fatalf("%q: %v: %s", next, err, said)
			} else {
				break // it was faster
			}
			if _, err := os.Stat(filepath.Join(dir, name+".partial", "begun.json")); err == nil {
				next = []string{"run", "--resume", name}
			} else if err := os.RemoveAll(filepath.Join(dir, name+".partial")); err != nil { // it had not begun
				t.Fatal(err)
			}
			again = true
		}
		if d := difference(filepath.Join(dir, "whole"), filepath.Join(dir, name)); d != "" {
			t.Errorf("%s differs: %s", name, d)
		}
		if list := left(t, filepath.Join(dir, "*.partial")); len(list) > 0 {
			t.Errorf("%v is left", list)
		}
	}
}

// TestTogether: runs started together take a name each.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	var g sync.WaitGroup
	for range 3 {
		c, said := begun(t, dir, "run", tiny(t))
		g.Go(func() {
			if err := c.Wait(); err != nil {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
	g.Wait()
	runs := filepath.Join(dir, "runs")
	want := []string{}
	for _, n := range []string{"001", "002", "003"} {
		want = append(want, filepath.Join(runs, "tiny-default-"+n))
	}
	if list := left(t, runs); !slices.Equal(list, want) {
		t.Errorf("%v is left, want %v", list, want)
	}
	for _, name := range want[1:] {
		if d := difference(want[0], name); d != "" {
			t.Errorf("%s differs: %s", name, d)
		}
	}
}
