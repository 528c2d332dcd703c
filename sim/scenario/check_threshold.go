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
		if c.sound(path+".source") && t.Source != "" && !c.source(t.Source) {
			c.report(path+".source", "%s is no source of this scenario", t.Source)
			continue
		}
		if c.sound(path, "sources") {
			c.selector(path, t)
		}
	}
}

// selector checks source and arm against what the metric needs.
func (c *checker) selector(path string, t Threshold) {
	switch t.Metric {
	case Clean, Accuracy:
		if t.Arm.IsZero() {
			c.report(path, "%s needs an arm", t.Metric)
		} else if t.Arm.Kind() == None && t.Source != "" {
			c.report(path+".source", "none has no source")
		}
	case CleanCost:
		if t.Arm.Kind() == None {
			c.report(path+".arm", "clean_cost compares with none")
		}
	case PaperAgreement, MismatchedWorse:
		if !t.Arm.IsZero() || t.Source != "" {
			c.report(path, "%s is over the whole run: it has no source and no arm", t.Metric)
		}
		c.place(path, t)
		return
	case RecoveredGrowth:
		if t.Source == "" {
			c.report(path, "recovered_growth needs a source")
			return
		}
		if !t.Arm.IsZero() {
			c.report(path+".arm", "recovered_growth is over all imprint arms of the source")
			return
		}
		c.growth(path, t.Source)
	default:
		if t.Source == "" || t.Arm.IsZero() {
			c.report(path, "%s needs a source and an arm", t.Metric)
			return
		}
		if t.Arm.Kind() == None {
			c.report(path+".arm", "%s compares with none", t.Metric)
		}
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
	c.matched(path, t)
	c.place(path, t)
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
	if !c.sound("perturbations", "strengths", "attack") {
		return
	}
	measured := func(l Level) bool { return l.Name == t.Perturbation && l.Strength == t.Strength }
	if !slices.ContainsFunc(c.s.Levels(), measured) {
		c.report(path+".perturbation", "%s at strength %d is not measured: perturbations or strengths lack it", t.Perturbation, t.Strength)
	}
}

// growth checks that the source has imprint arms to compare.
func (c *checker) growth(path, source string) {
	arms := c.s.source(source).Arms
	imprints := 0
	for _, arm := range arms {
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
	arms := c.s.source(t.Source).Arms
	var missing []Arm
	for _, a := range arms {
		compared := a == t.Arm || t.Metric == RecoveredGrowth && a.Rule() == Imprint
		if o := a.Oracle(); compared && !slices.Contains(arms, o) && !slices.Contains(missing, o) {
			missing = append(missing, o)
			c.report(path+".source", "%s compares with the arm %s, which the source %s lacks", t.Metric, o, t.Source)
		}
	}
}

// source returns the first source with that perturbation; it must be there.
func (s *Scenario) source(perturbation string) Source {
	return s.Sources[slices.IndexFunc(s.Sources, func(s Source) bool { return slices.Contains(members(s.Perturbation), perturbation) })]
}
