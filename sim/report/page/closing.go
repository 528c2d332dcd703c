package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"slices"
	"strings"

	"murmur/sim/measure"
)

// strip is test images under one change, with what arms decide.
type strip struct {
	Title string
	Cards []card
}

// card is one image: a picture, what it is and what arms make of it.
type card struct {
	Src       template.URL
	Alt, Is   string
	Decisions []said
	W, H      int
}

// said is what an arm decides.
type said struct {
	Arm, Class, Sure string
	Right            bool
}

func (p *page) examplesSection() {
	var strips []strip
	for i := range p.result.Summary.Examples {
		if s := p.strip(&p.result.Summary.Examples[i]); len(s.Cards) > 0 {
			strips = append(strips, s)
		}
	}
	p.section("examples", "Pictures and answers", "The same test images, as they are and changed, with the answers of some arms and how sure each is. ✓ right, ✗ wrong. An attack is shown as it was made against the arm named.", block{Strips: strips})
}

func (p *page) strip(e *measure.Example) (s strip) {
	s.Title = "as they are"
	if e.Perturbation != "clean" {
		c := measure.Cell{Perturbation: e.Perturbation, Value: e.Value, Unit: e.Unit}
		if e.Attacked != "" {
			c.Decisions = &measure.Decisions{} // its size is a budget
		}
		s.Title = changed(c)
		if e.Attacked != "" {
			s.Title += ", made against " + e.Attacked
		}
	}
	pictures := p.pictures(e)
	arms := p.shown(e)
	for _, d := range arms {
		if a := &p.result.Arms[d.Arm]; a.Source != "" && a.Source != e.Perturbation {
			s.Title += ", arms that learned from " + say(a.Source)
			break
		}
	}
	for i, m := range pictures[:min(len(pictures), len(e.Labels), 8)] {
		is := p.className(e.Labels[i])
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			continue // a picture without pixels
		}
		c := card{Src: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), Alt: "test image, " + is + ", " + s.Title, Is: is,
			W: m.Bounds().Dx(), H: m.Bounds().Dy()}
		for _, d := range arms {
			if i < len(d.Classes) && i < len(d.Confidence) {
				c.Decisions = append(c.Decisions, said{label(&p.result.Arms[d.Arm]), p.className(d.Classes[i]),
					fixed(100*d.Confidence[i], 0) + " %", d.Classes[i] == e.Labels[i]})
			}
		}
		s.Cards = append(s.Cards, c)
	}
	return s
}

// shown picks the decisions to show: of none and, of the source that made the change or else the first, of the best arm
// with a local rule, the oracle and the diagonal.
func (p *page) shown(e *measure.Example) (list []measure.ExampleDecision) {
	var arms []*measure.Arm
	if n := p.none(); n != nil {
		arms = append(arms, n)
	}
	if len(p.sources) > 0 {
		s := p.sources[0]
		for _, other := range p.sources {
			own := func(d measure.ExampleDecision) bool {
				return d.Arm < len(p.result.Arms) && sourceOf(&p.result.Arms[d.Arm]) == other
			}
			if other.name == e.Perturbation && other.strength == e.Strength && slices.ContainsFunc(e.Decisions, own) {
				s = other
			}
		}
		for _, a := range []*measure.Arm{kindOf(p.result, s, "diagonal"), best(p.result, s), kindOf(p.result, s, "oracle")} {
			if a != nil {
				arms = append(arms, a)
			}
		}
	}
	for _, a := range arms {
		k := slices.IndexFunc(e.Decisions, func(d measure.ExampleDecision) bool {
			return d.Arm >= 0 && d.Arm < len(p.result.Arms) && &p.result.Arms[d.Arm] == a
		})
		if k >= 0 {
			list = append(list, e.Decisions[k])
		}
	}
	return list
}

func (p *page) checksSection() {
	thresholds := &table{Caption: "Demands of the scenario on its own result", Head: []string{"demand", "verdict", "value", "limit"}}
	var g group
	for i, t := range p.result.Thresholds {
		verdict := cell{Text: "✓ held", Words: true}
		if !t.Pass {
			verdict = cell{Text: "✗ failed", Words: true, Mark: "worse"}
		}
		value := cell{Text: dash}
		if t.Value != nil {
			value = cell{Text: short(*t.Value), Path: fmt.Sprintf("thresholds.%d.value", i), Scale: 1}
		} else if t.Reason != "" {
			value.Sub = t.Reason
		}
		g.Rows = append(g.Rows, row{t.Name, []cell{verdict, value, figures(t.Limit)}})
	}
	if len(g.Rows) > 0 {
		thresholds.Groups = []group{g}
	}
	checks := &table{Caption: "Honesty checks, with their evidence", Head: []string{"check", "verdict", "it asks whether", "evidence"}}
	g = group{}
	for _, wanted := range []string{"fail", "warn", "pass"} {
		for _, c := range p.result.Checks {
			if c.Status != wanted {
				continue
			}
			verdict := map[string]cell{"fail": {Text: "✗ fail", Words: true, Mark: "worse"}, "warn": {Text: "! warn", Words: true}, "pass": {Text: "✓ pass", Words: true}}[wanted]
			if c.Accepted {
				verdict = cell{Text: "! accepted", Words: true}
			}
			g.Rows = append(g.Rows, row{c.Name, []cell{verdict, word(meaning(c.Name)), word(c.Detail)}})
		}
	}
	if len(g.Rows) > 0 {
		checks.Groups = []group{g}
	}
	p.section("checks", "Thresholds and checks", "", tableBlock(thresholds), tableBlock(checks))
}

func (p *page) repeatSection() {
	r := p.result
	file := r.Scenario + ".yaml"
	command := "murmur run scenario.yaml"
	facts := &table{Caption: "This run", Head: []string{"what", "value"}, Groups: []group{{Rows: []row{
		{"scenario", []cell{word(strings.TrimSpace(r.Scenario + " " + r.Size))}},
		{"first seed", []cell{word(fmt.Sprint(r.Seed))}},
		{"trajectory", []cell{word(r.Trajectory)}},
		{"draws a decision", []cell{word(fmt.Sprint(r.Data.Draws))}},
		{"units, goroutines", []cell{word(count(r.Network.Units) + ", " + count(r.Network.Goroutines))}},
	}}}, Note: "The trajectory is the SHA-256 of everything the units published: the same scenario and seed give the same, on every machine. Versions, machine, time and command line are in manifest.json."}
	p.section("repeat", "How it was run, and how to run it again", "", tableBlock(facts),
		block{Title: "Run it again", Text: "In this folder; the file is the scenario as it was resolved, from " + file + ":", Pre: command, PreName: "command"},
		block{Title: "scenario.yaml", Pre: string(p.run.Scenario), PreName: "scenario file"})
}
