package compare

import (
	"fmt"
	"slices"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// Schema names the form of a Comparison as JSON. A change that breaks a reader gets a new number.
const Schema = "murmur.compare/1"

// level is that of the intervals.
const level = .95

// Comparison is what B does otherwise than A.
type Comparison struct {
	Schema   string                `json:"schema"`
	A        Side                  `json:"a"`
	B        Side                  `json:"b"`
	Settings []scenario.Difference `json:"settings"` // that differ
	// Unpaired says why nothing could be paired; it is empty where the differences are of the same images and seeds.
	Unpaired string `json:"unpaired,omitempty"`
	Seeds    int    `json:"seeds"`  // that both have
	Images   int    `json:"images"` // clean images that both judged
	Arms     []Arm  `json:"arms"`   // that both have
	// OnlyA and OnlyB are arms and cells that one run alone has.
	OnlyA []string `json:"only_a"`
	OnlyB []string `json:"only_b"`
	Count Count    `json:"count"`
}

// Side is one of the two runs.
type Side struct {
	Folder     string `json:"folder"`
	Scenario   string `json:"scenario"`
	Size       string `json:"size"`
	Trajectory string `json:"trajectory"`
	Seeds      int    `json:"seeds"`
	Images     int    `json:"images"`
}

// Arm is an arm that both runs have.
type Arm struct {
	Arm            string         `json:"arm"`
	Source         string         `json:"source,omitempty"`
	SourceStrength *float64       `json:"source_strength,omitempty"`
	SourceSize     string         `json:"source_size,omitempty"` // its physical size in short, such as 40°
	SourceImages   *int           `json:"source_images,omitempty"`
	Cells          []Cell         `json:"cells"` // that both have, clean images first
	Key            measure.ArmKey `json:"-"`
}

// Cell is an arm under something. Accuracies are fractions, over the images and seeds that both have if they are paired.
type Cell struct {
	Perturbation string         `json:"perturbation"`
	Strength     float64        `json:"strength"`
	Value        float64        `json:"value"`
	Size         string         `json:"size,omitempty"` // Value with its unit in short, such as 40°
	A            float64        `json:"a"`
	B            float64        `json:"b"`
	Difference   measure.Paired `json:"difference"` // B less A, the interval for this cell alone
	Together     measure.Paired `json:"together"`   // the same, with the intervals of all cells holding at once (Bonferroni)
	// Changed is the share of decisions that are other classes; nil where nothing is paired.
	Changed *float64 `json:"changed"`
}

// Key tells what the cell is under.
func (c *Cell) Key() measure.CellKey {
	return measure.CellKey{Perturbation: c.Perturbation, Strength: c.Strength, Value: c.Value}
}

// Count counts cells whose interval excludes 0: taken one by one, where one in twenty does by chance alone, and by
// intervals that hold for all of them at once.
type Count struct {
	Cells          int `json:"cells"`
	Better         int `json:"better"`
	Worse          int `json:"worse"`
	BetterTogether int `json:"better_together"`
	WorseTogether  int `json:"worse_together"`
}

func (n *Count) add(c *Cell) {
	n.Cells++
	for _, k := range []struct {
		p             *measure.Paired
		better, worse *int
	}{{&c.Difference, &n.Better, &n.Worse}, {&c.Together, &n.BetterTogether, &n.WorseTogether}} {
		if k.p.Lo > 0 {
			*k.better++
		} else if k.p.Hi < 0 {
			*k.worse++
		}
	}
}

// Runs compares two finished runs.
func Runs(a, b *Run) (*Comparison, error) {
	c := &Comparison{Schema: Schema, A: a.side(), B: b.side(), Arms: []Arm{}, OnlyA: []string{}, OnlyB: []string{}}
	var err error
	if c.Settings, err = scenario.Differences(a.file("scenario.yaml"), a.Scenario, b.file("scenario.yaml"), b.Scenario); err != nil {
		return nil, err
	}
	p := pairing{a: a, b: b}
	if c.Unpaired, err = p.find(); err != nil {
		return nil, err
	}
	c.Seeds, c.Images = len(p.seeds), len(p.images)
	cells, err := c.match(a, b)
	if err != nil {
		return nil, err
	}
	for i := range c.Arms {
		for j := range c.Arms[i].Cells {
			cell := &c.Arms[i].Cells[j]
			if err := p.compare(c.Arms[i].Key, cell, cells); err != nil {
				return nil, fmt.Errorf("%s under %s: %w", c.Arms[i].Name(), cell.Under(), err)
			}
			c.Count.add(cell)
		}
	}
	return c, nil
}

// match lists the arms and cells that both runs have, in the order of A, and returns their number.
func (c *Comparison) match(a, b *Run) (cells int, err error) {
	for _, k := range a.order {
		if b.blocks[k] == nil {
			c.OnlyA = append(c.OnlyA, a.only(k, b))
			continue
		}
		if n := len(c.Arms); n == 0 || c.Arms[n-1].Key != k.arm {
			c.Arms = append(c.Arms, a.newArm(k.arm))
		}
		last := &c.Arms[len(c.Arms)-1]
		last.Cells = append(last.Cells, a.newCell(k.cell))
		cells++
	}
	for _, k := range b.order {
		if a.blocks[k] == nil {
			c.OnlyB = append(c.OnlyB, b.only(k, a))
		}
	}
	c.OnlyA, c.OnlyB = slices.Compact(c.OnlyA), slices.Compact(c.OnlyB)
	return cells, nil
}

func (r *Run) newArm(k measure.ArmKey) Arm {
	arm := Arm{Key: k, Arm: k.Arm, Source: k.Source, Cells: []Cell{}}
	if k.Source != "" {
		arm.SourceStrength = &k.SourceStrength
		arm.SourceSize = r.size(func(c *measure.Cell) bool { return c.Perturbation == k.Source && c.Strength == k.SourceStrength })
	}
	if k.SourceImages != 0 {
		arm.SourceImages = &k.SourceImages
	}
	return arm
}

func (r *Run) newCell(k measure.CellKey) Cell {
	return Cell{Perturbation: k.Perturbation, Strength: k.Strength, Value: k.Value, Size: r.size(func(c *measure.Cell) bool { return c.Key() == k })}
}

// size is the physical size of the first cell of the result that is meant; empty where it has none.
func (r *Run) size(meant func(*measure.Cell) bool) string {
	for i := range r.Result.Arms {
		for j := range r.Result.Arms[i].Cells {
			if c := &r.Result.Arms[i].Cells[j]; meant(c) {
				return c.Size()
			}
		}
	}
	return ""
}

// only names what the other run lacks: the arm or, where it has that, the cell.
func (r *Run) only(k place, other *Run) string {
	arm, cell := r.newArm(k.arm), r.newCell(k.cell)
	if !other.arms[k.arm] {
		return arm.Name()
	}
	return arm.Name() + " under " + cell.Under()
}

// Name names an arm with what it learned from.
func (a *Arm) Name() string {
	s := a.Arm
	if a.Source != "" {
		s += " from " + sized(a.Source, a.Key.SourceStrength, a.SourceSize)
	}
	if a.SourceImages != nil {
		s += fmt.Sprintf(", %d images", *a.SourceImages)
	}
	return s
}

// Under names what the cell is under.
func (c *Cell) Under() string {
	if c.Perturbation == measure.Clean {
		return c.Perturbation
	}
	return sized(c.Perturbation, c.Strength, c.Size)
}

// sized names a change with its size or, where that is not known, its strength.
func sized(name string, strength float64, size string) string {
	if size == "" {
		size = fmt.Sprint(strength)
	}
	return name + " " + size
}
