package trouble

import (
	"context"
	"regexp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// checking are the checks of the connector's own check of a connection.
func checking() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	return []suite.Check{{
		Name: "check/works", About: "The check of a connection that works finds nothing that does not, changes nothing and says what it cost.",
		Needs: needs, Run: checkWorks,
	}, {
		Name: "check/login", About: "The check finds that the login is refused, says what to do, and does not try on.",
		Needs: needs, Run: checkLogin,
	}, {
		Name: "check/broken", About: "The check finds a PSA that cannot be reached, that is down, that talks nonsense or that lets the account read nothing, and says what to do.",
		Needs: needs, Run: checkBroken,
	}}
}

// check asks the connector to check the connection that is tested.
func check(t *suite.T) *connectorv1.CheckResponse {
	answer, err := t.Subject.Control().Check(t.Context(), connectorv1.CheckRequest_builder{Connection: new(t.Connection())}.Build())
	t.Heard(err)
	if err != nil {
		t.Errorf("Check answers %s; what is wrong is a finding, not an error", suite.Words(err))
	}
	t.HeardAll(answer)
	return answer
}

var stepName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// checkOf makes a check, holds its findings to their form and its cost to what the
// PSA was asked, and returns those that say that something does not work.
func checkOf(t *suite.T, what string) (failed []*connectorv1.Finding) {
	v := vendor{t}
	v.forget()
	answer := check(t)
	log := v.log()
	v.onlyRead(log, "Check")
	if int(answer.GetVendorRequests()) != len(log) {
		t.Errorf("Check with %s says that it cost %d requests to the PSA; it was %d", what, answer.GetVendorRequests(), len(log))
	}
	if len(answer.GetFindings()) == 0 {
		t.Errorf("Check with %s finds nothing", what)
	}
	unknown := 0
	for _, f := range answer.GetFindings() {
		if !stepName.MatchString(f.GetStep()) {
			t.Errorf("Check with %s has a finding of the step %q; steps are named like agent_resource", what, f.GetStep())
		}
		if f.GetMessage() == "" {
			t.Errorf("Check with %s: the step %s has no message", what, f.GetStep())
		}
		switch f.GetLevel() {
		case connectorv1.Finding_Level_UNSPECIFIED:
			t.Errorf("Check with %s: the step %s has no level", what, f.GetStep())
		case connectorv1.Finding_Level_FAILED:
			failed = append(failed, f)
			if f.GetAdvice() == "" {
				t.Errorf("Check with %s: the step %s has failed and no advice says what to do: %s", what, f.GetStep(), f.GetMessage())
			}
		case connectorv1.Finding_Level_UNKNOWN:
			unknown++
		}
	}
	if len(log) == 0 && unknown == len(answer.GetFindings()) && unknown > 0 {
		t.NotServed("its check looks at nothing: %s", answer.GetFindings()[0].GetMessage())
	}
	return failed
}

func checkWorks(t *suite.T) {
	v := vendor{t}
	before := v.holds()
	for _, f := range checkOf(t, "a connection that works") {
		t.Errorf("Check of a connection that works has the step %s fail: %s", f.GetStep(), f.GetMessage())
	}
	v.unchanged(before, "Check")
	_, err := t.Subject.Control().Check(t.Context(), connectorv1.CheckRequest_builder{Connection: new("never-made")}.Build())
	t.Heard(err)
	if err == nil {
		t.Errorf("Check of a connection that does not exist is answered")
	}
}

func checkLogin(t *suite.T) {
	checkOf(t, "a connection that works")
	v := vendor{t}
	placed := v.place(simulated.Fault{Fault: simulated.Answers, Status: 401})
	failed := checkOf(t, "a login that is refused")
	log := v.log()
	v.lift(placed)
	if len(failed) == 0 {
		t.Errorf("the PSA refuses the login, and no step of the check fails")
	}
	if len(failed) > 0 && !slices.ContainsFunc(failed, func(f *connectorv1.Finding) bool { return f.GetStep() == "login" }) {
		t.Logf("the PSA refuses the login; the step that fails is %s, and the usual name is login", failed[0].GetStep())
	}
	if len(log) > 2 {
		t.Errorf("Check goes on after its login was refused: it makes %d requests, and PSAs lock accounts", len(log))
	}
	recovers(t, "a login that was refused")
}

// recovers holds that the connection works again, as a check of it says.
func recovers(t *suite.T, after string) {
	for _, f := range checkOf(t, "a connection that works again") {
		t.Errorf("after %s Check still has the step %s fail: %s", after, f.GetStep(), f.GetMessage())
	}
	if t.Serves("tickets.list") {
		works(t, "after "+after)
	}
}

func checkBroken(t *suite.T) {
	checkOf(t, "a connection that works")
	v := vendor{t}
	for _, broken := range []struct {
		what  string
		fault simulated.Fault
	}{
		{"a PSA that breaks every connection", simulated.Fault{Fault: simulated.DropBefore}},
		{"a PSA that is down", simulated.Fault{Fault: simulated.Answers, Status: 503, Body: text(down)}},
		{"a web page in place of the PSA", simulated.Fault{Fault: simulated.HTML}},
		{"a PSA that lets nothing be read", simulated.Fault{Fault: simulated.Answers, Status: 403}},
	} {
		placed := v.place(broken.fault)
		failed := checkOf(t, broken.what)
		v.lift(placed)
		if len(failed) == 0 {
			t.Errorf("Check with %s has no step that fails", broken.what)
		}
		recovers(t, broken.what)
	}
}

// inTime is a context for a call that gets d.
func inTime(t *suite.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// servesAll tells whether operations are served.
func servesAll(t *suite.T, operations []string) bool {
	return !slices.ContainsFunc(operations, func(op string) bool { return !t.Serves(op) })
}

// withVendorRecord asks a read for the PSA's own record too, where it can be asked.
func withVendorRecord(request proto.Message) {
	m := request.ProtoReflect()
	if f := m.Descriptor().Fields().ByName("include"); f != nil && f.IsList() {
		list := m.Mutable(f).List()
		list.Append(protoreflect.ValueOfEnum(psav1.Include_VENDOR.Number()))
	}
}
