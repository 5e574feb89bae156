package sample

import (
	"fmt"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// unique is a text without blanks that no other record holds.
func (x *Tenant) unique(prefix string) string {
	x.counter++
	return fmt.Sprintf("%s-%d", prefix, x.counter)
}

// related is another record for a field of a ticket to point at.
func (x *Tenant) related(t *psav1.Ticket, field string) (b ticketValue, why string) {
	switch field {
	case "owner":
		if p := x.Technician(t.GetOwner().GetId()); p != nil {
			b.Owner = p
			return b, ""
		}
		return b, none("technician")
	case "co_owners": // somebody else than whom owner would be given
		owner := x.Technician(t.GetOwner().GetId())
		if p := x.Technician(t.GetOwner().GetId(), owner.GetId()); p != nil {
			b.CoOwners = []*psav1.Reference{p}
			return b, ""
		}
		return b, none("technician")
	case "company":
		if c, ok := other(x.companies(), t.GetCompany().GetId(), (*psav1.Company).GetActive); ok {
			b.Company = reference(c)
			return b, ""
		}
		return b, none("company")
	case "site":
		if s, ok := other(x.sites(t.GetCompany()), t.GetSite().GetId(), always); ok {
			b.Site = reference(s)
			return b, ""
		}
		return b, none("site of the ticket's company")
	case "contact":
		if c := x.Contact(t.GetCompany(), t.GetContact().GetId()); c != nil {
			b.Contact = psav1.ContactReference_builder{Id: new(c.GetId()), Name: new(c.GetName())}.Build()
			return b, ""
		}
		return b, none("contact of the ticket's company")
	case "watchers":
		if c := x.Contact(t.GetCompany(), ""); c != nil {
			b.Watchers = []*psav1.Party{psav1.Party_builder{Email: new(c.GetEmail())}.Build()}
			return b, ""
		}
		return b, none("contact of the ticket's company")
	case "configurations":
		if c, ok := other(x.configurations(t.GetCompany()), "", always); ok {
			b.Configurations = []*psav1.Reference{byID(reference(c))}
			return b, ""
		}
		return b, none("configuration of the ticket's company")
	case "parent":
		b.Parent = psav1.Reference_builder{Id: new(x.Ticket().GetId())}.Build()
		return b, ""
	}
	return x.borrowed(t, field)
}

// borrowed is what other tickets point at and no list tells.
func (x *Tenant) borrowed(t *psav1.Ticket, field string) (b ticketValue, why string) {
	for _, o := range x.Tickets() {
		switch {
		case field == "agreement" && o.HasAgreement() && o.GetCompany().GetId() == t.GetCompany().GetId() && o.GetAgreement().GetId() != t.GetAgreement().GetId():
			b.Agreement = byID(o.GetAgreement())
			return b, ""
		case field == "problem" && o.GetKind() == psav1.Kind_PROBLEM:
			b.Problem = psav1.Reference_builder{Id: new(o.GetId())}.Build()
			return b, ""
		}
	}
	if field == "work_type" {
		if w, ok := other(rows[*psav1.WorkType](x, "catalogue.work_types", nil), t.GetWorkType().GetId(), (*psav1.WorkType).GetActive); ok {
			b.WorkType = reference(w)
			return b, ""
		}
	}
	return b, none(field)
}

func (x *Tenant) companies() []*psav1.Company {
	return rows[*psav1.Company](x, "companies.list", nil)
}

func (x *Tenant) sites(company *psav1.Reference) []*psav1.Site {
	if company == nil {
		return nil
	}
	return rows[*psav1.Site](x, "sites.list", with("company", company.GetId()))
}

// companyOfSites is a company with several sites; nil where none is found soon.
func (x *Tenant) companyOfSites() *psav1.Reference {
	const most = 40
	for i, c := range x.companies() {
		if i < most && c.GetActive() && len(x.sites(reference(c))) > 1 {
			return byID(reference(c))
		}
	}
	return nil
}

func (x *Tenant) configurations(company *psav1.Reference) []*psav1.Configuration {
	if company == nil {
		return nil
	}
	return rows[*psav1.Configuration](x, "configurations.list", with("company", "id:"+company.GetId()))
}

// Contact is an active contact of a company with an address that no other contact
// there has; nil where there is none. It is not the one with an id.
func (x *Tenant) Contact(company *psav1.Reference, not string) *psav1.Contact {
	if company == nil {
		return nil
	}
	c, _ := other(rows[*psav1.Contact](x, "contacts.list", with("company", "id:"+company.GetId())), not, func(c *psav1.Contact) bool {
		return c.GetActive() && strings.Contains(c.GetEmail(), "@")
	})
	return c
}

// Technician is somebody who can own tickets: the one of the fixtures, or the first
// there is. It is neither one of some ids nor the agent resource; nil where there is
// none.
func (x *Tenant) Technician(not ...string) *psav1.Reference {
	excluded := map[string]bool{}
	for _, id := range not {
		excluded[id] = true
	}
	all := rows[*psav1.Technician](x, "technicians.list", nil)
	usable := func(p *psav1.Technician) bool {
		return p.GetActive() && !p.GetAgentResource() && !excluded[p.GetId()] && (p.GetCanOwn() || !p.HasCanOwn())
	}
	if who := x.t.File.Fixtures.Technician; who != "" {
		for _, p := range all {
			if (p.GetId() == who || p.GetName() == who) && usable(p) {
				return reference(p)
			}
		}
		if len(all) == 0 && !excluded[who] {
			return psav1.Reference_builder{Name: new(who)}.Build()
		}
	}
	if p, ok := other(all, "", usable); ok {
		return reference(p)
	}
	return nil
}
