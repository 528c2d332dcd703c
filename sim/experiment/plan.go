package experiment

import (
	"fmt"
	"strings"
	"time"

	"murmur/network/circuit"
	"murmur/sim/scenario"
)

// mostArms is how many arms a plan lists.
const mostArms = 40

// What a run takes beside its multiply-adds, measured on a few machines: seconds of one processor for a step of a unit
// that has a goroutine of its own, and for a value that is published. Of the rate that the kernels reach in the nearest
// cache multiply-adds reach about the share kernelShare.
const (
	stepSeconds, valueSeconds = 1.5e-6, 2e-9
	kernelShare               = 0.4
)

// Plan says what a run would do, hold in memory and leave behind; it allocates none of it. With the rate at which the
// processors together multiply and add in the nearest cache, in operations a second, it says how long; 0 is unknown.
func (e *Experiment) Plan(rate float64) string {
	w := e.world(e.Seed, nil)
	arms := w.arms(w.lessons())
	cells := 1 + len(e.cells)
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`)) // names may hold any character
	}
	line("scenario", "%s, size %s, seeds %d to %d", e.Name, e.Size, e.Seed, e.Seed+uint64(e.Seeds)-1)
	line("images", "%s: %d training, %d judged (%s), %d x %d pixels, %d classes", e.test.Name, e.train.Len(), e.test.Len(),
		e.Data.JudgeOn, e.train.Width, e.train.Height, e.train.Classes)
	line("classes", "%s", e.classes())
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
	all, drawn := w.total(arms)
	shown := 0
	for _, a := range arms {
		c := w.cost(a)
		if shown++; shown <= mostArms {
			label := a.arm.String()
			if a.lesson != nil {
				label += " of " + levelName(a.lesson.Level)
			}
			line("arm", "%-36s %6d units, %8d couplings, %4.0f MB", label, c.units, c.couplings, c.bytes/1e6)
		}
	}
	if shown > mostArms {
		line("", "and %d more arms", shown-mostArms)
	}
	line("memory", "at most %s: %s", Bytes(e.Memory()), told(e.holdings()))
	seeds := float64(e.Seeds)
	line("work", "about %.0f G multiply-adds and %.0f M steps of units", seeds*all.work/1e9, seeds*all.steps/1e6)
	if rate > 0 {
		busy := float64(all.steps*stepSeconds) + float64(all.values*valueSeconds)
		seconds := float64(seeds*(2*all.work/(kernelShare*rate)+busy/float64(side()))) + float64(reportSeconds*drawn)
		beside := ""
		if len(e.attacks) > 0 {
			beside = " and what attacks take"
		}
		line("time", "%s to %s%s", about(seconds/1.5), about(seconds*1.5), beside)
	}
	// While it runs, what is finished is kept beside what is left at the end.
	left, beside := e.Disk()
	line("disk", "about %s, and up to %s more while it runs", Bytes(left), Bytes(beside))
	var good []string
	for _, c := range e.census() {
		if c.Status == Pass {
			good = append(good, c.Name)
		} else {
			line(c.Status, "%s: %s", c.Name, c.Detail)
		}
	}
	line("good", "%s", strings.Join(good, ", "))
	for _, n := range e.train.Notes {
		if !n.Warn {
			line("note", "%s: %s", n.Name, n.Detail)
		}
	}
	return b.String()
}

// Disk is about how many bytes a run leaves behind, and how many more it takes at most while it runs.
func (e *Experiment) Disk() (left, beside int64) {
	w := e.world(e.Seed, nil)
	all, _ := w.total(w.arms(w.lessons()))
	return int64(all.output), int64(float64(e.Seeds) * all.kept)
}

// total is what the arms of a seed take together with all that is done for them, and how often figures are drawn.
func (w *world) total(arms []*armRun) (all cost, drawn int) {
	e := w.Experiment
	for _, a := range arms {
		c := w.cost(a)
		all.work, all.steps, all.values, all.output = all.work+c.work, all.steps+c.steps, all.values+c.values, all.output+c.output
		all.kept += w.results(a, c)
	}
	pictures := float64(e.train.Len())*float64(e.Features.Epochs+1+len(e.lessons)) + float64(e.test.Len())*float64(1+len(e.cells))
	for _, sheet := range e.sheets() {
		n, field := float64(sheet.Len()), float64(sheet.Afferents())
		all.work += n * field * pictures
		all.values += 3 * n * pictures
		all.output += 4 * n * (2*field + 1)
	}
	drawn = 1 // of figures, once for all and once for each source whose covariance is kept
	if len(e.lessons) <= kept {
		n := float64(e.sheets()[len(e.sheets())-1].Len())
		drawn += len(e.lessons)
		all.output += 4 * float64(len(e.lessons)) * n * n
	}
	all.output += 4*float64(e.test.Len())*float64(e.test.Size()) + float64(reportBytes*drawn)
	return all, drawn
}

// What the page and the figures of a source take, and what is drawn for all.
const reportBytes, reportSeconds = 2e6, 1

// about is a duration that nobody takes for exact.
func about(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second).Seconds())))
	case d < 10*time.Minute:
		return fmt.Sprintf("%.1f min", d.Minutes())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.0f h", d.Hours())
}

// cost is what an arm takes. What grows with several sizes at once is a float, which does not overflow.
type cost struct {
	units, couplings int
	bytes            float64 // of its network
	work             float64 // multiply-adds of a seed
	steps, values    float64 // steps of units, and values that they publish, of a seed
	output, kept     float64 // bytes left behind, and kept of a seed until it ends
}

func (w *world) cost(a *armRun) cost {
	rule := w.noiseRule(a.arm)
	sheet := w.sheetOf(a.arm)
	c := cost{units: sheet.Len() + w.train.Classes}
	hubs, private := 0, 1
	switch rule.Kind {
	case circuit.None:
		private = 0
	case circuit.Imprint:
		private = 0
		for column := range sheet.Columns * sheet.Columns {
			for _, s := range sheet.Lateral(column, rule.Radius) {
				c.couplings += s.N * sheet.Units
			}
		}
	case circuit.GHA, circuit.Given:
		hubs = rule.Hubs
		c.couplings = sheet.Len() * hubs
	}
	c.couplings += private * sheet.Len()
	c.units += hubs
	c.bytes = w.armBytes(a, c.couplings)
	n, classes, draws := float64(sheet.Len()), float64(w.train.Classes), float64(w.Noise.Draws)
	train, test := float64(w.train.Len()), float64(w.test.Len())
	drawn := float64(w.Readout.Epochs)*train + draws*test
	learned, shown := 0., 0. // trials that couplings learn from, and that are shown for it
	switch rule.Kind {
	case circuit.Imprint:
		learned = float64(w.passes(rule)) * float64(a.lesson.images)
		shown = 2 * learned
	case circuit.GHA:
		learned = 3 * float64(w.passes(rule)) * float64(a.lesson.images)
		shown = learned
	}
	cells := float64(len(w.cells))
	if !a.everywhere(w) {
		cells = 1
	}
	readout := n * classes * (2*float64(w.Readout.Epochs)*train + test*(1+cells+draws))
	c.work = float64(c.couplings)*(drawn+learned) + readout
	judged := test * (1 + cells)
	c.steps = n*(shown+drawn)/float64(w.Lanes.Learn) + n*judged/float64(w.Lanes.Probe)
	c.values = n * (shown + 3*drawn + judged)
	c.output = 4 * n * classes
	if rule.Kind != circuit.None {
		kept := float64(c.couplings)
		if hubs == 0 {
			kept *= 3 // with who hears whom
		}
		c.output += 4 * (kept + draws*classes*test)
	}
	return c
}

// world prepares a seed.
func (e *Experiment) world(seed uint64, p Progress) *world {
	return &world{Experiment: e, seed: seed, train: e.train, test: e.test, progress: p}
}
