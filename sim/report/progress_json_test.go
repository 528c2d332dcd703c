package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestJSONProgress(t *testing.T) {
	now := time.Unix(0, 0)
	var b strings.Builder
	p := &Progress{display: newJSONLines(&b, func() time.Time { return now })}
	p.Start("arms", 100)
	for range 40 { // a line a second, not one an image
		now = now.Add(100 * time.Millisecond)
		p.Advance(1)
	}
	p.Stop()
	p.Advance(1)
	var lines []progressLine
	for text := range strings.Lines(b.String()) {
		var l progressLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		lines = append(lines, l)
	}
	if len(lines) != 6 || lines[0].Event != "begin" || lines[0].Rate != nil || lines[5].Event != "stop" {
		t.Fatalf("%s", b.String())
	}
	if l := lines[2]; l.Event != "advance" || l.Done != 20 || l.Trials != 100 || *l.Rate != 10 || l.Seconds != 2 || *l.Left != 8 {
		t.Errorf("%+v, rate %v, left %v", l, *l.Rate, *l.Left)
	}
}
