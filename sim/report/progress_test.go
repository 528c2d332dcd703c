package report

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// fake is a clock that stands still until it is told.
type fake struct{ t time.Time }

func (f *fake) now() time.Time       { return f.t }
func (f *fake) pass(d time.Duration) { f.t = f.t.Add(d) }
func plainOn(f *fake, b *bytes.Buffer) *Progress {
	return &Progress{display: newPlain(b, f.now)}
}

func TestPlain(t *testing.T) {
	var b bytes.Buffer
	f := &fake{t: time.Unix(1e9, 0)}
	p := plainOn(f, &b)
	p.Advance(7) // no phase yet
	f.pass(2 * time.Second)
	p.Start("seed 1 of 3: features", 24_000)
	for range 4 {
		f.pass(4 * time.Second)
		p.Advance(6_000)
	}
	p.Start("seed 1 of 3: arms", 2_790_400)
	f.pass(129 * time.Second)
	p.Advance(1_203_000)
	f.pass(4 * time.Second)
	p.Advance(1) // too soon to speak
	f.pass(time.Hour)
	p.Advance(9_999_999) // more than there are
	p.Start("count", 0)
	f.pass(5 * time.Second)
	p.Advance(10)
	p.Start("covariance", 3)
	p.Advance(1)
	f.pass(time.Second)
	p.Stop()
	p.Stop()
	p.Start("after", 1)
	p.Advance(1)
	want := `[00:02] seed 1 of 3: features  24,000 trials
[00:10] seed 1 of 3: features  50 %  12,000 of 24,000  1,500/s  0:08 left
[00:18] seed 1 of 3: features  done in 0:16  1,500/s
[00:18] seed 1 of 3: arms  2,790,400 trials
[02:27] seed 1 of 3: arms  43 %  1,203,000 of 2,790,400  9,325/s  2:50 left
[1:02:31] seed 1 of 3: arms  done in 1:02:13  747/s
[1:02:31] count
[1:02:36] count  10 trials  2/s
[1:02:36] count  done in 0:05  2/s
[1:02:36] covariance  3 trials
[1:02:37] covariance  stopped at 33 % after 0:01
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestNewProgress(t *testing.T) {
	for _, c := range []struct {
		mode     string
		terminal bool
		want     any
	}{
		{ModeNone, true, nil}, {ModePlain, true, &plain{}}, {ModeJSON, true, &jsonLines{}}, {ModeAuto, false, &plain{}}, {ModeAuto, true, &live{}},
	} {
		var b bytes.Buffer
		p, err := NewProgress(c.mode, &Terminal{w: &b, Live: c.terminal, Width: 80})
		if err != nil {
			t.Fatal(err)
		}
		ok := p.display == nil
		switch c.want.(type) {
		case *plain:
			_, ok = p.display.(*plain)
		case *jsonLines:
			_, ok = p.display.(*jsonLines)
		case *live:
			_, ok = p.display.(*live)
		}
		if !ok {
			t.Errorf("%s, terminal %v: %T", c.mode, c.terminal, p.display)
		}
		p.Start("phase", 1)
		p.Advance(1)
		p.Stop()
		if (b.Len() == 0) != (c.mode == ModeNone) {
			t.Errorf("%s wrote %q", c.mode, b.String())
		}
	}
	if _, err := NewProgress("loud", NewTerminal(os.Stderr)); err == nil || !strings.Contains(err.Error(), `"loud" is none of auto, plain, json, none`) {
		t.Errorf("%v", err)
	}
	goleak.VerifyNone(t)
}

// The live line leaves a line for each phase, fits the terminal and ends with its goroutine.
func TestLive(t *testing.T) {
	for _, width := range []int{50, 80, 120} {
		liveFits(t, width)
	}
}

func liveFits(t *testing.T, width int) {
	var b bytes.Buffer
	p, err := NewProgress(ModeAuto, &Terminal{w: &b, Live: true, Width: width})
	if err != nil {
		t.Fatal(err)
	}
	p.Start("seed 1 of 3: covariance of deviations", 10)
	p.Advance(4)
	time.Sleep(300 * time.Millisecond) // longer than it takes to draw
	p.Advance(6)
	p.Start("seed 1 of 3: a phase whose name is far too long for the line", 100)
	p.Advance(43)
	p.Stop()
	p.Stop()
	goleak.VerifyNone(t)
	s := regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]").ReplaceAllString(b.String(), "")
	fits(t, s, width-1)
	for _, want := range []string{"~   40 %", "~  done", "stopped"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in %q", want, s)
		}
	}
	if width == 80 && !strings.Contains(s, "covariance of devi~   40 %") {
		t.Errorf("the name is cut elsewhere: %q", s)
	}
	if drawn := strings.Contains(s, "#"); drawn != (width == 120) {
		t.Errorf("%d columns have a bar: %v", width, drawn)
	}
	if !strings.HasSuffix(s, "\n") || strings.Count(s, "done") != 1 {
		t.Errorf("%q", s)
	}
}

// Stopping at once must not hang, though the drawing goroutine may not have begun.
func TestLiveStopsAtOnce(t *testing.T) {
	for range 50 {
		p, err := NewProgress(ModeAuto, &Terminal{w: io.Discard, Live: true, Width: 80})
		if err != nil {
			t.Fatal(err)
		}
		p.Stop()
	}
	goleak.VerifyNone(t)
}

func TestProgressFromManyGoroutines(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		var b bytes.Buffer
		p, err := NewProgress(ModeAuto, &Terminal{w: &b, Live: terminal, Width: 80})
		if err != nil {
			t.Fatal(err)
		}
		p.Start("arms", 8000)
		var g sync.WaitGroup
		for range 8 {
			g.Go(func() {
				for range 1000 {
					p.Advance(1)
				}
			})
		}
		g.Go(func() { p.Start("more", 5) })
		g.Wait()
		p.Start("arms", 8)
		for range 8 {
			g.Go(func() { p.Advance(1) })
		}
		g.Wait()
		if p.done != 8 {
			t.Errorf("%d trials", p.done)
		}
		p.Stop()
	}
	goleak.VerifyNone(t)
}
