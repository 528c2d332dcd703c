package view

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"murmur/sim/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// still is a run of four units that stands still.
type still struct{}

func (still) Layout() measure.Layout {
	return measure.Layout{Scenario: "still", Columns: 2, Units: 1, Width: 2, Height: 2, Classes: 2, Hubs: 2}
}

func (still) Check(p measure.Poke) error {
	if p.Kind == measure.PokePower && p.Power <= 0 {
		return fmt.Errorf("power: must be above 0, not %v", p.Power)
	}
	return nil
}

func (still) Correlations(unit int) []float32 {
	if unit == 3 {
		return nil
	}
	return []float32{1, -.5, 0, .25}
}

func (still) Couplings(unit int) []float32 {
	if unit == 3 {
		return nil
	}
	return []float32{1, -.5}
}

func (still) Hub(k int) []float32 { return []float32{1, -.5, 0, .25} }

func frame(moment uint64) measure.Frame {
	v := .5
	return measure.Frame{Moment: moment, Phase: "probe", Activity: []float32{0, 1, .5, 2}, Noise: make([]float32, 4), Accuracy: &v}
}

func command1(text string) command {
	c, err := decode(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return c
}

// next calls Next in the background and reports whether it returns within a time.
func next(h *Hub, moment uint64, within time.Duration) bool {
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { h.Next(ctx, moment); close(done) }()
	select {
	case <-done:
		cancel()
		return true
	case <-time.After(within):
		cancel()
		<-done
		return false
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(still{}, Options{})
		for m := range uint64(1000) { // at full speed nothing waits
			if !next(h, m+1, time.Nanosecond) {
				t.Fatal("a run at full speed waited")
			}
		}
		h.do(command1(`{"action": "pause"}`))
		if next(h, 1001, time.Hour) {
			t.Error("a paused run went on")
		}
		h.do(command1(`{"action": "step"}`))
		if !next(h, 1001, time.Second) || next(h, 1002, time.Hour) {
			t.Error("a step was not one moment")
		}
		h.do(command1(`{"action": "speed", "speed": 5}`))
		h.do(command1(`{"action": "resume"}`))
		start := time.Now()
		for m := range uint64(50) {
			next(h, 1002+m, time.Hour)
		}
		if took := time.Since(start); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("50 moments at 5 a second took %v", took)
		}
		h.Close()
		if _, err := h.Next(context.Background(), 2000); !errors.Is(err, context.Canceled) {
			t.Errorf("a closed run went on: %v", err)
		}
	})
}

// A page that takes nothing keeps nobody waiting, and gets the latest frame when it comes back.
func TestLatestWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(still{}, Options{})
		wants := func() bool { frame, _ := h.Wants(); return frame }
		if wants() {
			t.Error("a frame is wanted and nobody looks")
		}
		if !h.enter() {
			t.Fatal("no room")
		}
		time.Sleep(time.Second)
		if !wants() {
			t.Fatal("no frame is wanted")
		}
		h.Show(frame(1))
		time.Sleep(time.Second)
		if wants() {
			t.Error("another frame is wanted before the last was taken")
		}
		h.Show(frame(2))
		var p watcher
		list, _, _ := h.news(&p)
		if last := list[len(list)-1]; last.name != "frame" || !strings.Contains(string(last.data()), `"moment":2`) {
			t.Errorf("%s: %s", last.name, last.data())
		}
		time.Sleep(time.Minute) // what the frame cost is paid for
		if !wants() {
			t.Error("no frame is wanted after the last was taken")
		}
		h.leave()
	})
}

// What frames have cost is paid for by running on, or by a wait that the run had to make anyway. A whole frame that took
// long keeps whole ones away and no others.
func TestFramesHaveAPrice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(still{}, Options{})
		h.enter()
		show := func(whole bool, took time.Duration) {
			t.Helper()
			if frame, w := h.Wants(); !frame || w != whole {
				t.Fatalf("a frame is wanted: %v, a whole one: %v, want %v", frame, w, whole)
			}
			time.Sleep(took) // making it
			h.Show(frame(1))
			h.news(&watcher{})
		}
		time.Sleep(time.Second)
		show(true, 120*time.Millisecond)
		time.Sleep(40 * time.Millisecond)
		show(false, 2*time.Millisecond)
		time.Sleep(190 * time.Millisecond)
		if frame, _ := h.Wants(); frame {
			t.Error("frames take more than 3 % of the time")
		}
		time.Sleep(10 * time.Millisecond)
		show(false, 0)
		time.Sleep(6 * time.Second)
		show(true, 120*time.Millisecond)
		h.do(command1(`{"action": "speed", "speed": 5}`))
		h.Next(context.Background(), 1)
		h.Next(context.Background(), 2)
		if frame, whole := h.Wants(); !frame || !whole {
			t.Error("no whole frame is wanted of a run that has time")
		}
		h.leave()
	})
}

// Over a minute at full speed frames take their share of the time and no more.
func TestFramesTakeTheirShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(still{}, Options{})
		h.enter()
		var spent time.Duration
		frames, start := 0, time.Now()
		for time.Since(start) < time.Minute {
			time.Sleep(5 * time.Millisecond) // a moment
			if wanted, whole := h.Wants(); wanted {
				took := 400 * time.Microsecond
				if whole {
					took = 15 * time.Millisecond
				}
				time.Sleep(took)
				h.Show(frame(1))
				h.news(&watcher{})
				spent += took
				frames++
			}
		}
		if share := spent.Seconds() / time.Since(start).Seconds(); share > .03 || share < .02 || frames < 15*60 {
			t.Errorf("%d frames took %.1f %% of a minute", frames, 100*share)
		}
		h.leave()
	})
}

func TestPokes(t *testing.T) {
	h := NewHub(still{}, Options{})
	for _, text := range []string{`{"action": "poke", "poke": {"kind": "silence", "units": [1]}}`, `{"action": "poke", "poke": {"kind": "power", "power": 2}}`} {
		if err := h.do(command1(text)); err != nil {
			t.Fatal(err)
		}
	}
	pokes, err := h.Next(context.Background(), 7)
	if err != nil || len(pokes) != 2 || pokes[0].Moment != 7 || pokes[1].Power != 2 {
		t.Errorf("%+v, %v", pokes, err)
	}
	if pokes, _ := h.Next(context.Background(), 8); len(pokes) != 0 {
		t.Errorf("poked twice: %+v", pokes)
	}
	replay := NewHub(still{}, Options{Replay: true, Pokes: []measure.Poke{{Moment: 3, Kind: measure.PokePower, Power: 1}}})
	if err := replay.do(command1(`{"action": "poke", "poke": {"kind": "power", "power": 2}}`)); !errors.Is(err, errReplay) {
		t.Errorf("a replay took a poke: %v", err)
	}
	for m := range uint64(5) {
		pokes, _ := replay.Next(context.Background(), m)
		if (len(pokes) == 1) != (m == 3) {
			t.Errorf("moment %d: %+v", m, pokes)
		}
	}
}

func serveStill(t *testing.T, o Options) (h *Hub, url string) {
	t.Helper()
	h = NewHub(still{}, o)
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = h.Handler("secret", s.Listener.Addr().String())
	s.Start()
	t.Cleanup(func() { h.Close(); h.Finish(); s.Close(); http.DefaultClient.CloseIdleConnections() })
	return h, s.URL
}

func TestHandler(t *testing.T) {
	_, url := serveStill(t, Options{Classes: []string{"a", "b"}})
	post := map[string]string{"Content-Type": "application/json"}
	for _, c := range []struct {
		name, method, path, body string
		head                     map[string]string
		code                     int
		holds                    string
	}{
		{"the page", "GET", "/secret/", "", nil, 200, "<title>murmur"},
		{"its layout", "GET", "/secret/layout", "", nil, 200, `"names":["a","b"]`},
		{"correlations of a unit", "GET", "/secret/units/0", "", nil, 200, `"correlations":"AACAPwAAAL8AAAAAAACAPg=="`},
		{"its couplings", "GET", "/secret/units/0", "", nil, 200, `"couplings":"AACAPwAAAL8="`},
		{"no noise yet", "GET", "/secret/units/3", "", nil, 200, `"correlations":null`},
		{"no such unit", "GET", "/secret/units/4", "", nil, 404, "unit: "},
		{"a hub", "GET", "/secret/hubs/1", "", nil, 200, `"couplings":"AACAPwAAAL8AAAAAAACAPg=="`},
		{"no such hub", "GET", "/secret/hubs/2", "", nil, 404, "hub: "},
		{"no token", "GET", "/layout", "", nil, 403, "token"},
		{"a wrong token", "GET", "/secre/layout", "", nil, 403, "token"},
		{"another name", "GET", "/secret/layout", "", map[string]string{"Host": "evil.example"}, 403, "not called that"},
		{"a command", "POST", "/secret/control", `{"action": "pause"}`, post, 200, "{}"},
		{"a bad poke", "POST", "/secret/control", `{"action": "poke", "poke": {"kind": "power", "power": -1}}`, post, 400, "power: must be above 0"},
		{"a bad speed", "POST", "/secret/control", `{"action": "speed", "speed": -1}`, post, 400, "speed: "},
		{"no action", "POST", "/secret/control", `{}`, post, 400, "action: "},
		{"no JSON", "POST", "/secret/control", `{`, post, 400, "command: "},
		{"a form", "POST", "/secret/control", `action=pause`, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, "command: "},
		{"from elsewhere", "POST", "/secret/control", `{"action": "pause"}`, map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403, ""},
		{"too large", "POST", "/secret/control", `{"action": "` + strings.Repeat("x", maxBody) + `"}`, post, 413, ""},
	} {
		r, err := http.NewRequest(c.method, url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range c.head {
			r.Header.Set(k, v)
			if k == "Host" {
				r.Host = v
			}
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var text strings.Builder
		bufio.NewReader(answer.Body).WriteTo(&text)
		answer.Body.Close()
		if answer.StatusCode != c.code || !strings.Contains(text.String(), c.holds) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, answer.StatusCode, text.String(), c.code, c.holds)
		}
		if answer.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: no policy", c.name)
		}
	}
}

// A server answers to its address and its own names, and to nobody else's.
func TestOwnHost(t *testing.T) {
	for _, c := range []struct {
		host, address string
		names         []string
		own           bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", nil, true},
		{"localhost", "127.0.0.1:80", nil, true},
		{"LocalHost:8080", "127.0.0.1:8080", nil, true},
		{"127.0.0.1:81", "127.0.0.1:80", nil, false},
		{"192.168.1.5:80", "127.0.0.1:80", nil, false},
		{"evil.example:80", "127.0.0.1:80", nil, false},
		{"desk:80", "127.0.0.1:80", nil, false},
		{"desk:80", "192.168.1.5:80", []string{"desk"}, true},
		{"Desk:80", "192.168.1.5:80", []string{"desk"}, true},
		{"desk.evil.example:80", "192.168.1.5:80", []string{"desk"}, false},
		{"192.168.1.5:80", "[::]:80", []string{"desk"}, true},
		{"[fe80::1]:80", "[::]:80", nil, true},
		{"evil.example:80", "[::]:80", []string{"desk"}, false},
		{"", "[::]:80", nil, false},
	} {
		if own := ownHost(c.host, c.address, c.names); own != c.own {
			t.Errorf("%q at %s, called %q: %v", c.host, c.address, c.names, own)
		}
	}
}

// On the loopback interface the machine's name is none, unless the server was told to listen at it.
func TestNames(t *testing.T) {
	machine, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	for address, want := range map[string][]string{"127.0.0.1:0": nil, "localhost:0": {"localhost"}, "0.0.0.0:0": {machine}, ":0": {machine}} {
		l, err := Listen(address, true)
		if err != nil {
			t.Fatal(err)
		}
		if names := Names(address, l); !slices.Equal(names, want) {
			t.Errorf("%s is called %q, want %q", address, names, want)
		}
		l.Close()
	}
}

func TestEvents(t *testing.T) {
	h, url := serveStill(t, Options{Wait: true})
	if next(h, 1, 10*time.Millisecond) {
		t.Error("the run did not wait for somebody to look")
	}
	answer, err := http.Get(url + "/secret/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if !next(h, 1, 10*time.Second) {
		t.Error("the run waits although somebody looks")
	}
	h.Show(frame(1))
	lines := bufio.NewScanner(answer.Body)
	seen := map[string]string{}
	for name := ""; len(seen) < 3 && lines.Scan(); {
		if after, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = after
		} else if after, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			seen[name] = after
		}
	}
	var f struct {
		Activity series `json:"activity"`
	}
	if err := json.Unmarshal([]byte(seen["frame"]), &f); err != nil || f.Activity.Hi != 2 || f.Activity.Bytes[3] != 255 || f.Activity.Bytes[1] != 128 {
		t.Errorf("%v: %s", err, seen["frame"])
	}
	if !strings.HasPrefix(seen["history"], "[") || !strings.Contains(seen["state"], `"viewers":1`) {
		t.Errorf("%v", seen)
	}
}

func TestListen(t *testing.T) {
	for address, want := range map[string]string{"nowhere": "HOST:PORT", "0.0.0.0:0": "--allow-remote"} {
		if l, err := Listen(address, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
	l, err := Listen("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func FuzzCommand(f *testing.F) {
	for _, text := range []string{`{"action": "poke", "poke": {"kind": "silence", "units": [1]}}`, `{"action": "speed", "speed": 20}`, `{}`, `[`, `{"action": "step"} x`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decode(strings.NewReader(text))
		if err != nil {
			if !strings.Contains(err.Error(), ": ") {
				t.Errorf("no field is named: %v", err)
			}
			return
		}
		NewHub(still{}, Options{}).do(c) // it may refuse, not break
	})
}

// Pokes that wait are few: one takes the place of another that it would undo or repeat, and a run is poked only as often
// as a recording holds.
func TestPokesAreBounded(t *testing.T) {
	h := NewHub(still{}, Options{})
	for i := range 1000 {
		h.do(command1(fmt.Sprintf(`{"action": "poke", "poke": {"kind": "power", "power": %d}}`, i+1)))
		h.do(command1(`{"action": "poke", "poke": {"kind": "silence", "units": [3, 1, 3, 1, 1]}}`))
	}
	got, _ := h.Next(context.Background(), 1)
	want := []measure.Poke{{Moment: 1, Kind: "power", Power: 1000}, {Moment: 1, Kind: "silence", Units: []int{1, 3}}}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	var err error
	for i := 0; err == nil && i < maxPoked; i++ {
		err = h.do(command1(`{"action": "poke", "poke": {"kind": "silence", "units": [1]}}`))
		if i%100 == 0 {
			h.Next(context.Background(), uint64(i+2))
		}
	}
	if !errors.Is(err, errFull) || len(h.pokes) > maxPoked/64 {
		t.Errorf("%v after %d pokes", err, len(h.pokes))
	}
}

// Connections that ask for nothing do not pile up: the one that has been silent for longest is closed.
func TestIdleConnectionsAreBounded(t *testing.T) {
	l, err := Listen("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, l, http.NotFoundHandler()) }()
	var open []net.Conn
	for range 3 * maxIdle {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	for _, c := range open[:maxIdle] { // closed by the server, long before its own patience ends
		c.SetReadDeadline(time.Now().Add(3 * time.Second))
		if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("an idle connection among %d is still open: %v", len(open), err)
		}
	}
	last := open[len(open)-1]
	fmt.Fprint(last, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, err := bufio.NewReader(last).ReadString('\n'); err != nil || !strings.Contains(answer, "404") {
		t.Errorf("the newest connection is not answered: %q, %v", answer, err)
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
