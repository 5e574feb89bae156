package connector

import (
	"context"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.ContactReaderServer = (*Instance)(nil)

type contactRow = api.Row[api.Contact]

// ListContacts lists contacts by id.
func (i *Instance) ListContacts(ctx context.Context, r *psav1.ListContactsRequest) (*psav1.ListContactsResponse, error) {
	cursor, err := paging.Decode[idCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	queries, err := i.contactQueries(ctx, r)
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after idCursor, n int) ([]contactRow, bool, error) {
		return i.contactPage(ctx, queries, after, n)
	}
	keep := func(row contactRow) bool {
		emails := mapping.Emails(&row.Record)
		return (!r.HasText() || holds(r.GetText(), append(emails, row.Record.FullName())...)) &&
			(!r.HasEmail() || slices.ContainsFunc(emails, func(e string) bool { return strings.EqualFold(e, r.GetEmail()) }))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, pageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row contactRow) idCursor { return idCursor{row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	include := newIncludes(r.GetInclude())
	b := psav1.ListContactsResponse_builder{Omitted: include.omittedOf(partsOfPeople)}
	for _, row := range rows {
		contact, err := i.contact(ctx, row, include)
		if err != nil {
			return nil, err
		}
		b.Contacts = append(b.Contacts, contact)
	}
	if b.NextPageToken, err = nextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// contactQueries are the queries whose union is the answer. A text in the name
// or in an address takes one for each: the vendor joins conditions on members of
// the record and on its addresses by AND alone (connectwise.md §5).
func (i *Instance) contactQueries(ctx context.Context, r *psav1.ListContactsRequest) ([]api.Query, error) {
	var where []api.Expr
	if r.HasUpdatedSince() {
		where = append(where, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasActive() {
		where = append(where, api.EqBool("inactiveFlag", !r.GetActive()))
	}
	if len(r.GetCompany()) > 0 {
		ids, err := i.filterCompanies(ctx, r.GetCompany())
		if err != nil {
			return nil, err
		}
		where = append(where, api.In("company/id", ids))
	}
	q := api.Query{Conditions: api.And(where...)}
	if r.HasEmail() {
		address, err := emailCondition(r.GetEmail())
		if err != nil {
			return nil, unsearchable("email", err)
		}
		q.ChildConditions = address
		return []api.Query{q}, nil
	}
	if !r.HasText() {
		return []api.Query{q}, nil
	}
	byName, byEmail := q, q
	name, err := nameContains(r.GetText())
	if err != nil {
		return nil, unsearchable("text", err)
	}
	byName.Conditions = api.And(q.Conditions, name)
	if byEmail.ChildConditions, err = api.Contains("communicationItems/value", r.GetText()); err != nil {
		return nil, unsearchable("text", err)
	}
	return []api.Query{byName, byEmail}, nil
}

// nameContains finds a text within "first last". One with a space lies across
// both names, or within one of them.
func nameContains(text string) (api.Expr, error) {
	var ways []api.Expr
	add := func(field, part string) error {
		e, err := api.Contains(field, part)
		ways = append(ways, e)
		return err
	}
	for _, field := range []string{"firstName", "lastName"} {
		if err := add(field, text); err != nil {
			return "", err
		}
	}
	for at, c := range text {
		if c != ' ' || at == 0 || at == len(text)-1 {
			continue
		}
		first, err := api.Contains("firstName", text[:at])
		if err != nil {
			return "", err
		}
		last, err := api.Contains("lastName", text[at+1:])
		if err != nil {
			return "", err
		}
		ways = append(ways, api.And(first, last))
	}
	return api.Or(ways...), nil
}

// contactPage reads the next n contacts of the union of queries.
func (i *Instance) contactPage(ctx context.Context, queries []api.Query, after idCursor, n int) ([]contactRow, bool, error) {
	lists := make([][]contactRow, len(queries))
	found := 0
	for m, q := range queries {
		q.Conditions = api.And(q.Conditions, api.GtInt("id", after.ID))
		q.OrderBy, q.PageSize = "id asc", n+1
		rows, err := api.List[contactRow](ctx, i.api, "company/contacts", q)
		if err != nil {
			return nil, false, err
		}
		lists[m] = rows
		found = max(found, len(rows))
	}
	rows := paging.Union(func(r contactRow) int { return r.Record.ID }, n+1, lists...)
	return rows[:min(len(rows), n)], len(rows) > n || found > n, nil
}

// GetContact reads a contact.
func (i *Instance) GetContact(ctx context.Context, r *psav1.GetContactRequest) (*psav1.GetContactResponse, error) {
	id, err := recordID("contact", r.GetContact())
	if err != nil {
		return nil, err
	}
	var row contactRow
	if err := i.api.Get(ctx, "company/contacts/"+id, api.Query{}, &row); err != nil {
		return nil, err
	}
	include := everythingBut(psav1.Include_VENDOR, r.GetInclude())
	contact, err := i.contact(ctx, row, include)
	if err != nil {
		return nil, err
	}
	return psav1.GetContactResponse_builder{Contact: contact, Omitted: include.omittedOf(partsOfPeople)}.Build(), nil
}

func (i *Instance) contact(ctx context.Context, row contactRow, include includes) (*psav1.Contact, error) {
	contact := mapping.Contact(&row.Record)
	if include.has(psav1.Include_VENDOR) {
		contact.SetVendor(row.Raw)
	}
	if include.has(psav1.Include_CUSTOM_FIELDS) {
		fields, err := i.tables.Fields(ctx, setup.Contacts)
		if err != nil {
			return nil, err
		}
		contact.SetCustomFields(mapping.CustomFields(row.Record.CustomFields, fields))
	}
	return contact, nil
}
