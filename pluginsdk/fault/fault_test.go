package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestFrom(t *testing.T) {
	t.Parallel()
	secret := errors.New("dial with key hunter2")
	own := fault.NotFound("no ticket 7")
	for _, tt := range []struct {
		name    string
		err     error
		code    fault.Code
		outcome fault.Outcome
	}{
		{"neutral", own, fault.CodeNotFound, ""},
		{"wrapped", fmt.Errorf("get: %w", own), fault.CodeNotFound, ""},
		{"deadline", fmt.Errorf("x: %w", context.DeadlineExceeded), fault.CodeDeadlineExceeded, fault.Unknown},
		{"cancelled", context.Canceled, fault.CodeDeadlineExceeded, fault.Unknown},
		{"other", secret, fault.CodeInternal, ""},
	} {
		e := fault.From(tt.err)
		if e.Code != tt.code || e.Outcome != tt.outcome {
			t.Errorf("%s: From = %s, outcome %q; want %s, %q", tt.name, e.Code, e.Outcome, tt.code, tt.outcome)
		}
		if !errors.Is(e, tt.err) && !errors.Is(tt.err, e) {
			t.Errorf("%s: the cause is lost", tt.name)
		}
		if strings.Contains(e.Error(), "hunter2") {
			t.Errorf("%s: the words of an unknown error are shown: %s", tt.name, e)
		}
	}
	if fault.From(nil) != nil || fault.CodeOf(nil) != "" {
		t.Error("nil is not an error")
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*fault.Error{
		`invalid_argument: no such priority`: fault.InvalidArgument("priority.name", "no such priority", "High", "Low"),
		`invalid_argument: a is empty; b: b is long`: fault.Invalid(
			fault.Violation{Field: "a", Message: "a is empty"}, fault.Violation{Field: "b", Message: "b is long"}),
		`invalid_argument: the request is invalid`: fault.Invalid(),
		`rate_limited: slow down`:                  fault.RateLimited(time.Second, "slow down"),
	} {
		if got := e.Error(); got != want {
			t.Errorf("Error() = %q, want %q", got, want)
		}
	}
}

func TestIsLoginRefused(t *testing.T) {
	t.Parallel()
	if !fault.IsLoginRefused(fmt.Errorf("connect: %w", fault.LoginRefused("wrong key"))) {
		t.Error("a wrapped refused login is not seen")
	}
	for _, err := range []error{nil, errors.New("x"), fault.ConnectionDown("no route"), fault.PermissionDenied("no right")} {
		if fault.IsLoginRefused(err) {
			t.Errorf("%v counts as a refused login", err)
		}
	}
}
