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
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// draft is a write of a ticket being prepared: the fields asked for, resolved in
// the scope that the ticket will be in, as members of the vendor's record.
type draft struct {
	account *account.Account
	current *api.Ticket   // nil for a create
	input   *psav1.Ticket // as asked
	asked   *psav1.Ticket // as asked, with the ids that names mean
	fields  []string      // the fields asked for

	board     setup.Board // where the ticket will be; zero where that is not known
	companyID int         // whose it will be; 0 where that is not known
	typeID    int
	subtypeID int

	members   []member
	custom    map[int]any // values by the custom field's id
	defaulted []string
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

// fieldWriter prepares one field. They run in this order, because the scope of
// the later ones depends on the earlier: status and type on the queue, contact
// and site on the company.
type fieldWriter struct {
	field string
	write func(*draft, context.Context) error
}

var fieldWriters = []fieldWriter{
	{"kind", (*draft).kind},
	{"title", (*draft).title},
	{"queue", (*draft).queue},
	{"company", (*draft).company},
	{"contact", (*draft).contact},
	{"site", (*draft).site},
	{"status", (*draft).status},
	{"type", (*draft).classType},
	{"subtype", (*draft).subtype},
	{"item", (*draft).item},
	{"priority", (*draft).priority},
	{"impact", (*draft).impact},
	{"urgency", (*draft).urgency},
	{"owner", (*draft).owner},
	{"source", (*draft).source},
	{"parent", (*draft).parent},
	{"due_at", (*draft).dueAt},
	{"estimated_seconds", (*draft).estimate},
	{"agreement", (*draft).agreement},
	{"work_type", (*draft).workType},
	{"external_id", (*draft).externalID},
	{"watchers", (*draft).watchers},
	{"description", (*draft).description},
	{"resolution", (*draft).resolution},
}

// unsupportedFields are the fields that writes of tickets refuse.
var unsupportedFields = []string{"record_type", "co_owners", "configurations", "problem"}

// newDraft resolves a write. Everything that is wrong with it is said at once,
// and nothing has been sent then.
func (s *Service) newDraft(ctx context.Context, current *api.Ticket, input *psav1.Ticket, fields []string) (*draft, error) {
	d := &draft{
		account: s.account, current: current, input: input, fields: fields, custom: map[int]any{},
		asked: proto.CloneOf(input),
	}
	if err := d.refuse(); err != nil {
		return nil, err
	}
	d.scope(ctx)
	var wrong []fault.Violation
	try := func(err error) error {
		if err != nil && fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			return nil
		}
		return err
	}
	for _, w := range fieldWriters {
		if !d.has(w.field) {
			continue
		}
		if err := try(w.write(d, ctx)); err != nil {
			return nil, err
		}
	}
	if err := try(d.customFields(ctx)); err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid(wrong...)
	}
	return d, nil
}

// refuse names the fields that no write can set.
func (d *draft) refuse() error {
	for _, field := range d.fields {
		if _, custom := receipt.CustomFieldID(field); custom || field == "custom_fields" || field == "notify" {
			continue
		}
		if slices.Contains(unsupportedFields, field) {
			return fault.FieldNotSupported(field, "the ConnectWise connector does not write "+field)
		}
		if !slices.ContainsFunc(fieldWriters, func(w fieldWriter) bool { return w.field == field }) {
			return fault.InvalidArgument(field, "tickets have no field "+field+" that can be written")
		}
	}
	return nil
}

// scope is where the ticket is before the write.
func (d *draft) scope(ctx context.Context) {
	if d.current == nil {
		return
	}
	if d.current.Board != nil {
		d.board, _ = d.account.Tables.Board(ctx, d.current.Board.ID)
	}
	d.companyID, d.typeID, d.subtypeID = api.IDOf(d.current.Company), api.IDOf(d.current.Type), api.IDOf(d.current.SubType)
}

func (d *draft) kind(context.Context) error {
	switch d.input.GetKind() {
	case psav1.Kind_SERVICE:
		return nil
	case psav1.Kind_PROJECT:
		return fault.FieldNotSupported("kind", "the ConnectWise connector does not write project tickets")
	}
	return fault.InvalidArgument("kind", "ConnectWise has service tickets only", "SERVICE")
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
