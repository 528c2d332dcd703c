package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"murmur": main})
}

// TestScripts runs testdata/script: each shows a command from outside, in a folder of its own with the files of
// testdata/files beside it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ESC", "\x1b[31m")
			return os.CopyFS(e.WorkDir, os.DirFS("testdata/files"))
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" { // who may write everywhere
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("no condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": exitStatus,
			"files":  files,
			"fields": fields,
			"fits":   fits,
			"images": ownImages,
			"same":   same,
		},
	})
}

// exitStatus runs a program that must end with an exit status: status CODE PROGRAM ARG...
func exitStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// files holds the names in a folder, sorted, against those given: files FOLDER NAME...
func files(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	got, want := strings.Join(names, " "), strings.Join(args[1:], " ")
	if (got == want) == neg {
		ts.Fatalf("%s holds %q, want %q", args[0], got, want)
	}
}

// same holds two run folders against each other: but for the manifest they are to have the same bytes: same FOLDER FOLDER.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same FOLDER FOLDER")
	}
	if d := difference(ts.MkAbs(args[0]), ts.MkAbs(args[1])); d != "" {
		ts.Fatalf("%s and %s differ: %s", args[0], args[1], d)
	}
}

// difference says how two run folders differ but for the manifest, "" where they do not.
func difference(a, b string) string {
	read := func(dir string) (map[string]string, error) {
		files := map[string]string{}
		return files, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || name == "manifest.json" {
				return err
			}
			text, err := os.ReadFile(filepath.Join(dir, name))
			files[name] = string(text)
			return err
		})
	}
	x, errA := read(a)
	y, errB := read(b)
	if err := errors.Join(errA, errB); err != nil {
		return err.Error()
	}
	var list []string
	for name := range x {
		if text, there := y[name]; !there || text != x[name] {
			list = append(list, name)
		}
	}
	for name := range y {
		if _, there := x[name]; !there {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// fields holds values in a JSON file against those given: fields FILE PATH VALUE..., a path being keys and numbers
// between dots.
func fields(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: fields FILE PATH VALUE...")
	}
	var root any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &root))
	for i := 1; i < len(args); i += 2 {
		v := root
		for _, key := range strings.Split(args[i], ".") {
			switch w := v.(type) {
			case map[string]any:
				v = w[key]
			case []any:
				n, err := strconv.Atoi(key)
				ts.Check(err)
				if n >= len(w) {
					ts.Fatalf("%s: %s has only %d entries", args[0], args[i], len(w))
				}
				v = w[n]
			}
		}
		text, err := json.Marshal(v)
		ts.Check(err)
		if string(text) != args[i+1] {
			ts.Fatalf("%s: %s is %s, want %s", args[0], args[i], text, args[i+1])
		}
	}
}

// fits demands that a text is of no more lines and columns: fits LINES COLUMNS FILE.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fits LINES COLUMNS FILE")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	width, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[2])
	if n := strings.Count(text, "\n"); n > most {
		ts.Fatalf("%d lines", n)
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
			ts.Fatalf("%d columns: %s", n, line)
		}
	}
}

// left lists what a folder holds.
func left(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
