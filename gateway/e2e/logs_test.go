package e2e

import (
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestRequestID follows a caller's request id through the gateway to the
// vendor requests that it cost.
func TestRequestID(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.ids(1)[0]
	const mine = "My-request_1.0"
	r := w.do("full", "PATCH", w.path("/tickets/"+id), `{"title":"Followed"}`, "X-Request-Id", mine).want(t, 200)
	if got := r.header.Get("X-Request-Id"); got != mine {
		t.Errorf("the answer is to request %q", got)
	}
	lines := func(message, request string) (found []map[string]any) {
		for _, line := range w.logged(message) {
			if line["request_id"] == request {
				found = append(found, line)
			}
		}
		return found
	}
	until(t, "the log arrives", func() bool { return len(lines("call done", mine)) == 1 && len(lines("call", mine)) > 0 })
	if calls := lines("call", mine); len(calls) != 1 || calls[0]["agent"] != "full" || calls[0]["operation"] != "tickets.update" ||
		calls[0]["connection"] != "cw" || calls[0]["status"] != 200.0 {
		t.Errorf("the gateway logs %v", calls)
	}
	requests := lines("vendor request", mine)
	if got := r.header.Get("X-Vendor-Requests"); len(requests) == 0 || got != strconv.Itoa(len(requests)) {
		t.Errorf("the answer counts %s vendor requests, the log has %d", got, len(requests))
	}
	methods := ""
	for _, line := range requests {
		methods += text(line, "method") + " "
		if line["connector"] != "connectwise" || line["connection"] != "cw" || line["agent"] != "full" || line["status"] == nil {
			t.Errorf("a vendor request is logged as %v", line)
		}
	}
	if !strings.Contains(methods, "PATCH") {
		t.Errorf("the log has the vendor requests %s", methods)
	}

	// What goes wrong can be followed as well.
	w.put(answering(500).on("GET", "service/tickets/"+id))
	w.do("full", "GET", w.path("/tickets/"+id), nil, "X-Request-Id", mine+"-bad").problem(t, 502, "vendor_error")
	until(t, "the connector's log arrives", func() bool { return len(lines("vendor request failed", mine+"-bad")) == 3 })

	// An id that could forge a log line is not taken over.
	for _, bad := range []string{"a b", strings.Repeat("x", 65), `"}`, "ü"} {
		if got := w.do("full", "GET", "/v1/agent", nil, "X-Request-Id", bad).header.Get("X-Request-Id"); got == bad || got == "" {
			t.Errorf("the id %q becomes %q", bad, got)
		}
	}
}

// TestNoSecrets looks for secrets in everything that is said, while a vendor
// echoes what it was sent.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	w := start(t)
	const private = "Dg7PrivateDemoKey"
	login := "mspdemo+Dg7PublicDemoKey:" + private
	basic := base64.StdEncoding.EncodeToString([]byte(login))
	ids := w.ids(4)
	said := map[string]string{}
	say := func(what string, r reply) {
		said[what] = r.body
		for name, values := range r.header {
			said[what] += "\n" + name + ": " + strings.Join(values, ", ")
		}
	}

	echo := "key " + private + " header Basic " + basic + " login " + login
	for n, status := range []int{400, 403, 500} {
		w.put(fault{"fault": "status", "status": status, "body": map[string]any{"code": "Echo", "message": echo}}.on("GET", "service/tickets/"+ids[n]))
		say("an error that echoes", w.get("/tickets/"+ids[n]))
		if !strings.Contains(said["an error that echoes"], "key ") {
			t.Errorf("the vendor's words are lost: %s", said["an error that echoes"])
		}
	}
	page := w.put(fault{"fault": "html", "body": "<title>" + echo + "</title>"}.on("GET", "service/tickets/"+ids[0]))
	say("a page that echoes", w.get("/tickets/"+ids[0]))
	w.lift(page)
	say("a dry run", w.do("full", "PATCH", w.path("/tickets/"+ids[3]+"?dry_run=true"), `{"title":"Planned"}`).want(t, 200))
	if !strings.Contains(said["a dry run"], "Planned") {
		t.Errorf("the dry run plans nothing: %s", said["a dry run"])
	}
	say("a wrong token", w.do("", "GET", w.path("/tickets"), nil, bearer("dg_fullfull_"+strings.Repeat("Wrong", 8))...))
	say("a token in the wrong place", w.do("full", "GET", w.path("/tickets?token="+tokens["full"]), nil))
	expired := w.put(fault{"fault": "expire_auth"})
	say("a refused login", w.get("/tickets/"+ids[3]))
	say("a check", w.do("full", "POST", w.path("/checks"), nil))
	w.lift(expired)
	say("the connections", w.do("full", "GET", "/v1/connections", nil))
	say("the agent", w.do("full", "GET", "/v1/agent", nil))
	kill9(t, w.connector()) // the last words of a process are kept and told
	until(t, "the connector is started again", func() bool { return len(w.connectors()) == 2 })

	// A literal secret in the file is warned of and not shown.
	config := filepath.Join(w.dir, "gateway.hcl")
	literal := w.rewrite(`env("CW_PRIVATE_KEY")`, `"`+private+`"`)
	for what, args := range map[string][]string{
		"validate":                      {"validate", "--config", config},
		"validate, a literal":           {"validate", "--config", literal},
		"validate, a literal misplaced": {"validate", "--config", w.rewrite(`private_key    = env("CW_PRIVATE_KEY")`, `private_keyy = "`+private+`"`)},
		"validate, an unset variable":   {"validate", "--config", w.rewrite("CW_PRIVATE_KEY", "NOT_SET")},
		"connector list":                {"connector", "list", "--config", literal},
	} {
		cmd := exec.Command(filepath.Join(bin, "deskgate"), args...)
		cmd.Env = append(cmd.Environ(), environ()...)
		out, _ := cmd.CombinedOutput() // some of them fail, and have to
		said[what] = string(out)
	}
	said["the gateway's output"] = w.gateway.stdout()
	said["the log"] = w.gateway.stderr()
	secrets := map[string]string{
		"the private key": private, "the Basic header": basic,
		"a wrong token": strings.Repeat("Wrong", 8),
	}
	for name, token := range tokens {
		secrets["the token of "+name] = strings.TrimPrefix(token, "dg_")
	}
	for what, text := range said {
		if text == "" && what != "the gateway's output" {
			t.Errorf("%s: nothing was said", what)
		}
		for name, secret := range secrets {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s tells %s: ...%s...", what, name, text[max(0, i-200):min(len(text), i+len(secret)+50)])
			}
		}
	}
	for _, r := range w.asked("", "") { // the simulator has seen them, so that there was something to hide
		if r.Header.Get("Authorization") != "" {
			return
		}
	}
	t.Error("no vendor request carried a login")
}
