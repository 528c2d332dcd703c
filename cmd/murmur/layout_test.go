package main

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"murmur/sim/scenario"
)

// TestLayout: imports point one way, cmd -> sim -> network -> plasticity -> neuron; in sim the ground floor knows
// nothing of networks, and who reads results knows none either; the pure core starts no goroutine and asks nothing of
// the machine.
func TestLayout(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "murmur/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rank := map[string]int{"scenarios": 0, "neuron": 0, "plasticity": 1, "network": 2, "sim": 3, "cmd": 4}
	packages := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		from, imports := fields[0], fields[1:]
		room := strings.Split(from, "/")[1]
		own, ok := rank[room]
		if !ok {
			t.Errorf("%s is in no room of the layout", from)
			continue
		}
		packages++
		for _, to := range imports {
			if rest, ours := strings.CutPrefix(to, "murmur/"); ours {
				if target := rank[strings.Split(rest, "/")[0]]; target > own {
					t.Errorf("%s imports %s, against the one direction", from, to)
				}
				if room == "sim" && strings.HasPrefix(rest, "network") && path.Base(from) != "experiment" {
					t.Errorf("%s imports %s: in sim, experiment alone knows networks", from, to)
				}
			}
			if own <= rank["plasticity"] && !strings.Contains(from, "/gen") &&
				slices.Contains([]string{"os", "time", "math/rand", "math/rand/v2", "sync", "net", "flag", "context"}, to) {
				t.Errorf("%s, of the pure core, imports %s", from, to)
			}
		}
	}
	if packages < 12 {
		t.Errorf("only %d packages were seen", packages)
	}
}

// TestSchemaIsCommitted: editors find the schema beside the scenarios. After a change: murmur schema >
// scenarios/scenario.schema.json.
func TestSchemaIsCommitted(t *testing.T) {
	committed, err := os.ReadFile("../../scenarios/scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, scenario.Schema()) {
		t.Error("scenarios/scenario.schema.json is not what murmur schema prints")
	}
}

// TestScenariosAreGood: every scenario reads, at every size that needs no files from outside.
func TestScenariosAreGood(t *testing.T) {
	files, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	for _, file := range files {
		for _, size := range []string{scenario.Small, scenario.Default} {
			if _, err := scenario.Load(file, []string{"size=" + size}); err != nil {
				t.Errorf("size %s: %v", size, err)
			}
		}
		if _, err := scenario.Load(file, []string{"size=full"}); err == nil {
			t.Errorf("%s: size full reads without the full image files", file)
		}
		if _, err := scenario.Load(file, []string{"size=full", "data.path=elsewhere"}); err != nil {
			t.Errorf("size full: %v", err)
		}
	}
}
