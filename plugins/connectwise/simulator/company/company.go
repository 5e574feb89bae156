// Package company serves companies with their sites and agreements, contacts
// and configurations (connectwise.md §12).
package company

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the companies' part of the API.
func Area() rest.Area {
	companies := &rest.Resource{Path: "/company/companies", Table: store.Companies, Label: "company", Right: seed.CompanyMaintenance, Rules: companyRules}
	info := companies.At("/company/companies/info")
	info.Type, info.NoOne = "CompanyInfo", true
	under := func(name, table, label string, rules *rest.Rules) *rest.Resource {
		return &rest.Resource{
			Path: companies.Path + "/{id}/" + name, Table: table, Label: label, Right: companies.Right,
			Parent: store.Companies, ParentLabel: companies.Label, Rules: rules,
		}
	}
	sites := under("sites", store.Sites, "Site", siteRules)
	notes := &rest.Resource{
		Path: contacts.Path + "/{id}/notes", Table: store.ContactNotes, Label: "Contact Note", Right: contacts.Right,
		Parent: store.Contacts, ParentLabel: contacts.Label, Rules: noteRules("contactNote", func(w *rest.Change) { w.New.Values["contactId"] = w.New.Parent }),
	}
	agreementTypes := &rest.Resource{Path: "/finance/agreements/types", Table: store.AgreementTypes, Label: "Agreement Type", Right: seed.TableSetup}
	return rest.Area{
		Resources: []*rest.Resource{
			companies, info, sites, sites.Info("CompanySiteInfo", companies.Right),
			under("notes", store.CompanyNotes, "Company Note", noteRules("companyNote", func(w *rest.Change) { w.New.Values["company"] = store.Ref(w.New.Parent) })),
			contacts, contacts.Info("ContactInfo", contacts.Right), notes,
			{Path: "/finance/agreements", Table: store.Agreements, Label: "Agreement", Right: seed.Agreements},
			agreementTypes, agreementTypes.Info("AgreementTypeInfo", seed.Agreements),
			configurations,
		},
		Mount: func(on rest.On) {
			mountContacts(on)
			mountConfigurations(on)
		},
	}
}

// noteRules are those of the notes of a company or a contact.
func noteRules(object string, place func(*rest.Change)) *rest.Rules {
	return &rest.Rules{Object: object, ReadOnly: []string{"contactId", "company", "enteredBy"}, Defaults: func(c *rest.Call, w *rest.Change) {
		place(w)
		w.Default("flagged", false)
		if w.IsNew() {
			w.New.Values["enteredBy"] = c.Me()
		}
	}}
}
