package report

import (
	"encoding/json"
	"io"
	"time"
)

// jsonEvery is the least time between two lines of a phase.
const jsonEvery = time.Second

// jsonLines writes a JSON object a line, for programs: at the start and the end of a phase and now and then between.
type jsonLines struct {
	w     io.Writer
	now   func() time.Time
	line  progressLine
	begun time.Time // the phase
	spoke time.Time // the last line
}

// progressLine says how far a phase is. Rate and Left are null where there is nothing to reckon from.
type progressLine struct {
	Event   string   `json:"event"` // begin, advance, end, or stop where a phase was broken off
	Phase   string   `json:"phase"`
	Done    int      `json:"done"`    // trials
	Trials  int      `json:"trials"`  // in all; 0 where that is unknown
	Rate    *float64 `json:"rate"`    // trials a second
	Seconds float64  `json:"seconds"` // since the phase began
	Left    *float64 `json:"left"`    // seconds to come, at that rate
}

func newJSONLines(w io.Writer, now func() time.Time) *jsonLines { return &jsonLines{w: w, now: now} }

func (j *jsonLines) begin(phase string, trials int) {
	j.begun = j.now()
	j.line = progressLine{Phase: phase, Trials: trials}
	j.say("begin", j.begun)
}

func (j *jsonLines) advance(done int) {
	j.line.Done = done
	if t := j.now(); t.Sub(j.spoke) >= jsonEvery {
		j.say("advance", t)
	}
}

func (j *jsonLines) end(finished bool) {
	event := "end"
	if !finished {
		event = "stop"
	}
	j.say(event, j.now())
}

func (j *jsonLines) close() {}

func (j *jsonLines) say(event string, t time.Time) {
	l := j.line
	l.Event, l.Seconds = event, t.Sub(j.begun).Seconds()
	if l.Done > 0 && l.Seconds > 0 {
		rate := float64(l.Done) / l.Seconds
		l.Rate = &rate
		if l.Trials > 0 {
			left := float64(l.Trials-l.Done) / rate
			l.Left = &left
		}
	}
	j.spoke = t
	text, err := json.Marshal(l)
	if err != nil {
		panic("report: " + err.Error()) // numbers and words
	}
	j.w.Write(append(text, '\n')) // what is lost is lost, as with the other displays
}
