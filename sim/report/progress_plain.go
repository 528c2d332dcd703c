package report

import (
	"fmt"
	"io"
	"time"
)

// plainEvery is the least time between two lines of a phase.
const plainEvery = 5 * time.Second

// plain writes a line at the start and the end of a phase and now and then between. It has no goroutine: it speaks when
// trials are done.
type plain struct {
	w     io.Writer
	now   func() time.Time
	born  time.Time // the time that lines count from
	phase string
	begun time.Time // the phase
	spoke time.Time // the last line
	all   int
	done  int
}

func newPlain(w io.Writer, now func() time.Time) *plain { return &plain{w: w, now: now, born: now()} }

func (p *plain) begin(phase string, trials int) {
	t := p.now()
	p.phase, p.all, p.done, p.begun, p.spoke = phase, trials, 0, t, t
	if trials == 0 {
		p.say(t, "")
		return
	}
	p.say(t, "  "+count(trials)+" trials")
}

func (p *plain) advance(done int) {
	p.done = done
	t := p.now()
	if t.Sub(p.spoke) < plainEvery || p.all > 0 && done == p.all { // end speaks of the last
		return
	}
	p.spoke = t
	s := "  " + count(done) + " trials"
	if p.all > 0 {
		s = fmt.Sprintf("  %d %%  %s of %s", percentDone(done, p.all), count(done), count(p.all))
	}
	s += p.rate(t)
	if p.all > 0 && done > 0 {
		left := t.Sub(p.begun).Seconds() / float64(done) * float64(p.all-done)
		s += "  " + clock(time.Duration(left*float64(time.Second))) + " left"
	}
	p.say(t, s)
}

// end is never told of a phase broken off whose trials are unknown: none is missing.
func (p *plain) end(finished bool) {
	t := p.now()
	took := clock(t.Sub(p.begun))
	if !finished {
		p.say(t, fmt.Sprintf("  stopped at %d %% after %s", percentDone(p.done, p.all), took))
		return
	}
	p.say(t, "  done in "+took+p.rate(t))
}

func (p *plain) close() {}

func (p *plain) say(t time.Time, s string) {
	stamp := clock(t.Sub(p.born))
	if len(stamp) < len("00:00") {
		stamp = "0" + stamp
	}
	fmt.Fprintf(p.w, "[%s] %s%s\n", stamp, p.phase, s)
}

// rate is the mean speed of the phase; nothing where there is none yet.
func (p *plain) rate(t time.Time) string {
	s := t.Sub(p.begun).Seconds()
	if s <= 0 || p.done == 0 {
		return ""
	}
	return "  " + count(int(float64(p.done)/s)) + "/s"
}

// percentDone rounds down, so that only the end is 100.
func percentDone(done, all int) int { return int(100 * int64(done) / int64(all)) }

// clock is a duration as minutes and seconds, and hours if there are any.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
