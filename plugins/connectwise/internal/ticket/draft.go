package ticket

import (
	"context"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ticketDraft is a write of a ticket being prepared, in the scope that the ticket
// will be in.
type ticketDraft struct {
	*draft.Draft[*psav1.Ticket]
	list    api.TicketList
	fields  setup.Set[setup.Field]
	current *api.Ticket       // nil for a create
	paths   map[string]string // what the caller calls fields, where that is another name

	board     setup.Board // where the ticket will be; zero where that is not known
	company   api.Company // whose it will be; zero where that is not known, and with a name as far as that is
	typeID    int
	subtypeID int

	team  []setup.Member // the co-owners asked for; nil where they stay
	links links
}

// writers prepare the fields. They run in this order, because the scope of the
// later ones depends on the earlier: status and type on the queue, contact and site
// on the company.
func (d *ticketDraft) writers() []draft.Writer {
	return []draft.Writer{
		{Field: "kind", Write: d.kind},
		{Field: "title", Write: d.title},
		{Field: "queue", Write: d.queue},
		{Field: "company", Write: d.toCompany},
		{Field: "contact", Write: d.contact, Within: []string{"company"}},
		{Field: "site", Write: d.site, Within: []string{"company"}},
		{Field: "status", Write: d.status, Within: []string{"queue"}},
		{Field: "type", Write: d.classType, Within: []string{"queue"}},
		{Field: "subtype", Write: d.subtype, Within: []string{"queue", "type"}},
		{Field: "item", Write: d.item, Within: []string{"queue", "type", "subtype"}},
		{Field: "priority", Write: d.priority},
		{Field: "impact", Write: d.impact},
		{Field: "urgency", Write: d.urgency},
		{Field: "owner", Write: d.owner},
		{Field: "co_owners", Write: d.coOwners, Within: []string{"owner"}},
		{Field: "source", Write: d.source},
		{Field: "parent", Write: d.parent},
		{Field: "configurations", Write: d.configurations, Within: []string{"company"}},
		{Field: "due_at", Write: d.dueAt},
		{Field: "estimated_seconds", Write: d.estimate},
		{Field: "agreement", Write: d.agreement},
		{Field: "work_type", Write: d.workType},
		{Field: "external_id", Write: d.externalID},
		{Field: "watchers", Write: d.watchers},
		{Field: "description", Write: d.description},
		{Field: "resolution", Write: d.resolution},
		{Field: "custom_fields", Write: d.customFields},
	}
}

// unsupportedFields are the fields that writes of tickets refuse.
var unsupportedFields = []string{"record_type", "problem"}

// onlyService are the fields that tickets of projects do not have.
var onlyService = []string{"impact", "urgency", "parent", "external_id"}

// unsupported are the fields that no write of a ticket of the list can set.
func unsupported(list api.TicketList) []draft.Unsupported {
	var fields []draft.Unsupported
	for _, field := range unsupportedFields {
		fields = append(fields, draft.Unsupported{Field: field, Why: "the ConnectWise connector does not write " + field})
	}
	if list == api.ProjectTickets {
		for _, field := range onlyService {
			fields = append(fields, draft.Unsupported{Field: field, Why: "tickets of projects have no " + field + " at ConnectWise"})
		}
	}
	return fields
}

// recordOf is what a ticket of a list is called.
func recordOf(list api.TicketList) string {
	if list == api.ProjectTickets {
		return "ticket of a project"
	}
	return "ticket"
}

// newTicket resolves a new ticket of a list. Everything that is wrong with it is
// said at once, and nothing has been sent then.
func (s *Service) newTicket(ctx context.Context, rd reader, list api.TicketList, input *psav1.Ticket, paths map[string]string) (*ticketDraft, error) {
	d := &ticketDraft{
		Draft: draft.New(s.account, recordOf(list), input, "notify"), list: list, fields: rd.fields[list], paths: paths,
	}
	return d, d.resolve(ctx)
}

// draftOf resolves a change of a ticket, as newTicket does a new one.
func (s *Service) draftOf(ctx context.Context, t *target, c change) (*ticketDraft, error) {
	d := &ticketDraft{
		Draft: draft.Of(s.account, recordOf(t.list()), t.before, c.input, c.fields), list: t.list(), fields: t.fields[t.list()],
		current: &t.row.Record, paths: c.paths,
	}
	d.scope(ctx)
	t.parts[psav1.Include_CONFIGURATIONS] = d.Has("configurations") // they are read to be compared
	return d, d.resolve(ctx)
}

func (d *ticketDraft) resolve(ctx context.Context) error {
	return d.inCallersWords(d.Resolve(ctx, d.writers(), unsupported(d.list)))
}

// inCallersWords is an error with the paths of fields as the caller wrote them.
func (d *ticketDraft) inCallersWords(err error) error {
	if err == nil || len(d.paths) == 0 || len(fault.From(err).Violations) == 0 {
		return err
	}
	e := *fault.From(err)
	e.Violations = slices.Clone(e.Violations)
	for n, v := range e.Violations {
		field, below := v.Field, ""
		if at := strings.IndexAny(v.Field, ".["); at >= 0 {
			field, below = v.Field[:at], v.Field[at:]
		}
		if path, ok := d.paths[field]; ok {
			e.Violations[n].Field = path + below
		}
	}
	return &e
}

// scope is where the ticket is before the write.
func (d *ticketDraft) scope(ctx context.Context) {
	t := d.current
	if t.Board != nil {
		d.board, _ = d.Account.Tables.Board(ctx, t.Board.ID)
	}
	if t.Company != nil {
		d.company = api.Company{ID: t.Company.ID, Name: t.Company.Name}
	}
	d.typeID, d.subtypeID = api.IDOf(t.Type), api.IDOf(t.SubType)
}

func (d *ticketDraft) kind(context.Context) error {
	switch {
	case d.Input.GetKind() == mapping.Kind(d.list):
		return nil
	case d.current != nil:
		return fault.InvalidArgument("kind", "a ticket stays in the list that it is in", mapping.Kind(d.list).String())
	}
	return fault.InvalidArgument("kind", "ConnectWise has tickets of the service desk and of projects", psav1.Kind_SERVICE.String(), psav1.Kind_PROJECT.String())
}

// maxTitle is how long a summary can be (connectwise.md §7).
const maxTitle = 100

func (d *ticketDraft) title(context.Context) error {
	if err := d.Stays("title"); err != nil {
		return err
	}
	return d.Text("title", "summary", d.Input.GetTitle(), maxTitle)
}
