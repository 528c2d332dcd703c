package scenario

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	failure "github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// spelling tells why a text does not have the pattern.
var spelling = map[string]func(string) error{
	armPattern:   func(s string) error { _, err := ParseArm(s); return err },
	limitPattern: func(s string) error { _, err := ParseLimit(s); return err },
}

// validate holds a tree against the schema of a file. It marks what is wrong, so
// that nothing is reported twice.
func (f *form) validate(root *node) Errors {
	f.translate(root, f.file)
	var invalid *jsonschema.ValidationError
	if !errors.As(f.checker.Validate(root.plain()), &invalid) {
		return nil
	}
	v := &validation{form: f, root: root}
	leaves := failures(invalid)
	// A wrong type explains whatever else is wrong with a value, so it comes first.
	slices.SortStableFunc(leaves, func(a, b *jsonschema.ValidationError) int { return rank(a) - rank(b) })
	for _, leaf := range leaves {
		v.explain(leaf)
	}
	return v.problems
}

func rank(e *jsonschema.ValidationError) int {
	if _, ok := e.ErrorKind.(*failure.Type); ok {
		return 0
	}
	return 1
}

// failures returns the failures that have no others as their cause. Of a choice that is the choice itself, or the bound
// that a number of the right type breaks.
func failures(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var leaves []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		leaves = append(leaves, failures(cause)...)
	}
	if _, choice := e.ErrorKind.(*failure.AnyOf); choice {
		if i := slices.IndexFunc(leaves, bounds); i >= 0 {
			return leaves[i : i+1]
		}
		return []*jsonschema.ValidationError{e}
	}
	return leaves
}

// bounds reports whether a number is out of bounds.
func bounds(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *failure.Minimum, *failure.Maximum, *failure.ExclusiveMinimum, *failure.ExclusiveMaximum:
		return true
	}
	return false
}

type validation struct {
	form     *form
	root     *node
	problems Errors
}

func (v *validation) report(at place, path []string, message string) {
	v.problems = append(v.problems, Problem{at.file, at.line, at.col, field(path), message})
}

// explain reports one failure of the schema in the words of a scenario.
func (v *validation) explain(e *jsonschema.ValidationError) {
	path := e.InstanceLocation
	n, found := v.root.find(path)
	if !found || n.wrong {
		return
	}
	switch k := e.ErrorKind.(type) {
	case *failure.AdditionalProperties:
		var known []string
		if s := v.form.schemaAt(path); s != nil && s.Properties != nil {
			for p := s.Properties.Oldest(); p != nil; p = p.Next() {
				known = append(known, p.Key)
			}
		}
		for _, key := range k.Properties {
			if e := n.entry(key); !e.value.wrong {
				e.value.wrong = true
				v.report(e.at, append(slices.Clone(path), key), "unknown key"+hint(key, known))
			}
		}
		return
	case *failure.Required:
		for _, key := range k.Missing {
			n.put(entry{key, n.at, &node{at: n.at, kind: null, wrong: true}})
			v.report(n.at, append(slices.Clone(path), key), "missing")
		}
		return
	}
	n.wrong = true
	if fractional(v.form.schemaAt(path)) && !bounds(e) {
		v.report(n.at, path, fmt.Sprintf("must be a number, or a fraction such as 8/255, not %s", n))
		return
	}
	message := complaint(n, e.ErrorKind)
	if _, over := e.ErrorKind.(*failure.Maximum); over && (slices.Contains(path, "strength") || slices.Contains(path, "strengths")) {
		message += ": strengths are levels, 1 to 5 of most modifications; 5 of rotate is 40 degrees"
	}
	v.report(n.at, path, message)
}

// complaint says what a value must be instead.
func complaint(n *node, failed jsonschema.ErrorKind) string {
	switch k := failed.(type) {
	case *failure.Type:
		return fmt.Sprintf("must be %s, not %s", article(k.Want[0]), n)
	case *failure.AnyOf: // fractions aside, units_per_goroutine alone has a choice
		return fmt.Sprintf("must be a whole number from 1 to 1000000, or auto, not %s", n)
	case *failure.Enum:
		names := make([]string, len(k.Want))
		for i, want := range k.Want {
			names[i] = fmt.Sprint(want)
		}
		if n.kind == text {
			return unknown(n.scalar, names)
		}
		return fmt.Sprintf("must be %s, not %s", strings.Join(names, ", "), n)
	case *failure.Pattern:
		if explain := spelling[k.Want]; explain != nil {
			return explain(k.Got).Error()
		}
		return fmt.Sprintf("%q must be letters, digits, dots, dashes and underscores, and begin with a letter or digit", k.Got)
	case *failure.Minimum:
		return fmt.Sprintf("must be at least %s, not %s", short(k.Want), n)
	case *failure.Maximum:
		return fmt.Sprintf("must be at most %s, not %s", short(k.Want), n)
	case *failure.ExclusiveMinimum:
		return fmt.Sprintf("must be greater than %s, not %s", short(k.Want), n)
	case *failure.ExclusiveMaximum:
		return fmt.Sprintf("must be less than %s, not %s", short(k.Want), n)
	case *failure.MinItems:
		return fmt.Sprintf("must have at least %d entry", k.Want)
	case *failure.MinLength:
		return "must not be empty"
	case *failure.MaxLength:
		return fmt.Sprintf("must have at most %d characters", k.Want)
	}
	return fmt.Sprintf("does not fit the schema: %s", strings.Join(failed.KeywordPath(), "."))
}

// article returns the words for a type of the schema.
func article(name string) string {
	switch name {
	case "integer":
		return "a whole number"
	case "number":
		return string(number)
	case "array":
		return string(list)
	case "object":
		return string(dict)
	case "boolean":
		return string(boolean)
	}
	return string(text)
}

// short writes a bound of the schema, which is a decimal number, without zeros at its end.
func short(bound *big.Rat) string {
	v, _ := bound.Float64()
	return strconv.FormatFloat(v, 'f', -1, 64)
}
