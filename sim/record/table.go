package record

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"murmur/sim/measure"
)

// cellRow is a row of cells.csv and cells.parquet. Where there is no number or no name, CSV has an empty field and
// Parquet a null.
type cellRow struct {
	Arm            string   `parquet:"arm"`
	Rule           string   `parquet:"rule,optional"`
	Variant        string   `parquet:"variant,optional"`
	Source         string   `parquet:"source,optional"`
	SourceStrength *float64 `parquet:"source_strength,optional"`
	Perturbation   string   `parquet:"perturbation"`
	Strength       float64  `parquet:"strength"`
	Value          float64  `parquet:"value"`
	Unit           string   `parquet:"unit,optional"`
	StandIn        bool     `parquet:"stand_in"` // for what is not shipped
	Accuracy       float64  `parquet:"accuracy"`
	Lo             float64  `parquet:"lo"`
	Hi             float64  `parquet:"hi"`
	Seeds          int64    `parquet:"seeds"`
	Gain           *float64 `parquet:"gain,optional"`
	GainLo         *float64 `parquet:"gain_lo,optional"`
	GainHi         *float64 `parquet:"gain_hi,optional"`
}

// armRow is a row of arms.csv.
type armRow struct {
	Arm             string   `parquet:"arm"`
	Rule            string   `parquet:"rule,optional"`
	Variant         string   `parquet:"variant,optional"`
	Source          string   `parquet:"source,optional"`
	SourceStrength  *float64 `parquet:"source_strength,optional"`
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

// cellRows lists the cells in the order of the result, each arm led by its clean accuracy as a row of strength 0. The
// gain of that row is the clean cost with its sign turned.
func cellRows(r *measure.Result) []cellRow {
	var rows []cellRow
	for _, a := range r.Arms {
		clean := measure.Cell{Perturbation: "clean", Accuracy: a.Clean}
		if c := a.CleanCost; c != nil {
			clean.Gain = &measure.Paired{Mean: 0 - c.Mean, Lo: 0 - c.Hi, Hi: 0 - c.Lo} // 0 - x, as -x could be -0
		}
		rows = append(rows, newCellRow(a, clean))
		for _, c := range a.Cells {
			rows = append(rows, newCellRow(a, c))
		}
	}
	return rows
}

func newCellRow(a measure.Arm, c measure.Cell) cellRow {
	row := cellRow{
		Arm: a.Arm, Rule: a.Rule, Variant: a.Variant, Source: a.Source, SourceStrength: a.SourceStrength,
		Perturbation: c.Perturbation, Strength: c.Strength, Value: c.Value, Unit: c.Unit, StandIn: c.StandIn,
		Accuracy: c.Accuracy.Mean, Lo: c.Accuracy.Lo, Hi: c.Accuracy.Hi, Seeds: int64(c.Accuracy.Seeds),
	}
	if g := c.Gain; g != nil {
		row.Gain, row.GainLo, row.GainHi = &g.Mean, &g.Lo, &g.Hi
	}
	return row
}

func armRows(r *measure.Result) []armRow {
	var rows []armRow
	for _, a := range r.Arms {
		row := armRow{
			Arm: a.Arm, Rule: a.Rule, Variant: a.Variant, Source: a.Source, SourceStrength: a.SourceStrength,
			Trace: a.Trace, TraceRelative: a.TraceRelative, NoiseCouplings: a.NoiseCouplings, Alignment: a.Alignment,
			CleanMean: a.Clean.Mean, CleanLo: a.Clean.Lo, CleanHi: a.Clean.Hi,
		}
		if c := a.CleanCost; c != nil {
			row.CleanCostMean, row.CleanCostLo, row.CleanCostHi = &c.Mean, &c.Lo, &c.Hi
		}
		for _, g := range r.Summary.RecoveredGain {
			if recoveredBy(g, a) {
				row.RecoveredGain, row.RecoveredGainLo, row.RecoveredGainHi = g.Mean, g.Lo, g.Hi
				break
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func recoveredBy(g measure.RecoveredGain, a measure.Arm) bool {
	return a.SourceStrength != nil && g.Strength == *a.SourceStrength &&
		g.Source == a.Source && g.Arm == a.Arm && g.Rule == a.Rule && g.Variant == a.Variant && g.Training == a.Training
}

// encodeCSV writes a header of the column names and a line a row. Numbers have no exponent.
func encodeCSV[Row any](rows []Row) ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	t := reflect.TypeFor[Row]()
	record := make([]string, t.NumField())
	for i := range record {
		record[i], _, _ = strings.Cut(t.Field(i).Tag.Get("parquet"), ",")
	}
	if err := w.Write(record); err != nil {
		return nil, err
	}
	for _, row := range rows {
		v := reflect.ValueOf(row)
		for i := range record {
			record[i] = csvField(v.Field(i))
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

func csvField(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if v.CanFloat() {
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// encodeParquet leaves the pages uncompressed and names no version of the library, so that equal rows are equal bytes.
func encodeParquet(rows []cellRow) ([]byte, error) {
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[cellRow](&buf, parquet.Compression(&parquet.Uncompressed), parquet.CreatedBy("murmur", "1", "record"))
	if _, err := w.Write(rows); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // writes the footer
		return nil, err
	}
	return buf.Bytes(), nil
}
