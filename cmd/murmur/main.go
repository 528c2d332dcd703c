package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"
	"encoding/json"
	"runtime/pprof"

	"murmur/sim/experiment"
	"murmur/sim/scenario"
)

type quiet struct{ t time.Time }

func (q *quiet) Start(p string, n int) { fmt.Fprintf(os.Stderr, "%6.1f %s %d\n", time.Since(q.t).Seconds(), p, n) }
func (q *quiet) Advance(int)           {}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if f := os.Getenv("PROF"); f != "" {
		w, _ := os.Create(f)
		pprof.StartCPUProfile(w)
		defer pprof.StopCPUProfile()
	}
	s, err := scenario.Load(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	o, err := experiment.Run(ctx, s, &quiet{time.Now()})
	fmt.Println(err)
	if o != nil {
		b, _ := json.MarshalIndent(o.Result, "", " ")
		os.WriteFile("/work/tmp/result.json", b, 0o644)
		for _, a := range o.Result.Arms {
			fmt.Printf("%-8s %-8s %-11s %-14s clean %.3f", a.Arm, a.Rule, a.Variant, a.Source, a.Clean.Mean)
			for _, c := range a.Cells {
				if c.Strength == 5 || c.Unit == "1" && c.Perturbation[:3] == "pgd" {
					fmt.Printf(" %s %.3f", c.Perturbation[:3], c.Accuracy.Mean)
				}
			}
			if a.Alignment != nil {
				fmt.Printf(" align %.3f", *a.Alignment)
			}
			fmt.Println()
		}
		for _, g := range o.Result.Summary.RecoveredGain {
			if g.Mean != nil {
				fmt.Printf("%s %s %s %.3f [%.3f %.3f]\n", g.Source, g.Rule, g.Variant, *g.Mean, *g.Lo, *g.Hi)
			}
		}
		fmt.Println(o.Result.Trajectory)
		for _, p := range o.Phases {
			fmt.Printf("%.2f %s\n", p.Seconds, p.Name)
		}
	}
}
