package config_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/internal/config"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

var update = flag.Bool("update", false, "write the golden files")

const testToken = "dg_abcdefgh1_0123456789abcdefghijklmnopqrstuvwxyzABCDEF"

var areas = map[string][]string{
	"tickets": {"none", "read", "write", "delete"}, "notes": {"none", "read", "write"}, "connections": {"read", "write"},
}

func environ(set map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}

func load(path string) (*config.Config, *config.Diagnostics) {
	return config.Load(config.Options{Path: path, Env: environ(map[string]string{"CONFIG_TEST_TOKEN": testToken}), Areas: areas})
}

type kind = connectorv1.Attribute_Type_V

func attribute(name string, k kind, with ...func(*connectorv1.Attribute)) *connectorv1.Attribute {
	a := &connectorv1.Attribute{}
	a.SetName(name)
	a.SetType(k)
	for _, set := range with {
		set(a)
	}
	return a
}

func required(a *connectorv1.Attribute) { a.SetRequired(true) }
func secret(a *connectorv1.Attribute)   { a.SetSecret(true) }
func allowed(values ...string) func(*connectorv1.Attribute) {
	return func(a *connectorv1.Attribute) { a.SetAllowed(values) }
}
func fallback(value string) func(*connectorv1.Attribute) {
	return func(a *connectorv1.Attribute) { a.SetDefaultJson([]byte(value)) }
}

func newSchema(attributes []*connectorv1.Attribute, blocks ...*connectorv1.Block) *connectorv1.Schema {
	s := &connectorv1.Schema{}
	s.SetAttributes(attributes)
	s.SetBlocks(blocks)
	return s
}

func newBlock(name string, needed bool, schema *connectorv1.Schema) *connectorv1.Block {
	b := &connectorv1.Block{}
	b.SetName(name)
	b.SetRequired(needed)
	b.SetSchema(schema)
	return b
}

// schema has an attribute of every type.
func schema() *connectorv1.Schema {
	return newSchema([]*connectorv1.Attribute{
		attribute("site", connectorv1.Attribute_Type_URL, required),
		attribute("private_key", connectorv1.Attribute_Type_STRING, required, secret),
		attribute("public_key", connectorv1.Attribute_Type_STRING, secret),
		attribute("client_id", connectorv1.Attribute_Type_STRING),
		attribute("verify", connectorv1.Attribute_Type_BOOL, fallback("true")),
		attribute("port", connectorv1.Attribute_Type_INTEGER, fallback("443")),
		attribute("weight", connectorv1.Attribute_Type_NUMBER),
		attribute("timeout", connectorv1.Attribute_Type_DURATION, fallback(`"30s"`)),
		attribute("proxy", connectorv1.Attribute_Type_URL),
		attribute("mode", connectorv1.Attribute_Type_STRING, allowed("fast", "safe")),
		attribute("boards", connectorv1.Attribute_Type_STRING_LIST),
		attribute("labels", connectorv1.Attribute_Type_STRING_MAP),
		attribute("rate_limit", connectorv1.Attribute_Type_STRING, fallback(`"vendor"`)),
	},
		newBlock("defaults", false, newSchema(nil, newBlock("ticket", false, newSchema([]*connectorv1.Attribute{
			attribute("queue", connectorv1.Attribute_Type_STRING), attribute("due_in", connectorv1.Attribute_Type_DURATION, fallback(`"24h"`)),
		})))),
		newBlock("webhooks", false, newSchema([]*connectorv1.Attribute{
			attribute("key", connectorv1.Attribute_Type_STRING, secret),
			attribute("state", connectorv1.Attribute_Type_STRING, required, allowed("auto", "off")),
		})))
}

func show(t *testing.T, diags *config.Diagnostics) string {
	t.Helper()
	var out bytes.Buffer
	if err := diags.Write(&out, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var hidden = regexp.MustCompile(`(?i)hidden-?secret-?\d`)

// TestGolden shows what an admin reads, and that it holds no secret.
func TestGolden(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.hcl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			c, diags := load(path)
			for _, connection := range c.Connections {
				_, more := c.Connection(connection.Name, schema())
				diags.Append(more)
			}
			if !diags.HasErrors() {
				t.Error("no error was found")
			}
			shown := show(t, diags)
			if leak := hidden.FindString(shown); leak != "" {
				t.Errorf("a secret is shown: %s", leak)
			}
			golden := strings.TrimSuffix(path, ".hcl") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(shown), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), shown); diff != "" {
				t.Errorf("run with -update if this is meant (-want +got):\n%s", diff)
			}
		})
	}
}
