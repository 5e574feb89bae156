package contact

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var _ psav1.ContactWriterServer = (*Service)(nil)

// Operations says how the operations on contacts are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "contacts.create", UnsupportedFields: unsupportedNames},
	{
		Operation: "contacts.update", UnsupportedFields: unsupportedNames,
		Reason: "If-Match is a comparison before the write: somebody can come between",
	},
}

// CreateContact creates a contact, unless one of the company has one of the
// addresses already.
func (s *Service) CreateContact(ctx context.Context, r *psav1.CreateContactRequest) (*psav1.CreateContactResponse, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	d := s.forCreate(rd, r.GetInput())
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	if err := s.refuseDuplicate(ctx, d); err != nil {
		return nil, err
	}
	body := d.Body()
	if list := d.plan(d.Fields); len(list.added) > 0 {
		body["communicationItems"] = list.added
	}
	var row contactRow
	err = account.Planned(s.account.API.Post(ctx, "create the contact", "company/contacts", body, &row))
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.CreateContactResponse_builder{Contact: d.Asked, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held := rd.whole(row)
	out := receipt.Of(call.From(ctx), receipt.Write{Asked: d.Asked, Held: held, Fields: d.Fields, Defaulted: d.Defaulted, Warnings: d.Warnings})
	account.Attribute(out, row.Record.Info.EnteredBy, rd.names)
	return psav1.CreateContactResponse_builder{Contact: held, Receipt: out}.Build(), nil
}

// forCreate is the draft of a new contact.
func (s *Service) forCreate(rd reader, input *psav1.Contact) *contactDraft {
	d := &contactDraft{Draft: draft.New(s.account, "contact", input), fields: rd.fields, types: map[string]int{}}
	if !d.Has("first_name") {
		d.Fields = append(d.Fields, "first_name") // ConnectWise needs it, and says so
	}
	return d
}

// forUpdate is the draft of a change of a contact.
func (s *Service) forUpdate(t *target, r *psav1.UpdateContactRequest) *contactDraft {
	d := &contactDraft{
		Draft: draft.Of(s.account, "contact", t.before, r.GetInput(), r.GetSetFields()), fields: t.fields, current: t.row.Record,
		types: map[string]int{},
	}
	if c := t.row.Record.Company; c != nil {
		d.company = api.Company{ID: c.ID, Name: c.Name}
	}
	return d
}

// addresses are all that the contact is to have.
func (d *contactDraft) addresses() []string {
	if d.Has("emails") {
		return d.Input.GetEmails()
	}
	if d.Input.HasEmail() {
		return []string{d.Input.GetEmail()}
	}
	return nil
}

// withAddress finds the contacts of the company, inactive ones included, that have
// one of the addresses.
func (s *Service) withAddress(ctx context.Context, company int, addresses []string) ([]contactRow, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	var ways []api.Expr
	for _, address := range addresses {
		way, err := account.EmailCondition(address)
		if err != nil {
			return nil, account.Unsearchable("email", err)
		}
		ways = append(ways, way)
	}
	rows, err := api.List[contactRow](ctx, s.account.API, "company/contacts", api.Query{
		Conditions: api.EqInt("company/id", company), ChildConditions: api.Or(ways...), OrderBy: "id asc", PageSize: 10,
	})
	return slices.DeleteFunc(rows, func(row contactRow) bool { return common(row, addresses) == "" }), err
}

// common is an address that a contact has of some, or "".
func common(row contactRow, addresses []string) string {
	for _, has := range mapping.Emails(&row.Record) {
		if slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, has) }) {
			return has
		}
	}
	return ""
}

func (s *Service) refuseDuplicate(ctx context.Context, d *contactDraft) error {
	rows, err := s.withAddress(ctx, d.company.ID, d.addresses())
	if err != nil || len(rows) == 0 {
		return err
	}
	found := rows[0].Record
	inactive := ""
	if found.Inactive {
		inactive = ", which is inactive,"
	}
	return fault.AlreadyExists(strconv.Itoa(found.ID), fmt.Sprintf("contact %d (%s) of this company%s has the address %s already",
		found.ID, found.FullName(), inactive, common(rows[0], d.addresses())))
}

// UpdateContact changes a contact by one PATCH; never by PUT, which is unsafe
// (connectwise.md §6).
func (s *Service) UpdateContact(ctx context.Context, r *psav1.UpdateContactRequest) (*psav1.UpdateContactResponse, error) {
	t, err := s.target(ctx, r.GetContact(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	d := s.forUpdate(t, r)
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Fields: d.Fields, Defaulted: d.Defaulted}
	pending := w.Differing()
	ops := append(d.Ops(pending), d.plan(pending).ops()...)
	w.Warnings = d.Warnings
	if len(ops) == 0 {
		return psav1.UpdateContactResponse_builder{Contact: t.before, Receipt: receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)}.Build(), nil
	}
	var row contactRow
	err = account.Planned(s.account.API.Patch(ctx, "update the contact", fmt.Sprintf("company/contacts/%d", t.row.Record.ID), ops, &row))
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateContactResponse_builder{Contact: t.before, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held := t.whole(row)
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	d.Tell(out, held)
	account.Attribute(out, row.Record.Info.UpdatedBy, t.names)
	return psav1.UpdateContactResponse_builder{Contact: held, Receipt: out}.Build(), nil
}
