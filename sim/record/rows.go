package record

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"math"
	"slices"

	"murmur/sim/measure"
)

// Tables names the form of the tables in their metadata. A change that breaks a reader gets a new number.
const Tables = "murmur.tables/1"

// whose are the columns that tell an arm from the others of its run.
type whose struct {
	Arm            string   `parquet:"arm,dict"`
	Source         string   `parquet:"source,optional,dict"`
	SourceStrength *float64 `parquet:"source_strength,optional,dict"`
	SourceImages   *int     `parquet:"source_images,optional,dict"`
}

// cellRow is a row of cells.csv and cells.parquet.
type cellRow struct {
	Seed *uint64 `parquet:"seed,optional,dict"` // null in the row of all seeds together
	whose
	Perturbation string   `parquet:"perturbation,dict"`
	Strength     float64  `parquet:"strength,dict"`
	Value        float64  `parquet:"value,dict"`
	Unit         string   `parquet:"unit,optional,dict"`
	StandIn      bool     `parquet:"stand_in"` // for what is not shipped
	Accuracy     float64  `parquet:"accuracy"`
	Lo           float64  `parquet:"lo"`
	Hi           float64  `parquet:"hi"`
	Seeds        int      `parquet:"seeds,dict"`
	Balanced     *float64 `parquet:"balanced,optional"` // accuracy, of an unbalanced set
	Gain         *float64 `parquet:"gain,optional"`
	GainLo       *float64 `parquet:"gain_lo,optional"`
	GainHi       *float64 `parquet:"gain_hi,optional"`
}

// armRow is a row of arms.csv and arms.parquet.
type armRow struct {
	Seed *uint64 `parquet:"seed,optional,dict"`
	whose
	Trace           *float64 `parquet:"trace,optional"`
	TraceRelative   *float64 `parquet:"trace_relative,optional"`
	NoiseCouplings  *int     `parquet:"noise_couplings,optional"`
	Alignment       *float64 `parquet:"alignment,optional"`
	CleanMean       float64  `parquet:"clean_mean"`
	CleanLo         float64  `parquet:"clean_lo"`
	CleanHi         float64  `parquet:"clean_hi"`
	CleanCostMean   *float64 `parquet:"clean_cost_mean,optional"`
	CleanCostLo     *float64 `parquet:"clean_cost_lo,optional"`
	CleanCostHi     *float64 `parquet:"clean_cost_hi,optional"`
	RecoveredGain   *float64 `parquet:"recovered_gain_mean,optional"`
	RecoveredGainLo *float64 `parquet:"recovered_gain_lo,optional"`
	RecoveredGainHi *float64 `parquet:"recovered_gain_hi,optional"`
}

// curveRow is a row of curves.csv and curves.parquet, or those of one curve.
type curveRow struct {
	Seed uint64 `parquet:"seed,dict"`
	whose
	Glimpses  []int      `parquet:"glimpses,dict"`
	Alignment []*float64 `parquet:"alignment,optional"`
	Power     []float64  `parquet:"power"`
}

// outcomeRow is the rows of outcomes.parquet of one arm of one seed under one perturbation, in the order of the images.
type outcomeRow struct {
	Seed uint64 `parquet:"seed,dict"`
	whose
	Perturbation string    `parquet:"perturbation,dict"`
	Strength     float64   `parquet:"strength,dict"`
	Value        float64   `parquet:"value,dict"`
	Image        []int32   `parquet:"image,dict"` // the images come again in every block: so do the bytes of their places in the dictionary
	Class        []uint8   `parquet:"class,dict"`
	Decision     []uint8   `parquet:"decision,dict"`
	Right        []bool    `parquet:"right"`
	Confidence   []float32 `parquet:"confidence,dict"` // of four digits, so of ten thousand values at most
}

func newWhose(k measure.ArmKey) whose {
	w := whose{Arm: k.Arm, Source: k.Source}
	if k.Source != "" {
		w.SourceStrength = &k.SourceStrength
	}
	if k.SourceImages != 0 {
		w.SourceImages = &k.SourceImages
	}
	return w
}

// cellRows lists the cells in the order of the result, each arm led by its clean accuracy as a row of strength 0. The
// gain of that row is the clean cost with its sign turned.
func cellRows(seed *uint64, arms []measure.Arm) (rows []cellRow) {
	for i := range arms {
		a := &arms[i]
		clean := measure.Cell{Perturbation: measure.Clean, Accuracy: a.Clean, Balanced: a.CleanBalanced}
		if c := a.CleanCost; c != nil {
			clean.Gain = &measure.Paired{Mean: 0 - c.Mean, Lo: 0 - c.Hi, Hi: 0 - c.Lo} // 0 - x, as -x could be -0
		}
		for _, c := range slices.Concat([]measure.Cell{clean}, a.Cells) {
			row := cellRow{Seed: seed, whose: newWhose(a.Key()),
				Perturbation: c.Perturbation, Strength: c.Strength, Value: c.Value, Unit: c.Unit, StandIn: c.StandIn,
				Accuracy: c.Accuracy.Mean, Lo: c.Accuracy.Lo, Hi: c.Accuracy.Hi, Seeds: c.Accuracy.Seeds}
			if b := c.Balanced; b != nil {
				row.Balanced = &b.Mean
			}
			if g := c.Gain; g != nil {
				row.Gain, row.GainLo, row.GainHi = &g.Mean, &g.Lo, &g.Hi
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func armRows(seed *uint64, arms []measure.Arm, recovered []measure.RecoveredGain) (rows []armRow) {
	for i := range arms {
		a := &arms[i]
		row := armRow{Seed: seed, whose: newWhose(a.Key()), Trace: a.Trace, TraceRelative: a.TraceRelative, NoiseCouplings: a.NoiseCouplings, Alignment: a.Alignment,
			CleanMean: a.Clean.Mean, CleanLo: a.Clean.Lo, CleanHi: a.Clean.Hi}
		if c := a.CleanCost; c != nil {
			row.CleanCostMean, row.CleanCostLo, row.CleanCostHi = &c.Mean, &c.Lo, &c.Hi
		}
		for _, g := range recovered {
			if g.Of(a) {
				row.RecoveredGain, row.RecoveredGainLo, row.RecoveredGainHi = g.Mean, g.Lo, g.Hi
				break
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// bySeed lists rows of all seeds together and then those of each seed.
func bySeed[Row any](pooled []Row, seeds []measure.SeedArms, of func(*measure.SeedArms) []Row) iter.Seq[Row] {
	for i := range seeds {
		pooled = append(pooled, of(&seeds[i])...)
	}
	return slices.Values(pooled)
}

// tabular is a table and the name of its files.
type tabular struct {
	name string
	table
	csv bool // whether there is a CSV beside the Parquet
}

// tables are those of a run.
func (r *Run) tables(result *measure.Result, seeds []measure.SeedArms) []tabular {
	run := runName(result.Scenario, r.Scenario)
	cells := bySeed(cellRows(nil, result.Arms), seeds, func(s *measure.SeedArms) []cellRow { return cellRows(&s.Seed, s.Arms) })
	arms := bySeed(armRows(nil, result.Arms, result.Summary.RecoveredGain), seeds,
		func(s *measure.SeedArms) []armRow { return armRows(&s.Seed, s.Arms, s.RecoveredGain) })
	list := []tabular{{"cells", newTable(run, cells, r.Settings), true}, {"arms", newTable(run, arms, r.Settings), true},
		{"curves", newTable(run, r.curveRows(), r.Settings), true}}
	if r.Outcomes != nil {
		list = append(list, tabular{"outcomes", newTable(run, r.outcomeRows(), nil), false})
	}
	return list
}

func (r *Run) curveRows() iter.Seq[curveRow] {
	return func(yield func(curveRow) bool) {
		for _, c := range r.Curves {
			row := curveRow{Seed: c.Seed, whose: newWhose(c.Arm)}
			for _, p := range c.Points {
				row.Glimpses, row.Power = append(row.Glimpses, p.Glimpses), append(row.Power, round6(p.Power))
				if p.Alignment != nil {
					alignment := round6(*p.Alignment)
					p.Alignment = &alignment
				}
				row.Alignment = append(row.Alignment, p.Alignment)
			}
			if !yield(row) {
				return
			}
		}
	}
}

func (r *Run) outcomeRows() iter.Seq[outcomeRow] {
	return func(yield func(outcomeRow) bool) {
		for o := range r.Outcomes {
			row := outcomeRow{Seed: o.Seed, whose: newWhose(o.Arm), Perturbation: o.Cell.Perturbation, Strength: o.Cell.Strength, Value: round6(o.Cell.Value),
				Image: o.Image, Class: o.Class, Decision: o.Decision, Right: make([]bool, len(o.Right)), Confidence: make([]float32, len(o.Confidence))}
			for i, right := range o.Right {
				row.Right[i] = right == 1
				row.Confidence[i] = float32(math.Round(float64(o.Confidence[i])*1e4) / 1e4)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// runName tells runs of different scenarios apart: the name of the scenario, a dash and the beginning of the hash of its
// resolved text.
func runName(name string, scenario []byte) string { return name + "-" + hashOf(scenario)[:8] }

func hashOf(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// about is the metadata of the Parquet files of a run.
func (r *Run) about(result *measure.Result) []keyValue {
	return []keyValue{
		{"tables", Tables}, {"schema", result.Schema}, {"murmur", r.Version},
		{"scenario", string(r.Scenario)}, {"scenario_sha256", hashOf(r.Scenario)}, {"trajectory", result.Trajectory},
	}
}
