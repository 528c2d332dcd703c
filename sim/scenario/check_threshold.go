package scenario

import "slices"

// thresholds checks that names differ and that each metric has what it measures.
func (c *checker) thresholds() {
	for i, t := range c.s.Thresholds {
		path := at("thresholds", i)
		for j, before := range c.s.Thresholds[:i] {
			if before.Name == t.Name && c.sound(path+".name", at("thresholds", j)+".name") {
				c.report(path+".name", "%q is listed twice", t.Name)
				break
			}
		}
		fraction := slices.ContainsFunc(metrics, func(m metric) bool { return m.word == t.Metric && m.bounded })
		if fraction && (t.Limit.Value < -1 || t.Limit.Value > 1) && c.sound(path+".limit", path+".metric") {
			c.report(path+".limit", "must be from -1 to 1, not %v: %s is a fraction: 0.2 is 20 points", t.Limit.Value, t.Metric)
		}
		if t.Source != "" && !c.taught(path+".source", t.Source) {
			continue
		}
		if c.sound(path, "sources", "attack.linf", "attack.l2") {
			c.selector(path, t)
		}
	}
}

// taught checks that a threshold's source is one. Where that cannot be known, because of other mistakes, it says yes.
func (c *checker) taught(path, name string) bool {
	itself := func(y Source) bool { return y.Perturbation == name } // that it has no such strength was said
	switch _, ok := c.s.Lesson(name); {
	case len(members(name)) > 1 && c.sound(path):
		c.report(path, "%s is a family: name the one of its members that is measured", name)
	case ok || !c.sound(path, "sources", "attack.linf", "attack.l2") || slices.ContainsFunc(c.s.Sources, itself):
		return true
	case !c.source(name):
		c.report(path, "%s is no source of this scenario", name)
	default:
		p, _ := c.s.Perturbation(name)
		c.report(path, "%s has %s, and its source asks for none of them", name, levels(p))
	}
	return false
}

// selector checks source and arm against what the metric needs, and all that it is compared with.
func (c *checker) selector(path string, t Threshold) {
	i := slices.IndexFunc(metrics, func(m metric) bool { return m.word == t.Metric })
	if i < 0 || !metrics[i].needs(c, path, t) { // the schema refuses other metrics
		return
	}
	if !t.Arm.IsZero() {
		c.choice(path, path+".arm", t.Source, t.Arm)
	}
	if t.Metric == RecoveredGain && t.Arm.Kind() == Oracle {
		c.report(path+".arm", "recovered_gain compares with the oracle: it is that of another arm")
	}
	if t.Metric == Alignment && t.Arm.Training() == t.Arm.Kind() {
		c.report(path+".arm", "%s has no noise that could be aligned", t.Arm)
	}
	if first := c.runs(t); t.Metric == Alignment && len(first) > 0 && first[0].Name != t.Source {
		c.report(path+".source", "%s is the same under every source, and aligned with the first that has it, %s", t.Arm, first[0].Name)
	}
	c.matched(path, t)
	c.place(path, t)
}

// anArm: the metric is of an arm, of a source unless it is none.
func anArm(c *checker, path string, t Threshold) bool {
	if t.Arm.IsZero() {
		c.report(path, "%s needs an arm", t.Metric)
	} else if t.Arm.Kind() == None && t.Source != "" {
		c.report(path+".source", "none has no source")
	}
	return true
}

// armOrAll: the metric is of an arm other than none, or of all.
func armOrAll(c *checker, path string, t Threshold) bool {
	if t.Arm.Kind() == None {
		c.report(path+".arm", "%s compares with none", t.Metric)
	}
	return true
}

// armOfSource: the metric is of an arm under what its source is, compared with none.
func armOfSource(c *checker, path string, t Threshold) bool {
	if t.Source == "" || t.Arm.IsZero() {
		c.report(path, "%s needs a source and an arm", t.Metric)
		return false
	}
	return armOrAll(c, path, t)
}

// wholeRun: the metric is of no source and no arm.
func wholeRun(c *checker, path string, t Threshold) bool {
	if !t.Arm.IsZero() || t.Source != "" {
		c.report(path, "%s is over the whole run: it has no source and no arm", t.Metric)
	}
	c.place(path, t)
	return false
}

// imprints: the metric is over all imprint arms of a source.
func imprints(c *checker, path string, t Threshold) bool {
	switch {
	case t.Source == "":
		c.report(path, "%s needs a source", t.Metric)
		return false
	case !t.Arm.IsZero():
		c.report(path+".arm", "%s is over all imprint arms of the source", t.Metric)
		return false
	}
	c.growth(path, t.Source)
	return true
}

// place checks what accuracy is measured under.
func (c *checker) place(path string, t Threshold) {
	if t.Metric != Accuracy {
		if t.Perturbation != "" || t.Strength != 0 {
			c.report(path, "%s has a place of its own: only accuracy names a perturbation and a strength", t.Metric)
		}
		return
	}
	if t.Perturbation == "" || t.Strength == 0 {
		c.report(path, "accuracy needs a perturbation and a strength")
		return
	}
	if !c.sound("perturbations", "strengths", "attack", "measured") {
		return
	}
	measured := func(l Level) bool { return l.Name == t.Perturbation && l.Strength == t.Strength }
	levels := c.s.Levels()
	i := slices.IndexFunc(levels, measured)
	if i < 0 {
		c.report(path+".perturbation", "%s at strength %d is not measured: perturbations or strengths lack it", t.Perturbation, t.Strength)
		return
	}
	if !t.Arm.IsZero() && !c.s.Judged(t.Arm, c.runs(t), levels[i]) {
		c.report(path+".perturbation", "%s of %s is not measured under it: measured, attack.sources or attack.arms leave it out", t.Arm, t.Source)
	}
}

// runs lists the sources that the run of a threshold's arm stands for: an arm that takes nothing from its source stands
// for all that list it.
func (c *checker) runs(t Threshold) []Lesson {
	y, ok := c.s.Lesson(t.Source)
	switch {
	case !ok:
		return nil
	case y.Teaches(t.Arm):
		return []Lesson{y}
	}
	var list []Lesson
	for _, y := range c.s.Lessons() {
		if slices.Contains(y.Arms, t.Arm) && !y.Teaches(t.Arm) {
			list = append(list, y)
		}
	}
	return list
}

// growth checks that the source has imprint arms to compare.
func (c *checker) growth(path, source string) {
	y, ok := c.s.Lesson(source)
	if !ok {
		return
	}
	imprints := 0
	for _, arm := range y.Arms {
		if arm.Rule() == Imprint {
			imprints++
		}
	}
	if imprints < 2 {
		c.report(path+".source", "recovered_growth needs two imprint arms or more; the source %s has %d", source, imprints)
	}
}

// matched checks that the oracles that recovered gains are compared with are measured.
func (c *checker) matched(path string, t Threshold) {
	if t.Metric != RecoveredGain && t.Metric != RecoveredGrowth {
		return
	}
	y, _ := c.s.Lesson(t.Source)
	var missing []Arm
	for _, a := range y.Arms {
		compared := a == t.Arm || t.Metric == RecoveredGrowth && a.Rule() == Imprint
		if o := a.Oracle(); compared && !slices.Contains(y.Arms, o) && !slices.Contains(missing, o) {
			missing = append(missing, o)
			c.report(path+".source", "%s compares with the arm %s, which the source %s lacks", t.Metric, o, t.Source)
		}
	}
}
