package stimulus

import (
	"fmt"
	"strconv"
	"strings"
)

// FormatError says what is wrong with a data file or folder.
type FormatError struct {
	File   string // as opened; an entry of an archive follows it after a slash
	Offset int64  // the byte in the file, of a packed one in the unpacked data; -1: the file or folder as a whole
	Want   string // what was expected there
	Found  string // what was there
	Mend   string // what to do about it, such as a line of NumPy; empty where that is plain
}

// Error returns "FILE: byte N: want ..., found ...; mend: ...".
func (e *FormatError) Error() string {
	at := ""
	if e.Offset >= 0 {
		at = fmt.Sprintf("byte %d: ", e.Offset)
	}
	text := fmt.Sprintf("%s: %swant %s, found %s", e.File, at, e.Want, e.Found)
	if e.Mend != "" {
		text += "; mend: " + e.Mend
	}
	return text
}

// mended gives an error a line of NumPy. In expression X stands for the array;
// load are further arguments of np.load.
func (e *FormatError) mended(expression string, load ...string) *FormatError {
	name := e.File[strings.LastIndexAny(e.File, `/\`)+1:]
	stem, ok := strings.CutSuffix(name, ".npy")
	with := func(x string) string { return strings.ReplaceAll(expression, "X", x) }
	read := fmt.Sprintf("np.load(%s)", strings.Join(append([]string{strconv.Quote(name)}, load...), ", "))
	switch {
	case !ok:
		e.Mend = "x = " + with("x")
	case strings.Contains(e.File, ".npz/"):
		e.Mend = stem + " = " + with(stem)
	case strings.Count(expression, "X") == 1:
		e.Mend = fmt.Sprintf("np.save(%q, %s)", name, with(read))
	default:
		e.Mend = fmt.Sprintf("x = %s; np.save(%q, %s)", read, name, with("x"))
	}
	return e
}

// BrokenError lists the files of a set that cannot be used, all of them.
type BrokenError struct {
	Folder string
	Files  []*FormatError // in the order of their names, at least one
	Of     int            // pictures that were looked at
}

// mostBroken is how many files a message names.
const mostBroken = 20

// Error names the files, the first of many, and says how to go on without them.
func (e *BrokenError) Error() string {
	const way = "data.broken: leave-out goes on without"
	if len(e.Files) == 1 {
		return fmt.Sprintf("%v; %s it", e.Files[0], way)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d files cannot be used; mend or remove them, or %s them:", e.Folder, len(e.Files), e.Of, way)
	for i, f := range e.Files {
		if i == mostBroken {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Files)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %v", f)
	}
	return b.String()
}

// brief lists names, the first few of many.
func brief(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%q and %d more", names[:most], len(names)-most)
	}
	return fmt.Sprintf("%q", names)
}
