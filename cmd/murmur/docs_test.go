package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"murmur/sim/scenario"
)

// pages reads the pages of the repository, by their path from its top.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "scenarios/*.md", ".github/*.md"} {
		list, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: %d pages, %v", pattern, len(list), err)
		}
		for _, path := range list {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[strings.TrimPrefix(filepath.ToSlash(path), "../../")] = string(text)
		}
	}
	return texts
}

// TestReadmeIsShort: it is read in the first five minutes.
func TestReadmeIsShort(t *testing.T) {
	if n := len(strings.Fields(pages(t)["README.md"])); n > 900 {
		t.Errorf("%d words, more than 900", n)
	}
}

// TestLinksLead: what a page links to is there, and so is the heading.
func TestLinksLead(t *testing.T) {
	texts := pages(t)
	anchors := func(text string) (list []string) {
		for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
			name := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
			list = append(list, strings.ReplaceAll(name, " ", "-"))
		}
		return list
	}
	for page, text := range texts {
		for _, m := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(text, -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			to := page
			if path != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(page), path))
			}
			if _, err := os.Stat(filepath.Join("../..", to)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
			if anchor != "" && !slices.Contains(anchors(texts[to]), anchor) {
				t.Errorf("%s: %s has no heading for #%s", page, to, anchor)
			}
		}
	}
}

// TestCommandsAreKnown: every murmur command in a page is a command, and has the flags that stand behind it.
func TestCommandsAreKnown(t *testing.T) {
	app := newApp(io.Discard, io.Discard)
	code := regexp.MustCompile("(?s)```\n?(.*?)```|`([^`]+)`")
	call := regexp.MustCompile(`(?:^|[\s(])(?:\./|\./cmd/)?murmur ((?:[a-z]+)\b[^\n]*)`)
	seen := 0
	for page, text := range pages(t) {
		for _, block := range code.FindAllStringSubmatch(text, -1) {
			text := block[1] + strings.Join(strings.Fields(block[2]), " ")
			for _, m := range call.FindAllStringSubmatch(text, -1) {
				for i, part := range regexp.MustCompile(`\bmurmur `).Split(m[1], -1) {
					words := strings.Fields(part)
					command := app.Command(words[0])
					if command == nil {
						t.Errorf("%s: there is no command %s: murmur %s", page, words[0], part)
						continue
					}
					seen++
					for _, f := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(part, -1) {
						known := slices.ContainsFunc(command.Flags, func(c cli.Flag) bool { return slices.Contains(c.Names(), f[1]) })
						if !known && f[1] != "help" {
							t.Errorf("%s: %s has no flag --%s (call %d of %q)", page, words[0], f[1], i, m[1])
						}
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d commands were seen", seen)
	}
	if code := run(context.Background(), []string{"murmur", "--help"}, io.Discard, io.Discard); code != exitOK {
		t.Errorf("murmur --help ends with %d", code)
	}
}

// TestPagesKnowAll: checks, metrics and attacks that a scenario may name, and files that a run leaves, stand in the pages.
func TestPagesKnowAll(t *testing.T) {
	texts := pages(t)
	all := texts["scenarios/README.md"] + texts["scenarios/lab.md"] + texts["scenarios/data.md"]
	var schema struct {
		Properties map[string]struct {
			Items struct {
				Enum       []string
				Properties map[string]struct{ Enum []string }
			}
		}
	}
	if err := json.Unmarshal(scenario.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	checks, metrics := schema.Properties["accept"].Items.Enum, schema.Properties["thresholds"].Items.Properties["metric"].Enum
	if len(checks) < 10 || len(metrics) < 5 {
		t.Fatalf("%d checks and %d metrics", len(checks), len(metrics))
	}
	for _, name := range slices.Concat(checks, metrics) {
		if !strings.Contains(all, "`"+name+"`") {
			t.Errorf("no page says what %s is", name)
		}
	}
	script, err := os.ReadFile("testdata/script/run.txtar")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^files a (.*)$`).FindStringSubmatch(string(script))
	if list == nil {
		t.Fatal("run.txtar lists no files")
	}
	for _, name := range strings.Fields(list[1]) {
		if !strings.Contains(texts["scenarios/README.md"], "`"+name) {
			t.Errorf("scenarios/README.md does not say what %s is", name)
		}
	}
}
