package report

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Modes of a Progress.
const (
	ModeAuto  = "auto"  // a live line on a terminal, else plain
	ModePlain = "plain" // lines as time goes by
	ModeJSON  = "json"  // the same for programs, an object a line
	ModeNone  = "none"  // nothing
)

// Modes lists the modes of a Progress.
func Modes() []string { return []string{ModeAuto, ModePlain, ModeJSON, ModeNone} }

// Progress shows how far a run is. A run is a row of phases, each of a number of trials. Its methods may be called from
// several goroutines.
type Progress struct {
	mu      sync.Mutex
	display display // nil shows nothing
	running bool    // a phase is
	trials  int     // of the phase
	done    int
}

// display shows the phases of a Progress, which calls one method at a time.
type display interface {
	// begin starts a phase of a number of trials, 0 if that is unknown.
	begin(phase string, trials int)
	// advance tells how many trials of the phase are done.
	advance(done int)
	// end ends the phase, as finished or as broken off.
	end(finished bool)
	// close gives back what the display holds.
	close()
}

// NewProgress returns a Progress that writes to a terminal in a mode: auto, plain, json or none. An unknown mode is an
// error. What cannot be written is lost: a run does not end because nobody watches it.
func NewProgress(mode string, t *Terminal) (*Progress, error) {
	switch {
	case mode == ModeNone:
		return &Progress{}, nil
	case mode == ModeAuto && t.Live:
		return &Progress{display: newLive(t)}, nil
	case mode == ModeAuto || mode == ModePlain:
		return &Progress{display: newPlain(t, time.Now)}, nil
	case mode == ModeJSON:
		return &Progress{display: newJSONLines(t, time.Now)}, nil
	}
	return nil, fmt.Errorf("progress: %q is none of %s", mode, strings.Join(Modes(), ", "))
}

// Start ends the phase before and begins one of a number of trials, 0 if that is unknown.
func (p *Progress) Start(phase string, trials int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.display == nil {
		return
	}
	if p.running {
		p.display.end(true)
	}
	p.running, p.trials, p.done = true, max(trials, 0), 0
	p.display.begin(Escape(phase), p.trials)
}

// Advance tells of trials done. More than the phase has are not counted.
func (p *Progress) Advance(trials int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.display == nil || !p.running {
		return
	}
	p.done += trials
	if p.trials > 0 {
		p.done = min(p.done, p.trials)
	}
	p.display.advance(p.done)
}

// Stop ends the last phase, as broken off if trials are missing, and leaves no goroutine and a clean line behind. After
// it nothing is shown any more.
func (p *Progress) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.display == nil {
		return
	}
	if p.running {
		p.display.end(p.done >= p.trials)
	}
	p.display.close()
	p.display = nil
}
