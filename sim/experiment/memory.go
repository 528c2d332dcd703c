package experiment

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"murmur/network/circuit"
	"murmur/network/topology"
	"murmur/sim/scenario"
)

// What a run holds whatever its size, in bytes: the program itself, as far as it is in use, and what Go and the tables,
// page and figures take.
const (
	programBytes = 45e6
	fixedBytes   = 10e6
)

// spare is what is planned above what is counted, for what nobody counts: headers, views, stacks of tables.
const spare = 1.05

// loose is how far Go's memory may exceed its limit for a moment.
const loose = 1.03

// A holding is a part of the memory of a run.
type holding struct {
	name  string
	bytes float64
}

// Memory is an upper bound of what the process holds in a run, in bytes. It rests on [Experiment.Heap] being the limit
// of Go's heap, which else grows to twice what is in use.
func (e *Experiment) Memory() int64 { return int64(loose*float64(e.Heap())) + programBytes }

// Heap is that part of it that Go manages: what debug.SetMemoryLimit is to be given.
func (e *Experiment) Heap() int64 {
	sum := 0.
	for _, s := range e.holdings() {
		sum += s.bytes
	}
	var m runtime.MemStats // loading the pictures may have taken more
	runtime.ReadMemStats(&m)
	return int64(min(max(spare*sum+fixedBytes, float64(m.Sys-m.HeapReleased)), math.MaxInt64/4))
}

// holdings lists what a run holds at once while the arms of a seed are under way, the time when it holds most, or what its
// end holds if that is more. What is counted is what is in use. Numbers are floats, which do not overflow.
func (e *Experiment) holdings() []holding {
	w := e.world(e.Seed, nil)
	lessons := w.lessons()
	arms := w.arms(lessons)
	size, train, test := float64(e.train.Size()), float64(e.train.Len()), float64(e.test.Len())
	sheets := e.sheets()
	atOnce := float64(side())

	// Pictures: as they were loaded, and in the order of the seed.
	pictures := 4*size*(2*train+test) + 4*float64(e.backing())

	// Networks: those that see, once for the seed, and in the place of each arm under way first those that see for its
	// lesson, with the pictures they see, and then its own, with what attacks on it take.
	var eyes, features, units float64
	for _, s := range sheets {
		eyes += sheetBytes(s, float64(w.widest()))
		features += 4 * float64(s.Len()) * float64(s.Afferents())
		units += float64(s.Len())
	}
	var places []float64
	for _, y := range lessons {
		places = append(places, eyes+4*size*float64(y.images))
	}
	given, arrays := 0., 0.
	for _, a := range arms {
		c, seeing := w.cost(a), 0.
		if a.arm.Training() == scenario.GaussianInput {
			seeing = eyes + 4*size*train
		}
		places = append(places, max(seeing, c.bytes+w.attackBytes(a)))
		results := w.results(a, c)
		given += results * float64(e.Seeds)
		arrays += results
	}
	looked := 4 * size * test * float64(min(1, len(e.cells))) // before the arms
	networks := eyes + features + max(looked, most(places, side()))

	// Responses: to the images as they are and under every cell, and to those that are changed for a lesson.
	alive := min(atOnce+1, float64(len(lessons)))
	longest := 0.
	for _, y := range lessons {
		longest = max(longest, float64(y.images))
	}
	responses := 4 * units * (train + test*float64(1+len(e.cells)) + alive*longest)
	for _, a := range arms {
		switch a.arm.Training() {
		case scenario.GaussianInput, scenario.AdversarialTraining:
			responses += 4 * units * train
		}
	}

	// Covariances: of the lessons under way, or of all that are kept to be described, and their factors.
	n := float64(sheets[len(sheets)-1].Len())
	held := alive
	if len(lessons) <= kept {
		held = float64(len(lessons))
	}
	k := min(float64(e.Noise.Oracle.Components), n)
	covariances := held*(12*n*n+4*n*k) + atOnce*n*(16*k+4*n)
	if len(lessons) == 0 {
		covariances = 0
	}

	list := []holding{{"pictures", pictures}, {"networks, attacks and what they look at", networks}, {"responses", responses}, {"covariances", covariances},
		{"results", given}}
	// At the end there are the results, and twice what is written of them.
	end := []holding{{"pictures", 4*float64(e.backing()) + 8*size*test}, {"results", given + 2*(3*arrays+features+held*4*n*n)}}
	if sum(end) > sum(list) {
		return end
	}
	return list
}

func sum(list []holding) (bytes float64) {
	for _, s := range list {
		bytes += s.bytes
	}
	return bytes
}

// most is the sum of the n largest.
func most(list []float64, n int) (sum float64) {
	list = slices.Sorted(slices.Values(list))
	slices.Reverse(list)
	for _, v := range list[:min(n, len(list))] {
		sum += v
	}
	return sum
}

// backing is how many pixels are held beside those that are used: an embedded set is read whole.
func (e *Experiment) backing() int {
	if e.Data.Path != "" {
		return 0
	}
	return embeddedPixels - len(e.train.Pixels) - len(e.test.Pixels)
}

const embeddedPixels = 12000 * 28 * 28

// sheetBytes is what a sheet takes that sees with a number of lanes (circuit.NewFeatures): channels with two sides for
// pixels, responses, potentials and excitations; of each unit weights and what they learn from, and ten rows of lanes.
func sheetBytes(s topology.Sheet, lanes float64) float64 {
	n := float64(s.Len())
	return 8*float64(s.Inputs())*lanes + n*(24*lanes+40*lanes+8*float64(s.Afferents())+unitBytes)
}

// unitBytes is what a unit takes beside its rows, with a goroutine of its own.
const unitBytes = 6000

// armBytes is what the network of an arm takes.
func (w *world) armBytes(a *armRun, couplings int) float64 {
	sheet := w.sheetOf(a.arm)
	n, learn, probe, classes := float64(sheet.Len()), float64(w.Lanes.Learn), float64(w.Lanes.Probe), float64(w.train.Classes)
	rule := w.noiseRule(a.arm)
	bytes := n*(8*float64(w.widest())+16*learn+16*learn+8*learn+unitBytes) +
		classes*(8*n+float64(w.draws(rule))*12*probe+24*learn+16*float64(w.widest())+unitBytes)
	bytes += 8 * float64(couplings) // a coupling and its step
	hubs := float64(rule.Hubs)
	switch rule.Kind {
	case circuit.GHA: // contributions and residuals
		bytes += n*hubs*learn*12 + hubs*(24*learn+unitBytes)
	case circuit.Given:
		bytes += hubs * (8*learn + unitBytes)
	}
	if w.layerOf(a.arm) < len(w.Experiment.sheets())-1 {
		bytes += sheetBytes(w.Experiment.sheets()[len(w.Experiment.sheets())-1], learn)
	}
	// The alignment holds the couplings by value once more, and a row of units for each that is worked on.
	sources := n
	if hubs > 0 {
		sources = hubs
	}
	if a.arm.Noisy() {
		bytes += 4 * n * sources
	}
	return bytes
}

// results is what an arm of a seed gives: decisions on every picture, its network and its noise.
func (w *world) results(a *armRun, c cost) float64 {
	return 5*float64(w.test.Len())*float64(1+len(a.levels)) + 25*float64(w.struck())*float64(len(a.attacks)) + c.output
}

// attackCopies is how many copies of the attacked pictures attacks hold at most: where they are, were, were best, their
// slopes and steps, for each member of a preset.
const attackCopies = 32

// attackBytes is what attacks on an arm take: two models with what the attacked pictures make them respond, the pictures,
// and answers to draws.
func (w *world) attackBytes(a *armRun) float64 {
	if len(a.attacks) == 0 && len(w.Certificate.Sigmas) == 0 {
		return 0
	}
	images := 0.
	if len(a.attacks) > 0 {
		images = float64(w.struck())
	}
	if len(w.Certificate.Sigmas) > 0 {
		images = max(images, float64(w.Certificate.Images))
	}
	lanes := modelLanes * math.Ceil(images/modelLanes)
	model := 0.
	for _, s := range w.Experiment.sheets() {
		model += 4*float64(s.Len())*(float64(s.Afferents())+lanes) + 16*float64(s.Afferents())*modelLanes
	}
	answers := 4 * images * attackDraws * float64(w.train.Classes)
	return 2*model + 4*images*float64(w.train.Size())*attackCopies + answers
}

// attackDraws is how many draws of noise attacks look at together, at most, and how often answers to them are held.
const attackDraws = 4 * 256

// told says what memory goes to, the largest part first.
func told(list []holding) string {
	slices.SortStableFunc(list, func(a, b holding) int { return cmp.Compare(b.bytes, a.bytes) })
	var words []string
	for _, s := range list {
		if s.bytes >= 1e6 && len(words) < 4 {
			words = append(words, fmt.Sprintf("%s %s", s.name, Bytes(int64(s.bytes))))
		}
	}
	return strings.Join(words, ", ")
}

// Bytes is a number of bytes in words, rounded up.
func Bytes(n int64) string {
	switch mb := math.Ceil(float64(n) / 1e6); {
	case mb < 1000:
		return fmt.Sprintf("%.0f MB", mb)
	case mb < 100e3:
		return fmt.Sprintf("%.2f GB", math.Ceil(mb/10)/100)
	default:
		return fmt.Sprintf("%.0f GB", math.Ceil(mb/1000))
	}
}
