package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/bench/scenario"
)

const small = `
connector  = "acme"
connection = { site = simulator, key = "k" }
tickets    = "kind=SERVICE"
header     = { Authorization = "Basic ${base64encode("a:b")}" }
locals     = { api = "/api" }
scenario "ticket" {
  gateway = { path = "/tickets/${ticket}" }
  direct  = [[{ path = "${local.api}/tickets/${ticket}" }], [{ path = "/x" }, { path = "/y" }]]
}
scenario "row" {
  gateway = { path = "/row?since=${since}" }
  direct  = [[{ path = "/row" }]]
}
scenario "update" {
  gateway = { method = "PATCH", path = "/t", body = jsonencode({ title = "Bench ${n}" }) }
  direct  = [[{ path = "/t" }]]
}
scenario "page" {
  gateway = { path = "/p" }
  direct  = [[{ path = "/p" }]]
}
scenario "names" {
  gateway = { path = "/n" }
  direct  = [[{ path = "/n" }]]
}
`

func load(t *testing.T, text string) (*scenario.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return scenario.Load(path)
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	f, err := load(t, small)
	if err != nil {
		t.Fatal(err)
	}
	block, err := f.Connection("http://127.0.0.1:1")
	if err != nil || block["site"] != "http://127.0.0.1:1" || block["key"] != "k" {
		t.Errorf("the connection is %v, %v", block, err)
	}
	header, err := f.Header()
	if err != nil || header["Authorization"] != "Basic YTpi" {
		t.Errorf("the header is %v, %v", header, err)
	}
	all, err := f.Prepare([]string{"7", "8"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	byName := map[string]scenario.Scenario{}
	for _, s := range all {
		names = append(names, s.Name)
		byName[s.Name] = s
	}
	if diff := cmp.Diff(scenario.Order, names); diff != "" {
		t.Errorf("the order of the report: %s", diff)
	}
	want := scenario.Call{{{Path: "/api/tickets/8"}}, {{Path: "/x"}, {Path: "/y"}}}
	if diff := cmp.Diff(want, byName["ticket"].Direct[1]); diff != "" {
		t.Errorf("a direct call: %s", diff)
	}
	if n := want.Requests(); n != 3 {
		t.Errorf("the call is %d requests, want 3", n)
	}
	if diff := cmp.Diff(scenario.Call{{{Method: "PATCH", Path: "/t", Body: `{"title":"Bench 3"}`}}}, byName["update"].Gateway[3]); diff != "" {
		t.Errorf("an update: %s", diff)
	}
	seen := map[string]bool{}
	for _, call := range byName["row"].Gateway {
		seen[call[0][0].Path] = true
	}
	if len(seen) != scenario.Variants {
		t.Errorf("%d of %d calls differ", len(seen), scenario.Variants)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, says string }{
		"no HCL":      {"connector = ", "bench.hcl:1"},
		"no scenario": {strings.ReplaceAll(small, `scenario "page"`, `scenario "pages"`), `no scenario "page"`},
		"no path":     {strings.ReplaceAll(small, `gateway = { path = "/p" }`, `gateway = { query = "/p" }`), `"path"`},
		"no variable": {strings.ReplaceAll(small, `"/row?since=${since}"`, `"/row?since=${before}"`), "before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := load(t, c.text)
			if err == nil {
				_, err = f.Prepare([]string{"1"})
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v, want one that says %s", err, c.says)
			}
		})
	}
}

// TestOurs prepares the calls of the connectors of this repository.
func TestOurs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../plugins/*/bench.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no bench.hcl: %v", err)
	}
	for _, path := range files {
		f, err := scenario.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Prepare([]string{"1"}); err != nil {
			t.Error(err)
		}
		if _, err := f.Header(); err != nil {
			t.Error(err)
		}
		if _, err := f.Connection("http://127.0.0.1:1"); err != nil {
			t.Error(err)
		}
	}
}
