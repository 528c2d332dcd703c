package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checker finds what the schema cannot say: how the parts of a scenario fit
// together. A rule is skipped where a part it needs is already known to be wrong.
type checker struct {
	s        *Scenario
	root     *node
	problems Errors
}

// report records a problem of the value at a path, at the place of what is nearest.
func (c *checker) report(path, format string, args ...any) {
	segments := strings.Split(path, ".")
	n, _ := c.root.find(segments)
	c.problems = append(c.problems, Problem{n.at.file, n.at.line, n.at.col, path, fmt.Sprintf(format, args...)})
}

// sound reports whether all the values at the paths can be built on.
func (c *checker) sound(paths ...string) bool {
	for _, path := range paths {
		if !c.root.sound(strings.Split(path, ".")) {
			return false
		}
	}
	return true
}

func (c *checker) check() {
	if c.sound("name") && c.s.Name == "" {
		c.report("name", "missing")
	}
	if c.sound("perturbations", "sources") && len(c.s.Perturbations)+len(c.s.Sources) == 0 {
		c.report("perturbations", "nothing is measured: name a perturbation or a source")
	}
	c.data()
	c.sheet()
	c.measured()
	c.sources()
	c.attack()
	c.certificate()
	unique(c, "accept", c.s.Accept)
	c.thresholds()
}

// measured checks the perturbations and strengths.
func (c *checker) measured() {
	unique(c, "perturbations", c.s.Perturbations)
	rising(c, "strengths", c.s.Strengths)
	if !c.sound("perturbations", "strengths") {
		return
	}
	var most Perturbation // the modification with the most strengths
	for i, name := range c.s.Perturbations {
		p, ok := c.longest(name)
		switch {
		case !ok:
			continue
		case c.s.Strengths[0] > len(p.Values):
			c.report(at("perturbations", i), "%s has %s, and strengths begins at %d", name, levels(p), c.s.Strengths[0])
		}
		if len(p.Values) > len(most.Values) {
			most = p
		}
	}
	// The default asks of each perturbation for those that it has.
	if len(most.Values) == 0 || slices.Equal(c.s.Strengths, defaultStrengths) {
		return
	}
	for i, k := range c.s.Strengths {
		if k > len(most.Values) && k > c.s.Strengths[0] { // of the first it was said above
			c.report(at("strengths", i), "no perturbation has a strength %d: %s has %s", k, most.Name, levels(most))
			return
		}
	}
}

// longest returns the modification with the most strengths of those that a name stands for, and whether there is one.
func (c *checker) longest(name string) (most Perturbation, ok bool) {
	for _, member := range members(name) {
		if p, _ := c.s.Perturbation(member); p.Modification != nil && len(p.Values) > len(most.Values) {
			most, ok = p, true
		}
	}
	return most, ok
}

// levels says which strengths a perturbation has.
func levels(p Perturbation) string {
	switch len(p.Values) {
	case 0: // a list of epsilons that lacks
		return "no strength"
	case 1:
		return "the strength 1 alone"
	}
	return fmt.Sprintf("strengths 1 to %d", len(p.Values))
}

// rising checks that numbers rise.
func rising[T int | float64](c *checker, path string, numbers []T) {
	for i := 1; i < len(numbers); i++ {
		if before, this := numbers[i-1], numbers[i]; c.sound(at(path, i), at(path, i-1)) && this <= before {
			c.report(at(path, i), "%s must rise: %v follows %v", path[strings.LastIndexByte(path, '.')+1:], this, before)
		}
	}
}

// sources checks that sources differ and that their arms fit the sheet.
func (c *checker) sources() {
	for i, source := range c.s.Sources {
		path := at("sources", i)
		c.twice(i)
		if c.sound(path+".perturbation", path+".strength") {
			c.level(path+".strength", source)
		}
		if limit := c.s.Data.Train; c.sound(path+".images", "data.train") && limit > 0 && source.Images > limit {
			c.report(path+".images", "only %d training images are shown, not %d", limit, source.Images)
		}
		unique(c, path+".arms", source.Arms)
		for j, arm := range source.Arms {
			c.arm(at(path+".arms", j), arm)
		}
	}
}

// level checks that a source has its strength, and that this is a change.
func (c *checker) level(path string, y Source) {
	var most Perturbation
	for _, member := range members(y.Perturbation) {
		p, _ := c.s.Perturbation(member)
		if p.Attack != nil && !c.sound("attack.linf", "attack.l2") {
			return
		}
		if len(p.Values) > len(most.Values) {
			most = p
		}
	}
	if y.Strength > len(most.Values) {
		c.report(path, "%s has %s, not %d", y.Perturbation, levels(most), y.Strength)
	}
	for _, l := range c.s.lessons(y) {
		if l.Attack != nil && l.Value() == 0 {
			c.report(path, "%s at an epsilon of 0 changes nothing that could be learned from", l.Name)
			return
		}
	}
}

// twice checks that no source before the i-th shows some of the same.
func (c *checker) twice(i int) {
	known := func(i int) bool {
		path := at("sources", i)
		return c.sound(path+".perturbation", path+".strength", path+".images", "data.train")
	}
	shown := func(y Source) []Lesson {
		if y.Images == c.s.Data.Train {
			y.Images = 0 // all, by number
		}
		return c.s.lessons(y)
	}
	for j, before := range c.s.Sources[:i] {
		for _, y := range shown(before) {
			if known(i) && known(j) && slices.ContainsFunc(shown(c.s.Sources[i]), y.Same) {
				c.report(at("sources", i)+".perturbation", "%s at strength %d, with as many images, is a source already: sources.%d", y.Name, y.Strength, j)
				return
			}
		}
	}
}

// arm checks an arm of a source.
func (c *checker) arm(path string, arm Arm) {
	switch {
	case !c.sound(path):
	case arm.Kind() == None:
		c.report(path, "none learns from no source; it is always measured")
	case c.sound("sheet.second.columns") && arm.Layer() == 2 && c.s.Sheet.Second.Columns == 0:
		c.report(path, "layer=2 needs a second sheet: sheet.second.columns is 0")
	case c.sound("sheet.columns", "sheet.second") && arm.Radius() > c.s.noisy(arm).columns-1:
		columns := c.s.noisy(arm).columns
		c.report(path, "a radius of %d reaches beyond a sheet of %d x %d columns; at most %d, or all", arm.Radius(), columns, columns, columns-1)
	case c.sound("sheet") && int64(arm.Hubs()) > c.s.noisy(arm).count():
		c.report(path, "%d hubs are more than the %d units", arm.Hubs(), c.s.noisy(arm).count())
	case c.sound("readout.epochs") && arm.Training() == AdversarialTraining && c.s.Readout.Epochs < 2:
		c.report(path, "adversarial-training attacks what the readout has learned, from its second epoch on: readout.epochs must be at least 2, not %d", c.s.Readout.Epochs)
	}
}

// attack checks how and on whom attacks are made.
func (c *checker) attack() {
	rising(c, "attack.linf", c.s.Attack.Linf)
	rising(c, "attack.l2", c.s.Attack.L2)
	for path, list := range map[string][]float64{"attack.linf": c.s.Attack.Linf, "attack.l2": c.s.Attack.L2} {
		if c.sound(path) && slices.Equal(list, []float64{0}) {
			c.report(path+".0", "0 is the clean end of a curve, which needs an epsilon above 0 too")
		}
	}
	unique(c, "attack.sources", c.s.Attack.Sources)
	unique(c, "attack.arms", c.s.Attack.Arms)
	for i, name := range c.s.Attack.Sources {
		if path := at("attack.sources", i); c.sound(path) && !slices.ContainsFunc(members(name), c.source) {
			c.report(path, "%s is no source of this scenario", name)
		}
	}
	for i, arm := range c.s.Attack.Arms {
		path := at("attack.arms", i)
		listed := func(s Source) bool { return slices.Contains(s.Arms, arm) }
		if c.sound(path, "sources") && arm.Kind() != None && !slices.ContainsFunc(c.s.Sources, listed) {
			c.report(path, "no source of this scenario has an arm %s", arm)
		}
	}
}

// source reports whether there is a source with that perturbation, or may be one
// among the wrong ones.
func (c *checker) source(perturbation string) bool {
	return !c.sound("sources") || slices.ContainsFunc(c.s.Sources, func(s Source) bool {
		return slices.Contains(members(s.Perturbation), perturbation)
	})
}

// choice checks that an arm is none or belongs to the source chosen beside it.
func (c *checker) choice(owner, path, source string, arm Arm) {
	if arm.Kind() == None || !c.sound(path, owner+".source", "sources") {
		return
	}
	if source == "" {
		c.report(path, "the arm %s needs a source", arm)
		return
	}
	if y, ok := c.s.Lesson(source); ok && !slices.Contains(y.Arms, arm) {
		c.report(path, "the source %s has no arm %s", source, arm)
	}
}

// unique reports the entries of a list that stand in it before.
func unique[T comparable](c *checker, path string, entries []T) {
	for i, e := range entries {
		j := slices.Index(entries[:i], e)
		if j >= 0 && c.sound(at(path, i), at(path, j)) {
			c.report(at(path, i), "%v is listed twice", e)
		}
	}
}

// at returns the path of an entry of a list.
func at(path string, i int) string { return path + "." + strconv.Itoa(i) }
