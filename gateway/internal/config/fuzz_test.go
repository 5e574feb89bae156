package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/config"
)

// FuzzLoad: whatever the file holds, there is no panic, everything found can be
// shown, and what is sound decodes.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.hcl")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no test data: %v", err)
	}
	for _, path := range append(paths, "../../../gateway.hcl") {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(everything))
	f.Add([]byte("connection \"a\" {\n  connector = \"b\"\n  x = <<EOT\n${env(\"A\")}\nEOT\n}\n"))
	f.Add([]byte("gateway {\n\tlisten = \"\u202e\"\n}\n\u0000"))
	path := filepath.Join(f.TempDir(), "gateway.hcl")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, diags := config.Load(config.Options{Path: path, Env: environ(map[string]string{"CONFIG_TEST_TOKEN": testToken}), Areas: areas})
		for _, connection := range c.Connections {
			body, more := c.Connection(connection.Name, schema())
			if body == nil && !more.HasErrors() || body != nil && !json.Valid(body) {
				t.Errorf("%s: body %s with\n%s", connection.Name, body, show(t, more))
			}
			c.Locate(connection.Name, "defaults.ticket.queue")
			diags.Append(more)
		}
		shown := show(t, diags)
		if bytes.ContainsRune([]byte(shown), '\x1b') {
			t.Errorf("the text can steer a terminal: %q", shown)
		}
	})
}
