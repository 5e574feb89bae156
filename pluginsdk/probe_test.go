package pluginsdk

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// seer is an instance that knows its rights, and what became of lost writes.
type seer struct {
	*demo
	rights []OperationPermission
	look   func(context.Context, LostWrite) (Outcome, error)
}

func (s *seer) ProbePermissions(context.Context) ([]OperationPermission, error) { return s.rights, nil }

func (s *seer) CheckOutcome(ctx context.Context, w LostWrite) (Outcome, error) {
	return s.look(ctx, w)
}

func seers(t *testing.T, s *seer, setup func(*demo) error) *rig {
	t.Helper()
	inner := demoConnector(setup)
	r := start(t, Connector[demoConfig, *seer]{
		Name: "demo", Summary: inner.Summary,
		Connect: func(ctx context.Context, env Env, config demoConfig) (*seer, error) {
			d, err := inner.Connect(ctx, env, config)
			s.demo = d
			return s, err
		},
	})
	r.connect("a", demoJSON)
	return r
}

// probed is what the gateway is told, by operation.
func (r *rig) probed() map[string]connectorv1.Permission_V {
	r.Helper()
	answer, err := connectorv1.NewPermissionProbeClient(r.conn).ProbePermissions(r.Context(),
		connectorv1.ProbePermissionsRequest_builder{Connection: new("a")}.Build())
	if err != nil {
		r.Fatal(err)
	}
	out := map[string]connectorv1.Permission_V{}
	for _, p := range answer.GetPermissions() {
		out[p.GetOperation()] = p.GetPermission()
		if p.GetPermission() == connectorv1.Permission_DENIED && p.GetReason() == "" {
			r.Errorf("%s is denied without a reason", p.GetOperation())
		}
	}
	return out
}

// TestRefusalsAreRemembered holds that what cannot be read is learned from the
// PSA's first no, and unlearned by a yes.
func TestRefusalsAreRemembered(t *testing.T) {
	t.Parallel()
	no := fault.PermissionDenied("no right")
	no.Source = fault.SourcePSA
	setup, _ := answers(no, nil)
	r := seers(t, &seer{rights: []OperationPermission{
		{Operation: "tickets.get"}, {Operation: "tickets.list", Permission: PermissionGranted},
		{Operation: "tickets.create", Permission: PermissionDenied, Reason: "Add is None"},
	}}, setup)
	want := map[string]connectorv1.Permission_V{
		"tickets.get": connectorv1.Permission_UNKNOWN, "tickets.list": connectorv1.Permission_GRANTED,
		"tickets.create": connectorv1.Permission_DENIED,
	}
	if diff := cmp.Diff(want, r.probed()); diff != "" {
		t.Errorf("before: %s", diff)
	}
	_, _ = r.get("a")
	want["tickets.get"] = connectorv1.Permission_DENIED
	if diff := cmp.Diff(want, r.probed()); diff != "" {
		t.Errorf("after a refusal: %s", diff)
	}
	_, _ = r.get("a")
	want["tickets.get"] = connectorv1.Permission_UNKNOWN
	if diff := cmp.Diff(want, r.probed()); diff != "" {
		t.Errorf("after a success: %s", diff)
	}
}

// TestOurOwnRefusalSaysNothingOfThePSA holds that only the PSA's no counts.
func TestOurOwnRefusalSaysNothingOfThePSA(t *testing.T) {
	t.Parallel()
	no := fault.PermissionDenied("the connector says no")
	no.Source = fault.SourceConnector
	setup, _ := answers(no)
	r := seers(t, &seer{}, setup)
	_, _ = r.get("a")
	if got := r.probed(); len(got) != 0 {
		t.Errorf("it is told as %v", got)
	}
}

func TestCheckOutcome(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	answer := psav1.UpdateTicketResponse_builder{Ticket: psav1.Ticket_builder{Id: new("1")}.Build()}.Build()
	for name, c := range map[string]struct {
		found     Outcome
		err       error
		happened  connectorv1.Happened_V
		askAgain  int32
		code      fault.Code
		operation string
	}{
		"happened":             {found: Outcome{Happened: WriteHappened, Response: answer}, happened: connectorv1.Happened_HAPPENED},
		"did not":              {found: Outcome{Happened: WriteDidNot}, happened: connectorv1.Happened_DID_NOT},
		"not yet known":        {found: Outcome{AskAgain: 1500 * time.Millisecond}, happened: connectorv1.Happened_CANNOT_TELL, askAgain: 2},
		"never known":          {found: Outcome{}, happened: connectorv1.Happened_CANNOT_TELL},
		"cannot look":          {err: fault.ConnectionDown("gone"), code: fault.CodeConnectionDown},
		"fails":                {err: errors.New("oh"), code: fault.CodeInternal},
		"an answer of another": {found: Outcome{Happened: WriteHappened, Response: &psav1.GetTicketResponse{}}, code: fault.CodeInternal},
		"no answer":            {found: Outcome{Happened: WriteHappened}, code: fault.CodeInternal},
		"no operation":         {operation: "tickets.explode", code: fault.CodeInvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := psav1.UpdateTicketRequest_builder{Ticket: new("1"), SetFields: []string{"title"}}.Build()
			r := seers(t, &seer{look: func(ctx context.Context, w LostWrite) (Outcome, error) {
				if !call.From(ctx).ReadOnly {
					t.Error("a look may write")
				}
				if w.Operation != "tickets.update" || !proto.Equal(w.Request, request) || !w.SentAt.Equal(sent) ||
					!w.LostAt.Equal(sent.Add(time.Minute)) || !slices.Equal(w.Others, []string{"7"}) {
					t.Errorf("asked of %+v", w)
				}
				return c.found, c.err
			}}, nil)
			raw, err := proto.Marshal(request)
			if err != nil {
				t.Fatal(err)
			}
			operation := "tickets.update"
			if c.operation != "" {
				operation = c.operation
			}
			got, err := connectorv1.NewOutcomeCheckerClient(r.conn).CheckOutcome(t.Context(), connectorv1.CheckOutcomeRequest_builder{
				Connection: new("a"), Operation: &operation, Request: raw, SentAt: timestamppb.New(sent),
				LostAt: timestamppb.New(sent.Add(time.Minute)), Others: []string{"7"},
			}.Build())
			if c.code != "" {
				if f := faultOf(t, err); f.Code != c.code {
					t.Errorf("fails with %+v", f)
				}
				return
			}
			if err != nil || got.GetHappened() != c.happened || got.GetAskAgainSeconds() != c.askAgain {
				t.Fatalf("CheckOutcome = %v, %v", got, err)
			}
			if c.happened == connectorv1.Happened_HAPPENED {
				var held psav1.UpdateTicketResponse
				if err := proto.Unmarshal(got.GetResponse(), &held); err != nil || !proto.Equal(&held, answer) {
					t.Errorf("the answer is %v, %v", &held, err)
				}
			}
		})
	}
}

// TestConnectorsWithoutEyes holds that a connector that cannot look says so.
func TestConnectorsWithoutEyes(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(nil))
	r.connect("a", demoJSON)
	got, err := connectorv1.NewOutcomeCheckerClient(r.conn).CheckOutcome(t.Context(), connectorv1.CheckOutcomeRequest_builder{
		Connection: new("a"), Operation: new("tickets.update"),
	}.Build())
	if err != nil || got.GetHappened() != connectorv1.Happened_CANNOT_TELL || got.HasAskAgainSeconds() {
		t.Errorf("CheckOutcome = %v, %v", got, err)
	}
	if got := r.probed(); len(got) != 0 {
		t.Errorf("ProbePermissions = %v", got)
	}
}
