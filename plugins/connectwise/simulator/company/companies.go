package company

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// companyRules: a new company brings its first site by name (connectwise.md
// §12).
var companyRules = &rest.Rules{
	Object:   "company",
	ReadOnly: []string{"dateDeleted", "deletedBy", "mobileGuid"},
	Audit: &rest.Audit{Type: "Company", Subject: "Company", Members: []rest.Audited{
		{Member: "name", Caption: "Name", SubType: "CompanyProfile"}, {Member: "status", Caption: "Status", SubType: "Status"},
		{Member: "territory", Caption: "Territory", SubType: "Territory"}, {Member: "defaultContact", Caption: "Default Contact", SubType: "Contact"},
	}},
	Defaults: func(c *rest.Call, w *rest.Change) {
		if !w.IsNew() {
			return
		}
		w.New.Custom = c.EmptyCustom(seed.CompanyPod)
		w.Given["site"] = w.New.Values["site"]
		delete(w.New.Values, "site")
		w.New.Values["deletedFlag"] = false
		w.Default("status", c.DefaultOf(store.CompanyStatuses))
	},
	Check: func(_ *rest.Call, w *rest.Change) *rest.Error {
		if !w.IsNew() {
			return nil
		}
		if site, _ := w.Given["site"].(store.Object); site["name"] == nil {
			return rest.InvalidObject("company", rest.RequiredField("site"))
		}
		if types, _ := w.New.Values["types"].([]any); len(types) == 0 {
			return rest.InvalidObject("company", rest.RequiredField("types"))
		}
		return nil
	},
	Saved: func(c *rest.Call, w *rest.Change) {
		if !w.IsNew() {
			return
		}
		given, _ := w.Given["site"].(store.Object)
		site := c.Insert(store.Sites, w.New.ID, store.Object{
			"name": given["name"], "company": store.Ref(w.New.ID), "primaryAddressFlag": true, "inactiveFlag": false,
		})
		w.New.Values["site"] = store.Ref(site.ID)
	},
}

// siteRules: a company has one primary site.
var siteRules = &rest.Rules{
	Object:   "companySite",
	ReadOnly: []string{"mobileGuid", "company"},
	Defaults: func(c *rest.Call, w *rest.Change) {
		w.New.Values["company"] = store.Ref(w.New.Parent)
		if w.IsNew() {
			w.New.Values["mobileGuid"] = seed.StableGUID("site", c.World().Table(store.Sites).NextID())
		}
		for _, flag := range []string{"primaryAddressFlag", "inactiveFlag", "billSeparateFlag", "defaultShippingFlag", "defaultBillingFlag", "defaultMailingFlag"} {
			w.Default(flag, false)
		}
	},
	Saved: func(c *rest.Call, w *rest.Change) {
		if !w.New.Flag("primaryAddressFlag") || w.Old != nil && w.Old.Flag("primaryAddressFlag") {
			return
		}
		for _, site := range c.World().Table(store.Sites).Children(w.New.Parent) {
			if site.ID != w.New.ID && site.Flag("primaryAddressFlag") {
				c.Update(store.Sites, site.ID, func(r *store.Record) { r.Values["primaryAddressFlag"] = false })
			}
		}
		c.Update(store.Companies, w.New.Parent, func(r *store.Record) { r.Values["site"] = store.Ref(w.New.ID) })
	},
	CheckDelete: func(c *rest.Call, r *store.Record) *rest.Error {
		if r.Flag("primaryAddressFlag") {
			return rest.Conflict("Site %d is in use and cannot be deleted.", r.ID)
		}
		return nil
	},
}
