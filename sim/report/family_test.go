package report

import (
	"bytes"
	"strings"
	"testing"

	"murmur/sim/measure"
)

// TestStandInsAreMarked: what stands in for another carries a star in every table, and means say that they leave it out.
func TestStandInsAreMarked(t *testing.T) {
	strength := 1.
	arms := []measure.Arm{{Arm: "none"}, {Arm: "oracle", Source: "cifar-c/frost", SourceStrength: &strength}}
	for i := range arms {
		arms[i].Clean = estimate(.8)
		arms[i].Cells = []measure.Cell{
			{Perturbation: "cifar-c/frost", Strength: 1, Value: 1, Unit: "level", StandIn: true, Accuracy: estimate(.5)},
			{Perturbation: "mnist-c-extra/pessimal_noise", Strength: 1, Value: 5.3, Unit: "1", StandIn: true, Accuracy: estimate(.4)},
			{Perturbation: "cifar-c/fog", Strength: 1, Value: 1, Unit: "level", Accuracy: estimate(.6)},
		}
		arms[i].Families = []measure.FamilyErrors{{Family: "cifar-c", Levels: 14, Of: 70, LeftOut: []string{"cifar-c/frost"},
			Corrupt: measure.Corrupt{Modifications: 14, Error: estimate(.35), MCE: &measure.Paired{Mean: .93, Lo: .9, Hi: 1}}}}
	}
	var out bytes.Buffer
	if err := Print(&out, &measure.Result{Arms: arms}, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{"learned from cifar-c/frost* at strength 1", "frost*\n", "noise*", "oracle of cifar-c/frost*", "0.93",
		"cifar-c: 14 changes at 14 of their 70 strengths together, without what only stands in for theirs: cifar-c/frost*."} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.TrimSpace(want)) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "fog*") || strings.Contains(strings.ReplaceAll(text, "frost*", ""), "frost") {
		t.Errorf("a mark too many or too few:\n%s", text)
	}
}
