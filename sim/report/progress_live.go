package report

import (
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
)

// live draws a line that changes in place, one for each phase; those of phases that have ended stay.
type live struct {
	writer  progress.Writer
	tracker *progress.Tracker
	done    chan struct{} // closed when the drawing goroutine has ended
}

// newLive starts the goroutine that draws; close ends it.
func newLive(t *Terminal) *live {
	l := &live{writer: progress.NewWriter(), done: make(chan struct{})}
	style := progress.StyleDefault
	style.Options.DoneString, style.Options.ErrorString = "done", "stopped"
	style.Options.ETAString = "left"
	style.Options.PercentFormat = "%3.0f %%"
	style.Options.PercentIndeterminate = "    %"
	style.Options.Separator = "  "
	style.Options.SpeedPrecision = time.Millisecond
	style.Options.TimeDonePrecision, style.Options.TimeInProgressPrecision = time.Second, time.Second
	style.Visibility.ETA, style.Visibility.Speed = true, true
	const numbers = 46 // columns that all the rest has at most, beside the name of the phase
	message := min(max(t.Width-1-numbers, 12), 32)
	bar := min(t.Width-1-numbers-message, longestBar)
	style.Visibility.Value, style.Visibility.Tracker = false, bar >= shortestBar
	l.writer.SetStyle(style)
	l.writer.SetOutputWriter(t.w)
	l.writer.SetTerminalWidth(t.Width - 1) // a full line would wrap, and the cursor would lose its way
	l.writer.SetMessageLength(message)
	l.writer.SetTrackerLength(bar)
	l.writer.SetTrackerPosition(progress.PositionRight)
	go func() {
		defer close(l.done)
		l.writer.Render()
	}()
	return l
}

func (l *live) begin(phase string, trials int) {
	// The phase ends when it is told to, not when the last trial is in.
	l.tracker = &progress.Tracker{Message: phase, Total: int64(trials), AutoStopDisabled: true}
	l.writer.AppendTracker(l.tracker)
}

func (l *live) advance(done int) { l.tracker.SetValue(int64(done)) }

func (l *live) end(finished bool) {
	if finished {
		l.tracker.MarkAsDone()
	} else {
		l.tracker.MarkAsErrored()
	}
}

func (l *live) close() {
	for {
		l.writer.Stop() // without effect if drawing has not begun, hence again
		select {
		case <-l.done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}
