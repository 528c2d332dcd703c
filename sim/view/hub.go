package view

import (
	"context"
	"slices"
	"sync"
	"time"

	"murmur/sim/measure"
)

// Source is the run behind the view.
type Source interface {
	// Layout returns what stays the same.
	Layout() measure.Layout
	// Check returns an error that names the field if a poke cannot be done.
	Check(measure.Poke) error
	// Correlations returns the correlation of a unit's noise with every unit's, [unit], from -1 to 1; nil where there is
	// no noise yet. It is called while the run goes on.
	Correlations(unit int) []float32
	// Couplings returns the couplings of a unit to what it hears: [hub] where it hears hubs, else [unit]; nil where there
	// is no noise yet.
	Couplings(unit int) []float32
	// Hub returns the couplings of every unit to a hub, [unit]; nil where there is no such hub or no noise yet.
	Hub(k int) []float32
}

// Options are what a view may be told.
type Options struct {
	Classes []string       // names of the classes; numbers where there is none
	Wait    bool           // the run waits until somebody looks
	Speed   float64        // moments a second at the start; 0 as many as there can be
	Replay  bool           // the pokes are those of a recording, and nobody adds to them
	Pokes   []measure.Poke // of the recording, by moment
}

const (
	// frameGap is the least time between frames: screens show no more than people see.
	frameGap = time.Second / 30
	// maxQueue is how many pokes may wait for the next moment.
	maxQueue = 256
)

// frameShares are the shares of its time that a run which never waits spends on frames, at most: on those that are not
// whole, and on whole ones. Those of a large network take long, and must not keep the others away.
var frameShares = [2]float64{.01, .02}

// Hub stands between a run and those who look at it. Any goroutine may call its methods.
type Hub struct {
	source  Source
	options Options
	layout  measure.Layout

	mu      sync.Mutex
	changed chan struct{} // closed, and replaced, when something happened that somebody may wait for

	// What people asked for.
	paused bool
	steps  int // moments that may pass all the same
	speed  float64
	queue  []measure.Poke
	poked  int // numbers that the pokes hold, at most maxPoked
	closed bool

	// Where the run is.
	moment   uint64
	released time.Time // when the last moment was let go
	pokes    []measure.Poke
	script   []measure.Poke // what is left of the recording's
	over     bool

	// What is seen of it.
	viewers int
	looked  bool // somebody has looked, ever
	frame   *shot
	taken   bool      // the frame is on its way to somebody
	asked   time.Time // when the frame under way was wanted
	whole   bool      // whether it was wanted whole
	shown   time.Time
	rest    [2]time.Time // until when frames, and whole ones, have cost enough
	curves  curves
	state   int // counts changes of what state tells
}

// NewHub returns the hub of a run that has not begun.
func NewHub(s Source, o Options) *Hub {
	return &Hub{source: s, options: o, layout: s.Layout(), changed: make(chan struct{}), speed: o.Speed, script: o.Pokes, pokes: []measure.Poke{}}
}

// Next lets the run go on to the next moment, when it may, with the pokes that are due. After [Hub.Close] it returns
// context.Canceled: the run ends between two moments, so that it can be repeated.
func (h *Hub) Next(ctx context.Context, moment uint64) ([]measure.Poke, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.moment = moment
	for {
		if h.closed {
			return nil, context.Canceled
		}
		wait, changed := h.hold(), h.changed
		if wait == 0 {
			return h.release(), nil
		}
		h.mu.Unlock()
		start := time.Now()
		err := pause(ctx, changed, wait)
		h.mu.Lock()
		for i := range h.rest { // the time that a run waits is time for frames
			h.rest[i] = h.rest[i].Add(-price(i, time.Since(start)))
		}
		if err != nil {
			return nil, err
		}
	}
}

// pause waits until something has changed, for a time at most if it is positive.
func pause(ctx context.Context, changed <-chan struct{}, limit time.Duration) error {
	var late <-chan time.Time
	if limit > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-changed:
	case <-late:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// hold returns how long the moment must wait; less than 0 is until something changes.
func (h *Hub) hold() time.Duration {
	unseen := h.viewers > 0 && (h.frame == nil || h.frame.Moment != h.moment)
	switch {
	case h.options.Wait && !h.looked:
		return -1
	case h.paused && h.steps == 0 && !unseen: // a run stands at a moment that is seen
		return -1
	case h.paused || h.speed == 0:
		return 0
	}
	return max(0, time.Until(h.released.Add(h.gap())))
}

// gap is the time between moments; 0 at full speed.
func (h *Hub) gap() time.Duration {
	if h.speed == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / h.speed)
}

// release lets the moment go and returns its pokes.
func (h *Hub) release() []measure.Poke {
	if now, due := time.Now(), h.released.Add(h.gap()); now.Sub(due) < h.gap() {
		h.released = due // a little late now is a little early next time
	} else {
		h.released = now
	}
	if h.paused && h.steps > 0 {
		h.steps--
	}
	n := 0
	for n < len(h.script) && h.script[n].Moment <= h.moment {
		n++
	}
	pokes := slices.Concat(h.script[:n], h.queue)
	if len(pokes) == 0 {
		return nil
	}
	for i := range pokes {
		pokes[i].Moment = h.moment
	}
	h.script, h.queue = h.script[n:], nil
	h.pokes = append(h.pokes, pokes...)
	h.tell()
	return pokes
}

// Wants reports whether the moment is to be seen: somebody looks, has taken the last frame, and frames have not cost
// enough of late. Where the run stands still in between they cost it nothing. Whole frames have a purse of their own.
func (h *Hub) Wants() (frame, whole bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	h.whole = h.paused || !now.Before(h.rest[1])
	switch {
	case h.viewers == 0:
		return false, false
	case h.paused:
	case h.frame != nil && !h.taken, now.Sub(h.shown) < frameGap, !h.whole && now.Before(h.rest[0]):
		return false, false
	}
	h.asked = now
	return true, h.whole
}

// Show takes a frame. It replaces the one before.
func (h *Hub) Show(f measure.Frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.shown = time.Now()
	kind := 0
	if h.whole {
		kind = 1
	}
	h.rest[kind] = h.asked.Add(price(kind, h.shown.Sub(h.asked)))
	h.frame, h.taken = &shot{Frame: f}, false
	h.curves.add(f)
	h.wake()
}

// price is for how long a run must go on until what a frame of a kind took is no more than its share.
func price(kind int, took time.Duration) time.Duration {
	return time.Duration(float64(took) / frameShares[kind])
}

// Close ends the run at its next moment.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.wake()
}

// Finish tells those who look that the run has ended. Their streams end.
func (h *Hub) Finish() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.tell()
}

// wake wakes everybody who waits for a change.
func (h *Hub) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// tell wakes them for another state.
func (h *Hub) tell() {
	h.state++
	h.wake()
}
