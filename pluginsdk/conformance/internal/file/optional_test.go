package file_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

const whole = `
reset_url = "${env("SIM", "http://127.0.0.1:1")}/_sim/reset"
environment = { LANG = "C" }
connection {
  site  = env("SIM", "http://127.0.0.1:1")
  token = file("token")
  defaults {
    queue = "Desk"
  }
}
fixtures {
  technician = "Robin"
  new_ticket = {
    company = { name = "Harbor" }
    due_at  = "2026-03-02T09:00:00Z"
  }
}
witness "time_entry" {
  collection = "times"
  fields = {
    duration_seconds = round(record.hours * 3600)
    "ticket.id"      = record.ticket.id
    summary          = record.text
    billed_seconds   = record.missing
  }
}
`

func load(t *testing.T, text string, variables map[string]string) (*file.File, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"conformance.hcl": text, "token": "hidden-token\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file.Load(filepath.Join(dir, "conformance.hcl"), variables)
}

func attribute(name string, kind connectorv1.Attribute_Type_V, change func(*connectorv1.Attribute)) *connectorv1.Attribute {
	a := connectorv1.Attribute_builder{Name: &name, Type: &kind}.Build()
	if change != nil {
		change(a)
	}
	return a
}

func schema() *connectorv1.Schema {
	text := connectorv1.Attribute_Type_STRING
	return connectorv1.Schema_builder{
		Attributes: []*connectorv1.Attribute{
			attribute("site", connectorv1.Attribute_Type_URL, func(a *connectorv1.Attribute) { a.SetRequired(true) }),
			attribute("token", text, func(a *connectorv1.Attribute) { a.SetSecret(true) }),
			attribute("port", connectorv1.Attribute_Type_INTEGER, func(a *connectorv1.Attribute) { a.SetDefaultJson([]byte("443")) }),
			attribute("mode", text, nil),
		},
		Blocks: []*connectorv1.Block{connectorv1.Block_builder{Name: new("defaults"), Schema: connectorv1.Schema_builder{
			Attributes: []*connectorv1.Attribute{attribute("queue", text, nil)},
		}.Build()}.Build()},
	}.Build()
}

func TestLoad(t *testing.T) {
	t.Parallel()
	f, err := load(t, whole, map[string]string{"SIM": "http://127.0.0.1:7"})
	if err != nil {
		t.Fatal(err)
	}
	if f.ResetURL != "http://127.0.0.1:7/_sim/reset" || f.Environment["LANG"] != "C" || f.Fixtures.Technician != "Robin" || f.Other != nil {
		t.Errorf("got %+v", f)
	}
	if ticket := f.Fixtures.NewTicket; ticket.GetCompany().GetName() != "Harbor" || ticket.GetDueAt().GetSeconds() != 1772442000 {
		t.Errorf("the ticket is %v", ticket)
	}
	c, err := f.Decode(f.Connection, schema())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(c.JSON, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"site": "http://127.0.0.1:7", "token": "hidden-token", "port": 443., "defaults": map[string]any{"queue": "Desk"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"hidden-token"}, c.Secrets); diff != "" {
		t.Errorf("secrets: %s", diff)
	}
}

const more = `
reads = ["^POST .*/query$"]
connection {}
fixtures {
  mailed_ticket = {
    company       = { name = "Harbor" }
    custom_fields = { "vendor.mails" = true }
  }
  values = {
    "ticket.agreement" = { id = "7" }
  }
  raw {
    path   = "/things"
    body   = { name = "x", tags = ["a", 1, null] }
    record = "/things/{id}"
    id     = "result.id"
  }
}
witness "note" {
  collection = "actions"
  id         = "${record.ticket}-${record.id}"
  fields = {
    body       = record.text
    visibility = record.hidden ? "INTERNAL" : "CUSTOMER"
  }
}
`

func TestFixtures(t *testing.T) {
	t.Parallel()
	f, err := load(t, more, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Reads) != 1 || !f.Reads[0].MatchString("POST /v1/Tickets/query") || f.Reads[0].MatchString("POST /v1/Tickets") {
		t.Errorf("reads %v", f.Reads)
	}
	if m := f.Fixtures.MailedTicket; m.GetCompany().GetName() != "Harbor" || !m.GetCustomFields()["vendor.mails"].GetBoolValue() || f.Fixtures.NewTicket != nil {
		t.Errorf("the mailed ticket is %v, the new one %v", m, f.Fixtures.NewTicket)
	}
	if got := string(f.Fixtures.Values["ticket.agreement"]); got != `{"id":"7"}` {
		t.Errorf("values %s", got)
	}
	raw := f.Fixtures.Raw
	if raw == nil || raw.Method != "POST" || raw.Path != "/things" || raw.Record != "/things/{id}" || raw.ID != "result.id" || len(raw.Body.GetStructValue().GetFields()["tags"].GetListValue().GetValues()) != 3 {
		t.Errorf("raw %+v", raw)
	}
	w := f.Witnesses["note"]
	id, err := w.IDOf()(json.RawMessage(`{"ticket":4,"id":9}`))
	if err != nil || id != "4-9" {
		t.Errorf("id %q, %v", id, err)
	}
	if id, err := w.IDOf()(json.RawMessage(`{"id":9}`)); err != nil || id != "" {
		t.Errorf("of a record of no ticket %q, %v", id, err)
	}
	if names, err := w.Names(); err != nil || !slices.Equal(names, []string{"body", "visibility"}) {
		t.Errorf("names %v, %v", names, err)
	}
	for text, says := range map[string]string{
		"connection {}\nreads = [\"(\"]":                               "reads",
		"connection {}\nfixtures {\n mailed_ticket = { titel = 1 }\n}": "mailed_ticket is no ticket",
		"connection {}\nfixtures {\n values = [1]\n}":                  "values",
		"connection {}\nfixtures {\n raw {\n  path = \"/x\"\n }\n}":    "record",
	} {
		if _, err := load(t, text, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWitness(t *testing.T) {
	t.Parallel()
	f, err := load(t, whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f.Witnesses["time_entry"].IDOf() != nil {
		t.Error("its ids are not the records' own")
	}
	got, err := f.Witnesses["time_entry"].Holds(json.RawMessage(`{"hours":0.333333,"ticket":{"id":7},"text":"a \"b\" c"}`))
	want := map[string]string{"duration_seconds": "1200", "ticket.id": "7", "summary": `a "b" c`}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, says string }{
		"no connection":      {`reset_url = "x"`, "connection"},
		"unknown attribute":  {"connection {}\nspeed = 1", ":2,1-6: "},
		"unset variable":     {`connection {}` + "\n" + `reset_url = env("NO_SUCH_NAME")`, "NO_SUCH_NAME is not set"},
		"no ticket":          {"connection {}\nfixtures {\n new_ticket = { companyy = 1 }\n}", "new_ticket is no ticket"},
		"witness twice":      {"connection {}\nwitness \"a\" {\ncollection = \"x\"\nfields = {}\n}\nwitness \"a\" {\ncollection = \"x\"\nfields = {}\n}", "two witness blocks"},
		"not HCL":            {"connection {", ":1,"},
		"a file that is not": {`connection {}` + "\n" + `reset_url = file("nowhere")`, "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(t, test.text, nil); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

// TestMistakesOfAConnection: each at its place, and no secret in any.
func TestMistakesOfAConnection(t *testing.T) {
	t.Parallel()
	f, err := load(t, "connection {\n  token = [\"hidden-token\"]\n  modus = \"x\"\n  port = \"many\"\n}\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Decode(f.Connection, schema())
	if err == nil {
		t.Fatal("all is taken")
	}
	for _, want := range []string{"conformance.hcl:3,3-8: ", `"site"`, "conformance.hcl:4,", "conformance.hcl:2,"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q", want)
		}
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Error("a secret is told")
	}
	if t.Failed() {
		t.Log(err)
	}
}

// A tenant that is not always there is left out by its attribute `when`.
func TestOtherConnectionThatIsNotThere(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]bool{
		"":                                      false,
		`other_connection { site = "x" }`:       true,
		"other_connection {\n when = true\n}":   true,
		"other_connection {\n when = false\n}":  false,
		`other_connection { when = 1 == 2 }`:    false,
		"other_connection {\n when = null\n}\n": true,
	} {
		f, err := load(t, "connection {}\n"+block, nil)
		if err != nil {
			t.Errorf("%s: %v", block, err)
			continue
		}
		if got := f.Other != nil; got != want {
			t.Errorf("%s: there is another connection: %t", block, got)
		}
	}
}
