package report

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escape returns s as one line of printable text. Whatever could move the cursor, change colours, hide text or turn its
// direction (control characters of both ranges, ESC among them, line ends, bidirectional overrides, invisible spaces,
// bytes that are no UTF-8) is spelled out as Go spells it. Names come from files and folders of other people; everything
// that is printed passes here.
func Escape(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		s = s[n:]
	}
	return b.String()
}

// EscapeLines is Escape for a text of several lines: line ends and tabs stay.
func EscapeLines(text []byte) []byte {
	var b bytes.Buffer
	for len(text) > 0 {
		i := bytes.IndexAny(text, "\n\t")
		if i < 0 {
			i = len(text)
		}
		b.WriteString(Escape(string(text[:i])))
		if i < len(text) {
			b.WriteByte(text[i])
			i++
		}
		text = text[i:]
	}
	return b.Bytes()
}

// Escaped returns a copy of plain data in which every text is escaped; numbers and missing parts stay.
func Escaped[T any](v T) T {
	return reflected(reflect.ValueOf(v)).Interface().(T)
}

func reflected(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		c.SetString(Escape(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			c.Set(reflect.New(v.Type().Elem()))
			c.Elem().Set(reflected(v.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			c.Field(i).Set(reflected(v.Field(i)))
		}
	case reflect.Slice:
		if !v.IsNil() {
			c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				c.Index(i).Set(reflected(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			c.Set(reflect.MakeMap(v.Type()))
			for k, e := range v.Seq2() {
				c.SetMapIndex(reflected(k), reflected(e))
			}
		}
	default:
		c.Set(v)
	}
	return c
}
