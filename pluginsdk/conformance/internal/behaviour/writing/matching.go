package writing

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// receipts are the checks that hold for the receipt of any write.
func receipts() []suite.Check {
	var checks []suite.Check
	for _, w := range sample.Writes() {
		checks = append(checks, suite.Check{
			Name: "receipt/" + titled(w), About: "The receipt tells the truth of each field that was asked for, of what moved along, of the steps that it took and of the requests that it cost; what it says is what another process reads and what the PSA holds.",
			Operations: []string{w.Operation}, Writes: true,
			Run: func(t *suite.T) { w.Prepare(sample.Of(t)).Make(t) },
		})
	}
	return checks
}

// changing are the operations that write on a record which has an etag.
var changing = map[string]bool{
	"tickets.update": true, "tickets.transition": true, "tickets.merge": true, "tickets.delete": true, "notes.update": true, "notes.delete": true,
	"time_entries.update": true, "time_entries.delete": true, "schedule_entries.update": true, "schedule_entries.delete": true,
	"contacts.update": true, "configurations.update": true, "attachments.delete": true,
}

func matching() []suite.Check {
	var checks []suite.Check
	for _, w := range sample.Writes() {
		if !changing[w.Operation] {
			continue
		}
		checks = append(checks, suite.Check{
			Name: "if_match/" + titled(w), About: "A write with the etag that the record had is refused, tells the one that it has and sends nothing; with that one it is made, and the etag is another then.",
			Operations: []string{w.Operation}, Writes: true,
			Run: func(t *suite.T) { ifMatch(t, w.Prepare(sample.Of(t))) },
		})
	}
	return checks
}

// ifMatch makes a write with a stale etag and with the right one.
func ifMatch(t *suite.T, c write.Call) {
	old := etagOf(t, c)
	if old == "" {
		_, err := c.If("no etag").Dry().Try(t, t.Conn())
		if f := suite.Fault(err); err == nil || f.Code != fault.CodeInvalidArgument && f.Code != fault.CodePreconditionFailed && f.Code != fault.CodeFieldNotSupported {
			t.Errorf("%s has no etag, and %s with if_match answers %s; what cannot be compared has to be refused", c.Of, c.Operation, suite.Words(err))
		}
		t.NotRun("%s has no etag", c.Of)
	}
	stale(t, c, `W/"never"`, "an etag that there never was", old)
	if touch(t, c.Of) {
		now := etagOf(t, c)
		if now == old {
			t.Errorf("%s was changed, and its etag is still %s", c.Of, old)
			return
		}
		stale(t, c, old, "an etag that the record has no more", now)
		old = now
	}
	made := c.If(old).Make(t)
	if made.After == nil {
		return // it is deleted
	}
	if moved := write.Moved(made.Before, made.After); len(moved) > 0 && suite.Text(made.After, "etag") == old {
		t.Errorf("%s was written by %s, which changed it, and its etag is still %s: %s", c.Of, c.Operation, old, strings.Join(moved, "; "))
	}
}

// etagOf is the etag of the record that a write changes.
func etagOf(t *suite.T, c write.Call) string { return suite.Text(c.Of.Anew(t), "etag") }

// stale makes a write with an etag that is not the record's.
func stale(t *suite.T, c write.Call, etag, why, now string) {
	f := c.If(etag).Refused(t, why, fault.CodePreconditionFailed)
	if f != nil && f.CurrentETag != now {
		t.Errorf("%s with %s says that the etag is %q; another process reads %q", c.Operation, why, f.CurrentETag, now)
	}
	// The dry run of a write that would be refused is refused.
	_ = c.If(etag).Dry().Refused(t, why+", in a dry run", fault.CodePreconditionFailed)
}

// touched are fields that change a record without much ado.
var touched = []string{"title", "body", "summary", "end", "name", "last_name"}

// touch changes a record by the other process, as somebody else would; false where
// the connector has no way.
func touch(t *suite.T, ref record.Ref) bool {
	for _, r := range sample.Resources() {
		if r.Kind != ref.Kind || !t.Serves(r.Update) {
			continue
		}
		for _, field := range touched {
			if !has(r, field) || sample.Unsupported(t, r.Update, field) {
				continue
			}
			change, why := r.Change(sample.Of(t), ref, ref.Anew(t), field)
			if why != "" {
				continue
			}
			if _, err := change.Try(t, t.Anew()); err != nil {
				t.Fatalf("%s of %s by another process: %s", r.Update, field, suite.Words(err))
			}
			return true
		}
	}
	return false
}

// has tells whether the records of a resource have a field.
func has(r sample.Resource, field string) bool {
	return r.Empty().ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field)) != nil
}
