package experiment

import (
	"fmt"
	"strings"

	"murmur/network/circuit"
	"murmur/sim/scenario"
)

// mostArms is how many arms a plan lists.
const mostArms = 40

// Plan says what a run would do and hold in memory; it allocates none of it.
func (e *Experiment) Plan() string {
	w := e.world(e.Seed, nil)
	arms := arms(w.lessons())
	cells := 1 + len(e.cells)
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("scenario", "%s, size %s, seeds %d to %d", e.Name, e.Size, e.Seed, e.Seed+uint64(e.Seeds)-1)
	line("images", "%s: %d training, %d judged (%s), %d x %d pixels, %d classes", e.Data.Set, e.train.Len(), e.test.Len(),
		e.Data.JudgeOn, e.train.Width, e.train.Height, e.train.Classes)
	units := 0
	for _, s := range e.sheets() {
		units += s.Len()
		seen := "pixels"
		if s.Depth > 0 {
			seen = "columns of the sheet below"
		}
		line("sheet", "%d units in %d columns, receptive fields of %d x %d %s", s.Len(), s.Columns*s.Columns, s.Field, s.Field, seen)
	}
	if e.Measured == scenario.Matched {
		line("judged", "%d arms; none on %d cells and %d attacks, others on what their source is", len(arms), cells, len(e.attacks))
	} else {
		line("judged", "%d arms, each on %d cells, and those that are attacked on %d attacks", len(arms), cells, len(e.attacks))
	}
	work, shown := 0, 0
	for _, a := range arms {
		c := w.cost(a)
		work += c.work
		if shown++; shown <= mostArms {
			label := a.arm.String()
			if a.lesson != nil {
				label += " of " + levelName(a.lesson.Level)
			}
			line("arm", "%-36s %6d units, %8d couplings, %4.0f MB", label, c.units, c.couplings, float64(c.bytes)/1e6)
		}
	}
	if shown > mostArms {
		line("", "and %d more arms", shown-mostArms)
	}
	memory := 4 * units * (e.train.Len()*(1+side()) + e.test.Len()*cells)
	line("memory", "about %.1f GB at most, %.1f GB of it remembered responses", float64(memory+w.heaviest(arms))/1e9, float64(memory)/1e9)
	line("work", "about %.0f G multiply-adds over all seeds", float64(work*e.Seeds)/1e9)
	return b.String()
}

// cost is what an arm takes.
type cost struct {
	units, couplings int
	bytes            int // of channels and couplings
	work             int // multiply-adds of a seed
}

func (w *world) cost(a *armRun) cost {
	rule := w.noiseRule(a.arm)
	sheet := w.sheetOf(a.arm)
	n, classes := sheet.Len(), w.train.Classes
	c := cost{units: n + classes}
	hubs, private := 0, 1
	switch rule.Kind {
	case circuit.None:
		private = 0
	case circuit.Imprint:
		private = 0
		for column := range sheet.Columns * sheet.Columns {
			radius := rule.Radius
			for _, s := range sheet.Lateral(column, radius) {
				c.couplings += s.N * sheet.Units
			}
		}
	case circuit.GHA, circuit.Given:
		hubs = rule.Hubs
		c.couplings = n * hubs
	}
	c.couplings += private * n
	c.units += hubs
	values := n*w.widest() + 3*n*w.Lanes.Learn + classes*w.Noise.Draws*w.Lanes.Probe
	drawn := w.Readout.Epochs*w.train.Len() + w.Noise.Draws*w.test.Len()
	learned := 0
	switch rule.Kind {
	case circuit.Imprint:
		learned = w.passes(rule) * a.lesson.images
	case circuit.GHA:
		learned = 3 * w.passes(rule) * a.lesson.images
		values += n * hubs * w.Lanes.Learn
	}
	c.bytes = 8 * (values + c.couplings) // two sides of a channel; a coupling and its step
	cells := len(w.cells)
	if !a.everywhere(w) {
		cells = 1
	}
	readout := n * classes * (2*w.Readout.Epochs*w.train.Len() + w.test.Len()*(1+cells+w.Noise.Draws))
	c.work = c.couplings*(drawn+learned) + readout
	return c
}

// heaviest is the memory of the arms that are under way together.
func (w *world) heaviest(arms []*armRun) int {
	most := 0
	for _, a := range arms {
		most = max(most, w.cost(a).bytes)
	}
	return most * side()
}

// world prepares a seed.
func (e *Experiment) world(seed uint64, p Progress) *world {
	return &world{Experiment: e, seed: seed, train: e.train, test: e.test, progress: p}
}
