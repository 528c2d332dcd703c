package stimulus

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// maxClasses is how many classes a set may have.
const maxClasses = 256

// classes numbers the classes of a set in the order in which they are met.
type classes struct {
	names []string
	codes map[string]int
}

// code returns the number of a class; false: there is no room for another one.
func (c *classes) code(name string) (int, bool) {
	code, known := c.codes[name]
	if known {
		return code, true
	}
	if len(c.names) == maxClasses {
		return 0, false
	}
	if c.codes == nil {
		c.codes = map[string]int{}
	}
	c.codes[name] = len(c.names)
	c.names = append(c.names, name)
	return c.codes[name], true
}

// sortNames sorts names of classes by number where all are numbers, else as text.
func sortNames(names []string) {
	numbers := map[string]uint64{}
	for _, name := range names {
		if n, err := strconv.ParseUint(name, 10, 64); err == nil {
			numbers[name] = n
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(numbers) == len(names) && numbers[a] != numbers[b] {
			return cmp.Compare(numbers[a], numbers[b])
		}
		return strings.Compare(a, b)
	})
}

// label gives both Sets their classes and labels from the codes of their images:
// the classes that occur, in order.
func (l *loader) label(sets [2]*Set, codes [2][]int) {
	counts := make([][2]int, len(l.classes.names))
	for i, part := range codes {
		for _, code := range part {
			counts[code][i]++
		}
	}
	var names, empty []string
	for code, n := range counts {
		if n[train]+n[test] > 0 {
			names = append(names, l.classes.names[code])
		} else {
			empty = append(empty, l.classes.names[code])
		}
	}
	sortNames(names)
	labels := make([]uint8, len(counts))
	for label, name := range names {
		labels[l.classes.codes[name]] = uint8(label)
		names[label] = strings.ToValidUTF8(name, "\uFFFD")
	}
	for i, set := range sets {
		set.Classes, set.ClassNames = len(names), names
		set.Labels = make([]uint8, len(codes[i]))
		for k, code := range codes[i] {
			set.Labels[k] = labels[code]
		}
	}
	if len(empty) > 0 {
		l.note("empty-class", true, "no picture is of class %s, which was left out", brief(empty))
	}
	if isCounted(names) {
		none := ""
		if names[0] != "0" {
			none = "; none is 0"
		}
		l.note("labels", false, "the %d classes are the labels that occur, %s to %s%s", len(names), names[0], names[len(names)-1], none)
	}
}

// isCounted tells whether names are numbers other than 0, 1, 2 and so on.
func isCounted(names []string) bool {
	other := false
	for i, name := range names {
		n, err := strconv.ParseUint(name, 10, 64)
		if err != nil {
			return false
		}
		other = other || n != uint64(i)
	}
	return other
}
