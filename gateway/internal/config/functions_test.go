package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferences: what env() and file() say where they have no value. The place
// is the call, and no text of a file is shown.
func TestReferences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"binary": "HiddenSecret1\xff", "large": strings.Repeat("HiddenSecret1", 10_000), "token": testToken + "\n\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "gateway.hcl")
	for expression, want := range map[string]string{
		`file("token")`:                    "",
		`env("CONFIG_TEST_TOKEN")`:         "",
		`env("UNSET", file("token"))`:      "",
		`"${env("CONFIG_TEST_TOKEN")}"`:    "",
		`env("UNSET")`:                     `The environment variable UNSET is not set or empty.`,
		`env("UNSET", "")`:                 `token must have the form`,
		`env("HiddenSecret1!")`:            `not its value`,
		`env("A", "B", "C")`:               `a name and, if you like, a default`,
		`env()`:                            `A text stands in quotes`,
		`env(1)`:                           `not its value`,
		`env(null)`:                        `A text stands in quotes`,
		`secret("HiddenSecret1")`:          `A text stands in quotes`,
		`HiddenSecret1`:                    `A text stands in quotes`,
		`file("missing")`:                  `The file "missing" does not exist.`,
		`file(".")`:                        `The file "." is not a regular file.`,
		`file("large")`:                    `The file "large" is larger than 64 KiB.`,
		`file("binary")`:                   `The file "binary" is not text in UTF-8.`,
		`file("gateway.hcl/x")`:            `cannot be found (not a directory).`,
		`file(env("CONFIG_TEST_TOKEN"))`:   `The file does not exist.`,
		`"HiddenSecret1 ${env("UNSET")}"`:  `The environment variable UNSET is not set or empty.`,
		`["HiddenSecret1"]`:                `token must be a text in quotes.`,
		`{ HiddenSecret1 = HiddenSecret2}`: `A text stands in quotes`,
		`null`:                             `One token expected`,
	} {
		text := "group \"g\" {\n  allow {}\n  connections = []\n}\nagent \"a\" {\n  groups = [\"g\"]\n  token  = " + expression + "\n}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, diags := load(path)
		shown := show(t, diags)
		if want == "" {
			if len(diags.All()) > 0 || len(c.Agents) != 1 || c.Agents[0].TokenID != "abcdefgh1" {
				t.Errorf("%s: want an agent, got %+v\n%s", expression, c.Agents, shown)
			}
			continue
		}
		if !diags.HasErrors() || !strings.Contains(shown, want) || !strings.Contains(shown, "gateway.hcl:") {
			t.Errorf("%s: want %q, got:\n%s", expression, want, shown)
		}
		if hidden.MatchString(shown) || strings.Contains(shown, testToken) {
			t.Errorf("%s: a secret is shown:\n%s", expression, shown)
		}
	}
}

func TestLiteralTokenWarns(t *testing.T) {
	t.Parallel()
	c, diags := load(write(t, "group \"g\" {\n  allow {}\n  connections = []\n}\nagent \"a\" {\n  groups = [\"g\"]\n  token  = \""+testToken+"\"\n}\n"))
	shown := show(t, diags)
	if diags.HasErrors() || len(c.Agents) != 1 || !strings.Contains(shown, "Warning: Secret in the file") {
		t.Errorf("got %+v\n%s", c.Agents, shown)
	}
	if strings.Contains(shown, testToken) {
		t.Error("the token is shown")
	}
}
