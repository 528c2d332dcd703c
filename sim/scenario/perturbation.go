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
	if !slices.Contains(modification.Families(), name) {
		return []string{name}
	}
	list := modification.Family(name)
	for _, k := range attack.Kinds() {
		if len(k.Name) > len(name) && k.Name[:len(name)+1] == name+"/" {
			list = append(list, k.Name)
		}
	}
	return list
}

// Levels returns what arms are measured under: the perturbations with families written out, modifications at those of
// the strengths that they have, attacks at every epsilon.
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
	return list
}

// Lesson is a source as it runs: one perturbation at one strength.
type Lesson struct {
	Level
	Images int // 0 for all
	Arms   []Arm
}

// Lessons returns the sources with families and strengths of 0 written out.
func (s *Scenario) Lessons() []Lesson {
	var list []Lesson
	for _, y := range s.Sources {
		for _, member := range members(y.Perturbation) {
			p, _ := s.Perturbation(member) // the scenario was checked
			for k := range p.Values {
				if y.Strength == 0 || y.Strength == k+1 {
					list = append(list, Lesson{Level{p, k + 1}, y.Images, y.Arms})
				}
			}
		}
	}
	return list
}

// Attacked reports whether an arm of a source is attacked; the arm none always is. The source is the name of its
// perturbation.
func (s *Scenario) Attacked(a Arm, source string) bool {
	if a.Kind() == None {
		return true
	}
	return (len(s.Attack.Sources) == 0 || slices.Contains(s.Attack.Sources, source)) &&
		(len(s.Attack.Arms) == 0 || slices.Contains(s.Attack.Arms, a))
}
