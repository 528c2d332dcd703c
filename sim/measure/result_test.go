package measure

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// contract is the form of result.json that other programs read.
const contract = `{"schema": "murmur.result/1", "scenario": "structured-noise", "size": "default", "seed": 1, "trajectory": "sha256:...",
 "network": {"units": 1026, "goroutines": 1026},
 "arms": [{"arm": "hebbian", "rule": "gha", "variant": "hubs=16", "source": "rotate", "source_strength": 5, "trace": 0.15, "noise_couplings": 17000, "alignment": 0.98,
   "clean": {"mean": 0.79, "lo": 0.78, "hi": 0.80, "seeds": 3},
   "cells": [{"perturbation": "rotate", "strength": 5, "value": 40, "unit": "degree", "accuracy": {"mean": 0.56, "lo": 0.55, "hi": 0.58, "seeds": 3}}]}],
 "summary": {"recovered_gain": [{"source": "rotate", "strength": 5, "rule": "gha", "variant": "hubs=16", "mean": 0.99, "lo": 0.9, "hi": 1.07}]},
 "thresholds": [{"name": "...", "value": 0.99, "limit": ">= 0.8", "pass": true}],
 "checks": [{"name": "iterative-at-least-single-step", "status": "pass", "detail": "..."}]}`

// leaves lists every value of a JSON document as "path value", in order of path.
func leaves(path string, v any) (list []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, w := range v {
			list = append(list, leaves(path+"."+name, w)...)
		}
	case []any:
		for i, w := range v {
			list = append(list, leaves(fmt.Sprintf("%s[%d]", path, i), w)...)
		}
	default:
		list = append(list, fmt.Sprintf("%s %v", path, v))
	}
	slices.Sort(list)
	return list
}

func decoded(t *testing.T, text []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return leaves("", v)
}

func TestResultKeepsTheContract(t *testing.T) {
	d := json.NewDecoder(strings.NewReader(contract))
	d.DisallowUnknownFields()
	var r Result
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Schema != Schema {
		t.Errorf("schema %q, the contract says %q", Schema, r.Schema)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	have := decoded(t, text)
	for _, leaf := range decoded(t, []byte(contract)) {
		if !slices.Contains(have, leaf) {
			t.Errorf("%s is lost on the way through Result", leaf)
		}
	}
}

// names lists the JSON paths of a type with their kinds and options.
func names(path string, typ reflect.Type) (list []string) {
	for typ.Kind() == reflect.Pointer {
		typ, path = typ.Elem(), path+"?"
	}
	switch typ.Kind() {
	case reflect.Slice:
		return names(path+"[]", typ.Elem())
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous { // its fields stand beside the others
				list = append(list, names(path, f.Type)...)
				continue
			}
			if option != "" {
				name += "(" + option + ")"
			}
			list = append(list, names(path+"."+name, f.Type)...)
		}
		return list
	}
	return []string{path + " " + typ.Kind().String()}
}

func TestResultNamesAreGolden(t *testing.T) {
	const file = "testdata/names.golden"
	got := []byte(strings.Join(names("", reflect.TypeFor[Result]()), "\n") + "\n")
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("names in result.json (- want, + got):\n%s", cmp.Diff(string(want), string(got)))
	}
}

func TestMissingNumbersAreNull(t *testing.T) {
	text, err := json.Marshal(Result{Arms: []Arm{{Arm: "none", Cells: []Cell{{}}}},
		Summary: Summary{RecoveredGain: []RecoveredGain{{}}}, Thresholds: []Threshold{{}}})
	if err != nil {
		t.Fatal(err)
	}
	have := decoded(t, text)
	for _, null := range []string{".arms[0].alignment", ".arms[0].trace", ".arms[0].noise_couplings", ".arms[0].clean_cost",
		".arms[0].cells[0].gain", ".summary.recovered_gain[0].mean", ".summary.recovered_gain[0].lo",
		".summary.recovered_gain[0].hi", ".thresholds[0].value"} {
		if !slices.Contains(have, null+" <nil>") {
			t.Errorf("%s is not null", null)
		}
	}
	for _, leaf := range have {
		if strings.HasPrefix(leaf, ".arms[0].source") {
			t.Errorf("an arm without a source has %s", leaf)
		}
	}
}
