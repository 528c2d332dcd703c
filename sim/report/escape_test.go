package report

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for s, want := range map[string]string{
		"":                        "",
		"rotate, 40° ± 3 – groß":  "rotate, 40° ± 3 – groß",
		"\x1b[2J\x1b]0;title\a":   `\x1b[2J\x1b]0;title\a`,
		"C1 \u009b31m and \x9b":   `C1 \u009b31m and \x9b`,
		"two\nlines\r\tand":       `two\nlines\r\tand`,
		"a\u202egnp.exe\u2066":    `a\u202egnp.exe\u2066`,
		"zero\u200bwidth\ufeff":   `zero\u200bwidth\ufeff`,
		"tag \U000e0041 \u2028":   `tag \U000e0041 \u2028`,
		"not UTF-8 \xff\xc0\xaf":  `not UTF-8 \xff\xc0\xaf`,
		"the replacement \ufffd ": "the replacement \ufffd ",
		"a 'quote' and a \\":      "a 'quote' and a \\",
	} {
		if got := Escape(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	if got, want := string(EscapeLines([]byte("a\n\tb\x1b\n\u202e"))), "a\n\tb\\x1b\n\\u202e"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzEscape: what comes out acts on no terminal, is one line, and is what went in where nothing had to be escaped.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "a", "\x1b[31m", "\u202e", "\xff\n", "é\u0301", "\x00", strings.Repeat("ü", 9) + "\x9b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := Escape(s)
		if !utf8.ValidString(e) {
			t.Errorf("%q is no UTF-8", e)
		}
		harmless := true
		for _, r := range s {
			harmless = harmless && unicode.IsPrint(r)
		}
		for _, r := range e {
			if !unicode.IsPrint(r) {
				t.Errorf("%q holds %U", e, r)
			}
		}
		if harmless && utf8.ValidString(s) && e != s {
			t.Errorf("%q became %q", s, e)
		}
		if Escape(e) != e {
			t.Errorf("%q is escaped twice", e)
		}
	})
}

// TestEscaped: every text of plain data is escaped, wherever it stands; the data itself and its other parts stay.
func TestEscaped(t *testing.T) {
	type part struct {
		Name string
		More *part
	}
	type data struct {
		List  []part
		Map   map[string]string
		N     *float64
		Empty []int
	}
	x := data{List: []part{{Name: "\x1b", More: &part{Name: "b\n"}}}, Map: map[string]string{"\a": "\x7f"}, N: ptr(1.5), Empty: []int{}}
	y := Escaped(x)
	want := data{List: []part{{Name: `\x1b`, More: &part{Name: `b\n`}}}, Map: map[string]string{`\a`: `\x7f`}, N: ptr(1.5), Empty: []int{}}
	if !reflect.DeepEqual(y, want) {
		t.Errorf("%+v", y)
	}
	if x.List[0].Name != "\x1b" || x.List[0].More.Name != "b\n" {
		t.Error("the original changed")
	}
}

// TestTerminal: a file is no terminal and has 80 columns, or COLUMNS; what is written to it is escaped.
func TestTerminal(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for columns, want := range map[string]int{"": 80, "132": 132, "0": 80, "-5": 80, "many": 80} {
		t.Setenv("COLUMNS", columns)
		if term := NewTerminal(f); term.Live || term.Color || term.Width != want {
			t.Errorf("COLUMNS=%q: %+v", columns, term)
		}
	}
	var b bytes.Buffer
	term := NewTerminal(&b)
	if n, err := io.WriteString(term, "a\x1bb\n"); n != 4 || err != nil || b.String() != "a\\x1bb\n" {
		t.Errorf("%d bytes, %v, %q", n, err, &b)
	}
	if NewTerminal(term) != term {
		t.Error("a terminal within a terminal")
	}
	if _, err := NewTerminal(broken{}).Write([]byte("a")); err != errBroken {
		t.Error(err)
	}
}
