package scenario

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"sync"

	reflection "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// types is the source of the structs: their comments are the descriptions in the
// schema, so that both always say the same.
//
//go:embed scenario.go
var types string

const (
	draft07    = "http://json-schema.org/draft-07/schema#"
	schemaURL  = "scenario.json"
	overlayRef = "#/definitions/overlay"
)

// form is the form of a scenario file.
type form struct {
	fields  *reflection.Schema // a scenario, with the defaults
	overlay *reflection.Schema // the value of one size: any part of a scenario
	file    *reflection.Schema // the file: a scenario, extends, sizes and x- keys
	text    []byte             // the file's schema as JSON
	checker *jsonschema.Schema // the file's schema, compiled
}

// theForm is made once, from the structs alone.
var theForm = sync.OnceValue(func() *form {
	f := &form{fields: reflected(), overlay: reflected(), file: reflected()}

	partial(f.overlay)
	for _, key := range []string{"version", "name", "about", "size"} {
		f.overlay.Properties.Delete(key)
	}
	f.overlay.Required = nil
	f.overlay.Description = "Part of a scenario, merged on the file when this size is chosen: maps merge, lists replace."

	f.file.Version = draft07
	f.file.Title = "murmur scenario"
	f.file.Properties.Set("extends", &reflection.Schema{Type: "string", Description: "A scenario file this one is merged on, relative to this file, or one of murmur's own by its name, such as structured-noise."})
	overlays := reflection.NewProperties()
	for _, size := range []string{Small, Full} {
		overlays.Set(size, &reflection.Schema{Ref: overlayRef})
	}
	f.file.Properties.Set("sizes", &reflection.Schema{
		Type: "object", Properties: overlays, AdditionalProperties: reflection.FalseSchema,
		Description: "What is different in the small and the full size.",
	})
	f.file.PatternProperties = map[string]*reflection.Schema{"^x-": {Description: "Free form; not read."}}
	f.file.Extras = map[string]any{"definitions": map[string]any{"overlay": f.overlay}}

	compact, err := json.Marshal(f.file)
	if err != nil {
		panic(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		panic(err)
	}
	indented.WriteByte('\n')
	f.text = indented.Bytes()

	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.text))
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaURL, document); err != nil {
		panic(err)
	}
	f.checker = compiler.MustCompile(schemaURL)
	return f
})

// Schema returns the JSON Schema (draft-07, which editors read) of a scenario file.
func Schema() []byte { return slices.Clone(theForm().text) }

// reflected returns the schema of [Scenario] with what tags cannot say.
func reflected() *reflection.Schema {
	docs := comments()
	r := &reflection.Reflector{
		Anonymous:                  true,
		DoNotReference:             true,
		RequiredFromJSONSchemaTags: true,
		Mapper:                     spelled,
		LookupComment:              func(t reflect.Type, field string) string { return docs[t.Name()+"."+field] },
	}
	s := r.Reflect(Scenario{})
	s.Version = ""

	property := func(path ...string) *reflection.Schema {
		n := s
		for _, key := range path {
			if n.Items != nil {
				n = n.Items
			}
			n, _ = n.Properties.Get(key)
		}
		return n
	}
	limit := func(n *reflection.Schema, terms []term) {
		docs := make([]string, len(terms))
		for i, t := range terms {
			n.Enum = append(n.Enum, t.word)
			docs[i] = t.doc
		}
		n.Extras = map[string]any{"enumDescriptions": docs}
	}
	limit(property("size"), sizes)
	limit(property("features", "rule"), featureRules)
	limit(property("noise", "when"), times)
	limit(property("data", "judge_on"), judges)
	limit(property("data", "broken"), brokens)
	limit(property("attack", "preset"), presets())
	limit(property("measured"), places)
	limit(property("readout", "decision"), decisions)
	limit(property("accept").Items, checks())
	limit(property("thresholds", "metric"), metricTerms())
	limit(property("perturbations").Items, perturbations())
	limit(property("attack", "sources").Items, perturbations())
	for _, key := range []string{"source", "perturbation"} {
		limit(property("thresholds", key), perturbations())
	}
	limit(property("sources", "perturbation"), perturbations())

	for _, path := range [][]string{{"sources"}, {"perturbations"}, {"accept"}, {"thresholds"}, {"attack", "sources"}, {"attack", "arms"}, {"certificate", "sigmas"}, {"data", "classes"}} {
		property(path...).Default = []any{}
	}
	property("strengths").Default = anys(defaultStrengths)
	property("attack", "linf").Default = []any{0.02, 0.05, 0.1, 0.2, 0.3}
	property("attack", "l2").Default = []any{0.5, 1, 1.5, 2, 3}
	property("runtime", "units_per_goroutine").Default = 1
	for _, n := range []*reflection.Schema{property("attack", "linf").Items, property("attack", "l2").Items, property("attack", "training", "epsilon")} {
		fraction(n)
	}
	return s
}

// defaultStrengths are the strengths of a scenario that names none.
var defaultStrengths = []int{1, 2, 3, 4, 5}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// spelled gives the schemas of the types that YAML spells in a way of their own.
func spelled(t reflect.Type) *reflection.Schema {
	switch t {
	case reflect.TypeFor[Arm]():
		return &reflection.Schema{
			Type: "string", Pattern: armPattern,
			Examples: []any{None, Identity, Diagonal, Shuffled, "imprint radius=1", "imprint radius=all", "gha hubs=16", Oracle, "gha hubs=16 power=0.5", "oracle when=learning", Augmentation, "gha hubs=16 + augmentation"},
		}
	case reflect.TypeFor[Limit]():
		return &reflection.Schema{Type: "string", Pattern: limitPattern, Examples: []any{">= 0.2"}}
	case reflect.TypeFor[UnitsPerGoroutine]():
		return &reflection.Schema{AnyOf: []*reflection.Schema{
			{Type: "integer", Minimum: "1", Maximum: "1000000"},
			{Type: "string", Enum: []any{"auto"}},
		}}
	}
	return nil
}

// partial takes the defaults out of the maps of a schema: what an overlay leaves
// out stays as it is. Entries of lists keep theirs, since lists replace.
func partial(s *reflection.Schema) {
	s.Default = nil
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		partial(p.Value)
	}
}

// comments returns the doc comments in scenario.go, where all types are structs:
// of a field as Type.Field, of a type as "Type.".
func comments() map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "scenario.go", types, parser.ParseComments)
	if err != nil {
		panic(fmt.Sprintf("scenario: the embedded source: %v", err))
	}
	docs := map[string]string{}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		spec := general.Specs[0].(*ast.TypeSpec)
		docs[spec.Name.Name+"."] = oneLine(general.Doc)
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			docs[spec.Name.Name+"."+f.Names[0].Name] = oneLine(f.Doc)
		}
	}
	return docs
}

func oneLine(doc *ast.CommentGroup) string { return strings.Join(strings.Fields(doc.Text()), " ") }

// schemaAt returns the schema of the map at a path of a file; nil where there is none.
func (f *form) schemaAt(path []string) *reflection.Schema {
	s := f.file
	for _, segment := range path {
		switch {
		case s == nil:
			return nil
		case s.Items != nil:
			s = s.Items
		case s.Properties != nil:
			s, _ = s.Properties.Get(segment)
		default:
			return nil
		}
		if s != nil && s.Ref == overlayRef {
			s = f.overlay
		}
	}
	return s
}

// fill gives a tree the defaults it leaves out; they stand where the map stands
// that lacks them.
func fill(n *node, s *reflection.Schema) {
	switch {
	case n.wrong:
	case n.kind == list && s.Items != nil:
		for _, item := range n.items {
			fill(item, s.Items)
		}
	case n.kind == dict && s.Properties != nil:
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			value := n.get(p.Key)
			switch {
			case value != nil:
			case p.Value.Default != nil:
				value = fromGo(p.Value.Default, n.at)
				value.absent = true
				n.put(entry{p.Key, n.at, value})
			case p.Value.Properties != nil:
				value = &node{at: n.at, kind: dict}
				n.put(entry{p.Key, n.at, value})
			default:
				continue
			}
			fill(value, p.Value)
		}
	}
}
