package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// settings draws changes of the tiny scenario, most of which make a valid one.
var settings = rapid.Custom(func(t *rapid.T) []string {
	var list []string
	set := func(key string, value any) { list = append(list, "--set", key+"="+yamlOf(value)) }
	n := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	one := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	some := func(name string, of ...string) string {
		return "[" + strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, len(of), rapid.ID[string]).Draw(t, name), ", ") + "]"
	}
	set("seeds", n("seeds", 1, 2))
	set("seed", n("seed", 0, 1000))
	set("thresholds", "[]")
	set("data", "{set: "+one("set", "mnist", "fashion-mnist")+", train: "+yamlOf(n("train", 2, 80))+", test: "+yamlOf(n("test", 1, 30))+
		", judge_on: "+one("judged", "test", "test", "validation")+"}")
	set("lanes", "{learn: "+yamlOf(n("learn", 1, 40))+", probe: "+yamlOf(n("probe", 1, 60))+"}")
	set("sheet.columns", n("columns", 1, 4))
	set("sheet.units", n("units", 1, 4))
	set("sheet.field", n("field", 4, 12))
	set("noise.power", one("power", "0", "0.001", "0.1", "30"))
	set("noise.draws", n("draws", 1, 3))
	set("noise.when", one("when", "both", "learning", "testing"))
	set("noise.oracle.components", n("components", 1, 6))
	set("readout.epochs", n("epochs", 1, 2))
	set("readout.decision", one("decision", "mean", "sum-of-logits", "vote"))
	set("measured", one("measured", "everywhere", "matched"))
	set("sources", "[{perturbation: "+one("source", "rotate", "contrast", "mnist-c/fog", "pgd-linf", "cifar-c/saturate")+", strength: 1, arms: "+
		some("arms", "identity", "diagonal", "imprint radius=1", "imprint radius=all", "gha hubs=1", "gha hubs=3", "oracle", "shuffled")+"}]")
	set("perturbations", some("perturbations", "rotate", "contrast", "mnist-c/fog", "brightness", "pgd-linf", "fgsm-linf"))
	set("strengths", one("strengths", "[1]", "[1]", "[1, 4]"))
	set("attack.arms", one("attacked", "[]", "[none]"))
	set("attack.images", n("images", 1, 5))
	return list
})

func yamlOf(v any) string {
	if n, ok := v.(int); ok {
		return strconv.Itoa(n)
	}
	return v.(string)
}

// TestAnyScenario: whatever a valid scenario asks for, it runs to its end with its page, report makes that again, and a
// run that is interrupted at any moment goes on to the same bytes. MURMUR_SCENARIOS says how many are tried.
func TestAnyScenario(t *testing.T) {
	tries := 3
	if n, err := strconv.Atoi(os.Getenv("MURMUR_SCENARIOS")); err == nil {
		tries = n
	}
	var valid int
	t.Run("all", func(t *testing.T) {
		for i := range tries {
			set := settings.Example(i)
			run := func(ctx context.Context, args ...string) (int, string) {
				var stderr bytes.Buffer
				return run(ctx, append([]string{"murmur"}, args...), io.Discard, &stderr), stderr.String()
			}
			if code, said := run(t.Context(), append([]string{"plan", "testdata/files/tiny.yaml"}, set...)...); code == exitUsage {
				t.Logf("%s", said)
				continue
			}
			valid++
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				whole, broken := filepath.Join(dir, "whole"), filepath.Join(dir, "broken")
				args := append([]string{"run", "testdata/files/tiny.yaml", "--progress", "none"}, set...)
				start := time.Now()
				code, said := run(t.Context(), append(args, "--out", whole)...)
				took := time.Since(start)
				if code != exitOK && code != exitThreshold {
					t.Fatalf("%q: exit status %d: %s", set, code, said)
				}
				if c, said := run(t.Context(), "report", whole); c != exitOK {
					t.Errorf("%q: no page: %s", set, said)
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(rand.Int64N(int64(took))), context.Canceled)
				defer cancel()
				c, said := run(ctx, append(args, "--out", broken)...)
				if c == exitInterrupted {
					next := append(args, "--out", broken)
					if _, err := os.Lstat(broken + ".partial"); err == nil {
						next = []string{"run", "--resume", broken, "--progress", "none"}
					}
					c, said = run(t.Context(), next...)
				}
				if c != code {
					t.Fatalf("%q: resumed, it ends with %d instead of %d: %s", set, c, code, said)
				}
				if d := difference(whole, broken); d != "" {
					t.Errorf("%q: resumed, it differs: %s", set, d)
				}
			})
		}
	})
	if 2*valid < tries {
		t.Errorf("of %d scenarios only %d are valid", tries, valid)
	}
}
