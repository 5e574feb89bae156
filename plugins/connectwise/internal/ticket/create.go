package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateTicket creates a service ticket. One with an external id is created once:
// a ticket that has it already is answered in place of another.
func (s *Service) CreateTicket(ctx context.Context, r *psav1.CreateTicketRequest) (*psav1.CreateTicketResponse, error) {
	if r.GetOptions().HasIfMatch() {
		return nil, fault.InvalidArgument("options.if_match", "a ticket that is created has no version yet")
	}
	input, defaulted := s.withDefaults(r.GetInput())
	fields := receipt.SetFields(input, "notify")
	d, err := s.newDraft(ctx, nil, input, fields)
	if err != nil {
		return nil, err
	}
	if d.companyID == 0 {
		return nil, fault.InvalidArgument("company", "ConnectWise needs the company of a ticket; this contact has none")
	}
	quiet, known, err := mail.OnChange(input.GetNotify(), true)
	if err != nil {
		return nil, err
	}
	if input.HasExternalId() {
		if done, err := s.alreadyCreated(ctx, d); done != nil || err != nil {
			return done, err
		}
	}
	var row api.Row[api.Ticket]
	err = account.Planned(s.account.API.Post(ctx, "create the ticket", "service/tickets", d.body(quiet), &row))
	if fault.CodeOf(err) == fault.CodeOutcomeUnknown && input.HasExternalId() {
		row, err = s.findCreated(ctx, input.GetExternalId(), err)
	}
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		d.asked.ClearNotify() // only callers send it
		return psav1.CreateTicketResponse_builder{Ticket: d.asked, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held, err := s.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: d.asked, Held: held, Fields: without(fields, defaulted), Defaulted: append(defaulted, d.defaulted...), Unread: notHere}
	if d.has("description") || d.has("resolution") {
		if err := s.addDescription(ctx, held, row.Record.ID); err != nil {
			return nil, err
		}
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(known)
	s.account.Attribute(ctx, out, row.Record.Info.EnteredBy)
	return psav1.CreateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// withDefaults fills what the connection's configuration says where the caller
// does not, and names what it filled. A default status counts only together with
// the default queue that it belongs to.
func (s *Service) withDefaults(asked *psav1.Ticket) (*psav1.Ticket, []string) {
	input := proto.CloneOf(asked)
	defaults := s.account.Config.Defaults.Ticket
	var filled []string
	if defaults.Queue != "" && !input.HasQueue() {
		input.SetQueue(nameOrID(defaults.Queue))
		filled = append(filled, "queue")
		if defaults.Status != "" && !input.HasStatus() {
			input.SetStatus(psav1.Status_builder{Id: idOf(defaults.Status), Name: nameOf(defaults.Status)}.Build())
			filled = append(filled, "status")
		}
	}
	if defaults.Priority != "" && !input.HasPriority() {
		input.SetPriority(psav1.Priority_builder{Id: idOf(defaults.Priority), Name: nameOf(defaults.Priority)}.Build())
		filled = append(filled, "priority")
	}
	if defaults.Source != "" && !input.HasSource() {
		input.SetSource(nameOrID(defaults.Source))
		filled = append(filled, "source")
	}
	if defaults.DueIn > 0 && !input.HasDueAt() {
		input.SetDueAt(timestamppb.New(time.Now().Add(defaults.DueIn).Truncate(time.Second)))
		filled = append(filled, "due_at")
	}
	return input, filled
}

// idOf and nameOf are a value of the configuration as the two halves of a
// reference: a number is an id.
func idOf(s string) *string {
	if _, err := strconv.Atoi(s); err != nil {
		return nil
	}
	return &s
}

func nameOf(s string) *string {
	if idOf(s) != nil {
		return nil
	}
	return &s
}

func nameOrID(s string) *psav1.Reference {
	return psav1.Reference_builder{Id: idOf(s), Name: nameOf(s)}.Build()
}

// body is the record to create.
func (d *draft) body(quiet bool) map[string]any {
	body := map[string]any{}
	for _, m := range d.members {
		if m.value != nil {
			body[m.name] = m.value
		}
	}
	if len(d.custom) > 0 {
		body["customFields"] = d.allCustomFields(func(int) bool { return true })
	}
	if d.has("description") {
		body["initialDescription"] = mapping.Body(d.input.GetDescription())
	}
	if d.has("resolution") {
		body["initialResolution"] = mapping.Body(d.input.GetResolution().GetText())
	}
	if quiet {
		body["processNotifications"] = false
	}
	return body
}

// byExternalID finds the tickets of an external id.
func (s *Service) byExternalID(ctx context.Context, externalID string) ([]api.Row[api.Ticket], error) {
	where, err := api.EqText("externalXRef", externalID)
	if err != nil {
		return nil, account.Unsearchable("external_id", err)
	}
	return api.List[api.Row[api.Ticket]](ctx, s.account.API, "service/tickets", api.Query{Conditions: where, OrderBy: "id asc", PageSize: 2})
}

// alreadyCreated answers the ticket that has the external id, if it is the one
// asked for: the same title and company.
func (s *Service) alreadyCreated(ctx context.Context, d *draft) (*psav1.CreateTicketResponse, error) {
	rows, err := s.byExternalID(ctx, d.input.GetExternalId())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	row := rows[0]
	id := strconv.Itoa(row.Record.ID)
	if row.Record.Summary != d.input.GetTitle() || api.IDOf(row.Record.Company) != d.companyID {
		return nil, fault.AlreadyExists(id, fmt.Sprintf("ticket %s has the external id %q, with another title or company", id, d.input.GetExternalId()))
	}
	ticket, err := s.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	out := receipt.Unchanged(call.From(ctx))
	out.SetAlreadyExisted(true)
	out.SetNotification(mail.Nothing(d.input.GetNotify()))
	return psav1.CreateTicketResponse_builder{Ticket: ticket, Receipt: out}.Build(), nil
}

// findCreated looks for a ticket whose create got no answer. It is never sent
// again: what is not found stays unknown.
func (s *Service) findCreated(ctx context.Context, externalID string, lost error) (api.Row[api.Ticket], error) {
	for _, wait := range s.account.LookAgain {
		select {
		case <-ctx.Done():
			return api.Row[api.Ticket]{}, lost
		case <-time.After(wait):
		}
		rows, err := s.byExternalID(ctx, externalID)
		if err == nil && len(rows) > 0 {
			return rows[0], nil
		}
	}
	return api.Row[api.Ticket]{}, lost
}

// without returns the fields that are not among others.
func without(fields, others []string) []string {
	return slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return slices.Contains(others, f) })
}
