package scenario

import (
	"regexp"
	"strconv"
	"strings"

	reflection "github.com/invopop/jsonschema"

	"murmur/sim/modification"
)

// fractionPattern accepts a fraction of two numbers, such as 8/255.
const fractionPattern = `^[0-9]{1,9}(\.[0-9]{1,9})? ?/ ?[1-9][0-9]{0,8}$`

var fractionSpelling = regexp.MustCompile(fractionPattern)

// fraction lets a number be written as a fraction too.
func fraction(s *reflection.Schema) {
	s.AnyOf = []*reflection.Schema{
		{Type: s.Type, Minimum: s.Minimum, ExclusiveMinimum: s.ExclusiveMinimum, Maximum: s.Maximum},
		{Type: "string", Pattern: fractionPattern, Examples: []any{"8/255"}},
	}
	s.Type, s.Minimum, s.ExclusiveMinimum, s.Maximum = "", "", "", ""
}

// fractional reports whether a number of a schema may be a fraction.
func fractional(s *reflection.Schema) bool {
	return s != nil && len(s.AnyOf) == 2 && s.AnyOf[1].Pattern == fractionPattern
}

// translate turns what a tree spells otherwise into what the schema has: fractions into the shortest numbers that are the
// same float32, as which they are used, and former names of modifications into those of now.
func (f *form) translate(n *node, s *reflection.Schema) {
	if s != nil && s.Ref == overlayRef {
		s = f.overlay
	}
	switch {
	case s == nil || n.wrong:
	case n.kind == list:
		for _, item := range n.items {
			f.translate(item, s.Items)
		}
	case n.kind == dict && s.Properties != nil:
		for _, e := range n.entries {
			if value, ok := s.Properties.Get(e.key); ok {
				f.translate(e.value, value)
			}
		}
	case n.kind == text && fractional(s) && fractionSpelling.MatchString(n.scalar):
		over, under, _ := strings.Cut(strings.ReplaceAll(n.scalar, " ", ""), "/")
		a, _ := strconv.ParseFloat(over, 64) // the pattern holds
		b, _ := strconv.ParseFloat(under, 64)
		n.kind, n.scalar = number, strconv.FormatFloat(a/b, 'g', -1, 32)
	case n.kind == text && len(s.Enum) > 0:
		if now, ok := modification.Former(n.scalar); ok {
			n.scalar = now
		}
	}
}
