package scenario

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestArmParts(t *testing.T) {
	for _, test := range []struct {
		spelling, kind, rule, variant, training string
		radius, hubs, layer                     int
		power                                   float64 // in a scenario whose power is 7
		when                                    string  // in a scenario that is noisy when testing
	}{
		{spelling: "none", kind: None},
		{spelling: "identity", kind: Identity},
		{spelling: "diagonal", kind: Diagonal},
		{spelling: "shuffled", kind: Shuffled},
		{spelling: "oracle", kind: Oracle},
		{spelling: "imprint radius=3", kind: Hebbian, rule: Imprint, variant: "radius=3", radius: 3},
		{spelling: "imprint radius=all", kind: Hebbian, rule: Imprint, variant: "radius=all", radius: -1},
		{spelling: "gha hubs=16", kind: Hebbian, rule: GHA, variant: "hubs=16", hubs: 16},
		{spelling: "gaussian-input", kind: GaussianInput, training: GaussianInput},
		{spelling: "augmentation", kind: Augmentation, training: Augmentation},
		{spelling: "adversarial-training", kind: AdversarialTraining, training: AdversarialTraining},
		{spelling: "oracle layer=1", kind: Oracle, variant: "layer=1", layer: 1},
		{spelling: "diagonal power=0.25", kind: Diagonal, variant: "power=0.25", power: .25},
		{spelling: "shuffled power=12.000001", kind: Shuffled, variant: "power=12.000001", power: 12.000001},
		{spelling: "identity when=both", kind: Identity, variant: "when=both", when: Both},
		{spelling: "oracle + augmentation", kind: Oracle, training: Augmentation},
		{spelling: "gha hubs=16 layer=2 power=0.5 when=learning + gaussian-input", kind: Hebbian, rule: GHA,
			variant: "hubs=16 layer=2 power=0.5 when=learning", training: GaussianInput, hubs: 16, layer: 2, power: .5, when: Learning},
		{spelling: "imprint radius=all power=100 + adversarial-training", kind: Hebbian, rule: Imprint,
			variant: "radius=all power=100", training: AdversarialTraining, radius: -1, power: 100},
	} {
		arm, err := ParseArm(test.spelling)
		if err != nil {
			t.Errorf("%s: %v", test.spelling, err)
			continue
		}
		if arm.String() != test.spelling || arm.Kind() != test.kind || arm.Rule() != test.rule || arm.Variant() != test.variant ||
			arm.Training() != test.training || arm.Radius() != test.radius || arm.Hubs() != test.hubs || arm.Layer() != test.layer {
			t.Errorf("%s: got %q, kind %q, rule %q, variant %q, training %q, radius %d, hubs %d, layer %d", test.spelling,
				arm, arm.Kind(), arm.Rule(), arm.Variant(), arm.Training(), arm.Radius(), arm.Hubs(), arm.Layer())
		}
		oracle := "oracle"
		for _, option := range []string{" layer=", " power=", " when=", " + "} {
			if _, rest, ok := strings.Cut(test.spelling, option); ok {
				word, _, _ := strings.Cut(rest, " ")
				oracle += option + word
			}
		}
		if test.training == test.kind && test.training != "" {
			oracle += " + " + test.training
		}
		if got := arm.Oracle(); got.String() != oracle {
			t.Errorf("%s compares with %s, want %s", test.spelling, got, oracle)
		}
		if noisy := test.kind != None && test.training != test.kind; arm.Noisy() != noisy {
			t.Errorf("%s: noisy is %v", test.spelling, arm.Noisy())
		}
		s := &Scenario{Noise: Noise{Power: 7, When: Testing}}
		power, when := cmp.Or(test.power, 7), cmp.Or(test.when, Testing)
		if s.Power(arm) != power || s.When(arm) != when {
			t.Errorf("%s: power %v when %s, want %v and %s", test.spelling, s.Power(arm), s.When(arm), power, when)
		}
		text, err := json.Marshal(arm)
		var again Arm
		if err != nil || json.Unmarshal(text, &again) != nil || again != arm {
			t.Errorf("%s: JSON %s gives %v", test.spelling, text, again)
		}
	}
}

// TestArmSpelling: whatever options an arm has, in their order, it is spelled one way, and no other order is read.
func TestArmSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := []string{rapid.SampledFrom([]string{Identity, Diagonal, Shuffled, Oracle, "imprint radius=all", "imprint radius=12", "gha hubs=9999999"}).Draw(t, "kind")}
		words = append(words, rapid.SampledFrom([]string{"", "layer=1", "layer=2"}).Draw(t, "layer"))
		power := rapid.Custom(func(t *rapid.T) string {
			return "power=" + strconv.FormatFloat(float64(rapid.IntRange(1, 999999999).Draw(t, "millionths"))/1e6, 'f', -1, 64)
		})
		words = append(words, rapid.OneOf(rapid.Just(""), power).Draw(t, "power"))
		words = append(words, rapid.SampledFrom([]string{"", "when=both", "when=learning", "when=testing"}).Draw(t, "when"))
		words = append(words, rapid.SampledFrom([]string{"", "+ " + Augmentation, "+ " + GaussianInput, "+ " + AdversarialTraining}).Draw(t, "training"))
		words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
		spelling := strings.Join(words, " ")
		arm, err := ParseArm(spelling)
		if err != nil || arm.String() != spelling {
			t.Fatalf("%q reads as %q, %v", spelling, arm, err)
		}
		mixed := rapid.Permutation(words).Draw(t, "order")
		if arm, err := ParseArm(strings.Join(mixed, " ")); err == nil && !slices.Equal(mixed, words) {
			t.Fatalf("%q reads as %q", strings.Join(mixed, " "), arm)
		}
	})
}

func TestArmRefused(t *testing.T) {
	const order = "after the arm come, in this order, layer=1 or 2, power=P (above 0, no zeros at the end), when=both, learning or testing, and + with a training"
	for _, test := range []struct{ spelling, want string }{ // want is part of the error
		{"", "is not one of none, identity"}, {"None", `did you mean "none"?`}, {" none", "is not one of"}, {"none\n", `did you mean "none"?`},
		{"hebbian", "needs its rule: imprint radius=R or gha hubs=K"}, {"hebbian power=1", "needs its rule"},
		{"imprint", "must read imprint radius=R"}, {"imprint radius=0", "must read imprint radius=R"}, {"imprint radius=-1", "must read imprint radius=R"},
		{"imprint radius=01", "must read imprint radius=R"}, {"imprint  radius=1", `did you mean "imprint radius=1"?`},
		{"gha hub=16", `did you mean "gha hubs=16"?`}, {"imprint radus=all", `did you mean "imprint radius=all"?`},
		{"imprint radius=12345678", "must read imprint radius=R"}, {"imprint hubs=1", "must read imprint radius=R"},
		{"gha", "must read gha hubs=K"}, {"gha hubs=0", "must read gha hubs=K"}, {"gha hubs=all", "must read gha hubs=K"}, {"gha hubs=1.5", "must read gha hubs=K"},
		{"gha power=1 hubs=2", "must read gha hubs=K"}, {"gha 16", "must read gha hubs=K"},
		{"oracle x", order}, {"oracle layer=3", order}, {"oracle layer=0", order}, {"oracle when=never", order}, {"oracle power=-1", order},
		{"oracle power=0", order}, {"oracle power=0.0", order}, {"oracle power=0.10", order}, {"oracle power=1.0", order}, {"oracle power=01", order},
		{"oracle power=.5", order}, {"oracle power=1e3", order}, {"oracle power=0.1234567", order}, {"oracle power=1234567", order},
		{"oracle power=1 layer=1", order}, {"oracle when=both power=1", order}, {"oracle + augmentation when=both", order}, {"oracle +augmentation", order},
		{"oracle + none", order}, {"oracle + augmentation + gaussian-input", order}, {"oracle power=1 power=1", order}, {"oracle ", order},
		{"gha hubs=16 power=0", order}, {"imprint radius=2 + shuffled", order},
		{"none power=1", "none has no noise to say more of, and is trained on clean images alone"}, {"none + augmentation", "none has no noise"},
		{"augmentation power=1", "augmentation alone has no noise to say more of; with noise it comes last, as in gha hubs=16 + augmentation"},
		{"gaussian-input + augmentation", "as in gha hubs=16 + gaussian-input"}, {"adversarial-training when=both", "alone has no noise"},
	} {
		arm, err := ParseArm(test.spelling)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, %v; want an error with %q", test.spelling, arm, err, test.want)
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
