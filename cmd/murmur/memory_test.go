package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"murmur/sim/experiment"
)

// sized is a scenario that computes little, whatever it holds.
const sized = `
version: 1
name: sized
seeds: 1
data: {set: mnist, train: 64, test: 32}
sheet: {columns: 4, units: 8}
features: {epochs: 1}
noise: {draws: 2, imprint: {passes: 1}, gha: {passes: 1}}
readout: {epochs: 1}
sources: [{perturbation: rotate, strength: 5, arms: [diagonal, oracle]}]
perturbations: [rotate]
strengths: [5]
`

// TestMemoryIsAnUpperBound: a run holds at most what its plan says, and no less than 1/1.3 of it, whether pictures,
// couplings, hubs or next to nothing take it.
func TestMemoryIsAnUpperBound(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the peak of a process is read from /proc")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "sized.yaml")
	if err := os.WriteFile(file, []byte(sized), 0o666); err != nil {
		t.Fatal(err)
	}
	const large = 160
	if err := writeLarge(dir, large, 200, 32); err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string][]string{
		"next to nothing": nil,
		"large pictures":  {"data={set: own, path: " + dir + ", train: 0, test: 0}"},
		"all couplings":   {"sheet={columns: 8, units: 24}", "sources.0.arms=[imprint radius=all, oracle]"},
		"hubs":            {"sheet={columns: 6, units: 16}", "sources.0.arms=[gha hubs=24, gha hubs=32]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{file}
			for _, s := range set {
				args = append(args, "--set", s)
			}
			text, err := exec.Command("murmur", append([]string{"plan"}, args...)...).Output()
			if err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			planned := 0.
			if m := regexp.MustCompile(`(?m)^memory +at most ([0-9.]+) (MB|GB)`).FindSubmatch(text); m != nil {
				planned, _ = strconv.ParseFloat(string(m[1]), 64)
				planned *= map[string]float64{"MB": 1e6, "GB": 1e9}[string(m[2])]
			}
			peak := peakOf(t, exec.Command("murmur", append([]string{"run", "--progress", "none", "--out", filepath.Join(t.TempDir(), "out")}, args...)...))
			t.Logf("planned %.0f MB, peak %.0f MB: %.2f", planned/1e6, peak/1e6, planned/peak)
			if !(peak <= planned && planned <= 1.3*peak) {
				t.Errorf("the plan says at most %.0f MB, and the run takes %.0f MB:\n%s", planned/1e6, peak/1e6, text)
			}
		})
	}
}

// peakOf runs a program and returns the most memory that it had resident, in bytes. (What the system says of a child
// that ended is no less than its parent had when it began.)
func peakOf(t *testing.T, c *exec.Cmd) (most float64) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	high := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB`)
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return most
		case <-time.After(2 * time.Millisecond):
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
			if m := high.FindSubmatch(text); err == nil && m != nil {
				kib, _ := strconv.ParseFloat(string(m[1]), 64)
				most = max(most, 1024*kib)
			}
		}
	}
}

// writeLarge writes IDX files of pictures of side x side pixels, each class a square in a place of its own.
func writeLarge(dir string, side, train, test int) error {
	for name, n := range map[string]int{"train": train, "t10k": test} {
		images := []byte{0, 0, 8, 3, 0, 0, 0, byte(n), 0, 0, 0, byte(side), 0, 0, 0, byte(side)}
		labels := []byte{0, 0, 8, 1, 0, 0, 0, byte(n)}
		for i := range n {
			labels = append(labels, byte(i%4))
			for p := range side * side {
				v := byte(p * (i + 7) % 61)
				if p%side*2/side == i%2 && p/side*2/side == i/2%2 {
					v += 180
				}
				images = append(images, v)
			}
		}
		for file, text := range map[string][]byte{"-images-idx3-ubyte": images, "-labels-idx1-ubyte": labels} {
			if err := os.WriteFile(filepath.Join(dir, name+file), text, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestRefusedMemory: what may exceed --memory, or is no size, ends with status 2 before anything is written.
func TestRefusedMemory(t *testing.T) {
	dir := t.TempDir()
	file, out := filepath.Join(dir, "sized.yaml"), filepath.Join(dir, "out")
	if err := os.WriteFile(file, []byte(sized), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", file, "--out", out, "--memory", "64MB"}, "murmur: the run may take up to "},
		{[]string{"plan", file, "--memory", "64MB"}, "and --memory gives 64 MB: "},
		{[]string{"run", file, "--out", out, "--memory", "lots"}, `--memory: "lots" is no size: a number above 0 and B, KB, MB, GB or TB`},
		{[]string{"run", file, "--out", out, "--set", "sheet={columns: 21, units: 2000}", "--set", "sources.0.arms=[imprint radius=all]"}, "and the machine has free "},
	} {
		var stderr strings.Builder
		cmd := exec.Command("murmur", c.args...)
		cmd.Stderr = &stderr
		err := cmd.Run()
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%q: %v, %q, want %q", c.args, err, stderr.String(), c.want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: wrote %s", c.args, out)
		}
	}
}

func TestBytesOf(t *testing.T) {
	for text, want := range map[string]int64{
		"4GB": 4e9, "4 gb": 4e9, "512MiB": 512 << 20, "1.5GB": 15e8, "1000": 1000, "7b": 7, "2TB": 2e12,
		"": 0, "GB": 0, "-1GB": 0, "0": 0, "1e30": 0, "NaN": 0, "4 G B": 0, "4XB": 0, "inf": 0,
	} {
		got, err := bytesOf(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v, want %d", text, got, err, want)
		}
	}
	for n, want := range map[int64]string{1: "1 MB", 998_000_001: "999 MB", 999_000_001: "1.00 GB", 2_341_000_000: "2.35 GB", 123_400_000_000: "124 GB"} {
		if got := experiment.Bytes(n); got != want {
			t.Errorf("%d bytes are %s, want %s", n, got, want)
		}
	}
}

// TestGroupLimit: the least limit of a control group and those above it counts, of either version.
func TestGroupLimit(t *testing.T) {
	root := t.TempDir()
	for file, text := range map[string]string{
		"a/memory.max": "5000\n", "a/b/memory.max": "max\n", "a/b/c/memory.max": "7000\n",
		"memory/x/memory.limit_in_bytes": "900\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for groups, want := range map[string]int64{
		"0::/a/b/c\n": 5000, "0::/\n": math.MaxInt64, "": math.MaxInt64, "0::/z\n": math.MaxInt64,
		"3:cpu,memory:/x/y\n2:cpu:/x\n": 900, "3:cpu:/x\n": math.MaxInt64, "0::/a/b/c\n3:memory:/x\n": 900,
	} {
		if got := groupLimit(root, groups); got != want {
			t.Errorf("%q: %d, want %d", groups, got, want)
		}
	}
}
