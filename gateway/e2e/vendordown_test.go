package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestVendorDown starts before the vendor does, and loses it again.
func TestVendorDown(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	g := newGate(t, w.simURL)
	w.serveWith(g.url(), "")
	until(t, "the launcher is told what is not well", func() bool {
		return strings.Contains(w.gateway.stdout(), "connection cw is degraded: cannot connect to "+g.address)
	})
	r := w.get("/tickets").problem(t, 503, "connection_down").says(t, `"cw"`, g.address)
	if r.at("retryable") != true {
		t.Errorf("waiting does not help: %s", r.body)
	}
	w.do("full", "POST", w.path("/tickets"), `{"title":"x","company":{"id":"2"}}`).problem(t, 503, "connection_down")
	if got := status(w.url + "/readyz"); got != 200 {
		t.Errorf("/readyz answers %d: the gateway itself is well", got)
	}

	g.up()
	g.open()
	w.becomes("cw", "READY") // by itself
	id := w.get("/tickets?page_size=1").want(t, 200).text("tickets", 0, "id")

	g.down()
	r = w.get("/tickets/"+id).problem(t, 503, "connection_down").says(t, g.address)
	if strings.Contains(r.body, "PrivateDemoKey") {
		t.Errorf("a secret is told: %s", r.body)
	}
	r = w.do("full", "PATCH", w.path("/tickets/"+id), `{"title":"Changed"}`).problem(t, 503, "connection_down")
	if r.text("outcome") != "NOT_SENT" {
		t.Errorf("the outcome is %q: %s", r.text("outcome"), r.body)
	}
	if reason := w.becomes("cw", "DEGRADED"); !strings.Contains(reason, g.address) {
		t.Errorf("the reason is %q", reason)
	}
	g.up()
	w.get("/tickets/"+id).want(t, 200)
	w.becomes("cw", "READY")
}

// TestLoginRefused takes the credentials back: callers are never told 401, which
// would speak of their own token, the vendor is left alone after two refused
// logins, and a check that passes begins anew.
func TestLoginRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.ids(1)[0]
	expired := w.put(fault{"fault": "expire_auth"})
	w.get("/tickets/"+id).problem(t, 503, "connection_down").says(t, "private_key").refusedLogin(t)
	r := w.do("full", "POST", w.path("/tickets/"+id+"/internal-notes"), `{"body":"Noted."}`).problem(t, 503, "connection_down").refusedLogin(t)
	if r.text("outcome") == "UNKNOWN" {
		t.Errorf("a refused login cannot have written: %s", r.body)
	}
	if reason := w.becomes("cw", "NEEDS_ATTENTION"); !strings.Contains(reason, "account is not locked") {
		t.Errorf("the reason is %q", reason)
	}
	asked := len(w.asked("", ""))
	for range 3 {
		w.get("/tickets/"+id).problem(t, 503, "connection_down").says(t, "needs attention").refusedLogin(t)
	}
	if got := len(w.asked("", "")); got != asked {
		t.Errorf("the vendor was asked %d times after two refused logins", got-asked)
	}
	check := w.do("full", "POST", w.path("/checks"), nil, "X-Request-Id", "a-check").want(t, 200)
	if check.at("passed") == true || !strings.Contains(check.body, "login") {
		t.Errorf("the check says %s", check.body)
	}
	if cost := len(w.asked("", "")) - asked; cost == 0 || check.header.Get("X-Vendor-Requests") != strconv.Itoa(cost) {
		t.Errorf("the check cost %d vendor requests, the header says %s", cost, check.header.Get("X-Vendor-Requests"))
	}
	until(t, "the connector logs the check's requests", func() bool {
		return slices.ContainsFunc(w.logged("vendor request failed"), func(line map[string]any) bool { return line["request_id"] == "a-check" })
	})
	if state, _ := w.health("cw"); state != "NEEDS_ATTENTION" {
		t.Errorf("a check that fails makes the connection %s", state)
	}
	w.lift(expired)
	w.get("/tickets/"+id).problem(t, 503, "connection_down") // nobody has checked yet
	if check = w.do("full", "POST", w.path("/checks"), nil).want(t, 200); check.at("passed") != true {
		t.Errorf("the check says %s", check.body)
	}
	w.becomes("cw", "READY")
	w.get("/tickets/"+id).want(t, 200)
}

// refusedLogin checks that nobody is told to try again: vendors lock accounts.
func (r reply) refusedLogin(t *testing.T) reply {
	t.Helper()
	if r.text("reason") != "LOGIN_REFUSED" || r.at("retryable") != false || r.header.Get("Retry-After") != "" {
		t.Errorf("a refused login is answered with %s, Retry-After %q", r.body, r.header.Get("Retry-After"))
	}
	return r
}

// TestLoginRefusedAtStart has wrong keys from the beginning.
func TestLoginRefusedAtStart(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	expired := w.put(fault{"fault": "expire_auth"})
	w.serveWith(w.simURL, "")
	reason := w.becomes("cw", "NEEDS_ATTENTION")
	if !strings.Contains(reason, "private_key") {
		t.Errorf("the reason is %q", reason)
	}
	asked := w.asked("", "")
	refused := 0
	for _, r := range asked {
		if r.Status == 401 {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("the vendor refused %d logins, want 2: %v", refused, asked)
	}
	for range 3 {
		w.get("/tickets").problem(t, 503, "connection_down").says(t, "needs attention").refusedLogin(t)
	}
	if got := len(w.asked("", "")); got != len(asked) {
		t.Errorf("the vendor was asked %d times after the connection gave up", got-len(asked))
	}
	w.lift(expired)
	w.do("full", "POST", w.path("/checks"), nil).want(t, 200)
	w.becomes("cw", "READY")
	w.get("/tickets?page_size=1").want(t, 200)
}
