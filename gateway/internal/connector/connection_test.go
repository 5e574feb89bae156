package connector_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/google/go-cmp/cmp"
)

func TestVendorDown(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "down")
	g := running(t, fast(), map[string]helperConfig{"acme": {Vendor: v.path}, "beta": {}})
	if status := g.until("acme", connector.Degraded); status.Reason != "the vendor is in maintenance" {
		t.Errorf("the reason is %q", status.Reason)
	}
	g.until("beta", connector.Ready)
	_, err := g.order("acme", "who")
	if p := problemOf(t, err, problem.ConnectionDown); p.Detail != `connection "acme" is degraded: the vendor is in maintenance` {
		t.Errorf("detail %q", p.Detail)
	}
	v.set("up")
	g.until("acme", connector.Ready)
	g.must("acme", "who")
}

func TestMissingRightIsTriedAgain(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "forbidden")
	g := running(t, fast(), map[string]helperConfig{"acme": {Vendor: v.path}})
	if status := g.until("acme", connector.NeedsAttention); status.Reason != "the account may not read tickets" {
		t.Errorf("the reason is %q", status.Reason)
	}
	v.set("up")
	g.until("acme", connector.Ready)
}

func TestRefusedLoginIsNotRepeated(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "refused")
	g := running(t, fast(), map[string]helperConfig{"acme": {Vendor: v.path, Token: "hunter2-hunter2"}, "beta": {}})
	status := g.until("acme", connector.NeedsAttention)
	if want := "the vendor refused the token [hidden] (no more tries until a check passes, so that the account is not locked)"; status.Reason != want {
		t.Errorf("the reason is %q", status.Reason)
	}
	g.until("beta", connector.Ready)
	pid := g.pid()
	kill(t, pid, syscall.SIGKILL)
	g.restarted(pid)
	g.until("beta", connector.Ready)
	if state, _ := g.Status("acme"); state.State != connector.NeedsAttention || v.tries() != 2 {
		t.Errorf("after %d tries it is %v", v.tries(), state)
	}

	check, _, err := g.Check(t.Context(), "acme", connector.Metadata{})
	if err != nil {
		t.Fatal(err)
	}
	if f := check.GetFindings()[0]; f.GetStep() != "login" || f.GetLevel() != connectorv1.Finding_Level_FAILED || f.GetMessage() != "the vendor refused the token [hidden]" || f.GetAdvice() == "" {
		t.Errorf("the check says %v", check)
	}
	if state, _ := g.Status("acme"); state.State != connector.NeedsAttention || v.tries() != 3 {
		t.Errorf("after %d tries it is %v", v.tries(), state)
	}
	v.set("up")
	check, _, err = g.Check(t.Context(), "acme", connector.Metadata{})
	if err != nil || check.GetVendorRequests() != 1 || check.GetFindings()[0].GetLevel() != connectorv1.Finding_Level_OK {
		t.Errorf("the check says %v, %v", check, err)
	}
	g.until("acme", connector.Ready)
	g.must("acme", "who")
}

func TestConfigurationThatTheConnectorRefuses(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "invalid")
	g := running(t, fast(), map[string]helperConfig{"acme": {Vendor: v.path}})
	status := g.until("acme", connector.NeedsAttention)
	want := []problem.Violation{{Field: "board", Message: "there is no board Dispatch", Allowed: []string{"Help Desk"}, DidYouMean: "Help Desk"}}
	if diff := cmp.Diff(want, status.Violations); diff != "" || status.Reason != "there is no board Dispatch" {
		t.Errorf("%q %s", status.Reason, diff)
	}
	check, _, err := g.Check(t.Context(), "acme", connector.Metadata{})
	if err != nil || check.GetFindings()[0].GetStep() != "board" || check.GetFindings()[0].GetMessage() != "board: there is no board Dispatch" {
		t.Errorf("the check says %v, %v", check, err)
	}
	if v.tries() != 2 { // the first, and the check's
		t.Errorf("%d tries", v.tries())
	}
}

func TestCheckOfAReadyConnection(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "up")
	g := running(t, fast(), map[string]helperConfig{"acme": {Vendor: v.path}})
	v.set("down")
	check, _, err := g.Check(t.Context(), "acme", connector.Metadata{})
	if err != nil || check.GetFindings()[0].GetLevel() != connectorv1.Finding_Level_FAILED {
		t.Errorf("the check says %v, %v", check, err)
	}
	if v.tries() != 1 {
		t.Errorf("the check has connected again: %d tries", v.tries())
	}
}

func TestCheckDoesNotWaitForTheNextTry(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.BackoffMin, timing.BackoffMax = time.Hour, time.Hour
	v := newVendor(t, "down")
	g := running(t, timing, map[string]helperConfig{"acme": {Vendor: v.path}})
	g.until("acme", connector.Degraded)
	g.eventually(func() bool {
		_, err := g.order("acme", "who")
		p := problemOf(t, err, problem.ConnectionDown)
		return p.RetryAfter > 30*time.Minute
	}, func() string { return "callers are not told when to come back" })
	v.set("up")
	if _, _, err := g.Check(t.Context(), "acme", connector.Metadata{}); err != nil {
		t.Fatal(err)
	}
	g.until("acme", connector.Ready)
}

func TestWatch(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	g.must("acme", "report DEGRADED")
	if status := g.until("acme", connector.Degraded); status.Reason != "it says DEGRADED" {
		t.Errorf("the reason is %q", status.Reason)
	}
	g.must("acme", "who") // calls show whether it works
	g.must("acme", "report NEEDS_ATTENTION")
	g.until("acme", connector.NeedsAttention)
	_, err := g.order("acme", "who")
	if p := problemOf(t, err, problem.ConnectionDown); !strings.Contains(p.Detail, "needs attention") {
		t.Errorf("detail %q", p.Detail)
	}
	if _, _, err := g.Check(t.Context(), "acme", connector.Metadata{}); err != nil {
		t.Fatal(err)
	}
	g.until("acme", connector.Ready)
	g.must("acme", "who")
}
