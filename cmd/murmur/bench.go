package main

import (
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"murmur/network/bench"
	"murmur/neuron/kernel"
	"murmur/sim/scenario"
)

func benchCommand() *cli.Command {
	return &cli.Command{
		Name: "bench", Usage: "measure what networks cost to run on this machine, beside a plain loop in the same run",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "small", Usage: "a fiftieth of the units"},
			&cli.DurationFlag{Name: "time", Value: time.Second, Usage: "how long each figure is measured, at least: `DURATION`"},
			kernelFlag,
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("bench takes no file")
			}
			if c.Duration("time") <= 0 {
				return usage("--time: must be above 0, not %v", c.Duration("time"))
			}
			if err := kernel.Use(c.String("kernel")); err != nil {
				return &status{exitUsage, err}
			}
			cases := bench.Cases()
			if c.Bool("small") {
				cases = bench.Small()
			}
			best := bench.Best()
			fmt.Fprintf(c.App.Writer, "%s/%s, %s, %d processors, kernel %s\nweighted sums in the nearest cache: %.0f GFLOP/s\n\n",
				runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.GOMAXPROCS(0), kernel.Name(), best/1e9)
			for i, k := range cases {
				figures, err := bench.Run(c.Context, k, []int{1, 16, scenario.Auto.Count(k.Units)}, c.Duration("time"))
				if err != nil {
					return err
				}
				if i > 0 {
					fmt.Fprintln(c.App.Writer)
				}
				fmt.Fprintf(c.App.Writer, "%s\n%s", k, benchTable(figures, best))
			}
			fmt.Fprint(c.App.Writer, `
In a tick every unit senses, learns its noise couplings, makes noise and
publishes. Units: how many share a goroutine; loop and blocks are plain loops,
unit by unit and with units that share their inputs side by side, without
goroutines of their own, checks or digests. M ticks/s: millions of units a
second. G syn/s: synapses a second, each trial counted. Share: of the rate in
the second line. Bytes: of memory a unit. Times are medians; all take turns.
`)
			return nil
		},
	}
}

// benchTable is a table of figures, numbers to the right.
func benchTable(figures []bench.Figure, best float64) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "units\ttick\tof loop\tof blocks\tM ticks/s\tG syn/s\tshare\tbytes\t")
	for _, f := range figures {
		name, bytes := fmt.Sprint(f.UnitsPerGoroutine), fmt.Sprintf("%.0f", f.Bytes)
		if f.UnitsPerGoroutine == 0 {
			name, bytes = "loop", ""
			if f.Together {
				name = "blocks"
			}
		}
		fmt.Fprintf(w, "%s\t%v\t%.2f\t%.2f\t%.3g\t%.3g\t%.0f %%\t%s\t\n", name, f.Tick.Round(time.Microsecond),
			f.OfLoop, f.OfBlocks, f.UnitTicks()/1e6, f.Synapses()/1e9, 100*f.Share(best), bytes)
	}
	w.Flush() // a strings.Builder takes everything
	var lines strings.Builder
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(&lines, strings.TrimRight(line, " \n"))
	}
	return lines.String()
}
