package scenario

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestSchema(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	metaschema, err := compiler.Compile(draft07)
	if err != nil {
		t.Fatal(err)
	}
	if err := metaschema.Validate(document); err != nil {
		t.Errorf("not a draft-07 schema: %v", err)
	}
	for _, newer := range []string{"$defs", "prefixItems", "2020-12"} {
		if strings.Contains(string(Schema()), newer) {
			t.Errorf("%s is newer than draft-07", newer)
		}
	}
	root := document.(map[string]any)
	strict(t, "file", root)
	strict(t, "overlay", root["definitions"].(map[string]any)["overlay"].(map[string]any))
}

// strict checks that maps take no other keys and that every key is described.
func strict(t *testing.T, path string, s map[string]any) {
	if properties, ok := s["properties"].(map[string]any); ok {
		if s["additionalProperties"] != false {
			t.Errorf("%s takes any key", path)
		}
		for key, value := range properties {
			property := value.(map[string]any)
			if property["$ref"] == nil && property["description"] == nil {
				t.Errorf("%s.%s has no description", path, key)
			}
			strict(t, path+"."+key, property)
		}
	}
	if items, ok := s["items"].(map[string]any); ok {
		strict(t, path+"[]", items)
	}
	if choices, ok := s["enum"].([]any); ok && len(choices) > 1 {
		if docs, _ := s["enumDescriptions"].([]any); len(docs) != len(choices) {
			t.Errorf("%s: %d choices, %d descriptions", path, len(choices), len(docs))
		}
	}
}

// TestSchemaAgrees checks that a scenario as encoding/json writes it fits the schema.
func TestSchemaAgrees(t *testing.T) {
	s, err := Load("testdata/example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := theForm().checker.Validate(value); err != nil {
		t.Error(err)
	}
}
