package circuit

import (
	"context"
	"fmt"
	"math"
	"testing"

	"murmur/network"
	"murmur/network/topology"
	"murmur/neuron"
)

// node is a unit by population and number.
type node struct{ population, unit int }

// never marks what is out of reach or did not happen.
const never = math.MaxInt

// distances returns how many edges lead from a unit to every other, along what each unit says it hears.
func distances(n *network.Network, from node) map[node]int {
	publisher := map[string]int{}
	for p, pop := range n.Populations {
		for _, b := range pop.Publishes {
			publisher[b.Channel.Name()] = p
		}
	}
	hearers := map[node][]node{}
	dist := map[node]int{}
	for p, pop := range n.Populations {
		for u, unit := range pop.Units {
			dist[node{p, u}] = never
			for _, v := range unit.Hears() {
				q, ok := publisher[v.Channel()]
				if !ok {
					continue // of the world
				}
				for _, s := range v.Spans() {
					for i := range s.N {
						hearers[node{q, s.First + i}] = append(hearers[node{q, s.First + i}], node{p, u})
					}
				}
			}
		}
	}
	dist[from] = 0
	for queue := []node{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range hearers[queue[0]] {
			if dist[next] == never {
				dist[next] = dist[queue[0]] + 1
				queue = append(queue, next)
			}
		}
	}
	return dist
}

// nudged is a unit whose published values are moved in one tick.
type nudged struct {
	network.Unit
	at   uint64
	outs []neuron.Out
}

func (u nudged) Step(t network.Tick) error {
	err := u.Unit.Step(t)
	if t.Number == u.at {
		for _, o := range u.outs {
			for l := range o.Lanes() {
				o.Lanes()[l] += .25
			}
		}
	}
	return err
}

// twin is two copies of a network, run side by side.
type twin struct {
	a, b *network.Network
	tick func(i int) network.Tick // number i, from 1
}

// publish moves everything (or, if a channel is named, that alone) that a unit of b publishes in a tick.
func (w twin) publish(from node, at int, channel string) {
	pop := &w.b.Populations[from.population]
	u := nudged{Unit: pop.Units[from.unit], at: uint64(at)}
	for _, p := range pop.Publishes {
		if channel == "" || p.Channel.Name() == channel {
			u.outs = append(u.outs, p.Channel.Out(from.unit))
		}
	}
	pop.Units[from.unit] = u
}

// run runs both for a number of ticks and returns for every unit how many ticks after tick at it first published
// something else in b than in a. before, if not nil, is called before tick at.
func (w twin) run(ticks, at int, before func()) (map[node]int, error) {
	first := map[node]int{}
	for p, pop := range w.a.Populations {
		for u := range pop.Units {
			first[node{p, u}] = never
		}
	}
	ctx := context.Background()
	err := w.a.Run(ctx, func(stepA func(network.Tick) error) error {
		return w.b.Run(ctx, func(stepB func(network.Tick) error) error {
			for i := 1; i <= ticks; i++ {
				if i == at && before != nil {
					before()
				}
				t := w.tick(i)
				if err := stepA(t); err != nil {
					return err
				}
				if err := stepB(t); err != nil {
					return err
				}
				for p := range w.a.Populations {
					for c, pa := range w.a.Populations[p].Publishes {
						xa, xb := front(pa.Channel, t.Lanes), front(w.b.Populations[p].Publishes[c].Channel, t.Lanes)
						for u := range xa {
							if n := (node{p, u}); first[n] == never && differ("", xb[u], xa[u]) != nil {
								first[n] = i - at
							}
						}
					}
				}
			}
			return nil
		})
	})
	return first, err
}

// early returns a unit that differs before light could reach it.
func early(dist, first map[node]int) error {
	for n, d := range dist {
		if first[n] < d {
			return fmt.Errorf("unit %v, %d edges away, differs after %d ticks", n, d, first[n])
		}
	}
	return nil
}

// late returns an error unless something at distance k differs after k ticks.
func late(dist, first map[node]int, k int) error {
	for n, d := range dist {
		if d == k && first[n] == k {
			return nil
		}
	}
	return fmt.Errorf("nothing %d edges away differs after %d ticks", k, k)
}

func eccentricity(dist map[node]int) (k int) {
	for _, d := range dist {
		if d != never {
			k = max(k, d)
		}
	}
	return k
}

const coneLanes = 5

// recurrentTwin wires two equal recurrent networks and sets them going: at rest, with no coupling, nothing would ever
// happen.
func recurrentTwin(n int, neighbours func(i int) []neuron.Span) (a, b *Recurrent, w twin) {
	build := func() *Recurrent {
		r := NewRecurrent(n, coneLanes, neighbours, .1, 3, Runtime{})
		for i := range n {
			clear(r.hidden[i].r) // all that is awake at the start is the activity given here
			for l := range coneLanes {
				r.activity.Out(i).Lanes()[l] = float32(math.Sin(float64(1 + 7*i + 3*l)))
			}
		}
		r.activity.Flip()
		return r
	}
	a, b = build(), build()
	return a, b, twin{&a.Network, &b.Network, func(i int) network.Tick {
		return network.Tick{Open: Live, Lanes: coneLanes, Learn: true, Continues: true, Draw: network.Draw{Stage: 1, Number: uint32(i)}}
	}}
}

func ring(n, k int) func(int) []neuron.Span {
	return func(i int) []neuron.Span { return topology.Ring(n, i, k, true) }
}

var coneGraphs = []struct {
	name       string
	n          int
	neighbours func(int) []neuron.Span
	reach      int // the eccentricity, 0 if it is up to chance
}{
	{"ring k=1", 24, ring(24, 1), 12},
	{"ring k=2", 24, ring(24, 2), 6},
	{"random k=3", 30, func(i int) []neuron.Span { return topology.Random(30, i, 3, 11) }, 0},
}

func TestLightConeRecurrent(t *testing.T) {
	const at, ticks = 8, 24
	for _, g := range coneGraphs {
		for _, j := range []int{0, 13} {
			for _, change := range []string{"everything published", "activity", "source", "state"} {
				t.Run(fmt.Sprintf("%s/unit %d/%s", g.name, j, change), func(t *testing.T) {
					_, b, w := recurrentTwin(g.n, g.neighbours)
					dist := distances(w.a, node{0, j})
					k := eccentricity(dist)
					if k < 3 || g.reach > 0 && k != g.reach {
						t.Fatalf("eccentricity %d", k)
					}
					var before func()
					switch change {
					case "everything published":
						w.publish(node{0, j}, at, "")
					case "state":
						before = func() { b.hidden[j].sensor.(*recurrence).w[0] += 50 }
					default:
						w.publish(node{0, j}, at, change)
					}
					first, err := w.run(ticks, at, before)
					if err != nil {
						t.Fatal(err)
					}
					if err := early(dist, first); err != nil {
						t.Error(err)
					}
					for i := 0; i <= k; i++ {
						if err := late(dist, first, i); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
	}
}

// eavesdropper is a unit that does what the light-cone test is there to catch: it reads a unit that is not its
// neighbour.
type eavesdropper struct {
	network.Unit
	far neuron.View
	out neuron.Out
}

func (u eavesdropper) Step(t network.Tick) error {
	err := u.Unit.Step(t)
	u.far.AddScaled(u.out.Lanes()[:t.Lanes], .01, 0)
	return err
}

func TestLightConeCatchesWhatIsNotLocal(t *testing.T) {
	const at, ticks, j, spy = 8, 24, 0, 9
	for _, g := range coneGraphs[:2] {
		a, b, w := recurrentTwin(g.n, g.neighbours)
		for _, r := range []*Recurrent{a, b} {
			r.Populations[0].Units[spy] = eavesdropper{r.Populations[0].Units[spy],
				r.activity.View(neuron.Span{First: j, N: 1}), r.activity.Out(spy)}
		}
		dist := distances(w.a, node{0, j})
		w.publish(node{0, j}, at, "")
		first, err := w.run(ticks, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := early(dist, first); err == nil {
			t.Errorf("%s: a unit that reads another %d edges away passes", g.name, dist[node{0, spy}])
		}
	}
}

// An unperturbed twin differs nowhere: what the test sees is the perturbation.
func TestLightConeStill(t *testing.T) {
	_, _, w := recurrentTwin(24, ring(24, 1))
	first, err := w.run(12, 8, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n, k := range first {
		if k != never {
			t.Errorf("unit %v differs after %d ticks", n, k)
		}
	}
}
