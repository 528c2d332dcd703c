package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// What a change does is looked at on a few pictures: lookedPixels bounds them where they are large.
const (
	lookedPictures = 16
	lookedPixels   = 1 << 18
)

// How near two values are that count as one: to the network, and to the eye, half a step of a byte.
const (
	sameValue = 1e-6
	sameGrey  = 1. / 510
)

// changes looks at what the modifications do to a few of the judged pictures: nothing, too much, or the same at another
// strength.
func (e *Experiment) changes() []measure.Check {
	set := e.test.First(min(e.test.Len(), lookedPictures, max(2, lookedPixels/e.test.Size())))
	w := e.world(e.Seed, nil)
	shown := make([]*stimulus.Set, len(e.cells))
	var idle, wiped, twins strengths
	for k, l := range e.cells {
		after := *set
		after.Pixels = w.modified(set, set.Len(), l, testTrials)
		shown[k] = &after
		switch {
		case alike(set.Pixels, after.Pixels, sameValue):
			idle.add(l)
		case featureless(&after) && !featureless(set):
			wiped.add(l)
		default:
			for j, before := range e.cells[:k] {
				if before.Name == l.Name && alike(shown[j].Pixels, after.Pixels, sameValue) {
					twins.add(l)
					break
				}
			}
		}
	}
	looked := fmt.Sprintf("of %d judged pictures that were looked at", set.Len())
	check := func(name string, list strengths, bad, good string) measure.Check {
		c := measure.Check{Name: name, Status: Pass, Detail: fmt.Sprintf("%s, under %d changes", good, len(e.cells))}
		if len(list) > 0 {
			c.Status, c.Detail = Warn, fmt.Sprintf("%s, %s: %s", looked, bad, list)
		}
		return c
	}
	if len(e.cells) == 0 {
		return nil
	}
	return []measure.Check{
		check("changes-change-something", idle, "none is changed under", looked+" some are changed"),
		check("changes-leave-something", wiped, "all become the same picture or plain grey under", looked+" something is left"),
		check("strengths-differ", twins, "all look as at a lower strength under", looked+" no two strengths give the same"),
	}
}

// alike reports whether no two values differ by more than a little.
func alike(x, y []float32, most float64) bool {
	for i, v := range x {
		if math.Abs(float64(v-y[i])) > most {
			return false
		}
	}
	return true
}

// featureless reports whether no picture tells anything: each has one value in all pixels, or all are the same picture.
func featureless(set *stimulus.Set) bool {
	same, plain := set.Len() > 1, true
	for i := range set.Len() {
		same = same && alike(set.Image(i), set.Image(0), sameGrey)
		plain = plain && slices.Max(set.Image(i))-slices.Min(set.Image(i)) <= sameGrey
	}
	return same || plain
}

// strengths are levels by modification, such as "occlusion at 3, 4, 5".
type strengths []struct {
	name string
	at   []string
}

func (s *strengths) add(l scenario.Level) {
	if n := len(*s); n == 0 || (*s)[n-1].name != l.Name {
		*s = append(*s, struct {
			name string
			at   []string
		}{name: l.Name})
	}
	last := &(*s)[len(*s)-1]
	last.at = append(last.at, fmt.Sprint(l.Strength))
}

func (s strengths) String() string {
	var list []string
	for _, m := range s {
		list = append(list, m.name+" at strength "+strings.Join(m.at, ", "))
	}
	return some(list)
}
