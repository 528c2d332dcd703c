package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"murmur/sim/experiment"
	"murmur/sim/scenario"
)

// TestShort: a run that may not find room on its disk is told so before it begins, and no other.
func TestShort(t *testing.T) {
	for _, tt := range []struct {
		set  []string
		want string
	}{
		{nil, ""},
		{[]string{"seeds=1000", "sheet={columns: 10, units: 100, field: 8}", "sources.0.arms=[imprint radius=all, oracle]", "thresholds=[]", "attack.arms=[]", "perturbations=[rotate]"}, "the run may take up to "},
	} {
		s, err := scenario.Load("testdata/files/tiny.yaml", tt.set)
		if err != nil {
			t.Fatal(err)
		}
		e, err := experiment.New(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(filepath.Join(t.TempDir(), "run"), e); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%q: %q, want %q", tt.set, got, tt.want)
		}
	}
}
