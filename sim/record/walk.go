package record

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Both walks below know the kinds a result is made of and panic on any other, so that a new kind of field cannot
// slip past them.

// rounded returns a deep copy of v with its floats rounded by round6 and nil slices made empty. A float that is NaN or
// infinite is an error that gives its path in JSON.
func rounded(v reflect.Value, path string) (reflect.Value, error) {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name, _ := jsonName(v.Type().Field(i))
			field, err := rounded(v.Field(i), join(path, name))
			if err != nil {
				return out, err
			}
			out.Field(i).Set(field)
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			element, err := rounded(v.Index(i), path+"["+strconv.Itoa(i)+"]")
			if err != nil {
				return out, err
			}
			out.Index(i).Set(element)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return out, nil
		}
		element, err := rounded(v.Elem(), path)
		if err != nil {
			return out, err
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(element)
	case reflect.Float64:
		if !finite(v.Float()) {
			return out, fmt.Errorf("%s is %v, a missing number is null", path, v.Float())
		}
		out.SetFloat(round6(v.Float()))
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint64:
		out.Set(v)
	default:
		panic("record: result field " + path + " of unknown kind " + v.Kind().String())
	}
	return out, nil
}

// conform compares a decoded JSON value (numbers as json.Number) with the type it is to be read into: present unless
// optional, not null unless a pointer, and of the right type.
func conform(t reflect.Type, value any, path string) error {
	var ok bool
	var want string
	switch t.Kind() {
	case reflect.Pointer:
		if value == nil {
			return nil
		}
		return conform(t.Elem(), value, path)
	case reflect.Struct:
		if object, isObject := value.(map[string]any); isObject {
			return conformFields(t, object, path)
		}
		want = "an object"
	case reflect.Slice:
		if list, isList := value.([]any); isList {
			for i, element := range list {
				if err := conform(t.Elem(), element, path+"["+strconv.Itoa(i)+"]"); err != nil {
					return err
				}
			}
			return nil
		}
		want = "a list"
	case reflect.String:
		_, ok = value.(string)
		want = "a string"
	case reflect.Bool:
		_, ok = value.(bool)
		want = "true or false"
	case reflect.Float64:
		_, ok = value.(json.Number)
		want = "a number"
	case reflect.Int:
		n, isNumber := value.(json.Number)
		_, err := strconv.Atoi(n.String())
		ok, want = isNumber && err == nil, "a whole number"
	case reflect.Uint64:
		n, isNumber := value.(json.Number)
		_, err := strconv.ParseUint(n.String(), 10, 64)
		ok, want = isNumber && err == nil, "a whole number, 0 or more"
	default:
		panic("record: result field " + path + " of unknown kind " + t.Kind().String())
	}
	if ok {
		return nil
	}
	found, _ := json.Marshal(value)
	if len(found) > 40 {
		found = append(found[:37], "..."...)
	}
	if path == "" {
		path = "the file"
	}
	return fmt.Errorf("%s: %s, want %s", path, found, want)
}

func conformFields(t reflect.Type, object map[string]any, path string) error {
	for i := range t.NumField() {
		field := t.Field(i)
		name, optional := jsonName(field)
		if field.Anonymous && name == "" { // its fields are the outer object's
			if err := conformFields(field.Type, object, path); err != nil {
				return err
			}
			continue
		}
		value, present := object[name]
		if !present {
			if optional || field.Type.Kind() == reflect.Pointer {
				continue
			}
			return fmt.Errorf("%s: missing", join(path, name))
		}
		if err := conform(field.Type, value, join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func jsonName(field reflect.StructField) (name string, omitempty bool) {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name, strings.Contains(options, "omitempty")
}

// join adds a field's name to a path; an embedded struct has none.
func join(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}
