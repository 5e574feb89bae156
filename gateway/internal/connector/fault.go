package connector

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"google.golang.org/grpc/status"
)

// What a connector says is shown to callers, within bounds.
const (
	maxText = 4 << 10 // bytes
	maxList = 200
)

// spoken are the codes that a connector may answer with. The others speak of
// the caller's request to the gateway, of which a connector knows nothing;
// unauthenticated above all is about the caller's own token.
var spoken = map[problem.Code]bool{
	problem.InvalidArgument: true, problem.PermissionDenied: true, problem.NotFound: true,
	problem.Conflict: true, problem.AlreadyExists: true, problem.OutcomeUnknown: true,
	problem.PreconditionFailed: true, problem.FailedPrecondition: true, problem.RateLimited: true,
	problem.Internal: true, problem.NotSupported: true, problem.FieldNotSupported: true,
	problem.VendorError: true, problem.ConnectionDown: true, problem.DeadlineExceeded: true,
}

// faultOf returns the status's Fault, or nil.
func faultOf(st *status.Status) *connectorv1.Fault {
	for _, d := range st.Details() {
		if f, ok := d.(*connectorv1.Fault); ok {
			return f
		}
	}
	return nil
}

// fromFault returns what the connector answered as a problem.
func (k call) fromFault(st *status.Status, f *connectorv1.Fault) *problem.Problem {
	text := func(s string) string { return bounded(k.connection.hide(s)) }
	p := &problem.Problem{
		Code: problem.Code(f.GetCode()), Source: problem.Connector,
		Detail: text(st.Message()), Reason: text(f.GetReason()),
		RetryAfter:  max(0, time.Duration(f.GetRetryAfterSeconds())*time.Second),
		CurrentETag: f.GetCurrentEtag(), ExistingID: f.GetExistingId(),
	}
	if f.GetSource() == connectorv1.Fault_Source_PSA {
		p.Source = problem.PSA
	}
	if !spoken[p.Code] {
		p = p.Because(fmt.Errorf("the connector answered the code %q, which is not one of a connector's", bounded(f.GetCode())))
		p.Code = problem.Internal
	}
	if p.Detail == "" {
		p.Detail = problem.Lookup(p.Code).Title
	}
	if p.Code == problem.FieldNotSupported {
		p.Detail += "; GET /v1/operations?connection=" + k.name() + " lists the fields and filters that this connection does not take"
	}
	if v := f.GetVendor(); f.HasVendor() {
		p.Vendor = &problem.Vendor{Status: int(v.GetStatus()), Code: text(v.GetCode()), Message: text(v.GetMessage())}
	}
	p.Violations = violations(f.GetViolations(), k.connection.hide)
	for _, c := range first(f.GetConfirmations()) {
		p.Confirmations = append(p.Confirmations, problem.Confirmation{Code: text(c.GetCode()), Text: text(c.GetText())})
	}
	if k.meta.Write { // of a read, there is nothing to know
		switch f.GetOutcome() {
		case connectorv1.Fault_Outcome_NOT_SENT:
			p.Outcome = problem.NotSent
		case connectorv1.Fault_Outcome_UNKNOWN:
			p.Outcome = problem.Unknown
		}
	}
	return p
}

// violations are what a connector finds wrong, field by field, without secrets.
func violations(said []*connectorv1.Fault_Violation, hide func(string) string) []problem.Violation {
	text := func(s string) string { return bounded(hide(s)) }
	var all []problem.Violation
	for _, v := range first(said) {
		violation := problem.Violation{Field: text(v.GetField()), Message: text(v.GetMessage()), DidYouMean: text(v.GetDidYouMean())}
		for _, a := range first(v.GetAllowed()) {
			violation.Allowed = append(violation.Allowed, text(a))
		}
		all = append(all, violation)
	}
	return all
}

func first[T any](list []T) []T { return list[:min(len(list), maxList)] }

func bounded(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
