package record

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"murmur/sim/scenario"
)

// table is named columns and rows that come in blocks, so that a table of millions of rows is never held as a whole. It
// is made of structs: a field with a parquet tag is a column. A field of a number, a text or a truth is the same for all
// rows of a block; a slice has a value for each. Where there is no number or no name (a nil pointer, an optional text
// that is empty), CSV has an empty field and Parquet a null.
type table struct {
	columns []reflect.StructField // of a row; the type of a column is that of one value
	blocks  iter.Seq[[]any]       // a value, or a slice of values, for each column
}

// WriteCSV writes rows, structs whose fields name their columns in parquet tags, as a header and a line a row.
func WriteCSV[Row any](w io.Writer, rows []Row) error {
	return newTable("", slices.Values(rows), nil).writeCSV(w)
}

// newTable makes a table of blocks, led by the name of the run, if there is one, and followed by a column for each setting.
func newTable[Block any](run string, blocks iter.Seq[Block], settings []scenario.Setting) table {
	var t table
	var first, last []any
	if run != "" {
		t.columns = append(t.columns, reflect.StructField{Type: reflect.TypeFor[string](), Tag: `parquet:"run,dict"`})
		first = append(first, run)
	}
	fields := slices.DeleteFunc(reflect.VisibleFields(reflect.TypeFor[Block]()), func(f reflect.StructField) bool { return f.Anonymous })
	for _, f := range fields {
		for f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Pointer {
			f.Type = f.Type.Elem()
		}
		t.columns = append(t.columns, f)
	}
	for _, s := range settings {
		t.columns = append(t.columns, reflect.StructField{Type: reflect.TypeOf(s.Value),
			Tag: reflect.StructTag(fmt.Sprintf(`parquet:"%s,dict"`, s.Key))})
		last = append(last, s.Value)
	}
	t.blocks = func(yield func([]any) bool) {
		for b := range blocks {
			values := slices.Clone(first)
			for _, f := range fields {
				values = append(values, reflect.ValueOf(b).FieldByIndex(f.Index).Interface())
			}
			if !yield(append(values, last...)) {
				return
			}
		}
	}
	return t
}

func columnName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
	return name
}

// rowsOf is the number of rows of a block.
func rowsOf(block []any) int {
	for _, v := range block {
		if v := reflect.ValueOf(v); v.Kind() == reflect.Slice {
			return v.Len()
		}
	}
	return 1
}

// writeCSV writes a header of the column names and a line a row. Numbers have no exponent.
func (t table) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	line := make([]string, len(t.columns))
	for i, f := range t.columns {
		line[i] = columnName(f)
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for block := range t.blocks {
		for r := range rowsOf(block) {
			for i, v := range block {
				v := reflect.ValueOf(v)
				if v.Kind() == reflect.Slice {
					v = v.Index(r)
				}
				line[i] = csvField(v)
			}
			if err := c.Write(line); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

func csvField(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if v.CanFloat() {
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits())
	}
	return fmt.Sprint(v)
}

// rowGroup is how many rows of a Parquet file are held before they are written.
const rowGroup = 1 << 19

// writeParquet writes the table with zstd and what it is about. It names no version of the library, so that equal rows
// are equal bytes.
func (t table) writeParquet(w io.Writer, about []keyValue) error {
	fields := make([]reflect.StructField, len(t.columns))
	for i, f := range t.columns {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: f.Type, Tag: f.Tag}
	}
	options := []parquet.WriterOption{parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()),
		parquet.Compression(&parquet.Zstd), parquet.CreatedBy("murmur", "1", "record")}
	for _, kv := range about {
		options = append(options, parquet.KeyValueMetadata(kv.key, kv.value))
	}
	p := parquet.NewWriter(w, options...)
	columns := p.ColumnWriters()
	var values []parquet.Value
	held := 0
	for block := range t.blocks {
		rows := rowsOf(block)
		for i, v := range block {
			optional := strings.Contains(t.columns[i].Tag.Get("parquet"), ",optional")
			values = appendValues(values[:0], reflect.ValueOf(v), rows, optional, i)
			if _, err := columns[i].WriteRowValues(values); err != nil {
				return err
			}
		}
		if held += rows; held >= rowGroup {
			if err := p.Flush(); err != nil {
				return err
			}
			held = 0
		}
	}
	return p.Close() // writes the footer
}

// appendValues appends the values of a column in a block.
func appendValues(to []parquet.Value, v reflect.Value, rows int, optional bool, column int) []parquet.Value {
	one := func(v reflect.Value) parquet.Value {
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch {
		case optional && v.IsZero() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.String):
			return parquet.NullValue().Level(0, 0, column)
		case optional:
			return parquet.ValueOf(v.Interface()).Level(0, 1, column)
		}
		return parquet.ValueOf(v.Interface()).Level(0, 0, column)
	}
	if v.Kind() == reflect.Slice {
		for i := range rows {
			to = append(to, one(v.Index(i)))
		}
		return to
	}
	shared := one(v)
	for range rows {
		to = append(to, shared)
	}
	return to
}

// keyValue is an entry of the metadata of a Parquet file.
type keyValue struct{ key, value string }
