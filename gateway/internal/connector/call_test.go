package connector_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var one = map[string]helperConfig{"acme": {Token: "hunter2-hunter2"}}

func TestInvoke(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	var out psav1.GetTicketResponse
	cost, err := g.Invoke(t.Context(), "acme", psav1.TicketReader_GetTicket_FullMethodName,
		psav1.GetTicketRequest_builder{Ticket: new("who")}.Build(), &out, connector.Metadata{RequestID: "r1", Agent: "bot"})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.GetTicket().GetTitle(); got != "acme r1 bot" {
		t.Errorf("the connector saw %q", got)
	}
	if want := (connector.Cost{VendorRequests: 3, VendorTime: 40 * time.Millisecond}); cost != want {
		t.Errorf("it cost %v, not %v", cost, want)
	}
	var list psav1.ListTicketsResponse
	_, err = g.Invoke(t.Context(), "acme", psav1.TicketReader_ListTickets_FullMethodName, &psav1.ListTicketsRequest{}, &list, connector.Metadata{})
	if err != nil || len(list.GetNextPageToken()) != 6<<20 {
		t.Errorf("an answer beyond gRPC's 4 MiB: %d bytes, %v", len(list.GetNextPageToken()), err)
	}
}

func TestStatusOfAReadyConnection(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	status, ok := g.Status("acme")
	if !ok {
		t.Fatal("no status")
	}
	if status.Since.IsZero() || len(status.Operations) != 1 {
		t.Errorf("status %+v", status)
	}
	status.Since, status.Operations = time.Time{}, nil
	want := connector.Status{
		Name: "acme", Connector: helperName, Version: helperVersion, State: connector.Ready,
		Summary:  "tenant of acme",
		Agent:    connector.AgentResource{ID: "7", Name: "Bot", Attribution: "native"},
		Services: []string{"deskgate.psa.v1.TicketReader"},
	}
	if diff := cmp.Diff(want, status); diff != "" {
		t.Error(diff)
	}
	if all := g.Connections(); len(all) != 1 || all[0].Name != "acme" {
		t.Errorf("connections %v", all)
	}
	if _, ok := g.Status("other"); ok {
		t.Error("an unknown connection has a status")
	}
}

func TestInvokeOfNobody(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	_, err := g.order("other", "who")
	problemOf(t, err, problem.NotFound)
	_, _, err = g.Check(t.Context(), "other", connector.Metadata{})
	problemOf(t, err, problem.NotFound)
	g.Connect([]connector.ConnectionSpec{{Name: "orphan", Connector: "none"}})
	_, err = g.order("orphan", "who")
	if p := problemOf(t, err, problem.ConnectionDown); !strings.Contains(p.Detail, `there is no connector "none"`) {
		t.Errorf("detail %q", p.Detail)
	}
}

func TestFaultBecomesProblem(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	want := &problem.Problem{
		Code: problem.FailedPrecondition, Source: problem.PSA, Reason: "CONFIRMATION_REQUIRED",
		Detail:        "the PSA wants a resolution",
		Violations:    []problem.Violation{{Field: "status", Message: "no"}},
		Vendor:        &problem.Vendor{Status: 400, Code: "E7", Message: "token [hidden] is fine"},
		RetryAfter:    5 * time.Second,
		Confirmations: []problem.Confirmation{{Code: "c1", Text: "sure?"}},
		Outcome:       "NOT_SENT", CurrentETag: "e2", ExistingID: "9",
	}
	for _, write := range []bool{true, false} {
		if !write {
			want.Outcome = "" // there is nothing to know of a read
		}
		_, err := g.send(t.Context(), "acme", "fault failed_precondition", write)
		got := problemOf(t, err, problem.FailedPrecondition)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(problem.Problem{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOtherErrors(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	for name, test := range map[string]struct {
		order, method string
		code          problem.Code
		source        problem.Source
		outcome       problem.Outcome // of a write
		detail        string
	}{
		"a bare status": {
			order: "bare", code: problem.Internal, source: problem.Connector, outcome: "UNKNOWN",
			detail: "the connector failed without a reason; the log has more under this request id",
		},
		"a code that is not a connector's": {
			order: "fault unauthenticated", code: problem.Internal, source: problem.PSA, outcome: "NOT_SENT",
			detail: "the PSA wants a resolution",
		},
		"a service that is not served": {
			method: psav1.TicketWriter_CreateTicket_FullMethodName, code: problem.NotSupported, source: problem.Connector, outcome: "NOT_SENT",
			detail: `the connector "helper" of connection "acme" does not serve this operation`,
		},
	} {
		for _, write := range []bool{true, false} {
			method, in := psav1.TicketReader_GetTicket_FullMethodName, psav1.GetTicketRequest_builder{Ticket: new(test.order)}.Build()
			if test.method != "" {
				method = test.method
			}
			_, err := g.Invoke(t.Context(), "acme", method, in, &psav1.GetTicketResponse{}, connector.Metadata{Write: write})
			p := problemOf(t, err, test.code)
			if p.Source != test.source || p.Detail != test.detail || write && p.Outcome != test.outcome || !write && p.Outcome != "" {
				t.Errorf("%s, write %v: %+v", name, write, p)
			}
		}
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"passed": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Millisecond)
		},
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		},
	} {
		for _, write := range []bool{true, false} {
			ctx, cancel := end(t.Context())
			_, err := g.send(ctx, "acme", "deadline", write)
			cancel()
			p := problemOf(t, err, problem.DeadlineExceeded)
			if write != (p.Outcome == "UNKNOWN") {
				t.Errorf("%s, write %v: outcome %q", name, write, p.Outcome)
			}
		}
	}
	g.must("acme", "who")
}

func TestEnvironment(t *testing.T) {
	t.Setenv("DESKGATE_TOKEN_DEMO_FULL", "dg_secret")
	t.Setenv("HOME", "/home/somebody")
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	g := running(t, fast(), one)
	var names []string
	for line := range strings.Lines(g.must("acme", "environment")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if strings.HasPrefix(value, "-----BEGIN CERTIFICATE") {
			value = ""
		}
		if strings.Contains(line, "=") && strings.ToUpper(name) == name && !strings.ContainsAny(name, "/+") {
			names = append(names, name)
		}
		if name == "HTTPS_PROXY" && value != "http://proxy.example:3128" {
			t.Errorf("the proxy is %q", value)
		}
	}
	allowed := []string{
		"DESKGATE_CONNECTOR", "DESKGATE_LOG_LEVEL", "HTTPS_PROXY", "HTTP_PROXY", "LANG", "LC_ALL", "LC_CTYPE",
		"NODE_EXTRA_CA_CERTS", "NO_PROXY", "PATH", "PLUGIN_CLIENT_CERT", "PLUGIN_MAX_PORT", "PLUGIN_MIN_PORT",
		"PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR", "PWD", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ",
	} // PWD is the shell's own
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			t.Errorf("the connector sees %s", name)
		}
	}
	for _, name := range []string{"HTTPS_PROXY", "PATH", "DESKGATE_CONNECTOR", "DESKGATE_LOG_LEVEL"} {
		if !slices.Contains(names, name) {
			t.Errorf("the connector does not see %s: %v", name, names)
		}
	}
}
