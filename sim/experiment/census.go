package experiment

import (
	"fmt"
	"slices"
	"strings"

	"murmur/network/topology"
	"murmur/sim/measure"
	"murmur/sim/stimulus"
)

// census looks at the images and at what the changes do to them before anything is learned: what it warns of is no fault
// of the network, and would pass for one in the tables.
func (e *Experiment) census() []measure.Check {
	var list []measure.Check
	for _, c := range []struct {
		name string
		look func() (status, detail string)
	}{
		{"enough-judged-images", e.enoughJudged},
		{"classes-in-both-parts", e.classesInBoth},
		{"classes-balanced", e.classesBalanced},
		{"pictures-differ", e.picturesDiffer},
		{"judged-pictures-are-new", e.judgedAreNew},
		{"labels-agree", e.labelsAgree},
		{"pictures-not-blank", e.picturesNotBlank},
		{"pixels-in-range", e.pixelsInRange},
		{"pixels-seen", e.pixelsSeen},
	} {
		status, detail := c.look()
		list = append(list, measure.Check{Name: c.name, Status: status, Detail: detail})
	}
	list = append(list, e.changes()...)
	for _, n := range e.train.Notes {
		c := measure.Check{Name: n.Name, Status: Pass, Detail: n.Detail}
		if n.Warn {
			c.Status = Warn
		}
		list = append(list, c)
	}
	return list
}

// part is one of the two sets of images with what counting them found.
type part struct {
	name string
	stimulus.Count
}

func (e *Experiment) parts() []part {
	return []part{{"training", e.counted.Train}, {"judged", e.counted.Test}}
}

// tally returns how many images of each part something holds for, in words, and whether it holds for any.
func (e *Experiment) tally(what string, of func(stimulus.Count) int) (words string, any bool) {
	var list []string
	for _, p := range e.parts() {
		n := of(p.Count)
		any = any || n > 0
		list = append(list, fmt.Sprintf("%d of %d %s images", n, p.Images, p.name))
	}
	return strings.Join(list, " and ") + " " + what, any
}

// fewJudged is how many judged images are too few for an interval: of that many the half-width is up to 14 points, and where all
// answers happen to be the same it is 0.
const fewJudged = 50

func (e *Experiment) enoughJudged() (status, detail string) {
	n := e.test.Len()
	if n < fewJudged {
		return Warn, fmt.Sprintf("%d images are judged: intervals of so few are rough, and say nothing where all answers are the same", n)
	}
	return Pass, fmt.Sprintf("%d images are judged", n)
}

func (e *Experiment) classesInBoth() (status, detail string) {
	var lack []string
	for _, p := range e.parts() {
		for class, n := range p.Classes {
			if n == 0 {
				lack = append(lack, fmt.Sprintf("%s has no %s image", e.ClassNames()[class], p.name))
			}
		}
	}
	if len(lack) > 0 {
		return Warn, "a class without images counts for nothing in the accuracies: " + some(lack)
	}
	return Pass, fmt.Sprintf("each of %d classes has training and judged images", e.train.Classes)
}

func (e *Experiment) classesBalanced() (status, detail string) {
	majority := fmt.Sprintf("to answer the most frequent training class to all is right on %.1f %% of the judged images", 100*e.counted.Majority())
	if !e.counted.Unbalanced() {
		return Pass, majority
	}
	var parts []string
	for _, p := range e.parts() {
		least, most := slices.Min(p.Classes), slices.Max(p.Classes)
		images := fmt.Sprintf("%d to %d %s images", least, most, p.name)
		if least == most {
			images = fmt.Sprintf("%d %s images each", least, p.name)
		}
		parts = append(parts, images)
	}
	return Warn, "classes have " + strings.Join(parts, " and ") + ": " + majority + ", so balanced accuracies stand beside accuracies"
}

func (e *Experiment) picturesDiffer() (status, detail string) {
	detail, _ = e.tally("show what another one shows", func(c stimulus.Count) int { return c.Repeated })
	status = Pass
	for _, p := range e.parts() {
		switch {
		case p.Images > 1 && p.Repeated == p.Images-1:
			return Fail, fmt.Sprintf("all %d %s images are the same picture", p.Images, p.name)
		case 100*p.Repeated > p.Images: // the odd copy moves no accuracy
			status = Warn
		}
	}
	return status, detail
}

func (e *Experiment) judgedAreNew() (status, detail string) {
	detail = fmt.Sprintf("%d of %d judged images are training images too", e.counted.Shared, e.counted.Test.Images)
	if e.counted.Shared > 0 {
		return Warn, detail + ": accuracies on them are of what was learned by heart"
	}
	return Pass, detail
}

func (e *Experiment) labelsAgree() (status, detail string) {
	detail, any := e.tally("show what one of another class shows", func(c stimulus.Count) int { return c.Disputed })
	return warnIf(any), detail
}

func (e *Experiment) picturesNotBlank() (status, detail string) {
	detail, any := e.tally("have one value in all pixels", func(c stimulus.Count) int { return c.Blank })
	return warnIf(any), detail
}

func warnIf(bad bool) string {
	if bad {
		return Warn
	}
	return Pass
}

// dim is what the brightest pixel of a set is at least above, unless its values were scaled otherwise than to 0..1:
// values of 0 to 16 that were written as bytes reach .063.
const dim = .1

func (e *Experiment) pixelsInRange() (status, detail string) {
	var dark []string
	brightest := float32(0)
	for _, p := range e.parts() {
		if p.Brightest <= dim {
			dark, brightest = append(dark, p.name), max(brightest, p.Brightest)
		}
	}
	switch which := strings.Join(dark, " and "); {
	case len(dark) == 0:
		return Pass, fmt.Sprintf("the brightest pixel is %.3g in the training images and %.3g in the judged ones, of 1", e.counted.Train.Brightest, e.counted.Test.Brightest)
	case brightest <= 1./255:
		return Warn, fmt.Sprintf("no pixel of the %s images is above 1/255: divided by 255 and saved as bytes, or divided twice?", which)
	default:
		return Warn, fmt.Sprintf("no pixel of the %s images is above %.3g: are their values of another range than 0 to 255?", which, brightest)
	}
}

func (e *Experiment) pixelsSeen() (status, detail string) {
	status = Pass
	var list []string
	for k, s := range e.sheets() {
		what := "pixels"
		if k > 0 {
			what = "units of the first sheet"
		}
		n, all := unseen(s), s.Inputs()
		if n > 0 {
			status = Warn
		}
		list = append(list, fmt.Sprintf("%d of %d %s (%.0f %%) are in no receptive field", n, all, what, 100*float64(n)/float64(all)))
	}
	return status, strings.Join(list, "; ")
}

// unseen counts the inputs of a sheet that none of its units sees.
func unseen(s topology.Sheet) int {
	seen := make([]bool, s.Inputs())
	n := len(seen)
	for column := range s.Columns * s.Columns {
		for _, span := range s.ReceptiveField(column) {
			for p := span.First; p < span.First+span.N; p++ {
				if !seen[p] {
					seen[p] = true
					n--
				}
			}
		}
	}
	return n
}

// unitsAnswer asks for units that respond to no training image, of the first seed: they can neither help nor be noisy in
// any structured way.
func (t *tables) unitsAnswer() measure.Check {
	c := measure.Check{Name: "units-answer", Status: Pass}
	var list []string
	for k, silent := range t.seeds[0].Silent {
		units := t.sheets()[k].Len()
		of := ""
		if k > 0 {
			of = " of the second sheet"
		}
		switch {
		case silent == units:
			c.Status = Fail
		case 100*silent > units && c.Status == Pass: // the odd one is of no weight
			c.Status = Warn
		}
		list = append(list, fmt.Sprintf("%d of %d units%s answer to none of the %d training images", silent, units, of, t.train.Len()))
	}
	c.Detail = strings.Join(list, "; ")
	return c
}

// silent counts the units that respond to none of the training images.
func (l *layer) silent() int {
	n := 0
	for i := range l.Len() {
		if !slices.ContainsFunc(l.clean.Values[i*l.clean.Trials:(i+1)*l.clean.Trials], func(r float32) bool { return r != 0 }) {
			n++
		}
	}
	return n
}

// some lists the first few of many.
func some(list []string) string {
	const most = 8
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}

// classes lists the classes with their images, as name (training + judged).
func (e *Experiment) classes() string {
	var list []string
	for class, name := range e.ClassNames() {
		list = append(list, fmt.Sprintf("%s (%d + %d)", name, e.counted.Train.Classes[class], e.counted.Test.Classes[class]))
	}
	const most = 40
	if len(list) > most {
		list = append(list[:most], fmt.Sprintf("and %d more", len(list)-most))
	}
	return strings.Join(list, ", ")
}
