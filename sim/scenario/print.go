package scenario

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// YAML returns the scenario as a file: every key written out, in the order of the
// structs, without extends and sizes, and without numbers of images that are left to
// [Scenario.Fit]. [Parse] reads an equal scenario from it.
func (s *Scenario) YAML() []byte {
	root := fromGo(s, place{})
	root.get("data").remove(func(key string) bool {
		return key == "train" && s.Data.trainLeft || key == "test" && s.Data.testLeft
	})
	var b bytes.Buffer
	write(&b, root, "")
	return b.Bytes()
}

// fromGo returns the tree of a Go value, all of it at one place. It panics if
// encoding/json cannot write the value.
func fromGo(value any, at place) *node {
	text, err := json.Marshal(value)
	if err != nil {
		panic("scenario: " + err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return decode(d, at)
}

// decode reads the next value of JSON that encoding/json wrote, keys in their order.
func decode(d *json.Decoder, at place) *node {
	tok, _ := d.Token()
	switch t := tok.(type) {
	case json.Delim:
		n := &node{at: at, kind: dict}
		if t == '[' {
			n.kind = list
		}
		for d.More() {
			if n.kind == list {
				n.items = append(n.items, decode(d, at))
				continue
			}
			key, _ := d.Token()
			n.entries = append(n.entries, entry{key.(string), at, decode(d, at)})
		}
		_, _ = d.Token() // the closing delimiter
		return n
	case json.Number:
		return &node{at: at, kind: number, scalar: t.String()}
	case string:
		return &node{at: at, kind: text, scalar: t}
	case bool:
		return &node{at: at, kind: boolean, scalar: strconv.FormatBool(t)}
	}
	return &node{at: at, kind: null}
}

// write writes the entries of a map, each line after the indent: maps and lists of
// maps in blocks, other lists on one line.
func write(b *bytes.Buffer, n *node, indent string) {
	for i, e := range n.entries {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(e.key + ":")
		switch v := e.value; {
		case v.kind == dict:
			b.WriteString("\n" + indent + "  ")
			write(b, v, indent+"  ")
		case v.kind == list && len(v.items) > 0 && v.items[0].kind == dict:
			b.WriteByte('\n')
			for _, item := range v.items {
				b.WriteString(indent + "  - ")
				write(b, item, indent+"    ")
			}
		case v.kind == list:
			items := make([]string, len(v.items))
			for i, item := range v.items {
				items[i] = written(item)
			}
			b.WriteString(" [" + strings.Join(items, ", ") + "]\n")
		default:
			b.WriteString(" " + written(v) + "\n")
		}
	}
}

var (
	unquoted = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ._/=()-]*$`)
	reserved = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// written returns a scalar as YAML; text is quoted unless every reader takes it for text.
func written(n *node) string {
	s := n.scalar
	if n.kind != text || unquoted.MatchString(s) && !reserved.MatchString(s) && !strings.HasSuffix(s, " ") {
		return s
	}
	return strconv.Quote(s)
}
