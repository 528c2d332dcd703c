package scenario

import (
	"slices"

	"murmur/sim/attack"
	"murmur/sim/modification"
)

// Perturbation is a change of the images by name: a modification or an attack.
type Perturbation struct {
	Name string
	// Unit and Values are the physical sizes at strength 1, 2, ...; of an attack its epsilons.
	Unit   string
	Values []float64
	// One of the two is set.
	Modification *modification.Modification
	Attack       *attack.Kind
}

// Perturbation returns what a name stands for, with the epsilons of the scenario where it is an attack, and whether it
// stands for one.
func (s *Scenario) Perturbation(name string) (Perturbation, bool) {
	if m, ok := modification.Lookup(name); ok {
		return Perturbation{Name: name, Unit: m.Unit, Values: m.Values, Modification: &m}, true
	}
	k, ok := attack.LookupKind(name)
	if !ok {
		return Perturbation{}, false
	}
	p := Perturbation{Name: name, Unit: "1", Values: k.Values, Attack: &k}
	switch {
	case k.Bound == attack.Grid:
		p.Unit, p.Values = "grid", []float64{1}
	case p.Values == nil && k.Norm == attack.L2:
		p.Values = s.Attack.L2
	case p.Values == nil:
		p.Values = s.Attack.Linf
	}
	return p, true
}

// Level is a perturbation at a strength, counted from 1.
type Level struct {
	Perturbation
	Strength int
}

// Value is the physical size at the strength.
func (l Level) Value() float64 { return l.Values[l.Strength-1] }

// Is reports whether two levels are the same.
func (l Level) Is(m Level) bool { return l.Name == m.Name && l.Strength == m.Strength }

// members returns the perturbations that a name stands for: itself, or those of a family, modifications first.
func members(name string) []string {
	f, ok := modification.LookupFamily(name)
	if !ok {
		return []string{name}
	}
	list := f.Members
	for _, k := range attack.Kinds() {
		if len(k.Name) > len(name) && k.Name[:len(name)+1] == name+"/" {
			list = append(list, k.Name)
		}
	}
	return list
}

// Levels returns what arms are measured under: the perturbations with families written out, modifications at those of
// the strengths that they have, attacks at every epsilon; then what sources are, if that is not among them.
func (s *Scenario) Levels() []Level {
	var list []Level
	for _, name := range s.Perturbations {
		for _, member := range members(name) {
			p, _ := s.Perturbation(member) // the scenario was checked
			if p.Attack != nil {
				for k := range p.Values {
					list = append(list, Level{p, k + 1})
				}
				continue
			}
			for _, k := range s.Strengths {
				if k <= len(p.Values) {
					list = append(list, Level{p, k})
				}
			}
		}
	}
	for _, y := range s.Lessons() {
		if !slices.ContainsFunc(list, y.Is) {
			list = append(list, y.Level)
		}
	}
	return list
}

// Lesson is a source as it runs: one perturbation at one strength.
type Lesson struct {
	Level
	Images int // 0 for all
	Arms   []Arm
}

// Same reports whether two sources show the same.
func (y Lesson) Same(z Lesson) bool { return y.Is(z.Level) && y.Images == z.Images }

// Lesson returns the first source of a perturbation.
func (s *Scenario) Lesson(perturbation string) (Lesson, bool) {
	list := s.Lessons()
	i := slices.IndexFunc(list, func(y Lesson) bool { return y.Name == perturbation })
	if i < 0 {
		return Lesson{}, false
	}
	return list[i], true
}

// Lessons returns the sources with families and strengths of 0 written out.
func (s *Scenario) Lessons() []Lesson {
	var list []Lesson
	for _, y := range s.Sources {
		list = append(list, s.lessons(y)...)
	}
	return list
}

func (s *Scenario) lessons(y Source) []Lesson {
	var list []Lesson
	for _, member := range members(y.Perturbation) {
		p, _ := s.Perturbation(member) // the scenario was checked
		for k := range p.Values {
			if y.Strength == 0 || y.Strength == k+1 {
				list = append(list, Lesson{Level{p, k + 1}, y.Images, y.Arms})
			}
		}
	}
	return list
}

// Teaches reports whether an arm takes anything from the source. One that does not is the same under every source.
func (y Lesson) Teaches(a Arm) bool {
	switch a.Training() {
	case Augmentation:
		return true
	case AdversarialTraining:
		if _, ok := y.TrainingEpsilon(); ok {
			return true
		}
	}
	return a.Noisy() && a.Kind() != Identity
}

// TrainingEpsilon is the budget that the source gives adversarial training, and whether it gives one.
func (y Lesson) TrainingEpsilon() (epsilon float64, ok bool) {
	if y.Attack == nil || y.Attack.Bound != attack.Ball || y.Attack.Norm != attack.Linf {
		return 0, false
	}
	return y.Value(), true
}

// Everywhere reports whether an arm is judged under all levels, but for attacks that are not aimed at it, and not under
// its source alone.
func (s *Scenario) Everywhere(a Arm, source Lesson) bool {
	return s.Measured == Everywhere || !source.Teaches(a)
}

// Judged reports whether an arm is judged under a level, given its sources: none of the arm none, several of an arm that
// takes nothing from them. Every arm is judged under what its sources are.
func (s *Scenario) Judged(a Arm, sources []Lesson, l Level) bool {
	return len(sources) == 0 || slices.ContainsFunc(sources, func(y Lesson) bool {
		return y.Is(l) || s.Everywhere(a, y) && (l.Attack == nil || s.attacked(a, y.Name))
	})
}

// attacked reports whether attacks are aimed at an arm of a source, which is the name of its perturbation.
func (s *Scenario) attacked(a Arm, source string) bool {
	named := func(name string) bool { return slices.Contains(members(name), source) }
	return (len(s.Attack.Sources) == 0 || slices.ContainsFunc(s.Attack.Sources, named)) &&
		(len(s.Attack.Arms) == 0 || slices.Contains(s.Attack.Arms, a))
}
