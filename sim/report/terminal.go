package report

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"murmur/sim/measure"
)

// Terminal is a stream that people read, and what it can show. What is written to it is escaped line by line, so that no
// name of a file, set or class acts on the terminal.
type Terminal struct {
	w io.Writer
	// Live says that lines can be drawn over: it is a terminal, and no dumb one.
	Live bool
	// Color says that marks may be coloured: Live, and NO_COLOR is not set.
	Color bool
	// Dumb says that TERM is dumb: bars are made of ASCII.
	Dumb bool
	// Width is in columns: COLUMNS if it is a number above 0, else that of the terminal, else 80.
	Width int
}

// NewTerminal finds out what w can show from w and the environment. A Terminal is returned as it is.
func NewTerminal(w io.Writer) *Terminal {
	if t, ok := w.(*Terminal); ok {
		return t
	}
	t := &Terminal{w: w, Dumb: os.Getenv("TERM") == "dumb", Width: minWidth}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.Live = !t.Dumb
		t.Color = t.Live && os.Getenv("NO_COLOR") == ""
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			t.Width = columns
		}
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		t.Width = columns
	}
	return t
}

// Write writes whole characters, escaped.
func (t *Terminal) Write(p []byte) (int, error) {
	if _, err := t.w.Write(EscapeLines(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Screen writes a result on one screen; see the function Screen.
func (t *Terminal) Screen(r *measure.Result, metrics map[string]string, rest ...string) error {
	return Screen(t.w, r, Options{Color: t.Color, Width: t.Width, Dumb: t.Dumb, Metrics: metrics, Rest: rest})
}

// Print writes the full text of a result; see the function Print.
func (t *Terminal) Print(r *measure.Result, metrics map[string]string) error {
	return Print(t.w, r, Options{Color: t.Color, Width: t.Width, Metrics: metrics})
}
