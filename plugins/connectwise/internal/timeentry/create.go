package timeentry

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// Reasons of what ConnectWise demands first.
const (
	reasonNoTime  = "MEMBER_CANNOT_HOLD_TIME"
	reasonStatus  = "STATUS_TAKES_NO_TIME"
	reasonLocked  = "TIME_ENTRY_LOCKED"
	createEntry   = "create the time entry"
	entriesOfPath = "time/entries"
)

// CreateTimeEntry books time on a ticket.
func (s *Service) CreateTimeEntry(ctx context.Context, r *psav1.CreateTimeEntryRequest) (*psav1.CreateTimeEntryResponse, error) {
	rd, err := newReader(ctx, s.account, include.Whole(nil))
	if err != nil {
		return nil, err
	}
	b, err := newBooking(ctx, s.account, r.GetInput(), nil)
	if err != nil {
		return nil, err
	}
	made, err := b.Post(ctx, createEntry, b.order, nil)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		out := receipt.DryRun(call.From(ctx), s.account.API.Root())
		out.SetNotification(b.order.Known)
		out.SetAttributedTo(mapping.MemberParty(b.member, rd.names))
		out.SetWarnings(b.Warnings)
		return psav1.CreateTimeEntryResponse_builder{TimeEntry: b.planned(), Receipt: out}.Build(), nil
	}
	return b.booked(ctx, rd, made, b.order.Known), nil
}

// booked answers a create with the entry that it has made.
func (b *Booking) booked(ctx context.Context, rd reader, made row, known *psav1.Notification) *psav1.CreateTimeEntryResponse {
	held := rd.entry(made, include.Whole(nil))
	out := b.Receipt(call.From(ctx), held, b.Fields)
	out.SetNotification(known)
	author := mapping.MemberParty(b.member, rd.names)
	if m, ok := rd.names.Members.ByID(api.IDOf(made.Record.Member)); ok {
		author = mapping.MemberParty(m, rd.names)
	}
	out.SetAttributedTo(author)
	out.SetWarnings(b.Warnings)
	return psav1.CreateTimeEntryResponse_builder{TimeEntry: held, Receipt: out}.Build()
}

// Receipt compares the entry that was made with those of the fields asked for that
// the caller gave.
func (b *Booking) Receipt(c *call.Call, held *psav1.TimeEntry, given []string) *psav1.Receipt {
	return receipt.Of(c, receipt.Write{Asked: b.Asked, Held: held, Fields: given, DurationUnit: mapping.DurationUnit})
}

// Booking is time that is about to be booked on a ticket: checked, and resolved
// in the scope of the ticket.
type Booking struct {
	*timeDraft
	ticket account.Chargeable
	member setup.Member // whose work it is
	order  mail.OfTime  // whom the entry itself asks to mail
}

// NewBooking prepares time that goes with another write on a ticket that was
// read already.
func NewBooking(ctx context.Context, a *account.Account, ticket account.Chargeable, input *psav1.TimeEntry) (*Booking, error) {
	return newBooking(ctx, a, input, &ticket)
}

// newBooking prepares a time entry; a ticket that is nil is read. Everything that
// is wrong with the request is said at once, and nothing is sent then.
func newBooking(ctx context.Context, a *account.Account, input *psav1.TimeEntry, ticket *account.Chargeable) (*Booking, error) {
	b, err := resolved(ctx, a, input, ticket)
	if err != nil {
		return nil, err
	}
	if err := b.statusTakesTime(ctx); err != nil {
		return nil, err
	}
	return b, b.fillDefaults(ctx)
}

// resolved finds what a time entry asks for, whether the ticket takes time or not.
func resolved(ctx context.Context, a *account.Account, input *psav1.TimeEntry, ticket *account.Chargeable) (*Booking, error) {
	var wrong []fault.Violation
	try := func(err error) error {
		if err != nil && fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			return nil
		}
		return err
	}
	b := &Booking{}
	if ticket == nil {
		found, err := readTicket(ctx, a, input.GetTicket())
		if err := try(err); err != nil {
			return nil, err
		}
		ticket = &found
	}
	b.ticket = *ticket
	b.timeDraft = forCreate(a, input, ticket.At())
	unable := []error{try(b.whose(ctx))}
	if err := try(b.resolve(ctx)); err != nil {
		return nil, err
	}
	var err error
	b.order, err = b.people(ctx).OnTime(input.GetNotify(), input.GetSummaryVisibility() == psav1.Visibility_CUSTOMER)
	unable = append(unable, try(err))
	if len(wrong) > 0 {
		return nil, fault.Invalid(wrong...)
	}
	for _, err := range unable {
		if err != nil {
			return nil, err
		}
	}
	if !b.Has("summary_visibility") {
		b.show(false)
	}
	b.Asked.SetTicket(mapping.NewReference(ticket.ID, strconv.Itoa(ticket.ID)))
	return b, nil
}

// readTicket reads the ticket that a write names, by id or by number, which is
// the same here.
func readTicket(ctx context.Context, a *account.Account, ref *psav1.Reference) (account.Chargeable, error) {
	field, id := "ticket.id", ref.GetId()
	switch {
	case !ref.HasId():
		field, id = "ticket.name", ref.GetName()
	case ref.HasName() && ref.GetName() != id:
		return account.Chargeable{}, fault.InvalidArgument("ticket", fmt.Sprintf("the ticket with the id %q has that number too, and the name says %q; give one of the two", id, ref.GetName()))
	}
	t, err := a.ReadChargeable(ctx, id)
	if fault.CodeOf(err) == fault.CodeNotFound {
		return t, fault.InvalidArgument(field, fault.From(err).Message)
	}
	return t, err
}

// whose finds the member that the entry is booked for, who is always sent: left
// out, ConnectWise takes the API member, which holds no time (connectwise.md §10).
func (b *Booking) whose(ctx context.Context) error {
	if !b.Has("technician") {
		b.member = b.Account.Agent
		if b.member.APIOnly() {
			return fault.FailedPrecondition(reasonNoTime, fmt.Sprintf(
				"the connection's agent resource %q is an API member, and those hold no time at ConnectWise: set agent_resource of the connection to a member with a full licence, or name a technician", b.member.Identifier))
		}
		return nil
	}
	m, err := b.Account.Tables.PickMember(ctx, "technician", catalogue.Named(b.Input.GetTechnician()))
	if err != nil {
		return err
	}
	if m.APIOnly() {
		return fault.InvalidArgument("technician", fmt.Sprintf("%q is an API member, and those hold no time at ConnectWise: name a technician with a full licence", m.Identifier))
	}
	b.member = m
	b.Asked.SetTechnician(mapping.NewReference(m.ID, m.FullName()))
	return nil
}

// statusTakesTime refuses time on a ticket whose status takes none, and says
// which do.
func (b *Booking) statusTakesTime(ctx context.Context) error {
	boardID := api.IDOf(b.ticket.Board)
	now, ok := b.Account.Tables.Status(ctx, boardID, api.IDOf(b.ticket.Status))
	if !ok || !now.NoTime {
		return nil
	}
	set, err := b.Account.Tables.Statuses(ctx, boardID)
	if err != nil {
		return err
	}
	var allowed []string
	for _, st := range set.Values {
		if !st.NoTime && !st.Inactive {
			allowed = append(allowed, st.Name)
		}
	}
	e := fault.FailedPrecondition(reasonStatus, fmt.Sprintf("ticket %d has the status %q, in which ConnectWise takes no time; it does in: %s", b.ticket.ID, now.Name, strings.Join(allowed, ", ")))
	e.Violations = []fault.Violation{{Field: "ticket", Message: e.Message, Allowed: allowed}}
	return e
}

// fillDefaults fills what the configuration says where the caller does not.
func (b *Booking) fillDefaults(ctx context.Context) error {
	defaults := b.Account.TimeDefaults
	if w := defaults.WorkType; w != nil && !b.Has("work_type") {
		b.Set("work_type", "workType", api.ID{ID: w.ID})
	}
	w := defaults.WorkRole
	if w == nil || b.Has("work_role") {
		return nil
	}
	roles, told, err := b.Account.Tables.WorkRolesAt(ctx, b.at.ID)
	if err != nil {
		return err
	}
	if here, ok := roles.ByID(w.ID); told && (!ok || here.Inactive) {
		b.Warnings = append(b.Warnings, fmt.Sprintf("the connection's default work role %q is none of %s; ConnectWise took its own", w.Name, b.at))
		return nil
	}
	b.Set("work_role", "workRole", api.ID{ID: w.ID})
	return nil
}

// people is who the entry can mail.
func (b *Booking) people(ctx context.Context) mail.People {
	board, _ := b.Account.Tables.Board(ctx, api.IDOf(b.ticket.Board))
	return mail.Of(&b.ticket.Ticket, board)
}

// Post books the time; in a dry run the record has no id. cc are the addresses
// that get a copy, where order says so; none are those that the ticket copies.
// All flags for mail are sent, so that no default decides.
func (b *Booking) Post(ctx context.Context, name string, order mail.OfTime, cc []string) (api.Row[api.TimeEntry], error) {
	body := b.body(b.ticket, b.member.ID)
	body["emailContactFlag"], body["emailCcFlag"], body["emailResourceFlag"] = order.Contact, order.CC, order.Technicians
	if order.CC {
		if len(cc) == 0 {
			cc = mapping.Addresses(b.ticket.CC)
		}
		body["emailCc"] = strings.Join(cc, ";")
	}
	var made row
	err := account.Planned(b.Account.API.Post(ctx, name, entriesOfPath, body, &made))
	return made, inCallersWords(err)
}

// planned is the entry that a dry run would make.
func (b *Booking) planned() *psav1.TimeEntry {
	b.Asked.ClearNotify() // only callers send it
	b.Asked.SetTechnician(mapping.NewReference(b.member.ID, b.member.FullName()))
	b.Asked.SetStartedAt(timestamppb.New(b.span.start))
	b.Asked.SetEndedAt(timestamppb.New(b.span.end))
	b.Asked.SetDurationSeconds(int32(b.span.end.Sub(b.span.start).Seconds()))
	if !b.Asked.HasSummaryVisibility() {
		b.Asked.SetSummaryVisibility(psav1.Visibility_INTERNAL)
	}
	return b.Asked
}

// inCallersWords names the fields of a time entry in what ConnectWise finds
// wrong: the author of a note is the technician of an entry.
func inCallersWords(err error) error {
	if fault.CodeOf(err) != fault.CodeInvalidArgument {
		return err
	}
	e := *fault.From(err)
	violations := make([]fault.Violation, len(e.Violations))
	for n, v := range e.Violations {
		if v.Field == "author" {
			v.Field = "technician"
		}
		violations[n] = v
	}
	e.Violations = violations
	return &e
}
