package openapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/internal/openapi"
	"github.com/deskgate/deskgate/gateway/internal/operation"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func document(t *testing.T) (*operation.Catalogue, []byte) {
	t.Helper()
	catalogue, err := operation.Load()
	if err != nil {
		t.Fatal(err)
	}
	got, err := openapi.Document(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	return catalogue, got
}

// TestDocumentGolden makes every change of the public API visible in review.
func TestDocumentGolden(t *testing.T) {
	t.Parallel()
	_, got := document(t)
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the document changed; look at the difference, then run go test -update:\n%s", diff)
	}
}

func TestDocumentIsDeterministic(t *testing.T) {
	t.Parallel()
	_, first := document(t)
	_, second := document(t)
	if !bytes.Equal(first, second) {
		t.Error("two documents of one catalogue differ")
	}
}

type spec struct {
	Paths      map[string]map[string]route
	Components struct {
		Schemas map[string]schema
	}
}

type route struct {
	OperationID string `json:"operationId"`
	Parameters  []struct{ Name, In, Ref string }
	Responses   map[string]json.RawMessage
	Area        string `json:"x-deskgate-area"`
}

type schema struct {
	Properties           map[string]map[string]any
	Required             []string
	AdditionalProperties *bool
	MinProperties        int
}

func parsed(t *testing.T) (*operation.Catalogue, spec, []byte) {
	t.Helper()
	catalogue, raw := document(t)
	var s spec
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return catalogue, s, raw
}

func TestEveryOperationIsThere(t *testing.T) {
	t.Parallel()
	catalogue, s, _ := parsed(t)
	for _, op := range catalogue.Operations {
		got, ok := s.Paths[op.HTTP.Path][strings.ToLower(op.HTTP.Method)]
		if !ok || got.OperationID != op.Name || got.Area != op.Area {
			t.Errorf("%s: at %s %s stands %q of area %q", op.Name, op.HTTP.Method, op.HTTP.Path, got.OperationID, got.Area)
		}
		_, created := got.Responses["201"]
		if created != (op.HTTP.Location != "") {
			t.Errorf("%s: answers 201: %v; makes a record: %q", op.Name, created, op.HTTP.Location)
		}
	}
}

// TestRequestsSayWhatIsTaken holds that the schemas of bodies agree with what
// decoding takes.
func TestRequestsSayWhatIsTaken(t *testing.T) {
	t.Parallel()
	catalogue, s, _ := parsed(t)
	for _, op := range catalogue.Operations {
		if op.HTTP.Body == "" {
			continue
		}
		name := op.FullMethod[strings.LastIndex(op.FullMethod, "/")+1:] + "Body"
		body, ok := s.Components.Schemas[name]
		if !ok {
			t.Errorf("%s: there is no schema %s", op.Name, name)
			continue
		}
		if body.AdditionalProperties == nil || *body.AdditionalProperties {
			t.Errorf("%s takes unknown keys", name)
		}
		if len(body.Properties) != len(op.BodyFields()) {
			t.Errorf("%s has %d properties, the operation takes %d", name, len(body.Properties), len(op.BodyFields()))
		}
	}
	create, patch := s.Components.Schemas["CreateTicketBody"], s.Components.Schemas["UpdateTicketBody"]
	if !slices.Contains(create.Required, "title") || len(patch.Required) > 0 || patch.MinProperties != 1 {
		t.Errorf("required: create %v, patch %v with at least %d", create.Required, patch.Required, patch.MinProperties)
	}
	if diff := cmp.Diff([]any{"string", "null"}, patch.Properties["title"]["type"]); diff != "" {
		t.Errorf("a PATCH clears with null:\n%s", diff)
	}
	if create.Properties["notify"]["writeOnly"] != true || s.Components.Schemas["Ticket"].Properties["id"]["readOnly"] != true {
		t.Error("notify is write-only, and id is read-only")
	}
	if _, leaks := s.Components.Schemas["Ticket"].Properties["notify"]; leaks {
		t.Error("an answer has no notify")
	}
}

// TestReferencesResolve holds that no $ref leads nowhere.
func TestReferencesResolve(t *testing.T) {
	t.Parallel()
	_, _, raw := parsed(t)
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatal(err)
	}
	seen := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if target, ok := v["$ref"].(string); ok {
				seen++
				var at any = whole
				for name := range strings.SplitSeq(strings.TrimPrefix(target, "#/"), "/") {
					step, _ := at.(map[string]any)
					at = step[name]
				}
				if at == nil {
					t.Errorf("%s leads nowhere", target)
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(whole)
	if seen < 100 {
		t.Errorf("saw only %d references", seen)
	}
}
