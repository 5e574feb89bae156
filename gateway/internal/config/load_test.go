package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"

	"github.com/deskgate/deskgate/gateway/internal/config"
	"github.com/deskgate/deskgate/gateway/internal/config/token"
	"github.com/deskgate/deskgate/gateway/internal/operation"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gateway.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func noErrors(t *testing.T, diags *config.Diagnostics) {
	t.Helper()
	if diags.HasErrors() {
		t.Fatalf("errors where none are expected:\n%s", show(t, diags))
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	id, sum, err := token.Sum(testToken)
	if err != nil {
		t.Fatal(err)
	}
	hashed, err := token.Hash(strings.Replace(testToken, "abcdefgh1", "abcdefgh2", 1))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, `
connector "example" {
  source  = "bin/example"
  version = "1.2.3"
}
connector "absolute" {
  source = "/opt/example"
}
connection "demo" {
  connector = "example"
}
group "support" {
  allow {
    tickets = "write"
    notes   = "none"
  }
  connections = ["demo"]
}
agent "plain" {
  groups = ["support"]
  token  = env("CONFIG_TEST_TOKEN")
}
agent "hashed" {
  groups       = ["support"]
  token_sha256 = "`+hashed+`"
}
`)
	c, diags := load(path)
	if len(diags.All()) > 0 {
		t.Fatal(show(t, diags))
	}
	want := &config.Config{
		Gateway: config.Gateway{
			Listen: "127.0.0.1:8080", LogLevel: "info", ShutdownTimeout: 8 * time.Second,
			Limits: config.Limits{
				Body: 1 << 20, ReadDeadline: 30 * time.Second, WriteDeadline: time.Minute,
				Attachment: 50 << 20, TransferDeadline: 10 * time.Minute, OutcomeDeadline: 45 * time.Second,
			},
		},
		State: config.State{Dir: filepath.Join(filepath.Dir(path), ".run/state")},
		Connectors: []config.Connector{
			{Name: "example", Source: filepath.Join(filepath.Dir(path), "bin/example"), Version: "1.2.3"},
			{Name: "absolute", Source: "/opt/example"},
		},
		Connections: []config.Connection{{Name: "demo", Connector: "example"}},
		Groups: []config.Group{{
			Name: "support", Allow: map[string]string{"tickets": "write", "notes": "none"}, Connections: []string{"demo"},
		}},
		Agents: []config.Agent{
			{Name: "plain", Groups: []string{"support"}, TokenID: id, TokenSHA256: sum},
			{Name: "hashed", Groups: []string{"support"}, TokenID: "abcdefgh2"},
		},
	}
	_, want.Agents[1].TokenSHA256, _ = token.ParseHash(hashed)
	if diff := cmp.Diff(want, c, cmpopts.IgnoreTypes(hcl.Range{}), cmpopts.IgnoreUnexported(config.Config{}, config.Connection{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if at := c.Connectors[0].SourceRange.Start; at.Line != 3 || at.Column != 13 {
		t.Errorf("the source is at %v", at)
	}
}

// TestPrecedence: defaults under the file under the environment under flags.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	const file = `
gateway {
  listen     = "127.0.0.1:1"
  public_url = "https://file.example/"
  log {
    level = "debug"
  }
  limits {
    body = "64KiB"
  }
}
state {
  dir = "file"
}
`
	variables := map[string]string{
		"DESKGATE_LISTEN": "127.0.0.1:2", "DESKGATE_PUBLIC_URL": "https://env.example",
		"DESKGATE_LOG_LEVEL": "warn", "DESKGATE_STATE_DIR": "env",
		"DESKGATE_LIMITS_BODY": "1B", // not a setting
	}
	flags := map[string]string{"listen": "127.0.0.1:3", "log-level": "error", "state-dir": "flag"}
	type got struct{ listen, url, level, dir string }
	for name, test := range map[string]struct {
		text  string
		env   map[string]string
		flags map[string]string
		want  got
		body  int
	}{
		"defaults":    {"", nil, nil, got{"127.0.0.1:8080", "", "info", "<dir>/.run/state"}, 1 << 20},
		"file":        {file, nil, nil, got{"127.0.0.1:1", "https://file.example", "debug", "<dir>/file"}, 64 << 10},
		"environment": {file, variables, nil, got{"127.0.0.1:2", "https://env.example", "warn", "env"}, 64 << 10},
		"flags":       {file, variables, flags, got{"127.0.0.1:3", "https://env.example", "error", "flag"}, 64 << 10},
		"empty":       {file, map[string]string{"DESKGATE_LISTEN": ""}, nil, got{"127.0.0.1:1", "https://file.example", "debug", "<dir>/file"}, 64 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, test.text)
			c, diags := config.Load(config.Options{Path: path, Env: environ(test.env), Flags: test.flags})
			noErrors(t, diags)
			dir := strings.Replace(c.State.Dir, filepath.Dir(path), "<dir>", 1)
			if have := (got{c.Gateway.Listen, c.Gateway.PublicURL, c.Gateway.LogLevel, dir}); have != test.want {
				t.Errorf("got %+v, want %+v", have, test.want)
			}
			if c.Gateway.Limits.Body != test.body {
				t.Errorf("body is %d, want %d", c.Gateway.Limits.Body, test.body)
			}
		})
	}
}

func TestOverridesAreReportedByName(t *testing.T) {
	t.Parallel()
	c, diags := config.Load(config.Options{
		Path: write(t, ""),
		Env: environ(map[string]string{
			"DESKGATE_LISTEN": "8080", "DESKGATE_LOG_LEVEL": "wran", "DESKGATE_PUBLIC_URL": "https://user:HiddenSecret1@x",
		}),
		Flags: map[string]string{"listen": "localhost:99999", "state-dir": "", "colour": "blue"},
	})
	shown := show(t, diags)
	for _, want := range []string{
		"on the environment variable DESKGATE_LISTEN:", `gateway.listen is "8080": it must be an address and a port`,
		"on the environment variable DESKGATE_LOG_LEVEL:", `Did you mean "warn"?`,
		"on the environment variable DESKGATE_PUBLIC_URL:", "must not carry a user name or password",
		"on the flag --listen:", "localhost:99999",
		"on the flag --state-dir:", "on the flag --colour:",
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
	if c.Gateway.Listen != "127.0.0.1:8080" {
		t.Errorf("a bad value got through: %q", c.Gateway.Listen)
	}
}

// TestUnusableFiles: a clear error and no panic.
func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, summary, place string }{
		"nul":        {"gateway {\n  a\x00\n}", "Not a text file", ":2:4"},
		"encoding":   {"# \u00e9\xff", "Not a text file", ":1:4"},
		"mark":       {"\uFEFFgateway {}", "Not a text file", ":1:1"},
		"brackets":   {"a = " + strings.Repeat("[", 500_000), "Nested too deeply", ":1:37"},
		"blocks":     {strings.Repeat("a {\n", 100_000), "Nested too deeply", ":33:3"},
		"templates":  {"a = " + strings.Repeat(`"${`, 100_000), "Nested too deeply", ""},
		"directives": {`a = "` + strings.Repeat("%{if true}", 20_000), "Too many directives", ""},
		"unary":      {"a = " + strings.Repeat("!", 500_000) + "true", "Configuration too long", ""},
		"binary":     {"a = 1" + strings.Repeat("+1", 400_000), "Configuration too long", ""},
		"number":     {"a = 1e999999999", "Number too long", ":1:5"},
		"large":      {strings.Repeat("#", 1<<20) + "#", "Configuration too large", ""},
		"json":       {`{"gateway": {}}`, "", ":1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(write(t, test.text))
			if !diags.HasErrors() {
				t.Fatal("no error was found")
			}
			first := diags.All()[0]
			if test.summary != "" && first.Summary != test.summary || !strings.HasSuffix(first.Place(), test.place) {
				t.Errorf("got %q at %q, want %q at %q", first.Summary, first.Place(), test.summary, test.place)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "missing.hcl"): "There is no file",
		dir:                               "is a directory",
	} {
		c, diags := load(path)
		if !diags.HasErrors() || !strings.Contains(show(t, diags), want) {
			t.Errorf("want %q:\n%s", want, show(t, diags))
		}
		if _, diags := c.Connection("demo", schema()); !diags.HasErrors() {
			t.Error("a connection was found in no file")
		}
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	_, diags := load("testdata/syntax-gateway.hcl")
	var out strings.Builder
	if err := diags.Write(&out, true); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "\x1b[1;31mError:\x1b[0m \x1b[1mQuote not closed\x1b[0m") {
		t.Errorf("got %q", out.String())
	}
}

// TestExample: the example at the root is sound, and warns of the simulator's
// credentials alone.
func TestExample(t *testing.T) {
	t.Parallel()
	variables := map[string]string{}
	for _, name := range []string{"FULL", "READONLY", "JUNIOR", "DISPATCHER", "OPERATOR"} {
		variables["DESKGATE_TOKEN_DEMO_"+name] = token.New()
	}
	catalogue, err := operation.Load()
	if err != nil {
		t.Fatal(err)
	}
	granted := map[string][]string{}
	for area, levels := range catalogue.Areas() {
		for _, level := range levels {
			granted[area] = append(granted[area], level.String())
		}
	}
	c, diags := config.Load(config.Options{Path: "../../../gateway.hcl", Env: environ(variables), Areas: granted})
	if len(diags.All()) > 0 {
		t.Fatal(show(t, diags))
	}
	if len(c.Agents) != 5 || len(c.Groups) != 5 || len(c.Connections) != 1 {
		t.Errorf("got %d agents, %d groups, %d connections", len(c.Agents), len(c.Groups), len(c.Connections))
	}
	_, diags = config.Load(config.Options{Path: "../../../gateway.hcl", Env: environ(nil)})
	if shown := show(t, diags); !strings.Contains(shown, "DESKGATE_TOKEN_DEMO_FULL is not set") {
		t.Errorf("an unset variable is not named:\n%s", shown)
	}
}
