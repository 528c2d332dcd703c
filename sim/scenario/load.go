package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// override is the File of problems in overrides.
const override = "--set"

// Load reads the scenario file at path, or murmur's own scenario of that name
// (structured-noise) where there is no such file. Each element of set is key=value: key is
// a dotted path such as sources.0.strength, value is YAML, and both win over the
// file and over the overlay of the size, which set may choose too (size=small).
//
// The error is an [Errors] with every mistake in the file, in the files it
// extends and in set.
func Load(path string, set []string) (*Scenario, error) {
	l := &loader{form: theForm()}
	return l.resolve(l.load(path, place{}, nil), set)
}

// Parse is [Load] for a text; name stands for the file in problems. The text may
// not extend a file.
func Parse(name string, src []byte, set []string) (*Scenario, error) {
	l := &loader{form: theForm(), files: []string{name}}
	root := l.parse(name, src)
	if root != nil {
		if extends := root.get("extends"); extends != nil && !extends.wrong {
			l.report(extends.at, "extends", "only a file can extend another")
			l.partial = true
		}
	}
	return l.resolve(root, set)
}

// loader collects what is wrong on the way from files to a scenario.
type loader struct {
	form     *form
	files    []string // in the order they were read
	partial  bool     // a file is missing, so what lacks may stand in it
	problems Errors
}

func (l *loader) report(at place, field, message string) {
	l.problems = append(l.problems, Problem{at.file, at.line, at.col, field, message})
}

// load returns the tree of a file merged on what it extends; nil if it cannot be
// read. from is where the file was named, open the absolute paths of the files
// that wait for this one.
func (l *loader) load(path string, from place, open []string) *node {
	unreadable := func(message string) *node {
		l.partial = true
		if from.file != "" {
			l.report(from, "extends", path+" "+message)
		} else {
			l.report(place{file: path}, "", message)
		}
		return nil
	}
	identity, err := filepath.Abs(path)
	if err != nil {
		return unreadable("has no absolute path: " + err.Error())
	}
	if slices.Contains(open, identity) {
		return unreadable("extends itself")
	}
	if len(open) == maxDepth {
		return unreadable(fmt.Sprintf("is the end of a chain of more than %d files", maxDepth))
	}
	src, err := known(path)
	if err != nil {
		near := ""
		if errors.Is(err, fs.ErrNotExist) {
			near = ownHint(path)
		}
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return unreadable("cannot be read: " + err.Error() + near)
	}
	l.files = append(l.files, path)
	root := l.parse(path, src)
	if root == nil {
		l.partial = true
		return nil
	}
	extends := root.get("extends")
	if extends == nil || extends.wrong {
		return root
	}
	name := beside(filepath.Dir(path), extends.scalar)
	return merge(l.load(name, extends.at, append(slices.Clone(open), identity)), root)
}

// readFile reads a file of at most one byte more than a scenario may have.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxBytes+1))
}

// parse returns the tree of one file, held against the schema; nil if it is not a map.
func (l *loader) parse(name string, src []byte) *node {
	root, problems := read(name, src)
	l.problems = append(l.problems, problems...)
	if root == nil {
		return nil
	}
	if root.kind != dict {
		l.report(root.at, "", fmt.Sprintf("a scenario is a map, not %s", root))
		return nil
	}
	l.problems = append(l.problems, l.form.validate(root)...)
	return root
}

// resolve makes the scenario of a merged tree.
func (l *loader) resolve(root *node, set []string) (*Scenario, error) {
	if root == nil || l.partial {
		return nil, l.problems.sorted(l.files)
	}
	overrides := l.overrides(set)
	if overlay := l.overlay(root, overrides); overlay != nil {
		root = merge(root, overlay)
	}
	root.remove(func(key string) bool {
		return key == "extends" || key == "sizes" || strings.HasPrefix(key, "x-")
	})
	fill(root, l.form.fields)
	for _, o := range overrides {
		if err := root.assign(o.path, o.value); err != nil {
			l.report(o.value.at, field(o.path), err.Error())
		}
	}
	fill(root, l.form.fields)
	l.problems = append(l.problems, l.form.validate(root)...)
	l.anchor(root, "data", "path")

	s := new(Scenario)
	text, err := json.Marshal(root.plain())
	if err == nil {
		err = json.Unmarshal(text, s)
	}
	if err != nil {
		l.report(root.at, "", err.Error())
	}
	if s.Data.Path != "" {
		s.Data.trainLeft, s.Data.testLeft = root.left("data", "train"), root.left("data", "test")
	}
	c := &checker{s: s, root: root}
	c.check()
	l.problems = append(l.problems, c.problems...)
	if len(l.problems) > 0 {
		return nil, l.problems.sorted(l.files)
	}
	return s, nil
}

// anchor makes the path of a file at a path of keys absolute. It is relative to the file that it stands in, and in an
// override, as on any command line, to the working directory.
func (l *loader) anchor(root *node, keys ...string) {
	n, found := root.find(keys)
	if !found || n.wrong || n.scalar == "" || filepath.IsAbs(n.scalar) {
		return
	}
	name := n.scalar
	if n.at.file != override {
		name = filepath.Join(filepath.Dir(n.at.file), name)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		l.report(n.at, field(keys), "has no absolute path: "+err.Error())
		return
	}
	n.scalar = full
}

// overlay returns the overlay of the chosen size, nil where nothing is to be merged. A file without sizes has one size,
// its own: another one cannot be chosen for it.
func (l *loader) overlay(root *node, overrides []assignment) *node {
	chosen := root.get("size")
	if chosen == nil {
		chosen = &node{at: root.at, kind: text, scalar: Default}
	}
	own := chosen.scalar
	for _, o := range overrides {
		if field(o.path) == "size" {
			chosen = o.value
		}
	}
	overlays := root.get("sizes")
	switch {
	case chosen.wrong || !slices.Contains(words(sizes), chosen.scalar) || overlays != nil && overlays.wrong:
	case overlays == nil && chosen.scalar != own:
		l.report(chosen.at, "size", fmt.Sprintf("the file has the size %s alone; give it others, as in sizes: {small: {seeds: 1, data: {train: 2000, test: 500}}}", own))
	case overlays != nil && chosen.scalar != Default && overlays.get(chosen.scalar) == nil:
		l.report(chosen.at, "size", fmt.Sprintf("sizes has no %s", chosen.scalar))
	case overlays != nil && chosen.scalar != Default:
		return overlays.get(chosen.scalar)
	}
	return nil
}

// Replaced lists the keys that stand in a scenario file, or in what it extends, and that the size chosen replaces, in the
// order of the size. It is for a file that loads.
func Replaced(path string, set []string) []string {
	l := &loader{form: theForm()}
	root := l.load(path, place{}, nil)
	if root == nil {
		return nil
	}
	return root.replaced(l.overlay(root, l.overrides(set)), "")
}

// replaced lists the keys of n that merging over replaces, each with the path before it.
func (n *node) replaced(over *node, path string) (keys []string) {
	if over == nil {
		return nil
	}
	for _, e := range over.entries {
		switch old := n.get(e.key); {
		case old == nil:
		case old.kind == dict && e.value.kind == dict:
			keys = append(keys, old.replaced(e.value, path+e.key+".")...)
		default:
			keys = append(keys, path+e.key)
		}
	}
	return keys
}

// assignment is an override: a value for the key at a path.
type assignment struct {
	path  []string
	value *node
}

// overrides reads key=value pairs. An empty value is the empty text.
func (l *loader) overrides(set []string) []assignment {
	var assignments []assignment
	at := place{file: override}
	for _, pair := range set {
		key, value, found := strings.Cut(pair, "=")
		key = strings.TrimSpace(key)
		switch {
		case !found || key == "":
			l.report(at, "", fmt.Sprintf("%q must read key=value", pair))
			continue
		case key == "extends" || key == "sizes" || strings.HasPrefix(key, "sizes."):
			l.report(at, key, "can only stand in a file")
			continue
		}
		n := &node{at: at, kind: text}
		if value != "" {
			parsed, problems := read(override, []byte(value))
			for _, p := range problems {
				l.report(at, key, p.Message)
			}
			if parsed == nil {
				continue
			}
			n = parsed
		}
		n.move(at)
		assignments = append(assignments, assignment{strings.Split(key, "."), n})
	}
	return assignments
}
