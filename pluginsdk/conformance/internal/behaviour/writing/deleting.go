package writing

import (
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func deleting() []suite.Check {
	var checks []suite.Check
	for _, w := range sample.Writes() {
		if !strings.HasSuffix(w.Operation, ".delete") {
			continue
		}
		checks = append(checks, suite.Check{
			Name: "delete/" + areaOf(w.Operation), About: "A deleted record is gone for everybody; to delete or to change it again is not_found.",
			Operations: []string{w.Operation}, Writes: true,
			Run: func(t *suite.T) { deleteOnce(t, w.Prepare(sample.Of(t))) },
		})
	}
	return append(checks, suite.Check{
		Name: "delete/tickets.reason", About: "The receipt tells what became of the reason of a deletion.",
		Operations: []string{"tickets.delete"}, Writes: true,
		Run: func(t *suite.T) {
			x := sample.Of(t)
			call := x.Delete("tickets.delete", sample.Refer(x.Ticket()))
			request, _ := call.Request.(*psav1.DeleteTicketRequest)
			request.SetReason("It was a test.")
			call.Parts = []string{"reason"}
			call.Make(t)
		},
	})
}

// deleteOnce deletes a record, and tries what can be done with it then.
func deleteOnce(t *suite.T, c write.Call) {
	made := c.Make(t)
	again := []write.Call{c}
	for _, r := range sample.Resources() {
		if r.Kind != c.Of.Kind || !t.Serves(r.Update) {
			continue
		}
		for _, field := range touched {
			if !has(r, field) || sample.Unsupported(t, r.Update, field) {
				continue
			}
			if change, why := r.Change(sample.Of(t), c.Of, made.Before, field); why == "" {
				again = append(again, change)
				break
			}
		}
	}
	for _, call := range again {
		if _, err := call.Try(t, t.Conn()); err == nil || suite.Fault(err).Code != fault.CodeNotFound {
			t.Errorf("%s of %s, which was deleted, answers %s; it has to be not_found", call.Operation, c.Of, suite.Words(err))
		}
	}
}
