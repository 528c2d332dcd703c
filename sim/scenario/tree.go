package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// place is where something was written; line 0 where there is no position.
type place struct {
	file      string
	line, col int
}

// kind is the type of a node, in the words of messages.
type kind string

const (
	null    kind = "nothing"
	boolean kind = "true or false"
	number  kind = "a number"
	text    kind = "text"
	list    kind = "a list"
	dict    kind = "a map"
)

// node is a value that knows where it was written.
type node struct {
	at      place
	kind    kind
	scalar  string  // of a boolean and a number as JSON writes it, of text the text
	items   []*node // of a list
	entries []entry // of a map, in the order of the file
	absent  bool    // the file leaves it to the default
	wrong   bool    // a problem of this very value was reported; nothing may be built on it
}

// entry is a key of a map and its value.
type entry struct {
	key   string
	at    place
	value *node
}

// get returns the value of a key of a map; nil where there is none.
func (n *node) get(key string) *node {
	if e := n.entry(key); e != nil {
		return e.value
	}
	return nil
}

func (n *node) entry(key string) *entry {
	i := slices.IndexFunc(n.entries, func(e entry) bool { return e.key == key })
	if i < 0 {
		return nil
	}
	return &n.entries[i]
}

// put sets a key of a map.
func (n *node) put(e entry) {
	if old := n.entry(e.key); old != nil {
		*old = e
		return
	}
	n.entries = append(n.entries, e)
}

// remove takes away the keys of a map that drop holds for.
func (n *node) remove(drop func(key string) bool) {
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return drop(e.key) })
}

// child returns the entry of a map or a list that one segment of a path names.
func (n *node) child(segment string) *node {
	if n.kind == list {
		i, err := strconv.Atoi(segment)
		if err != nil || i < 0 || i >= len(n.items) {
			return nil
		}
		return n.items[i]
	}
	return n.get(segment)
}

// find returns the node at a path, or the last one on the way to it, and whether
// the path was walked to its end.
func (n *node) find(path []string) (*node, bool) {
	for _, segment := range path {
		next := n.child(segment)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// left reports whether the file leaves the value at a path to the default.
func (n *node) left(path ...string) bool {
	value, found := n.find(path)
	return found && value.absent
}

// sound reports whether the value at a path can be built on: neither it, nor what
// it lies in, nor what lies in it is wrong.
func (n *node) sound(path []string) bool {
	if n.wrong {
		return false
	}
	if len(path) > 0 {
		next := n.child(path[0])
		return next == nil || next.sound(path[1:])
	}
	for _, item := range n.items {
		if !item.sound(nil) {
			return false
		}
	}
	for _, e := range n.entries {
		if !e.value.sound(nil) {
			return false
		}
	}
	return true
}

// assign sets the value at a path, making maps on the way. The error says what is
// in the way; a wrong value in the way is left alone, its problem is known.
func (n *node) assign(path []string, value *node) error {
	segment, last := path[0], len(path) == 1
	switch {
	case n.wrong:
		return nil
	case n.kind == list:
		i, err := strconv.Atoi(segment)
		if err != nil || i < 0 || i >= len(n.items) {
			return fmt.Errorf("a list of %d has no entry %q; entries count from 0", len(n.items), segment)
		}
		if last {
			n.items[i] = value
			return nil
		}
		return n.items[i].assign(path[1:], value)
	case n.kind != dict:
		return fmt.Errorf("%s has no entry %q", n, segment)
	case last:
		n.put(entry{segment, value.at, value})
		return nil
	}
	next := n.get(segment)
	if next == nil {
		next = &node{at: value.at, kind: dict}
		n.put(entry{segment, value.at, next})
	}
	return next.assign(path[1:], value)
}

// merge returns over laid on base: maps merge key by key, anything else replaces.
// Values keep their places.
func merge(base, over *node) *node {
	if base == nil || base.kind != dict || over.kind != dict || base.wrong || over.wrong {
		return over
	}
	merged := &node{at: over.at, kind: dict, entries: slices.Clone(base.entries)}
	for _, e := range over.entries {
		merged.put(entry{e.key, e.at, merge(merged.get(e.key), e.value)})
	}
	return merged
}

// String describes the value for a message.
func (n *node) String() string {
	switch n.kind {
	case text:
		return strconv.Quote(n.scalar)
	case boolean, number:
		return n.scalar
	}
	return string(n.kind)
}

// plain returns the value as encoding/json would decode it with UseNumber. A wrong
// value is nil, so that whoever decodes it leaves its target alone.
func (n *node) plain() any {
	if n.wrong {
		return nil
	}
	switch n.kind {
	case boolean:
		return n.scalar == "true"
	case number:
		return json.Number(n.scalar)
	case text:
		return n.scalar
	case list:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = item.plain()
		}
		return items
	case dict:
		entries := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			entries[e.key] = e.value.plain()
		}
		return entries
	}
	return nil
}

// field returns a path as messages and overrides write it.
func field(path []string) string { return strings.Join(path, ".") }

// move puts a tree at one place.
func (n *node) move(at place) {
	n.at = at
	for _, item := range n.items {
		item.move(at)
	}
	for i := range n.entries {
		n.entries[i].at = at
		n.entries[i].value.move(at)
	}
}
