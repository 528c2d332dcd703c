package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"

	"murmur/sim/measure"
)

// OutcomesFile is the table of every decision in a run folder.
const OutcomesFile = "outcomes.parquet"

// maxOutcomes is the largest file of outcomes that is read, in bytes: some hundred million decisions.
const maxOutcomes = 1 << 30

// ReadOutcomes reads outcomes.parquet of a run folder, in its order. Whatever is wrong with the file is an error that
// names it and the column. Columns that it does not know are passed over.
func ReadOutcomes(dir string) (list []measure.Outcomes, err error) {
	name := filepath.Join(dir, OutcomesFile)
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, bare(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file")
	}
	if err == nil && info.Size() > maxOutcomes {
		err = fmt.Errorf("has %d bytes, at most %d are read", info.Size(), maxOutcomes)
	}
	if err == nil {
		list, err = parseOutcomes(f, info.Size())
	}
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, bare(err))
	}
	return list, nil
}

func parseOutcomes(r io.ReaderAt, size int64) (list []measure.Outcomes, err error) {
	// The library is not ours: whatever a file does to it must stay an error.
	defer func() {
		if p := recover(); p != nil {
			list, err = nil, fmt.Errorf("is not a Parquet file that can be read: %v", p)
		}
	}()
	if err := checkFooter(r, size); err != nil {
		return nil, err
	}
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		return nil, fmt.Errorf("is not a Parquet file that can be read: %w", err)
	}
	for _, group := range f.RowGroups() {
		g := &rowsRead{chunks: group.ColumnChunks(), schema: f.Schema(), rows: int(group.NumRows())}
		if list, err = g.outcomes(list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// checkFooter holds the length that a Parquet file gives for its footer against the file: the library takes it on trust
// and makes room for it.
func checkFooter(r io.ReaderAt, size int64) error {
	const magics, tail = 8, 8 // PAR1 at both ends, and the length before the last
	var end [tail]byte
	if size < magics+4 {
		return fmt.Errorf("is not a Parquet file that can be read: has %d bytes", size)
	}
	if _, err := r.ReadAt(end[:], size-tail); err != nil {
		return err
	}
	if n := binary.LittleEndian.Uint32(end[:]); string(end[4:]) != "PAR1" || int64(n) > size-magics-4 {
		return fmt.Errorf("is not a Parquet file that can be read: its end is %q", end)
	}
	return nil
}

// rowsRead are the columns of a row group as they are read.
type rowsRead struct {
	schema *parquet.Schema
	chunks []parquet.ColumnChunk
	rows   int
	err    error // the first
}

// column reads a column: accept takes a value and says whether it can be.
func (g *rowsRead) column(name string, kind parquet.Kind, optional bool, accept func(parquet.Value) bool) {
	if g.err != nil {
		return
	}
	leaf, ok := g.schema.Lookup(name)
	if !ok || leaf.Node.Type().Kind() != kind || leaf.MaxRepetitionLevel > 0 {
		g.err = fmt.Errorf("column %s: want one of %v", name, kind)
		return
	}
	n := 0
	g.err = eachValue(g.chunks[leaf.ColumnIndex], func(v parquet.Value) error {
		if n++; v.IsNull() && !optional || !accept(v) {
			return fmt.Errorf("column %s: row %d of its group: %v cannot be", name, n, v)
		}
		return nil
	})
	if g.err == nil && n != g.rows {
		g.err = fmt.Errorf("column %s: %d rows of a group of %d", name, n, g.rows)
	}
}

func eachValue(chunk parquet.ColumnChunk, visit func(parquet.Value) error) error {
	pages := chunk.Pages()
	defer pages.Close()
	buf := make([]parquet.Value, 1024)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for values := page.Values(); ; {
			n, err := values.ReadValues(buf)
			for _, v := range buf[:n] {
				if err := visit(v); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			} else if n == 0 {
				return io.ErrNoProgress
			}
		}
		parquet.Release(page)
	}
}

// texts reads a column of texts. Equal texts share their bytes.
func (g *rowsRead) texts(name string, optional bool) (list []string) {
	known := map[string]string{}
	g.column(name, parquet.ByteArray, optional, func(v parquet.Value) bool {
		text, ok := known[string(v.ByteArray())]
		if !ok {
			text = string(v.ByteArray())
			known[text] = text
		}
		list = append(list, text)
		return len(text) <= 200
	})
	return list
}

func (g *rowsRead) numbers(name string, optional bool) (list []float64) {
	g.column(name, parquet.Double, optional, func(v parquet.Value) bool {
		x := 0.
		if !v.IsNull() {
			x = v.Double()
		}
		list = append(list, x)
		return finite(x)
	})
	return list
}

func (g *rowsRead) bytes(name string) (list []uint8) {
	g.column(name, parquet.Int32, false, func(v parquet.Value) bool {
		list = append(list, uint8(v.Int32()))
		return v.Int32() >= 0 && v.Int32() < 256
	})
	return list
}

// outcomes appends the rows, cut where their arm or what it was under changes.
func (g *rowsRead) outcomes(list []measure.Outcomes) ([]measure.Outcomes, error) {
	var seeds []uint64
	g.column("seed", parquet.Int64, false, func(v parquet.Value) bool { seeds = append(seeds, v.Uint64()); return true })
	arms, sources := g.texts("arm", false), g.texts("source", true)
	strengths := g.numbers("source_strength", true)
	var images []int
	g.column("source_images", parquet.Int64, true, func(v parquet.Value) bool {
		images = append(images, int(max(v.Int64(), 0)))
		return true
	})
	perturbations, levels, values := g.texts("perturbation", false), g.numbers("strength", false), g.numbers("value", false)
	var places []int32
	g.column("image", parquet.Int32, false, func(v parquet.Value) bool { places = append(places, v.Int32()); return v.Int32() >= 0 })
	classes, decisions := g.bytes("class"), g.bytes("decision")
	var right []uint8
	g.column("right", parquet.Boolean, false, func(v parquet.Value) bool {
		right = append(right, 0)
		if v.Boolean() {
			right[len(right)-1] = 1
		}
		return true
	})
	var confidence []float32
	g.column("confidence", parquet.Float, false, func(v parquet.Value) bool {
		confidence = append(confidence, v.Float())
		return finite(float64(v.Float()))
	})
	if g.err != nil {
		return nil, g.err
	}
	for i := range g.rows {
		head := measure.Outcomes{Seed: seeds[i], Arm: measure.ArmKey{Arm: arms[i], Source: sources[i], SourceStrength: strengths[i], SourceImages: images[i]},
			Cell: measure.CellKey{Perturbation: perturbations[i], Strength: levels[i], Value: values[i]}}
		last := len(list) - 1
		if last < 0 || list[last].Seed != head.Seed || list[last].Arm != head.Arm || list[last].Cell != head.Cell {
			list = append(list, head)
			last++
		}
		o := &list[last]
		o.Image, o.Class, o.Decision = append(o.Image, places[i]), append(o.Class, classes[i]), append(o.Decision, decisions[i])
		o.Right, o.Confidence = append(o.Right, right[i]), append(o.Confidence, confidence[i])
	}
	return slices.Clip(list), nil
}
