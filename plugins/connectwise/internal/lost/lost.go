// Package lost judges what is found at ConnectWise of a write whose answer was
// lost: whether it can be of that write, and when finding nothing proves that the
// write did not happen.
package lost

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

const (
	// Settle is how long after its answer was given up a request can still arrive
	// at ConnectWise: what is not there then did not happen.
	Settle = 30 * time.Second

	// slack is how far ConnectWise's stamps can be from what its clock is thought
	// to be: both are cut to seconds, and requests take time.
	slack = 3 * time.Second
	// doubt is how long before a write a record may have been made that another
	// machine's clock could have stamped.
	doubt = time.Minute

	// soonest is how soon another look is worth its requests.
	soonest = 2 * time.Second
)

// Write is a write whose answer was lost, as one look sees it.
type Write struct {
	pluginsdk.LostWrite
	sent   time.Time     // SentAt by ConnectWise's clock
	since  time.Duration // how long ago the answer was given up
	settle time.Duration
}

// New begins a look, before anything is read. vendorTime is a time of ours by
// ConnectWise's clock; settle is Settle, or less in tests.
func New(w pluginsdk.LostWrite, vendorTime func(time.Time) time.Time, settle time.Duration) Write {
	return Write{LostWrite: w, sent: vendorTime(w.SentAt), since: time.Since(w.LostAt), settle: settle}
}

// From is the earliest stamp of what the write may have made.
func (w Write) From() time.Time { return w.sent.Add(-doubt) }

// Touched reports whether a record that was last changed then may have been
// changed by the write. The zero time is not known.
func (w Write) Touched(changed time.Time) bool {
	return changed.IsZero() || !changed.Before(w.sent.Add(-slack))
}

// Happened is the outcome of a write that happened, with its answer.
func (w Write) Happened(answer proto.Message, format string, args ...any) pluginsdk.Outcome {
	return pluginsdk.Outcome{Happened: pluginsdk.WriteHappened, Response: answer, Reason: fmt.Sprintf(format, args...)}
}

// Absent is the outcome of a write of which nothing is there: it did not happen,
// once a request that is late would have arrived.
func (w Write) Absent(format string, args ...any) pluginsdk.Outcome {
	why := fmt.Sprintf(format, args...)
	if w.since >= w.settle {
		return pluginsdk.Outcome{Happened: pluginsdk.WriteDidNot, Reason: fmt.Sprintf("%s, %s after its answer was given up", why, w.since.Round(time.Second))}
	}
	return w.Unknown("%s, and the request may still arrive", why)
}

// Unknown is the outcome of a write that cannot be told about; a later look may,
// as long as something of it can still arrive.
func (w Write) Unknown(format string, args ...any) pluginsdk.Outcome {
	out := pluginsdk.Outcome{Happened: pluginsdk.WriteUnknown, Reason: fmt.Sprintf(format, args...)}
	if left := w.settle - w.since; left > 0 {
		out.AskAgain = min(left, max(w.since, soonest))
	}
	return out
}

// Unfit is the outcome of a write whose request cannot be understood by what
// ConnectWise holds now, as err says. Another err is that of the look.
func (w Write) Unfit(err error) (pluginsdk.Outcome, error) {
	switch fault.CodeOf(err) {
	case fault.CodeInvalidArgument, fault.CodeFieldNotSupported, fault.CodeFailedPrecondition, fault.CodeNotFound, fault.CodeNotSupported, fault.CodeAlreadyExists:
		return w.Unknown("what was asked for does not fit what ConnectWise holds now: %s", fault.From(err).Message), nil
	}
	return pluginsdk.Outcome{}, err
}

// MayBeDone reports whether a request that failed may have been carried out all the
// same. The outcome that its fault tells is no help: it is that of the whole call, in
// which other writes were. One that ConnectWise had too many of is not carried out
// (connectwise.md §3).
func MayBeDone(err error) bool {
	switch fault.CodeOf(err) {
	case fault.CodeOutcomeUnknown, fault.CodeDeadlineExceeded:
		return true
	}
	return false
}

// Changed judges a record that a change was asked of, by what it holds now, which
// is both asked.Before and asked.Held; changed is when it was last changed, and
// what its name for people. With a receipt, the record holds all that was asked
// for; without one, out says what became of the change.
func (w Write) Changed(c *call.Call, asked receipt.Write, changed time.Time, what string) (told *psav1.Receipt, out pluginsdk.Outcome) {
	missing, still := asked.Differing(), !w.Touched(changed)
	switch {
	case len(missing) == 0 && still:
		return receipt.Unchanged(c, "", asked), out
	case len(missing) == 0:
		return receipt.Of(c, asked), out
	case still:
		return nil, w.Absent("%s has not been changed since", what)
	}
	return nil, w.Unknown("%s has been changed since, and does not hold as asked: %s", what, strings.Join(missing, ", "))
}

// Record is a record that is what a create asked for.
type Record struct {
	ID      string // as the neutral API has it
	Created time.Time
}

// Pick finds the one record that the create has made, by its place in the list.
// Where there is none that is sure, it is -1, and out says why. what is the name of
// such a record, for people.
func (w Write) Pick(what string, records []Record) (at int, out pluginsdk.Outcome) {
	var mine, doubtful []string
	at = -1
	for n, r := range records {
		switch {
		case slices.Contains(w.Others, r.ID):
		case w.Touched(r.Created):
			at = n
			mine = append(mine, r.ID)
		case !r.Created.Before(w.From()):
			doubtful = append(doubtful, r.ID)
		}
	}
	switch {
	case len(mine) == 1:
		return at, pluginsdk.Outcome{}
	case len(mine) > 1:
		return -1, w.Unknown("the %ss %s have all been made since, just as asked: which of them this write has made cannot be told", what, strings.Join(mine, ", "))
	case len(doubtful) > 0:
		return -1, w.Unknown("the %s %s is just as asked, and seems to have been made shortly before: whether by this write cannot be told", what, strings.Join(doubtful, ", "))
	}
	return -1, w.Absent("there is no %s as asked that was made since", what)
}

// SameText compares texts as ConnectWise may keep them: with other spaces and
// line ends (connectwise.md §9).
func SameText(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	return bare(a) == bare(b)
}
