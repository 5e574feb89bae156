package fault_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

var ignoreCause = cmpopts.IgnoreUnexported(fault.Error{})

// overTheWire is what the gateway's side of gRPC gets.
func overTheWire(t *testing.T, st *status.Status) *status.Status {
	t.Helper()
	raw, err := proto.Marshal(st.Proto())
	if err != nil {
		t.Fatalf("the status cannot be sent: %v", err)
	}
	p := st.Proto()
	if err := proto.Unmarshal(raw, p); err != nil {
		t.Fatal(err)
	}
	return status.FromProto(p)
}

func TestStatusRoundTrip(t *testing.T) {
	t.Parallel()
	full := &fault.Error{
		Code: fault.CodeFailedPrecondition, Message: "a resolution is missing", Reason: fault.ReasonConfirmationRequired,
		Violations: []fault.Violation{
			{Field: "priority.name", Message: "no such priority", Allowed: []string{"High", "Low"}, DidYouMean: "High"},
			{Field: "title"},
		},
		Vendor:        &fault.Vendor{Status: 400, Code: "InvalidObject", Message: "ticket object is invalid"},
		RetryAfter:    30 * time.Second,
		Confirmations: []fault.Confirmation{{Code: "dup", Text: "A similar ticket exists"}},
		Outcome:       fault.Unknown,
		Source:        fault.SourcePSA,
		CurrentETag:   `"b1946ac9"`,
		ExistingID:    "42",
	}
	for _, e := range []*fault.Error{
		full,
		fault.Internal(errors.New("hidden")),
		fault.DeadlineExceeded(fault.NotSent, "waiting"),
		fault.VendorError("empty vendor").WithVendor(0, "", ""),
		fault.AlreadyExists("7", "there"), fault.PreconditionFailed("e", "changed"),
		fault.LoginRefused("wrong key"), fault.FieldNotSupported("sla", "not here"),
	} {
		st := overTheWire(t, fault.ToStatus(fmt.Errorf("wrapped: %w", e)))
		if len(st.Details()) != 1 {
			t.Errorf("%s: %d details, want one", e.Code, len(st.Details()))
		}
		if diff := cmp.Diff(e, fault.FromStatus(st), ignoreCause); diff != "" {
			t.Errorf("%s changed on the way (-sent +got):\n%s", e.Code, diff)
		}
	}
}

func TestStatusCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[fault.Code]codes.Code{
		fault.CodeInvalidArgument: codes.InvalidArgument, fault.CodeUnauthenticated: codes.Unauthenticated,
		fault.CodePermissionDenied: codes.PermissionDenied, fault.CodeNotFound: codes.NotFound,
		fault.CodeConflict: codes.Aborted, fault.CodeAlreadyExists: codes.AlreadyExists,
		fault.CodeOutcomeUnknown: codes.Aborted, fault.CodePreconditionFailed: codes.FailedPrecondition,
		fault.CodeFailedPrecondition: codes.FailedPrecondition, fault.CodeRateLimited: codes.ResourceExhausted,
		fault.CodeInternal: codes.Internal, fault.CodeNotSupported: codes.Unimplemented,
		fault.CodeFieldNotSupported: codes.Unimplemented, fault.CodeVendorError: codes.Internal,
		fault.CodeConnectionDown: codes.Unavailable, fault.CodeDeadlineExceeded: codes.DeadlineExceeded,
		"made_up": codes.Internal,
	} {
		if got := fault.ToStatus(fault.New(code, "x")).Code(); got != want {
			t.Errorf("%s becomes gRPC %s, want %s", code, got, want)
		}
	}
}

func TestStatusWithoutDetailIsInternal(t *testing.T) {
	t.Parallel()
	e := fault.FromStatus(status.New(codes.NotFound, "secret words"))
	if e.Code != fault.CodeInternal || e.Message == "secret words" {
		t.Errorf("a bare status became %v", e)
	}
	if fault.FromStatus(status.New(codes.OK, "")) != nil || fault.ToStatus(nil) != nil {
		t.Error("success became an error")
	}
}

// A PSA that answers Latin-1 must not cost the caller the whole error.
func TestStatusRepairsText(t *testing.T) {
	t.Parallel()
	const bad = "M\xfcller"
	e := fault.Invalid(fault.Violation{Field: bad, Message: bad, Allowed: []string{bad}, DidYouMean: bad}).WithVendor(400, bad, bad)
	e.Reason, e.CurrentETag, e.ExistingID = bad, bad, bad
	e.Confirmations = []fault.Confirmation{{Code: bad, Text: bad}}
	got := fault.FromStatus(overTheWire(t, fault.ToStatus(e)))
	const good = "M\uFFFDller"
	if got.Message != good || got.Vendor == nil || got.Vendor.Message != good || got.Violations[0].Allowed[0] != good {
		t.Errorf("got %+v, vendor %+v", got, got.Vendor)
	}
}

func TestRetryAfterRoundsUp(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]int32{
		0: 0, time.Nanosecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, math.MaxInt64: math.MaxInt32,
	} {
		f := fault.ToStatus(fault.RateLimited(after, "x")).Details()[0].(*connectorv1.Fault)
		if got := f.GetRetryAfterSeconds(); got != want {
			t.Errorf("%d ns: %d seconds, want %d", after, got, want)
		}
	}
}
