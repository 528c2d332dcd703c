package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"murmur/sim/experiment"
)

var memoryFlag = &cli.StringFlag{Name: "memory", Usage: "refuse what may hold more than this `SIZE`, such as 500MB or 4GB", DefaultText: "what the machine has free"}

// hold keeps a run within the memory that was planned for it, or refuses it as affords does.
func hold(c *cli.Context, e *experiment.Experiment) error {
	if err := affords(c, e); err != nil {
		return err
	}
	// Go lets its heap grow to twice what is in use, unless a limit is near.
	if heap := e.Heap(); heap < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(heap)
	}
	return nil
}

// affords refuses an experiment that may take more memory than --memory or the machine gives.
func affords(c *cli.Context, e *experiment.Experiment) error {
	limit, whose := available(), "the machine has free"
	size := experiment.Bytes(limit)
	if text := c.String("memory"); text != "" {
		bytes, err := bytesOf(text)
		if err != nil {
			return usage("--memory: %v", err)
		}
		limit, whose, size = bytes, "--memory gives", experiment.Bytes(bytes)
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			size = text + " bytes, as it names no unit"
		}
	}
	if need := e.Memory(); need > limit {
		return usage("the run may take up to %s of memory, and %s %s: murmur plan says what for; fewer or smaller images, units, couplings or seeds take less",
			experiment.Bytes(need), whose, size)
	}
	return nil
}

// bytesOf reads a size: a number and a unit.
func bytesOf(text string) (int64, error) {
	number, scale := strings.ToLower(strings.TrimSpace(text)), 1.
	for _, unit := range []struct {
		name  string
		bytes float64
	}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}} {
		if before, ok := strings.CutSuffix(number, unit.name); ok {
			number, scale = strings.TrimSpace(before), unit.bytes
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if bytes := v * scale; err == nil && bytes >= 1 && bytes < math.MaxInt64 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("%q is no size: a number above 0 and B, KB, MB, GB or TB (or KiB, MiB, GiB, TiB), such as 4GB", text)
}

// available is what a process can still take on this machine, in bytes: what the system has free or could free, and
// what its control groups leave. Where neither is known it is everything.
func available() int64 {
	free := int64(math.MaxInt64)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "MemAvailable:" {
				if kib, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
					free = kib << 10
				}
			}
		}
	}
	group, _ := os.ReadFile("/proc/self/cgroup")
	return min(free, groupLimit("/sys/fs/cgroup", string(group)))
}

// groupLimit is what the control groups of a process allow, by the text of its /proc/self/cgroup: the smallest limit of
// its group and those above it. In a container that sees its own group alone, that is at the root.
func groupLimit(root, groups string) int64 {
	least := int64(math.MaxInt64)
	read := func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			return
		}
		if v, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil { // version 2 says max for none
			least = min(least, v)
		}
	}
	read(filepath.Join(root, "memory.max"))
	read(filepath.Join(root, "memory", "memory.limit_in_bytes"))
	for line := range strings.Lines(groups) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		base, file := root, "memory.max"
		if number != "0" {
			if !strings.Contains(","+controllers+",", ",memory,") {
				continue
			}
			base, file = filepath.Join(root, "memory"), "memory.limit_in_bytes"
		}
		for dir := filepath.Clean("/" + path); dir != "/"; dir = filepath.Dir(dir) {
			read(filepath.Join(base, dir, file))
		}
	}
	return least
}
