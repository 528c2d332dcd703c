package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"murmur/sim/experiment"
	"murmur/sim/scenario"
	"murmur/sim/view"
)

// BenchmarkView lives 600 moments of the main scenario's units, unseen and with a page that takes every frame it is sent.
func BenchmarkView(b *testing.B) {
	s, err := scenario.Load("../../scenarios/structured-noise.yaml", []string{"seeds=1", "data={train: 4000, test: 1000}", "thresholds=[]", "perturbations=[rotate]",
		"sources=[{perturbation: rotate, strength: 5, arms: [gha hubs=16]}]", "attack={arms: [], sources: []}"})
	if err != nil {
		b.Fatal(err)
	}
	for _, watched := range []bool{false, true} {
		name := "unseen"
		if watched {
			name = "watched"
		}
		b.Run(name, func(b *testing.B) {
			frames := 0
			for b.Loop() {
				e, err := experiment.New(s)
				if err != nil {
					b.Fatal(err)
				}
				live, err := experiment.NewLive(e, "")
				if err != nil {
					b.Fatal(err)
				}
				live.Moments = 600
				hub := view.NewHub(live, view.Options{})
				server := httptest.NewUnstartedServer(nil)
				server.Config.Handler = hub.Handler("t", server.Listener.Addr().String())
				server.Start()
				done := make(chan struct{})
				if watched {
					go func() {
						defer close(done)
						answer, err := http.Get(server.URL + "/t/events")
						if err != nil {
							return
						}
						n, _ := io.Copy(io.Discard, answer.Body)
						answer.Body.Close()
						frames += int(n)
					}()
				} else {
					close(done)
				}
				if _, err := live.Run(context.Background(), hub); err != nil {
					b.Fatal(err)
				}
				hub.Finish()
				<-done
				server.Close()
			}
			if watched {
				b.ReportMetric(float64(frames)/float64(b.N)/1e6, "MB/run")
			}
		})
	}
}
