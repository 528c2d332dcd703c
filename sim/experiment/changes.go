package experiment

import (
	"context"
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

// What a change does to pictures that no network can answer for.
const (
	changesNothing = "changes no picture"
	leavesNothing  = "leaves nothing of the pictures"
	changesAlike   = "gives the same as a lower strength"
)

// effects says what the modifications that arms are judged under do to a few of the judged pictures: "", or one of the
// above for each.
func (e *Experiment) effects() []string {
	set := e.looked()
	w := e.world(e.Seed, nil)
	list := make([]string, len(e.cells))
	shown := make([]*stimulus.Set, len(e.cells))
	for k, l := range e.cells {
		after := *set
		after.Pixels, _ = w.modified(context.Background(), set, set.Len(), l, testTrials) // of a few pictures
		shown[k] = &after
		switch {
		case alike(set.Pixels, after.Pixels, sameValue):
			list[k] = changesNothing
		case featureless(&after) && !featureless(set):
			list[k] = leavesNothing
		default:
			for j, before := range e.cells[:k] {
				if before.Name == l.Name && alike(shown[j].Pixels, after.Pixels, sameValue) {
					list[k] = changesAlike
				}
			}
		}
	}
	return list
}

// looked are the judged pictures that effects looks at.
func (e *Experiment) looked() *stimulus.Set {
	return e.test.First(min(e.test.Len(), lookedPictures, max(2, lookedPixels/e.test.Size())))
}

// changes are checks of the effects.
func (e *Experiment) changes() []measure.Check {
	if len(e.cells) == 0 {
		return nil
	}
	effects := e.effects()
	check := func(name, effect, good string) measure.Check {
		c := measure.Check{Name: name, Status: Pass, Detail: fmt.Sprintf("of %d judged pictures that were looked at %s, under %d changes", e.looked().Len(), good, len(e.cells))}
		var bad strengths
		for k, l := range e.cells {
			if effects[k] == effect {
				bad.add(l)
			}
		}
		if len(bad) > 0 {
			c.Status, c.Detail = Warn, fmt.Sprintf("of %d judged pictures that were looked at, this %s: %s", e.looked().Len(), effect, bad)
		}
		return c
	}
	return []measure.Check{
		check("changes-change-something", changesNothing, "some are changed"),
		check("changes-leave-something", leavesNothing, "something is left"),
		check("strengths-differ", changesAlike, "no two strengths give the same"),
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
