package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// served is each operation's line of /v1/operations?connection=cw.
func (w *world) served() map[string]string {
	w.t.Helper()
	lines := map[string]string{}
	for _, op := range objects(w.do("full", "GET", "/v1/operations?connection=cw", nil).want(w.t, 200).list("operations")) {
		lines[text(op, "name")] = strings.Join([]string{text(op, "support"), text(op, "permission"), text(op, "reason"), text(op, "right")}, "|")
	}
	return lines
}

// check checks the connection and returns its findings by step.
func (w *world) check() map[string]map[string]any {
	w.t.Helper()
	found := map[string]map[string]any{}
	for _, f := range objects(w.do("full", "POST", w.path("/checks"), nil).want(w.t, 200).list("findings")) {
		found[text(f, "step")] = f
	}
	return found
}

// differing lists the keys of lines that differ.
func differing(before, after map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(before)), func(name string) bool { return before[name] == after[name] })
}

// TestRightTakenAway takes one right from the API member's role: a check shows it
// on the lines of its operations and on no other.
func TestRightTakenAway(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.check()
	before := w.served()
	for right, want := range map[string][]string{
		"Time Entry:add":           {"time_entries.create"},
		"Merge Tickets:edit":       {"tickets.merge"},
		"Contacts:edit":            {"contacts.update"},
		"Manage Documents:inquire": {"attachments.delete", "attachments.download", "attachments.get", "attachments.list"},
	} {
		id := w.put(fault{"fault": "revoke_right", "right": right})
		w.check()
		after := w.served()
		if got := differing(before, after); !slices.Equal(got, want) {
			t.Errorf("without %s the lines of %v change, want %v", right, got, want)
		}
		function, _, _ := strings.Cut(right, ":")
		for _, name := range want {
			if !strings.HasPrefix(after[name], "NOT_PERMITTED|DENIED|the API member's security role has None for ") || !strings.Contains(after[name], "> "+function+": ") {
				t.Errorf("without %s %s is %s", right, name, after[name])
			}
		}
		w.lift(id)
	}
	w.check()
	if got := differing(before, w.served()); len(got) > 0 {
		t.Errorf("with all rights back the lines of %v differ", got)
	}
}

// TestClosedRoleIsLearntByRefusals closes what tells the API member's rights: they
// are unknown then, until the PSA refuses a call.
func TestClosedRoleIsLearntByRefusals(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, path := range []string{"system/mySecurity", "system/securityRoles/*"} {
		w.put(answering(http.StatusForbidden).on("", path))
	}
	if f := w.check()["rights"]; text(f, "level") != "UNKNOWN" || !strings.Contains(text(f, "advice"), "1. A security role for the API member") {
		t.Errorf("the finding is %v", f)
	}
	before := w.served()
	if line := before["contacts.list"]; !strings.HasPrefix(line, "NATIVE|UNKNOWN|ConnectWise does not let the API member read what its security role grants") || !strings.HasSuffix(line, "|Companies > Contacts: Inquire All") {
		t.Errorf("contacts.list is %s", line)
	}
	w.put(fault{"fault": "revoke_right", "right": "Contacts:inquire"})
	w.get("/contacts").want(t, http.StatusForbidden)
	w.check()
	after := w.served()
	if got := differing(before, after); !slices.Equal(got, []string{"contacts.list"}) || !strings.HasPrefix(after["contacts.list"], "NOT_PERMITTED|DENIED|the PSA refused it at ") {
		t.Errorf("after a refusal %v differ, and contacts.list is %s", got, after["contacts.list"])
	}
}

// TestFaultsOfTheSetup does each step of the setup wrong: the command says what is
// wrong, and names the step that mends it.
func TestFaultsOfTheSetup(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte("<html><title>Router login</title></html>"))
	}))
	t.Cleanup(page.Close)
	const (
		role, member, client, agent, block = `1\. A security role for the API member`, `2\. The API member and its keys`, `3\. A client id`, `4\. The agent resource`, `5\. The connection`
	)
	for name, c := range map[string]struct {
		from, to string         // in the configuration
		site     string         // in place of the simulator's
		then     func(w *world) // once it is connected
		finds    string         // in the output
		step     string         // of the setup page that mends it
		code     int            // of the command
	}{
		"wrong site":    {site: "http://127.0.0.1:1", finds: `(?m)^connect +failed .*cannot connect`, step: block, code: 1},
		"another page":  {site: page.URL, finds: `(?m)^connect +failed .*Router login`, step: block, code: 1},
		"wrong company": {from: `"mspdemo"`, to: `"nosuchmsp"`, finds: `(?m)^company +failed .*"nosuchmsp"`, step: block, code: 1},
		"wrong keys":    {from: `env("CW_PRIVATE_KEY")`, to: `"wrong"`, finds: `(?m)^login +failed .*public_key, private_key and client_id`, step: member, code: 1},
		// ConnectWise refuses a client id that it does not know as it refuses keys.
		"unknown client id": {from: vendorClientID, to: "7a1d9c02-55e4-4b7f-8d63-0c9b1e2f3a44", finds: `(?m)^login +failed .*client_id`, step: client, code: 1},
		"client id that is withdrawn": {then: func(w *world) { w.admin("DELETE", "clients/"+vendorClientID, nil) },
			finds: `(?m)^login +failed .*Unable to authenticate`, step: client, code: 1},
		"no such agent resource":  {from: `agent_resource = "deskgate"`, to: `agent_resource = "nobody"`, finds: `(?m)^agent_resource +failed .*"nobody"`, step: agent, code: 1},
		"API-only agent resource": {from: `agent_resource = "deskgate"`, to: `agent_resource = "deskgate-api"`, finds: `(?m)^agent_resource +warning .*hold no time`, step: agent},
		"role without an area": {then: func(w *world) { w.put(fault{"fault": "revoke_right", "right": "Time Entry:inquire"}) },
			finds: `(?m)^time_entries +warning .*\n.*Time & Expense > Time Entry: Inquire All \(Add, Edit and Delete All to write\)`, step: role},
		"role without tickets": {then: func(w *world) { w.put(fault{"fault": "revoke_right", "right": "Service Tickets:inquire"}) },
			finds: `(?m)^tickets +failed .*\n.*Service Desk > Service Tickets: Inquire All`, step: role, code: 1},
		"inactive member": {then: func(w *world) {
			w.act("acarter", "PATCH", "/system/members/150", []any{map[string]any{"op": "replace", "path": "inactiveFlag", "value": true}}).want(w.t, 200)
		}, finds: `(?m)^login +failed .*made inactive since`, step: member, code: 1},
		"clocks apart": {then: func(w *world) { w.admin("POST", "clock", map[string]string{"advance": "10m"}) },
			finds: `(?m)^clock +warning .*more than 60 seconds apart`, step: block},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, dir: t.TempDir()}
			w.simulate()
			site := w.simURL
			if c.site != "" {
				site = c.site
			}
			config := w.configure(filepath.Join(bin, "connectors/deskgate-connector-connectwise"), site, "")
			if c.from != "" {
				config = w.rewrite(c.from, c.to)
			}
			w.launch(config)
			if c.then != nil {
				w.check() // it is connected
				c.then(w)
			}
			got := w.deskgate("full", "connection", "check", "cw")
			if got.code != c.code || !regexp.MustCompile(c.finds).MatchString(got.out) {
				t.Errorf("exit code %d, and it prints\n%s\n%s\nwant %s", got.code, got.out, got.errors, c.finds)
			}
			if !regexp.MustCompile(`\n +-> .*see .*"` + c.step + `"`).MatchString(got.out) {
				t.Errorf("it does not send to the step %s:\n%s", c.step, got.out)
			}
			if strings.Contains(got.out, vendorPassword) {
				t.Error("it shows a key")
			}
		})
	}
}

// TestConnectorSetup prints the setup page, and a check marks its steps.
func TestConnectorSetup(t *testing.T) {
	t.Parallel()
	w := start(t)
	got := w.deskgate("", "connector", "setup", "connectwise", "--config", filepath.Join(w.dir, "gateway.hcl"))
	for _, want := range []string{"## 1. A security role for the API member", "| Time & Expense | Time Entry |", "## 2. The API member and its keys", "## 3. A client id", "```hcl\nconnection \"connectwise\" {"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("exit code %d %s, and it does not print %q", got.code, got.errors, want)
		}
	}
	check := w.deskgate("full", "connection", "check", "cw")
	for _, title := range regexp.MustCompile(`(?m)^## (\d+\. .*)$`).FindAllStringSubmatch(got.out, -1) {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^%s +(done|review) +\w`, regexp.QuoteMeta(title[1]))).MatchString(check.out) {
			t.Errorf("the check does not mark %q:\n%s", title[1], check.out)
		}
	}
}
