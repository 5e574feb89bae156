// Package contact serves the contacts of a ConnectWise.
package contact

import (
	"context"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.ContactReaderServer = (*Service)(nil)

// Service serves the contacts of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

type contactRow = api.Row[api.Contact]

// ListContacts lists contacts by id.
func (s *Service) ListContacts(ctx context.Context, r *psav1.ListContactsRequest) (*psav1.ListContactsResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	queries, err := s.contactQueries(ctx, r)
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]contactRow, bool, error) {
		return s.contactPage(ctx, queries, after, n)
	}
	keep := func(row contactRow) bool {
		emails := mapping.Emails(&row.Record)
		return (!r.HasText() || account.Holds(r.GetText(), append(emails, row.Record.FullName())...)) &&
			(!r.HasEmail() || slices.ContainsFunc(emails, func(e string) bool { return strings.EqualFold(e, r.GetEmail()) }))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row contactRow) account.IDCursor { return account.IDCursor{ID: row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	b := psav1.ListContactsResponse_builder{Omitted: parts.Omitted(include.OfPeople)}
	for _, row := range rows {
		contact, err := s.contact(ctx, row, parts)
		if err != nil {
			return nil, err
		}
		b.Contacts = append(b.Contacts, contact)
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// contactQueries are the queries whose union is the answer. A text in the name
// or in an address takes one for each: the vendor joins conditions on members of
// the record and on its addresses by AND alone (connectwise.md §5).
func (s *Service) contactQueries(ctx context.Context, r *psav1.ListContactsRequest) ([]api.Query, error) {
	var where []api.Expr
	if r.HasUpdatedSince() {
		where = append(where, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasActive() {
		where = append(where, api.EqBool("inactiveFlag", !r.GetActive()))
	}
	if len(r.GetCompany()) > 0 {
		ids, err := s.account.FilterCompanies(ctx, r.GetCompany())
		if err != nil {
			return nil, err
		}
		where = append(where, api.In("company/id", ids))
	}
	q := api.Query{Conditions: api.And(where...)}
	if r.HasEmail() {
		address, err := account.EmailCondition(r.GetEmail())
		if err != nil {
			return nil, account.Unsearchable("email", err)
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
		return nil, account.Unsearchable("text", err)
	}
	byName.Conditions = api.And(q.Conditions, name)
	if byEmail.ChildConditions, err = api.Contains("communicationItems/value", r.GetText()); err != nil {
		return nil, account.Unsearchable("text", err)
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
func (s *Service) contactPage(ctx context.Context, queries []api.Query, after account.IDCursor, n int) ([]contactRow, bool, error) {
	lists := make([][]contactRow, len(queries))
	found := 0
	for m, q := range queries {
		q.Conditions = api.And(q.Conditions, api.GtInt("id", after.ID))
		q.OrderBy, q.PageSize = "id asc", n+1
		rows, err := api.List[contactRow](ctx, s.account.API, "company/contacts", q)
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
func (s *Service) GetContact(ctx context.Context, r *psav1.GetContactRequest) (*psav1.GetContactResponse, error) {
	row, err := s.read(ctx, r.GetContact())
	if err != nil {
		return nil, err
	}
	parts := include.Whole(r.GetInclude())
	contact, err := s.contact(ctx, row, parts)
	if err != nil {
		return nil, err
	}
	return psav1.GetContactResponse_builder{Contact: contact, Omitted: parts.Omitted(include.OfPeople)}.Build(), nil
}

func (s *Service) contact(ctx context.Context, row contactRow, parts include.Set) (*psav1.Contact, error) {
	contact := mapping.Contact(&row.Record)
	if parts.Has(psav1.Include_VENDOR) {
		contact.SetVendor(row.Raw)
	}
	if parts.Has(psav1.Include_CUSTOM_FIELDS) {
		fields, err := s.account.Tables.Fields(ctx, setup.Contacts)
		if err != nil {
			return nil, err
		}
		mapping.AddContactFields(contact, row, fields)
	}
	return contact, nil
}
