package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	reflection "github.com/invopop/jsonschema"
)

// Setting is a key of a scenario with its value: an int64, a float64, a string or a bool, and of a list its JSON text.
type Setting struct {
	Key   string // the path to it, such as noise.power
	Value any
}

// notSettings are the keys that move no number of a result, and those that the rows of every table say themselves.
var notSettings = []string{"version", "name", "about", "accept", "runtime", "thresholds", "seed", "seeds"}

// Settings lists what differs from the defaults of the schema, in the order of the file.
func (s *Scenario) Settings() []Setting { return settings(fromGo(s, place{}), theForm().fields, "") }

func settings(n *node, form *reflection.Schema, path string) (list []Setting) {
	for _, e := range n.entries {
		key := path + e.key
		property, ok := form.Properties.Get(e.key)
		if !ok || slices.Contains(notSettings, key) {
			continue
		}
		if property.Properties != nil {
			list = append(list, settings(e.value, property, key+".")...)
		} else if property.Default == nil || e.value.line() != fromGo(property.Default, place{}).line() {
			list = append(list, Setting{key, e.value.value(property)})
		}
	}
	return list
}

// value is the value of a setting that the schema gives a type.
func (n *node) value(form *reflection.Schema) any {
	switch n.kind {
	case boolean:
		return n.scalar == "true"
	case number:
		if i, err := strconv.ParseInt(n.scalar, 10, 64); err == nil && form.Type == "integer" {
			return i
		}
		x, _ := strconv.ParseFloat(n.scalar, 64) // encoding/json wrote it
		return x
	case text:
		return n.scalar
	}
	return n.line()
}

// line returns a value as JSON on one line. Numbers that are the same are written alike.
func (n *node) line() string {
	switch n.kind {
	case number:
		if x, err := strconv.ParseFloat(n.scalar, 64); err == nil {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
		return n.scalar
	case text:
		s, _ := json.Marshal(n.scalar) // a string has no error
		return string(s)
	case list:
		items := make([]string, len(n.items))
		for i, item := range n.items {
			items[i] = item.line()
		}
		return "[" + strings.Join(items, ",") + "]"
	case dict:
		entries := make([]string, len(n.entries))
		for i, e := range n.entries {
			entries[i] = strconv.Quote(e.key) + ":" + e.value.line()
		}
		return "{" + strings.Join(entries, ",") + "}"
	case null:
		return "null"
	}
	return n.scalar
}

// Difference is a key whose values in two scenarios differ, each as JSON on one line; "" where a scenario lacks the key.
type Difference struct {
	Key string `json:"key"`
	A   string `json:"a"`
	B   string `json:"b"`
}

// Differences lists where two resolved scenarios, the texts that [Scenario.YAML] wrote, differ. Keys that this version
// does not know are compared like others. What a and b are called stands in errors, which are those of YAML.
func Differences(nameA string, a []byte, nameB string, b []byte) ([]Difference, error) {
	x, err := leaves(nameA, a)
	if err != nil {
		return nil, err
	}
	y, err := leaves(nameB, b)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(y))
	for _, l := range y {
		texts[l.key] = l.text
	}
	var all []Difference
	for _, l := range x {
		if text := texts[l.key]; text != l.text {
			all = append(all, Difference{l.key, l.text, text})
		}
		delete(texts, l.key)
	}
	for _, l := range y {
		if text, only := texts[l.key]; only {
			all = append(all, Difference{Key: l.key, B: text})
		}
	}
	return all, nil
}

type leaf struct{ key, text string }

// leaves reads a resolved scenario as its keys and values, without what it says about itself; a list of maps has a key for each of their entries.
func leaves(name string, src []byte) ([]leaf, error) {
	root, problems := read(name, src)
	if len(problems) > 0 {
		return nil, problems
	}
	if root == nil || root.kind != dict {
		return nil, Errors{{name, 1, 1, "", "a scenario is a map"}}
	}
	var all []leaf
	var walk func(n *node, path string)
	walk = func(n *node, path string) {
		maps := n.kind == dict
		for _, e := range n.entries {
			walk(e.value, strings.TrimPrefix(path+"."+e.key, "."))
		}
		for i, item := range n.items {
			if item.kind == dict {
				walk(item, fmt.Sprintf("%s.%d", path, i))
				maps = true
			}
		}
		if !maps {
			all = append(all, leaf{path, n.line()})
		}
	}
	walk(root, "")
	return slices.DeleteFunc(all, func(l leaf) bool { return l.key == "about" }), nil
}
