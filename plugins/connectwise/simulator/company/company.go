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
	companyInfo := companies.At("/company/companies/info")
	companyInfo.Type, companyInfo.NoOne = "CompanyInfo", true
	contacts := &rest.Resource{Path: "/company/contacts", Table: store.Contacts, Label: "Contact", Right: seed.Contacts, Rules: contactRules}
	return rest.Area{Resources: []*rest.Resource{
		companies, companyInfo,
		{
			Path: "/company/companies/{id}/sites", Table: store.Sites, Label: "Site", Right: seed.CompanyMaintenance,
			Parent: store.Companies, ParentLabel: "company", Rules: rest.SetupRules("companySite"),
		},
		contacts, contacts.Info("ContactInfo", seed.Contacts),
		{Path: "/finance/agreements", Table: store.Agreements, Label: "Agreement", Right: seed.Agreements},
		{Path: "/finance/agreements/types", Table: store.AgreementTypes, Label: "Agreement Type", Right: seed.TableSetup},
		{Path: "/company/configurations", Table: store.Configurations, Label: "Configuration", Right: seed.Configurations, Rules: configurationRules},
	}}
}
