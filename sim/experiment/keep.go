package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"murmur/sim/measure"
)

// A Store keeps what a run has finished, so that another process can go on with it. Its methods may be called from
// several goroutines.
type Store interface {
	// Save keeps arrays under a name. When it returns nil they outlast the process, whatever ends it.
	Save(name string, arrays []measure.Array) error
	// Load returns what was saved under a name: nothing if nothing was, an error if it is no longer whole.
	Load(name string) ([]measure.Array, error)
	// Drop gives up what was saved under a name, for the reason given: it will be made again.
	Drop(name string, why error)
}

// save keeps plain data in the store, if there is one.
func (e *Experiment) save(name string, from any) error {
	if e.Store == nil {
		return nil
	}
	arrays, err := flatten(from)
	if err == nil {
		err = e.Store.Save(name, arrays)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	return nil
}

// load fills in what was saved under a name and reports whether it did. What is broken counts as not there.
func (e *Experiment) load(name string, to any) bool {
	if e.Store == nil {
		return false
	}
	arrays, err := e.Store.Load(name)
	if err == nil && arrays == nil {
		return false
	}
	if err == nil {
		err = unflatten(arrays, to)
	}
	if err != nil {
		reflect.ValueOf(to).Elem().SetZero() // it may be filled in part
		e.Store.Drop(name, err)
	}
	return err == nil
}

// ErrStore is an error of the store, such as that of a full disk: there is no use in going on.
var ErrStore = errors.New("the part finished last cannot be kept")

// restName is the array that holds, as JSON, what is no array of numbers.
const restName = "rest"

// flatten turns a struct of plain data into arrays: its numbers and slices of numbers, and rows of them, by the names of
// their fields; arrays as they are; all other exported fields as JSON. No bit of a number is lost, nor that it is NaN.
func flatten(from any) ([]measure.Array, error) {
	f := flat{rest: map[string]json.RawMessage{}}
	if err := f.walk("", reflect.ValueOf(from).Elem(), f.put); err != nil {
		return nil, err
	}
	rest, err := json.Marshal(f.rest) // with its names sorted
	if err != nil {
		return nil, err
	}
	return append(f.arrays, measure.Array{Name: restName, Shape: []int{len(rest)}, Data: []uint8(rest)}), nil
}

// unflatten fills in a struct from what flatten made of its like.
func unflatten(arrays []measure.Array, to any) error {
	f := flat{arrays: arrays, rest: map[string]json.RawMessage{}}
	array, _ := f.find(restName)
	rest, ok := array.Data.([]uint8)
	if !ok {
		return errors.New("nothing says what it holds")
	}
	if err := json.Unmarshal(rest, &f.rest); err != nil {
		return err
	}
	return f.walk("", reflect.ValueOf(to).Elem(), f.get)
}

// flat is a struct as arrays, and what is none.
type flat struct {
	arrays []measure.Array
	rest   map[string]json.RawMessage
}

// find returns the array of that name.
func (f *flat) find(name string) (measure.Array, bool) {
	for _, a := range f.arrays {
		if a.Name == name {
			return a, true
		}
	}
	return measure.Array{}, false
}

// walk calls do for every exported field of a struct, and of the structs in it that hold numbers.
func (f *flat) walk(path string, v reflect.Value, do func(path string, v reflect.Value) error) error {
	if v.Kind() != reflect.Struct {
		return do(path, v)
	}
	if path != "" {
		path += "."
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() {
			if err := f.walk(path+field.Name, v.Field(i), do); err != nil {
				return fmt.Errorf("%s: %w", field.Name, err)
			}
		}
	}
	return nil
}

// numeric reports whether a type is one of the numbers that arrays are of.
func numeric(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Int32, reflect.Uint8:
		return true
	}
	return false
}

// form is how a type is kept.
func form(t reflect.Type) (one, row, rows bool) {
	if t.Kind() != reflect.Slice {
		return t.Kind() != reflect.Uint8 && numeric(t), false, false
	}
	e := t.Elem()
	return false, numeric(e), e.Kind() == reflect.Slice && numeric(e.Elem())
}

func (f *flat) put(path string, v reflect.Value) error {
	one, row, rows := form(v.Type())
	if arrays, ok := v.Interface().([]measure.Array); ok {
		for i, a := range arrays {
			a.Name = fmt.Sprintf("%s/%d/%s", path, i, a.Name)
			f.arrays = append(f.arrays, a)
		}
		names := make([]string, len(arrays))
		for i, a := range arrays {
			names[i] = a.Name
		}
		return f.putRest(path, names)
	}
	switch {
	case one:
		list := reflect.MakeSlice(reflect.SliceOf(v.Type()), 0, 1)
		f.arrays = append(f.arrays, measure.Array{Name: path, Shape: []int{}, Data: reflect.Append(list, v).Interface()})
	case row && !v.IsNil():
		f.arrays = append(f.arrays, measure.Array{Name: path, Shape: []int{v.Len()}, Data: v.Interface()})
	case rows && !v.IsNil(): // in one array, as there may be thousands, with their lengths; -1 of one that is nil
		total, lengths := 0, make([]int32, v.Len())
		for i := range lengths {
			total += v.Index(i).Len()
			if lengths[i] = int32(v.Index(i).Len()); v.Index(i).IsNil() {
				lengths[i] = -1
			}
		}
		all := reflect.MakeSlice(v.Type().Elem(), 0, total)
		for i := range lengths {
			all = reflect.AppendSlice(all, v.Index(i))
		}
		f.arrays = append(f.arrays, measure.Array{Name: path, Shape: []int{all.Len()}, Data: all.Interface()},
			measure.Array{Name: path + ".lengths", Shape: []int{len(lengths)}, Data: lengths})
	case !row && !rows:
		return f.putRest(path, v.Interface())
	}
	return nil
}

func (f *flat) putRest(path string, v any) (err error) {
	f.rest[path], err = json.Marshal(v)
	return err
}

func (f *flat) get(path string, v reflect.Value) error {
	one, row, rows := form(v.Type())
	a, there := f.find(path)
	switch list, isArrays := v.Addr().Interface().(*[]measure.Array); {
	case isArrays:
		var names []string
		if err := json.Unmarshal(f.rest[path], &names); err != nil {
			return err
		}
		for i, name := range names {
			a, ok := f.find(fmt.Sprintf("%s/%d/%s", path, i, name))
			if !ok {
				return fmt.Errorf("%s is missing", name)
			}
			a.Name = name
			*list = append(*list, a)
		}
		return nil
	case !one && !row && !rows:
		return json.Unmarshal(f.rest[path], v.Addr().Interface())
	case !there && one:
		return errors.New("it is missing")
	case !there: // it was nil
		return nil
	}
	data := reflect.ValueOf(a.Data)
	switch {
	case one && data.Type().Elem() == v.Type() && data.Len() == 1:
		v.Set(data.Index(0))
		return nil
	case row && data.Type() == v.Type():
		v.Set(data)
		return nil
	case rows && data.Type() == v.Type().Elem():
		lengths, _ := f.find(path + ".lengths")
		return cutRows(v, data, lengths.Data)
	}
	return fmt.Errorf("numbers of another kind, %v", data.Type())
}

// cutRows sets v to rows of data with the given lengths.
func cutRows(v, data reflect.Value, of any) error {
	lengths, ok := of.([]int32)
	if !ok {
		return errors.New("the lengths of its rows are missing")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(lengths), len(lengths)))
	at := 0
	for i, n := range lengths {
		if n < 0 {
			continue
		}
		if at+int(n) > data.Len() {
			return errors.New("its rows are longer than what it holds")
		}
		v.Index(i).Set(data.Slice3(at, at+int(n), at+int(n)))
		at += int(n)
	}
	return nil
}
