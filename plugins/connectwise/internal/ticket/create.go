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
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
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
	c, err := s.newCreation(ctx, r)
	if err != nil {
		return nil, err
	}
	if c.draft.Input.HasExternalId() {
		if done, err := s.alreadyCreated(ctx, c); done != nil || err != nil {
			return done, err
		}
	}
	var row api.Row[api.Ticket]
	err = account.Planned(s.account.API.Post(ctx, "create the ticket", string(c.list), c.draft.body(c.decision.Quiet), &row))
	if err != nil {
		return nil, c.draft.inCallersWords(err)
	}
	row.Record.List = c.list
	w := c.write()
	row, steps := s.complete(ctx, row, c.draft, c.team, &w)
	if call.From(ctx).DryRun {
		c.draft.Asked.ClearNotify() // only callers send it
		return psav1.CreateTicketResponse_builder{Ticket: c.draft.Asked, Receipt: s.account.Plan(ctx, c.decision.Known)}.Build(), nil
	}
	s.writer.Store(&row.Record.Info.EnteredBy)
	answer := s.created(ctx, c, row, w)
	answer.GetReceipt().SetSteps(steps)
	return answer, nil
}

// creation is a create that is checked and can be sent.
type creation struct {
	list      api.TicketList
	reader    reader
	draft     *ticketDraft
	fields    []string // those asked for
	defaulted []string // those that the configuration gives
	decision  mail.Decision
	team      assignment
}

// newCreation checks a create. Everything that is wrong with it is said at once.
func (s *Service) newCreation(ctx context.Context, r *psav1.CreateTicketRequest) (*creation, error) {
	c := &creation{list: api.ServiceTickets}
	if r.GetInput().GetKind() == psav1.Kind_PROJECT {
		c.list = api.ProjectTickets
	}
	if !slices.Contains(s.account.TicketLists(), c.list) {
		return nil, fault.FieldNotSupported("kind", "this connection serves no project tickets: include_project_tickets is false")
	}
	var err error
	if c.reader, err = s.reader(ctx, c.list); err != nil {
		return nil, err
	}
	var input *psav1.Ticket
	input, c.defaulted = s.withDefaults(c.list, r.GetInput())
	if c.draft, err = s.newTicket(ctx, c.reader, c.list, input, defaultPaths(c.defaulted)); err != nil {
		return nil, err
	}
	c.fields = without(c.draft.Fields, c.defaulted)
	if phase := mapping.CustomFieldPath(phaseID); c.list == api.ProjectTickets && !c.draft.Has(phase) {
		return nil, fault.InvalidArgument(phase, "a ticket of a project belongs to a phase: give the phase's id")
	}
	if c.draft.company.ID == 0 && c.list == api.ServiceTickets {
		return nil, fault.InvalidArgument("company", "ConnectWise needs the company of a ticket; this contact has none")
	}
	if c.decision, err = mail.OnChange(input.GetNotify(), true); err != nil || c.draft.team == nil {
		return c, err
	}
	c.team, err = c.draft.assignment(ctx, input.GetNotify())
	return c, err
}

// write is what the receipt of the create compares.
func (c *creation) write() receipt.Write {
	return receipt.Write{
		Asked: c.draft.Asked, Fields: c.fields, Defaulted: append(c.defaulted, c.draft.Defaulted...), Unread: notHere,
		DurationUnit: mapping.DurationUnit, Warnings: c.draft.Warnings,
	}
}

// created answers a create with the record that it has made.
func (s *Service) created(ctx context.Context, c *creation, row api.Row[api.Ticket], w receipt.Write) *psav1.CreateTicketResponse {
	row.Record.List = c.list
	s.account.Saw(&row)
	held := c.reader.whole(row)
	w.Held = held
	parts := include.Record()
	parts[psav1.Include_DESCRIPTION] = s.readFirstNotes(ctx, c.draft, held, &row.Record, &w)
	if len(c.draft.links.want) > 0 {
		parts[psav1.Include_CONFIGURATIONS] = s.readLinksBack(ctx, c.list, row.Record.ID, held, &w)
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(c.decision.Known)
	account.Attribute(out, row.Record.Info.EnteredBy, c.reader.names)
	return psav1.CreateTicketResponse_builder{Ticket: held, Receipt: out, Omitted: parts.Omitted(include.OfTickets)}.Build()
}

// readFirstNotes reads what a create put into notes: its answer does not hold
// them. The ticket is there, whether they can be read or not. It reports whether
// the ticket carries them now.
func (s *Service) readFirstNotes(ctx context.Context, d *ticketDraft, held *psav1.Ticket, t *api.Ticket, w *receipt.Write) bool {
	var fields []string
	for _, field := range []string{"description", "resolution"} {
		if d.Has(field) {
			fields = append(fields, field)
		}
	}
	if len(fields) == 0 {
		return false
	}
	told, err := s.readStory(ctx, t.List, t.ID)
	if err != nil {
		w.Unverifiable = append(w.Unverifiable, fields...)
		w.Warnings = append(w.Warnings, strings.Join(fields, " and ")+" could not be read back: "+fault.From(err).Message)
		return false
	}
	told.show(held)
	return true
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
func (d *ticketDraft) body(quiet bool) map[string]any {
	body := d.Body()
	if d.Has("description") {
		body["initialDescription"] = mapping.Body(d.Input.GetDescription())
	}
	if d.Has("resolution") {
		body["initialResolution"] = mapping.Body(d.Input.GetResolution().GetText())
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
// asked for.
func (s *Service) alreadyCreated(ctx context.Context, c *creation) (*psav1.CreateTicketResponse, error) {
	rows, err := s.byExternalID(ctx, c.draft.Input.GetExternalId())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if !c.isFor(&rows[0].Record) {
		id := strconv.Itoa(rows[0].Record.ID)
		return nil, fault.AlreadyExists(id, fmt.Sprintf("ticket %s has the external id %q, with another title or company", id, c.draft.Input.GetExternalId()))
	}
	return s.existing(ctx, c, rows[0]), nil
}

// isFor reports whether a ticket is what is asked for: its title and its company
// are.
func (c *creation) isFor(t *api.Ticket) bool {
	return t.Summary == c.draft.Input.GetTitle() && (c.draft.company.ID == 0 || api.IDOf(t.Company) == c.draft.company.ID)
}

// existing answers a create with a ticket that was there before.
func (s *Service) existing(ctx context.Context, c *creation, row api.Row[api.Ticket]) *psav1.CreateTicketResponse {
	row.Record.List = c.list
	ticket := c.reader.whole(row)
	out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), receipt.Write{Before: ticket})
	out.SetAlreadyExisted(true)
	out.SetNotification(mail.Nothing(c.draft.Input.GetNotify()))
	return psav1.CreateTicketResponse_builder{Ticket: ticket, Receipt: out, Omitted: include.Record().Omitted(include.OfTickets)}.Build()
}

// without returns the fields that are not among others.
func without(fields, others []string) []string {
	return slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return slices.Contains(others, f) })
}
