package fault

import (
	"math"
	"strings"
	"time"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// grpcCodes is what a client that does not read the detail sees. Several codes
// share one, so the detail decides.
var grpcCodes = map[Code]codes.Code{
	CodeInvalidArgument:    codes.InvalidArgument,
	CodeUnauthenticated:    codes.Unauthenticated,
	CodePermissionDenied:   codes.PermissionDenied,
	CodeNotFound:           codes.NotFound,
	CodeConflict:           codes.Aborted,
	CodeAlreadyExists:      codes.AlreadyExists,
	CodeOutcomeUnknown:     codes.Aborted,
	CodePreconditionFailed: codes.FailedPrecondition,
	CodeFailedPrecondition: codes.FailedPrecondition,
	CodeRateLimited:        codes.ResourceExhausted,
	CodeInternal:           codes.Internal,
	CodeNotSupported:       codes.Unimplemented,
	CodeFieldNotSupported:  codes.Unimplemented,
	CodeVendorError:        codes.Internal,
	CodeConnectionDown:     codes.Unavailable,
	CodeDeadlineExceeded:   codes.DeadlineExceeded,
}

var (
	outcomes = map[Outcome]connectorv1.Fault_Outcome_V{
		NotSent: connectorv1.Fault_Outcome_NOT_SENT,
		Unknown: connectorv1.Fault_Outcome_UNKNOWN,
	}
	sources = map[Source]connectorv1.Fault_Source_V{
		SourceConnector: connectorv1.Fault_Source_CONNECTOR,
		SourcePSA:       connectorv1.Fault_Source_PSA,
	}
)

// ToStatus returns err as the gRPC status that the gateway reads: the message,
// and a deskgate.connector.v1.Fault as its one detail. Text that is not UTF-8,
// as some PSAs send, is repaired, because gRPC would drop the whole error.
func ToStatus(err error) *status.Status {
	if err == nil {
		return nil
	}
	e := From(err)
	code, ok := grpcCodes[e.Code]
	if !ok {
		code = codes.Internal
	}
	st := status.New(code, utf8(e.Message))
	if with, err := st.WithDetails(e.Proto()); err == nil {
		return with
	}
	return st // not reached: every string of the detail is UTF-8
}

// Proto returns the error as the detail that ToStatus sends.
func (e *Error) Proto() *connectorv1.Fault {
	f := connectorv1.Fault_builder{Code: new(utf8(string(e.Code)))}
	set(&f.Reason, e.Reason)
	set(&f.CurrentEtag, e.CurrentETag)
	set(&f.ExistingId, e.ExistingID)
	for _, v := range e.Violations {
		b := connectorv1.Fault_Violation_builder{}
		set(&b.Field, v.Field)
		set(&b.Message, v.Message)
		set(&b.DidYouMean, v.DidYouMean)
		for _, a := range v.Allowed {
			b.Allowed = append(b.Allowed, utf8(a))
		}
		f.Violations = append(f.Violations, b.Build())
	}
	if e.Vendor != nil {
		b := connectorv1.Fault_Vendor_builder{}
		if e.Vendor.Status != 0 {
			b.Status = new(int32(e.Vendor.Status))
		}
		set(&b.Code, e.Vendor.Code)
		set(&b.Message, e.Vendor.Message)
		f.Vendor = b.Build()
	}
	if e.RetryAfter > 0 {
		f.RetryAfterSeconds = new(wholeSeconds(e.RetryAfter))
	}
	for _, c := range e.Confirmations {
		b := connectorv1.Fault_Confirmation_builder{}
		set(&b.Code, c.Code)
		set(&b.Text, c.Text)
		f.Confirmations = append(f.Confirmations, b.Build())
	}
	if v, ok := outcomes[e.Outcome]; ok {
		f.Outcome = new(v)
	}
	if v, ok := sources[e.Source]; ok {
		f.Source = new(v)
	}
	return f.Build()
}

// FromStatus returns the neutral error that a connector answered. A status
// without the detail is internal, whatever its code: no connector of this SDK
// sends one on purpose. It returns nil for OK.
func FromStatus(st *status.Status) *Error {
	if st.Code() == codes.OK {
		return nil
	}
	for _, d := range st.Details() {
		if f, ok := d.(*connectorv1.Fault); ok {
			return fromProto(st.Message(), f)
		}
	}
	return Internal(st.Err())
}

func fromProto(message string, f *connectorv1.Fault) *Error {
	e := &Error{
		Code:        Code(f.GetCode()),
		Message:     message,
		Reason:      f.GetReason(),
		RetryAfter:  time.Duration(f.GetRetryAfterSeconds()) * time.Second,
		CurrentETag: f.GetCurrentEtag(),
		ExistingID:  f.GetExistingId(),
	}
	for _, v := range f.GetViolations() {
		e.Violations = append(e.Violations, Violation{
			Field: v.GetField(), Message: v.GetMessage(), Allowed: v.GetAllowed(), DidYouMean: v.GetDidYouMean(),
		})
	}
	if f.HasVendor() {
		v := f.GetVendor()
		e.Vendor = &Vendor{Status: int(v.GetStatus()), Code: v.GetCode(), Message: v.GetMessage()}
	}
	for _, c := range f.GetConfirmations() {
		e.Confirmations = append(e.Confirmations, Confirmation{Code: c.GetCode(), Text: c.GetText()})
	}
	for o, v := range outcomes {
		if v == f.GetOutcome() {
			e.Outcome = o
		}
	}
	for s, v := range sources {
		if v == f.GetSource() {
			e.Source = s
		}
	}
	return e
}

func set(field **string, s string) {
	if s != "" {
		*field = new(utf8(s))
	}
}

func utf8(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// wholeSeconds rounds up, so that nobody comes back too early.
func wholeSeconds(d time.Duration) int32 {
	s := d / time.Second
	if d%time.Second > 0 {
		s++
	}
	return int32(min(s, math.MaxInt32))
}
