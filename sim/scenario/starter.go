package scenario

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	reflection "github.com/invopop/jsonschema"
)

// Starter returns a scenario file to start from: what the scenario from says (a file or one of murmur's own), under a new
// name, each key below a comment that says what it does. Of its sizes the small one stays. It runs as it is.
//
// The error is an [Errors].
func Starter(name, from string) ([]byte, error) {
	l := &loader{form: theForm()}
	if !regexp.MustCompile(namePattern).MatchString(name) || len(name) > 100 {
		l.report(place{}, "name", `must be letters, digits, dots, dashes and underscores, and begin with a letter or digit, not "`+name+`"`)
	}
	root := l.load(from, place{}, nil)
	if root == nil || len(l.problems) > 0 {
		return nil, l.problems.sorted(l.files)
	}
	root.remove(func(key string) bool {
		return slices.Contains([]string{"extends", "size", "about"}, key) || strings.HasPrefix(key, "x-")
	})
	root.put(entry{key: "name", value: &node{kind: text, scalar: name}})
	if sizes := root.get("sizes"); sizes != nil {
		sizes.remove(func(key string) bool { return key != Small })
	}
	var b bytes.Buffer
	b.WriteString("# " + name + ": a scenario for murmur, begun from " + from + ".\n" +
		"#   murmur validate " + name + ".yaml                  every mistake at once\n" +
		"#   murmur run " + name + ".yaml --set size=small      seconds\n" +
		"#   murmur run " + name + ".yaml                       all of it\n" +
		"# murmur show " + name + ".yaml prints every key there is, murmur schema describes them to an editor.\n")
	var replaced []string
	if sizes := root.get("sizes"); sizes != nil {
		replaced = root.replaced(sizes.get(Small), "")
	}
	l.form.comment(&b, root, l.form.file, "", replaced)
	return b.Bytes(), nil
}

// namePattern is that of the key name.
const namePattern = `^[A-Za-z0-9][A-Za-z0-9._-]*$`

// comment writes the entries of a map as write does, each key below its description. Lists and what lies in a size need
// none: the keys are those above. What the small size replaces says so.
func (f *form) comment(b *bytes.Buffer, n *node, s *reflection.Schema, path string, replaced []string) {
	indent := strings.Repeat("  ", strings.Count(path, "."))
	for _, e := range n.entries {
		if indent == "" {
			b.WriteByte('\n')
		}
		var p *reflection.Schema
		if s != nil && s.Properties != nil {
			p, _ = s.Properties.Get(e.key)
		}
		if p != nil && p.Description != "" {
			for line := range strings.Lines(wrap(p.Description, 100-len(indent))) {
				b.WriteString(indent + "# " + line)
			}
			b.WriteString("\n")
		}
		if slices.Contains(replaced, path+e.key) {
			b.WriteString(indent + "# NOT USED with --set size=small: what sizes.small says below is.\n")
		}
		if e.key == "sizes" && len(replaced) > 0 {
			b.WriteString("# With --set size=small what stands here replaces what stands above, so change it in both places:\n")
			for line := range strings.Lines(wrap(strings.Join(replaced, ", ")+".", 96)) {
				b.WriteString("#   " + line)
			}
			b.WriteString("\n")
		}
		if e.value.kind == dict && e.key != "sizes" {
			b.WriteString(indent + e.key + ":\n")
			f.comment(b, e.value, p, path+e.key+".", replaced)
			continue
		}
		b.WriteString(indent)
		write(b, &node{kind: dict, entries: []entry{e}}, indent)
	}
}

// wrap breaks a text at spaces into lines of at most width characters, where it can.
func wrap(s string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(s) {
		if i > 0 {
			if column+1+len(word) > width {
				b.WriteByte('\n')
				column = 0
			} else {
				b.WriteByte(' ')
				column++
			}
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
