package writing

import (
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func dryRuns() []suite.Check {
	var checks []suite.Check
	for _, w := range sample.Writes() {
		checks = append(checks, suite.Check{
			Name: "dry_run/" + titled(w), About: "A dry run sends nothing but reads and changes nothing; it tells the requests that the same write then sends.",
			Operations: []string{w.Operation}, Writes: true, Needs: []string{simulated.Requests},
			Run: func(t *suite.T) { dryRun(t, w.Prepare(sample.Of(t))) },
		})
	}
	return append(checks, suite.Check{
		Name: "dry_run/refusal", About: "What a write is refused for, its dry run is refused for.",
		Operations: []string{"tickets.update"}, Writes: true,
		Run: func(t *suite.T) {
			x := sample.Of(t)
			value := psav1.Ticket_builder{Status: psav1.Status_builder{Name: new(noName)}.Build()}.Build()
			_ = sample.Tickets.Set(t, sample.Refer(x.Ticket()), value, "status").Dry().Refused(t, "a status that there is not, in a dry run", fault.CodeInvalidArgument)
		},
	})
}

// titled is the name of a write among all writes.
func titled(w sample.Write) string {
	if w.Name == "" {
		return w.Operation
	}
	return w.Operation + "." + w.Name
}

// dryRun makes a write as a dry run, looks that nothing happened, and makes it.
func dryRun(t *suite.T, c write.Call) {
	var before protoreflect.Message
	if c.Of.ID != "" {
		before = c.Of.Anew(t)
	}
	mailed := mailsOf(t)
	t.Forget()
	answer, err := c.Dry().Try(t, t.Conn())
	sent, requests := t.Sent(), t.Requests()
	if err != nil {
		t.Fatalf("the dry run of %s is refused: %s", c.Operation, suite.Words(err))
	}
	for _, r := range sent {
		t.Errorf("the dry run of %s sent %s %s", c.Operation, r.Method, r.Path)
	}
	if n := mailsOf(t) - mailed; n > 0 {
		t.Errorf("the dry run of %s mailed %d times", c.Operation, n)
	}
	if before != nil {
		for _, d := range write.Differences(before, c.Of.Anew(t)) {
			t.Errorf("the dry run of %s changed the record: %s", c.Operation, d)
		}
	}
	plan(t, c.Operation, answer.Receipt, requests)
	if t.Failed() {
		return
	}
	t.Forget()
	done, err := c.Try(t, t.Conn())
	if err != nil {
		t.Fatalf("the dry run of %s was planned, and the write itself is refused: %s", c.Operation, suite.Words(err))
	}
	if done.Receipt.GetOutcome() == psav1.Receipt_Outcome_DRY_RUN {
		t.Errorf("%s itself says that it was a dry run", c.Operation)
	}
	for _, wrong := range write.Planned(answer.Receipt.GetPlanned(), t.Sent()) {
		t.Errorf("%s: %s", c.Operation, wrong)
	}
}

// plan judges the receipt of a dry run; requests are those that it made.
func plan(t *suite.T, operation string, r *psav1.Receipt, requests []simulated.Request) {
	if r.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN {
		t.Errorf("the dry run of %s has the outcome %s", operation, r.GetOutcome())
	}
	if len(r.GetPlanned()) == 0 {
		t.Errorf("the dry run of %s plans nothing", operation)
	}
	for _, p := range r.GetPlanned() {
		if p.GetMethod() == "" || !strings.HasPrefix(p.GetPath(), "/") {
			t.Errorf("the dry run of %s plans %q %q; method and path are needed, and the path begins with a slash", operation, p.GetMethod(), p.GetPath())
		}
	}
	if len(requests) > 0 && len(r.GetReads()) == 0 {
		t.Errorf("the dry run of %s made %d reads, and its receipt tells none", operation, len(requests))
	}
	text, err := protojson.Marshal(r)
	t.Must(err)
	for _, secret := range t.Config.Secrets {
		if secret != "" && strings.Contains(string(text), secret) {
			t.Errorf("the dry run of %s tells a secret of the connection", operation)
		}
	}
}
