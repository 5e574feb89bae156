package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/internal/config"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// everything gives a value of every type; line numbers are relied on below.
const everything = `connector "example" {
  source = "bin/example"
}
connection "demo" {
  connector   = "example"
  site        = "https://psa.example.com"
  private_key = file("key")
  public_key  = env("CONFIG_TEST_TOKEN")
  client_id   = env("UNSET", "fallback")
  verify      = env("UNSET", "false")
  port        = env("UNSET", "8443")
  weight      = 0.5
  timeout     = "1h30m"
  mode        = "safe"
  boards      = ["Service <MS>", "Projects"]
  labels = {
    a        = "1"
    "on hold" = "2"
  }
  rate_limit = "100/minute"
  proxy      = null
  defaults {
    ticket {
      queue = "Service ${"MS"}"
    }
  }
  webhooks {
    state = "off"
  }
}
`

func loadEverything(t *testing.T) *config.Config {
	t.Helper()
	path := write(t, everything)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "key"), []byte("from-the-file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, diags := load(path)
	noErrors(t, diags)
	return c
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func TestConnection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"every type": {"", `{
			"site": "https://psa.example.com", "private_key": "from-the-file", "public_key": "` + testToken + `",
			"client_id": "fallback", "verify": false, "port": 8443, "weight": 0.5, "timeout": "1h30m", "mode": "safe",
			"boards": ["Service <MS>", "Projects"], "labels": {"a": "1", "on hold": "2"}, "rate_limit": "100/minute",
			"defaults": {"ticket": {"queue": "Service MS", "due_in": "24h"}}, "webhooks": {"state": "off"}
		}`},
		"defaults": {`site = "http://x"
			private_key = env("CONFIG_TEST_TOKEN")
			port = null`, `{
			"site": "http://x", "private_key": "` + testToken + `", "verify": true, "port": 443, "timeout": "30s",
			"rate_limit": "vendor", "defaults": {"ticket": {"due_in": "24h"}}
		}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := loadEverything(t)
			if test.body != "" {
				var diags *config.Diagnostics
				c, diags = load(write(t, "connector \"example\" {\nsource = \"x\"\n}\nconnection \"demo\" {\nconnector = \"example\"\n"+test.body+"\n}\n"))
				noErrors(t, diags)
			}
			body, diags := c.Connection("demo", schema())
			if len(diags.All()) > 0 {
				t.Fatal(show(t, diags))
			}
			if diff := cmp.Diff(decode(t, test.want), decode(t, string(body))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestUnsoundSchema: a connector's schema is outside input too.
func TestUnsoundSchema(t *testing.T) {
	t.Parallel()
	deep := newSchema(nil)
	for range 50 {
		deep = newSchema(nil, newBlock("inner", false, deep))
	}
	text := connectorv1.Attribute_Type_STRING
	for name, s := range map[string]*connectorv1.Schema{
		"name":     newSchema([]*connectorv1.Attribute{attribute("no name", text)}),
		"twice":    newSchema([]*connectorv1.Attribute{attribute("a", text), attribute("a", text)}),
		"both":     newSchema([]*connectorv1.Attribute{attribute("a", text)}, newBlock("a", false, nil)),
		"type":     newSchema([]*connectorv1.Attribute{attribute("a", connectorv1.Attribute_Type_UNSPECIFIED)}),
		"new type": newSchema([]*connectorv1.Attribute{attribute("a", 99)}),
		"default":  newSchema([]*connectorv1.Attribute{attribute("a", connectorv1.Attribute_Type_INTEGER, fallback(`4294967296`))}),
		"duration": newSchema([]*connectorv1.Attribute{attribute("a", connectorv1.Attribute_Type_DURATION, fallback(`"soon"`))}),
		"deep":     deep,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, diags := loadEverything(t).Connection("demo", s)
			if body != nil || !diags.HasErrors() || diags.All()[0].Summary != "Connector publishes a wrong schema" {
				t.Errorf("got %s\n%s", body, show(t, diags))
			}
		})
	}
	if _, diags := loadEverything(t).Connection("demo", nil); !diags.HasErrors() {
		t.Error("without a schema, no attribute can be known")
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	c := loadEverything(t)
	for path, want := range map[string]string{
		"site":                  "6:17",
		"boards":                "15:17",
		"boards[1]":             "15:34",
		"boards[9]":             "15:17",
		"labels.a":              "17:16",
		`labels["on hold"]`:     "18:17",
		"labels.other":          "16:12",
		"defaults.ticket.queue": "24:15",
		"defaults.ticket.kind":  "23:5",
		"defaults.time":         "22:3",
		"unknown":               "4:1",
		"":                      "4:1",
		"..[":                   "4:1",
	} {
		at := c.Locate("demo", path)
		if got := (config.Diagnostic{Range: at}).Place(); !strings.HasSuffix(got, "gateway.hcl:"+want) {
			t.Errorf("%q is at %s, want %s", path, got, want)
		}
	}
	if at := c.Locate("other", "site"); at.Filename != "" {
		t.Errorf("a connection that does not exist is at %v", at)
	}
}

// TestViolations: the connector's words at the place in the file, without the
// line of a secret.
func TestViolations(t *testing.T) {
	t.Parallel()
	path := write(t, strings.Replace(everything, `file("key")`, `"HiddenSecret1"`, 1))
	c, diags := load(path)
	noErrors(t, diags)
	shown := show(t, c.Violations("demo", schema(), []problem.Violation{
		{Field: "defaults.ticket.queue", Message: "there is no such board", Allowed: []string{"Service Desk", "Projects"}, DidYouMean: "Service Desk"},
		{Field: "private_key", Message: "the vendor refuses the key."},
		{Field: "agent_resource", Message: "is missing"},
		{Message: "is wrong"},
	}))
	for _, want := range []string{
		"gateway.hcl:24:15, in connection \"demo\":\n      24 |       queue = \"Service ${\"MS\"}\"\n",
		"  defaults.ticket.queue: there is no such board. Did you mean \"Service Desk\"?\n  Allowed: Service Desk, Projects.\n",
		"gateway.hcl:7:17, in connection \"demo\":\n       7 |   private_key = (value not shown)\n",
		"gateway.hcl:4:1, in connection \"demo\":\n       4 | connection \"demo\" {\n",
		"  agent_resource: is missing.\n", "\n  is wrong.\n",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if hidden.MatchString(shown) {
		t.Error("a secret is shown")
	}
	if t.Failed() {
		t.Log(shown)
	}
}

// TestViolationsOfWhatIsWrongAlready: the connector looks at what is sound, and
// what it misses has been told with better words.
func TestViolationsOfWhatIsWrongAlready(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(
		`file("key")`, `env("CONFIG_TEST_TOKEN")`,
		`  site        = "https://psa.example.com"`, ``, // missing
		`env("UNSET", "8443")`, `"many"`, // of another type
		`  proxy      = null`, `  weight_ = 1
  proxy      = null`, // unknown
		`    state = "off"`, ``, // missing, in a block
	).Replace(everything)
	c, diags := load(write(t, text))
	noErrors(t, diags)
	body, diags := c.Connection("demo", schema())
	if len(diags.All()) != 4 {
		t.Fatal(show(t, diags))
	}
	if got, _ := decode(t, string(body)).(map[string]any); got["mode"] != "safe" || got["site"] != nil || got["weight_"] != nil {
		t.Errorf("what is sound is %s", body)
	}
	var violations []problem.Violation
	for _, field := range []string{"site", "port", "webhooks.state", "proxy", "mode", "labels.a", "defaults.ticket.due_in", "webhooks.key", ""} {
		violations = append(violations, problem.Violation{Field: field, Message: "is wrong"})
	}
	var told []string
	for _, d := range c.Violations("demo", schema(), violations).All() {
		told = append(told, d.Detail)
	}
	want := []string{"is wrong.", "mode: is wrong.", "labels.a: is wrong.", "proxy: is wrong.", "defaults.ticket.due_in: is wrong.", "webhooks.key: is wrong."}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	c := loadEverything(t)
	shown := show(t, c.At(c.Connectors[0].SourceRange, "Connector missing", "There is no such program."))
	if want := "gateway.hcl:2:12, in connector \"example\":\n       2 |   source = \"bin/example\"\n         |            ^^^^^^^^^^^^^\n"; !strings.Contains(shown, want) {
		t.Errorf("got:\n%s", shown)
	}
	shown = show(t, c.At(c.Locate("demo", "private_key"), "Wrong", "No."))
	if strings.Contains(shown, "private_key") || !strings.Contains(shown, ":7:17") {
		t.Errorf("a line of a connection is quoted:\n%s", shown)
	}
}
