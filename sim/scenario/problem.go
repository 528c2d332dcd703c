package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// Problem is one mistake in a scenario.
type Problem struct {
	// File is the file as it was named, or --set for a value of an override; empty
	// where no file is concerned.
	File string
	// Line and Col count from 1; both are 0 where there is no position.
	Line, Col int
	// Field is the dotted path of the key, list entries by their index from 0;
	// empty where the whole file is concerned.
	Field string
	// Message says what was expected.
	Message string
}

// String returns file:line:col: field: message, without the parts that are empty.
// It is one line of printable text whatever the file holds.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
		}
		b.WriteString(": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	return printable(b.String() + p.Message)
}

// printable escapes what does not print, as Go would.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// Errors is every mistake that was found, in the order of the files (the file
// itself, then those it extends, overrides last) and of the positions in them.
type Errors []Problem

// Error returns one line for each problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in order; files ranks the files by their index.
func (e Errors) sorted(files []string) Errors {
	rank := func(file string) int {
		if i := slices.Index(files, file); i >= 0 {
			return i
		}
		return len(files)
	}
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(rank(a.File), rank(b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Field, b.Field),
		)
	})
	return e
}

// unknown says that word is none of the names, and which of them is near.
func unknown(word string, names []string) string {
	if len(names) > manyNames {
		return fmt.Sprintf("%q is none of the %d modifications and attacks: murmur modifications lists the former", word, len(names)) + hint(word, names)
	}
	return fmt.Sprintf("%q is not one of %s", word, strings.Join(names, ", ")) + hint(word, names)
}

// manyNames is how many names a message lists at most. Modifications with attacks alone are more.
const manyNames = 24

// hint returns a question that offers the name nearest to word, or "" where none
// is near: two letters in five, or two, may have to go or come. A name that
// contains the word is near too. Nearest is a member of the family's kin:
// mnist-c-extra/frost is what mnist-c/frost means.
func hint(word string, names []string) string {
	word = strings.ToLower(word)
	// A changed letter costs two, so that swapped letters cost no more.
	costs := levenshtein.NewParams().SubCost(2)
	best, least := "", min(len(word), max(2, len(word)*2/5)+1)
	if family, member, ok := strings.Cut(word, "/"); ok {
		kin := func(s string) bool { return strings.HasPrefix(s, family+"-") && strings.HasSuffix(s, "/"+member) }
		if i := slices.IndexFunc(names, kin); i >= 0 {
			best, least = names[i], 0
		}
	}
	for _, candidate := range names {
		if d := levenshtein.Distance(word, candidate, costs); d < least {
			best, least = candidate, d
		}
	}
	if i := slices.IndexFunc(names, func(s string) bool { return strings.Contains(s, word) }); best == "" && i >= 0 && len(word) > 2 {
		best = names[i]
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}
