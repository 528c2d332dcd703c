package scenario

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/certificate"
)

// What a sheet may have.
const (
	maxUnits   = 1_000_000 // units
	maxWeights = 1e10      // weights, of all its units
)

// data checks that an embedded set is there and holds as many images, and that classes are named once each.
func (c *checker) data() {
	d := c.s.Data
	unique(c, "data.classes", d.Classes)
	if !c.sound("data.path") || d.Path != "" {
		return
	}
	if c.sound("data.set") && !slices.Contains(embedded, d.Set) {
		c.report("data.set", "%s; another set needs data.path", unknown(d.Set, embedded))
		return
	}
	if c.sound("data.train") && d.Train > embeddedTrain {
		c.report("data.train", "the embedded %s has %d training images, not %d; more need data.path", d.Set, embeddedTrain, d.Train)
	}
	if c.sound("data.test") && d.Test > embeddedTest {
		c.report("data.test", "the embedded %s has %d test images, not %d; more need data.path", d.Set, embeddedTest, d.Test)
	}
}

// sheet checks the sizes of the sheets, and for an embedded set that they fit its pictures and its classes.
func (c *checker) sheet() {
	if !c.sound("sheet") {
		return
	}
	for _, l := range c.s.layers() {
		if n := l.count(); n > maxUnits {
			c.report(l.field+".units", "%d x %d columns of %d units are %d; at most %d", l.columns, l.columns, l.units, n, maxUnits)
		}
	}
	if !c.sound("data.path", "data.classes") {
		return
	}
	problems := c.s.fit(math.MaxInt, math.MaxInt) // how large the pictures of a path are is not known yet
	if c.s.Data.Path == "" {
		var digits []string
		for k := range embeddedKinds {
			digits = append(digits, fmt.Sprint(k))
		}
		problems = c.s.picture(embeddedSide, embeddedSide, digits)
	}
	for _, p := range problems {
		c.report(p.Field, "%s", p.Message)
	}
	for _, l := range c.s.layers() {
		if weights := float64(l.count()) * l.afferents(); weights > maxWeights && len(problems) == 0 {
			c.report(l.field+".field", "%d units with fields of %d x %d have %g weights; at most %g", l.count(), l.side, l.side, weights, maxWeights)
		}
	}
}

// layer is a sheet as the scenario gives its size.
type layer struct {
	field                string // of the scenario
	columns, units, side int
	depth                int // units at each place that it looks at
}

// layers lists the sheets, the one that looks at the picture first.
func (s *Scenario) layers() []layer {
	list := []layer{{"sheet", s.Sheet.Columns, s.Sheet.Units, s.Sheet.Field, 1}}
	if t := s.Sheet.Second; t.Columns > 0 {
		list = append(list, layer{"sheet.second", t.Columns, t.Units, t.Field, s.Sheet.Units})
	}
	return list
}

// noisy is the sheet whose units are noisy in an arm, which is one of those there are.
func (s *Scenario) noisy(a Arm) layer {
	list := s.layers()
	if a.Layer() > 0 {
		return list[a.Layer()-1]
	}
	return list[len(list)-1]
}

// count returns the number of units, at most 10^12 by the schema.
func (l layer) count() int64 { return int64(l.columns) * int64(l.columns) * int64(l.units) }

// afferents returns the number of weights of a unit, which no integer may hold.
func (l layer) afferents() float64 { return float64(l.side) * float64(l.side) * float64(l.depth) }

// CheckPicture returns an [Errors], without positions, if the sheets do not fit pictures of that width and height in
// pixels, if there are fewer than 2 classes, or if data.classes names another number of them. classes are what those that
// occur are called. Pictures of embedded sets were checked when the scenario was read.
func (s *Scenario) CheckPicture(width, height int, classes []string) error {
	if problems := s.picture(width, height, classes); len(problems) > 0 {
		return problems
	}
	return nil
}

func (s *Scenario) picture(width, height int, classes []string) Errors {
	problems := s.fit(width, height)
	if len(classes) < 2 {
		problems = append(problems, Problem{Field: "data", Message: fmt.Sprintf("at least 2 classes are needed, not %d", len(classes))})
	}
	if n := len(s.Data.Classes); n > 0 && n != len(classes) {
		problems = append(problems, Problem{Field: "data.classes",
			Message: fmt.Sprintf("%d names for %d classes; those that occur are %s", n, len(classes), strings.Join(classes, ", "))})
	}
	return problems
}

// fit says where sheets do not fit a picture of that size, or one another.
func (s *Scenario) fit(width, height int) (problems Errors) {
	looked, places := "picture", "pixels"
	for _, l := range s.layers() {
		switch side := min(width, height); {
		case l.side > side:
			problems = append(problems, Problem{Field: l.field + ".field",
				Message: fmt.Sprintf("a field of %d %s is larger than the %s of %d x %d", l.side, places, looked, width, height)})
		case l.columns > side-l.side+1:
			problems = append(problems, Problem{Field: l.field + ".columns",
				Message: fmt.Sprintf("at most %d columns fit a %s of %d x %d with fields of %d %s, not %d", side-l.side+1, looked, width, height, l.side, places, l.columns)})
		}
		width, height, looked, places = l.columns, l.columns, "sheet", "columns"
	}
	return problems
}

// certificate checks that there are samples enough for a certificate of anything.
func (c *checker) certificate() {
	k := c.s.Certificate
	if !c.sound("certificate") || len(k.Sigmas) == 0 {
		return
	}
	if least := certificate.LeastSamples(k.Alpha); k.Samples < least {
		c.report("certificate.samples", "%d can certify nothing at an alpha of %v: even if all agree, the bound of their probability is not above 1/2; at least %d", k.Samples, k.Alpha, least)
	}
}
