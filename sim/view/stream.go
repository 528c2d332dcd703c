package view

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"murmur/sim/measure"
)

const (
	// maxViewers is how many pages may look at a time.
	maxViewers = 16
	// maxShown is how many of the last pokes a page is told.
	maxShown = 500
	// writeTime is how long a page may take for what it is sent. Who takes longer is gone.
	writeTime = 10 * time.Second
	// pulse is after how long a silent stream sends something, to notice who has gone.
	pulse = 5 * time.Second
)

// watcher is one page: what it has been told.
type watcher struct {
	greeted bool
	state   int
	frame   *shot
}

// events sends a page what happens, as server-sent events: history once, then state and frame.
func (h *Hub) events(w http.ResponseWriter, r *http.Request) {
	if !h.enter() {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer h.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Time{}) // nothing more is read
	h.follow(r.Context(), w, func() error {
		if err := control.Flush(); err != nil {
			return err
		}
		return control.SetWriteDeadline(time.Now().Add(pulse + writeTime))
	})
}

// follow writes events until the run ends, the context does, or writing fails.
func (h *Hub) follow(ctx context.Context, w io.Writer, flush func() error) {
	var p watcher
	beat := time.NewTimer(pulse)
	defer beat.Stop()
	for {
		events, changed, over := h.news(&p)
		for _, e := range events {
			if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, e.data()); err != nil {
				return
			}
		}
		if len(events) > 0 {
			beat.Reset(pulse)
			if flush() != nil {
				return
			}
			if !over {
				continue // writing took time: there may be more
			}
		}
		if over {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-beat.C:
			beat.Reset(pulse)
			if _, err := io.WriteString(w, ":\n\n"); err != nil || flush() != nil {
				return
			}
		}
	}
}

// event is one thing to tell. Its data is written out by who sends it, outside the lock.
type event struct {
	name string
	data func() []byte
}

func told(name string, v any) event {
	return event{name, func() []byte { return encode(v) }}
}

// news returns what a page has not been told yet, the latest frame alone, and what to wait for if that is nothing.
func (h *Hub) news(p *watcher) (list []event, changed <-chan struct{}, over bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	over = h.over
	if !p.greeted {
		list = append(list, told("history", append(curves{}, h.curves...)))
	}
	if !p.greeted || p.state != h.state {
		list = append(list, told("state", state{Moment: h.moment, Paused: h.paused, Waiting: h.options.Wait && !h.looked, Speed: h.speed,
			Viewers: h.viewers, Pending: append([]measure.Poke{}, h.queue...), Pokes: h.pokes[max(0, len(h.pokes)-maxShown):len(h.pokes):len(h.pokes)], Total: len(h.pokes), Over: over}))
		p.state = h.state
	}
	if h.frame != nil && p.frame != h.frame {
		p.frame, h.taken = h.frame, true
		list = append(list, event{"frame", h.frame.json})
	}
	p.greeted = true
	return list, h.changed, over
}

// enter counts a page in, if there is room.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.viewers == maxViewers {
		return false
	}
	h.viewers++
	h.looked, h.taken = true, true // a frame that nobody took must not keep this page from seeing others
	h.tell()
	return true
}

func (h *Hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers--
	h.taken = true // perhaps by the one that has left
	h.tell()
}
