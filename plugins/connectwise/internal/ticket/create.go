package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// phaseID is the custom field that says which phase of which project a ticket
// belongs to.
const phaseID = "vendor.phase"

// CreateTicket creates a ticket. One with an external id is created once: a
// ticket that has it already is answered in place of another.
func (s *Service) CreateTicket(ctx context.Context, r *psav1.CreateTicketRequest) (*psav1.CreateTicketResponse, error) {
	if r.GetOptions().HasIfMatch() {
		return nil, fault.InvalidArgument("options.if_match", "a ticket that is created has no version yet")
	}
	list := api.ServiceTickets
	if r.GetInput().GetKind() == psav1.Kind_PROJECT {
		list = api.ProjectTickets
	}
	if !slices.Contains(s.account.TicketLists(), list) {
		return nil, fault.FieldNotSupported("kind", "this connection serves no project tickets: include_project_tickets is false")
	}
	rd, err := s.reader(ctx, list)
	if err != nil {
		return nil, err
	}
	input, defaulted := s.withDefaults(list, r.GetInput())
	fields := receipt.SetFields(input, "notify")
	d, err := s.newDraft(ctx, list, nil, input, fields, defaultPaths(defaulted))
	if err != nil {
		return nil, err
	}
	if phase := mapping.CustomFieldPath(phaseID); list == api.ProjectTickets && !d.has(phase) {
		return nil, fault.InvalidArgument(phase, "a ticket of a project belongs to a phase: give the phase's id")
	}
	if d.companyID == 0 && list == api.ServiceTickets {
		return nil, fault.InvalidArgument("company", "ConnectWise needs the company of a ticket; this contact has none")
	}
	decision, err := mail.OnChange(input.GetNotify(), true)
	if err != nil {
		return nil, err
	}
	if input.HasExternalId() {
		if done, err := s.alreadyCreated(ctx, rd, d); done != nil || err != nil {
			return done, err
		}
	}
	var team assignment
	if d.team != nil {
		if team, err = d.assignment(ctx, input.GetNotify()); err != nil {
			return nil, err
		}
	}
	var row api.Row[api.Ticket]
	err = account.Planned(s.account.API.Post(ctx, "create the ticket", string(list), d.body(decision.Quiet), &row))
	if fault.CodeOf(err) == fault.CodeOutcomeUnknown && input.HasExternalId() {
		row, err = s.findCreated(ctx, input.GetExternalId(), err)
	}
	if err != nil {
		return nil, d.inCallersWords(err)
	}
	row.Record.List = list
	s.account.Saw([]api.Row[api.Ticket]{row})
	w := receipt.Write{
		Asked: d.asked, Fields: without(fields, defaulted), Defaulted: append(defaulted, d.defaulted...), Unread: notHere,
		DurationUnit: durationUnit, Warnings: d.warnings,
	}
	row, steps := s.complete(ctx, row, d, team, &w)
	if call.From(ctx).DryRun {
		d.asked.ClearNotify() // only callers send it
		return psav1.CreateTicketResponse_builder{Ticket: d.asked, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held := rd.whole(row)
	w.Held = held
	s.readFirstNotes(ctx, d, held, &row.Record, &w)
	if len(d.links.want) > 0 {
		s.readLinksBack(ctx, list, row.Record.ID, held, &w)
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetSteps(steps)
	out.SetNotification(decision.Known)
	account.Attribute(out, row.Record.Info.EnteredBy, rd.names)
	return psav1.CreateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// readFirstNotes reads what a create put into notes: its answer does not hold
// them. The ticket is there, whether they can be read or not.
func (s *Service) readFirstNotes(ctx context.Context, d *draft, held *psav1.Ticket, t *api.Ticket, w *receipt.Write) {
	var fields []string
	for _, field := range []string{"description", "resolution"} {
		if d.has(field) {
			fields = append(fields, field)
		}
	}
	if len(fields) == 0 {
		return
	}
	told, err := s.readStory(ctx, t.List, t.ID)
	if err != nil {
		w.Unverifiable = append(w.Unverifiable, fields...)
		w.Warnings = append(w.Warnings, strings.Join(fields, " and ")+" could not be read back: "+fault.From(err).Message)
		return
	}
	told.show(held)
}

// withDefaults fills what the connection's configuration says where the caller
// does not, and names what it filled. A default status counts only together with
// the default queue that it belongs to, and both for the service desk alone.
func (s *Service) withDefaults(list api.TicketList, asked *psav1.Ticket) (*psav1.Ticket, []string) {
	input := proto.CloneOf(asked)
	defaults := s.account.Defaults
	var filled []string
	if defaults.Queue != nil && !input.HasQueue() && list == api.ServiceTickets {
		input.SetQueue(defaults.Queue)
		filled = append(filled, "queue")
		if defaults.Status != nil && !input.HasStatus() {
			input.SetStatus(defaults.Status)
			filled = append(filled, "status")
		}
	}
	if defaults.Priority != nil && !input.HasPriority() {
		input.SetPriority(defaults.Priority)
		filled = append(filled, "priority")
	}
	if defaults.Source != nil && !input.HasSource() {
		input.SetSource(defaults.Source)
		filled = append(filled, "source")
	}
	if defaults.DueIn > 0 && !input.HasDueAt() {
		input.SetDueAt(timestamppb.New(time.Now().Add(defaults.DueIn).Truncate(time.Second)))
		filled = append(filled, "due_at")
	}
	return input, filled
}

// defaultPaths names the attributes that defaults come from: the caller did not
// give these fields.
func defaultPaths(filled []string) map[string]string {
	paths := map[string]string{}
	for _, field := range filled {
		paths[field] = "defaults.ticket." + field
	}
	return paths
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
	return api.List[api.Row[api.Ticket]](ctx, s.account.API, string(api.ServiceTickets), api.Query{Conditions: where, OrderBy: "id asc", PageSize: 2})
}

// alreadyCreated answers the ticket that has the external id, if it is the one
// asked for: the same title and company.
func (s *Service) alreadyCreated(ctx context.Context, rd reader, d *draft) (*psav1.CreateTicketResponse, error) {
	rows, err := s.byExternalID(ctx, d.input.GetExternalId())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	row := rows[0]
	row.Record.List = api.ServiceTickets
	id := strconv.Itoa(row.Record.ID)
	if row.Record.Summary != d.input.GetTitle() || api.IDOf(row.Record.Company) != d.companyID {
		return nil, fault.AlreadyExists(id, fmt.Sprintf("ticket %s has the external id %q, with another title or company", id, d.input.GetExternalId()))
	}
	ticket := rd.whole(row)
	out := receipt.Unchanged(call.From(ctx), receipt.Write{Before: ticket})
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
