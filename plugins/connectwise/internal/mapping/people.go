package mapping

import (
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// MemberReference maps a member; the full name is that of the member list, since
// a reference may carry the login name alone.
func MemberReference(r *api.Ref, n Names) *psav1.Reference {
	if r == nil || r.ID == 0 {
		return nil
	}
	if m, ok := n.Members.ByID(r.ID); ok && m.FullName() != "" {
		return psav1.Reference_builder{Id: new(strconv.Itoa(r.ID)), Name: new(m.FullName())}.Build()
	}
	return Reference(r)
}

// MemberParty maps a member who did something. An account for programs is no
// person, unless it is the one that our own writes are attributed to.
func MemberParty(m setup.Member, n Names) *psav1.Party {
	kind := psav1.PartyKind_TECHNICIAN
	switch {
	case m.ID == n.AgentID:
		kind = psav1.PartyKind_AGENT_RESOURCE
	case m.APIOnly():
		kind = psav1.PartyKind_SYSTEM
	}
	return psav1.Party_builder{
		Kind: new(kind), Id: new(strconv.Itoa(m.ID)), Name: text(m.FullName()), Email: text(m.Email()),
	}.Build()
}

// PartyByLogin maps whoever the vendor names by login: a member, or somebody the
// member list does not hold, such as the built-in administrator.
func PartyByLogin(login string, n Names) *psav1.Party {
	if login == "" {
		return nil
	}
	if m, ok := n.Members.ByLogin(login); ok {
		return MemberParty(m, n)
	}
	return psav1.Party_builder{Kind: new(psav1.PartyKind_UNKNOWN), Name: new(login)}.Build()
}

// Technician maps a member, who works on boards and in roles.
func Technician(m setup.Member, n Names, boards []setup.Board, roles []setup.WorkRole) *psav1.Technician {
	b := psav1.Technician_builder{
		Id:            new(strconv.Itoa(m.ID)),
		Name:          text(m.FullName()),
		Email:         text(m.Email()),
		Login:         text(m.Identifier),
		Active:        new(!m.Inactive),
		CanHoldTime:   new(!m.APIOnly()),
		CanOwn:        new(!m.Inactive),
		AgentResource: new(m.ID == n.AgentID),
	}
	for _, board := range boards {
		if !board.Inactive && !slices.Contains(m.ExcludedBoards, board.ID) {
			b.Queues = append(b.Queues, psav1.Reference_builder{Id: new(strconv.Itoa(board.ID)), Name: new(board.Name)}.Build())
		}
	}
	for _, role := range roles {
		b.WorkRoles = append(b.WorkRoles, NewReference(role.ID, role.Name))
	}
	return b.Build()
}

// InactiveStatus is the status of a company that is not served any more.
const InactiveStatus = "Inactive"

// Company maps a company, without custom fields.
func Company(c *api.Company, n Names) *psav1.Company {
	b := psav1.Company_builder{
		Id:             new(strconv.Itoa(c.ID)),
		Name:           text(c.Name),
		Code:           text(c.Identifier),
		Number:         text(c.AccountNumber),
		Phone:          text(c.PhoneNumber),
		Website:        text(c.Website),
		Status:         Reference(c.Status),
		Active:         new(!c.Deleted && (c.Status == nil || !strings.EqualFold(c.Status.Name, InactiveStatus))),
		Parent:         Reference(c.ParentCompany),
		AccountManager: MemberReference(c.TerritoryManager, n),
		CreatedAt:      Timestamp(c.Info.DateEntered),
		UpdatedAt:      Timestamp(c.Info.LastUpdated),
	}
	if len(c.Types) > 0 {
		b.Type = Reference(&c.Types[0])
	}
	address := psav1.Address_builder{
		Line1: text(c.AddressLine1), Line2: text(c.AddressLine2), City: text(c.City), State: text(c.State), PostalCode: text(c.Zip),
	}
	if c.Country != nil {
		address.Country = text(c.Country.Name)
	}
	if address.Line1 != nil || address.City != nil || address.PostalCode != nil || address.Country != nil {
		b.Address = address.Build()
	}
	company := b.Build()
	company.SetEtag(etag.Of(api.FormatTime(c.Info.LastUpdated.Time), company, "custom_fields", "vendor"))
	return company
}

// Site maps a site of a company.
func Site(s *api.Site, company int) *psav1.Site {
	b := psav1.Site_builder{
		Id: new(strconv.Itoa(s.ID)), Name: text(s.Name), Company: Reference(s.Company),
		Phone: text(s.PhoneNumber), Active: new(s.InUse()), IsDefault: new(s.Primary),
	}
	if b.Company == nil {
		b.Company = NewReference(company, "")
	}
	address := psav1.Address_builder{
		Line1: text(s.AddressLine1), Line2: text(s.AddressLine2), City: text(s.City), PostalCode: text(s.Zip),
	}
	if s.State != nil {
		address.State = text(s.State.Name)
	}
	if s.Country != nil {
		address.Country = text(s.Country.Name)
	}
	if address.Line1 != nil || address.City != nil || address.PostalCode != nil || address.Country != nil {
		b.Address = address.Build()
	}
	return b.Build()
}

// The kinds of ways to reach a contact (connectwise.md §12).
const (
	kindEmail = "Email"
	kindPhone = "Phone"
)

// Contact maps a contact, without custom fields.
func Contact(c *api.Contact) *psav1.Contact {
	b := psav1.Contact_builder{
		Id:        new(strconv.Itoa(c.ID)),
		Name:      text(c.FullName()),
		FirstName: text(c.FirstName),
		LastName:  text(c.LastName),
		Company:   Reference(c.Company),
		Site:      Reference(c.Site),
		Title:     text(c.Title),
		Active:    new(!c.Inactive),
		Emails:    Emails(c),
		CreatedAt: Timestamp(c.Info.DateEntered),
		UpdatedAt: Timestamp(c.Info.LastUpdated),
	}
	if len(b.Emails) > 0 {
		b.Email = new(b.Emails[0])
	}
	for _, item := range defaultsFirst(c.Communications) {
		if item.Kind != kindPhone || item.Value == "" {
			continue
		}
		number := Number(item.Value, item.Extension)
		if isMobile(item) {
			if b.Mobile == nil {
				b.Mobile = &number
			}
		} else if b.Phone == nil {
			b.Phone = &number
		}
	}
	contact := b.Build()
	contact.SetEtag(etag.Of(api.FormatTime(c.Info.LastUpdated.Time), contact, "custom_fields", "vendor"))
	return contact
}

// Number is a telephone number with its extension, if it has one.
func Number(number, extension string) string {
	if extension == "" {
		return number
	}
	return number + " x" + extension
}

// AddContactFields adds the custom fields of a contact, the builtin ones among
// them.
func AddContactFields(contact *psav1.Contact, row api.Row[api.Contact], definitions setup.Set[setup.Field]) {
	fields := CustomFields(row.Record.CustomFields, definitions)
	AddBuiltins(fields, row.Raw, BuiltinsOf(setup.Contacts))
	contact.SetCustomFields(fields)
}

// AddCompanyFields adds the custom fields of a company, the builtin ones among
// them.
func AddCompanyFields(company *psav1.Company, row api.Row[api.Company], definitions setup.Set[setup.Field]) {
	fields := CustomFields(row.Record.CustomFields, definitions)
	AddBuiltins(fields, row.Raw, BuiltinsOf(setup.Companies))
	company.SetCustomFields(fields)
}

// Emails returns a contact's addresses, the main one first.
func Emails(c *api.Contact) []string {
	var list []string
	for _, item := range defaultsFirst(c.Communications) {
		if item.Kind == kindEmail && item.Value != "" {
			list = append(list, item.Value)
		}
	}
	return list
}

func defaultsFirst(items []api.CommunicationItem) []api.CommunicationItem {
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b api.CommunicationItem) int {
		switch {
		case a.Default == b.Default:
			return 0
		case a.Default:
			return -1
		}
		return 1
	})
	return sorted
}

// isMobile tells a mobile number by the name of its type.
func isMobile(item api.CommunicationItem) bool {
	return item.Type != nil && setup.IsMobile(item.Type.Name)
}
