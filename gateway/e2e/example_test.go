package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// exampleFolder is the connector in Node, written from the protocol alone.
var exampleFolder = filepath.Join(filepath.Dir(bin), "docs/examples/jsonfile")

// withExample builds a world with the connector in Node, as `desk`, beside the other.
// It returns the JSON file.
func withExample(t *testing.T) (w *world, desk string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(exampleFolder, "node_modules")); err != nil {
		t.Fatalf("the example's libraries are not installed; `make clients` does it: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(exampleFolder, "desk.json"))
	if err != nil {
		t.Fatal(err)
	}
	desk = filepath.Join(t.TempDir(), "desk.json")
	if err := os.WriteFile(desk, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return startWith(t, `
connector "jsonfile" {
  source = "`+exampleFolder+`"
}
connection "desk" {
  connector      = "jsonfile"
  file           = "`+desk+`"
  agent_resource = "Robin"
}
`), desk
}

// inFile is what a JSON file has of a ticket, or nil.
func inFile(t *testing.T, desk, id string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(desk)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tickets []map[string]any `json:"tickets"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("the file is no JSON: %v", err)
	}
	for _, ticket := range file.Tickets {
		if ticket["id"] == id {
			return ticket
		}
	}
	return nil
}

// TestConnectorsSideBySide makes the same calls on the connector in Node and on the
// one in Go. Nothing in a call tells which is which but the name of the connection.
func TestConnectorsSideBySide(t *testing.T) {
	t.Parallel()
	w, desk := withExample(t)
	for connection, company := range map[string]string{"desk": "Museum of Clocks", "cw": text(w.state("companies")[5], "name")} {
		t.Run(connection, func(t *testing.T) {
			at := func(path string) string { return "/v1/connections/" + connection + path }
			list := w.do("full", http.MethodGet, at("/tickets?status_category=NEW&order_by=id&page_size=1"), nil).want(t, 200)
			first := list.text("tickets", 0, "id")
			if len(list.list("tickets")) != 1 || list.text("tickets", 0, "status", "category") != "NEW" {
				t.Fatalf("listed %s", list.body)
			}
			one := w.do("full", http.MethodGet, at("/tickets/"+first), nil).want(t, 200)
			if one.text("ticket", "title") != list.text("tickets", 0, "title") || one.text("ticket", "etag") != list.text("tickets", 0, "etag") {
				t.Errorf("listed %s, read %s", list.body, one.body)
			}

			made := w.do("full", http.MethodPost, at("/tickets"), encode(t, map[string]any{
				"title": "Größe ☕ beside the other", "company": map[string]any{"name": strings.ToUpper(company)},
				"description": "first\r\nsecond",
			})).want(t, 201)
			id := made.text("ticket", "id")
			if outcome := made.text("receipt", "outcome"); outcome != "APPLIED" || made.text("ticket", "company", "name") != company {
				t.Fatalf("created %s", made.body)
			}
			if made.header.Get("Location") != at("/tickets/"+id) || made.header.Get("X-Vendor-Requests") == "0" {
				t.Errorf("the header is %v", made.header)
			}

			changed := w.do("full", http.MethodPatch, at("/tickets/"+id), `{"priority":{"level":1},"due_at":"2026-12-01T10:00:00Z"}`).want(t, 200)
			if changed.text("receipt", "outcome") != "APPLIED" || changed.at("ticket", "priority", "level") != 1.0 {
				t.Errorf("changed %s", changed.body)
			}
			again := w.do("full", http.MethodPatch, at("/tickets/"+id), `{"priority":{"level":1}}`).want(t, 200)
			if again.text("receipt", "outcome") != "UNCHANGED" {
				t.Errorf("changed again %s", again.body)
			}
			dry := w.do("full", http.MethodPatch, at("/tickets/"+id+"?dry_run=true"), `{"due_at":null}`).want(t, 200)
			if dry.text("receipt", "outcome") != "DRY_RUN" || len(dry.list("receipt", "planned")) != 1 {
				t.Errorf("the dry run is %s", dry.body)
			}
			w.do("full", http.MethodPatch, at("/tickets/"+id), `{"title":"x"}`, "If-Match", `"0123"`).problem(t, 412, "precondition_failed")

			note := w.do("full", http.MethodPost, at("/tickets/"+id+"/internal-notes"), `{"body":"For us alone."}`).want(t, 201)
			if note.text("note", "visibility") != "INTERNAL" || note.text("receipt", "notification", "observed") != "NOT_SENT" {
				t.Errorf("noted %s", note.body)
			}
			notes := w.do("full", http.MethodGet, at("/tickets/"+id+"/notes"), nil).want(t, 200)
			if !strings.Contains(notes.body, "For us alone.") {
				t.Errorf("the notes are %s", notes.body)
			}

			wrong := w.do("full", http.MethodPatch, at("/tickets/"+id), `{"priority":{"name":"Hgih"}}`).problem(t, 400, "invalid_argument")
			if wrong.text("violations", 0, "field") != "priority.name" || len(wrong.list("violations", 0, "allowed")) < 3 {
				t.Errorf("a wrong name is told as %s", wrong.body)
			}
			w.do("full", http.MethodGet, at("/tickets/999999999"), nil).problem(t, 404, "not_found")
			check := w.do("full", http.MethodPost, at("/checks"), `{}`).want(t, 200)
			if check.at("passed") != true {
				t.Errorf("the check says %s", check.body)
			}
			if connection == "desk" {
				if ticket := inFile(t, desk, id); ticket == nil || ticket["priority"] != "1" || ticket["description"] != "first\nsecond" {
					t.Errorf("the file holds %v", ticket)
				}
			}
		})
	}
	// What a connector does not have is told, and by which one.
	w.do("full", http.MethodPost, "/v1/connections/desk/tickets/101/customer-notes", `{"body":"x"}`).problem(t, 501, "not_supported").says(t, "jsonfile")
	w.do("full", http.MethodGet, "/v1/connections/desk/tickets?type=x", nil).problem(t, 501, "field_not_supported")
}

// TestExampleKilled kills the connector in Node under load: what was answered is in
// the file, the process comes back, the other connector has not noticed, and with the
// gateway it ends.
func TestExampleKilled(t *testing.T) {
	t.Parallel()
	w, desk := withExample(t)
	victim := w.process("jsonfile")
	other := w.process("connectwise")
	var mu sync.Mutex
	var made []string
	var wg sync.WaitGroup
	killed := make(chan struct{})
	for range 8 {
		wg.Go(func() {
			for {
				r := w.do("full", http.MethodPost, "/v1/connections/desk/tickets", `{"title":"Under fire","company":{"id":"1"}}`)
				if r.status != 201 {
					return // it was killed
				}
				mu.Lock()
				if made = append(made, r.text("ticket", "id")); len(made) == 20 {
					close(killed)
				}
				mu.Unlock()
			}
		})
	}
	soon(t, killed)
	kill9(t, victim)
	wg.Wait()
	for _, id := range made {
		if inFile(t, desk, id) == nil {
			t.Errorf("ticket %s was answered and is not in the file", id)
		}
	}
	until(t, "the connector is started again", func() bool { return w.process("jsonfile") != victim })
	w.becomes("desk", "READY")
	w.do("full", http.MethodPatch, "/v1/connections/desk/tickets/"+made[0], `{"title":"All is calm"}`).want(t, 200)
	if got := inFile(t, desk, made[0])["title"]; got != "All is calm" {
		t.Errorf("the file holds %v", got)
	}
	if now := w.process("connectwise"); now != other {
		t.Errorf("the other connector was started again: %d after %d", now, other)
	}
	state := filepath.Join(w.dir, "state")
	if running := within(state); len(running) != 2 {
		t.Errorf("below the state directory run %v", running)
	}
	kill9(t, w.gateway.cmd.Process.Pid)
	gone(t, state)
}

// process is the process id of a connector, as it was last started.
func (w *world) process(connector string) int {
	w.t.Helper()
	pid := 0
	for _, line := range w.logged("the connector is running") {
		if line["connector"] == connector {
			n, _ := line["pid"].(float64)
			pid = int(n)
		}
	}
	if pid == 0 {
		w.t.Fatalf("the connector %s does not run", connector)
	}
	return pid
}

// TestExampleByItself runs the example's own tests: what only it can show, such as
// what becomes of its file.
func TestExampleByItself(t *testing.T) {
	t.Parallel()
	withoutSkips := regexp.MustCompile(`(?m)^# (?:pass (\d+)|skipped 0)$`)
	cmd := exec.Command("npm", "test")
	cmd.Dir = exampleFolder
	out, err := cmd.CombinedOutput()
	if err != nil || len(withoutSkips.FindAll(out, -1)) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestExampleConfigurations looks at what is told of a wrong block, at its line.
func TestExampleConfigurations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, connection, want string }{
		"a relative file":  {exampleFolder, `file = "desk.json"` + "\n  agent_resource = \"Robin\"", `gateway.hcl:8:10, in connection "desk"`},
		"no file":          {exampleFolder, `agent_resource = "Robin"`, `file is required in connection "desk"`},
		"a strange one":    {exampleFolder, `file = "/desk.json"` + "\n  agent_resource = \"Robin\"\n  fiel = 1", `Did you mean`},
		"a wrong folder":   {filepath.Dir(exampleFolder), `file = "/desk.json"` + "\n  agent_resource = \"Robin\"", `gateway.hcl:4:12, in connector "jsonfile"`},
		"not the program":  {filepath.Join(exampleFolder, "package.json"), `file = "/desk.json"` + "\n  agent_resource = \"Robin\"", `is not executable`},
		"all is well with": {exampleFolder, `file = "/desk.json"` + "\n  agent_resource = \"Robin\"", `is valid: 1 connector, 1 connection`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			config := filepath.Join(dir, "gateway.hcl")
			text := "\nstate { dir = \"" + dir + "/state\" }\nconnector \"jsonfile\" {\n  source = \"" + test.source + "\"\n}\nconnection \"desk\" {\n  connector = \"jsonfile\"\n  " + test.connection + "\n}\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := exec.Command(filepath.Join(bin, "deskgate"), "validate", "--config", config).CombinedOutput()
			if !strings.Contains(string(out), test.want) {
				t.Errorf("got %s, want %s in it", out, test.want)
			}
		})
	}
}

// TestExampleReadme runs the lines that the example's README gives to a person.
func TestExampleReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(exampleFolder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("the README has no lines to run")
	}
	root := t.TempDir() // what they leave behind stays in there
	for _, name := range []string{"bin", "docs"} {
		if err := os.Symlink(filepath.Join(filepath.Dir(bin), name), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	// The libraries are installed, and others use them at the moment.
	lines := strings.Replace(string(block[1]), "npm --prefix docs/examples/jsonfile ci && ", "", 1)
	lines = strings.ReplaceAll(lines, "127.0.0.1:8088", freeAddress(t))
	if strings.Contains(lines, "npm") || strings.Count(lines, "\n") != 5 {
		t.Errorf("the README says\n%s", lines)
	}
	cmd := exec.Command("bash", "-euc", lines)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"title":"Till prints blank receipts"`) {
		t.Errorf("%v\n%s", err, out)
	}
	gone(t, filepath.Join(root, ".run"))
}
