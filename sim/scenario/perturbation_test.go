package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"murmur/sim/attack"
	"murmur/sim/modification"
)

func parsed(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("f", []byte("version: 1\nname: a\n"+text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told writes levels as name/strength=value.
func told(levels []Level) string {
	var words []string
	for _, l := range levels {
		words = append(words, fmt.Sprintf("%s/%d=%v", l.Name, l.Strength, l.Value()))
	}
	return strings.Join(words, " ")
}

func TestLevels(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"perturbations: [rotate]\n", "rotate/1=8 rotate/2=16 rotate/3=24 rotate/4=32 rotate/5=40"},
		{"perturbations: [rotate]\nstrengths: [2, 5]\n", "rotate/2=16 rotate/5=40"},
		{"perturbations: [rotate, mnist-c/shear, paper/elastic]\nstrengths: [1, 3, 11]\n",
			"rotate/1=8 rotate/3=24 mnist-c/shear/1=0.4 paper/elastic/1=0.2 paper/elastic/3=0.6 paper/elastic/11=2"},
		{"perturbations: [pgd-l2, pgd-linf, spatial]\nstrengths: [5]\nattack: {linf: [0.25], l2: [0.5, 2]}\n",
			"pgd-l2/1=0.5 pgd-l2/2=2 pgd-linf/1=0.25 spatial/1=1"},
	} {
		if got := told(parsed(t, test.text).Levels()); !strings.HasPrefix(got, test.want) || len(got) != len(test.want) {
			t.Errorf("%q: levels %s, want %s", test.text, got, test.want)
		}
	}
	// The paper's attacks have epsilons of their own, whatever the scenario says.
	paper := parsed(t, "perturbations: [paper/fgm]\nstrengths: [5]\nattack: {linf: [0.25]}\n").Levels()
	if len(paper) != 11 || paper[0].Value() != .001 || paper[10].Value() != .2 || paper[3].Attack == nil || paper[3].Modification != nil {
		t.Errorf("levels of the paper's attack: %s", told(paper))
	}
}

// TestFamilies: a family stands for all its members in their order, attacks after modifications.
func TestFamilies(t *testing.T) {
	for family, attacks := range map[string][]string{"murmur": nil, "mnist-c": nil, "mnist-c-extra": nil, "cifar-c": nil, "cifar-c-validation": nil, "paper": {"paper/fgm", "paper/pgd", "paper/autopgd", "paper/square"}} {
		strengths := "[1, 2, 3, 4, 5]"
		if attacks != nil {
			strengths = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"
		}
		f, _ := modification.LookupFamily(family)
		s := parsed(t, "perturbations: ["+family+"]\nstrengths: "+strengths+"\nsources: [{perturbation: "+family+", strength: 0, arms: [oracle, diagonal]}]\n")
		var want []string
		for _, name := range append(f.Members, attacks...) {
			p, ok := s.Perturbation(name)
			if !ok || (p.Attack != nil) == (p.Modification != nil) || (p.Attack != nil) != slices.Contains(attacks, name) {
				t.Fatalf("%s is %+v", name, p)
			}
			for k, v := range p.Values {
				want = append(want, fmt.Sprintf("%s/%d=%v", name, k+1, v))
			}
		}
		levels := s.Levels()
		if got := told(levels); got != strings.Join(want, " ") {
			t.Errorf("%s: levels %s, want %s", family, got, want)
		}
		lessons := s.Lessons()
		if len(lessons) != len(levels) {
			t.Fatalf("%s: %d lessons, %d levels", family, len(lessons), len(levels))
		}
		for i, y := range lessons {
			if !y.Is(levels[i]) || len(y.Arms) != 2 || y.Images != 0 {
				t.Errorf("%s: lesson %d is %+v, want %s at %d", family, i, y, levels[i].Name, levels[i].Strength)
			}
		}
	}
}

func TestLessons(t *testing.T) {
	s := parsed(t, `
sources:
  - {perturbation: paper, strength: 6, arms: [diagonal]}
  - {perturbation: rotate, strength: 0, images: 30, arms: [oracle]}
  - {perturbation: rotate, strength: 2, images: 20, arms: [oracle]}
  - {perturbation: rotate, arms: [oracle, identity]}
  - {perturbation: fgsm-linf, strength: 2, arms: [oracle]}
attack: {linf: [0.1, 0.125]}
`)
	var got []string
	for _, y := range s.Lessons() {
		got = append(got, fmt.Sprintf("%s/%d=%v images %d %v", y.Name, y.Strength, y.Value(), y.Images, y.Arms))
	}
	var want []string
	family, _ := modification.LookupFamily("paper")
	for _, name := range slices.Concat(family.Members, []string{"paper/fgm", "paper/pgd", "paper/autopgd", "paper/square"}) {
		if p, _ := s.Perturbation(name); len(p.Values) > 5 { // those of five severities have no sixth
			want = append(want, fmt.Sprintf("%s/6=%v images 0 [diagonal]", name, p.Values[5]))
		}
	}
	want = append(want, "rotate/1=8 images 30 [oracle]", "rotate/2=16 images 30 [oracle]", "rotate/3=24 images 30 [oracle]", "rotate/4=32 images 30 [oracle]",
		"rotate/5=40 images 30 [oracle]", "rotate/2=16 images 20 [oracle]", "rotate/5=40 images 0 [oracle identity]", "fgsm-linf/2=0.125 images 0 [oracle]")
	if !slices.Equal(got, want) {
		t.Errorf("lessons\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(want) < 9 {
		t.Error("no member of the paper's family has a sixth strength")
	}
}

// TestEveryPerturbation that the schema knows is a modification or an attack with values that a level can have.
func TestEveryPerturbation(t *testing.T) {
	s := parsed(t, "perturbations: [rotate]\n")
	for _, word := range words(perturbations()) {
		for _, name := range members(word) {
			p, ok := s.Perturbation(name)
			if !ok || len(p.Values) == 0 || p.Unit == "" {
				t.Errorf("%s: %+v, %v", name, p, ok)
				continue
			}
			if p.Attack == nil || p.Attack.Bound == attack.Grid || p.Attack.Values != nil {
				continue
			}
			if want := map[attack.Norm][]float64{attack.Linf: s.Attack.Linf, attack.L2: s.Attack.L2}[p.Attack.Norm]; !slices.Equal(p.Values, want) {
				t.Errorf("%s has the epsilons %v, want those of its norm, %v", name, p.Values, want)
			}
		}
	}
	if p, ok := s.Perturbation("mnist-c"); ok {
		t.Errorf("a family is no perturbation: %+v", p)
	}
}

func TestJudged(t *testing.T) {
	const head = "perturbations: [rotate, contrast]\nsources: [{perturbation: rotate, arms: [diagonal, oracle, identity]}, {perturbation: contrast, arms: [oracle, diagonal power=2, identity]}, {perturbation: paper/fgm, strength: 3, arms: [oracle]}]\n"
	for _, test := range []struct {
		text, arm, sources, level string
		want                      bool
	}{
		{"", "oracle", "rotate", "pgd-linf", true},
		{"", "none", "", "pgd-linf", true},
		{"attack: {sources: [rotate]}", "oracle", "rotate", "pgd-linf", true},
		{"attack: {sources: [rotate]}", "oracle", "contrast", "pgd-linf", false},
		{"attack: {sources: [rotate]}", "oracle", "contrast", "rotate", true},
		{"attack: {sources: [rotate]}", "none", "", "pgd-linf", true},
		{"attack: {sources: [contrast]}", "identity", "rotate", "pgd-linf", false},
		{"attack: {sources: [contrast]}", "identity", "rotate contrast", "pgd-linf", true},
		{"attack: {arms: [diagonal]}", "oracle", "rotate", "pgd-linf", false},
		{"attack: {arms: [diagonal]}", "diagonal", "contrast", "pgd-linf", true},
		{"attack: {arms: [diagonal]}", "diagonal power=2", "contrast", "pgd-linf", false},
		{"attack: {arms: [diagonal]}", "none", "", "pgd-linf", true},
		{"attack: {arms: [diagonal]}", "oracle", "paper/fgm", "paper/fgm", true},
		{"attack: {arms: [diagonal], sources: [rotate]}", "diagonal", "contrast", "pgd-linf", false},
		{"attack: {arms: [diagonal], sources: [rotate]}", "diagonal", "rotate", "pgd-linf", true},
		{"attack: {sources: [paper]}", "oracle", "paper/fgm", "pgd-linf", true}, // by the name of its family
		{"attack: {sources: [paper]}", "oracle", "rotate", "pgd-linf", false},
		{"measured: matched", "oracle", "rotate", "rotate", true},
		{"measured: matched", "oracle", "rotate", "contrast", false},
		{"measured: matched", "oracle", "rotate", "pgd-linf", false},
		{"measured: matched", "identity", "rotate contrast", "pgd-linf", true},
	} {
		s := parsed(t, head+strings.ReplaceAll(test.text, "attack:", "\nattack:")+"\n")
		arm, err := ParseArm(test.arm)
		if err != nil {
			t.Fatal(err)
		}
		var sources []Lesson
		for _, name := range strings.Fields(test.sources) {
			y, _ := s.Lesson(name)
			sources = append(sources, y)
		}
		level := Level{Strength: 5}
		if level.Perturbation, _ = s.Perturbation(test.level); level.Attack != nil {
			level.Strength = 3
		}
		if got := s.Judged(arm, sources, level); got != test.want {
			t.Errorf("%s: %s of %s is judged under %s: %v", test.text, test.arm, test.sources, test.level, got)
		}
	}
}

// TestSourcesAreMeasured at their own perturbation and strength, beside what the scenario names.
func TestSourcesAreMeasured(t *testing.T) {
	s := parsed(t, "perturbations: [rotate]\nstrengths: [2, 5]\nsources: [{perturbation: rotate, strength: 0, arms: [oracle]}, {perturbation: fgsm-linf, strength: 1, arms: [oracle]}]\n")
	if got, want := told(s.Levels()), "rotate/2=16 rotate/5=40 rotate/1=8 rotate/3=24 rotate/4=32 fgsm-linf/1=0.02"; got != want {
		t.Errorf("levels %s, want %s", got, want)
	}
}
