package ticket

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of a create: by the external id, or else by
// what was asked for, at the time that it was.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateTicketRequest, l lost.Write) (pluginsdk.Outcome, error) {
	c, err := s.newCreation(ctx, r)
	if err != nil {
		return l.Unfit(err)
	}
	if c.draft.Input.HasExternalId() {
		return s.createdAs(ctx, c, l)
	}
	where := api.Time("dateEntered", api.Since, l.From())
	if c.draft.company.ID != 0 {
		where = api.And(where, api.EqInt("company/id", c.draft.company.ID))
	}
	rows, err := api.List[api.Row[api.Ticket]](ctx, s.account.API, string(c.list), api.Query{Conditions: where, OrderBy: "id asc", PageSize: api.WidePage})
	if err != nil {
		return l.Unfit(err)
	}
	writer := s.writer.Load()
	rows = slices.DeleteFunc(rows, func(row api.Row[api.Ticket]) bool {
		return !c.isFor(&row.Record) || writer != nil && !strings.EqualFold(row.Record.Info.EnteredBy, *writer)
	})
	records := make([]lost.Record, len(rows))
	for n, row := range rows {
		records[n] = lost.Record{ID: strconv.Itoa(row.Record.ID), Created: entered(&row.Record)}
	}
	at, out := l.Pick("ticket", records)
	if at < 0 {
		return out, nil
	}
	answer := s.created(ctx, c, rows[at], c.write())
	if id := rows[at].Record.ID; (writer == nil || c.list == api.ProjectTickets) && answer.GetReceipt().GetOutcome() != psav1.Receipt_Outcome_APPLIED {
		// Somebody else can have entered one of the same title just then.
		return l.Unknown("ticket %d has the title and the company, was made since by %q, and is not all that was asked for: whether by this write cannot be told", id, rows[at].Record.Info.EnteredBy), nil
	}
	return l.Happened(answer, "ticket %d was made since, just as asked", rows[at].Record.ID), nil
}

// createdAs finds out what became of a create by its external id.
func (s *Service) createdAs(ctx context.Context, c *creation, l lost.Write) (pluginsdk.Outcome, error) {
	external := c.draft.Input.GetExternalId()
	rows, err := s.byExternalID(ctx, external)
	switch {
	case err != nil:
		return l.Unfit(err)
	case len(rows) == 0:
		return l.Absent("there is no ticket with the external id %q", external), nil
	}
	row := rows[0]
	id := strconv.Itoa(row.Record.ID)
	switch {
	case !c.isFor(&row.Record):
		return l.Unknown("ticket %s has the external id %q, with another title or company", id, external), nil
	case slices.Contains(l.Others, id) || !l.Touched(entered(&row.Record)):
		return l.Happened(s.existing(ctx, c, row), "ticket %s has the external id %q, and was not made by this write", id, external), nil
	}
	return l.Happened(s.created(ctx, c, row, c.write()), "ticket %s has the external id %q", id, external), nil
}

// entered is when a ticket was made.
func entered(t *api.Ticket) time.Time {
	return cmp.Or(t.Info.DateEntered.Time, t.DateEnteredBefore2019.Time)
}

// UpdateOutcome finds out what became of an update.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateTicketRequest, l lost.Write) (pluginsdk.Outcome, error) {
	return s.changeOutcome(ctx, updateOf(r), l, func(a *answer) proto.Message { return a.toUpdate() })
}

// TransitionOutcome finds out what became of a transition.
func (s *Service) TransitionOutcome(ctx context.Context, r *psav1.TransitionTicketRequest, l lost.Write) (pluginsdk.Outcome, error) {
	return s.changeOutcome(ctx, transitionOf(r), l, func(a *answer) proto.Message { return a.toTransition() })
}

// changeOutcome finds out what became of a change: it compares the ticket with
// what was asked for, part by part.
func (s *Service) changeOutcome(ctx context.Context, c change, l lost.Write, message func(*answer) proto.Message) (pluginsdk.Outcome, error) {
	t, err := s.target(ctx, c.ticket, nil)
	if err != nil {
		return l.Unfit(err)
	}
	d, err := s.draftOf(ctx, t, c)
	if err != nil {
		return l.Unfit(err)
	}
	if d.Has("description") || d.Has("resolution") {
		told, err := s.readStory(ctx, t.list(), t.id())
		if err != nil {
			return l.Unfit(err)
		}
		told.show(t.before)
		t.parts[psav1.Include_DESCRIPTION] = true
	}
	known := s.knownOfMail(ctx, t, d, c)
	said, saying, err := s.findComment(ctx, t, c, l)
	if err != nil {
		return l.Unfit(err)
	}
	w := receipt.Write{
		Asked: d.Asked, Before: t.before, Held: t.before, Fields: c.fields, Unread: notHere,
		DurationUnit: mapping.DurationUnit, Warnings: d.Warnings,
	}
	missing := w.Differing()
	still := !l.Touched(t.row.Record.Info.LastUpdated.Time) || c.options.HasIfMatch() && account.Expect(c.options, t.before.GetEtag(), "") == nil
	switch {
	case len(missing) == 0 && still && !said:
		if c.comment != nil {
			w.Parts = []receipt.Part{c.comment.skipped()}
		}
		told := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
		told.SetNotification(known)
		return l.Happened(message(t.answer(t.before, told)), "ticket %d holds all that was asked for, and did so before", t.id()), nil
	case len(missing) == 0 && (c.comment == nil || said):
		if c.comment != nil {
			w.Parts = []receipt.Part{{Field: "comment", Asked: c.comment.text}}
		}
		told := receipt.Of(call.From(ctx), w)
		told.SetNotification(known)
		account.Attribute(told, t.row.Record.Info.UpdatedBy, t.names)
		return l.Happened(message(t.answer(t.before, told)), "ticket %d holds all that was asked for", t.id()), nil
	case still && !said:
		return l.Absent("ticket %d has not been changed since", t.id()), nil
	}
	there := without(c.fields, missing)
	switch {
	case said:
		there = append(there, "comment")
	case c.comment != nil:
		missing = append(missing, "comment ("+saying.Reason+")")
	}
	return l.Unknown("ticket %d has been changed since: of what was asked for it has %s, and not %s", t.id(), inWords(there, c.paths), inWords(missing, c.paths)), nil
}

// inWords lists fields by the names that the caller has for them.
func inWords(fields []string, paths map[string]string) string {
	if len(fields) == 0 {
		return "nothing"
	}
	names := make([]string, len(fields))
	for n, field := range fields {
		names[n] = cmp.Or(paths[field], field)
	}
	return strings.Join(names, ", ")
}

// knownOfMail is what is known of mail because of a change whose answer was lost.
func (s *Service) knownOfMail(ctx context.Context, t *target, d *ticketDraft, c change) *psav1.Notification {
	_, known, err := s.plan(ctx, t, d, c, nil, d.Has("status") || d.Has("queue"))
	if err != nil {
		return mail.Lost(c.notify)
	}
	return known
}

// findComment looks for the note of a comment; without one, out says why.
func (s *Service) findComment(ctx context.Context, t *target, c change, l lost.Write) (said bool, out pluginsdk.Outcome, err error) {
	if c.comment == nil {
		return false, out, nil
	}
	draft := note.Internal(c.comment.text)
	if c.comment.toCustomer {
		draft = note.Discussion(c.comment.text, false)
	}
	found, out, err := note.Find(ctx, s.account, t.list(), t.id(), draft, "", l)
	return found != nil, out, err
}

// DeleteOutcome finds out what became of a deletion.
func (s *Service) DeleteOutcome(ctx context.Context, r *psav1.DeleteTicketRequest, l lost.Write) (pluginsdk.Outcome, error) {
	_, err := s.account.ReadTicket(ctx, r.GetTicket())
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return l.Happened(deleted(r, receipt.Deleted(call.From(ctx), account.Keyholder(), err)), "ticket %s is gone", r.GetTicket()), nil
	case err != nil:
		return l.Unfit(err)
	}
	return l.Absent("ticket %s is there", r.GetTicket()), nil
}
