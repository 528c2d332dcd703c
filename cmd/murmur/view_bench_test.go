package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"murmur/sim/experiment"
	"murmur/sim/scenario"
	"murmur/sim/view"
)

// BenchmarkView lives 600 moments of the main scenario's units, unseen and with a page that takes every frame it is
// sent, in turns, so that what else the machine does meets both alike. It reports the medians and what the page costs;
// -benchtime 9x makes nine pairs.
func BenchmarkView(b *testing.B) {
	s, err := scenario.Load("../../scenarios/structured-noise.yaml", []string{"seeds=1", "data={train: 4000, test: 1000}", "thresholds=[]", "perturbations=[rotate]",
		"sources=[{perturbation: rotate, strength: 5, arms: [gha hubs=16]}]", "attack={arms: [], sources: []}"})
	if err != nil {
		b.Fatal(err)
	}
	var seconds [2][]float64
	frames := 0
	for b.Loop() {
		for i, watched := range []bool{false, true} {
			took, n := liveOnce(b, s, watched)
			seconds[i] = append(seconds[i], took.Seconds())
			frames += n
		}
	}
	median := func(list []float64) float64 { slices.Sort(list); return list[len(list)/2] }
	unseen, watched := median(seconds[0]), median(seconds[1])
	b.ReportMetric(unseen, "unseen-s")
	b.ReportMetric(watched, "watched-s")
	b.ReportMetric(100*(watched/unseen-1), "cost-%")
	b.ReportMetric(float64(frames)/float64(b.N)/1e6, "MB/run")
}

// liveOnce lives the run once and returns how long it took and how many bytes the page was sent.
func liveOnce(b *testing.B, s *scenario.Scenario, watched bool) (took time.Duration, sent int) {
	e, err := experiment.New(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	live, err := experiment.NewLive(e, "")
	if err != nil {
		b.Fatal(err)
	}
	live.Moments = 600
	hub := view.NewHub(live, view.Options{Wait: watched})
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = hub.Handler("t", server.Listener.Addr().String())
	server.Start()
	defer server.Close()
	bytes := make(chan int, 1)
	go func() {
		n := int64(0)
		if watched {
			if answer, err := http.Get(server.URL + "/t/events"); err == nil {
				n, _ = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}
		}
		bytes <- int(n)
	}()
	start := time.Now()
	if _, err := live.Run(context.Background(), hub); err != nil {
		b.Fatal(err)
	}
	took = time.Since(start)
	hub.Finish()
	return took, <-bytes
}
