package scenario

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a file may hold. The parser's time grows with the square of the tokens;
// aliases count as often as they are used.
const (
	maxBytes  = 1 << 20
	maxTokens = 20000
	maxValues = 20000
	maxDepth  = 50
)

// reader turns one YAML text into a tree.
type reader struct {
	file     string
	anchors  map[string]*node
	values   int
	problems Errors
}

// errLimit ends the reading of a tree that is too large; its problem is recorded.
var errLimit = errors.New("scenario: limit reached")

// read returns the tree of src, or nil and the problems. A tree may come with
// problems: keys written twice, say.
func read(file string, src []byte) (*node, Errors) {
	r := &reader{file: file, anchors: map[string]*node{}}
	root, err := r.document(src)
	if err != nil && !errors.Is(err, errLimit) {
		r.syntax(err, src)
	}
	if err != nil {
		return nil, r.problems
	}
	return root, r.problems
}

// document reads the one document of src.
func (r *reader) document(src []byte) (root *node, err error) {
	// The parser is not ours: whatever a text does to it must stay an error.
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("the YAML parser failed: %v", p)
		}
	}()
	if len(src) > maxBytes {
		return nil, fmt.Errorf("is larger than %d bytes", maxBytes)
	}
	if !utf8.Valid(src) {
		return nil, errors.New("is not UTF-8 text")
	}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(src), "\ufeff"))
	if len(tokens) > maxTokens {
		return nil, fmt.Errorf("has more than %d tokens", maxTokens)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, err
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if body != nil {
			return nil, errors.New("holds more than one document")
		}
		body = doc.Body
	}
	if body == nil {
		return nil, errors.New("is empty")
	}
	return r.node(body, 0)
}

// bareLimit is a limit that is not quoted: YAML takes its > for the head of a text that follows on the next lines.
var bareLimit = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*): +(>=? *[-+]?[0-9.]+)`)

// advice says what to do about some of the parser's messages; the first whose text occurs counts.
var advice = []struct{ text, todo string }{
	{"found character '\t'", "YAML is indented with spaces: put spaces in place of the tab"},
	{"unexpected key name", "the key before it lacks its value: a colon needs a space after it, as in key: value"},
	{"non-map value is specified", "a key needs a colon and a space after it, as in key: value"},
	{"mapping value is not allowed in this context", "keys of one map begin in the same column: this line is indented too far, or an earlier one not enough; a text with \": \" in it needs quotes"},
	{"value is not allowed in this context", "keys of one map begin in the same column: indent this line as its neighbours"},
}

// syntax records an error of the parser, with its position where it has one.
func (r *reader) syntax(err error, src []byte) {
	problem := Problem{File: r.file, Message: err.Error()}
	if e := yaml.Error(nil); errors.As(err, &e) {
		problem.Message = e.GetMessage()
		for _, a := range advice {
			if strings.Contains(problem.Message, a.text) {
				problem.Message += ": " + a.todo
				break
			}
		}
		if tk := e.GetToken(); tk != nil && tk.Position != nil {
			problem.Line, problem.Col = tk.Position.Line, tk.Position.Column
		}
	}
	if lines := strings.Split(string(src), "\n"); problem.Line > 0 && problem.Line <= len(lines) {
		line := lines[problem.Line-1]
		if at := bareLimit.FindStringSubmatchIndex(line); at != nil {
			problem.Field, problem.Col = line[at[2]:at[3]], utf8.RuneCountInString(line[:at[4]])+1
			problem.Message = fmt.Sprintf("must be quoted, as in %s: %q: in YAML a bare > begins a text of several lines", problem.Field, line[at[4]:at[5]])
		}
	}
	r.problems = append(r.problems, problem)
}

func (r *reader) report(at place, message string) {
	r.problems = append(r.problems, Problem{File: at.file, Line: at.line, Col: at.col, Message: message})
}

func (r *reader) place(tk *token.Token) place {
	return place{r.file, tk.Position.Line, tk.Position.Column}
}

// count enforces the limits, for a value at a depth.
func (r *reader) count(at place, depth int) error {
	r.values++
	switch {
	case r.values > maxValues:
		r.report(at, fmt.Sprintf("more than %d values, aliases included", maxValues))
		return errLimit
	case depth > maxDepth:
		r.report(at, fmt.Sprintf("nested deeper than %d", maxDepth))
		return errLimit
	}
	return nil
}

// node builds the tree of a value.
func (r *reader) node(value ast.Node, depth int) (*node, error) {
	at := r.place(value.GetToken())
	if err := r.count(at, depth); err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case *ast.MappingNode:
		return r.mapping(v, at, depth)
	case *ast.SequenceNode:
		n := &node{at: at, kind: list}
		for _, item := range v.Values {
			child, err := r.node(item, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, child)
		}
		return n, nil
	case *ast.AnchorNode:
		n, err := r.node(v.Value, depth+1)
		if err == nil {
			r.anchors[v.Name.GetToken().Value] = n
		}
		return n, err
	case *ast.AliasNode:
		name := v.Value.GetToken().Value
		n := r.anchors[name]
		if n == nil {
			r.report(at, fmt.Sprintf("no anchor %q above", name))
			return &node{at: at, kind: null, wrong: true}, nil
		}
		return r.copy(n, depth)
	case *ast.TagNode:
		r.report(at, "tags are not used in a scenario")
		return &node{at: at, kind: null, wrong: true}, nil
	case *ast.LiteralNode:
		return &node{at: at, kind: text, scalar: v.Value.Value}, nil
	case *ast.StringNode:
		if v.Token.Type != token.StringType {
			return &node{at: at, kind: text, scalar: v.Value}, nil
		}
		return plainScalar(at, v.Value), nil
	case *ast.NullNode:
		return &node{at: at, kind: null}, nil
	}
	return plainScalar(at, value.GetToken().Value), nil
}

// mapping builds the tree of a map. Its own keys win over merged ones.
func (r *reader) mapping(m *ast.MappingNode, at place, depth int) (*node, error) {
	n := &node{at: at, kind: dict}
	if len(m.Values) > 0 && !m.IsFlowStyle {
		n.at = r.place(m.Values[0].Key.GetToken())
	}
	var merged []*node
	for _, pair := range m.Values {
		value, err := r.node(pair.Value, depth+1)
		if err != nil {
			return nil, err
		}
		at := r.place(pair.Key.GetToken())
		if value.kind == null {
			value.at = at // the parser places a value that is not there behind the line
		}
		if pair.Key.IsMergeKey() {
			merged = append(merged, r.merged(value)...)
			continue
		}
		key, ok := keyText(pair.Key)
		switch old := n.entry(key); {
		case !ok:
			r.report(at, "a key must be plain text")
		case old != nil:
			r.report(at, fmt.Sprintf("the key %q is already on line %d", key, old.at.line))
		default:
			n.put(entry{key, at, value})
		}
	}
	for _, m := range merged {
		for _, e := range m.entries {
			if n.entry(e.key) == nil {
				n.put(e)
			}
		}
	}
	return n, nil
}

// merged returns the maps that the value of a merge key holds.
func (r *reader) merged(value *node) []*node {
	if value.kind == list {
		var maps []*node
		for _, item := range value.items {
			maps = append(maps, r.merged(item)...)
		}
		return maps
	}
	if value.kind != dict && !value.wrong {
		r.report(value.at, "a merge key << needs maps, not "+value.String())
	}
	return []*node{value}
}

// keyText returns the text of a key and whether it is one.
func keyText(key ast.MapKeyNode) (string, bool) {
	switch k := key.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.NanNode, *ast.InfinityNode:
		return k.GetToken().Value, true
	}
	return "", false
}

// copy returns a tree of its own for an alias, so that no two places share one.
func (r *reader) copy(n *node, depth int) (*node, error) {
	if err := r.count(n.at, depth); err != nil {
		return nil, err
	}
	c := *n
	c.items, c.entries = nil, nil
	for _, item := range n.items {
		child, err := r.copy(item, depth+1)
		if err != nil {
			return nil, err
		}
		c.items = append(c.items, child)
	}
	for _, e := range n.entries {
		child, err := r.copy(e.value, depth+1)
		if err != nil {
			return nil, err
		}
		c.entries = append(c.entries, entry{e.key, e.at, child})
	}
	return &c, nil
}

var (
	decimal = regexp.MustCompile(`^[-+]?[0-9]+$`)
	based   = regexp.MustCompile(`^0(o[0-7]+|x[0-9a-fA-F]+)$`)
	float   = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// plainScalar resolves an unquoted scalar by the core schema of YAML 1.2, since the
// parser takes 1e3 for text and 010 for eight. Numbers that are not finite stay
// text: no key takes one.
func plainScalar(at place, s string) *node {
	s = strings.TrimSpace(s)
	switch s {
	case "", "~", "null", "Null", "NULL":
		return &node{at: at, kind: null}
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return &node{at: at, kind: boolean, scalar: strings.ToLower(s)}
	}
	if decimal.MatchString(s) {
		digits := strings.TrimLeft(s, "+-0")
		switch {
		case digits == "":
			digits = "0"
		case s[0] == '-':
			digits = "-" + digits
		}
		return &node{at: at, kind: number, scalar: digits}
	}
	if based.MatchString(s) {
		if v, err := strconv.ParseUint(s, 0, 64); err == nil {
			return &node{at: at, kind: number, scalar: strconv.FormatUint(v, 10)}
		}
	}
	if float.MatchString(s) {
		if v, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(v, 0) {
			return &node{at: at, kind: number, scalar: strconv.FormatFloat(v+0, 'g', -1, 64)} // -0 + 0 = 0
		}
	}
	return &node{at: at, kind: text, scalar: s}
}
