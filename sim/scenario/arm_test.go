package scenario

import (
	"encoding/json"
	"math"
	"testing"
)

func TestArmParts(t *testing.T) {
	for _, test := range []struct {
		spelling, kind, rule, variant string
		radius, hubs                  int
	}{
		{"none", None, "", "", 0, 0},
		{"identity", Identity, "", "", 0, 0},
		{"diagonal", Diagonal, "", "", 0, 0},
		{"shuffled", Shuffled, "", "", 0, 0},
		{"oracle", Oracle, "", "", 0, 0},
		{"imprint radius=3", Hebbian, Imprint, "radius=3", 3, 0},
		{"imprint radius=all", Hebbian, Imprint, "radius=all", -1, 0},
		{"gha hubs=16", Hebbian, GHA, "hubs=16", 0, 16},
	} {
		arm, err := ParseArm(test.spelling)
		if err != nil {
			t.Errorf("%s: %v", test.spelling, err)
			continue
		}
		if arm.String() != test.spelling || arm.Kind() != test.kind || arm.Rule() != test.rule ||
			arm.Variant() != test.variant || arm.Radius() != test.radius || arm.Hubs() != test.hubs {
			t.Errorf("%s: got %q, kind %q, rule %q, variant %q, radius %d, hubs %d", test.spelling,
				arm, arm.Kind(), arm.Rule(), arm.Variant(), arm.Radius(), arm.Hubs())
		}
		text, err := json.Marshal(arm)
		var again Arm
		if err != nil || json.Unmarshal(text, &again) != nil || again != arm {
			t.Errorf("%s: JSON %s gives %v", test.spelling, text, again)
		}
	}
}

func TestArmRefused(t *testing.T) {
	for _, spelling := range []string{
		"", "None", "hebbian", "imprint", "imprint radius=0", "imprint radius=-1", "imprint radius=01", "imprint  radius=1",
		"imprint radius=12345678", "imprint hubs=1", "gha", "gha hubs=0", "gha hubs=all", "gha hubs=1.5", "oracle x", " none", "none\n",
	} {
		if arm, err := ParseArm(spelling); err == nil {
			t.Errorf("%q: got %v, want an error", spelling, arm)
		}
	}
	if zero := (Arm{}); !zero.IsZero() || zero.Kind() != "" || zero.String() != "" {
		t.Error("the zero Arm must stand for no arm")
	}
}

func TestLimit(t *testing.T) {
	for _, test := range []struct {
		spelling             string
		below, level, beyond bool // whether 1, 2 and 3 hold
	}{
		{">= 2", false, true, true},
		{"> 2", false, false, true},
		{"<=2", true, true, false},
		{"<  2.0", true, false, false},
	} {
		limit, err := ParseLimit(test.spelling)
		if err != nil {
			t.Errorf("%s: %v", test.spelling, err)
			continue
		}
		if limit.Holds(1) != test.below || limit.Holds(2) != test.level || limit.Holds(3) != test.beyond {
			t.Errorf("%s holds wrongly", test.spelling)
		}
		if limit.Holds(math.NaN()) {
			t.Errorf("%s holds for NaN", test.spelling)
		}
		if again, err := ParseLimit(limit.String()); err != nil || again != limit {
			t.Errorf("%s: %q reads as %v, %v", test.spelling, limit, again, err)
		}
	}
	for _, spelling := range []string{"", "2", "= 2", "== 2", "=> 2", ">= ", ">= NaN", ">= 1e3", ">= .5", "> 1 ", ">= 1111111111111111"} {
		if limit, err := ParseLimit(spelling); err == nil {
			t.Errorf("%q: got %v, want an error", spelling, limit)
		}
	}
}
