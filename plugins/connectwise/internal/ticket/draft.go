package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// draft is a write of a ticket being prepared: the fields asked for, resolved in
// the scope that the ticket will be in, as members of the vendor's record.
type draft struct {
	account *account.Account
	list    api.TicketList
	current *api.Ticket   // nil for a create
	before  *psav1.Ticket // what current maps to
	input   *psav1.Ticket // as asked
	asked   *psav1.Ticket // as asked, with the ids that names mean
	fields  []string      // the fields asked for
	paths   map[string]string

	board     setup.Board // where the ticket will be; zero where that is not known
	companyID int         // whose it will be; 0 where that is not known
	company   string      // its name, as far as it is known
	typeID    int
	subtypeID int

	team      []setup.Member // the co-owners asked for; nil where they stay
	links     links
	members   []member
	custom    map[int]any // values by the custom field's id
	defaulted []string
	warnings  []string
}

// member is one member of the vendor's record and the field that it serves.
type member struct {
	field string
	name  string
	value any
}

func (d *draft) set(field, name string, value any) {
	d.members = append(d.members, member{field, name, value})
}

// fill sets a member that nobody asked for and that the others demand.
func (d *draft) fill(field, name string, value any) {
	d.set(field, name, value)
	d.defaulted = append(d.defaulted, field)
}

// has reports whether a field was asked for.
func (d *draft) has(field string) bool { return slices.Contains(d.fields, field) }

// clears reports whether a field that was asked for is to be emptied.
func (d *draft) clears(field string) bool {
	m := d.input.ProtoReflect()
	fd := m.Descriptor().Fields().ByName(protoreflect.Name(field))
	return fd == nil || !m.Has(fd)
}

// echoes reports whether a field is asked to be what it is, in the words that it
// was read in: callers send back what they read. Nothing of it is looked up
// then, so that what is no longer in use may stay.
func (d *draft) echoes(field string) bool {
	if d.before == nil || d.clears(field) {
		return false
	}
	asked, before := d.input.ProtoReflect(), d.before.ProtoReflect()
	fd := asked.Descriptor().Fields().ByName(protoreflect.Name(field))
	return before.Has(fd) && asked.Get(fd).Equal(before.Get(fd))
}

// stays reports whether a field is asked to be what it is, and so is all that it
// depends on.
func (d *draft) stays(w fieldWriter) bool {
	return d.echoes(w.field) && !slices.ContainsFunc(w.within, func(f string) bool { return d.has(f) && !d.echoes(f) })
}

// fieldWriter prepares one field. They run in this order, because the scope of
// the later ones depends on the earlier: status and type on the queue, contact
// and site on the company.
type fieldWriter struct {
	field  string
	write  func(*draft, context.Context) error
	within []string // what its values depend on
}

var fieldWriters = []fieldWriter{
	{"kind", (*draft).kind, nil},
	{"title", (*draft).title, nil},
	{"queue", (*draft).queue, nil},
	{"company", (*draft).toCompany, nil},
	{"contact", (*draft).contact, []string{"company"}},
	{"site", (*draft).site, []string{"company"}},
	{"status", (*draft).status, []string{"queue"}},
	{"type", (*draft).classType, []string{"queue"}},
	{"subtype", (*draft).subtype, []string{"queue", "type"}},
	{"item", (*draft).item, []string{"queue", "type", "subtype"}},
	{"priority", (*draft).priority, nil},
	{"impact", (*draft).impact, nil},
	{"urgency", (*draft).urgency, nil},
	{"owner", (*draft).owner, nil},
	{"co_owners", (*draft).coOwners, []string{"owner"}},
	{"source", (*draft).source, nil},
	{"parent", (*draft).parent, nil},
	{"configurations", (*draft).configurations, []string{"company"}},
	{"due_at", (*draft).dueAt, nil},
	{"estimated_seconds", (*draft).estimate, nil},
	{"agreement", (*draft).agreement, nil},
	{"work_type", (*draft).workType, nil},
	{"external_id", (*draft).externalID, nil},
	{"watchers", (*draft).watchers, nil},
	{"description", (*draft).description, nil},
	{"resolution", (*draft).resolution, nil},
}

// unsupportedFields are the fields that writes of tickets refuse.
var unsupportedFields = []string{"record_type", "problem"}

// onlyService are the fields that tickets of projects do not have.
var onlyService = []string{"impact", "urgency", "parent", "external_id"}

// newDraft resolves a write of a ticket, or of a new one of a list. Everything
// that is wrong with it is said at once, and nothing has been sent then.
func (s *Service) newDraft(ctx context.Context, list api.TicketList, t *target, input *psav1.Ticket, fields []string, paths map[string]string) (*draft, error) {
	d := &draft{
		account: s.account, list: list, input: input, fields: fields, paths: paths, custom: map[int]any{},
		asked: proto.CloneOf(input),
	}
	if t != nil {
		d.current, d.before = &t.row.Record, t.before
		d.scope(ctx)
	}
	if err := d.resolve(ctx); err != nil {
		return nil, d.inCallersWords(err)
	}
	return d, nil
}

func (d *draft) resolve(ctx context.Context) error {
	if err := d.refuse(); err != nil {
		return err
	}
	var wrong []fault.Violation
	try := func(err error) error {
		if err != nil && fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			return nil
		}
		return err
	}
	for _, w := range fieldWriters {
		if !d.has(w.field) || d.stays(w) {
			continue
		}
		if err := try(w.write(d, ctx)); err != nil {
			return err
		}
	}
	if err := try(d.customFields(ctx)); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// inCallersWords is an error with the paths of fields as the caller wrote them.
func (d *draft) inCallersWords(err error) error {
	if len(d.paths) == 0 || len(fault.From(err).Violations) == 0 {
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

// refuse names the fields that no write can set.
func (d *draft) refuse() error {
	for _, field := range d.fields {
		if _, custom := receipt.CustomFieldID(field); custom || field == "custom_fields" || field == "notify" {
			continue
		}
		if slices.Contains(unsupportedFields, field) && d.echoes(field) {
			continue
		}
		if slices.Contains(unsupportedFields, field) {
			return fault.FieldNotSupported(field, "the ConnectWise connector does not write "+field)
		}
		if d.list == api.ProjectTickets && slices.Contains(onlyService, field) {
			return fault.FieldNotSupported(field, "tickets of projects have no "+field+" at ConnectWise")
		}
		if !slices.ContainsFunc(fieldWriters, func(w fieldWriter) bool { return w.field == field }) {
			return fault.InvalidArgument(field, "tickets have no field "+field+" that can be written")
		}
	}
	return nil
}

// scope is where the ticket is before the write.
func (d *draft) scope(ctx context.Context) {
	if d.current.Board != nil {
		d.board, _ = d.account.Tables.Board(ctx, d.current.Board.ID)
	}
	d.companyID, d.typeID, d.subtypeID = api.IDOf(d.current.Company), api.IDOf(d.current.Type), api.IDOf(d.current.SubType)
	if d.current.Company != nil {
		d.company = d.current.Company.Name
	}
}

func (d *draft) kind(context.Context) error {
	switch {
	case d.input.GetKind() == mapping.Kind(d.list):
		return nil
	case d.current != nil:
		return fault.InvalidArgument("kind", "a ticket stays in the list that it is in", mapping.Kind(d.list).String())
	}
	return fault.InvalidArgument("kind", "ConnectWise has tickets of the service desk and of projects", psav1.Kind_SERVICE.String(), psav1.Kind_PROJECT.String())
}

// maxTitle is how long a summary can be (connectwise.md §7).
const maxTitle = 100

func (d *draft) title(context.Context) error {
	title := d.input.GetTitle()
	if err := d.cannotClear("title"); err != nil {
		return err
	}
	if err := tooLong("title", title, maxTitle); err != nil {
		return err
	}
	if strings.ContainsAny(title, "\r\n") {
		return fault.InvalidArgument("title", "a title is one line")
	}
	d.set("title", "summary", title)
	return nil
}

func (d *draft) cannotClear(field string) error {
	if d.clears(field) {
		return fault.InvalidArgument(field, fmt.Sprintf("ConnectWise cannot clear %s of a ticket", field))
	}
	return nil
}

func tooLong(field, text string, limit int) error {
	if n := len([]rune(text)); n > limit {
		return fault.InvalidArgument(field, fmt.Sprintf("%s has %d characters; ConnectWise holds at most %d", field, n, limit))
	}
	return nil
}
