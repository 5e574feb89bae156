package pluginsdk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	d, err := start(t, demoConnector(nil)).control.Describe(t.Context(), &connectorv1.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{d.GetName(), d.GetVersion(), d.GetSummary(), d.GetSetup(), d.GetContractMinor(), d.GetServices(),
		d.GetOperations()[0].GetOperation(), d.GetOperations()[0].GetEmulated(), d.GetOperations()[0].GetUnsupportedFilters()}
	want := []any{"demo", "1.2.3", "Speaks to a PSA that is not there.", "# Setup\n", int32(handshake.ContractMinor),
		[]string{"deskgate.psa.v1.TicketReader", "deskgate.psa.v1.TicketWriter"}, "tickets.list", true, []string{"owner"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, a := range d.GetSchema().GetAttributes() {
		names = append(names, a.GetName())
	}
	if got := strings.Join(names, " "); got != "agent_resource rate_limit status_categories priority_levels customer_notification merge_status site token" {
		t.Errorf("the schema has the attributes %s", got)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(func(*demo) error {
		t.Error("validating connects")
		return nil
	}))
	for config, want := range map[string][]string{
		demoJSON: nil,
		`{"site":"ftp://x","rate_limit":"often","defaults":{"ticket":{"queu":"x"}}}`: {"site", "token", "defaults.ticket.queu", "rate_limit"},
		`no JSON`: {""}, // an empty path is the whole
	} {
		answer, err := r.control.Validate(t.Context(), connectorv1.ValidateRequest_builder{Connection: new("a"), ConfigJson: []byte(config)}.Build())
		if err != nil {
			t.Fatalf("%s: %v", config, err)
		}
		var got []string
		for _, v := range answer.GetViolations() {
			got = append(got, v.GetField())
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: violations of %q, want %q", config, got, want)
		}
	}
	if _, err := r.get("a"); faultOf(t, err).Reason != reasonNotConnected {
		t.Errorf("a validated connection answers %v", err)
	}
}

func TestDispatchByConnection(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(nil))
	resp := r.connect("a", `{"site":"https://a.example","token":"token-a"}`)
	r.connect("b", `{"site":"https://b.example","token":"token-b"}`)
	for _, name := range []string{"a", "b", "a"} {
		if got, err := r.get(name); err != nil || got != "https://"+name+".example" {
			t.Errorf("over %s: %q, %v", name, got, err)
		}
	}
	if resp.GetSummary() != "Demo at https://a.example" || resp.GetVendorRequests() != 1 ||
		resp.GetAgentResource().GetName() != "Dana" || resp.GetAgentResource().GetAttribution() != "native" {
		t.Errorf("Connect answered %v", resp)
	}
}

func TestUnknownConnection(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(nil))
	var trailer metadata.MD
	_, err := r.get("nowhere", grpc.Trailer(&trailer))
	f := faultOf(t, err)
	if f.Code != fault.CodeConnectionDown || f.Reason != reasonNotConnected || f.Outcome != fault.NotSent || !strings.Contains(f.Message, `"nowhere"`) {
		t.Errorf("an unknown connection gives %+v", f)
	}
	if got := trailer.Get(handshake.TrailerVendorRequests); len(got) != 1 || got[0] != "0" {
		t.Errorf("the trailers are %v", trailer)
	}
	if line := r.log.find(t, "call refused"); line["connection"] != "nowhere" || line["operation"] != "tickets.get" {
		t.Errorf("logged %v", line)
	}
	_, err = r.tickets.GetTicket(t.Context(), &psav1.GetTicketRequest{})
	if f := faultOf(t, err); f.Code != fault.CodeInternal {
		t.Errorf("no connection gives %+v", f)
	}
}

func TestUnservedService(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(nil))
	r.connect("a", demoJSON)
	_, err := psav1.NewCompanyReaderClient(r.conn).GetCompany(on(t.Context(), "a"), &psav1.GetCompanyRequest{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("GetCompany = %v", err)
	}
}

func TestErrorsOfCalls(t *testing.T) {
	t.Parallel()
	wrote := func(ctx context.Context) context.Context { call.From(ctx).AddWrite(); return ctx }
	cases := map[string]struct {
		update  func(context.Context) error
		code    fault.Code
		outcome fault.Outcome
	}{
		"a fault": {
			func(context.Context) error { return fault.NotFound("no ticket 1") }, fault.CodeNotFound, ""},
		"a fault in a chain": {
			func(context.Context) error { return fmt.Errorf("get: %w", fault.NotFound("no ticket 1")) }, fault.CodeNotFound, ""},
		"a fault after a write": {
			func(ctx context.Context) error { wrote(ctx); return fault.NotFound("no ticket 1") }, fault.CodeNotFound, fault.Unknown},
		"any error": {
			func(context.Context) error { return errors.New("s3cret") }, fault.CodeInternal, fault.NotSent},
		"any error after a write": {
			func(ctx context.Context) error { wrote(ctx); return errors.New("s3cret") }, fault.CodeInternal, fault.Unknown},
		"a bare status": {
			func(context.Context) error { return status.Error(codes.NotFound, "s3cret") }, fault.CodeInternal, fault.NotSent},
		"the end of a context": {
			func(context.Context) error { return fmt.Errorf("get: %w", context.DeadlineExceeded) }, fault.CodeDeadlineExceeded, fault.NotSent},
		"a panic": {
			func(context.Context) error { panic("s3cret") }, fault.CodeInternal, fault.NotSent},
		"a panic after a write": {
			func(ctx context.Context) error { wrote(ctx); panic("s3cret") }, fault.CodeInternal, fault.Unknown},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, demoConnector(func(d *demo) error {
				d.update = func(ctx context.Context, _ *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
					call.From(ctx).AddRequest(0)
					return nil, c.update(ctx)
				}
				return nil
			}))
			r.connect("a", demoJSON)
			var trailer metadata.MD
			_, err := r.writes.UpdateTicket(on(t.Context(), "a"), &psav1.UpdateTicketRequest{}, grpc.Trailer(&trailer))
			f := faultOf(t, err)
			if f.Code != c.code || f.Outcome != c.outcome || f.Source != fault.SourceConnector {
				t.Errorf("got %+v", f)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the caller sees the inside: %v", err)
			}
			if got := trailer.Get(handshake.TrailerVendorRequests); len(got) != 1 || got[0] != "1" || len(trailer.Get(handshake.TrailerVendorMS)) != 1 {
				t.Errorf("the trailers are %v", trailer)
			}
		})
	}
}

func TestPanicIsLogged(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(func(d *demo) error {
		d.get = func(context.Context, *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
			panic("no such board, with " + d.config.Token)
		}
		return nil
	}))
	r.connect("a", demoJSON)
	if _, err := r.get("a"); faultOf(t, err).Code != fault.CodeInternal {
		t.Errorf("got %v", err)
	}
	line := r.log.find(t, "call failed")
	stack, _ := line["stack"].(string)
	if line["cause"] != "panic: no such board, with REDACTED" || !strings.Contains(stack, "TestPanicIsLogged") ||
		line["request_id"] != "req-1" || line["connection"] != "a" || line["@level"] != "error" {
		t.Errorf("logged %v", line)
	}
	if strings.Contains(r.log.String(), "s3cret-token") {
		t.Error("the token is in the log")
	}
}

func TestCallInContext(t *testing.T) {
	t.Parallel()
	var seen *call.Call
	r := start(t, demoConnector(func(d *demo) error {
		d.update = func(ctx context.Context, _ *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
			seen = call.From(ctx)
			return &psav1.UpdateTicketResponse{}, nil
		}
		return nil
	}))
	r.connect("a", demoJSON)
	ctx := metadata.AppendToOutgoingContext(on(t.Context(), "a"), handshake.MetadataAgent, "bot")
	for _, dry := range []bool{false, true} {
		req := psav1.UpdateTicketRequest_builder{Options: psav1.WriteOptions_builder{DryRun: &dry}.Build()}.Build()
		if _, err := r.writes.UpdateTicket(ctx, req); err != nil {
			t.Fatal(err)
		}
		if seen.Connection != "a" || seen.RequestID != "req-1" || seen.Agent != "bot" || seen.DryRun != dry {
			t.Errorf("the call is %+v", seen)
		}
	}
	if line := r.log.find(t, "call done"); line["operation"] != "tickets.update" || line["request_id"] != "req-1" || line["ms"] == nil {
		t.Errorf("logged %v", line)
	}
}

func TestMessagesBeyondTheLimitOfGRPC(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 5<<20)
	r := start(t, demoConnector(func(d *demo) error {
		d.get = func(_ context.Context, req *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
			return ticket(req.GetTicket()), nil
		}
		return nil
	}))
	r.connect("a", demoJSON)
	resp, err := r.tickets.GetTicket(on(t.Context(), "a"), psav1.GetTicketRequest_builder{Ticket: &large}.Build())
	if err != nil || resp.GetTicket().GetTitle() != large {
		t.Errorf("5 MiB: %v", err)
	}
}

func TestConnectRefused(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(func(d *demo) error {
		switch d.config.Site {
		case "https://refused.example":
			return fault.LoginRefused("the token is wrong")
		case "https://panic.example":
			panic("boom")
		}
		return nil
	}))
	r.connect("a", demoJSON)
	cases := map[string]fault.Code{
		`{"site":"ftp://x"}`: fault.CodeInvalidArgument,
		`{"site":"https://refused.example","token":"t0ken"}`: fault.CodeConnectionDown,
		`{"site":"https://panic.example","token":"t0ken"}`:   fault.CodeInternal,
	}
	for config, code := range cases {
		_, err := r.tryConnect("a", config)
		if f := faultOf(t, err); f.Code != code {
			t.Errorf("Connect with %s: %+v", config, f)
		}
	}
	_, err := r.tryConnect("a", `{"site":"ftp://x"}`)
	if vs := faultOf(t, err).Violations; len(vs) != 2 || vs[0].Field != "site" || vs[1].Field != "token" {
		t.Errorf("the violations are %+v", vs)
	}
	if got, err := r.get("a"); err != nil || got != "https://demo.example" {
		t.Errorf("the connection from before: %q, %v", got, err)
	}
}

func TestNoInstance(t *testing.T) {
	t.Parallel()
	c := demoConnector(nil)
	c.Connect = func(context.Context, Env, demoConfig) (*demo, error) { return nil, nil }
	_, err := start(t, c).tryConnect("a", demoJSON)
	if f := faultOf(t, err); f.Code != fault.CodeInternal {
		t.Errorf("got %+v", f)
	}
}
